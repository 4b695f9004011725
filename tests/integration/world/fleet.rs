//! A fleet: an owner with many repositories, on a real HTTP server, with latency, limits and faults as state.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State as Shared;
use axum::http::{Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::faults::{self, Fault};
use super::{Patience, blob_id, id};

/// The owner of all repositories.
pub const OWNER: &str = "acme";

/// One repository.
pub struct Repo {
    /// Without the owner.
    pub name: String,
    /// Commit at the head; `None` while it is empty.
    pub head: Option<String>,
    /// Ids of blobs and texts, by path.
    pub files: BTreeMap<String, (String, String)>,
    /// Whether it is archived.
    pub archived: bool,
    /// How often something of it was asked for: listings excluded.
    pub asked: usize,
    /// Whether every request for it fails.
    pub broken: bool,
}

/// An issue of any repository.
#[derive(Clone, Debug, Default)]
pub struct Issue {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Whether it is open.
    pub open: bool,
    /// Who wrote it.
    pub author: String,
    /// Its labels.
    pub labels: Value,
    /// To whom it is assigned.
    pub assignees: Value,
    /// How often it was written.
    pub writes: u32,
}

/// All that is there.
#[derive(Default)]
pub struct Owned {
    /// Issues; their numbers count from 1.
    pub issues: Vec<Issue>,
    /// By name.
    pub repositories: BTreeMap<String, Repo>,
    /// New issues whose answer gets lost: they are there, and the writer does not learn of it.
    pub lost: u32,
    /// Milliseconds before each answer.
    pub latency: u64,
    /// Of 100 requests so many go wrong.
    pub faults: u64,
    /// How long a run of the action waits.
    pub patience: Patience,
    /// What goes wrong for sure, by operation.
    pub certain: Vec<Fault>,
    /// Requests in all.
    pub requests: usize,
    /// Requests for pages of the list.
    pub pages: usize,
    /// The most requests that were under way at once.
    pub most_at_once: usize,
    /// Requests that are left in this hour.
    pub budget: u64,
    at_once: usize,
    dice: u64,
}

/// A running fleet.
pub struct Fleet {
    state: Arc<Mutex<Owned>>,
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Fleet {
    /// A fleet of nobody.
    pub fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let state = Arc::new(Mutex::new(Owned { budget: 1_000_000, dice: 7, ..Owned::default() }));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&state));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { state, address, _runtime: runtime }
    }

    /// What is there.
    pub fn state(&self) -> MutexGuard<'_, Owned> {
        self.state.lock().expect("no handler panicked")
    }

    /// The tool, ready to audit the owner.
    pub fn audit(&self, more: &[&str]) -> Command {
        let url = format!("http://{}", self.address);
        let mut command = Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"));
        command
            .args(["audit", "--organization", OWNER, "--format", "json"])
            .args(if more.contains(&"--today") { &[][..] } else { &["--today", "2026-11-25"] })
            .args(more)
            .env_clear()
            .env("GITHUB_API_URL", &url)
            .env("GITHUB_GRAPHQL_URL", format!("{url}/graphql"))
            .env("GITHUB_TOKEN", "secret-token")
            .env("IDENTITYSERVER_UPGRADE_REQUEST_MS", "20000")
            .env("IDENTITYSERVER_UPGRADE_FIRST_WAIT_MS", "5")
            .stdin(Stdio::null());
        command
    }
}

impl Fleet {
    /// Runs the action in a scheduled workflow of `acme/r0000`, with these inputs; gives status, log, outputs and summary.
    pub fn act(&self, run: u64, inputs: &[(&str, &str)]) -> (Option<i32>, String, String, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("event.json"), "{}").expect("written");
        let url = format!("http://{}", self.address);
        let patience = self.state().patience;
        let output = Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"))
            .arg("action")
            .env_clear()
            .current_dir(folder.path())
            .env("GITHUB_EVENT_NAME", "schedule")
            .env("GITHUB_EVENT_PATH", path("event.json"))
            .env("GITHUB_REPOSITORY", format!("{OWNER}/r0000"))
            .env("GITHUB_API_URL", &url)
            .env("GITHUB_GRAPHQL_URL", format!("{url}/graphql"))
            .env("GITHUB_RUN_ID", run.to_string())
            .env("GITHUB_WORKSPACE", folder.path())
            .env("GITHUB_OUTPUT", path("output"))
            .env("GITHUB_STEP_SUMMARY", path("summary"))
            .env("INPUT_GITHUB-TOKEN", "secret-token")
            .env("INPUT_MODE", "audit")
            .env("INPUT_TODAY", "2026-11-25")
            .env("INPUT_HTML-FILE", "audit.html")
            .env("IDENTITYSERVER_UPGRADE_REQUEST_MS", patience.request.to_string())
            .env("IDENTITYSERVER_UPGRADE_FIRST_WAIT_MS", "5")
            .env("IDENTITYSERVER_UPGRADE_TOTAL_WAIT_MS", patience.total.to_string())
            .envs(inputs.iter().map(|(name, value)| (format!("INPUT_{}", name.to_ascii_uppercase()), *value)))
            .output()
            .expect("the tool starts");
        let read = |name: &str| std::fs::read_to_string(path(name)).unwrap_or_default();
        assert!(read("audit.html").contains("<html") || output.status.code() == Some(2), "the page is written");
        let log = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(!log.contains("panicked") && !log.contains("secret-token"), "{log}");
        (output.status.code(), log, read("output"), read("summary"))
    }
}

impl Owned {
    /// Adds a repository with these files.
    pub fn add(&mut self, name: &str, files: &[(&str, String)]) {
        let files: BTreeMap<String, (String, String)> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (blob_id(text.as_bytes()), text.clone()))).collect();
        let head = Some(id(format!("{name} {files:?}").as_bytes()));
        let repo = Repo { name: name.to_owned(), head, files, archived: false, asked: 0, broken: false };
        self.repositories.insert(name.to_owned(), repo);
    }

    /// Forgets what was counted.
    pub fn recount(&mut self) {
        (self.requests, self.pages, self.most_at_once) = (0, 0, 0);
        for repo in self.repositories.values_mut() {
            repo.asked = 0;
        }
    }

    /// From 0 to 99, the same in every run.
    fn roll(&mut self) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % 100
    }
}

/// The name of what is asked for.
fn operation(method: &Method, uri: &Uri, body: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(body);
    match (method.as_str(), uri.path()) {
        (_, "/graphql") if text.contains("repositoryOwner") => "list",
        (_, "/graphql") if text.contains("issues(") => "issues",
        (_, "/graphql") if text.contains("nameWithOwner") => "repository",
        (_, "/graphql") => "blobs",
        ("POST", _) => "open-issue",
        ("PATCH", _) => "edit-issue",
        (_, path) if path.contains("/tarball/") => "archive",
        (_, path) if path.contains("/git/trees/") => "tree",
        _ => "blob",
    }
}

async fn answer(Shared(state): Shared<Arc<Mutex<Owned>>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let certain =
        faults::take(&mut state.lock().expect("no handler panicked").certain, operation(&method, &uri, &body));
    if let Some(fault) = certain.as_ref().filter(|fault| !fault.after) {
        return fault.answer().await;
    }
    let response = right(&state, &method, &uri, &body).await;
    match certain {
        Some(fault) => fault.spoil(response).await,
        None => response,
    }
}

async fn right(state: &Mutex<Owned>, method: &Method, uri: &Uri, body: &[u8]) -> Response {
    let (latency, fault) = {
        let mut state = state.lock().expect("no handler panicked");
        state.requests += 1;
        state.at_once += 1;
        state.most_at_once = state.most_at_once.max(state.at_once);
        let wrong = state.roll() < state.faults;
        let fault = if state.at_once > 100 {
            Some(limited("You have exceeded a secondary rate limit"))
        } else if state.budget == 0 {
            state.budget = 1_000_000;
            Some(limited("API rate limit exceeded"))
        } else if wrong {
            Some(failure(state.requests))
        } else {
            None
        };
        state.budget -= 1;
        (state.latency, fault)
    };
    tokio::time::sleep(Duration::from_millis(latency)).await;
    let mut state = state.lock().expect("no handler panicked");
    state.at_once -= 1;
    let budget = state.budget;
    let mut response = match fault {
        Some(fault) => fault,
        None if uri.path() == "/graphql" => graphql(&mut state, body),
        None if method != Method::GET => write(&mut state, method, uri, body),
        None => rest(&mut state, uri),
    };
    let headers = response.headers_mut();
    for (name, value) in
        [("x-ratelimit-remaining", budget), ("x-ratelimit-limit", 1_000_000), ("x-ratelimit-reset", 4_102_444_800)]
    {
        headers.insert(name, value.into());
    }
    response
}

fn limited(message: &str) -> Response {
    let response = Response::builder().status(403).header("retry-after", "0");
    response.body(Body::from(json!({ "message": message }).to_string())).expect("an answer")
}

/// One of the ways in which a request goes wrong.
fn failure(number: usize) -> Response {
    let status = |code: u16| Response::builder().status(code).body(Body::from("{}")).expect("an answer");
    match number % 4 {
        0 => status(502),
        1 => status(503),
        2 => {
            let pieces = [Ok("{\"sha\": \"".to_owned()), Err(std::io::Error::other("cut"))];
            Response::new(Body::from_stream(futures::stream::iter(pieces)))
        }
        _ => limited("You have exceeded a secondary rate limit"),
    }
}

fn graphql(state: &mut Owned, body: &[u8]) -> Response {
    let request: Value = serde_json::from_slice(body).expect("JSON is sent");
    let (query, variables) = (request["query"].as_str().unwrap_or_default(), &request["variables"]);
    assert_eq!(variables["owner"], OWNER);
    if query.contains("repositoryOwner") {
        return page(state, variables["after"].as_str());
    }
    if query.contains("issues(") {
        return issues(state);
    }
    let name = variables["name"].as_str().unwrap_or_default();
    let Some(repo) = state.repositories.get_mut(name) else {
        return ok(&json!({ "data": { "repository": null }, "errors": [{ "type": "NOT_FOUND", "message": "no" }] }));
    };
    if query.contains("nameWithOwner") {
        return ok(&json!({ "data": { "repository": node(repo) } }));
    }
    repo.asked += 1;
    let texts: HashMap<&str, &String> = repo.files.values().map(|(id, text)| (id.as_str(), text)).collect();
    let mut objects = serde_json::Map::new();
    for part in query.split("{...on Blob").take(query.matches("...on Blob").count()) {
        let (alias, rest) = part.rsplit_once(":object(oid:\"").expect("an alias and an id");
        let alias = alias.rsplit(['{', '}', ' ']).next().expect("an alias");
        let sha = rest.split('"').next().expect("an id");
        let blob = texts
            .get(sha)
            .map(|text| json!({ "text": text, "isTruncated": false, "isBinary": false, "byteSize": text.len() }));
        objects.insert(alias.to_owned(), blob.unwrap_or(Value::Null));
    }
    ok(&json!({ "data": { "repository": objects } }))
}

fn issues(state: &Owned) -> Response {
    let node = |(index, issue): (usize, &Issue)| {
        json!({
            "number": index + 1, "url": issue_url(index + 1), "body": issue.body, "state": if issue.open { "OPEN" } else { "CLOSED" },
            "viewerDidAuthor": issue.author == super::ROBOT, "author": { "login": issue.author },
        })
    };
    let nodes: Vec<Value> = state.issues.iter().enumerate().map(node).collect();
    ok(&json!({ "data": { "repository": { "issues": {
        "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null },
    } } } }))
}

fn issue_url(number: usize) -> String {
    format!("https://github.com/{OWNER}/r0000/issues/{number}")
}

/// Opens or edits an issue.
fn write(state: &mut Owned, method: &Method, uri: &Uri, body: &[u8]) -> Response {
    let body: Value = serde_json::from_slice(body).expect("JSON is sent");
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    assert!(text("body").len() <= 65_536, "GitHub would refuse it");
    if method == Method::POST {
        assert!(uri.path().ends_with("/issues"), "{uri}");
        let (title, text) = (text("title"), text("body"));
        let (labels, assignees) = (body["labels"].clone(), body["assignees"].clone());
        state.issues.push(Issue {
            title,
            body: text,
            open: true,
            author: super::ROBOT.into(),
            labels,
            assignees,
            writes: 1,
        });
        if state.lost > 0 {
            state.lost -= 1;
            return Response::builder().status(502).body(Body::empty()).expect("an answer");
        }
        return ok(&json!({ "html_url": issue_url(state.issues.len()) }));
    }
    let number: usize = uri.path().rsplit('/').next().and_then(|number| number.parse().ok()).expect("a number");
    let issue = state.issues.get_mut(number - 1).expect("an issue");
    assert_eq!(issue.author, super::ROBOT, "only our own issues are touched");
    (issue.title, issue.body, issue.open) = (text("title"), text("body"), text("state") == "open");
    issue.writes += 1;
    ok(&json!({ "html_url": issue_url(number) }))
}

fn page(state: &mut Owned, after: Option<&str>) -> Response {
    state.pages += 1;
    let skip: usize = after.map_or(0, |after| after.parse().expect("our own cursor"));
    let total = state.repositories.len();
    let nodes: Vec<Value> = state.repositories.values().skip(skip).take(100).map(node).collect();
    let end = skip + nodes.len();
    ok(&json!({ "data": { "repositoryOwner": { "repositories": {
        "totalCount": total, "nodes": nodes, "pageInfo": { "hasNextPage": end < total, "endCursor": end.to_string() },
    } } } }))
}

fn node(repo: &Repo) -> Value {
    json!({
        "nameWithOwner": format!("{OWNER}/{}", repo.name), "url": format!("https://github.com/{OWNER}/{}", repo.name),
        "isArchived": repo.archived, "visibility": "PRIVATE", "repositoryTopics": { "nodes": [] },
        "languages": { "nodes": [{ "name": "C#" }] },
        "defaultBranchRef": repo.head.as_ref().map(|oid| json!({ "target": { "oid": oid } })),
    })
}

fn rest(state: &mut Owned, uri: &Uri) -> Response {
    let parts: Vec<&str> = uri.path().split('/').skip(1).collect();
    let gone = || Response::builder().status(404).body(Body::from("{}")).expect("an answer");
    let Some(repo) = parts.get(2).and_then(|name| state.repositories.get_mut(*name)) else { return gone() };
    repo.asked += 1;
    if repo.broken {
        return Response::builder().status(409).body(Body::from("{\"message\": \"broken\"}")).expect("an answer");
    }
    match (parts.get(3), parts.get(4)) {
        (Some(&"git"), Some(&"trees")) => {
            let node = |(path, (id, text)): (&String, &(String, String))| json!({ "path": path, "mode": "100644", "type": "blob", "sha": id, "size": text.len() });
            ok(
                &json!({ "sha": repo.head, "tree": repo.files.iter().map(node).collect::<Vec<_>>(), "truncated": false }),
            )
        }
        (Some(&"tarball"), _) => {
            let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
            for (path, (_, text)) in &repo.files {
                let mut header = tar::Header::new_gnu();
                header.set_size(text.len() as u64);
                header.set_mode(0o644);
                builder.append_data(&mut header, format!("acme-1/{path}"), text.as_bytes()).expect("fits");
            }
            Response::new(Body::from(builder.into_inner().expect("ends").finish().expect("packs")))
        }
        (Some(&"git"), Some(&"blobs")) => {
            let sha = parts.get(5).copied().unwrap_or_default();
            let text = repo.files.values().find(|(id, _)| id == sha);
            text.map_or_else(gone, |(_, text)| Response::new(Body::from(text.clone())))
        }
        _ => gone(),
    }
}

fn ok(value: &Value) -> Response {
    let response = Response::builder().header("content-type", "application/json");
    response.body(Body::from(value.to_string())).expect("an answer")
}

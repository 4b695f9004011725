//! A world to test in: a real HTTP server on a free port that plays GitHub, with state.
//!
//! Tests say what is there (commits, pull requests, comments) and what goes wrong (faults), run the real binary, and look at
//! what is there afterwards. Nothing expects a certain request.

mod contract;
mod faults;
pub mod fleet;
mod full;
mod graphql;
mod rest;
mod run;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes};
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use sha2::{Digest, Sha256};

/// The day on which every run asks.
pub const TODAY: &str = "2026-11-25";

pub use faults::{Fault, Kind as FaultKind};
pub use run::Ran;

/// The repository that everything happens in.
pub const REPOSITORY: &str = "acme/login";

/// The robot that the token belongs to.
pub const ROBOT: &str = "github-actions";

/// The robot that it belonged to before.
pub const OLD_ROBOT: &str = "acme-bot";

/// A running world; it ends when it is dropped.
pub struct World {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

/// All that is there.
#[derive(Default)]
pub struct State {
    blobs: BTreeMap<String, Vec<u8>>,
    commits: BTreeMap<String, Commit>,
    /// Commits by the names of branches.
    pub branches: BTreeMap<String, String>,
    pulls: BTreeMap<u64, Pull>,
    /// Comments of all pull requests, oldest first.
    pub comments: Vec<Comment>,
    /// Check runs.
    pub checks: Vec<Check>,
    /// Whether the token may only read.
    pub read_only: bool,
    /// Comments on a page; 100 when 0.
    pub page: usize,
    /// Entries that a recursive tree may have; no limit when 0.
    pub tree_limit: usize,
    /// Where archives are fetched from, when it is another host: `http://HOST:PORT`.
    pub archives: String,
    /// How long a run waits; short, unless a test says otherwise.
    pub patience: Patience,
    /// Requests at the addresses of GitHub Enterprise Server.
    pub enterprise: usize,
    /// What contradicts GitHub's own description.
    pub broken: Vec<String>,
    /// Milliseconds before each answer.
    pub latency: u64,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Names of the operations that were asked for, in order.
    pub asked: Vec<String>,
    /// How many requests had to wait for each other, one after the other.
    pub rounds: u32,
    /// Called before an operation is done: other people act while a run is going on.
    #[expect(clippy::type_complexity, reason = "written once, here")]
    pub meanwhile: Option<Box<dyn FnMut(&str, &mut State) + Send>>,
    next: u64,
}

/// A commit: its files, and the commit before it.
#[derive(Clone, Default)]
struct Commit {
    /// Mode and blob by path.
    files: BTreeMap<String, (&'static str, String)>,
    parent: Option<String>,
}

/// How long a run waits, in milliseconds.
#[derive(Clone, Copy)]
pub struct Patience {
    /// For one answer.
    pub request: u64,
    /// For all waits and failed tries together.
    pub total: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { request: 3000, total: 8000 }
    }
}

/// A pull request.
#[derive(Clone, Default)]
pub struct Pull {
    /// Tip of the base branch.
    pub base: String,
    /// Tip of the head branch.
    pub head: String,
    /// Repository of the head.
    pub from: String,
    /// Whether the conversation is locked.
    pub locked: bool,
    /// Its labels.
    pub labels: Vec<String>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// The pull request.
    pub pull: u64,
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub body: String,
    /// How often it was written.
    pub writes: u32,
    /// Whether somebody has hidden it (as outdated, say).
    pub hidden: bool,
}

/// A check run.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The commit.
    pub head: String,
    /// Its conclusion.
    pub conclusion: String,
    /// Number of annotations so far.
    pub annotations: usize,
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let state = Arc::new(Mutex::new(State { next: 1000, ..State::default() }));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&state));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { state, address, _runtime: runtime }
    }

    /// Where it listens, without TLS.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is there.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no handler panicked")
    }

    /// Comments of a pull request, oldest first.
    pub fn comments(&self, pull: u64) -> Vec<Comment> {
        self.state().comments.iter().filter(|comment| comment.pull == pull).cloned().collect()
    }
}

impl State {
    /// Adds a commit on top of another one, with these files (all of them).
    pub fn commit(&mut self, parent: Option<&str>, files: &[(&str, &str)]) -> String {
        let mut commit = Commit { parent: parent.map(str::to_owned), ..Commit::default() };
        for (path, text) in files {
            let sha = blob_id(text.as_bytes());
            self.blobs.insert(sha.clone(), text.as_bytes().to_vec());
            commit.files.insert((*path).to_owned(), ("100644", sha));
        }
        self.next += 1;
        let sha = id(format!("commit {}", self.next).as_bytes());
        self.commits.insert(sha.clone(), commit);
        sha
    }

    /// Loses the blob of a file.
    pub fn lose(&mut self, text: &str) {
        self.blobs.remove(&blob_id(text.as_bytes()));
    }

    /// Opens a pull request.
    pub fn open(&mut self, base: &str, head: &str) -> u64 {
        let number = self.pulls.len() as u64 + 1;
        let (base, head, from) = (base.to_owned(), head.to_owned(), REPOSITORY.to_owned());
        self.pulls.insert(number, Pull { base, head, from, ..Pull::default() });
        number
    }

    /// A pull request.
    pub fn pull(&mut self, number: u64) -> &mut Pull {
        self.pulls.get_mut(&number).expect("a pull request")
    }

    /// Writes a comment as somebody.
    pub fn say(&mut self, pull: u64, author: &str, body: &str) -> u64 {
        self.next += 1;
        let (id, author, body) = (self.next, author.to_owned(), body.to_owned());
        self.comments.push(Comment { id, pull, author, body, writes: 1, hidden: false });
        id
    }

    /// The commit that a branch or an id names.
    fn named(&self, name: &str) -> Option<&str> {
        let name = self.branches.get(name).map_or(name, String::as_str);
        self.commits.get_key_value(name).map(|(sha, _)| sha.as_str())
    }

    fn ancestors(&self, sha: &str) -> Vec<String> {
        std::iter::successors(Some(sha.to_owned()), |sha| self.commits.get(sha)?.parent.clone()).collect()
    }
}

/// A full id for some bytes.
fn id(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(20).fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
}

/// The id that git gives a blob.
pub fn blob_id(bytes: &[u8]) -> String {
    let digest = sha1::Sha1::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
    digest.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
}

async fn answer(
    Shared(state): Shared<Arc<Mutex<State>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // On GitHub Enterprise Server both stand below `/api`.
    let whole = uri.to_string();
    let (prefix, path) = whole.strip_prefix("/api/v3").map_or(("", whole.as_str()), |path| ("/api/v3", path));
    let uri: Uri = path.replace("/api/graphql", "/graphql").parse().expect("an address");
    if !prefix.is_empty() || whole.starts_with("/api/") {
        state.lock().expect("no handler panicked").enterprise += 1;
    }
    let of_graphql = uri.path() == "/graphql";
    let operation = if of_graphql { graphql::operation(&body) } else { rest::operation(&method, uri.path()) };
    let (latency, fault, round) = {
        let mut state = state.lock().expect("no handler panicked");
        // Not counted, because GitHub does not: an archive's bytes come from another host than the interface.
        if operation != "archive-bytes" {
            state.asked.push(operation.to_owned());
        }
        if let Some(mut meanwhile) = state.meanwhile.take() {
            meanwhile(operation, &mut state);
            state.meanwhile = Some(meanwhile);
        }
        (state.latency, faults::take(&mut state.faults, operation), state.rounds + 1)
    };
    tokio::time::sleep(std::time::Duration::from_millis(latency)).await;
    {
        // A request that comes after this answer may have waited for it.
        let mut state = state.lock().expect("no handler panicked");
        state.rounds = state.rounds.max(round);
    }
    let contract = contract::Contract::get().filter(|_| !of_graphql && operation != "archive-bytes");
    if let Some(fault) = &fault
        && !fault.after
    {
        if let Some(contract) = contract {
            let broken = contract.rest(&method, &uri, &body, None);
            state.lock().expect("no handler panicked").broken.extend(broken);
        }
        return fault.answer().await;
    }
    let mut response = if operation == "archive-bytes" {
        // The address says who may read; a token has no business there.
        let state = state.lock().expect("no handler panicked");
        rest::archive(&state, uri.path().trim_start_matches("/codeload/"))
    } else if headers.get("authorization").is_some_and(|token| token == "Bearer secret-token") {
        let mut state = state.lock().expect("no handler panicked");
        if of_graphql { graphql::answer(&state, &body) } else { rest::answer(&mut state, operation, &uri, &body) }
    } else {
        rest::refusal(401, "Bad credentials")
    };
    if let Some(contract) = contract {
        let (head, body_of_answer) = response.into_parts();
        let bytes = axum::body::to_bytes(body_of_answer, usize::MAX).await.expect("our own answer");
        let broken = contract.rest(&method, &uri, &body, Some((head.status.as_u16(), &bytes)));
        state.lock().expect("no handler panicked").broken.extend(broken);
        response = Response::from_parts(head, Body::from(bytes));
    }
    match fault {
        Some(fault) => fault.spoil(response).await,
        None => response,
    }
}

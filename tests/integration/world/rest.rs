//! The REST operations, with the fields that GitHub's description calls required as far as anybody reads them.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Check, ROBOT, State, full};

pub(super) fn operation(method: &Method, path: &str) -> &'static str {
    if path.starts_with("/codeload/") {
        return "archive-bytes";
    }
    let rest = path.strip_prefix("/repos/acme/login/").unwrap_or_default();
    let parts: Vec<&str> = rest.split('/').collect();
    match (method.as_str(), parts.as_slice()) {
        ("GET", ["commits", _]) => "commit",
        ("GET", ["compare", _]) => "compare",
        ("GET", ["git", "trees", name]) if name.contains("%3A") => "sub-tree",
        ("GET", ["git", "trees", _]) => "tree",
        ("GET", ["git", "blobs", _]) => "blob",
        ("GET", ["tarball", _]) => "archive",
        ("GET", ["contents", ..]) => "file",
        ("GET", ["pulls"]) => "pulls",
        ("GET", ["pulls", _]) => "pull",
        ("POST", ["issues", _, "comments"]) => "post-comment",
        ("PATCH", ["issues", "comments", _]) => "edit-comment",
        ("DELETE", ["issues", "comments", _]) => "delete-comment",
        ("POST", ["issues", _, "labels"]) => "add-labels",
        ("DELETE", ["issues", _, "labels", _]) => "remove-label",
        ("POST", ["check-runs"]) => "create-check",
        ("PATCH", ["check-runs", _]) => "extend-check",
        _ => "unknown",
    }
}

pub(super) fn answer(state: &mut State, operation: &str, uri: &Uri, body: &[u8]) -> Response {
    let parts: Vec<&str> = uri.path().trim_start_matches("/repos/acme/login/").split('/').collect();
    let (last, query) = (parts.last().copied().unwrap_or_default(), uri.query().unwrap_or_default());
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let writes = ["post", "edit", "delete", "add", "remove", "create", "extend"];
    if state.read_only && writes.iter().any(|verb| operation.starts_with(verb)) {
        return refusal(403, "Resource not accessible by integration");
    }
    match operation {
        "commit" => state.named(last).map_or_else(not_found, |sha| ok(&full::commit(sha))),
        "compare" => compare(state, last),
        "tree" | "sub-tree" => tree(state, last, query.contains("recursive=1")),
        "blob" => state.blobs.get(last).map_or_else(not_found, |bytes| Response::new(Body::from(bytes.clone()))),
        "archive" => {
            let address = format!("{}/codeload/{last}", state.archives);
            let response = Response::builder().status(302).header("location", address);
            response.body(Body::empty()).expect("an answer")
        }
        "file" => {
            let path = parts.get(1..).map(|parts| parts.join("/")).unwrap_or_default();
            let commit = query.strip_prefix("ref=").and_then(|commit| state.commits.get(commit));
            let blob = commit.and_then(|commit| commit.files.get(&path)).and_then(|(_, sha)| state.blobs.get(sha));
            blob.map_or_else(not_found, |bytes| ok(&full::file(&path, bytes)))
        }
        "pull" => {
            if state.pulls.contains_key(&number(last)) {
                ok(&pull(state, number(last)))
            } else {
                not_found()
            }
        }
        "pulls" => ok(&state.pulls.keys().map(|number| pull(state, *number)).collect::<Value>()),
        "post-comment" | "edit-comment" | "delete-comment" => comment(state, operation, &parts, &body),
        "add-labels" | "remove-label" => {
            let labels = &mut state.pull(number(parts[1])).labels;
            if operation == "remove-label" {
                let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned();
                labels.retain(|label| !label.eq_ignore_ascii_case(&name));
            } else {
                labels.extend(
                    body["labels"].as_array().expect("labels").iter().map(|name| name.as_str().expect("a name").into()),
                );
            }
            ok(&json!([]))
        }
        "create-check" | "extend-check" => check(state, operation, last, &body),
        _ => not_found(),
    }
}

fn comment(state: &mut State, operation: &str, parts: &[&str], body: &Value) -> Response {
    let text = body["body"].as_str().unwrap_or_default();
    if text.len() > 65_536 {
        return refusal(422, "body is too long (maximum is 65536 characters)");
    }
    if operation == "post-comment" {
        let pull = number(parts[1]);
        if state.pull(pull).locked {
            return refusal(403, "Unable to create comment because issue is locked.");
        }
        let id = state.say(pull, ROBOT, text);
        return status(201, &full::comment(pull, id, ROBOT, text));
    }
    let id = number(parts[2]);
    let Some(found) = state.comments.iter_mut().find(|comment| comment.id == id) else { return not_found() };
    assert!([ROBOT, super::OLD_ROBOT].contains(&found.author.as_str()), "only our own comments are touched");
    let pull = found.pull;
    if operation == "delete-comment" {
        state.comments.retain(|comment| comment.id != id);
        return Response::builder().status(204).body(Body::empty()).expect("an answer");
    }
    text.clone_into(&mut found.body);
    found.writes += 1;
    ok(&full::comment(pull, id, ROBOT, text))
}

fn check(state: &mut State, operation: &str, last: &str, body: &Value) -> Response {
    let annotations = body["output"]["annotations"].as_array().map_or(0, Vec::len);
    if annotations > 50 || body["output"]["summary"].as_str().is_none_or(|summary| summary.len() > 65_535) {
        return refusal(422, "Invalid request.");
    }
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if operation == "extend-check" {
        let id = number(last);
        let Some(check) = state.checks.iter_mut().find(|check| check.id == id) else { return not_found() };
        check.annotations += annotations;
        return ok(&full::check(check));
    }
    state.next += 1;
    let id = state.next;
    let (name, head, conclusion) = (text("name"), text("head_sha"), text("conclusion"));
    let check = Check { id, name, head, conclusion, annotations };
    let answer = full::check(&check);
    state.checks.push(check);
    status(201, &answer)
}

fn compare(state: &State, range: &str) -> Response {
    let Some((base, head)) = range.split_once("...") else { return not_found() };
    let (Some(base), Some(head)) = (state.named(base), state.named(head)) else { return not_found() };
    let others = state.ancestors(base);
    let found = state.ancestors(head).into_iter().find(|sha| others.contains(sha));
    found.map_or_else(not_found, |sha| ok(&full::comparison(base, head, &sha)))
}

/// Sub-trees are named `COMMIT:FOLDER` where GitHub has ids of trees.
fn tree(state: &State, name: &str, recursive: bool) -> Response {
    let name = name.replace("%3A", ":").replace("%2F", "/");
    let (commit, folder) = name.split_once(':').unwrap_or((&name, ""));
    let Some(found) = state.commits.get(commit) else { return not_found() };
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut nodes = Vec::new();
    let mut folders = BTreeSet::new();
    for (path, (mode, sha)) in found.files.iter().filter_map(|(path, file)| Some((path.strip_prefix(&prefix)?, file))) {
        for (end, _) in path.match_indices('/').take(if recursive { usize::MAX } else { 1 }) {
            let sub = &path[..end];
            if folders.insert(sub) {
                let sha = format!("{commit}:{prefix}{sub}");
                nodes.push(json!({ "path": sub, "mode": "040000", "type": "tree", "sha": sha }));
            }
        }
        if recursive || !path.contains('/') {
            let kind = if *mode == "160000" { "commit" } else { "blob" };
            let size = state.blobs.get(sha).map_or(0, Vec::len);
            nodes.push(json!({ "path": path, "mode": mode, "type": kind, "sha": sha, "size": size }));
        }
    }
    let truncated = recursive && state.tree_limit > 0 && nodes.len() > state.tree_limit;
    if truncated {
        nodes.truncate(state.tree_limit);
    }
    ok(&json!({ "sha": name, "url": "https://api.github.com/tree", "tree": nodes, "truncated": truncated }))
}

pub(super) fn archive(state: &State, commit: &str) -> Response {
    let Some(found) = state.commits.get(commit) else { return not_found() };
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, (_, sha)) in &found.files {
        let Some(bytes) = state.blobs.get(sha) else { continue };
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("acme-login-1/{path}"), bytes.as_slice()).expect("fits");
    }
    Response::new(Body::from(builder.into_inner().expect("ends").finish().expect("packs")))
}

pub(super) fn pull(state: &State, number: u64) -> Value {
    full::pull(number, &state.pulls[&number])
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

fn not_found() -> Response {
    refusal(404, "Not Found")
}

pub(super) fn refusal(code: u16, message: &str) -> Response {
    status(code, &json!({ "message": message }))
}

pub(super) fn ok(value: &Value) -> Response {
    status(200, value)
}

fn status(code: u16, value: &Value) -> Response {
    let response = Response::builder().status(code).header("content-type", "application/json");
    response.body(Body::from(value.to_string())).expect("an answer")
}

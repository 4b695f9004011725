//! The two questions that are asked in GraphQL.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::{Value, json};

use super::contract::Contract;
use super::rest::ok;
use super::{ROBOT, State};

pub(super) fn operation(body: &[u8]) -> &'static str {
    if text(body).contains("pullRequest") { "conversation" } else { "blobs" }
}

pub(super) fn answer(state: &State, body: &[u8]) -> Response {
    let request: Value = serde_json::from_slice(body).expect("JSON is sent");
    let variables = request.get("variables").expect("variables are sent");
    assert_eq!((&variables["owner"], &variables["name"]), (&json!("acme"), &json!("login")));
    let answer =
        if operation(body) == "conversation" { conversation(state, variables) } else { blobs(state, &text(body)) };
    if let Some(contract) = Contract::get() {
        contract.record(&request, &answer);
    }
    ok(&answer)
}

fn text(body: &[u8]) -> String {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    request["query"].as_str().unwrap_or_default().to_owned()
}

fn blobs(state: &State, query: &str) -> Value {
    let mut objects = BTreeMap::new();
    for part in query.split("{...on Blob").take(query.matches("...on Blob").count()) {
        let (alias, rest) = part.rsplit_once(":object(oid:\"").expect("an alias and an id");
        let alias = alias.rsplit(['{', '}']).next().expect("an alias");
        let sha = rest.split('"').next().expect("an id");
        let blob = state.blobs.get(sha).map(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            json!({ "text": text, "isTruncated": false, "isBinary": bytes.contains(&0) })
        });
        objects.insert(alias.to_owned(), blob);
    }
    json!({ "data": { "repository": objects } })
}

fn conversation(state: &State, variables: &Value) -> Value {
    let number = variables["number"].as_u64().expect("a number");
    let Some(pull) = state.pulls.get(&number) else {
        let errors = json!([{ "type": "NOT_FOUND", "message": "Could not resolve to a PullRequest" }]);
        return json!({ "data": { "repository": { "pullRequest": null } }, "errors": errors });
    };
    let size = if state.page == 0 { 100 } else { state.page };
    let skip = variables["after"].as_str().map_or(0, |after| after.parse().expect("our own cursor"));
    let all: Vec<_> = state.comments.iter().filter(|comment| comment.pull == number).collect();
    let nodes: Vec<Value> = all
        .iter()
        .skip(skip)
        .take(size)
        .map(|comment| {
            json!({
                "url": format!("https://github.com/acme/login/pull/{number}#issuecomment-{}", comment.id),
                "body": comment.body, "viewerDidAuthor": comment.author == ROBOT, "author": { "login": comment.author },
            })
        })
        .collect();
    let end = skip + nodes.len();
    let mut repository = json!({ "pullRequest": {
        "headRefOid": pull.head, "locked": pull.locked,
        "labels": { "nodes": pull.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() },
        "comments": { "nodes": nodes, "pageInfo": { "hasNextPage": end < all.len(), "endCursor": end.to_string() } },
    } });
    if variables["reads"] == true {
        let (commit, path) = variables["file"].as_str().and_then(|file| file.split_once(':')).expect("COMMIT:PATH");
        let sha = state.commits.get(commit).and_then(|commit| commit.files.get(path));
        let bytes = sha.and_then(|(_, sha)| state.blobs.get(sha));
        repository["file"] = bytes.map_or(Value::Null, |bytes| json!({ "text": String::from_utf8_lossy(bytes) }));
    }
    json!({ "data": { "repository": repository } })
}

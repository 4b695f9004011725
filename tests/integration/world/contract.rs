//! Every request and every answer, held against GitHub's own description of its interface.
//!
//! `.ci/contract prepare` brings the description; `GITHUB_CONTRACT` names its folder. Without it nothing is held, and a line on
//! standard error says so: the description is GitHub's, and no part of this repository.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use axum::http::{Method, Uri};
use jsonschema::Validator;
use serde_json::{Value, json};

/// The descriptions, as `.ci/contract` cut them.
pub struct Contract {
    folder: PathBuf,
    rest: Value,
    webhooks: Value,
    compiled: Mutex<HashMap<String, &'static Validator>>,
}

impl Contract {
    /// The contract of this run; `None` when nobody prepared it.
    pub fn get() -> Option<&'static Self> {
        static CONTRACT: OnceLock<Option<Contract>> = OnceLock::new();
        CONTRACT.get_or_init(Self::read).as_ref()
    }

    fn read() -> Option<Self> {
        let Some(folder) = std::env::var_os("GITHUB_CONTRACT").filter(|value| !value.is_empty()).map(PathBuf::from)
        else {
            // Not `eprintln!`, which the harness swallows.
            writeln!(
                std::io::stderr(),
                "GITHUB_CONTRACT is not set: requests and answers are not held to GitHub's description"
            )
            .ok();
            return None;
        };
        let load = |name: &str| -> Value {
            let text = std::fs::read_to_string(folder.join(name)).expect("`.ci/contract prepare` was run");
            serde_json::from_str(&text).expect("is JSON")
        };
        let (rest, webhooks) = (load("rest.json"), load("webhooks.json"));
        Some(Self { folder, rest, webhooks, compiled: Mutex::default() })
    }

    /// What is wrong with a request, and with its answer unless `answer` is `None`.
    pub fn rest(&self, method: &Method, uri: &Uri, body: &[u8], answer: Option<(u16, &[u8])>) -> Vec<String> {
        let operations = self.rest["operations"].as_array().expect("operations");
        let fits =
            |operation: &&Value| operation["method"] == method.as_str() && matches(&operation["path"], uri.path());
        // The more precise path wins: `pulls/{n}` beside `contents/{path}`.
        let Some(index) = operations.iter().position(|operation| fits(&operation)) else {
            return vec![format!("GitHub's description, as .ci/contract.mjs cuts it, has no {method} {}", uri.path())];
        };
        let (operation, name) = (&operations[index], format!("{method} {}", uri.path()));
        let mut wrong = self.query(index, uri.query().unwrap_or_default());
        if operation["request"].is_null() {
            wrong.extend((!body.is_empty() && body != b"null").then(|| "a body that nobody reads".to_owned()));
        } else {
            let sent: Value = serde_json::from_slice(body).unwrap_or_default();
            wrong.extend(self.validate(&self.rest, &format!("/operations/{index}/request"), &sent));
            let known = operation["request"]["properties"].as_object();
            let unknown = sent.as_object().into_iter().flat_map(|sent| sent.keys());
            let unknown = unknown.filter(|key| known.is_some_and(|known| !known.contains_key(*key)));
            wrong.extend(unknown.map(|key| format!("the field `{key}` of the request is not described")));
        }
        if let Some((status, bytes)) = answer {
            wrong.extend(self.answer(index, status, bytes));
        }
        wrong.into_iter().map(|what| format!("{name}: {what}")).collect()
    }

    fn answer(&self, index: usize, status: u16, bytes: &[u8]) -> Vec<String> {
        let responses = &self.rest["operations"][index]["responses"];
        let Some(media) = responses.get(status.to_string()) else {
            // Not every refusal is described operation by operation; all have this shape.
            let said: Value = serde_json::from_slice(bytes).unwrap_or_default();
            let known = [401, 403, 404, 409, 422].contains(&status) && said["message"].is_string();
            return if known { Vec::new() } else { vec![format!("an answer with status {status} is not described")] };
        };
        let Ok(said) = serde_json::from_slice::<Value>(bytes) else {
            // Raw media types are bytes; their JSON form is described instead.
            return Vec::new();
        };
        if media.get("application/json").is_none() {
            return Vec::new();
        }
        self.validate(&self.rest, &format!("/operations/{index}/responses/{status}/application~1json"), &said)
    }

    fn query(&self, index: usize, query: &str) -> Vec<String> {
        let parameters = self.rest["operations"][index]["parameters"].as_array().expect("parameters");
        let mut wrong = Vec::new();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let found = parameters.iter().position(|it| it["in"] == "query" && it["name"] == name);
            let Some(found) = found else {
                wrong.push(format!("the parameter `{name}` is not described"));
                continue;
            };
            let text = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
            let wants_number = parameters[found]["schema"]["type"] == "integer";
            let value = text.parse::<i64>().ok().filter(|_| wants_number).map_or_else(|| json!(text), |it| json!(it));
            wrong.extend(self.validate(&self.rest, &format!("/operations/{index}/parameters/{found}/schema"), &value));
        }
        wrong
    }

    /// What is wrong with the payload of an event.
    pub fn payload(&self, event: &str, payload: &Value) -> Vec<String> {
        let kebab = |text: &str| text.replace('_', "-");
        let event = event.trim_end_matches("_target");
        let action = payload["action"].as_str().map(|action| format!("-{}", kebab(action))).unwrap_or_default();
        let name = format!("webhook-{}{action}", kebab(event));
        if self.webhooks["events"].get(&name).is_none() {
            // `schedule` is no webhook.
            return if event == "schedule" { Vec::new() } else { vec![format!("no payload `{name}` is described")] };
        }
        let wrong = self.validate(&self.webhooks, &format!("/events/{name}"), payload);
        // The repository of a fork may be gone, which the description does not admit; a test says what happens then.
        let known = |what: &String| what == "null is not of type \"object\" at /workflow_run/head_repository";
        wrong.into_iter().filter(|what| !known(what)).map(|what| format!("{name}: {what}")).collect()
    }

    /// Writes a GraphQL question and its answer down; `.ci/contract check` holds them to GitHub's schema.
    pub fn record(&self, request: &Value, answer: &Value) {
        let line = json!({ "query": request["query"], "variables": request["variables"], "answer": answer });
        let file = std::fs::OpenOptions::new().append(true).create(true).open(self.folder.join("graphql.jsonl"));
        file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).expect("the record is written");
    }

    fn validate(&self, document: &Value, pointer: &str, value: &Value) -> Vec<String> {
        let kind = if std::ptr::eq(document, &raw const self.rest) { "rest" } else { "webhooks" };
        let key = format!("{kind}{pointer}");
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = compiled.entry(key).or_insert_with(|| {
            let mut schema = document.clone();
            schema["$ref"] = format!("#{pointer}").into();
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft4);
            Box::leak(Box::new(options.build(&schema).expect("a schema")))
        });
        let validator: &'static Validator = validator;
        drop(compiled);
        let text = |error: jsonschema::ValidationError| {
            format!("{} at {}", error.to_string().chars().take(300).collect::<String>(), error.instance_path())
        };
        validator.iter_errors(value).map(text).collect()
    }
}

/// Whether a path fits a template: `{name}` is one segment, except that `{path}` is the rest.
fn matches(template: &Value, path: &str) -> bool {
    let mut parts = path.split('/');
    for expected in template.as_str().expect("a path").split('/') {
        let Some(part) = parts.next() else { return false };
        match expected {
            "{path}" => return true,
            _ if expected.starts_with('{') && !part.is_empty() => {}
            _ if expected == part => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

#[test]
fn a_wrong_request_and_a_wrong_answer_are_found() {
    let Some(contract) = Contract::get() else { return };
    let wrong = |method: Method, path: &str, body: &Value, answer: Option<(u16, &Value)>| {
        let uri: Uri = format!("/repos/acme/login/{path}").parse().expect("a path");
        let answer = answer.map(|(status, value)| (status, value.to_string()));
        let answer = answer.as_ref().map(|(status, text)| (*status, text.as_bytes()));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        contract.rest(&method, &uri, body.as_bytes(), answer)
    };
    let comment = super::full::comment(1, 2, "github-actions", "text");
    let post = |body: Value, answer: &Value| wrong(Method::POST, "issues/1/comments", &body, Some((201, answer)));
    assert_eq!(post(json!({ "body": "text" }), &comment), [""; 0]);
    assert_ne!(post(json!({ "text": "text" }), &comment), [""; 0]);
    assert_ne!(post(json!({ "body": "text", "bodi": 1 }), &comment), [""; 0]);
    assert_ne!(post(json!({ "body": "text" }), &json!({ "id": 2 })), [""; 0]);
    assert_ne!(wrong(Method::PUT, "issues/1/comments", &Value::Null, None), [""; 0]);
    assert_ne!(wrong(Method::GET, "pulls?stat=open", &Value::Null, None), [""; 0]);
    assert_ne!(wrong(Method::GET, "pulls?state=opened", &Value::Null, None), [""; 0]);
    let many: Vec<Value> = (0..51)
        .map(|_| json!({ "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m" }))
        .collect();
    let check = json!({ "name": "n", "head_sha": "a", "status": "completed", "conclusion": "neutral", "output": { "title": "t", "summary": "s", "annotations": many } });
    assert_ne!(wrong(Method::POST, "check-runs", &check, None), [""; 0]);
    assert_ne!(contract.payload("push", &json!({ "ref": "refs/heads/main" })), [""; 0]);
}

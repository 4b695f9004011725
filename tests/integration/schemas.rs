//! The published JSON Schemas are those of the program, and what the program prints keeps to them. `UPDATE_EXPECT=1` rewrites them.

use std::fs;
use std::path::PathBuf;

use identityserver_upgrade::render::{audit, inspect, json, plan};
use serde_json::Value;

use crate::scenarios::tool;

pub fn published(name: &str, schema: &schemars::Schema) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/schemas").join(name);
    let text = serde_json::to_string_pretty(schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &text).expect("written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "{} is stale: run with UPDATE_EXPECT=1", path.display());
    serde_json::from_str(&text).expect("JSON")
}

pub fn keeps_to(schema: &Value, document: &str) {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let validator = jsonschema::validator_for(schema).expect("a sound schema");
    let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn reports_keep_to_the_published_schema() {
    let schema = published("report.json", &json::schema());
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    for scenario in fs::read_dir(scenarios).expect("readable").flatten() {
        let report = fs::read_to_string(scenario.path().join("expected/report.json")).expect("a blessed report");
        keeps_to(&schema, &report);
    }
}

#[test]
fn plans_keep_to_the_published_schema() {
    let schema = published("plan.json", &plan::schema());
    for (from, to) in [("3.1.4", "8.0.3"), ("7.1.2", "6.3.0"), ("8.0.3", "9.0.0"), ("1.5.2", "4.1.2")] {
        let output = tool().args(["plan", from, to, "--format", "json"]).output().expect("the tool runs");
        assert!(output.status.success(), "plan {from} {to}");
        keeps_to(&schema, &String::from_utf8_lossy(&output.stdout));
    }
}

/// What changes with each edition of the rulebook: a page may show an older one.
const AGEING: [&str; 4] = ["verified", "newest", "behind", "advisories"];

/// Whether `shown` is `whole` with entries of lists and fields left out.
fn is_cut_of(shown: &Value, whole: &Value) -> bool {
    match (shown, whole) {
        (Value::Object(shown), Value::Object(whole)) => shown.iter().all(|(name, value)| {
            whole.get(name).is_some_and(|it| AGEING.contains(&name.as_str()) || is_cut_of(value, it))
        }),
        (Value::Array(shown), Value::Array(whole)) => {
            shown.iter().all(|value| whole.iter().any(|it| is_cut_of(value, it)))
                && (shown.is_empty() == whole.is_empty())
        }
        _ => shown == whole,
    }
}

/// What the program prints of the example keeps to the schemas, and the page shows cuts of just that.
#[test]
fn the_example_keeps_to_the_published_schemas_and_the_page_shows_it() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let page = fs::read_to_string(format!("{root}docs/json.md")).expect("the page");
    let (_, examples) = page.split_once("## Examples").expect("examples");
    let schemas = [("diff", json::schema()), ("inspect", inspect::schema()), ("audit", audit::json::schema())];
    let mut shown = 0;
    let lines: Vec<&str> = examples.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with('`') && !line.starts_with("```")) {
        let command = line.split('`').nth(1).expect("a command");
        let block =
            lines.iter().skip(at).skip_while(|line| **line != "```json").skip(1).take_while(|line| **line != "```");
        let block = &block.copied().collect::<Vec<_>>().join("\n");
        let example: Value = serde_json::from_str(block).expect("JSON");
        let output = tool().args(command.split(' ')).current_dir(root).output().expect("the tool runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let of = command.split(' ').next().expect("a word");
        let (_, schema) = schemas.iter().find(|(name, _)| *name == of).expect("a schema");
        keeps_to(&serde_json::to_value(schema).expect("JSON"), &printed);
        if of == "diff" || of == "inspect" {
            keeps_to(&serde_json::to_value(schema).expect("JSON"), block);
        }
        let whole: Value = serde_json::from_str(&printed).expect("JSON");
        assert!(is_cut_of(&example, &whole), "docs/json.md shows of `{command}` what it does not print: {printed}");
        shown += 1;
    }
    assert_eq!(shown, schemas.len());
}

#[test]
fn audits_keep_to_the_published_schema() {
    let schema = published("audit.json", &audit::json::schema());
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    for scenario in ["mixed-versions", "unreadable", "floating", "lock-disagrees"] {
        let folder = format!("{scenarios}/{scenario}/base");
        let output = tool()
            .args(["audit", &folder, "--format", "json", "--today", "2026-11-25"])
            .output()
            .expect("the tool runs");
        assert!(output.status.success(), "audit {folder}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8_lossy(&output.stdout);
        keeps_to(&schema, &printed);
        let again = audit::json::read(&printed).expect("what was written can be read");
        let mut written = Vec::new();
        audit::json::write(&again, &mut written).expect("written");
        assert_eq!(String::from_utf8_lossy(&written).trim_end(), printed.trim_end(), "{scenario} comes back whole");
    }
}

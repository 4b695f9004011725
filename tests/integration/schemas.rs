//! The published JSON Schemas are those of the program, and what the program prints keeps to them. `UPDATE_EXPECT=1` rewrites them.

use std::fs;
use std::path::PathBuf;

use identityserver_upgrade::render::{audit, json, plan};
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

//! SARIF reports keep to the schema of SARIF 2.1.0, to GitHub's limits, and to their fingerprints.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::scenarios::tool;
use crate::schemas::keeps_to;

/// The schema, from the package of a development-time dependency.
fn schema() -> Value {
    let version = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV").output();
    let version = String::from_utf8_lossy(&version.expect("rustc runs").stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["metadata", "--locked", "--format-version", "1", "--filter-platform", host])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata gives JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").expect("a dependency");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    let text = fs::read_to_string(manifest.with_file_name("src").join("schema.json")).expect("the schema");
    // One pattern has a bracket too many, so that no regular expression comes of it.
    serde_json::from_str(&text.replace("{2}]?$", "{2}$")).expect("JSON")
}

fn sarif(base: &Path, head: &Path) -> String {
    let output = tool().args(["diff", "--format", "sarif"]).args([base, head]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Project files and code of a host on some version.
fn write(root: &Path, version: &str, blank_lines: usize) {
    fs::create_dir_all(root.join("src/Höst [1]")).expect("folders");
    let project = format!(
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\">{}<PropertyGroup><TargetFramework>net6.0</TargetFramework></PropertyGroup>\
         <ItemGroup><PackageReference Include=\"Duende.IdentityServer\" Version=\"{version}\" /></ItemGroup></Project>",
        "\n".repeat(blank_lines)
    );
    fs::write(root.join("src/Höst [1]/Host.csproj"), project).expect("a project");
    fs::write(
        root.join("src/Höst [1]/Clock.cs"),
        format!("{}using IdentityModel;\nclass A {{ }}\n", "\n".repeat(blank_lines)),
    )
    .expect("code");
}

fn results(text: &str) -> Vec<Value> {
    let log: Value = serde_json::from_str(text).expect("JSON");
    log["runs"][0]["results"].as_array().expect("results").clone()
}

#[test]
fn sarif_keeps_to_its_schema_and_has_help_for_every_rule() {
    let schema = schema();
    let root = tempfile::tempdir().expect("a folder");
    let (base, head) = (root.path().join("base"), root.path().join("head"));
    write(&base, "6.0.4", 0);
    write(&head, "7.1.2", 0);
    fs::create_dir_all(base.join(".github")).expect("a folder");
    let config = "nonsense: 1\nignore: [{rule: '*/7.0/*', reason: 'we {know} [it](1)'}]\n";
    fs::write(base.join(".github/identityserver-upgrade.yml"), config).expect("a configuration");
    let text = sarif(&base, &head);
    keeps_to(&schema, &text);
    let log: Value = serde_json::from_str(&text).expect("JSON");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = results(&text);
    assert!(results.len() > 5, "{text}");
    for result in &results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("fits");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        for part in ["/shortDescription/text", "/help/text", "/help/markdown", "/defaultConfiguration/level"] {
            assert!(rules[index].pointer(part).and_then(Value::as_str).is_some_and(|text| !text.is_empty()), "{part}");
        }
        let place = result.pointer("/locations/0/physicalLocation/artifactLocation/uri").and_then(Value::as_str);
        assert!(place.is_some_and(|uri| uri.starts_with("src/H%C3%B6st%20%5B1%5D/")), "{result}");
    }
    let prints: BTreeSet<&str> =
        results.iter().filter_map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str()).collect();
    assert_eq!(prints.len(), results.len(), "each result has a fingerprint of its own");
    let suppressed = results.iter().filter(|result| result["suppressions"][0]["justification"] == "we {know} [it](1)");
    assert!(suppressed.count() > 0, "{text}");
    assert!(run["invocations"][0]["toolExecutionNotifications"].to_string().contains("nonsense"), "{text}");
}

#[test]
fn fingerprints_survive_a_move_of_lines() {
    let root = tempfile::tempdir().expect("a folder");
    let path = |name: &str| root.path().join(name);
    write(&path("base"), "6.0.4", 0);
    write(&path("head"), "7.1.2", 0);
    write(&path("moved"), "7.1.2", 7);
    let seen = |head: &str| {
        let lines = |result: &Value| result.pointer("/locations/0/physicalLocation/region/startLine").cloned();
        let results = results(&sarif(&path("base"), &path(head)));
        let prints: Vec<Value> = results.iter().map(|result| result["partialFingerprints"].clone()).collect();
        (prints, results.iter().map(lines).collect::<Vec<_>>())
    };
    let (one, other) = (seen("head"), seen("moved"));
    assert_eq!(one.0, other.0);
    assert_ne!(one.1, other.1, "the lines did move");
}

#[test]
fn a_run_has_no_more_results_than_github_takes() {
    use identityserver_upgrade::report::{Finding, Kind, Report, Sighting, Status};
    use identityserver_upgrade::rules::Rulebook;

    let place = |line: u32| Sighting { path: "a.cs".into(), line, saw: "x".into() };
    let finding = Finding {
        rule: "identityserver/7.0/x".into(),
        kind: Kind::Change,
        status: Status::Todo,
        context: None,
        title: "T".into(),
        advice: String::new(),
        url: None,
        impact: None,
        commands: Vec::new(),
        places: (1..=30_000).map(place).collect(),
        searched: String::new(),
    };
    let report = Report { findings: vec![finding], ..crate::budget::nothing() };
    let text = identityserver_upgrade::render::sarif::sarif(&report, Rulebook::embedded()).expect("JSON");
    assert_eq!(results(&text).len(), 25_000);
    assert!(text.contains("5000 more results are left out"));
}

//! The doors `inspect` and `conformance`, as a user meets them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/inspect.json");

fn tool(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the tool starts")
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    folder
}

/// Runs `inspect --format json` and gives the exit code and the answer, held against the published schema.
#[track_caller]
fn inspect(files: &[(&str, &str)], path: &str) -> (Option<i32>, Value) {
    let folder = folder(files);
    let output = tool(folder.path(), &["inspect", path, "--format", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let schema = fs::read_to_string(SCHEMA).expect("docs/schemas/inspect.json is readable");
    let schema: Value = serde_json::from_str(&schema).expect("a schema");
    let verdict = jsonschema::validate(&schema, &answer);
    assert!(verdict.is_ok(), "{verdict:?}");
    (output.status.code(), answer)
}

#[test]
fn published_schema_is_current() {
    let current =
        serde_json::to_string_pretty(&identityserver_upgrade::render::inspect::schema()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(SCHEMA, &current).expect("the schema is written");
    }
    assert_eq!(
        fs::read_to_string(SCHEMA).expect("docs/schemas/inspect.json"),
        current,
        "UPDATE_EXPECT=1 writes it anew"
    );
}

#[test]
fn a_folder_gives_all_of_it() {
    let (code, answer) = inspect(
        &[
            ("src/packages.config", "<packages><package id='A' version='1.0'/></packages>"),
            (".config/dotnet-tools.json", "{\"tools\": {\"t\": {\"version\": \"2.0\"}}}"),
            ("run.cs", "#:package B@3.0\n"),
            ("src/Program.cs", "using System;\n"),
        ],
        ".",
    );
    let found: Vec<(&Value, &Value)> = answer["projects"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (&it["path"], &it["packages"][0]["id"]))
        .collect();
    assert_eq!(
        json!(found),
        json!([[".config/dotnet-tools.json", "t"], ["run.cs", "B"], ["src/packages.config", "A"]])
    );
    assert_eq!((code, &answer["root"]), (Some(0), &json!(".")));
}

#[test]
fn a_failed_project_is_told_by_the_exit_code() {
    let (code, answer) = inspect(&[("packages.config", "not\nxml")], "packages.config");
    assert_eq!((code, &answer["projects"][0]["error"]["code"]), (Some(1), &json!("invalid-xml")));
}

#[test]
fn nothing_to_read_is_a_failure_of_its_own() {
    let folder = folder(&[("README.md", "x")]);
    for path in ["nowhere.csproj", "README.md", "."] {
        let output = tool(folder.path(), &["inspect", path]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{path}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn what_stands_in_a_skipped_folder_is_read_when_named() {
    let text = "{\"libraries\": {\"A/1.0.0\": {\"type\": \"package\"}}}";
    let (code, answer) = inspect(&[("bin/Debug/app.deps.json", text)], "bin/Debug/app.deps.json");
    assert_eq!((code, &answer["projects"][0]["packages"][0]["resolved"]), (Some(0), &json!("1.0.0")));
}

#[test]
fn text_shows_packages_in_columns() {
    let folder = folder(&[(
        "packages.config",
        "<packages>\n<package id='Long.Name' version='1.0' targetFramework='net48'/>\n<package id='B' version='2.0' targetFramework='net48'/></packages>",
    )]);
    let output = tool(folder.path(), &["inspect"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "packages.config (packages.config)\n  Long.Name  net48  1.0  ← line 2\n  B          net48  2.0  ← line 3\n"
    );
}

const ASKED: [(&str, &str); 2] = [
    ("Directory.Build.props", "<Project><PropertyGroup><Server>7.0.9</Server></PropertyGroup></Project>"),
    (
        "src/a.csproj",
        "<Project Sdk='Microsoft.NET.Sdk'><PropertyGroup><TargetFrameworks>net8.0;net9.0</TargetFrameworks>\
         <Name>$(Server)-$(TargetFramework)</Name><Now>$([System.DateTime]::Now)</Now></PropertyGroup>\
         <ItemGroup><PackageReference Include='A;B' Version='$(Server)'/></ItemGroup></Project>",
    ),
];

#[test]
fn one_property_prints_its_bare_value() {
    let folder = folder(&ASKED);
    let ask = |more: &[&str]| {
        let output = tool(folder.path(), &[&["inspect", "src/a.csproj"], more].concat());
        (output.status.code(), String::from_utf8(output.stdout).expect("text"))
    };
    assert_eq!(ask(&["--get-property", "name"]), (Some(0), "7.0.9-\n".into()));
    assert_eq!(ask(&["--get-property", "Name", "--framework", "net9.0"]), (Some(0), "7.0.9-net9.0\n".into()));
    assert_eq!(ask(&["--get-property", "Server", "--property", "Server=8"]), (Some(0), "8\n".into()));
    assert_eq!(ask(&["--get-property", "Nowhere"]), (Some(0), "\n".into()));
    assert_eq!(ask(&["--get-property", "Now"]), (Some(1), String::new()));
    assert_eq!(ask(&["--get-property", "A", "--framework", "net9.0", "--property", "TargetFramework=x"]).0, Some(0));
    assert_eq!(tool(folder.path(), &["inspect", "nowhere.csproj", "--get-property", "A"]).status.code(), Some(2));
}

#[test]
fn several_values_are_json() {
    let folder = folder(&ASKED);
    let arguments = ["inspect", "src/a.csproj", "--get-property", "Server,Now", "--get-item", "PackageReference"];
    let output = tool(folder.path(), &arguments);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let items = json!([{"Identity": "A", "Version": "7.0.9"}, {"Identity": "B", "Version": "7.0.9"}]);
    let expected = json!({"Properties": {"Server": "7.0.9", "Now": null}, "Items": {"PackageReference": items}});
    assert_eq!((output.status.code(), answer), (Some(1), expected));
    assert!(String::from_utf8_lossy(&output.stderr).contains("$(Now) cannot be told"));
}

#[test]
fn conformance_answers_line_by_line() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"))
        .arg("conformance")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tool starts");
    let mut input = process.stdin.take().expect("standard input");
    input.write_all(b"{\"op\":\"version.compare\",\"a\":\"1\",\"b\":\"2\"}\n\xFF\n").expect("written");
    drop(input);
    let output = process.wait_with_output().expect("it ends");
    let replies: Vec<Value> =
        output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!((output.status.code(), replies.len(), &replies[0]), (Some(0), 2, &json!({"ok": -1})));
    assert!(replies[1]["error"].is_string());
}

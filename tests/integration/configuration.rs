//! The configuration: its published schema and page, and what the command line makes of it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use identityserver_upgrade::settings::{self, ConfigFile, FILE, Given, Settings};
use serde_json::Value;

use crate::scenarios::tool;
use crate::schemas::{keeps_to, published};

fn defaults() -> Settings {
    Settings::of(&Given { called: "input", get: &|_| None }, &ConfigFile { path: FILE, text: None }).0
}

fn example() -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).expect("the page");
    let block = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    block.expect("an example").to_owned()
}

#[test]
fn the_example_of_the_page_is_understood_and_keeps_to_the_schema() {
    let schema = published("configuration.json", &settings::schema());
    let text = example();
    let (read, problems) =
        Settings::of(&Given { called: "input", get: &|_| None }, &ConfigFile { path: FILE, text: Some(&text) });
    assert_eq!(problems, []);
    let document: Value = serde_yaml::from_str(&text).expect("YAML");
    keeps_to(&schema, &document.to_string());
    // Each key of the file is shown.
    let keys = schema["properties"].as_object().expect("properties").keys();
    let missing: Vec<&String> = keys.filter(|key| document.get(key.as_str()).is_none()).collect();
    assert!(missing.is_empty(), "not in the example: {missing:?}");
    assert_eq!((read.ignore.value.len(), read.labels.value.len()), (2, 3));
}

/// `docs/configuration.md` ends with a table of all settings; `UPDATE_EXPECT=1` writes it.
#[test]
fn the_page_lists_every_setting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = serde_json::to_value(settings::schema()).expect("JSON");
    let manifest: Value =
        serde_yaml::from_str(&fs::read_to_string(root.join("action.yml")).expect("action.yml")).expect("YAML");
    let help = tool().args(["diff", "--help"]).output().expect("the tool runs").stdout;
    let help = String::from_utf8_lossy(&help).into_owned();
    let mut table = "| setting | file | input | `diff` | default | meaning |\n|---|---|---|---|---|---|\n".to_owned();
    for setting in defaults().explain() {
        let name = setting.name;
        let (property, input) = (&schema["properties"][name], &manifest["inputs"][name]);
        let option = help.contains(&format!("--{name} "));
        let meaning = property["description"].as_str().or(input["description"].as_str());
        let meaning = meaning.unwrap_or_else(|| panic!("{name} is explained nowhere")).replace('\n', " ");
        let mark = |on: bool| if on { "yes" } else { "" };
        writeln!(
            table,
            "| `{name}` | {} | {} | {} | `{}` | {} |",
            mark(!property.is_null()),
            mark(!input.is_null()),
            if option { format!("`--{name}`") } else { String::new() },
            setting.value,
            meaning.replace('|', "\\|"),
        )
        .expect("writes");
    }
    let path = root.join("docs/configuration.md");
    let text = fs::read_to_string(&path).expect("the page");
    let (before, _) = text.split_once("| setting |").expect("a table");
    let expected = format!("{before}{table}");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &expected).expect("writes");
    } else {
        assert!(text == expected, "docs/configuration.md is stale: run with UPDATE_EXPECT=1");
    }
}

/// Two folders with a jump, and a configuration in the base.
fn folders(config: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let project = |version: &str| {
        format!(
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>\
             <ItemGroup><PackageReference Include=\"Duende.IdentityServer\" Version=\"{version}\" /></ItemGroup></Project>"
        )
    };
    for (side, version) in [("base", "6.0.4"), ("head", "7.1.2")] {
        for folder in [".github", "src/Host", "samples/Demo"] {
            fs::create_dir_all(root.path().join(side).join(folder)).expect("folders");
        }
        for path in ["src/Host/Host.csproj", "samples/Demo/Demo.csproj"] {
            fs::write(root.path().join(side).join(path), project(version)).expect("a project");
        }
        fs::write(root.path().join(side).join(FILE), config).expect("a configuration");
    }
    root
}

/// Runs `diff base head` in a folder; gives exit code, standard output and standard error.
fn diff(root: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = tool().current_dir(root).args(["diff", "base", "head"]).args(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn json(root: &Path, arguments: &[&str]) -> Value {
    let (code, text, errors) = diff(root, &[&["--format", "json"], arguments].concat());
    assert_eq!(code, Some(0), "{errors}");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_command_line_obeys_the_configuration_of_the_base() {
    let root = folders("fail-on: check\nexclude: samples\n");
    let (code, text, _) = diff(root.path(), &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("src/Host/Host.csproj") && !text.contains("Demo.csproj"), "{text}");
    assert_eq!(json(root.path(), &["--fail-on", "never"])["looked"]["left_out"], 1);
    assert_eq!(diff(root.path(), &["--no-config"]).0, Some(0));
    assert_eq!(diff(root.path(), &["--fail-on", "database"]).0, Some(0), "no migration is seen to be missing");
    assert_eq!(diff(root.path(), &["--fail-on", "identityserver/7.0"]).0, Some(1));
    let (code, _, errors) = diff(root.path(), &["--fail-on", "databse"]);
    assert!(code == Some(2) && errors.contains("databse"), "{errors}");
    fs::write(root.path().join("other.yml"), "fail-on: never\npaths: samples/**\n").expect("a file");
    let other = json(root.path(), &["--config", "other.yml"]);
    assert_eq!(other["jumps"][0]["projects"], serde_json::json!(["samples/Demo/Demo.csproj"]));
}

#[test]
fn explained_settings_name_their_origin() {
    let root = folders("comment: always\nfail-on: check\ncomments: x\n");
    let (code, text, _) = diff(root.path(), &["--explain-config", "--fail-on", "action"]);
    assert_eq!(code, Some(0));
    for line in [
        "comment: \"always\" (.github/identityserver-upgrade.yml:1)",
        "fail-on: [\"action\"] (command line)",
        "annotations: true (default)",
        ".github/identityserver-upgrade.yml:3: unknown field `comments`",
    ] {
        assert!(text.lines().any(|it| it.starts_with(line)), "{line} is not in\n{text}");
    }
}

#[test]
fn what_is_ignored_is_told_and_what_is_unknown_cannot_be() {
    let root = folders(
        "ignore:\n  - rule: '*'\n    reason: we know what we do\n    until: 9999-12-31\n  - {rule: x/1.0, reason: old}\n  - {rule: '*', reason: past, until: 2001-01-01}\n",
    );
    let report = json(root.path(), &[]);
    assert_eq!(
        (
            &report["verdict"],
            report["findings"].as_array().expect("a list").iter().filter(|it| it["status"] == "check").count()
        ),
        (&Value::from("clear"), 0)
    );
    assert_eq!(report["ignored"][0]["reason"], "we know what we do");
    let remarks = report["remarks"].to_string();
    assert!(remarks.contains("unused-ignore") && remarks.contains("expired-ignore"), "{remarks}");
    let (_, markdown, _) = diff(root.path(), &["--format", "markdown"]);
    assert!(markdown.contains("ignored: we know what we do, until `9999-12-31`"), "{markdown}");

    let project = root.path().join("head/src/Host/Host.csproj");
    let text = fs::read_to_string(&project).expect("a project").replace("7.1.2", "$(NobodyKnows)");
    fs::write(project, text).expect("a project");
    let report = json(root.path(), &[]);
    assert_eq!((&report["verdict"], &report["safe_to_auto_merge"]), (&Value::from("check"), &Value::from(false)));
}

#[test]
fn broken_rules_of_ones_own_are_told_and_silence_nothing() {
    let root = folders("rules: ci/rules\n");
    let folder = root.path().join("base/ci/rules/identityserver");
    fs::create_dir_all(&folder).expect("a folder");
    let own = "title: ours\npackage: Duende.IdentityServer\nchanges:\n  - { id: our-gateway, kind: behaviour, impact: behaviour, summary: Our gateway must know., advice: Tell it. }\n";
    fs::write(folder.join("7.0.yaml"), own).expect("a rule");
    fs::write(folder.join("7.1.yaml"), "title: x\nguidance: y\n").expect("a broken rule");
    let report = json(root.path(), &[]);
    let findings = report["findings"].to_string();
    assert!(findings.contains("identityserver/7.0/our-gateway"), "{findings}");
    let problems = report["problems"].to_string();
    assert!(problems.contains("ci/rules/identityserver/7.1.yaml") && problems.contains("guidance"), "{problems}");
    let disk = root.path().join("base/ci/rules").display().to_string();
    let report = json(root.path(), &["--no-config", "--rules", &disk]);
    assert!(report["findings"].to_string().contains("identityserver/7.0/our-gateway"), "{report}");
}

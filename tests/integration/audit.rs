//! Audits of folders, through the door: what is told of a repository that nobody moves.

use std::path::Path;

use serde_json::Value;

use crate::scenarios::tool;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn project(framework: &str, package: &str, version: &str) -> String {
    format!(
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n  <PropertyGroup><TargetFramework>{framework}</TargetFramework></PropertyGroup>\n  \
         <ItemGroup>\n    <PackageReference Include=\"{package}\" Version=\"{version}\" />\n  </ItemGroup>\n</Project>\n"
    )
}

fn audit(folder: &Path, day: &str) -> Value {
    let folder = folder.to_str().expect("Unicode");
    let output = tool().args(["audit", folder, "--format", "json", "--today", day]).output().expect("the tool runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn finding<'a>(audit: &'a Value, rule: &str) -> Option<&'a Value> {
    audit["findings"].as_array().expect("findings").iter().find(|finding| finding["rule"] == rule)
}

#[test]
fn support_ends_by_framework_and_day() {
    let new = project("net10.0", "Duende.IdentityServer", "7.4.8");
    let old = project("net8.0", "Duende.IdentityServer", "7.4.8");
    let folder = folder(&[("New/New.csproj", &new), ("Old/Old.csproj", &old)]);
    let found = audit(folder.path(), "2026-11-25");
    let told = |index: usize, name: &str| found["projects"][index][name].clone();
    assert_eq!((told(0, "supported"), told(0, "end_of_support")), (true.into(), "2028-11-14".into()));
    assert_eq!((told(1, "supported"), told(1, "end_of_support")), (false.into(), "2026-11-10".into()));
    assert_eq!(told(0, "line"), "7.4");
    let support = finding(&found, "identityserver/7.4/support").expect("a finding");
    assert_eq!(
        (support["status"].as_str(), support["places"][0]["path"].as_str()),
        (Some("todo"), Some("Old/Old.csproj"))
    );
    assert!(support["advice"].as_str().is_some_and(|advice| advice.contains("`net10.0`")), "{support}");
    let before = audit(folder.path(), "2026-10-01");
    let soon = finding(&before, "identityserver/7.4/support").expect("it is to end");
    assert_eq!(soon["status"], "check");
    assert!(finding(&audit(folder.path(), "2026-01-01"), "identityserver/7.4/support").is_none());
}

#[test]
fn advisories_mixed_versions_and_floats_are_told() {
    let old = project("net6.0", "Duende.IdentityServer", "6.3.2");
    let newer = project("net8.0", "Duende.IdentityServer", "7.0.*");
    let folder = folder(&[("A/A.csproj", &old), ("B/B.csproj", &newer)]);
    let found = audit(folder.path(), "2026-11-25");
    let projects = found["projects"].as_array().expect("projects");
    assert!(projects[0]["advisories"].as_array().is_some_and(|ids| ids.contains(&"GHSA-ff4q-64jc-gx98".into())));
    let advisory = finding(&found, "identityserver/advisory/GHSA-ff4q-64jc-gx98").expect("it applies");
    assert_eq!(advisory["status"], "todo");
    assert!(
        advisory["advice"].as_str().is_some_and(|advice| advice.contains("2024-07-31") && advice.contains("6.3.10"))
    );
    // The float takes the newest release of its line, which has the fix.
    assert_eq!((projects[1]["version"].as_str(), projects[1]["line"].as_str()), (Some("7.0.*"), Some("7.0")));
    assert_eq!(projects[1]["advisories"], serde_json::json!([]));
    assert_eq!(finding(&found, "identityserver/floating").expect("told")["status"], "check");
    let mixed = finding(&found, "identityserver/mixed-versions").expect("told");
    assert_eq!(mixed["places"].as_array().map(Vec::len), Some(2));
    // What a pull request to the newest release would ask.
    let migration = finding(&found, "identityserver/8.0/saml-session-tables").is_some();
    assert!(migration || found["findings"].as_array().expect("findings").iter().any(|it| it["kind"] == "database"));
}

#[test]
fn previews_go_to_previews_and_the_unknown_is_said() {
    let folder = folder(&[
        ("A/A.csproj", &project("net10.0", "Duende.IdentityServer", "8.0.3")),
        ("B/B.csproj", &project("net10.0", "Duende.IdentityServer", "99.0.0")),
        ("C/C.csproj", &project("net10.0", "Duende.IdentityServer", "$(Nowhere)")),
    ]);
    let found = audit(folder.path(), "2026-11-25");
    let told = |index: usize, name: &str| found["projects"][index][name].clone();
    assert_eq!((told(0, "behind"), told(1, "behind")), (0.into(), 0.into()));
    assert_eq!(told(1, "supported"), Value::Null);
    assert_eq!((told(2, "version"), told(2, "line")), (Value::Null, Value::Null));
    assert!(finding(&found, "identityserver/unknown").is_some());
    assert!(found["problems"].as_array().is_some_and(|list| !list.is_empty()), "{found}");
}

#[test]
fn conditions_give_status_1() {
    let old = project("net6.0", "Duende.IdentityServer", "6.3.2");
    let folder = folder(&[("A/A.csproj", &old)]);
    let run = |conditions: &str| {
        let folder = folder.path().to_str().expect("Unicode");
        let output = tool().args(["audit", folder, "--today", "2026-11-25", "--fail-on", conditions]).output();
        output.expect("the tool runs").status.code()
    };
    assert_eq!(run("unsupported"), Some(1));
    assert_eq!(run("mixed,behind=2"), Some(1));
    assert_eq!(run("behind=99,mixed,unread"), Some(0));
    assert_eq!(run("old"), Some(2));
}

#[test]
fn text_is_plain_in_a_pipe_and_names_what_matters() {
    let folder = folder(&[("A/A.csproj", &project("net6.0", "Duende.IdentityServer", "6.3.2"))]);
    let path = folder.path().to_str().expect("Unicode");
    let print = |format: &str| {
        let output = tool().args(["audit", path, "--today", "2026-11-25", "--format", format]).output();
        String::from_utf8(output.expect("the tool runs").stdout).expect("UTF-8")
    };
    let text = print("text");
    assert!(!text.contains('\u{1b}') && text.contains("ended 2024-11-12") && text.contains("CVE-2024-39694"), "{text}");
    let log: Value = serde_json::from_str(&print("sarif")).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert!(results.iter().any(|result| result["ruleId"] == "identityserver/6.3/support"), "{log}");
    assert!(print("html").contains("<html"));
    let markdown = print("markdown");
    assert!(markdown.contains("| `") && markdown.contains("- [ ] **"), "{markdown}");
}

/// What a repository says of its own audits counts, and stays in sight.
#[test]
fn an_audit_obeys_the_configuration_of_the_repository() {
    const CONFIGURATION: &str = ".github/identityserver-upgrade.yml";
    let files = |configuration: &str| {
        folder(&[
            ("src/Host/Host.csproj", &project("net6.0", "Duende.IdentityServer", "6.0.0")),
            ("samples/Demo/Demo.csproj", &project("netcoreapp3.1", "IdentityServer4", "4.1.2")),
            ("samples/Demo/Demo.cs", "class Demo { }"),
            (CONFIGURATION, configuration),
        ])
    };
    let limited = |root: &Path, more: &[&str]| {
        let mut command = tool();
        command.args(["audit", "--today", "2026-11-25", "--fail-on", "unsupported"]).arg(root).args(more);
        command.output().expect("it runs").status.code()
    };
    let all = files("comment: auto\n");
    assert_eq!(audit(all.path(), "2026-11-25")["projects"].as_array().expect("projects").len(), 2);

    let narrow = files("exclude: samples\n");
    let found = audit(narrow.path(), "2026-11-25");
    let paths: Vec<&str> =
        found["projects"].as_array().expect("a list").iter().filter_map(|it| it["path"].as_str()).collect();
    assert_eq!(paths, ["src/Host/Host.csproj"]);
    assert_eq!(found["repositories"][0]["left_out"], 1);
    let only = files("paths: samples/**\n");
    assert_eq!(audit(only.path(), "2026-11-25")["projects"][0]["path"], "samples/Demo/Demo.csproj");

    let settled = files(
        "exclude: samples\nignore:\n  - {rule: '*/support', reason: we pay for it, until: 2026-12-31}\n  - {rule: '*', reason: old, until: 2020-01-01}\nignores: x\n",
    );
    let found = audit(settled.path(), "2026-11-25");
    assert!(finding(&found, "identityserver/6.0/support").is_none(), "{found:#}");
    assert_eq!(found["ignored"][0]["finding"]["rule"], "identityserver/6.0/support");
    assert_eq!(
        (&found["ignored"][0]["reason"], &found["overview"]["unsupported"]),
        (&"we pay for it".into(), &0.into())
    );
    let problems = found["problems"].to_string();
    assert!(
        problems.contains("expired-ignore") && problems.contains("ignores"),
        "what does not count is told: {problems}"
    );
    assert_eq!((limited(settled.path(), &[]), limited(settled.path(), &["--no-config"])), (Some(0), Some(1)));
    // The day on which the decision ends, and the next.
    assert!(finding(&audit(settled.path(), "2026-12-31"), "identityserver/6.0/support").is_none());
    assert!(finding(&audit(settled.path(), "2027-01-01"), "identityserver/6.0/support").is_some());
    for (format, words) in [
        ("text", "Left out by the configuration: 1 project"),
        ("text", "we pay for it, until 2026-12-31"),
        ("markdown", "Ignored: we pay for it, until `2026-12-31`"),
        ("sarif", "\"justification\": \"we pay for it\""),
    ] {
        let output = tool().args(["audit", "--today", "2026-11-25", "--format", format]).arg(settled.path()).output();
        let text = String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned();
        assert!(text.contains(words), "{words}: {text}");
    }
}

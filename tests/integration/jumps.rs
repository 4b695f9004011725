//! Which versions changed between two trees, and which jumps that is.

use identityserver_upgrade::check::{Diff, diff};
use identityserver_upgrade::jump::JumpKind;
use identityserver_upgrade::rules::Rulebook;
use identityserver_upgrade::scope::Scope;
use identityserver_upgrade::tree::Tree;
use serde_json::Value;

use crate::plan::today;
use crate::scenarios::tool;

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in files {
        tree.insert_text(*path, text);
    }
    tree
}

fn between(base: &[(&str, &str)], head: &[(&str, &str)]) -> Diff {
    diff(&tree(base), &tree(head), Rulebook::embedded(), &Scope::default(), today())
}

fn project(frameworks: &str, items: &str) -> String {
    format!(
        "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFrameworks>{frameworks}</TargetFrameworks></PropertyGroup>\
         <ItemGroup>{items}</ItemGroup></Project>"
    )
}

fn reference(id: &str, version: &str) -> String {
    format!("<PackageReference Include=\"{id}\" Version=\"{version}\" />")
}

fn server(version: &str) -> String {
    let id = if version.starts_with(['3', '4']) { "IdentityServer4" } else { "Duende.IdentityServer" };
    project("net8.0", &reference(id, version))
}

#[test]
fn every_kind_of_jump_has_its_name() {
    let case = |from: Option<&str>, to: Option<&str>, expected: JumpKind, evidence: bool| {
        let (base, head) = (from.map(server).unwrap_or_default(), to.map(server).unwrap_or_default());
        let side = |text: &str| if text.is_empty() { project("net8.0", "") } else { text.to_owned() };
        let diff = between(&[("A.csproj", &side(&base))], &[("A.csproj", &side(&head))]);
        let kinds: Vec<JumpKind> = diff.jumps.iter().map(|jump| jump.kind).collect();
        assert_eq!(kinds, [expected], "{from:?} {to:?}");
        assert_eq!(diff.needs_evidence(), evidence, "{from:?} {to:?}");
    };
    case(Some("7.0.0"), Some("7.0.5"), JumpKind::Patch, true);
    case(Some("6.3.0"), Some("7.0.0"), JumpKind::Bump, true);
    case(Some("7.0.0"), Some("6.3.0"), JumpKind::Downgrade, true);
    case(Some("4.1.2"), Some("7.0.0"), JumpKind::Replaced, true);
    case(None, Some("7.0.0"), JumpKind::Added, false);
    case(Some("7.0.0"), None, JumpKind::Removed, false);
}

#[test]
fn the_product_of_which_most_is_known_comes_first() {
    let side = |server: &str, bff: &str| {
        project("net8.0", &(reference("Duende.BFF", bff) + &reference("Duende.IdentityServer", server)))
    };
    let diff = between(&[("A.csproj", &side("6.3.0", "2.2.0"))], &[("A.csproj", &side("7.0.0", "3.0.0"))]);
    let products: Vec<&str> = diff.jumps.iter().map(|jump| jump.product.as_str()).collect();
    assert_eq!(products, ["identityserver", "bff"]);
}

/// Changes as `project framework package from>to`.
#[track_caller]
fn changes(base: &[(&str, &str)], head: &[(&str, &str)], expected: &[&str]) {
    let version = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".into());
    let found = between(base, head).changes;
    let found: Vec<String> = found
        .iter()
        .map(|it| {
            let framework = it.framework.as_deref().unwrap_or("*");
            format!("{} {framework} {} {}>{} {:?}", it.project, it.package, version(&it.from), version(&it.to), it.kind)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_framework_that_comes_or_goes_is_held_against_the_others() {
    let one = |frameworks: &str| project(frameworks, &reference("Duende.IdentityServer", "7.0.0"));
    changes(&[("A.csproj", &one("net8.0"))], &[("A.csproj", &one("net8.0;net9.0"))], &[]);
    changes(&[("A.csproj", &one("net8.0;net9.0"))], &[("A.csproj", &one("net9.0"))], &[]);
    let newer = "<PackageReference Include=\"Duende.IdentityServer\" Version=\"7.1.0\" Condition=\"'$(TargetFramework)' == 'net9.0'\" />";
    let older = "<PackageReference Include=\"Duende.IdentityServer\" Version=\"7.0.0\" Condition=\"'$(TargetFramework)' == 'net8.0'\" />";
    changes(
        &[("A.csproj", &one("net8.0"))],
        &[("A.csproj", &project("net8.0;net9.0", &format!("{older}{newer}")))],
        &["A.csproj net9.0 Duende.IdentityServer 7.0.0>7.1.0 Bump"],
    );
}

#[test]
fn what_could_not_be_read_is_neither_added_nor_removed() {
    let whole = server("7.0.0");
    let torn = "<Project><ItemGroup>";
    changes(&[("A.csproj", torn)], &[("A.csproj", torn)], &[]);
    let is_known = |kind: &str| kind != "Added" && kind != "Removed";
    for (base, head) in [(torn, whole.as_str()), (whole.as_str(), torn)] {
        let found = between(&[("A.csproj", base)], &[("A.csproj", head)]).changes;
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|it| is_known(&format!("{:?}", it.kind))), "{found:?}");
    }
}

#[test]
fn what_cannot_be_told_on_both_sides_for_the_same_reason_is_no_change() {
    let unknown = |property: &str| project("net8.0", &reference("Duende.IdentityServer", property));
    let (one, other) = (unknown("$(Missing)"), unknown("[7.0,"));
    changes(&[("A.csproj", &one)], &[("A.csproj", &one)], &[]);
    assert_eq!(between(&[("A.csproj", &one)], &[("A.csproj", &other)]).changes.len(), 1);
}

/// A tenant of its own that stays is asked nothing, unless the host that moves is built with it.
#[test]
fn what_a_jump_asks_it_asks_of_those_that_move() {
    let framework = |items: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        for (side, version) in [("base", "6.3.0"), ("head", "7.0.0")] {
            let write = |path: &str, text: &str| {
                let path = folder.path().join(side).join(path);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(path, text).expect("a file");
            };
            let host = reference("Duende.IdentityServer", version) + items;
            write("host/Host.csproj", &project("net8.0", &host));
            write("tenant/Tenant.csproj", &project("net6.0", &reference("Duende.IdentityServer", "6.3.0")));
        }
        let side = |name: &str| folder.path().join(name);
        let output = tool().arg("diff").arg(side("base")).arg(side("head")).args(["--format", "json"]).output();
        let report: Value = serde_json::from_slice(&output.expect("runs").stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("findings").clone();
        findings.into_iter().find(|it| it["kind"] == "framework").expect("a framework finding")["status"].clone()
    };
    assert_eq!(framework(""), "done");
    assert_eq!(framework("<ProjectReference Include=\"../tenant/Tenant.csproj\" />"), "todo");
}

#[test]
fn what_the_configuration_leaves_out_is_counted() {
    let scope = Scope::of(&[], &["samples/**".to_owned()]);
    let (base, head) = (server("6.3.0"), server("7.0.0"));
    let side = |text: &str| tree(&[("src/A.csproj", text), ("samples/B.csproj", text), ("samples/C.csproj", text)]);
    let diff = diff(&side(&base), &side(&head), Rulebook::embedded(), &scope, today());
    assert_eq!((diff.left_out, diff.inventory.projects.len()), (2, 1));
    assert_eq!(diff.jumps[0].projects, ["src/A.csproj"]);
}

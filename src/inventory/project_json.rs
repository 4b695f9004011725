//! `project.json`, the project format of 2015 to 2017.
//!
//! Dependencies stand at the root, for every framework, and below each framework; each is a version or an object with one
//! (`reads_both_levels`). `"target": "project"` and `"type": "platform"` name no package to restore at that version alone: the first is
//! a project of the repository and left out. The name was used again by other build systems, so a file without `dependencies`
//! and `frameworks` is none of ours.

use crate::inventory::json::{self, Member, Value};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::Place;

/// Reads a `project.json`; `None` when it is another tool's file of that name.
pub fn read(path: &str, text: &str) -> Option<Project> {
    let mut project = Project::new(path, Kind::ProjectJson);
    let root = match json::parse(path, text) {
        Ok(root) => root,
        Err(problem) => {
            project.error = Some(problem);
            return Some(project);
        }
    };
    if root.members_of("dependencies").is_empty() && root.members_of("frameworks").is_empty() {
        return None;
    }
    let frameworks = root.members_of("frameworks");
    project.target_frameworks = frameworks.iter().map(|framework| framework.name.clone()).collect();
    project.framework_place = frameworks.first().map(|framework| Place::new(path, framework.line));
    let common = root.members_of("dependencies");
    for framework in frameworks {
        for entry in common.iter().chain(framework.value.members_of("dependencies")) {
            read_entry(&mut project, entry, Some(&framework.name));
        }
    }
    if frameworks.is_empty() {
        for entry in common {
            read_entry(&mut project, entry, None);
        }
    }
    for tool in root.members_of("tools") {
        read_entry(&mut project, tool, None);
    }
    Some(project.checked())
}

fn read_entry(project: &mut Project, entry: &Member, framework: Option<&str>) {
    let text = |name: &str| entry.value.get(name).and_then(Value::text);
    if text("target").is_some_and(|target| target.eq_ignore_ascii_case("project")) {
        return;
    }
    let mut package = Package::new(&entry.name, Via::ProjectJson, Place::new(&project.path, entry.line));
    package.framework = framework.map(ToOwned::to_owned);
    package.requirement = entry.value.text().or_else(|| text("version")).map(ToOwned::to_owned);
    package.version_place = entry.value.member("version").map(|version| Place::new(&project.path, version.line));
    package.development = text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("build"));
    if package.requirement.is_none() {
        package.problem = Some("the entry has no version".into());
    }
    project.packages.push(package);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_levels() {
        let text = r#"{
          "dependencies": {
            "A": "1.0.0-*", // floats
            "B": { "version": "2.0", "type": "build" },
            "lib": { "target": "project" },
          },
          "frameworks": { "net451": {}, "netcoreapp1.0": { "dependencies": { "C": { } } } },
          "tools": { "T": "1.0" }
        }"#;
        let project = read("project.json", text).unwrap();
        let found: Vec<_> = project
            .packages
            .iter()
            .map(|it| (it.id.as_str(), it.framework.as_deref(), it.requirement.as_deref(), it.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("A", Some("net451"), Some("1.0.0-*"), 3),
                ("B", Some("net451"), Some("2.0"), 4),
                ("A", Some("netcoreapp1.0"), Some("1.0.0-*"), 3),
                ("B", Some("netcoreapp1.0"), Some("2.0"), 4),
                ("C", Some("netcoreapp1.0"), None, 7),
                ("T", None, Some("1.0"), 8),
            ]
        );
        assert!(project.packages[1].development && project.packages[4].problem.is_some());
    }

    #[test]
    fn other_tools_use_the_name_too() {
        assert!(read("project.json", r#"{"name": "web", "targets": {"build": {}}}"#).is_none());
        assert!(
            read("project.json", r#"{"dependencies": {"A": "1.0"}}"#)
                .is_some_and(|project| project.packages.len() == 1)
        );
        assert!(read("project.json", "{").is_some_and(|project| project.error.is_some()));
    }
}

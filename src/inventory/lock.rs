//! Lock files of NuGet: what a restore resolved.
//!
//! `packages.lock.json`: `requested` stands on direct references only; the keys of the frameworks may carry a runtime
//! (`net8.0/linux-x64`); entries of type `Project` are projects of the repository and no packages (`reads_entries`).
//! `project.lock.json` is its ancestor, with `id/version` as keys below each target (`reads_the_old_form`).

use crate::inventory::json::{self, Member, Value};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::{Place, Problem};

/// Reads a `packages.lock.json`.
pub fn read(path: &str, text: &str) -> Project {
    read_with(path, text, |project, root| {
        for framework in root.members_of("dependencies") {
            project.target_frameworks.push(framework.name.clone());
            for entry in framework.value.members() {
                read_entry(project, &framework.name, entry);
            }
        }
    })
}

/// Reads a `project.lock.json`.
pub fn read_old(path: &str, text: &str) -> Project {
    read_with(path, text, |project, root| {
        for target in root.members_of("targets") {
            project.target_frameworks.push(target.name.clone());
            for entry in target.value.members() {
                let Some((id, version)) = entry.name.split_once('/') else { continue };
                if entry.value.get("type").and_then(Value::text) == Some("package") {
                    let mut package = Package::new(id, Via::Lock, Place::new(path, entry.line));
                    package.framework = Some(target.name.clone());
                    package.resolved = Some(version.to_owned());
                    project.packages.push(package);
                }
            }
        }
    })
}

fn read_with(path: &str, text: &str, fill: impl FnOnce(&mut Project, &Value)) -> Project {
    let mut project = Project::new(path, Kind::Lock);
    match json::parse(path, text) {
        Ok(root) => fill(&mut project, &root),
        Err(problem) => project.error = Some(problem),
    }
    project.checked()
}

fn read_entry(project: &mut Project, framework: &str, entry: &Member) {
    let text = |name: &str| entry.value.get(name).and_then(Value::text);
    let is = |kind: &str| text("type").is_some_and(|text| text.eq_ignore_ascii_case(kind));
    if is("Project") {
        return;
    }
    let place = Place::new(&project.path, entry.line);
    if !["Direct", "Transitive", "CentralTransitive"].into_iter().any(is) {
        let message = format!("the entry of {} has no type that is known", entry.name);
        project.problems.push(Problem::at("unknown-lock-entry", message, place.clone()));
    }
    let mut package = Package::new(&entry.name, Via::Lock, place);
    package.framework = Some(framework.to_owned());
    package.requirement = text("requested").map(ToOwned::to_owned);
    package.resolved = text("resolved").map(ToOwned::to_owned);
    package.version_place = entry.value.member("resolved").map(|member| Place::new(&project.path, member.line));
    if package.resolved.is_none() {
        package.requirement = None;
        package.problem = Some("the entry does not say what was resolved".into());
    }
    project.packages.push(package);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_entries() {
        let text = r#"{ "version": 2, "dependencies": {
            "net8.0": {
              "A": {
                "type": "Direct",
                "requested": "[1.0, )",
                "resolved": "1.2.0"
              },
              "B": { "type": "Transitive", "resolved": "2.0.0", "dependencies": { "C": "3.0" } },
              "app": { "type": "Project", "dependencies": { "A": "1.0" } }
            },
            "net8.0/linux-x64": { "D": { "type": "CentralTransitive", "requested": "[4.0, )", "resolved": "4.0.0" } } } }"#;
        let project = read("packages.lock.json", text);
        let found: Vec<_> = project
            .packages
            .iter()
            .map(|it| {
                (
                    it.id.as_str(),
                    it.framework.as_deref(),
                    it.requirement.as_deref(),
                    it.resolved.as_deref(),
                    it.place.line,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("A", Some("net8.0"), Some("[1.0, )"), Some("1.2.0"), 3),
                ("B", Some("net8.0"), None, Some("2.0.0"), 8),
                ("D", Some("net8.0/linux-x64"), Some("[4.0, )"), Some("4.0.0"), 11),
            ]
        );
        assert_eq!(project.packages[0].carrier().line, 6);
        assert_eq!(project.target_frameworks, ["net8.0", "net8.0/linux-x64"]);
        assert!(project.problems.is_empty(), "{:?}", project.problems);
    }

    #[test]
    fn says_what_it_cannot_tell() {
        let project = read(
            "packages.lock.json",
            r#"{"dependencies": {"net8.0": {"A": {"type": "Direct", "requested": "1"}, "B": {"resolved": "1.0"}}}}"#,
        );
        assert!(project.packages[0].problem.is_some() && project.packages[0].requirement.is_none());
        assert_eq!(project.problems[0].code, "unknown-lock-entry");
        assert_eq!(project.packages[1].resolved.as_deref(), Some("1.0"));
        assert_eq!(read("packages.lock.json", "{").error.unwrap().code, "invalid-json");
    }

    #[test]
    fn reads_the_old_form() {
        let text = r#"{"targets": {"DNX,Version=v4.5.1": {"A/1.0.0": {"type": "package"}, "app/1.0.0": {"type": "project"}}}}"#;
        let project = read_old("project.lock.json", text);
        assert_eq!(project.packages.len(), 1);
        assert_eq!((project.packages[0].id.as_str(), project.packages[0].resolved.as_deref()), ("A", Some("1.0.0")));
    }
}

//! `*.deps.json`: what a built application loads.
//!
//! Only libraries of type `package` are packages; keys without `/` and those that start with `runtimepack.` are none
//! (`only_packages_are_packages`).

use crate::inventory::json::{self, Value};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::Place;

/// Reads a `*.deps.json`.
pub fn read(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::DepsJson);
    let root = match json::parse(path, text) {
        Ok(root) => root,
        Err(problem) => {
            project.error = Some(problem);
            return project;
        }
    };
    let target = root.get("runtimeTarget").and_then(|target| target.text().or_else(|| target.get("name")?.text()));
    project.target_frameworks.extend(target.map(ToOwned::to_owned));
    for library in root.members_of("libraries") {
        let Some((id, version)) = library.name.split_once('/') else { continue };
        let is_package =
            library.value.get("type").and_then(Value::text).is_some_and(|kind| kind.eq_ignore_ascii_case("package"));
        if is_package && !id.starts_with("runtimepack.") {
            let mut package = Package::new(id, Via::DepsJson, Place::new(path, library.line));
            package.framework = target.map(ToOwned::to_owned);
            package.resolved = Some(version.to_owned());
            project.packages.push(package);
        }
    }
    project.checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_are_packages() {
        let text = r#"{"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"}, "libraries": {
            "App/1.0.0": {"type": "project"},
            "A/2.0.0-rc.1": {"type": "package"},
            "runtimepack.R/8.0.0": {"type": "package"},
            "B": {"type": "package"},
            "C/1.0.0": {"type": "referenceassembly"}}}"#;
        let project = read("app.deps.json", text);
        let [package] = project.packages.as_slice() else { panic!("{project:?}") };
        assert_eq!(
            (package.id.as_str(), package.resolved.as_deref(), package.place.line),
            ("A", Some("2.0.0-rc.1"), 3)
        );
        assert_eq!(package.framework.as_deref(), Some(".NETCoreApp,Version=v8.0"));
    }

    #[test]
    fn an_empty_object_has_no_packages() {
        let project = read("app.deps.json", "{}");
        assert!(project.packages.is_empty() && project.error.is_none() && project.target_frameworks.is_empty());
        assert!(read("app.deps.json", "{\"libraries\":").error.is_some());
    }
}

//! `packages.config`: one entry a package, versions exact, nothing evaluated.
//!
//! `allowedVersions` constrains updates only, so it is no requirement (`reads_entries`). NuGet refuses the file as a whole when an
//! entry has no id or version; here the entry is a problem and the others are read (`an_entry_without_id_is_a_problem`).

use crate::inventory::xml::{self, Element};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::{Place, Problem};

/// Reads a `packages.config`.
pub fn read(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::PackagesConfig);
    match xml::parse(path, text) {
        Ok(root) => {
            for entry in root.children_named("package") {
                read_entry(&mut project, entry);
            }
        }
        Err(problem) => project.error = Some(problem),
    }
    project.checked()
}

fn read_entry(project: &mut Project, entry: &Element) {
    let value =
        |name: &str| entry.attribute(name).map(|attribute| attribute.value.trim()).filter(|value| !value.is_empty());
    let place = Place::new(&project.path, entry.line);
    let Some(id) = value("id") else {
        project.problems.push(Problem::at("package-without-id", "an entry names no package", place));
        return;
    };
    let mut package = Package::new(id, Via::PackagesConfig, place);
    package.framework = value("targetFramework").map(ToOwned::to_owned);
    package.development = value("developmentDependency").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    package.version_place = entry.attribute("version").map(|version| Place::new(&project.path, version.line));
    package.set_exact(value("version"));
    project.packages.push(package);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_entries() {
        let text = "<packages>\n<package id='A' version='1.0.0' allowedVersions='[1,2)' targetFramework='net48'/>\n<package id='B'\n  version='2.0-rc' developmentDependency='True'/></packages>";
        let project = read("packages.config", text);
        let [a, b] = project.packages.as_slice() else { panic!("{project:?}") };
        assert_eq!(
            (a.id.as_str(), a.requirement.as_deref(), a.resolved.as_deref()),
            ("A", Some("1.0.0"), Some("1.0.0"))
        );
        assert_eq!((a.framework.as_deref(), a.development, a.place.line), (Some("net48"), false, 2));
        assert_eq!((b.framework.as_deref(), b.development, b.place.line), (None, true, 3));
        assert_eq!(b.carrier().line, 4);
        assert!(project.problems.is_empty() && project.warnings.is_empty());
    }

    #[test]
    fn an_entry_without_id_is_a_problem() {
        let project =
            read("packages.config", "<packages>\n<package version='1'/><package id='A' version='1'/></packages>");
        assert_eq!(project.packages.len(), 1);
        assert_eq!(project.problems[0].place, Some(Place::new("packages.config", 2)));
    }

    #[test]
    fn an_entry_without_version_cannot_be_told() {
        let project = read("packages.config", "<packages><package id='A'/></packages>");
        assert_eq!(project.packages[0].requirement, None);
        assert!(project.packages[0].problem.is_some());
    }

    #[test]
    fn no_version_is_a_warning() {
        let project = read("packages.config", "<packages><package id='A' version='latest'/></packages>");
        assert_eq!(project.packages[0].requirement.as_deref(), Some("latest"));
        assert_eq!(project.warnings[0].code, "invalid-version");
    }

    #[test]
    fn duplicates_are_a_warning() {
        let project = read(
            "packages.config",
            "<packages><package id='A' version='1'/>\n<package id='a' version='2'/></packages>",
        );
        assert_eq!(project.packages.len(), 2);
        assert_eq!(project.warnings[0].place, Some(Place::new("packages.config", 2)));
    }

    #[test]
    fn what_is_no_xml_is_an_error() {
        assert_eq!(read("packages.config", "not\nxml").error.unwrap().code, "invalid-xml");
    }
}

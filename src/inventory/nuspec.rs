//! `.nuspec`: what a package of the repository will depend on.
//!
//! The namespace varies with the tool that wrote it, so names are read without prefix (`reads_groups`). `$token$`s are filled in by the
//! build, so what holds one cannot be told (`tokens_cannot_be_told`).

use crate::inventory::xml::{self, Element};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::{Place, Problem};

/// Reads a `.nuspec`.
pub fn read(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::Nuspec);
    let root = match xml::parse(path, text) {
        Ok(root) => root,
        Err(problem) => {
            project.error = Some(problem);
            return project;
        }
    };
    let dependencies = children(&root, "metadata").flat_map(|metadata| children(metadata, "dependencies"));
    for entry in dependencies.flat_map(|dependencies| &dependencies.children) {
        match entry.local_name() {
            "dependency" => read_dependency(&mut project, entry, None),
            "group" => {
                let framework = entry.attribute("targetFramework").map(|attribute| attribute.value.as_str());
                project.target_frameworks.extend(framework.map(ToOwned::to_owned));
                for dependency in children(entry, "dependency") {
                    read_dependency(&mut project, dependency, framework);
                }
            }
            _ => {}
        }
    }
    project.checked()
}

fn children<'a>(element: &'a Element, name: &'static str) -> impl Iterator<Item = &'a Element> {
    element.children.iter().filter(move |child| child.local_name() == name)
}

fn read_dependency(project: &mut Project, entry: &Element, framework: Option<&str>) {
    let value = |name: &str| {
        entry.attribute(name).map(|attribute| attribute.value.as_str()).filter(|value| !value.trim().is_empty())
    };
    let place = Place::new(&project.path, entry.line);
    let Some(id) = value("id") else {
        project.problems.push(Problem::at("package-without-id", "a dependency names no package", place));
        return;
    };
    let mut package = Package::new(id.trim(), Via::Nuspec, place);
    package.framework = framework.map(ToOwned::to_owned);
    package.version_place = entry.attribute("version").map(|version| Place::new(&project.path, version.line));
    match value("version") {
        Some(version) if has_token(version) => {
            package.problem = Some(format!("`{version}` is filled in when the package is built"));
        }
        version => package.requirement = version.map(ToOwned::to_owned),
    }
    project.packages.push(package);
}

fn has_token(text: &str) -> bool {
    text.matches('$').count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_groups() {
        let text = "<n:package xmlns:n='u'><n:metadata><n:dependencies>\n<n:group targetFramework='net8.0'>\n<n:dependency id='A' version='[1,2)'/></n:group>\n<n:group/>\n<n:dependency id='B'/></n:dependencies></n:metadata></n:package>";
        let project = read("a.nuspec", text);
        let found: Vec<_> = project
            .packages
            .iter()
            .map(|it| (it.id.as_str(), it.framework.as_deref(), it.requirement.as_deref(), it.place.line))
            .collect();
        assert_eq!(found, [("A", Some("net8.0"), Some("[1,2)"), 3), ("B", None, None, 5)]);
        assert!(project.packages.iter().all(|package| package.problem.is_none()));
    }

    #[test]
    fn tokens_cannot_be_told() {
        let project = read(
            "a.nuspec",
            "<package><metadata><dependencies><dependency id='A' version='$version$'/><dependency version='1'/></dependencies></metadata></package>",
        );
        assert!(project.packages[0].requirement.is_none() && project.packages[0].problem.is_some());
        assert_eq!(project.problems.len(), 1);
        assert!(read("a.nuspec", "").error.is_some());
    }
}

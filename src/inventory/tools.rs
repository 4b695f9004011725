//! `dotnet-tools.json`: the tools of a repository, each a package at one version.

use crate::inventory::json::{self, Value};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::Place;

/// Reads a `dotnet-tools.json`.
pub fn read(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::DotnetTools);
    match json::parse(path, text) {
        Ok(root) => {
            for tool in root.members_of("tools") {
                let mut package = Package::new(&tool.name, Via::DotnetTools, Place::new(path, tool.line));
                package.development = true;
                package.version_place = tool.value.member("version").map(|version| Place::new(path, version.line));
                package.set_exact(tool.value.get("version").and_then(Value::text));
                project.packages.push(package);
            }
        }
        Err(problem) => project.error = Some(problem),
    }
    project.checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tools() {
        let text = "{ \"version\": 1, \"tools\": {\n  \"dotnet-ef\": {\n    \"version\": \"8.0.1\",\n    \"commands\": [\"dotnet-ef\"],\n  },\n  \"odd\": {}\n} }";
        let project = read(".config/dotnet-tools.json", text);
        let [tool, odd] = project.packages.as_slice() else { panic!("{project:?}") };
        assert_eq!(
            (tool.id.as_str(), tool.requirement.as_deref(), tool.place.line, tool.carrier().line),
            ("dotnet-ef", Some("8.0.1"), 2, 3)
        );
        assert!(tool.development && odd.problem.is_some());
        assert!(read("dotnet-tools.json", "{} x").error.is_some());
    }
}

//! `global.json`: the version of the .NET SDK, and the SDK packages under `msbuild-sdks`.

use crate::inventory::json;
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::Place;

/// Reads a `global.json`. `sdk` is the version of the .NET SDK.
pub fn read(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::GlobalJson);
    let root = match json::parse(path, text) {
        Ok(root) => root,
        Err(problem) => {
            project.error = Some(problem);
            return project;
        }
    };
    if let Some(version) = root.get("sdk").and_then(|sdk| sdk.member("version")) {
        project.sdk = version.value.text().map(ToOwned::to_owned);
        project.sdk_place = Some(Place::new(path, version.line));
    }
    for sdk in root.members_of("msbuild-sdks") {
        let mut package = Package::new(&sdk.name, Via::GlobalJson, Place::new(path, sdk.line));
        package.set_exact(sdk.value.text());
        project.packages.push(package);
    }
    project.checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sdks() {
        let text = "{\n  // pinned\n  \"sdk\": {\n    \"version\": \"8.0.100\", },\n  \"msbuild-sdks\": {\n    \"My.Sdk\": \"1.2.3\",\n    \"Odd.Sdk\": 4 },\n}";
        let project = read("global.json", text);
        assert_eq!((project.sdk.as_deref(), project.sdk_place), (Some("8.0.100"), Some(Place::new("global.json", 4))));
        assert_eq!(
            (project.packages[0].id.as_str(), project.packages[0].requirement.as_deref()),
            ("My.Sdk", Some("1.2.3"))
        );
        assert_eq!(project.packages[0].place.line, 6);
        assert!(project.packages[1].problem.is_some());
    }

    #[test]
    fn sdk_may_be_absent() {
        let project = read("global.json", "{\"sdk\": {\"rollForward\": \"latestMajor\"}}");
        assert_eq!((project.sdk, project.packages.len()), (None, 0));
        assert!(read("global.json", "{\"sdk\": {} x}").error.is_some());
    }
}

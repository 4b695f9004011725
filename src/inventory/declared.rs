//! A props or targets file on its own: the package items that are written there, not evaluated.
//!
//! Nothing is known of the project that will import it, so conditions are not weighed and properties stay as written.

use crate::inventory::xml::{self, Element};
use crate::inventory::{Kind, Package, Project, Via};
use crate::place::{Place, Problem};

/// Reads the items of a props or targets file.
pub fn read(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::Declared);
    match xml::parse(path, text) {
        Ok(root) if root.local_name() == "Project" => read_level(&mut project, &root),
        Ok(root) => {
            let message = format!("the root is `{}`, not `Project`", root.name);
            project.error = Some(Problem::at("no-project", message, Place::new(path, root.line)));
        }
        Err(problem) => project.error = Some(problem),
    }
    project
}

/// Item groups, also those inside `Choose`. Elements nest as deep as the XML layer allows.
fn read_level(project: &mut Project, element: &Element) {
    for child in &element.children {
        match child.local_name() {
            "ItemGroup" => child.children.iter().for_each(|item| read_item(project, item)),
            "Choose" | "When" | "Otherwise" => read_level(project, child),
            _ => {}
        }
    }
}

fn read_item(project: &mut Project, item: &Element) {
    let via = match item.local_name().to_ascii_lowercase().as_str() {
        "packagereference" => Via::PackageReference,
        "packageversion" => Via::PackageVersion,
        "globalpackagereference" => Via::GlobalPackageReference,
        _ => return,
    };
    let Some(ids) = item.attribute("Include").or_else(|| item.attribute("Update")) else { return };
    let version = metadata(item, "VersionOverride").or_else(|| metadata(item, "Version"));
    for id in ids.value.split(';').map(str::trim).filter(|id| !id.is_empty()) {
        let mut package = Package::new(id, via, Place::new(&project.path, item.line));
        if let Some((text, line)) = version {
            package.requirement = Some(text.to_owned());
            package.version_place = Some(Place::new(&project.path, line));
        }
        package.private_assets = metadata(item, "PrivateAssets").map(|(text, _)| text.to_owned());
        project.packages.push(package);
    }
}

/// The value of a metadatum and its line: a child element, which wins, or an attribute.
fn metadata<'a>(item: &'a Element, name: &str) -> Option<(&'a str, u32)> {
    let child = item.children.iter().rev().find(|child| child.local_name().eq_ignore_ascii_case(name));
    let attribute = item.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
    child
        .map(|child| (child.value(), child.line))
        .or_else(|| attribute.map(|attribute| (attribute.value.as_str(), attribute.line)))
        .filter(|(value, _)| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_written() {
        let text = "<Project>\n<PropertyGroup><V>1</V></PropertyGroup>\n<ItemGroup>\n<PackageVersion Include='A' Version='$(V)'/>\n<PackageReference Update='B;C' Version='1'><Version>2</Version></PackageReference>\n<PackageReference Include='' Version='3'/><Reference Include='R'/></ItemGroup>\n<Choose><When Condition='x'><ItemGroup><GlobalPackageReference Include='G' Version=''/></ItemGroup></When></Choose></Project>";
        let project = read("Directory.Packages.props", text);
        let found: Vec<_> = project
            .packages
            .iter()
            .map(|it| (it.id.as_str(), it.via, it.requirement.as_deref(), it.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("A", Via::PackageVersion, Some("$(V)"), 4),
                ("B", Via::PackageReference, Some("2"), 5),
                ("C", Via::PackageReference, Some("2"), 5),
                ("G", Via::GlobalPackageReference, None, 7),
            ]
        );
    }

    #[test]
    fn items_outside_a_group_do_not_count() {
        assert!(read("a.props", "<Project><PackageReference Include='A'/></Project>").packages.is_empty());
        assert_eq!(read("a.props", "<packages/>").error.unwrap().code, "no-project");
        assert_eq!(read("a.props", "x").error.unwrap().code, "invalid-xml");
    }
}

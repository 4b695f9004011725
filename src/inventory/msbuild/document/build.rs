//! From XML to the compiled form.

use std::sync::Arc;

use super::{
    Action, Branch, Definition, DefinitionGroup, Document, Import, ItemElement, ItemGroup, Metadatum, Node, Property,
    PropertyGroup, Target, always,
};
use crate::inventory::msbuild::condition::{Allowed, Condition};
use crate::inventory::msbuild::expression::Expression;
use crate::inventory::xml::{Attribute, Element};
use crate::place::{Place, Problem};

/// Attributes of an item element that are not metadata.
const ITEM_ATTRIBUTES: [&str; 10] = [
    "Include",
    "Exclude",
    "Remove",
    "Update",
    "Condition",
    "Label",
    "KeepMetadata",
    "RemoveMetadata",
    "KeepDuplicates",
    "MatchOnMetadata",
];

/// Metadata that every item has and nobody may set.
const WELL_KNOWN_METADATA: [&str; 15] = [
    "fullpath",
    "rootdir",
    "filename",
    "extension",
    "relativedir",
    "directory",
    "recursivedir",
    "identity",
    "modifiedtime",
    "createdtime",
    "accessedtime",
    "definingprojectfullpath",
    "definingprojectdirectory",
    "definingprojectname",
    "definingprojectextension",
];

/// `Choose` may nest this deep.
const DEEPEST_CHOOSE: u32 = 50;

/// Compiles a file.
pub fn document(path: &str, root: &Element) -> Result<Document, Problem> {
    let file: Arc<str> = path.into();
    let builder = Builder { path, file: &file };
    if root.local_name() != "Project" {
        return Err(builder.fault("MSB4068", root.line, format!("`<{}>` is no root of a project", root.name)));
    }
    let named = |attribute: &Attribute, name: &str| attribute.name == name;
    if let Some(space) = root.attributes.iter().find(|attribute| named(attribute, "xmlns"))
        && space.value != "http://schemas.microsoft.com/developer/msbuild/2003"
    {
        return Err(builder.fault(
            "MSB4041",
            space.line,
            format!("`{}` is not the namespace of a project", space.value),
        ));
    }
    builder.attributes(
        root,
        &["xmlns", "ToolsVersion", "DefaultTargets", "InitialTargets", "TreatAsLocalProperty", "Sdk", "Label"],
    )?;
    builder.no_text(root)?;
    let text = |name: &str| root.attribute(name).map(|attribute| attribute.value.as_str()).unwrap_or_default();
    let mut sdks: Vec<String> = text("Sdk").split(';').map(bare_sdk).filter(|name| !name.is_empty()).collect();
    let mut nodes = Vec::new();
    for child in &root.children {
        match child.local_name() {
            "Sdk" => sdks.push(bare_sdk(&builder.required(child, "Name")?.value)),
            "UsingTask" | "ProjectExtensions" => {}
            _ => nodes.push(builder.node(child, 0)?),
        }
    }
    let local_properties =
        text("TreatAsLocalProperty").split(';').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
    Ok(Document { path: file, sdks, nodes, local_properties: local_properties.collect() })
}

/// The name of an SDK without its version.
fn bare_sdk(text: &str) -> String {
    text.split('/').next().unwrap_or_default().trim().to_owned()
}

struct Builder<'a> {
    path: &'a str,
    file: &'a Arc<str>,
}

impl Builder<'_> {
    fn fault(&self, code: &str, line: u32, message: String) -> Problem {
        Problem::at(code, message, Place::new(self.path, line))
    }

    /// Refuses attributes beside those of the schema.
    fn attributes(&self, element: &Element, allowed: &[&str]) -> Result<(), Problem> {
        for attribute in &element.attributes {
            if !allowed.contains(&attribute.name.as_str()) && !attribute.name.contains(':') {
                let message = format!("`<{}>` has no attribute `{}`", element.name, attribute.name);
                return Err(self.fault("MSB4066", attribute.line, message));
            }
        }
        Ok(())
    }

    fn no_text(&self, element: &Element) -> Result<(), Problem> {
        if element.value().is_empty() {
            return Ok(());
        }
        Err(self.fault("MSB4067", element.line, format!("`<{}>` holds text", element.name)))
    }

    fn required<'e>(&self, element: &'e Element, name: &str) -> Result<&'e Attribute, Problem> {
        let missing = || self.fault("MSB4035", element.line, format!("`<{}>` has no `{name}`", element.name));
        element.attribute(name).filter(|attribute| !attribute.value.is_empty()).ok_or_else(missing)
    }

    fn node(&self, element: &Element, depth: u32) -> Result<Node, Problem> {
        let grouped =
            |name: &str| matches!(name, "PropertyGroup" | "ItemGroup" | "ItemDefinitionGroup" | "ImportGroup");
        if grouped(element.local_name()) {
            self.attributes(element, &["Condition", "Label"])?;
            self.no_text(element)?;
        }
        match element.local_name() {
            "PropertyGroup" => self.properties(element).map(Node::Properties),
            "ItemGroup" => self.items(element).map(|group| Node::Items(Arc::new(group))),
            "ItemDefinitionGroup" => self.definitions(element).map(|group| Node::Definitions(Arc::new(group))),
            "Choose" => self.choose(element, depth).map(Node::Choose),
            "Import" if depth == 0 => self.import(element).map(Node::Import),
            "ImportGroup" if depth == 0 => Ok(Node::Imports {
                condition: condition(element, Allowed::Properties),
                line: element.line,
                imports: element.children.iter().map(|child| self.grouped_import(child)).collect::<Result<_, _>>()?,
            }),
            "Target" if depth == 0 => Ok(Node::Target(target(element))),
            _ => Err(self.unknown(element)),
        }
    }

    fn unknown(&self, element: &Element) -> Problem {
        self.fault("MSB4067", element.line, format!("`<{}>` has no place here", element.name))
    }

    fn properties(&self, element: &Element) -> Result<PropertyGroup, Problem> {
        let mut properties = Vec::with_capacity(element.children.len());
        for child in &element.children {
            self.attributes(child, &["Condition", "Label"])?;
            let name = child.local_name().to_lowercase();
            if is_reserved_property(&name) {
                return Err(self.fault("MSB4004", child.line, format!("the property `{}` is reserved", child.name)));
            }
            let (condition, value) = (condition(child, Allowed::Properties), text_of(child));
            let always = value.as_ref().filter(|_| condition.is_empty());
            let always = always.and_then(|value| always::value(value, self.file, child.line));
            properties.push(Property { name: name.into(), condition, line: child.line, value, always });
        }
        Ok(PropertyGroup { condition: condition(element, Allowed::Properties), line: element.line, properties })
    }

    fn items(&self, element: &Element) -> Result<ItemGroup, Problem> {
        let items = element.children.iter().map(|child| self.item(child)).collect::<Result<_, _>>()?;
        Ok(ItemGroup { condition: condition(element, Allowed::Items), line: element.line, items })
    }

    fn item(&self, element: &Element) -> Result<ItemElement, Problem> {
        self.no_text(element)?;
        let mut metadata = Vec::new();
        for attribute in &element.attributes {
            if ITEM_ATTRIBUTES.contains(&attribute.name.as_str()) || attribute.name.contains(':') {
                continue;
            }
            let miscased = ITEM_ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(&attribute.name));
            if miscased && !["include", "update", "remove"].contains(&attribute.name.as_str()) {
                let message = format!("`<{}>` has no attribute `{}`", element.name, attribute.name);
                return Err(self.fault("MSB4066", attribute.line, message));
            }
            if !miscased {
                self.metadata_name(&attribute.name, attribute.line)?;
                metadata.push(Metadatum {
                    name: attribute.name.as_str().into(),
                    condition: Condition::new("", Allowed::All),
                    line: attribute.line,
                    value: Some(Expression::new(attribute.value.as_str())),
                });
            }
        }
        self.child_metadata(element, &mut metadata)?;
        let action = self.action(element)?;
        let kind: Arc<str> = element.local_name().to_lowercase().into();
        let always = always::item(&kind, &action, &metadata, self.file, element.line).map(Arc::new);
        Ok(ItemElement {
            kind,
            action,
            condition: condition(element, Allowed::Items),
            line: element.line,
            metadata,
            always,
        })
    }

    fn metadata_name(&self, name: &str, line: u32) -> Result<(), Problem> {
        if WELL_KNOWN_METADATA.contains(&name.to_lowercase().as_str()) {
            return Err(self.fault("MSB4118", line, format!("the metadatum `{name}` is reserved")));
        }
        Ok(())
    }

    fn child_metadata(&self, element: &Element, metadata: &mut Vec<Metadatum>) -> Result<(), Problem> {
        for child in &element.children {
            self.attributes(child, &["Condition", "Label"])?;
            self.metadata_name(child.local_name(), child.line)?;
            metadata.push(Metadatum {
                name: child.local_name().into(),
                condition: condition(child, Allowed::All),
                line: child.line,
                value: text_of(child),
            });
        }
        Ok(())
    }

    fn action(&self, element: &Element) -> Result<Action, Problem> {
        let expression =
            |name: &str| element.attribute(name).map(|attribute| Expression::new(attribute.value.as_str()));
        let written: Vec<&str> =
            ["Include", "Update", "Remove"].into_iter().filter(|name| element.attribute(name).is_some()).collect();
        let [name] = written.as_slice() else {
            let (code, what) = if written.is_empty() { ("MSB4232", "none") } else { ("MSB4111", "more than one") };
            let message = format!("`<{}>` has {what} of `Include`, `Update` and `Remove`", element.name);
            return Err(self.fault(code, element.line, message));
        };
        let value = Expression::new(self.required(element, name)?.value.as_str());
        let exclude = expression("Exclude");
        if exclude.is_some() && *name != "Include" {
            return Err(self.fault(
                "MSB4066",
                element.line,
                format!("`<{}>` has `Exclude` without `Include`", element.name),
            ));
        }
        Ok(match *name {
            "Include" => Action::Include { include: value, exclude },
            "Update" => Action::Update(value),
            _ => Action::Remove(value),
        })
    }

    fn definitions(&self, element: &Element) -> Result<DefinitionGroup, Problem> {
        let mut definitions = Vec::new();
        for child in &element.children {
            self.no_text(child)?;
            let mut metadata = Vec::new();
            for attribute in
                child.attributes.iter().filter(|attribute| !["Condition", "Label"].contains(&attribute.name.as_str()))
            {
                metadata.push(Metadatum {
                    name: attribute.name.as_str().into(),
                    condition: Condition::new("", Allowed::All),
                    line: attribute.line,
                    value: Some(Expression::new(attribute.value.as_str())),
                });
            }
            self.child_metadata(child, &mut metadata)?;
            definitions.push(Definition {
                kind: child.local_name().to_lowercase().into(),
                condition: condition(child, Allowed::All),
                line: child.line,
                metadata,
            });
        }
        Ok(DefinitionGroup { condition: condition(element, Allowed::Properties), line: element.line, definitions })
    }

    fn grouped_import(&self, element: &Element) -> Result<Import, Problem> {
        if element.local_name() == "Import" { self.import(element) } else { Err(self.unknown(element)) }
    }

    fn import(&self, element: &Element) -> Result<Import, Problem> {
        self.attributes(element, &["Project", "Sdk", "Version", "MinimumVersion", "Condition", "Label"])?;
        if let Some(child) = element.children.first() {
            return Err(self.unknown(child));
        }
        Ok(Import {
            project: Expression::new(self.required(element, "Project")?.value.as_str()),
            sdk: element.attribute("Sdk").map(|attribute| bare_sdk(&attribute.value)),
            condition: condition(element, Allowed::Properties),
            line: element.line,
        })
    }

    fn choose(&self, element: &Element, depth: u32) -> Result<Vec<Branch>, Problem> {
        self.attributes(element, &["Label"])?;
        self.no_text(element)?;
        if depth >= DEEPEST_CHOOSE {
            return Err(self.fault("MSB4114", element.line, format!("`Choose` nests deeper than {DEEPEST_CHOOSE}")));
        }
        let mut branches = Vec::new();
        let mut otherwise = false;
        for child in &element.children {
            match child.local_name() {
                "When" if !otherwise => {
                    self.attributes(child, &["Condition", "Label"])?;
                    self.required(child, "Condition")?;
                }
                "Otherwise" if !otherwise => {
                    self.attributes(child, &["Label"])?;
                    otherwise = true;
                }
                _ => return Err(self.unknown(child)),
            }
            self.no_text(child)?;
            let nodes = child.children.iter().map(|inner| self.chosen(inner, depth + 1)).collect::<Result<_, _>>()?;
            branches.push(Branch { condition: condition(child, Allowed::Properties), line: child.line, nodes });
        }
        if branches.is_empty() || (otherwise && branches.len() == 1) {
            return Err(self.fault("MSB4085", element.line, "`Choose` has no `When`".into()));
        }
        Ok(branches)
    }

    /// What may stand inside a branch.
    fn chosen(&self, element: &Element, depth: u32) -> Result<Node, Problem> {
        match element.local_name() {
            "PropertyGroup" | "ItemGroup" | "ItemDefinitionGroup" | "Choose" => self.node(element, depth),
            _ => Err(self.unknown(element)),
        }
    }
}

fn condition(element: &Element, allowed: Allowed) -> Condition {
    Condition::new(
        element.attribute("Condition").map(|attribute| attribute.value.as_str()).unwrap_or_default(),
        allowed,
    )
}

fn text_of(element: &Element) -> Option<Expression> {
    element.children.is_empty().then(|| Expression::new(element.value()))
}

/// Whether MSBuild forbids to set the property of this lower-case name.
fn is_reserved_property(lower: &str) -> bool {
    let Some(name) = lower.strip_prefix("msbuild") else { return false };
    let path_parts = ["", "directory", "directorynoroot", "extension", "fullpath", "name", "file"];
    name.strip_prefix("project").is_some_and(|part| !part.is_empty() && path_parts.contains(&part))
        || name.strip_prefix("thisfile").is_some_and(|part| path_parts.contains(&part))
        || matches!(
            name,
            "binpath" | "toolsversion" | "toolspath" | "startupdirectory" | "lasttaskresult" | "nodecount"
        )
}

fn target(element: &Element) -> Target {
    let text = |name: &str| element.attribute(name).map(|attribute| attribute.value.as_str()).unwrap_or_default();
    let hooks = format!("{};{};{}", text("BeforeTargets"), text("AfterTargets"), text("Name")).to_lowercase();
    let collects = ["restore", "collectpackage", "collectcentral"].iter().any(|name| hooks.contains(name));
    let is_package = |item: &Element| {
        ["packagereference", "packageversion", "globalpackagereference"]
            .contains(&item.local_name().to_lowercase().as_str())
    };
    let changes = element.children_named("ItemGroup").flat_map(|group| &group.children).any(is_package);
    Target { line: element.line, changes_packages: collects && changes }
}

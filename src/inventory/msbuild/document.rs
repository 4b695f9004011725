//! A project file or an imported one, checked and compiled once: what every evaluation of it shares.
//!
//! Invariant: what MSBuild refuses when it parses a file is an error here. The names of the schema (`Include`, `Condition`,
//! `PropertyGroup`) are case-sensitive, so that `condition=` fails and does not become metadata.

mod always;
mod build;

use std::sync::Arc;

use crate::inventory::msbuild::condition::Condition;
use crate::inventory::msbuild::expression::Expression;
use crate::inventory::msbuild::item::Item;
use crate::inventory::msbuild::value::Value;
use crate::inventory::xml;
use crate::place::Problem;

/// A file of the MSBuild language.
#[derive(Debug)]
pub struct Document {
    /// Its path, relative to the root.
    pub path: Arc<str>,
    /// The SDKs it names in the `Sdk` attribute or in `Sdk` elements, without their versions.
    pub sdks: Vec<String>,
    /// What it holds, in order.
    pub nodes: Vec<Node>,
    /// Lower-case names of global properties that the file may set all the same.
    pub local_properties: Vec<String>,
}

impl Document {
    /// Parses a file; the problem carries the code of MSBuild's error, or `invalid-xml`.
    pub fn parse(path: &str, text: &str) -> Result<Self, Problem> {
        build::document(path, &xml::parse(path, text)?)
    }
}

/// A top-level element.
#[derive(Debug)]
pub enum Node {
    /// `PropertyGroup`
    Properties(PropertyGroup),
    /// `ItemGroup`
    Items(Arc<ItemGroup>),
    /// `ItemDefinitionGroup`
    Definitions(Arc<DefinitionGroup>),
    /// `Import`
    Import(Import),
    /// `ImportGroup`
    Imports {
        /// Its condition.
        condition: Condition,
        /// Its line.
        line: u32,
        /// The imports.
        imports: Vec<Import>,
    },
    /// `Choose`
    Choose(Vec<Branch>),
    /// `Target`
    Target(Target),
}

/// A group of properties.
#[derive(Debug)]
pub struct PropertyGroup {
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// The properties, in order.
    pub properties: Vec<Property>,
}

/// A property.
#[derive(Debug)]
pub struct Property {
    /// Its name in lower case.
    pub name: Arc<str>,
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// Its value; `None` when the value is XML.
    pub value: Option<Expression>,
    /// The value that it gives in every evaluation, where it depends on nothing.
    pub always: Option<Value>,
}

/// A group of items.
#[derive(Debug)]
pub struct ItemGroup {
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// The items, in order.
    pub items: Vec<ItemElement>,
}

/// What an item element does.
#[derive(Debug)]
pub enum Action {
    /// Adds items.
    Include {
        /// What to add.
        include: Expression,
        /// What to leave out.
        exclude: Option<Expression>,
    },
    /// Changes items that exist.
    Update(Expression),
    /// Takes items away.
    Remove(Expression),
}

/// An item element.
#[derive(Debug)]
pub struct ItemElement {
    /// The type of the item in lower case.
    pub kind: Arc<str>,
    /// What it does.
    pub action: Action,
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// Its metadata, those written as attributes first.
    pub metadata: Vec<Metadatum>,
    /// The item that it adds in every evaluation in which its condition holds, where that depends on nothing.
    pub always: Option<Arc<Item>>,
}

/// A metadatum of an item or an item definition.
#[derive(Debug)]
pub struct Metadatum {
    /// Its name as written.
    pub name: Arc<str>,
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// Its value; `None` when the value is XML.
    pub value: Option<Expression>,
}

/// A group of item definitions.
#[derive(Debug)]
pub struct DefinitionGroup {
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// The definitions, in order.
    pub definitions: Vec<Definition>,
}

/// Metadata that all items of a type have.
#[derive(Debug)]
pub struct Definition {
    /// The type of the items in lower case.
    pub kind: Arc<str>,
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// The metadata.
    pub metadata: Vec<Metadatum>,
}

/// An import.
#[derive(Debug)]
pub struct Import {
    /// The path.
    pub project: Expression,
    /// The SDK in which the path lies.
    pub sdk: Option<String>,
    /// Its condition.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
}

/// A branch of a `Choose`.
#[derive(Debug)]
pub struct Branch {
    /// The condition of a `When`; always true for `Otherwise`.
    pub condition: Condition,
    /// Its line.
    pub line: u32,
    /// What it holds.
    pub nodes: Vec<Node>,
}

/// A target, of which only its influence on packages is of interest.
#[derive(Debug)]
pub struct Target {
    /// Its line.
    pub line: u32,
    /// Whether it changes packages while they are collected for a restore.
    pub changes_packages: bool,
}

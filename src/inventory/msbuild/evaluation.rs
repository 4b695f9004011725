//! One evaluation of a project: properties and imports in document order, then item definitions, then items.
//!
//! Hence items see the final value of each property, also of one that is set below them or in a file imported later, while
//! the condition of a property sees only what stands above it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::inventory::msbuild::condition::{Condition, Verdict};
use crate::inventory::msbuild::context::{Context, Subject};
use crate::inventory::msbuild::document::{
    Branch, DefinitionGroup, Document, ItemGroup, Node, Property, PropertyGroup,
};
use crate::inventory::msbuild::expression::adjust;
use crate::inventory::msbuild::files::Files;
use crate::inventory::msbuild::item::operation::{self, Operation};
use crate::inventory::msbuild::item::{Item, Items};
use crate::inventory::msbuild::path;
use crate::inventory::msbuild::scope::{Budget, Properties, Scope};
use crate::inventory::msbuild::sdk::Stages;
use crate::inventory::msbuild::value::{Fault, Origin, Value};
use crate::place::{Place, Problem};
use crate::tree::folder;

/// Why an evaluation stopped.
pub type Failure = Box<Problem>;

/// One evaluation of a project.
#[derive(Debug)]
pub struct Evaluation<'a> {
    /// The tree.
    pub files: &'a Files<'a>,
    /// The path of the project.
    pub project: Arc<str>,
    /// The properties so far.
    pub properties: Properties,
    /// The items so far.
    pub items: Items,
    /// The files imported so far, in order.
    pub imports: Vec<Arc<str>>,
    /// What could not be read or told.
    pub problems: Vec<Problem>,
    /// The first SDK that was named.
    pub sdk: Option<String>,
    /// A target that changes packages while they are collected, when there is one.
    pub package_target: Option<Place>,
    pub(super) stages: Stages,
    pub(super) seen: HashSet<String>,
    pub(super) depth: u32,
    globals: HashSet<String>,
    groups: Vec<Pending>,
    budget: Budget,
}

/// A group that waits for its pass.
#[derive(Debug)]
struct Pending {
    file: Arc<str>,
    group: Group,
    uncertain: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
enum Group {
    Items(Arc<ItemGroup>),
    Definitions(Arc<DefinitionGroup>),
}

impl<'a> Evaluation<'a> {
    /// An evaluation of `project` with these global properties (names in any case).
    pub fn new<'p>(files: &'a Files<'a>, project: &str, globals: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let mut properties = Properties::default();
        let mut names = HashSet::new();
        for (name, text) in globals {
            let lower = name.to_lowercase();
            properties.set(lower.as_str(), Value::known(text));
            names.insert(lower);
        }
        Self {
            files,
            project: project.into(),
            properties,
            items: Items::default(),
            imports: Vec::new(),
            problems: Vec::new(),
            sdk: None,
            package_target: None,
            stages: Stages::default(),
            seen: HashSet::from([project.to_owned()]),
            depth: 0,
            globals: names,
            groups: Vec::new(),
            budget: Budget::default(),
        }
    }

    /// What an expression in `file` sees.
    pub fn scope<'s>(&'s self, file: &'s str) -> Scope<'s> {
        Scope { properties: &self.properties, files: self.files, project: &self.project, file, budget: &self.budget }
    }

    /// The first pass: properties and imports.
    pub fn properties_pass(&mut self, document: &Document) -> Result<(), Failure> {
        for name in &document.local_properties {
            self.globals.remove(name);
        }
        self.sdks_before(document)?;
        self.nodes(&document.nodes, &document.path, None)?;
        self.sdks_after(document)
    }

    /// The passes of item definitions and of items.
    pub fn items_pass(&mut self) -> Result<(), Failure> {
        let groups = std::mem::take(&mut self.groups);
        for pending in &groups {
            if let Group::Definitions(group) = &pending.group {
                self.definitions(group, pending)?;
            }
        }
        for pending in &groups {
            if let Group::Items(group) = &pending.group {
                self.item_group(group, pending)?;
            }
        }
        Ok(())
    }

    /// Evaluates elements; `uncertain` says why nobody can tell whether they count.
    pub(super) fn nodes(
        &mut self,
        nodes: &[Node],
        file: &Arc<str>,
        uncertain: Option<&Arc<str>>,
    ) -> Result<(), Failure> {
        for node in nodes {
            match node {
                Node::Properties(group) => self.property_group(group, file, uncertain)?,
                Node::Items(group) => self.wait(Group::Items(group.clone()), file, uncertain),
                Node::Definitions(group) => self.wait(Group::Definitions(group.clone()), file, uncertain),
                Node::Import(import) => self.import(import, file)?,
                Node::Imports { condition, line, imports } => match self.verdict_beside(condition, file, *line)? {
                    Verdict::False => {}
                    Verdict::True => imports.iter().try_for_each(|import| self.import(import, file))?,
                    Verdict::Unknown(reason) => self.uncertain_import(&reason, file, *line),
                },
                Node::Choose(branches) => self.choose(branches, file, uncertain)?,
                Node::Target(target) => {
                    if target.changes_packages {
                        self.package_target.get_or_insert_with(|| Place::new(&**file, target.line));
                    }
                }
            }
        }
        Ok(())
    }

    fn wait(&mut self, group: Group, file: &Arc<str>, uncertain: Option<&Arc<str>>) {
        self.groups.push(Pending { file: file.clone(), group, uncertain: uncertain.cloned() });
    }

    /// Whether the condition of a group of properties or of an import holds.
    pub(super) fn verdict_beside(&self, condition: &Condition, file: &str, line: u32) -> Result<Verdict, Failure> {
        condition.evaluate(&Context::beside_file(self.scope(file))).map_err(|fault| failed(fault, file, line))
    }

    /// Whether another condition of the first pass holds.
    fn verdict(&self, condition: &Condition, file: &str, line: u32) -> Result<Verdict, Failure> {
        condition.evaluate(&Context::of_properties(self.scope(file))).map_err(|fault| failed(fault, file, line))
    }

    fn choose(&mut self, branches: &[Branch], file: &Arc<str>, uncertain: Option<&Arc<str>>) -> Result<(), Failure> {
        let mut uncertain = uncertain.cloned();
        for branch in branches {
            match self.verdict(&branch.condition, file, branch.line)? {
                Verdict::False => {}
                Verdict::True => return self.nodes(&branch.nodes, file, uncertain.as_ref()),
                Verdict::Unknown(reason) => {
                    uncertain = uncertain.or(Some(reason));
                    self.nodes(&branch.nodes, file, uncertain.as_ref())?;
                }
            }
        }
        Ok(())
    }

    fn property_group(
        &mut self,
        group: &PropertyGroup,
        file: &Arc<str>,
        uncertain: Option<&Arc<str>>,
    ) -> Result<(), Failure> {
        let uncertain = match self.verdict_beside(&group.condition, file, group.line)? {
            Verdict::False => return Ok(()),
            Verdict::True => uncertain.cloned(),
            Verdict::Unknown(reason) => uncertain.cloned().or(Some(reason)),
        };
        for property in &group.properties {
            if self.globals.contains(&*property.name) {
                continue;
            }
            if let (Some(value), None) = (&property.always, &uncertain) {
                self.properties.set(property.name.clone(), value.clone());
                continue;
            }
            if let Some(value) =
                self.property(property, file, uncertain.as_ref()).map_err(|fault| failed(fault, file, property.line))?
            {
                self.properties.set(property.name.clone(), value);
            }
        }
        Ok(())
    }

    /// The value that a property element gives; `None` when its condition does not hold.
    fn property(
        &self,
        property: &Property,
        file: &Arc<str>,
        uncertain: Option<&Arc<str>>,
    ) -> Result<Option<Value>, Fault> {
        let scope = self.scope(file);
        let reason = match property.condition.evaluate(&Context::of_properties(scope))? {
            Verdict::False => return Ok(None),
            Verdict::True => uncertain.cloned(),
            Verdict::Unknown(reason) => uncertain.cloned().or(Some(reason)),
        };
        let Some(expression) = &property.value else { return Ok(Some(Value::unknown("its value is XML"))) };
        let mut value = expression.expand(&scope)?;
        if value.text.contains('\\') {
            value.text = adjust(&scope, &path::absolute(folder(file)), value.text.to_string()).into();
        }
        let same =
            || self.properties.get(&property.name).is_some_and(|old| old.unknown.is_none() && old.text == value.text);
        if reason.is_some() && value.unknown.is_none() && same() {
            return Ok(None);
        }
        value.unknown = value.unknown.or(reason);
        value.origin = Some(Origin::new(expression.source().clone(), file.clone(), property.line, value.origin));
        Ok(Some(value))
    }

    fn definitions(&mut self, group: &DefinitionGroup, pending: &Pending) -> Result<(), Failure> {
        let file = &pending.file;
        if self.verdict(&group.condition, file, group.line)? == Verdict::False {
            return Ok(());
        }
        for definition in &group.definitions {
            let template = Item::new(Arc::default(), file.clone(), definition.line, None);
            for metadatum in &definition.metadata {
                let fault = |fault| failed(fault, file, metadatum.line);
                let subject = Subject { kind: &definition.kind, item: &template, matched: None };
                let context = Context {
                    scope: self.scope(file),
                    items: Some(&self.items),
                    subject: Some(subject),
                    beside_file: false,
                };
                if definition.condition.evaluate(&context).map_err(fault)? == Verdict::False {
                    continue;
                }
                if let Some(value) = operation::evaluate(metadatum, &context, file).map_err(fault)? {
                    self.items.define(&definition.kind, &metadatum.name, value);
                }
            }
        }
        Ok(())
    }

    fn item_group(&mut self, group: &ItemGroup, pending: &Pending) -> Result<(), Failure> {
        let file = &pending.file;
        let mut items = std::mem::take(&mut self.items);
        let result = self.apply_items(group, pending, &mut items);
        self.items = items;
        result.map_err(|(fault, line)| failed(fault, file, line))
    }

    fn apply_items(&self, group: &ItemGroup, pending: &Pending, items: &mut Items) -> Result<(), (Fault, u32)> {
        let scope = self.scope(&pending.file);
        let decide = |condition: &Condition, items: &Items, line: u32, outer: Option<&Arc<str>>| {
            let context = Context { scope, items: Some(items), subject: None, beside_file: false };
            match condition.evaluate(&context) {
                Ok(Verdict::False) => Ok(None),
                Ok(Verdict::True) => Ok(Some(outer.cloned())),
                Ok(Verdict::Unknown(reason)) => Ok(Some(outer.cloned().or(Some(reason)))),
                Err(fault) => Err((fault, line)),
            }
        };
        let Some(outer) = decide(&group.condition, items, group.line, pending.uncertain.as_ref())? else {
            return Ok(());
        };
        for element in &group.items {
            let Some(uncertain) = decide(&element.condition, items, element.line, outer.as_ref())? else { continue };
            let operation = Operation { scope, file: &pending.file, element, uncertain: uncertain.as_ref() };
            operation.apply(items).map_err(|fault| (fault, element.line))?;
        }
        Ok(())
    }
}

/// A fault with its place.
#[expect(clippy::unnecessary_box_returns, reason = "a failure is boxed everywhere, so that results stay small")]
pub fn failed(fault: Fault, file: &str, line: u32) -> Failure {
    Box::new(Problem::at(fault.code, fault.message, Place::new(file, line)))
}

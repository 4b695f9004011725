//! Where an expression stands: whether it may use items and metadata, and which.

use std::sync::Arc;

use crate::inventory::msbuild::expression::Expression;
use crate::inventory::msbuild::item::{Item, Items, vector, well_known};
use crate::inventory::msbuild::path;
use crate::inventory::msbuild::scope::Scope;
use crate::inventory::msbuild::value::{Fault, Origin, Value};
use crate::tree::folder;

/// The item whose metadata `%(…)` names.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The lower-case type of the item.
    pub kind: &'a str,
    /// The item; in a definition it has only what the definitions say.
    pub item: &'a Item,
    /// The item of another list that an `Update` matched, with its type.
    pub matched: Option<(&'a str, &'a Item)>,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What it sees.
    pub scope: Scope<'a>,
    /// The items so far, where they may be used.
    pub items: Option<&'a Items>,
    /// The item whose metadata may be used.
    pub subject: Option<Subject<'a>>,
    /// Whether `Exists` starts at the folder of the file, not of the project: so it is on groups of properties and on imports.
    pub beside_file: bool,
}

impl<'a> Context<'a> {
    /// A place where only properties may be used.
    pub fn of_properties(scope: Scope<'a>) -> Self {
        Self { scope, items: None, subject: None, beside_file: false }
    }

    /// The condition of a group of properties, or of an import.
    pub fn beside_file(scope: Scope<'a>) -> Self {
        Self { beside_file: true, ..Self::of_properties(scope) }
    }

    /// The absolute folder at which relative paths of `Exists` start.
    pub fn folder(&self) -> String {
        if self.beside_file { path::absolute(folder(self.scope.file)) } else { self.scope.project_folder() }
    }

    /// The value of an expression, as the engine keeps it.
    pub fn expand(&self, expression: &Expression) -> Result<Value, Fault> {
        let source = expression.source();
        let mut value = if self.subject.is_some() && source.contains("%(") {
            let mut found = Found::default();
            let text = self.replace_metadata(source, &mut found);
            let mut value = Expression::new(text).expand(&self.scope)?;
            value.unknown = value.unknown.or(found.unknown);
            value.origin = value.origin.or(found.origin);
            value
        } else {
            expression.expand(&self.scope)?
        };
        if let Some(items) = self.items
            && value.text.contains("@(")
        {
            let (text, unknown) = vector::expand_text(&value.text, items, &self.scope)?;
            value = Value { text: text.into(), unknown: value.unknown.or(unknown), origin: value.origin };
        }
        Ok(value)
    }

    /// `text` with `%(Name)` and `%(Type.Name)` replaced, except inside `@(…)`, where they belong to the transform.
    fn replace_metadata(&self, text: &str, found: &mut Found) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['%', '@']) {
            let (before, from) = rest.split_at(at);
            result.push_str(before);
            if let Some((_, length)) = vector::parse(from) {
                result.push_str(from.get(..length).unwrap_or_default());
                rest = from.get(length..).unwrap_or_default();
            } else if let Some((kind, name, length)) = vector::metadata_reference(from) {
                result.push_str(&self.metadatum(kind, name, found));
                rest = from.get(length..).unwrap_or_default();
            } else {
                result.push_str(from.get(..1).unwrap_or_default());
                rest = from.get(1..).unwrap_or_default();
            }
        }
        result.push_str(rest);
        result
    }

    fn metadatum(&self, kind: Option<&str>, name: &str, found: &mut Found) -> String {
        let Some(subject) = self.subject else { return String::new() };
        let (owner, item) = match (kind, subject.matched) {
            (Some(kind), Some((other, item))) if kind.eq_ignore_ascii_case(other) => (other, item),
            (Some(kind), _) if !kind.eq_ignore_ascii_case(subject.kind) => return String::new(),
            _ => (subject.kind, subject.item),
        };
        let value = match self.items.and_then(|items| items.metadatum(owner, item, name)).or_else(|| item.own(name)) {
            Some(value) => value.clone(),
            None => well_known(item, name, &self.scope.project_folder()).unwrap_or_default(),
        };
        found.unknown = found.unknown.take().or(value.unknown);
        found.origin = found.origin.take().or(value.origin);
        value.text.to_string()
    }
}

/// What the metadata in an expression brought along.
#[derive(Default)]
struct Found {
    unknown: Option<Arc<str>>,
    origin: Option<Arc<Origin>>,
}

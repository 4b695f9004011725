//! What an element gives in every evaluation, because it depends on nothing: worked out once, and shared.
//!
//! Most central versions are of this kind, and a repository has as many evaluations of them as it has projects.

use std::sync::Arc;

use super::{Action, Metadatum};
use crate::inventory::msbuild::expression::Expression;
use crate::inventory::msbuild::item::pattern::has_wildcard;
use crate::inventory::msbuild::item::{Item, SOURCES};
use crate::inventory::msbuild::value::{Origin, Value};

/// The value of a property or of a metadatum without condition.
pub fn value(expression: &Expression, file: &Arc<str>, line: u32) -> Option<Value> {
    let text = expression.literal()?;
    if text.contains('\\') || text.contains("%(") || text.contains("@(") {
        return None;
    }
    let source = expression.source();
    let origin = Origin::new(source.clone(), file.clone(), line, None);
    Some(Value { text: source.clone(), unknown: None, origin: Some(origin) })
}

/// The one item of an `Include`.
pub fn item(kind: &str, action: &Action, metadata: &[Metadatum], file: &Arc<str>, line: u32) -> Option<Item> {
    let Action::Include { include, exclude: None } = action else { return None };
    let text = include.literal()?;
    let is_one = !text.is_empty() && text.trim() == text && !text.contains([';', '\\', '@']) && !has_wildcard(text);
    if !is_one || SOURCES.contains(&kind) {
        return None;
    }
    let mut item = Item::new(include.source().clone(), file.clone(), line, None);
    for metadatum in metadata {
        let value = metadatum.value.as_ref().filter(|_| metadatum.condition.is_empty())?;
        item.set(&metadatum.name, self::value(value, file, metadatum.line)?);
    }
    Some(item)
}

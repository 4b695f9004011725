//! `@(Type)`, `@(Type, 'separator')`, `@(Type->'transform')`, `@(Type->Function(…))`: lists inside text.

use std::sync::Arc;

use super::{Item, Items, well_known};
use crate::inventory::msbuild::function::{on_text, split_arguments};
use crate::inventory::msbuild::object::Object;
use crate::inventory::msbuild::scope::Scope;
use crate::inventory::msbuild::value::{Fault, Value, escape, unescape};

/// A list inside text.
#[derive(Debug, PartialEq, Eq)]
pub struct Vector<'a> {
    /// The type of the items, as written.
    pub kind: &'a str,
    steps: Vec<Step<'a>>,
    separator: Option<&'a str>,
}

/// What is done to each item of a list.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    /// A text with metadata in it.
    Quoted(&'a str),
    /// A function and its arguments as written.
    Call(&'a str, &'a str),
}

/// The list at the beginning of `text`, and its length; `None` when there is none.
pub fn parse(text: &str) -> Option<(Vector<'_>, usize)> {
    let mut rest = text.strip_prefix("@(")?.trim_start();
    let kind = take_name(&mut rest)?;
    let mut steps = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(after) = rest.strip_prefix("->") else { break };
        rest = after.trim_start();
        if let Some(inner) = rest.strip_prefix('\'') {
            let (quoted, after) = inner.split_once('\'')?;
            steps.push(Step::Quoted(quoted));
            rest = after;
        } else {
            let name = take_name(&mut rest)?;
            rest = rest.trim_start().strip_prefix('(')?;
            let end = crate::inventory::msbuild::expression::closing_parenthesis(rest, 0)?;
            steps.push(Step::Call(name, rest.get(..end)?));
            rest = rest.get(end + 1..)?;
        }
    }
    let mut separator = None;
    if let Some(after) = rest.strip_prefix(',') {
        let (quoted, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
        separator = Some(quoted);
        rest = after.trim_start();
    }
    let rest = rest.strip_prefix(')')?;
    Some((Vector { kind, steps, separator }, text.len() - rest.len()))
}

/// Takes a name of an item type, a metadatum or a function from the beginning of a text.
fn take_name<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let starts = |first: char| first.is_alphabetic() || first == '_';
    if !rest.starts_with(starts) {
        return None;
    }
    let end = rest.char_indices().find(|(at, other)| {
        let arrow = *other == '-' && rest.get(*at..).is_some_and(|tail| tail.starts_with("->"));
        arrow || !(starts(*other) || other.is_ascii_digit() || *other == '-')
    });
    let (name, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
    *rest = after;
    Some(name)
}

/// The `%(Name)` or `%(Type.Name)` at the beginning of `text`, and its length.
pub fn metadata_reference(text: &str) -> Option<(Option<&str>, &str, usize)> {
    let mut rest = text.strip_prefix("%(")?.trim_start();
    let first = take_name(&mut rest)?;
    rest = rest.trim_start();
    let (kind, name) = match rest.strip_prefix('.') {
        Some(after) => {
            rest = after.trim_start();
            let name = take_name(&mut rest)?;
            rest = rest.trim_start();
            (Some(first), name)
        }
        None => (None, first),
    };
    let rest = rest.strip_prefix(')')?;
    Some((kind, name, text.len() - rest.len()))
}

/// `text` with all lists in it made text, and the reason why it cannot be told, when it cannot.
pub fn expand_text(text: &str, items: &Items, scope: &Scope<'_>) -> Result<(String, Option<Arc<str>>), Fault> {
    let mut result = String::with_capacity(text.len());
    let mut unknown = None;
    let mut rest = text;
    while let Some(at) = rest.find("@(") {
        let (before, from) = rest.split_at(at);
        result.push_str(before);
        let Some((vector, length)) = parse(from) else {
            result.push_str("@(");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        let captured = vector.items(items, scope)?;
        unknown = unknown.or_else(|| captured.unknown.clone());
        let texts: Vec<&str> = captured.items.iter().map(|item| &*item.spec).collect();
        result.push_str(&texts.join(vector.separator.unwrap_or(";")));
        scope.budget.spend(result.len())?;
        rest = from.get(length..).unwrap_or_default();
    }
    result.push_str(rest);
    Ok((result, unknown))
}

/// The items that a list gives.
#[derive(Debug, Default)]
pub struct Captured {
    /// The items, their `Include` transformed.
    pub items: Vec<Item>,
    /// Why the list cannot be told, when it cannot.
    pub unknown: Option<Arc<str>>,
}

impl Vector<'_> {
    /// The separator with which the list is joined: then it is one text, and the metadata are lost.
    pub fn separator(&self) -> Option<&str> {
        self.separator
    }

    /// The items of the list.
    pub fn items(&self, items: &Items, scope: &Scope<'_>) -> Result<Captured, Fault> {
        let kind = self.kind.to_lowercase();
        let list = items.list(&kind);
        scope.budget.spend_items(list.len())?;
        let mut captured = Captured { items: list.iter().map(|item| Item::clone(item)).collect(), unknown: None };
        if items.is_unlisted(&kind) {
            captured.unknown = Some(format!("the items of the type {} are not listed", self.kind).into());
        }
        if let Some(reason) = list.iter().find_map(|item| item.uncertain.clone()) {
            captured.unknown.get_or_insert(reason);
        }
        for step in &self.steps {
            captured = match step {
                Step::Quoted(text) => transform(captured, text, &kind, items, scope),
                Step::Call(name, written) => call(captured, name, written, &kind, items, scope)?,
            };
        }
        Ok(captured)
    }
}

fn metadatum(item: &Item, name: &str, kind: &str, items: &Items, scope: &Scope<'_>) -> Value {
    let own = items.metadatum(kind, item, name).cloned();
    own.or_else(|| well_known(item, name, &scope.project_folder())).unwrap_or_default()
}

fn transform(mut captured: Captured, text: &str, kind: &str, items: &Items, scope: &Scope<'_>) -> Captured {
    for item in &mut captured.items {
        let mut spec = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("%(") {
            let (before, from) = rest.split_at(at);
            spec.push_str(before);
            if let Some((_, name, length)) = metadata_reference(from) {
                let value = metadatum(item, name, kind, items, scope);
                captured.unknown = captured.unknown.take().or(value.unknown);
                spec.push_str(&value.text);
                rest = from.get(length..).unwrap_or_default();
            } else {
                spec.push_str("%(");
                rest = from.get(2..).unwrap_or_default();
            }
        }
        spec.push_str(rest);
        item.set_spec(spec);
    }
    captured
}

/// An item function.
fn call(
    mut captured: Captured,
    name: &str,
    written: &str,
    kind: &str,
    items: &Items,
    scope: &Scope<'_>,
) -> Result<Captured, Fault> {
    let invalid = |detail: &str| Fault::new("MSB4187", format!("the item function `{name}({written})` {detail}"));
    let arguments: Vec<String> =
        split_arguments(written).map_err(invalid)?.into_iter().map(Option::unwrap_or_default).collect();
    let argument = |index: usize| arguments.get(index).map(String::as_str).unwrap_or_default();
    let value = |item: &Item, name: &str| unescape(&metadatum(item, name, kind, items, scope).text).into_owned();
    match (name.to_lowercase().as_str(), arguments.len()) {
        ("distinct" | "distinctwithcase", 0) => {
            let fold = |text: &str| if name.len() == 8 { text.to_lowercase() } else { text.to_owned() };
            let mut seen = std::collections::HashSet::new();
            captured.items.retain(|item| seen.insert(fold(&item.spec)));
        }
        ("reverse", 0) => captured.items.reverse(),
        ("clearmetadata", 0) => captured.items.iter_mut().for_each(|item| item.metadata.clear()),
        ("hasmetadata", 1) => captured.items.retain(|item| !value(item, argument(0)).is_empty()),
        ("withmetadatavalue", 2) => {
            captured.items.retain(|item| value(item, argument(0)).eq_ignore_ascii_case(argument(1)));
        }
        ("withoutmetadatavalue", 2) => {
            captured.items.retain(|item| !value(item, argument(0)).eq_ignore_ascii_case(argument(1)));
        }
        ("metadata", 1) => {
            for item in &mut captured.items {
                item.set_spec(metadatum(item, argument(0), kind, items, scope).text);
            }
            captured.items.retain(|item| !item.spec.is_empty());
        }
        ("count", 0) => return Ok(single(captured.items.len().to_string(), captured.unknown, scope)),
        ("anyhavemetadatavalue", 2) => {
            let any = captured.items.iter().any(|item| value(item, argument(0)).eq_ignore_ascii_case(argument(1)));
            return Ok(single(any.to_string(), captured.unknown, scope));
        }
        ("exists" | "combine" | "directoryname" | "getpathsofalldirectoriesabove" | "exclude", _) => {
            captured.unknown.get_or_insert_with(|| format!("the item function {name} is not modelled").into());
        }
        (lower, _) => {
            for item in &mut captured.items {
                let arguments = arguments.iter().map(|text| Object::Text(unescape(text).into_owned())).collect();
                let text = on_text(&item.identity(), lower, arguments).ok_or_else(|| invalid("does not exist"))?;
                item.set_spec(escape(&text));
            }
        }
    }
    Ok(captured)
}

/// The list of one text.
fn single(text: String, unknown: Option<Arc<str>>, scope: &Scope<'_>) -> Captured {
    let item = Item::new(text.into(), scope.file.into(), 0, None);
    Captured { items: vec![item], unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_in_text() {
        #[track_caller]
        fn case(text: &str, expected: Option<(&str, bool, Option<&str>, usize)>) {
            let found = parse(text);
            let found = found.map(|(vector, length)| (vector.kind, !vector.steps.is_empty(), vector.separator, length));
            assert_eq!(found, expected);
        }
        case("@(A);x", Some(("A", false, None, 4)));
        case("@( A , ', ' )", Some(("A", false, Some(", "), 13)));
        case("@(A->'P.%(Identity)')", Some(("A", true, None, 21)));
        case("@(A->Distinct()->'x', '|')", Some(("A", true, Some("|"), 26)));
        case("@(A", None);
        case("@(1)", None);
        case("(A)", None);
    }

    #[test]
    fn metadata_is_found_in_text() {
        assert_eq!(metadata_reference("%(Version)x"), Some((None, "Version", 10)));
        assert_eq!(metadata_reference("%( A . B )"), Some((Some("A"), "B", 10)));
        assert_eq!(metadata_reference("%(A"), None);
        assert_eq!(metadata_reference("%3B"), None);
    }
}

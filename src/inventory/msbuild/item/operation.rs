//! What an item element does to the items before it.

use std::collections::HashMap;
use std::sync::Arc;

use super::pattern::{fixed_folder, has_wildcard, matches};
use super::{Item, Items, SOURCES, vector};
use crate::inventory::msbuild::condition::Verdict;
use crate::inventory::msbuild::context::{Context, Subject};
use crate::inventory::msbuild::document::{Action, ItemElement, Metadatum};
use crate::inventory::msbuild::expression::{Expression, adjust};
use crate::inventory::msbuild::path::{self, Located};
use crate::inventory::msbuild::scope::Scope;
use crate::inventory::msbuild::value::{Fault, Origin, Value, escape, unescape};

/// An item element at work.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// What the expressions of the element see.
    pub scope: Scope<'a>,
    /// The file in which the element stands.
    pub file: &'a Arc<str>,
    /// The element.
    pub element: &'a ItemElement,
    /// Why nobody can tell whether the element counts, when nobody can.
    pub uncertain: Option<&'a Arc<str>>,
}

/// A piece of an `Include`, `Exclude`, `Update` or `Remove`.
enum Fragment {
    /// One text, escaped.
    Text(Arc<str>),
    /// A pattern, unescaped.
    Pattern(String),
    /// The items of another list, with its lower-case type.
    List(String, Vec<Item>),
}

impl Operation<'_> {
    /// Applies the element, whose condition holds or cannot be told.
    pub fn apply(&self, items: &mut Items) -> Result<(), Fault> {
        match &self.element.action {
            Action::Include { include, exclude } => self.include(include, exclude.as_ref(), items),
            Action::Update(spec) => self.update(spec, items),
            Action::Remove(spec) => self.remove(spec, items),
        }
    }

    /// The fragments of an `Exclude`: lists become text first, which is then split.
    fn excluded(&self, expression: &Expression, items: &Items) -> Result<Result<Vec<Fragment>, Arc<str>>, Fault> {
        let value = expression.expand(&self.scope)?;
        let (text, unknown) = vector::expand_text(&value.text, items, &self.scope)?;
        if let Some(reason) = value.unknown.or(unknown) {
            return Ok(Err(reason));
        }
        let pieces = text.split(';').map(str::trim).filter(|piece| !piece.is_empty());
        Ok(Ok(pieces.map(|piece| self.plain_fragment(piece)).collect()))
    }

    /// The fragments of a list; the reason when they cannot be told.
    fn fragments(&self, expression: &Expression, items: &Items) -> Result<Result<Vec<Fragment>, Arc<str>>, Fault> {
        let value = expression.expand(&self.scope)?;
        if let Some(reason) = value.unknown {
            return Ok(Err(reason));
        }
        let mut fragments = Vec::new();
        for text in split(&value.text) {
            self.scope.budget.spend(text.len())?;
            match vector::parse(text) {
                Some((list, length)) if length == text.len() => {
                    let captured = list.items(items, &self.scope)?;
                    if let Some(reason) = captured.unknown {
                        return Ok(Err(reason));
                    }
                    fragments.extend(listed_fragment(&list, captured.items));
                }
                _ if text.contains("@(") => {
                    return Err(Fault::new("MSB4012", format!("`{text}` mixes a list with other text")));
                }
                _ => fragments.push(self.plain_fragment(text)),
            }
        }
        Ok(Ok(fragments))
    }

    fn plain_fragment(&self, text: &str) -> Fragment {
        if has_wildcard(text) {
            Fragment::Pattern(unescape(text).into_owned())
        } else {
            Fragment::Text(self.adjusted(text))
        }
    }

    fn adjusted(&self, text: &str) -> Arc<str> {
        if text.contains('\\') {
            adjust(&self.scope, &self.scope.project_folder(), text.to_owned()).into()
        } else {
            text.into()
        }
    }

    fn include(&self, include: &Expression, exclude: Option<&Expression>, items: &mut Items) -> Result<(), Fault> {
        let kind = &self.element.kind;
        if let (Some(always), None) = (&self.element.always, self.uncertain) {
            self.scope.budget.spend(0)?;
            items.list_mut(kind).push(always.clone());
            return Ok(());
        }
        if SOURCES.contains(&&**kind) {
            return Ok(());
        }
        let excluded = match exclude {
            Some(exclude) => self.excluded(exclude, items)?,
            None => Ok(Vec::new()),
        };
        let (Ok(fragments), Ok(excluded)) = (self.fragments(include, items)?, excluded) else {
            items.set_unlisted(kind);
            return Ok(());
        };
        let mut added = Vec::new();
        for fragment in fragments {
            match fragment {
                Fragment::Text(spec) => added.push(self.item(spec)),
                Fragment::Pattern(pattern) => added.extend(self.listed(&pattern)?),
                Fragment::List(_, list) => added.extend(list.into_iter().map(|item| Item {
                    file: self.file.clone(),
                    line: self.element.line,
                    uncertain: self.uncertain.cloned(),
                    ..item
                })),
            }
        }
        added.retain(|item| !excluded.iter().any(|fragment| fragment.matches(item)));
        for item in &mut added {
            self.decorate(item, None, items)?;
        }
        items.list_mut(kind).extend(added.into_iter().map(Arc::new));
        Ok(())
    }

    fn item(&self, spec: Arc<str>) -> Item {
        Item::new(spec, self.file.clone(), self.element.line, self.uncertain.cloned())
    }

    /// The files of the tree that a pattern matches.
    fn listed(&self, pattern: &str) -> Result<Vec<Item>, Fault> {
        let pattern = path::with_slashes(pattern);
        let (fixed, rest) = fixed_folder(&pattern);
        let Located::Inside(folder) = path::locate(&self.scope.project_folder(), fixed) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (file, _) in self.scope.files.tree().under(&folder) {
            self.scope.budget.spend(0)?;
            let below = file.get(folder.len()..).unwrap_or_default().trim_start_matches('/');
            if matches(rest, below, false) {
                found.push(self.item(escape(&format!("{fixed}{below}")).into()));
            }
        }
        Ok(found)
    }

    fn update(&self, spec: &Expression, items: &mut Items) -> Result<(), Fault> {
        let kind = &self.element.kind;
        let fragments = self.fragments(spec, items)?;
        let mut list = std::mem::take(items.list_mut(kind));
        let known = fragments.as_deref().unwrap_or_default();
        let indexes: Vec<_> = known.iter().map(Fragment::index).collect();
        let mut result = Ok(());
        for item in &mut list {
            let meant = known.iter().zip(&indexes).find(|(fragment, index)| fragment.means(item, index.as_ref()));
            result = match (&fragments, meant) {
                (Err(reason), _) => {
                    Operation { uncertain: Some(reason), ..*self }.decorate(Arc::make_mut(item), None, items)
                }
                (_, Some((fragment, index))) => {
                    let source = fragment.source(item, index.as_ref());
                    self.decorate(Arc::make_mut(item), source, items)
                }
                (_, None) => continue,
            };
            if result.is_err() {
                break;
            }
        }
        *items.list_mut(kind) = list;
        result
    }

    fn remove(&self, spec: &Expression, items: &mut Items) -> Result<(), Fault> {
        let fragments = self.fragments(spec, items)?;
        let list = items.list_mut(&self.element.kind);
        match (fragments, self.uncertain) {
            (Err(reason), _) => {
                for item in &mut *list {
                    Arc::make_mut(item).uncertain = Some(reason.clone());
                }
            }
            (Ok(fragments), uncertain) => {
                let indexes: Vec<_> = fragments.iter().map(Fragment::index).collect();
                let removes = |item: &Item| {
                    fragments.iter().zip(&indexes).any(|(fragment, index)| fragment.means(item, index.as_ref()))
                };
                match uncertain {
                    None => list.retain(|item| !removes(item)),
                    Some(reason) => {
                        let affected = list.iter_mut().filter(|item| removes(item));
                        affected.for_each(|item| Arc::make_mut(item).uncertain = Some(reason.clone()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Sets the metadata of the element on an item.
    fn decorate(&self, item: &mut Item, matched: Option<(&str, &Item)>, items: &Items) -> Result<(), Fault> {
        for metadatum in &self.element.metadata {
            let subject = Subject { kind: &self.element.kind, item, matched };
            let context = Context { scope: self.scope, items: Some(items), subject: Some(subject), beside_file: false };
            if let Some(mut value) = evaluate(metadatum, &context, self.file)? {
                if let (None, Some(reason)) = (&value.unknown, self.uncertain.filter(|_| !self.is_include())) {
                    value.unknown = Some(reason.clone());
                }
                item.set(&metadatum.name, value);
            }
        }
        Ok(())
    }

    fn is_include(&self) -> bool {
        matches!(self.element.action, Action::Include { .. })
    }
}

/// A list as a fragment; one that is joined is a single text, and none when nothing is in it.
fn listed_fragment(list: &vector::Vector<'_>, items: Vec<Item>) -> Option<Fragment> {
    let Some(separator) = list.separator() else { return Some(Fragment::List(list.kind.to_lowercase(), items)) };
    let joined = items.iter().map(|item| &*item.spec).collect::<Vec<_>>().join(separator);
    (!joined.is_empty()).then(|| Fragment::Text(joined.into()))
}

/// The value of a metadatum; `None` when its condition does not hold.
pub fn evaluate(metadatum: &Metadatum, context: &Context<'_>, file: &Arc<str>) -> Result<Option<Value>, Fault> {
    let reason = match metadatum.condition.evaluate(context)? {
        Verdict::False => return Ok(None),
        Verdict::True => None,
        Verdict::Unknown(reason) => Some(reason),
    };
    let Some(expression) = &metadatum.value else { return Ok(Some(Value::unknown("its value is XML"))) };
    let mut value = context.expand(expression)?;
    if value.text.contains('\\') {
        value.text = adjust(&context.scope, &context.scope.project_folder(), value.text.to_string()).into();
    }
    value.unknown = value.unknown.or(reason);
    value.origin = Some(Origin::new(expression.source().clone(), file.clone(), metadatum.line, value.origin));
    Ok(Some(value))
}

impl Fragment {
    /// For a list, its items by their lower-case identity.
    fn index(&self) -> Option<HashMap<String, &Item>> {
        let Self::List(_, list) = self else { return None };
        Some(list.iter().map(|item| (item.identity().to_lowercase(), item)).collect())
    }

    /// Whether an item is meant.
    fn means(&self, item: &Item, index: Option<&HashMap<String, &Item>>) -> bool {
        match index {
            Some(index) => index.contains_key(&item.identity().to_lowercase()),
            None => self.matches(item),
        }
    }

    /// The item of another list through which an item is meant, with the type of that list.
    fn source<'s>(&'s self, item: &Item, index: Option<&HashMap<String, &'s Item>>) -> Option<(&'s str, &'s Item)> {
        let Self::List(kind, _) = self else { return None };
        index?.get(&item.identity().to_lowercase()).map(|found| (kind.as_str(), *found))
    }

    fn matches(&self, item: &Item) -> bool {
        match self {
            Self::Text(text) => same(text, &item.spec),
            Self::Pattern(pattern) => matches(pattern, &item.identity(), true),
            Self::List(_, list) => list.iter().any(|other| same(&other.spec, &item.spec)),
        }
    }
}

/// Whether two escaped texts name the same item.
fn same(left: &str, right: &str) -> bool {
    if !left.contains(['%', '\\', '.', '/']) && !right.contains(['%', '\\', '/']) {
        return left.eq_ignore_ascii_case(right);
    }
    let plain = |text: &str| {
        let text = unescape(text);
        path::with_slashes(&text).trim_start_matches("./").to_owned()
    };
    plain(left).eq_ignore_ascii_case(&plain(right))
}

/// The pieces of a list, trimmed, empty ones left out; a `;` inside `@(…)` does not split.
fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut index) = (0, 0);
    while let Some(rest) = text.get(index..) {
        let Some(next) = rest.find([';', '@']) else { break };
        index += next;
        if let Some((_, length)) = text.get(index..).and_then(vector::parse) {
            index += length;
            continue;
        }
        if text.get(index..).is_some_and(|rest| rest.starts_with(';')) {
            pieces.push(text.get(start..index).unwrap_or_default());
            start = index + 1;
        }
        index += 1;
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_at_semicolons_of_their_own() {
        assert_eq!(split("A; B ;;C"), ["A", "B", "C"]);
        assert_eq!(split("@(A->'x;%(Identity)', ';');B"), ["@(A->'x;%(Identity)', ';')", "B"]);
        assert_eq!(split("a@b;c"), ["a@b", "c"]);
        assert!(split(" ; ").is_empty());
    }

    #[test]
    fn ids_match_in_any_case() {
        assert!(same("Some.Package", "some.PACKAGE") && same("a%2Db", "A-B") && same(r"x\y", "x/y"));
        assert!(!same("a", "b"));
    }
}

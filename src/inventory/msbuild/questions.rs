//! Single questions to the engine: one condition, one expression. The `conformance` command asks them.

use crate::inventory::msbuild::condition::{Allowed, Condition, Verdict};
use crate::inventory::msbuild::context::Context;
use crate::inventory::msbuild::document::{Action, ItemElement};
use crate::inventory::msbuild::expression::{self, Expression};
use crate::inventory::msbuild::files::Files;
use crate::inventory::msbuild::item::Items;
use crate::inventory::msbuild::item::operation::Operation;
use crate::inventory::msbuild::scope::{Budget, Properties, Scope};
use crate::inventory::msbuild::value::Fault;
use crate::tree::Tree;

/// The project in which the questions are asked.
const PROJECT: &str = "p.proj";

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// The value.
    Known(T),
    /// It cannot be told, for this reason.
    Unknown(String),
    /// MSBuild fails, with this message.
    Failed(String),
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// On a property: items may not be used.
    Property,
    /// On an item.
    Item,
}

impl<T> From<Fault> for Answer<T> {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// The properties of `written` (name and text of a property element), in order, each expanded with those before.
fn properties(files: &Files<'_>, budget: &Budget, written: &[(String, String)]) -> Result<Properties, Fault> {
    let mut properties = Properties::default();
    for (name, text) in written {
        let text = if text.trim().is_empty() { "" } else { text };
        let scope = Scope { properties: &properties, files, project: PROJECT, file: PROJECT, budget };
        let mut value = expression::expand(text, &scope)?;
        value.text = expression::adjust(&scope, &scope.project_folder(), value.text.to_string()).into();
        properties.set(name.to_lowercase(), value);
    }
    Ok(properties)
}

/// The value of a property element with the text `expr`, in a project whose properties `props` stand above it.
pub fn expand(expr: &str, props: &[(String, String)]) -> Answer<String> {
    let tree = Tree::new();
    let (files, budget) = (Files::new(&tree), Budget::default());
    let name = "conformance-result";
    let mut written = props.to_vec();
    written.push((name.to_owned(), expr.to_owned()));
    match properties(&files, &budget, &written) {
        Err(fault) => fault.into(),
        Ok(properties) => match properties.get(name) {
            Some(value) => match &value.unknown {
                Some(reason) => Answer::Unknown(reason.to_string()),
                None => Answer::Known(value.unescaped().into_owned()),
            },
            None => Answer::Known(String::new()),
        },
    }
}

/// Whether a condition holds in a project in the root of `tree`, below the properties `props` and the items `items` (type and
/// `Include`).
pub fn condition(
    text: &str,
    tree: &Tree,
    props: &[(String, String)],
    level: Level,
    items: &[(String, String)],
) -> Answer<bool> {
    match decide(text, tree, props, level, items) {
        Ok(Verdict::True) => Answer::Known(true),
        Ok(Verdict::False) => Answer::Known(false),
        Ok(Verdict::Unknown(reason)) => Answer::Unknown(reason.to_string()),
        Err(fault) => fault.into(),
    }
}

fn decide(
    text: &str,
    tree: &Tree,
    props: &[(String, String)],
    level: Level,
    written: &[(String, String)],
) -> Result<Verdict, Fault> {
    let (files, budget) = (Files::new(tree), Budget::default());
    let properties = properties(&files, &budget, props)?;
    let scope = Scope { properties: &properties, files: &files, project: PROJECT, file: PROJECT, budget: &budget };
    if level == Level::Property {
        return Condition::new(text, Allowed::Properties).evaluate(&Context::of_properties(scope));
    }
    let mut items = Items::default();
    for (kind, include) in written {
        let element = ItemElement {
            kind: kind.to_lowercase().into(),
            action: Action::Include { include: Expression::new(include.as_str()), exclude: None },
            condition: Condition::new("", Allowed::Items),
            line: 1,
            metadata: Vec::new(),
            always: None,
        };
        Operation { scope, file: &PROJECT.into(), element: &element, uncertain: None }.apply(&mut items)?;
    }
    Condition::new(text, Allowed::Items).evaluate(&Context {
        scope,
        items: Some(&items),
        subject: None,
        beside_file: false,
    })
}

//! The questions about MSBuild: conditions and the expansion of text.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Reply;
use crate::inventory::msbuild::{self, Answer, Level};
use crate::tree::Tree;

/// Whether a condition holds, in `p.proj` of a folder of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Condition {
    /// The text of the `Condition` attribute.
    #[serde(rename = "condition")]
    text: String,
    /// Properties that stand above it, in order.
    #[serde(default)]
    props: Map<String, Value>,
    /// Files that exist, empty; a name that ends in `/` is a folder.
    #[serde(default)]
    files: Vec<String>,
    /// Where it stands: on a property, or on an item.
    #[serde(default)]
    level: Place,
    /// Items that stand above it: type and `Include`.
    #[serde(default)]
    items: Vec<(String, String)>,
}

/// Where a condition stands.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    #[default]
    Property,
    Item,
}

/// What the text of a property element becomes.
#[derive(Debug, Deserialize)]
pub(super) struct Expansion {
    /// The text.
    expr: String,
    /// Properties that stand above it, in order.
    #[serde(default)]
    props: Map<String, Value>,
}

/// Answers with a bool; with an error where MSBuild fails.
pub(super) fn condition(question: &Condition) -> Reply {
    let mut tree = Tree::new();
    for path in &question.files {
        match path.strip_suffix('/') {
            Some(folder) => tree.insert_listed(format!("{folder}/.keep")),
            None => tree.insert_text(path, ""),
        }
    }
    let level = match question.level {
        Place::Property => Level::Property,
        Place::Item => Level::Item,
    };
    reply(msbuild::condition(&question.text, &tree, &pairs(&question.props), level, &question.items))
}

/// Answers with the value, unescaped; with an error where MSBuild fails.
pub(super) fn expand(question: &Expansion) -> Reply {
    reply(msbuild::expand(&question.expr, &pairs(&question.props)))
}

fn pairs(props: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    props.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn reply<T: Into<Value>>(answer: Answer<T>) -> Reply {
    match answer {
        Answer::Known(value) => Reply::Ok(json!(value.into())),
        Answer::Unknown(_) => Reply::Unsupported(true),
        Answer::Failed(message) => Reply::Error(message),
    }
}

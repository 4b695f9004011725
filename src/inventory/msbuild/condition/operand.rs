//! What the pieces of a condition give: text, a number, a version or a boolean.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Verdict;
use super::parser::Node;
use super::scanner::Relation;
use crate::inventory::msbuild::context::Context;
use crate::inventory::msbuild::expression::Expression;
use crate::inventory::msbuild::object::{SystemVersion, decimal};
use crate::inventory::msbuild::path::with_slashes;
use crate::inventory::msbuild::value::{Fault, unescape};

/// A side of a comparison.
enum Side {
    /// Text, unescaped, and the boolean it is; a bare number is none.
    Text { text: String, truth: Option<bool> },
    /// A boolean without text.
    Bool(bool),
    /// It cannot be told.
    Unknown(Arc<str>),
}

/// Whether a piece holds that must be a boolean.
pub fn decide(node: &Node, context: &Context<'_>) -> Result<Verdict, Fault> {
    match node {
        Node::And(left, right) => match decide(left, context)? {
            Verdict::False => Ok(Verdict::False),
            Verdict::True => decide(right, context),
            unknown @ Verdict::Unknown(_) => match decide(right, context) {
                Ok(Verdict::False) => Ok(Verdict::False),
                _ => Ok(unknown),
            },
        },
        Node::Or(left, right) => match decide(left, context)? {
            Verdict::True => Ok(Verdict::True),
            Verdict::False => decide(right, context),
            unknown @ Verdict::Unknown(_) => match decide(right, context) {
                Ok(Verdict::True) => Ok(Verdict::True),
                _ => Ok(unknown),
            },
        },
        Node::Not(inner) => Ok(match decide(inner, context)? {
            Verdict::True => Verdict::False,
            Verdict::False => Verdict::True,
            unknown @ Verdict::Unknown(_) => unknown,
        }),
        Node::Compare(relation, left, right) => compare(*relation, left, right, context),
        Node::Call { name, arguments } => call(name, arguments, context),
        Node::Text(_) | Node::Number(_) | Node::Untold => match side(node, context)? {
            Side::Unknown(reason) => Ok(Verdict::Unknown(reason)),
            side => side.boolean().map(Verdict::from).ok_or_else(|| not_boolean(&side)),
        },
    }
}

fn not_boolean(side: &Side) -> Fault {
    let text = if let Side::Text { text, .. } = side { text.as_str() } else { "" };
    Fault::new("MSB4113", format!("the condition gives `{text}`, which is not a boolean"))
}

fn side(node: &Node, context: &Context<'_>) -> Result<Side, Fault> {
    match node {
        Node::Untold => Ok(Side::Unknown("versions of MSBuild differ on a property with spaces in its name".into())),
        Node::Number(text) => Ok(Side::Text { text: text.to_string(), truth: None }),
        Node::Text(expression) => {
            let value = context.expand(expression)?;
            if let Some(reason) = value.unknown {
                return Ok(Side::Unknown(reason));
            }
            let text = unescape(&value.text).into_owned();
            Ok(Side::Text { truth: boolean(&text), text })
        }
        // Compared with text, a negated operand is a text with `!` in front.
        Node::Not(inner) => Ok(match side(inner, context)? {
            Side::Text { text, truth } => Side::Text { text: format!("!{text}"), truth: truth.map(|value| !value) },
            Side::Bool(value) => Side::Text { text: "!".to_owned(), truth: Some(!value) },
            unknown @ Side::Unknown(_) => unknown,
        }),
        _ => truth(node, context),
    }
}

fn truth(node: &Node, context: &Context<'_>) -> Result<Side, Fault> {
    Ok(match decide(node, context)? {
        Verdict::True => Side::Bool(true),
        Verdict::False => Side::Bool(false),
        Verdict::Unknown(reason) => Side::Unknown(reason),
    })
}

impl Side {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Text { text, .. } => number(text),
            _ => None,
        }
    }

    fn version(&self) -> Option<SystemVersion> {
        match self {
            Self::Text { text, .. } => SystemVersion::parse(text),
            _ => None,
        }
    }

    fn boolean(&self) -> Option<bool> {
        match self {
            Self::Text { truth, .. } => *truth,
            Self::Bool(value) => Some(*value),
            Self::Unknown(_) => None,
        }
    }
}

/// A number in the decimal system, or a hexadecimal int32.
fn number(text: &str) -> Option<f64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if !digits.starts_with(['+', '-']) => {
            let bits = u32::from_str_radix(digits, 16).ok()?;
            Some(f64::from(bits.cast_signed()))
        }
        _ => decimal(text),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "!false" | "!off" | "!no" => Some(true),
        "false" | "off" | "no" | "!true" | "!on" | "!yes" => Some(false),
        _ => None,
    }
}

fn compare(relation: Relation, left: &Node, right: &Node, context: &Context<'_>) -> Result<Verdict, Fault> {
    let (left, right) = match (side(left, context)?, side(right, context)?) {
        (Side::Unknown(reason), _) | (_, Side::Unknown(reason)) => return Ok(Verdict::Unknown(reason)),
        sides => sides,
    };
    if let (Side::Text { text, .. }, Side::Bool(_)) | (Side::Bool(_), Side::Text { text, .. }) = (&left, &right)
        && text.is_empty()
    {
        return Ok(Verdict::Unknown("versions of MSBuild differ on a function compared with an empty text".into()));
    }
    let holds = match relation {
        Relation::Equal => equal(&left, &right)?,
        Relation::NotEqual => !equal(&left, &right)?,
        Relation::Less => order(&left, &right)?.is_some_and(Ordering::is_lt),
        Relation::LessOrEqual => order(&left, &right)?.is_some_and(Ordering::is_le),
        Relation::Greater => order(&left, &right)?.is_some_and(Ordering::is_gt),
        Relation::GreaterOrEqual => order(&left, &right)?.is_some_and(Ordering::is_ge),
    };
    Ok(holds.into())
}

#[expect(clippy::float_cmp, reason = "the language compares doubles exactly")]
fn equal(left: &Side, right: &Side) -> Result<bool, Fault> {
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Ok(left == right);
    }
    if let (Some(left), Some(right)) = (left.boolean(), right.boolean()) {
        return Ok(left == right);
    }
    match (left, right) {
        (Side::Text { text: left, .. }, Side::Text { text: right, .. }) => Ok(same_text(left, right)),
        _ => Err(incomparable()),
    }
}

/// Equality without regard to case.
fn same_text(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars().flat_map(char::to_uppercase).eq(right.chars().flat_map(char::to_uppercase))
}

fn incomparable() -> Fault {
    Fault::new("MSB4086", "the condition compares what is neither a number nor a version")
}

/// How two sides compare; `None` when one is not a number (`NaN`).
fn order(left: &Side, right: &Side) -> Result<Option<Ordering>, Fault> {
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Ok(left.partial_cmp(&right));
    }
    match (left.version(), right.version()) {
        (Some(left), Some(right)) => Ok(Some(left.cmp(&right))),
        (Some(version), None) => {
            let number = right.number().ok_or_else(incomparable)?;
            Ok(Some(version.compare_number(number)))
        }
        (None, Some(version)) => {
            let number = left.number().ok_or_else(incomparable)?;
            Ok(Some(version.compare_number(number).reverse()))
        }
        (None, None) => Err(incomparable()),
    }
}

/// `Exists` and `HasTrailingSlash`.
fn call(name: &str, arguments: &[Expression], context: &Context<'_>) -> Result<Verdict, Fault> {
    if !matches!(name, "exists" | "hastrailingslash") {
        return Err(Fault::new("MSB4091", format!("the condition calls `{name}`, which does not exist")));
    }
    let [argument] = arguments else {
        return Err(Fault::new("MSB4089", format!("`{name}` takes one argument")));
    };
    let value = context.expand(argument)?;
    if let Some(reason) = value.unknown {
        return Ok(Verdict::Unknown(reason));
    }
    let list: Vec<String> = items(&value.text).map(|item| unescape(item).into_owned()).collect();
    if name == "exists" {
        return Ok(exists(&list, context));
    }
    match list.as_slice() {
        [] => Ok(Verdict::False),
        [text] => Ok(text.ends_with(['/', '\\']).into()),
        _ => Err(Fault::new("MSB4086", "`HasTrailingSlash` takes one path, not a list")),
    }
}

/// The items of a list, trimmed, empty ones left out.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|item| !item.is_empty())
}

fn exists(list: &[String], context: &Context<'_>) -> Verdict {
    let base = context.folder();
    let mut unknown = false;
    for text in list {
        match context.scope.files.exists(&base, &with_slashes(text)) {
            Some(true) => {}
            Some(false) => return Verdict::False,
            None => unknown = true,
        }
    }
    if unknown {
        return Verdict::Unknown("it asks for a file outside of the repository".into());
    }
    (!list.is_empty()).into()
}

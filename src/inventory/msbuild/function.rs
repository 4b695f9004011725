//! What may stand in `$(…)` beside a name: a function of a property, of a type, an indexer, or a chain of them.
//!
//! Surprises, each held by a test of the expressions:
//! 1. Arguments reach a function unescaped, its result is escaped: it is one item whatever it holds.
//! 2. A function sees the empty string where a property is not defined.
//! 3. The engine tries some functions itself before it asks .NET, so that `$(A.Length())` works although it is no method.
//!
//! A function that exists but is not modelled here makes the value unknown; one that does not exist is an error.

mod arguments;
mod instance;
mod intrinsic;
mod io;
mod number;
mod pattern;
mod statics;
mod text;

use crate::inventory::msbuild::expression::{Expander, closing_parenthesis};
use crate::inventory::msbuild::object::Object;
use crate::inventory::msbuild::path;
use crate::inventory::msbuild::value::{Fault, unescape};

use arguments::Arguments;

/// Why a function gave nothing.
#[derive(Debug)]
enum Refusal {
    /// There is no such function for these arguments, or it failed.
    Invalid(String),
    /// MSBuild does not allow the function.
    Forbidden,
    /// The function exists; what it gives cannot be told here.
    Untold,
}

/// What a function gave.
type Outcome = Result<Object, Refusal>;

/// A refusal of a function that does not exist.
fn missing() -> Outcome {
    Err(Refusal::Invalid("no such method for these arguments".into()))
}

/// The value of the body of `$(…)`.
pub fn evaluate(expander: &mut Expander<'_, '_>, body: &str) -> Result<Object, Fault> {
    let invalid = |detail: &str| Fault::new("MSB4184", format!("`$({body})` cannot be evaluated: {detail}"));
    if body.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("registry:")) {
        return Ok(Object::Text(String::new())); // Linux has no registry
    }
    let trimmed = body.trim();
    let (mut object, mut rest) = if trimmed.starts_with('[') {
        static_call(expander, trimmed, &invalid)?
    } else if let Some((name, rest)) = receiver(trimmed) {
        (expander.property(name), rest.to_owned())
    } else {
        return Err(invalid("it is neither a property nor a function"));
    };
    while !rest.is_empty() {
        if expander.unknown.is_some() {
            return Ok(Object::Text(String::new()));
        }
        if object == Object::Null {
            return Err(invalid("the function before gave nothing"));
        }
        (object, rest) = instance_call(expander, object, &rest, &invalid)?;
        expander.scope.budget.spend(rest.len())?;
    }
    Ok(object)
}

/// The property whose function or indexer a body is, and what follows its name.
fn receiver(body: &str) -> Option<(&str, &str)> {
    let root = body.split('(').next().unwrap_or_default();
    let end = if body.contains('.') { root.find('.')? } else { body.find('[').filter(|_| body.contains(']'))? };
    let (name, rest) = body.split_at(end);
    let name = name.trim();
    let starts = |first: char| first.is_ascii_alphabetic() || first == '_';
    let valid =
        name.starts_with(starts) && name.chars().all(|other| starts(other) || other.is_ascii_digit() || other == '-');
    (valid || rest.starts_with('[')).then_some((name, rest))
}

/// A function found in a chain: its name, its arguments, and what follows.
struct Call {
    name: String,
    /// The arguments as written; `None` for a property or field.
    arguments: Option<Vec<Option<String>>>,
    rest: String,
}

/// Finds the function whose name starts at `from`.
fn call_at(text: &str, from: usize) -> Result<Call, &'static str> {
    let tail = text.get(from..).unwrap_or_default();
    let call = if let Some(open) = tail.find('(').filter(|open| !tail.get(..*open).unwrap_or_default().contains('.')) {
        let close = closing_parenthesis(tail, open + 1).ok_or("a parenthesis is not closed")?;
        Call {
            name: tail.get(..open).unwrap_or_default().trim().to_owned(),
            arguments: Some(split_arguments(tail.get(open + 1..close).unwrap_or_default())?),
            rest: tail.get(close + 1..).unwrap_or_default().trim().to_owned(),
        }
    } else {
        let dot = tail.find('.');
        let end = tail.find('[').filter(|bracket| dot.is_some_and(|dot| *bracket < dot)).or(dot);
        let (name, rest) = tail.split_at(end.unwrap_or(tail.len()));
        Call { name: name.trim().to_owned(), arguments: None, rest: rest.trim().to_owned() }
    };
    let continues = call.rest.is_empty() || call.rest.starts_with(['.', '[']);
    if call.name.is_empty() || !continues { Err("it is no function") } else { Ok(call) }
}

/// The arguments between parentheses, quotes taken off; `None` for one that is absent or `null`.
pub fn split_arguments(content: &str) -> Result<Vec<Option<String>>, &'static str> {
    let mut arguments = Vec::new();
    if content.is_empty() {
        return Ok(arguments);
    }
    let bytes = content.as_bytes();
    let (mut start, mut index) = (0, 0);
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'$' if bytes.get(index + 1) == Some(&b'(') => {
                index = closing_parenthesis(content, index + 2).ok_or("a parenthesis is not closed")?;
            }
            b'\'' | b'`' | b'"' => {
                let rest = bytes.get(index + 1..).unwrap_or_default();
                index += 1 + rest.iter().position(|other| other == byte).ok_or("a quote is not closed")?;
            }
            b',' => {
                arguments.push(argument(content.get(start..index).unwrap_or_default()));
                start = index + 1;
            }
            _ => {}
        }
        index += 1;
    }
    arguments.push(argument(content.get(start..).unwrap_or_default()));
    Ok(arguments)
}

fn argument(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let text = text.trim();
    if text.eq_ignore_ascii_case("null") {
        return None;
    }
    let quote = text.chars().next().filter(|first| "'`\"".contains(*first) && text.ends_with(*first));
    Some(quote.map_or(text, |quote| text.trim_matches(quote)).to_owned())
}

/// The arguments expanded, and unescaped as they leave the engine.
fn expand_arguments(
    expander: &mut Expander<'_, '_>,
    written: &[Option<String>],
    paths: bool,
) -> Result<Arguments, Fault> {
    let mut values = Vec::with_capacity(written.len());
    for text in written {
        let value = match text {
            None => Object::Null,
            Some(text) => match expander.expand(text)? {
                Object::Text(text) if paths => Object::Text(unescape(&path::with_slashes(&text)).into_owned()),
                Object::Text(text) => Object::Text(unescape(&text).into_owned()),
                other => other,
            },
        };
        values.push(value);
    }
    Ok(Arguments::new(values))
}

fn static_call(
    expander: &mut Expander<'_, '_>,
    body: &str,
    invalid: &dyn Fn(&str) -> Fault,
) -> Result<(Object, String), Fault> {
    let root = body.split('(').next().unwrap_or_default();
    let syntax = || Fault::new("MSB4186", format!("`$({body})` is no call of a static method"));
    let end = root.find(']').filter(|end| *end > 0).ok_or_else(syntax)?;
    let class = root.get(1..end).unwrap_or_default().to_lowercase();
    if !root.get(end + 1..).is_some_and(|rest| rest.starts_with("::") && rest.len() > 2) {
        return Err(syntax());
    }
    let call = call_at(body, end + 3).map_err(invalid)?;
    let paths = matches!(class.as_str(), "system.io.path" | "system.io.file" | "system.io.directory");
    let written = call.arguments.as_deref().unwrap_or_default();
    let arguments = expand_arguments(expander, written, paths)?;
    if expander.unknown.is_some() {
        return Ok((Object::Text(String::new()), call.rest));
    }
    let name = call.name.to_lowercase();
    let is_method = call.arguments.is_some();
    let outcome = if class == "system.string" && is_variadic_in_other_case(&call.name, arguments.len()) {
        Err(Refusal::Untold)
    } else {
        statics::call(expander.scope, &class, &name, is_method, &arguments)
    };
    Ok((settle(expander, outcome, body, &call.name)?, call.rest))
}

/// Whether a method of `String` that takes any number of arguments is written in another case than its own: the binder of some
/// versions does not find it then.
fn is_variadic_in_other_case(name: &str, arguments: usize) -> bool {
    [("Join", 1), ("Concat", 5), ("Format", 5)]
        .iter()
        .any(|(known, least)| name != *known && name.eq_ignore_ascii_case(known) && arguments >= *least)
}

fn instance_call(
    expander: &mut Expander<'_, '_>,
    object: Object,
    rest: &str,
    invalid: &dyn Fn(&str) -> Fault,
) -> Result<(Object, String), Fault> {
    let call = if rest.starts_with('[') {
        let end = rest.find(']').ok_or_else(|| invalid("a bracket is not closed"))?;
        let name = match object {
            Object::List(_) => "getvalue",
            Object::Text(_) => "get_chars",
            _ => "get_item",
        };
        let arguments = split_arguments(rest.get(1..end).unwrap_or_default()).map_err(invalid)?;
        Call { name: name.into(), arguments: Some(arguments), rest: rest.get(end + 1..).unwrap_or_default().into() }
    } else {
        call_at(rest, 1).map_err(invalid)?
    };
    let arguments = expand_arguments(expander, call.arguments.as_deref().unwrap_or_default(), false)?;
    if expander.unknown.is_some() {
        return Ok((Object::Text(String::new()), call.rest));
    }
    let name = call.name.to_lowercase();
    let is_method = call.arguments.is_some();
    let outcome = match object {
        Object::Text(text) => text::call(&unescape(&text), &name, is_method, &arguments),
        other => instance::call(&other, &name, is_method, &arguments),
    };
    Ok((settle(expander, outcome, rest, &call.name)?, call.rest))
}

/// The object that a function gave, with strings escaped; or the error, or the reason why it cannot be told.
fn settle(expander: &mut Expander<'_, '_>, outcome: Outcome, body: &str, name: &str) -> Result<Object, Fault> {
    match outcome {
        Ok(object) => Ok(object),
        Err(Refusal::Untold) => {
            expander.set_unknown(format!("what the function {name} gives cannot be told from files"));
            Ok(Object::Text(String::new()))
        }
        Err(Refusal::Forbidden) => {
            Err(Fault::new("MSB4185", format!("the function `{name}` in `{body}` is not available")))
        }
        Err(Refusal::Invalid(detail)) => Err(Fault::new("MSB4184", format!("`{body}` cannot be evaluated: {detail}"))),
    }
}

/// What a method of `System.String` gives for plain text, as the item functions use it; `None` when it does not exist.
pub fn on_text(text: &str, name: &str, arguments: Vec<Object>) -> Option<String> {
    let object = text::call(text, name, true, &Arguments::new(arguments)).ok()?;
    Some(unescape(&object.into_text()).into_owned())
}

//! The arguments of a function, converted as .NET's binder does.

use super::Refusal;
use crate::inventory::msbuild::object::{Object, double, integer};

/// Arguments, strings unescaped.
#[derive(Debug)]
pub struct Arguments(Vec<Object>);

impl Arguments {
    /// Arguments from their values.
    pub fn new(values: Vec<Object>) -> Self {
        Self(values)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them.
    pub fn all(&self) -> &[Object] {
        &self.0
    }

    /// Whether the argument at this index is `null` or missing.
    pub fn is_null(&self, index: usize) -> bool {
        matches!(self.0.get(index), None | Some(Object::Null))
    }

    /// An argument that must be a string: .NET's binder makes none of a number.
    pub fn text(&self, index: usize) -> Result<String, Refusal> {
        match self.0.get(index) {
            None | Some(Object::Null) => Err(Refusal::Invalid("an argument is null".into())),
            Some(Object::Text(text)) => Ok(text.clone()),
            Some(_) => Err(Refusal::Invalid("an argument is no string".into())),
        }
    }

    /// The same, empty when it is null.
    pub fn text_or_empty(&self, index: usize) -> Result<String, Refusal> {
        if self.is_null(index) { Ok(String::new()) } else { self.text(index) }
    }

    /// An argument made a string, as the engine does where the method takes something else than strings.
    pub fn converted(&self, index: usize) -> Result<String, Refusal> {
        match self.0.get(index) {
            None | Some(Object::Null) => Ok(String::new()),
            Some(Object::List(_)) => Err(Refusal::Invalid("an argument is a list".into())),
            Some(other) => Ok(other.to_plain()),
        }
    }

    /// An argument as an int32.
    pub fn int(&self, index: usize) -> Result<i64, Refusal> {
        let number = match self.0.get(index) {
            Some(Object::Int(number)) => Some(*number),
            Some(Object::Text(text)) => integer(text),
            Some(Object::Double(number)) => whole(*number),
            Some(Object::Bool(value)) => Some(i64::from(*value)),
            Some(Object::Null) => Some(0),
            _ => None,
        };
        number
            .filter(|number| i32::try_from(*number).is_ok())
            .ok_or_else(|| Refusal::Invalid("an argument is no whole number".into()))
    }

    /// An argument as a position or length in a string.
    pub fn position(&self, index: usize) -> Result<usize, Refusal> {
        usize::try_from(self.int(index)?).map_err(|_| Refusal::Invalid("an argument is negative".into()))
    }

    /// An argument as an int64, written in the decimal system or, as some functions allow, with `0x`.
    pub fn long(&self, index: usize) -> Option<i64> {
        match self.0.get(index)? {
            Object::Int(number) => Some(*number),
            Object::Text(text) => integer(text),
            _ => None,
        }
    }

    /// An argument as a double.
    pub fn double(&self, index: usize) -> Result<f64, Refusal> {
        let number = match self.0.get(index) {
            Some(Object::Double(number)) => Some(*number),
            Some(Object::Int(number)) => i32::try_from(*number).ok().map(f64::from),
            Some(Object::Text(text)) => double(text),
            Some(Object::Bool(value)) => Some(f64::from(u8::from(*value))),
            Some(Object::Char(value)) => Some(f64::from(u32::from(*value))),
            Some(Object::Null) => Some(0.0),
            _ => None,
        };
        number.ok_or_else(|| Refusal::Invalid("an argument is no number".into()))
    }

    /// An argument as a single character.
    pub fn character(&self, index: usize) -> Result<char, Refusal> {
        let text = self.converted(index)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(Refusal::Invalid("an argument is not one character".into())),
        }
    }

    /// Whether an argument names a `StringComparison`, and if so, whether it ignores case.
    pub fn comparison(&self, index: usize) -> Option<bool> {
        let Some(Object::Text(text)) = self.0.get(index) else { return None };
        let name = text.strip_prefix("System.").unwrap_or(text);
        match name.strip_prefix("StringComparison.").unwrap_or(name).trim() {
            "Ordinal" | "CurrentCulture" | "InvariantCulture" => Some(false),
            "OrdinalIgnoreCase" | "CurrentCultureIgnoreCase" | "InvariantCultureIgnoreCase" => Some(true),
            _ => None,
        }
    }
}

/// A double rounded to a whole number, halves to the even one.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked just before")]
fn whole(number: f64) -> Option<i64> {
    let rounded = number.round_ties_even();
    (rounded.abs() < 9e15).then_some(rounded as i64)
}

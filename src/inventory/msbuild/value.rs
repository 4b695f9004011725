//! What the engine passes around: escaped text, whether it can be told, and where it came from.
//!
//! Text inside the engine is *escaped*: `%3B` is a semicolon that does not split a list. It is unescaped when it leaves
//! the engine: as an argument of a function, in a condition, or as the value that somebody reads.

use std::borrow::Cow;
use std::sync::Arc;

use crate::inventory::Step;
use crate::place::Place;

/// A trail longer than this is cut at its old end: nobody reads further, and a property may append to itself for ever.
const LONGEST_TRAIL: u32 = 32;

/// The value of a property or of a metadatum.
#[derive(Debug, Clone, Default)]
pub struct Value {
    /// Escaped text; without meaning when `unknown` is set.
    pub text: Arc<str>,
    /// Why the text cannot be told, when it cannot.
    pub unknown: Option<Arc<str>>,
    /// The line that gave the value, when it is one of the repository.
    pub origin: Option<Arc<Origin>>,
}

impl Value {
    /// A known value that no line of the repository gave.
    pub fn known(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), unknown: None, origin: None }
    }

    /// A value that cannot be told, for this reason.
    pub fn unknown(reason: impl Into<Arc<str>>) -> Self {
        Self { text: Arc::default(), unknown: Some(reason.into()), origin: None }
    }

    /// The text as it leaves the engine.
    pub fn unescaped(&self) -> Cow<'_, str> {
        unescape(&self.text)
    }
}

/// A line that gave a value, and the value it took over in turn.
#[derive(Debug)]
pub struct Origin {
    /// The expression as written.
    pub text: Arc<str>,
    /// The file, relative to the root.
    pub file: Arc<str>,
    /// The line (1-based).
    pub line: u32,
    from: Option<Arc<Origin>>,
    length: u32,
}

impl Origin {
    /// A line whose expression took its value over from the line `from`, if it refers to any.
    pub fn new(text: Arc<str>, file: Arc<str>, line: u32, from: Option<Arc<Self>>) -> Arc<Self> {
        let from = from.filter(|origin| origin.length < LONGEST_TRAIL);
        let length = from.as_ref().map_or(0, |origin| origin.length) + 1;
        Arc::new(Self { text, file, line, from, length })
    }

    /// The place of the line.
    pub fn place(&self) -> Place {
        Place::new(&*self.file, self.line)
    }

    /// The way of the value, from this line to the one that carries the literal text.
    pub fn trail(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut next = Some(self);
        while let Some(origin) = next {
            steps.push(Step { text: origin.text.trim().to_owned(), place: origin.place() });
            next = origin.from.as_deref();
        }
        steps
    }
}

/// Why a project cannot be evaluated. The caller adds the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Fault {
    /// The code of MSBuild's error, or a kebab-case one where a bound of our own was met.
    pub code: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

impl Fault {
    /// A fault with the code of MSBuild's error.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Whether a character is escaped in the result of a function, so that it is neither a list nor an expression.
fn is_special(character: char) -> bool {
    matches!(character, '%' | '*' | '?' | '@' | '$' | '(' | ')' | ';' | '\'')
}

/// Text as the engine keeps it.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_special(character) {
            escaped.push('%');
            let code = u32::from(character);
            escaped.extend([code >> 4, code & 15].into_iter().filter_map(|digit| char::from_digit(digit, 16)));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Text as it leaves the engine: `%3B` is `;`, `%zz` stays.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        plain.push(hexadecimal(after).unwrap_or('%'));
        rest = after.get(if hexadecimal(after).is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character that the first two digits name.
fn hexadecimal(text: &str) -> Option<char> {
    let digit = |index: usize| char::from(*text.as_bytes().get(index)?).to_digit(16);
    char::from_u32(digit(0)? * 16 + digit(1)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_two_digits() {
        #[track_caller]
        fn case(text: &str, expected: &str) {
            assert_eq!(unescape(text), expected);
        }
        case("a%3Bb%3bc", "a;b;c");
        case("%zz%2", "%zz%2");
        case("%%41", "%A");
        case("%2524", "%24");
        case("%e4", "ä");
    }

    #[test]
    fn a_trail_has_an_end() {
        let mut origin = None;
        for _ in 0..1000 {
            origin = Some(Origin::new("$(V).1".into(), "a.props".into(), 1, origin));
        }
        assert!(origin.unwrap().trail().len() <= LONGEST_TRAIL as usize);
    }

    proptest! {
        #[test]
        fn unescaping_reverts_escaping(text in "\\PC{0,40}") {
            let escaped = escape(&text).into_owned();
            prop_assert_eq!(unescape(&escaped), text.as_str());
        }
    }
}

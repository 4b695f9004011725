//! Text with `$(…)` in it: found once, expanded as often as needed.
//!
//! Surprises, each held by a test below:
//! 1. Quotes inside `$(…)` hide parentheses; without its `)` the rest is plain text (`finds_the_end_of_a_property`).
//! 2. `$( X )` with spaces names no property; it is empty (`spaces_name_no_property`).
//! 3. Where several pieces make a text, a piece but plain text at the end that is a path of the disk gets slashes
//!    (`pieces_become_paths`).

use std::sync::Arc;

use crate::inventory::msbuild::function;
use crate::inventory::msbuild::object::Object;
use crate::inventory::msbuild::path;
use crate::inventory::msbuild::scope::Scope;
use crate::inventory::msbuild::value::{Fault, Origin, Value};

/// Properties in arguments of functions in arguments … may nest this deep.
const DEEPEST: u32 = 64;

/// Text with its properties found.
#[derive(Debug, Clone)]
pub struct Expression {
    source: Arc<str>,
    parts: Vec<Part>,
}

/// A piece of an [`Expression`].
#[derive(Debug, Clone)]
enum Part {
    /// Plain text.
    Text(Box<str>),
    /// A property, by its lower-case name.
    Property(Box<str>),
    /// The body of `$(…)` that holds a function or an indexer.
    Body(Box<str>),
}

impl Expression {
    /// Finds the properties in `source`.
    pub fn new(source: impl Into<Arc<str>>) -> Self {
        let source = source.into();
        let parts = parts(&source);
        Self { source, parts }
    }

    /// The text as written.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The text, when it holds no property.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The value as the engine keeps it; its origin is that of the first property in it.
    pub fn expand(&self, scope: &Scope<'_>) -> Result<Value, Fault> {
        if self.literal().is_some() {
            scope.budget.spend(self.source.len())?;
            return Ok(Value { text: self.source.clone(), unknown: None, origin: None });
        }
        let mut expander = Expander::new(scope);
        let text = expander.join(&self.parts)?.into_text();
        scope.budget.spend(text.len())?;
        Ok(Value { text: text.into(), unknown: expander.unknown, origin: expander.origin })
    }
}

/// `text` expanded as the engine keeps it.
pub fn expand(text: &str, scope: &Scope<'_>) -> Result<Value, Fault> {
    Expression::new(text).expand(scope)
}

/// An expansion under way: what it met that cannot be told, and where its value came from.
#[derive(Debug)]
pub struct Expander<'s, 'a> {
    /// What the expression sees.
    pub scope: &'s Scope<'a>,
    /// Why the value cannot be told, once something of it cannot.
    pub unknown: Option<Arc<str>>,
    origin: Option<Arc<Origin>>,
    depth: u32,
}

impl<'s, 'a> Expander<'s, 'a> {
    fn new(scope: &'s Scope<'a>) -> Self {
        Self { scope, unknown: None, origin: None, depth: 0 }
    }

    /// The value of a text, typed when it is one property or function alone.
    pub fn expand(&mut self, text: &str) -> Result<Object, Fault> {
        if !text.contains("$(") {
            return Ok(Object::Text(text.to_owned()));
        }
        if self.depth >= DEEPEST {
            return Err(Fault::new("too-deep", format!("properties nest deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let result = self.join(&parts(text));
        self.depth -= 1;
        result
    }

    /// The value of the property of this name, in any case.
    pub fn property(&mut self, name: &str) -> Object {
        self.lower_property(&name.to_lowercase())
    }

    /// Says that the value depends on something that cannot be told.
    pub fn set_unknown(&mut self, reason: impl Into<Arc<str>>) {
        self.unknown.get_or_insert_with(|| reason.into());
    }

    fn lower_property(&mut self, lower: &str) -> Object {
        let Some(value) = self.scope.property(lower) else { return Object::Text(String::new()) };
        if let Some(reason) = &value.unknown {
            self.set_unknown(reason.clone());
        }
        if self.origin.is_none() {
            self.origin.clone_from(&value.origin);
        }
        Object::Text(value.text.to_string())
    }

    fn one(&mut self, part: &Part) -> Result<Object, Fault> {
        match part {
            Part::Text(text) => Ok(Object::Text(text.to_string())),
            Part::Property(lower) => Ok(self.lower_property(lower)),
            Part::Body(body) => function::evaluate(self, body),
        }
    }

    fn join(&mut self, parts: &[Part]) -> Result<Object, Fault> {
        if let [only] = parts {
            return self.one(only);
        }
        let mut joined = String::new();
        for (index, piece) in parts.iter().enumerate() {
            let text = self.one(piece)?.into_piece();
            let ends = index + 1 == parts.len() && matches!(piece, Part::Text(_));
            joined.push_str(&if ends { text } else { adjust(self.scope, &self.scope.project_folder(), text) });
            self.scope.budget.spend(joined.len())?;
        }
        Ok(Object::Text(joined))
    }
}

/// `text` with slashes, when it has backslashes and begins with a folder that exists: what the engine does on Linux.
pub fn adjust(scope: &Scope<'_>, base: &str, text: String) -> String {
    if !text.contains('\\') || ["$(", "@(", "\\\\"].iter().any(|start| text.starts_with(start)) {
        return text;
    }
    let slashed = path::collapse(&path::with_slashes(&text));
    let quoted = slashed.chars().next().filter(|first| "'\"`".contains(*first) && slashed.ends_with(*first));
    let unquoted = quoted.map_or(slashed.as_str(), |quote| slashed.trim_matches(quote));
    let exists = match unquoted.get(1..).and_then(|rest| rest.find('/')) {
        Some(slash) => scope.files.is_folder(base, unquoted.get(..slash + 2).unwrap_or_default()),
        None => unquoted.starts_with('/') && scope.files.exists(base, unquoted) == Some(true),
    };
    if exists { slashed } else { text }
}

fn parts(source: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("$(") {
        let (before, from) = rest.split_at(start);
        if !before.is_empty() {
            parts.push(Part::Text(before.into()));
        }
        rest = from;
        let Some(end) = closing_parenthesis(from, 2) else { break };
        let body = from.get(2..end).unwrap_or_default();
        parts.push(if body.contains(['.', '[', '$']) || is_registry(body) {
            Part::Body(body.into())
        } else {
            Part::Property(body.to_lowercase().into())
        });
        rest = from.get(end + 1..).unwrap_or_default();
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.into()));
    }
    parts
}

fn is_registry(body: &str) -> bool {
    body.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("Registry:"))
}

/// The offset of the `)` that closes what was opened before the offset `from`; quotes hide parentheses.
pub fn closing_parenthesis(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 1_u32;
    let mut index = from;
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'\'' | b'`' | b'"' => index += 1 + bytes.get(index + 1..)?.iter().position(|other| other == byte)?,
            b'(' => open += 1,
            b')' if open == 1 => return Some(index),
            b')' => open -= 1,
            _ => {}
        }
        index += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::inventory::msbuild::questions::{Answer, expand};

    #[track_caller]
    fn case(props: &[(&str, &str)], expr: &str, expected: &str) {
        let props: Vec<_> = props.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(expand(expr, &props), Answer::Known(expected.to_owned()), "{expr}");
    }

    #[track_caller]
    fn fails(expr: &str, code: &str) {
        let answer = expand(expr, &[("A".to_owned(), "xyz".to_owned())]);
        assert!(matches!(&answer, Answer::Failed(message) if message.contains(code)), "{expr}: {answer:?}");
    }

    #[track_caller]
    fn unknown(expr: &str) {
        assert!(matches!(expand(expr, &[]), Answer::Unknown(_)), "{expr}");
    }

    #[test]
    fn finds_the_end_of_a_property() {
        case(&[("A", "x)y")], "$(A.Replace(')', '('))!", "x(y!");
        case(&[("A", "x")], "$(A))", "x)");
        case(&[("A", "x")], "$(A", "$(A");
        case(&[("A", "x")], "$(A.Replace('x)", "$(A.Replace('x)");
        case(&[("A", "x")], "$$(a)$()", "$x");
    }

    #[test]
    fn spaces_name_no_property() {
        case(&[("A", "x")], "[$( A )]", "[]");
        case(&[("A", "x")], "[$( A.ToUpper() )]", "[X]");
    }

    #[test]
    fn pieces_become_paths() {
        case(&[("A", "a"), ("B", "b")], r"$(A)\$(B)", "a/b");
        case(&[("A", "a")], r"$(A)\b", r"a\b");
        case(&[("A", "a")], r"$(A)\", r"a\");
        case(&[], r"/usr\lib", "/usr/lib");
        case(&[], r"/\", "/");
    }

    #[test]
    fn values_are_escaped_inside() {
        case(&[("A", "%24(B)"), ("B", "y")], "$(A)", "$(B)");
        case(&[("A", "x%3by")], "$(A.ToUpper())", "X;Y");
        case(&[("A", "a;b")], "$([System.String]::Copy('$(A)').Length)", "3");
    }

    #[test]
    fn functions_chain() {
        let version = [("V", "7.4.0-preview.1")];
        case(&version, "$(V.Split(`-`)[0].Replace('.', '_'))", "7_4_0");
        case(&version, "$([System.Version]::Parse($(V.Split('-')[0])).ToString(2)).*", "7.4.*");
        case(&version, "$(V.Substring(0, $(V.IndexOf('-'))))", "7.4.0");
        case(&[("A", "xyz")], "$(A[1])$(A.Length())$(Nope.Length)", "y30");
        case(&[("A", "-x--y-")], "$(A.Split('-'))", "x;;y;");
        case(&[("A", "Straße")], "$(A.ToUpper())", "STRAßE");
        case(&[("F", "net8.0-windows")], "$([MSBuild]::GetTargetFrameworkVersion('$(F)'))", "8.0");
        case(&[], "$([MSBuild]::VersionGreaterThanOrEquals('8.0.100', '8.0'))", "True");
        case(&[], "$([MSBuild]::Divide(5, 2))$([MSBuild]::Add(1.5, 2))", "23.5");
        case(
            &[("V", "1.2.3")],
            r"$([System.Text.RegularExpressions.Regex]::Match('$(V)', '^(\d+)\.(\d+)').Groups[2].Value)",
            "2",
        );
        case(&[], "$([MSBuild]::MakeRelative('/a/b/', '/a/c'))", "../c");
    }

    #[test]
    fn what_does_not_exist_fails() {
        fails("$(A.Nope())", "MSB4184");
        fails("$(A.Substring(9))", "MSB4184");
        fails("$(A.Split(';')[5])", "MSB4184");
        fails("$(A B.C)", "MSB4184");
        fails("$([System.IO.File]::Delete('x'))", "MSB4185");
        fails("$([System.Diagnostics.Process]::Start('x'))", "MSB4185");
        fails("$([MSBuild]Add(1, 2))", "MSB4186");
    }

    #[test]
    fn what_files_cannot_tell_is_unknown() {
        unknown("1.0.$([System.DateTime]::Now.DayOfYear)");
        unknown("$([System.String]::JOIN(',', 'a', 'b'))");
        unknown("$([System.String]::Equals('1', $(A.Length)))");
        unknown("$([System.Guid]::NewGuid())");
        unknown("$(MSBuildVersion)");
        unknown("$([MSBuild]::ValueOrDefault('$(NETCoreSdkVersion)', '8'))");
        case(&[], "$([System.Environment]::GetEnvironmentVariable('PATH'))", "");
    }

    #[test]
    fn growth_has_an_end() {
        let mut props = vec![("A0".to_owned(), "xxxxxxxxxxxxxxxx".to_owned())];
        props.extend((1..60).map(|index| (format!("A{index}"), format!("$(A{0})$(A{0})", index - 1))));
        assert!(matches!(expand("$(A59)", &props), Answer::Failed(_)));
        let nested = "$(A.Replace('".repeat(500) + "x";
        assert!(!matches!(expand(&nested, &[]), Answer::Unknown(_)));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in r"(\$\(|\)|[A-C]|\.|\[|\]|Replace|Substring|Split|\[MSBuild\]::|Add|'|`|,|[0-9]|%|;| |\\){0,25}") {
            let _ = expand(&text, &[("A".to_owned(), "a;b".to_owned()), ("B".to_owned(), "1.2".to_owned())]);
        }
    }
}

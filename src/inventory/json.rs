//! JSON with lines, for manifests written in it.
//!
//! .NET reads its own files with comments and trailing commas, so both are allowed; nothing else beyond JSON is. Depth is bounded
//! by the parser (512), so that a hostile file is a problem and not a crash.

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::inventory::lines::Lines;
use crate::place::{Place, Problem};

/// A value of a JSON file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A string, escapes resolved.
    Text(String),
    /// The members of an object, in order.
    Object(Vec<Member>),
    /// The values of an array.
    Array(Vec<Value>),
    /// A number, a boolean or null: no manifest says anything about packages with them.
    Other,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// The line (1-based) of its name.
    pub(crate) line: u32,
    /// Its value.
    pub(crate) value: Value,
}

impl Value {
    /// The string, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The members of the object; none when it is something else.
    pub(crate) fn members(&self) -> &[Member] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// The values of the array; none when it is something else.
    pub(crate) fn values(&self) -> &[Value] {
        if let Self::Array(values) = self { values } else { &[] }
    }

    /// The member of this name; of several the last, as .NET has it.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members().iter().rev().find(|member| member.name == name)
    }

    /// The value of the member of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.member(name).map(|member| &member.value)
    }

    /// The members of the object that is the member of this name; none when there is no such object.
    pub(crate) fn members_of(&self, name: &str) -> &[Member] {
        self.get(name).map_or(&[], Self::members)
    }
}

/// The object of `text`, or the reason (`invalid-json`) why there is none.
pub(crate) fn parse(path: &str, text: &str) -> Result<Value, Problem> {
    let fail = |line: u32, message: String| Problem::at("invalid-json", message, Place::new(path, line));
    let lines = Lines::of(text);
    let parsed = parse_to_ast(text, &CollectOptions::default(), &dialect())
        .map_err(|error| fail(lines.at(error.range().start), error.kind().to_string()))?;
    match parsed.value {
        Some(value @ ast::Value::Object(_)) => Ok(convert(value, &lines)),
        _ => Err(fail(1, "holds no object".into())),
    }
}

fn dialect() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn convert(value: ast::Value<'_>, lines: &Lines) -> Value {
    match value {
        ast::Value::StringLit(text) => Value::Text(text.value.into_owned()),
        ast::Value::Object(object) => Value::Object(
            object
                .properties
                .into_iter()
                .map(|property| Member {
                    line: lines.at(property.range.start),
                    name: property.name.into_string(),
                    value: convert(property.value, lines),
                })
                .collect(),
        ),
        ast::Value::Array(array) => {
            Value::Array(array.elements.into_iter().map(|element| convert(element, lines)).collect())
        }
        ast::Value::NumberLit(_) | ast::Value::BooleanLit(_) | ast::Value::NullKeyword(_) => Value::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_dotnet_reads() {
        let root =
            parse("a.json", "// one\n{\n  \"a\": [1, \"x\\u0041\",], /* two\n three */\n  \"b\": {\"c\": null,},\n}")
                .unwrap();
        assert_eq!(root.get("a").unwrap().values(), [Value::Other, Value::Text("xA".into())]);
        assert_eq!(root.member("b").unwrap().line, 5);
        assert_eq!(root.members_of("b")[0].name, "c");
        assert_eq!(root.get("a").unwrap().text(), None);
        assert!(root.members_of("a").is_empty());
    }

    #[test]
    fn of_equal_names_the_last_counts() {
        let root = parse("a.json", "{\"a\": \"1\", \"a\": \"2\"}").unwrap();
        assert_eq!(root.get("a").unwrap().text(), Some("2"));
    }

    #[test]
    fn refuses_what_dotnet_refuses() {
        #[track_caller]
        fn case(text: &str, line: u32) {
            let problem = parse("a.json", text).unwrap_err();
            assert_eq!((problem.code.as_str(), problem.place), ("invalid-json", Some(Place::new("a.json", line))));
        }
        case("", 1);
        case("[]", 1);
        case("{\n\"a\": 1 INVALID\n}", 2);
        case("{\n\"a\": 'x'}", 2);
        case("{\n\"a\": {", 2);
        case(&format!("{{\"a\": {}", "[".repeat(10_000)), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "([{}\\[\\]:,]|\"[a-z\\\\]*\"|//|/\\*|\\*/|[0-9.+eE\n -]|true|null|'){0,30}") {
            if let Err(problem) = parse("a.json", &text) {
                prop_assert_eq!(problem.code, "invalid-json");
            }
        }
    }
}

//! Values of literals.

use crate::csharp::{Node, Syntax};

/// The value of a string literal, or of several that `+` joins; `None` when a part is not a literal.
pub fn string(syntax: &Syntax, node: Node) -> Option<String> {
    match syntax.kind(node) {
        "string_literal" => Some(unescape(syntax.source(node).strip_prefix('"')?.strip_suffix('"')?)),
        "verbatim_string_literal" => {
            Some(syntax.source(node).strip_prefix("@\"")?.strip_suffix('"')?.replace("\"\"", "\""))
        }
        "raw_string_literal" => {
            syntax.child_of_kind(node, &["raw_string_content"]).map(|it| syntax.source(it).to_owned())
        }
        "binary_expression" => joined(syntax, node),
        _ => None,
    }
}

/// The text of every literal below a node, one a line, and whether there was anything else than literals.
pub fn all_text(syntax: &Syntax, node: Node) -> (String, bool) {
    if let Some(value) = string(syntax, node) {
        return (value, false);
    }
    let parts: Vec<String> = syntax
        .descendants(node)
        .filter_map(|inner| match syntax.kind(inner) {
            "string_content" => Some(syntax.source(inner).to_owned()),
            _ => string(syntax, inner),
        })
        .collect();
    (parts.join("\n"), true)
}

fn joined(syntax: &Syntax, node: Node) -> Option<String> {
    let mut whole = String::new();
    let parts = ["string_literal", "verbatim_string_literal", "raw_string_literal"];
    let glue =
        ["binary_expression", "string_literal_content", "raw_string_start", "raw_string_content", "raw_string_end"];
    for inner in syntax.descendants(node) {
        if parts.contains(&syntax.kind(inner)) {
            whole.push_str(&string(syntax, inner)?);
        } else if !glue.contains(&syntax.kind(inner)) && syntax.kind(inner) != "escape_sequence" {
            return None;
        }
    }
    Some(whole)
}

/// C# escapes; what is no escape stays as written.
fn unescape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('t') => value.push('\t'),
            Some('0') => value.push('\0'),
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                value.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some(other) => value.push(other),
            None => value.push('\\'),
        }
    }
    value
}

/// The value of an integer literal.
pub fn integer(syntax: &Syntax, node: Node) -> Option<u32> {
    (syntax.kind(node) == "integer_literal").then(|| syntax.source(node).replace('_', "").parse().ok()).flatten()
}

/// The value of `true` and `false`.
pub fn boolean(syntax: &Syntax, node: Node) -> Option<bool> {
    match syntax.source(node) {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csharp::parse;

    #[track_caller]
    fn case(expression: &str, expected: Option<&str>) {
        let syntax = parse(&format!("class C {{ string F = {expression}; }}")).expect("parses");
        let declarator = syntax.nodes().find(|node| syntax.kind(*node) == "variable_declarator").expect("a field");
        let value = syntax.children(declarator).last().expect("an initialiser");
        assert_eq!(string(&syntax, value).as_deref(), expected);
    }

    #[test]
    fn strings_of_every_form() {
        case(r#""a\"b\\c\u0041""#, Some("a\"b\\cA"));
        case(r#"@"a""b\c""#, Some("a\"b\\c"));
        case("\"\"\"a\"b\"\"\"", Some("a\"b"));
        case(r#""a" + @"b" + "c""#, Some("abc"));
        case(r#""a" + B"#, None);
        case(r#"$"a{b}""#, None);
        case("null", None);
    }
}

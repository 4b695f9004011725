//! What a hit shows: one line of text that stays the same as long as the code there does.

use crate::csharp::names::simple_name;
use crate::csharp::{Node, Syntax};

/// Longest text (characters) of one sight.
const LONGEST: usize = 160;

/// Text on one line, cut where it is too long.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let whole = words.join(" ");
    if whole.chars().count() <= LONGEST {
        return whole;
    }
    let mut cut: String = whole.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}

/// The line of the file on which a node starts.
pub(super) fn line_of(syntax: &Syntax, node: Node) -> String {
    let (start, _) = syntax.span(node);
    let text = syntax.text();
    let begin = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    one_line(line)
}

/// What a declaration says before its body.
pub(super) fn of_method(syntax: &Syntax, method: Node) -> String {
    let (start, end) = syntax.span(method);
    let body = syntax.child(method, "body").map_or(end, |body| syntax.span(body).0);
    one_line(syntax.text().get(start..body).unwrap_or_default().trim_end_matches(';'))
}

/// Whether a method extends the type of its first parameter.
pub(super) fn is_extension(syntax: &Syntax, method: Node) -> bool {
    let first = syntax.child(method, "parameters").and_then(|list| syntax.children(list).next());
    first.is_some_and(|it| syntax.source(it).starts_with("this "))
}

/// Whether a method says `override`.
pub(super) fn is_override(syntax: &Syntax, method: Node) -> bool {
    syntax.children(method).any(|child| syntax.kind(child) == "modifier" && syntax.source(child) == "override")
}

/// The methods of a type that have one of these names, each with its signature.
pub(super) fn methods(syntax: &Syntax, declaration: Node, names: &[String]) -> Vec<(Node, String)> {
    let Some(body) = syntax.child(declaration, "body") else { return Vec::new() };
    syntax
        .children(body)
        .filter(|member| syntax.kind(*member) == "method_declaration")
        .filter_map(|method| {
            let name = syntax.child(method, "name")?;
            let wanted = names.iter().any(|wanted| wanted == simple_name(syntax.source(name)));
            wanted.then(|| (name, of_method(syntax, method)))
        })
        .collect()
}

/// The construction that a type name is part of, `new T(…)` or `: T(…)` or `: T` with the constructors' `: base(…)`; `None`
/// when it is another use.
pub(super) fn construction(syntax: &Syntax, identifier: Node) -> Option<String> {
    let stops =
        ["object_creation_expression", "primary_constructor_base_type", "base_list", "type_argument_list", "argument"];
    let around = syntax.enclosing(identifier, &stops)?;
    match syntax.kind(around) {
        "object_creation_expression" => {
            let ours = syntax.child(around, "type").is_some_and(|it| is_end_of(syntax, identifier, it));
            let arguments = syntax.child(around, "arguments").map_or("()", |it| syntax.source(it));
            ours.then(|| one_line(&format!("new {}{arguments}", syntax.source(identifier))))
        }
        "primary_constructor_base_type" => Some(one_line(syntax.source(around))),
        "base_list" => {
            let declaration = syntax.parent(around)?;
            let calls = syntax.descendants(declaration).filter(|it| syntax.kind(*it) == "constructor_initializer");
            let calls: Vec<&str> = calls.map(|it| syntax.source(it)).collect();
            let bare = matches!(syntax.kind(declaration), "class_declaration" | "record_declaration");
            bare.then(|| one_line(&format!(": {} {}", syntax.source(identifier), calls.join(" "))))
        }
        _ => None,
    }
}

/// Whether the object creation, or the derived class, that a type name is part of names one of these, as an argument, in its
/// initialiser or in its body: what is set there does not follow a default.
pub(super) fn constructs_with(syntax: &Syntax, identifier: Node, names: &[String]) -> bool {
    let around = syntax.enclosing(identifier, &["object_creation_expression", "base_list"]);
    let whole = around.filter(|it| syntax.kind(*it) == "base_list").and_then(|it| syntax.parent(it)).or(around);
    let Some(whole) = whole else { return false };
    let inner = syntax.descendants(whole).filter(|node| syntax.kind(*node) == "identifier");
    inner.map(|node| syntax.source(node)).any(|name| names.iter().any(|wanted| wanted == name))
}

/// Whether an identifier is the last part of a type name.
fn is_end_of(syntax: &Syntax, identifier: Node, type_name: Node) -> bool {
    crate::csharp::names::name_node(syntax, type_name) == Some(identifier)
}

//! Chains of calls, `a.B<T>("x").C()`, and arguments by name or position.

use crate::csharp::{Node, Syntax};

/// One call of a chain.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Name of the method.
    pub name: &'a str,
    /// First type argument, as written.
    pub type_argument: Option<&'a str>,
    /// The invocation.
    pub node: Node,
}

/// An expression taken apart: what the chain starts on, and its calls in the order of the source.
#[derive(Debug)]
pub struct Chain<'a> {
    /// The receiver of the first call.
    pub root: Node,
    /// The calls.
    pub calls: Vec<Call<'a>>,
}

/// Takes apart `root.First(…).Second(…)`; no calls when the expression is no invocation on something.
pub fn chain(syntax: &Syntax, expression: Node) -> Chain<'_> {
    let mut root = expression;
    let mut calls = Vec::new();
    while syntax.kind(root) == "invocation_expression" {
        let Some(function) = syntax.child(root, "function") else { break };
        if syntax.kind(function) != "member_access_expression" {
            break;
        }
        let (Some(receiver), Some(name)) = (syntax.child(function, "expression"), syntax.child(function, "name"))
        else {
            break;
        };
        let (name, type_argument) = generic(syntax, name);
        calls.push(Call { name, type_argument, node: root });
        root = receiver;
    }
    calls.reverse();
    Chain { root, calls }
}

/// `Name<T>` as its name and first type argument.
pub fn generic(syntax: &Syntax, name: Node) -> (&str, Option<&str>) {
    if syntax.kind(name) != "generic_name" {
        return (syntax.source(name), None);
    }
    let identifier = syntax.child_of_kind(name, &["identifier"]).map_or("", |it| syntax.source(it));
    let argument = syntax
        .child_of_kind(name, &["type_argument_list"])
        .and_then(|list| syntax.children(list).next())
        .map(|it| syntax.source(it));
    (identifier, argument)
}

/// The arguments of an invocation in order: their name, when one is written, and their value.
pub fn arguments(syntax: &Syntax, invocation: Node) -> Vec<(Option<&str>, Node)> {
    let Some(list) = syntax.child(invocation, "arguments") else { return Vec::new() };
    syntax
        .children(list)
        .filter(|node| syntax.kind(*node) == "argument")
        .filter_map(|argument| {
            let value = syntax.children(argument).last()?;
            let name = syntax.child(argument, "name").filter(|name| *name != value);
            Some((name.map(|name| syntax.source(name)), value))
        })
        .collect()
}

/// The argument of that name, or the one at that position when it is written without names.
pub fn argument(syntax: &Syntax, invocation: Node, name: &str, position: Option<usize>) -> Option<Node> {
    let all = arguments(syntax, invocation);
    if let Some((_, value)) = all.iter().find(|(written, _)| *written == Some(name)) {
        return Some(*value);
    }
    let (written, value) = all.get(position?)?;
    written.is_none().then_some(*value)
}

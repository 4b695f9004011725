//! Values that are configured in a lambda, `AddStore(options => options.X = …)`: the file does not name their type, but the
//! method or property that hands them over is called like it, or is known to hand over one.

use crate::csharp::names::simple_name;
use crate::csharp::{Node, Syntax, fluent};
use crate::evidence::wanted::is_options;

/// What methods that take such a lambda start with.
const VERBS: [&str; 4] = ["Add", "Use", "PostConfigure", "Configure"];

/// Whether a value that hangs on the parameter of a lambda may be of a type: when a method that is known to hand over such a
/// value takes the lambda, and for options unless the name that hands them over says that they are others.
pub(super) fn may_be(syntax: &Syntax, receiver: Node, options: &str, handed_by: &[String]) -> bool {
    let parameter = syntax.kind(receiver) != "member_access_expression";
    let callee = parameter.then(|| callee(syntax, receiver)).flatten();
    if callee.is_some_and(|name| handed_by.iter().any(|method| method == fluent::generic(syntax, name).0)) {
        return true;
    }
    if !is_options(options) {
        return false;
    }
    let stem = options.strip_suffix("Options").unwrap_or(options);
    // `options.Logging.X`: the property is called like the type, more or less.
    if !parameter {
        let name = syntax.child(receiver, "name").map_or("", |it| syntax.source(it));
        return !name.is_empty() && (stem.starts_with(name) || name.starts_with(stem));
    }
    let Some(name) = callee else { return true };
    let (method, argument) = fluent::generic(syntax, name);
    if let Some(argument) = argument.map(simple_name).filter(|it| it.ends_with("Options")) {
        return argument == options;
    }
    let topic = VERBS.iter().find_map(|verb| method.strip_prefix(verb)).filter(|topic| !topic.is_empty());
    // `AddStore` and `ConfigureStoreForScheme` are both about a store.
    topic.is_none_or(|topic| topic.starts_with(stem))
}

/// The name of the method that gets the lambda whose parameter an expression is.
fn callee(syntax: &Syntax, receiver: Node) -> Option<Node> {
    let name = syntax.source(receiver);
    let lambda = syntax.ancestors(receiver).find(|node| {
        syntax.kind(*node) == "lambda_expression"
            && syntax.child(*node, "parameters").is_some_and(|it| parameters(syntax, it).contains(&name))
    })?;
    let invocation = syntax.enclosing(lambda, &["invocation_expression", "block"])?;
    let function = syntax.child(invocation, "function")?;
    if syntax.kind(function) == "member_access_expression" { syntax.child(function, "name") } else { Some(function) }
}

/// The names of the parameters of a lambda, `x` or `(a, b)`.
fn parameters(syntax: &Syntax, node: Node) -> Vec<&str> {
    if matches!(syntax.kind(node), "implicit_parameter" | "identifier") {
        return vec![syntax.source(node)];
    }
    let names = syntax.children(node).filter_map(|it| syntax.child(it, "name"));
    names.map(|it| syntax.source(it)).collect()
}

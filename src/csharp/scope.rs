//! What a name stands for at a place: the types that the file itself shows for parameters, fields, properties and locals.
//!
//! No type inference across files: a value whose type stands elsewhere is unknown, and said to be.

use std::collections::HashMap;

use crate::csharp::names::{TYPES, simple_name};
use crate::csharp::{Node, Syntax, fluent};

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Its type, by simple name.
    Type(String),
    /// It is the parameter of a lambda that names no type: the callee decides.
    Lambda,
    /// `this` or `base`: the type around it.
    Own,
    /// No declaration of it stands in the file.
    Free,
    /// Declared, but its type cannot be told.
    Nothing,
}

#[derive(Debug)]
struct Binding {
    start: usize,
    end: usize,
    known: Known,
}

/// The declarations of a file.
#[derive(Debug, Default)]
pub struct Scopes {
    bindings: HashMap<String, Vec<Binding>>,
}

/// Where a declaration inside a member holds.
const BLOCKS: [&str; 10] = [
    "block",
    "switch_section",
    "lambda_expression",
    "arrow_expression_clause",
    "method_declaration",
    "constructor_declaration",
    "property_declaration",
    "accessor_declaration",
    "local_function_statement",
    "compilation_unit",
];

impl Scopes {
    /// Collects the declarations of a file.
    pub fn of(syntax: &Syntax) -> Self {
        let mut scopes = Self::default();
        for node in syntax.nodes() {
            match syntax.kind(node) {
                "parameter" => {
                    let owner = syntax.parent(node).and_then(|list| syntax.parent(list));
                    let lambda = owner.is_some_and(|owner| syntax.kind(owner) == "lambda_expression");
                    let untyped = if lambda { Known::Lambda } else { Known::Nothing };
                    scopes.add_typed(syntax, node, owner, untyped);
                }
                "implicit_parameter" => {
                    let owner = syntax.enclosing(node, &["lambda_expression"]);
                    let known = owner.map_or(Known::Lambda, |owner| lambda_parameter(syntax, owner));
                    scopes.add(syntax, syntax.source(node), owner, known);
                }
                "property_declaration" => {
                    scopes.add_typed(syntax, node, syntax.enclosing(node, &TYPES), Known::Nothing);
                }
                "variable_declaration" => scopes.add_variables(syntax, node),
                "declaration_pattern" | "declaration_expression" | "catch_declaration" => {
                    scopes.add_typed(syntax, node, syntax.enclosing(node, &BLOCKS), Known::Nothing);
                }
                "foreach_statement" => {
                    if let Some(name) = syntax.child(node, "left") {
                        let known = written_type(syntax, node).unwrap_or(Known::Nothing);
                        scopes.add(syntax, syntax.source(name), Some(node), known);
                    }
                }
                _ => {}
            }
        }
        scopes
    }

    fn add_typed(&mut self, syntax: &Syntax, node: Node, scope: Option<Node>, untyped: Known) {
        let Some(name) = syntax.child(node, "name") else { return };
        let known = written_type(syntax, node).unwrap_or(untyped);
        self.add(syntax, syntax.source(name), scope, known);
    }

    fn add_variables(&mut self, syntax: &Syntax, declaration: Node) {
        let parent = syntax.parent(declaration);
        let is_field = parent.is_some_and(|parent| syntax.kind(parent).ends_with("field_declaration"));
        let scope = if is_field {
            syntax.enclosing(declaration, &TYPES)
        } else {
            parent.and_then(|statement| {
                let local = matches!(syntax.kind(statement), "local_declaration_statement");
                if local { syntax.parent(statement) } else { Some(statement) }
            })
        };
        for declarator in syntax.children(declaration).filter(|it| syntax.kind(*it) == "variable_declarator") {
            let Some(name) = syntax.child(declarator, "name") else { continue };
            let inferred = || {
                let value = syntax.children(declarator).last().filter(|value| *value != name);
                value.map_or(Known::Nothing, |value| created_type(syntax, value))
            };
            let known = written_type(syntax, declaration).unwrap_or_else(inferred);
            self.add(syntax, syntax.source(name), scope, known);
        }
    }

    fn add(&mut self, syntax: &Syntax, name: &str, scope: Option<Node>, known: Known) {
        let (start, end) = syntax.span(scope.unwrap_or(syntax.root()));
        self.bindings.entry(name.to_owned()).or_default().push(Binding { start, end, known });
    }

    /// What a name stands for at a node: the innermost declaration around it.
    pub fn lookup(&self, syntax: &Syntax, name: &str, at: Node) -> Known {
        let (position, _) = syntax.span(at);
        let around = |binding: &&Binding| binding.start <= position && position < binding.end;
        let found = self.bindings.get(name).into_iter().flatten().filter(around);
        found.min_by_key(|binding| binding.end - binding.start).map_or(Known::Free, |binding| binding.known.clone())
    }

    /// What is known of the value of an expression.
    pub fn value(&self, syntax: &Syntax, expression: Node) -> Known {
        let mut node = expression;
        loop {
            let next = match syntax.kind(node) {
                "identifier" => return self.lookup(syntax, syntax.source(node), node),
                "this" | "base" => return Known::Own,
                "parenthesized_expression" | "postfix_unary_expression" => syntax.children(node).next(),
                "member_access_expression" => return self.member(syntax, node),
                _ => return created_type(syntax, node),
            };
            let Some(next) = next else { return Known::Nothing };
            node = next;
        }
    }

    /// `this.field`; and what hangs on the parameter of a lambda (`options.Events`), which nobody declares here either.
    fn member(&self, syntax: &Syntax, access: Node) -> Known {
        let (Some(receiver), Some(name)) = (syntax.child(access, "expression"), syntax.child(access, "name")) else {
            return Known::Nothing;
        };
        match syntax.kind(receiver) {
            "this" | "base" => {
                self.lookup(syntax, syntax.source(name), syntax.enclosing(access, &TYPES).unwrap_or(access))
            }
            "identifier" if self.lookup(syntax, syntax.source(receiver), receiver) == Known::Lambda => Known::Lambda,
            _ => Known::Nothing,
        }
    }
}

/// The type that a declaration writes; `None` for `var` and where none is written.
fn written_type(syntax: &Syntax, declaration: Node) -> Option<Known> {
    let written = syntax.child(declaration, "type").filter(|it| syntax.kind(*it) != "implicit_type")?;
    Some(match syntax.kind(written) {
        "array_type" | "tuple_type" | "pointer_type" => Known::Nothing,
        _ => Known::Type(simple_name(syntax.source(written)).to_owned()),
    })
}

/// The type that an expression says itself: `new T()`, `(T)x`, `x as T`, `provider.GetRequiredService<T>()`.
fn created_type(syntax: &Syntax, expression: Node) -> Known {
    let mut node = expression;
    loop {
        let next = match syntax.kind(node) {
            "object_creation_expression" | "cast_expression" => {
                return written_type(syntax, node).unwrap_or(Known::Nothing);
            }
            "as_expression" => {
                let right = syntax.child(node, "right");
                return right.map_or(Known::Nothing, |it| Known::Type(simple_name(syntax.source(it)).to_owned()));
            }
            "invocation_expression" => return service(syntax, node),
            "parenthesized_expression" | "postfix_unary_expression" | "await_expression" => {
                syntax.children(node).next()
            }
            "binary_expression" if syntax.source(node).contains("??") => syntax.child(node, "left"),
            _ => return Known::Nothing,
        };
        let Some(next) = next else { return Known::Nothing };
        node = next;
    }
}

/// `GetRequiredService<T>()`, `GetService<T>()`, `CreateInstance<T>()`: methods that give what they are asked for.
fn service(syntax: &Syntax, invocation: Node) -> Known {
    let Some(function) = syntax.child(invocation, "function") else { return Known::Nothing };
    let name = syntax.child(function, "name").unwrap_or(function);
    match fluent::generic(syntax, name) {
        (method, Some(argument)) if method.ends_with("Service") || method == "CreateInstance" => {
            Known::Type(simple_name(argument).to_owned())
        }
        _ => Known::Nothing,
    }
}

/// `Configure<T>(o => …)`: a lambda given to a call with one type argument takes that type.
fn lambda_parameter(syntax: &Syntax, lambda: Node) -> Known {
    let invocation = syntax
        .parent(lambda)
        .filter(|it| syntax.kind(*it) == "argument")
        .and_then(|argument| syntax.parent(argument))
        .and_then(|list| syntax.parent(list))
        .filter(|it| syntax.kind(*it) == "invocation_expression");
    let function = invocation.and_then(|it| syntax.child(it, "function"));
    let name = function.map(|function| syntax.child(function, "name").unwrap_or(function));
    match name.map(|name| fluent::generic(syntax, name)) {
        Some((method, Some(argument))) if method.contains("Configure") => Known::Type(simple_name(argument).to_owned()),
        _ => Known::Lambda,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csharp::parse;

    /// What is known of the receiver of `.Probe` in the body of a method.
    #[track_caller]
    fn case(members: &str, body: &str, expected: &Known) {
        let text = format!("class C(P primary) {{ {members} void M(A parameter) {{ {body} }} }}");
        let syntax = parse(&text).expect("parses");
        let scopes = Scopes::of(&syntax);
        let access = syntax
            .nodes()
            .find(|node| {
                syntax.kind(*node) == "member_access_expression"
                    && syntax.child(*node, "name").is_some_and(|name| syntax.source(name) == "Probe")
            })
            .expect("an access");
        let receiver = syntax.child(access, "expression").expect("a receiver");
        assert_eq!(&scopes.value(&syntax, receiver), expected, "{body}");
    }

    #[test]
    fn types_that_the_file_shows() {
        let is = |name: &str| Known::Type(name.into());
        case("", "parameter.Probe();", &is("A"));
        case("", "primary.Probe();", &is("P"));
        case("N.B<int> _f;", "_f.Probe();", &is("B"));
        case("B F { get; }", "this.F.Probe();", &is("B"));
        case("B F { get; }", "{ C F = null; F.Probe(); }", &is("C"));
        case("", "var x = new N.B(1); x.Probe();", &is("B"));
        case("", "var x = s.GetRequiredService<B>(); x!.Probe();", &is("B"));
        case("", "((B)x).Probe();", &is("B"));
        case("", "(x as B).Probe();", &is("B"));
        case("", "foreach (B x in y) { x.Probe(); }", &is("B"));
        case("", "if (y is B x) { x.Probe(); }", &is("B"));
        case("", "y.Try(out B x); x.Probe();", &is("B"));
        case("", "s.Configure<B>(o => o.Probe = 1);", &is("B"));
        case("", "s.Add(o => o.Probe = 1);", &Known::Lambda);
        case("", "s.Add(o => { o.Inner.Probe = 1; });", &Known::Lambda);
        case("", "s.Add((B o) => o.Probe);", &is("B"));
        case("", "B.Probe();", &Known::Free);
        case("", "base.Probe();", &Known::Own);
        case("", "var x = Make(); x.Probe();", &Known::Nothing);
        case("", "var x = Make(); { B y; } x.Probe();", &Known::Nothing);
    }
}

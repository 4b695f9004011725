//! What a name is to the language, from where it stands in the tree.

use crate::csharp::names::{TYPES, written};
use crate::csharp::{Node, Syntax};

/// What a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Position {
    /// A type.
    Type {
        /// What is written before it, `A.B` of `A.B.Name`.
        qualifier: Option<String>,
    },
    /// What stands before the dot of a static access, or its last part when a namespace is before it.
    Static {
        /// What is written before it.
        qualifier: Option<String>,
    },
    /// The member of an access.
    Member {
        /// The value or type it is taken from.
        receiver: Node,
    },
    /// A property set while creating an object.
    Initialiser {
        /// The type that is created.
        created: Option<String>,
    },
    /// A method called without a receiver.
    Call,
    /// An attribute.
    Attribute {
        /// What is written before it.
        qualifier: Option<String>,
    },
    /// The name of a declaration.
    Declaration,
    /// Anything else: a value, a label, a named argument.
    Other,
}

const MEMBER_DECLARATIONS: [&str; 4] =
    ["method_declaration", "property_declaration", "local_function_statement", "constructor_declaration"];

/// What an identifier is.
pub(super) fn of(syntax: &Syntax, identifier: Node) -> Position {
    let mut node = identifier;
    let mut qualifier = None;
    loop {
        let Some(parent) = syntax.parent(node) else { return Position::Other };
        let field = syntax.field(node);
        match syntax.kind(parent) {
            "generic_name" if syntax.kind(node) == "identifier" && field.is_none() => node = parent,
            "qualified_name" | "alias_qualified_name" if field == Some("name") => {
                qualifier = syntax.children(parent).next().map(|it| written(syntax, it));
                node = parent;
            }
            "nullable_type" | "array_type" if field == Some("type") => node = parent,
            kind => return classify(syntax, node, parent, kind, field, qualifier),
        }
    }
}

fn classify(
    syntax: &Syntax,
    node: Node,
    parent: Node,
    kind: &str,
    field: Option<&str>,
    qualifier: Option<String>,
) -> Position {
    match (kind, field) {
        ("member_access_expression", Some("name")) => member(syntax, parent),
        ("member_access_expression", Some("expression")) => Position::Static { qualifier },
        ("member_binding_expression", Some("name")) => {
            let access = syntax.enclosing(node, &["conditional_access_expression"]);
            let receiver = access.and_then(|it| syntax.child(it, "condition"));
            receiver.map_or(Position::Other, |receiver| Position::Member { receiver })
        }
        ("invocation_expression", Some("function")) => Position::Call,
        ("attribute", Some("name")) => Position::Attribute { qualifier },
        ("assignment_expression", Some("left")) => initialiser(syntax, parent),
        ("subpattern", _) => {
            let pattern = syntax.enclosing(parent, &["recursive_pattern"]);
            let created = pattern.and_then(|it| syntax.child(it, "type")).map(|it| syntax.source(it).to_owned());
            Position::Initialiser { created }
        }
        ("using_directive", None) if qualifier.is_some() => Position::Type { qualifier },
        ("using_directive" | "namespace_declaration" | "file_scoped_namespace_declaration" | "name_colon", _) => {
            Position::Other
        }
        (kind, Some("name")) if MEMBER_DECLARATIONS.contains(&kind) => Position::Declaration,
        ("base_list" | "type_argument_list" | "explicit_interface_specifier" | "type_parameter_constraint", _)
        | (_, Some("type" | "returns"))
        | ("as_expression" | "is_expression", Some("right")) => Position::Type { qualifier },
        ("argument", None) if in_nameof(syntax, parent) => Position::Type { qualifier },
        _ => Position::Other,
    }
}

/// `A.B.Name` in an expression: a type when only namespaces can stand before it, else a member.
fn member(syntax: &Syntax, access: Node) -> Position {
    let Some(receiver) = syntax.child(access, "expression") else { return Position::Other };
    Position::Member { receiver }
}

fn initialiser(syntax: &Syntax, assignment: Node) -> Position {
    let Some(braces) = syntax.parent(assignment).filter(|it| syntax.kind(*it) == "initializer_expression") else {
        return Position::Other;
    };
    let Some(creation) = syntax.parent(braces) else { return Position::Other };
    let typed = match syntax.kind(creation) {
        "object_creation_expression" => Some(creation),
        "implicit_object_creation_expression" => {
            let declares = ["variable_declaration", "property_declaration", "block"];
            syntax.enclosing(creation, &declares).filter(|it| syntax.kind(*it) != "block")
        }
        _ => None,
    };
    let created = typed.and_then(|it| syntax.child(it, "type")).map(|it| syntax.source(it).to_owned());
    Position::Initialiser { created }
}

fn in_nameof(syntax: &Syntax, argument: Node) -> bool {
    let invocation = syntax.enclosing(argument, &["invocation_expression"]);
    invocation.and_then(|it| syntax.child(it, "function")).is_some_and(|it| syntax.source(it) == "nameof")
}

/// Whether a type name stands in the list of bases of a declaration.
pub(super) fn is_base(syntax: &Syntax, identifier: Node) -> bool {
    let stops = ["base_list", "type_argument_list", "argument_list"];
    let list = syntax.enclosing(identifier, &stops).filter(|it| syntax.kind(*it) == "base_list");
    list.and_then(|list| syntax.parent(list)).is_some_and(|it| TYPES.contains(&syntax.kind(it)))
}

/// Whether a member or bare name is called.
pub(super) fn is_called(syntax: &Syntax, identifier: Node) -> bool {
    let mut node = identifier;
    while let Some(parent) = syntax.parent(node) {
        match syntax.kind(parent) {
            "invocation_expression" => return syntax.field(node) == Some("function"),
            "generic_name"
            | "member_access_expression"
            | "member_binding_expression"
            | "conditional_access_expression"
                if syntax.field(node) != Some("expression") && syntax.field(node) != Some("condition") =>
            {
                node = parent;
            }
            _ => return false,
        }
    }
    false
}

/// The whole dotted name that ends in an identifier.
pub(super) fn written_up_to(syntax: &Syntax, identifier: Node) -> String {
    let parent = syntax.parent(identifier).filter(|parent| {
        syntax.field(identifier) == Some("name")
            && matches!(syntax.kind(*parent), "qualified_name" | "member_access_expression")
    });
    written(syntax, parent.unwrap_or(identifier))
}

/// Whether something follows a dotted name: `N` of `N.Type` goes on, `x.N` does not.
pub(super) fn goes_on(syntax: &Syntax, identifier: Node) -> bool {
    let whole = syntax.parent(identifier).filter(|_| syntax.field(identifier) == Some("name")).unwrap_or(identifier);
    matches!(syntax.field(whole), Some("qualifier" | "expression"))
        && syntax.enclosing(whole, &["using_directive"]).is_none()
}

/// The last name of a dotted expression, and what is before it.
pub(super) fn path(syntax: &Syntax, expression: Node) -> (String, Option<String>) {
    let whole = written(syntax, expression);
    let dotted = whole.chars().all(|character| character.is_alphanumeric() || "._".contains(character));
    match whole.rsplit_once('.') {
        Some((before, name)) if dotted => (name.to_owned(), Some(before.to_owned())),
        _ if dotted => (whole, None),
        _ => (String::new(), None),
    }
}

//! Names: what a file imports, declares, and how a written name is taken apart.

use crate::csharp::{Node, Syntax};

/// Declarations that make a type.
pub const TYPES: [&str; 5] =
    ["class_declaration", "record_declaration", "struct_declaration", "interface_declaration", "enum_declaration"];

/// The words before the names of those; `record struct` ends in one, too.
pub const TYPE_KEYWORDS: [&str; 5] = ["class", "record", "struct", "interface", "enum"];

/// One `using` directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Using {
    /// The namespace or type, without white space and `global::`.
    pub target: String,
    /// The name it is given, `using X = …`.
    pub alias: Option<String>,
    /// Whether it holds for the whole project.
    pub global: bool,
    /// Whether it imports the members of a type.
    pub of_type: bool,
    /// Its line.
    pub line: u32,
}

/// The `using` directives of a file, in order.
pub fn usings(syntax: &Syntax) -> Vec<Using> {
    let directives = syntax.nodes().filter(|node| syntax.kind(*node) == "using_directive");
    directives
        .filter_map(|node| {
            let alias = syntax.child(node, "name").map(|name| syntax.source(name).to_owned());
            let target = syntax.children(node).filter(|child| syntax.field(*child) != Some("name")).last()?;
            let mut words = syntax.source(node).split_whitespace();
            let global = words.next() == Some("global");
            let of_type = syntax.source(node).split_whitespace().take(3).any(|word| word == "static");
            Some(Using { target: written(syntax, target), alias, global, of_type, line: syntax.line(node) })
        })
        .collect()
}

/// The namespaces that a file declares, with those of nesting ones joined.
pub fn namespaces(syntax: &Syntax) -> Vec<String> {
    let declarations = ["namespace_declaration", "file_scoped_namespace_declaration"];
    syntax
        .nodes()
        .filter(|node| declarations.contains(&syntax.kind(*node)))
        .filter_map(|node| {
            let mut parts: Vec<String> = std::iter::once(node)
                .chain(syntax.ancestors(node).filter(|outer| declarations.contains(&syntax.kind(*outer))))
                .filter_map(|it| syntax.child(it, "name").map(|name| written(syntax, name)))
                .collect();
            parts.reverse();
            (!parts.is_empty()).then(|| parts.join("."))
        })
        .collect()
}

/// The text of a name without white space and without `global::`.
pub fn written(syntax: &Syntax, name: Node) -> String {
    let text: String = syntax.source(name).split_whitespace().collect();
    text.strip_prefix("global::").map(str::to_owned).unwrap_or(text)
}

/// The last part of a written name, without type arguments and `?`: `List` of `A.List<B>?`.
pub fn simple_name(name: &str) -> &str {
    let bare = name.split('<').next().unwrap_or_default().trim_end_matches(['?', ' ']);
    bare.rsplit(['.', ':']).next().unwrap_or(bare).trim()
}

/// The node of the name that a type node ends in: `List` of `A.List<B>?`; `None` for tuples, pointers and keywords.
pub fn name_node(syntax: &Syntax, type_node: Node) -> Option<Node> {
    let mut node = type_node;
    loop {
        node = match syntax.kind(node) {
            "identifier" => return Some(node),
            "qualified_name" | "alias_qualified_name" => syntax.child(node, "name")?,
            "nullable_type" | "ref_type" | "scoped_type" | "primary_constructor_base_type" => {
                syntax.child(node, "type")?
            }
            "generic_name" => syntax.child_of_kind(node, &["identifier"])?,
            _ => return None,
        };
    }
}

/// Names of the types that a declaration derives from, in order, without namespaces and type arguments.
pub fn base_names(syntax: &Syntax, declaration: Node) -> Vec<&str> {
    bases(syntax, declaration).into_iter().map(|(name, _)| name).collect()
}

/// The types that a declaration derives from, in order: simple name, and the node of the whole name.
pub fn bases(syntax: &Syntax, declaration: Node) -> Vec<(&str, Node)> {
    let Some(list) = syntax.child_of_kind(declaration, &["base_list"]) else { return Vec::new() };
    syntax.children(list).filter_map(|base| name_node(syntax, base).map(|name| (syntax.source(name), base))).collect()
}

/// The type in `[Name(typeof(Type))]` on a declaration.
pub fn attribute_type<'a>(syntax: &'a Syntax, declaration: Node, name: &str) -> Option<&'a str> {
    attribute(syntax, declaration, name).and_then(|attribute| {
        let operator = syntax.descendants(attribute).find(|node| syntax.kind(*node) == "typeof_expression")?;
        syntax.child(operator, "type").map(|it| syntax.source(it))
    })
}

/// The attribute of that name (without the ending `Attribute`) on a declaration.
pub fn attribute(syntax: &Syntax, declaration: Node, name: &str) -> Option<Node> {
    syntax
        .children(declaration)
        .filter(|child| syntax.kind(*child) == "attribute_list")
        .flat_map(|list| syntax.children(list).collect::<Vec<_>>())
        .find(|attribute| {
            let written = syntax.child(*attribute, "name").map_or("", |it| simple_name(syntax.source(it)));
            written.strip_suffix("Attribute").unwrap_or(written) == name
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csharp::parse;

    #[test]
    fn reads_every_form_of_using() {
        let text =
            "global using A.B;\nusing static C.D;\nusing X = E.F<int>;\nusing global::G;\nnamespace N { using H; }";
        let found = usings(&parse(text).expect("parses"));
        let shown: Vec<String> = found
            .iter()
            .map(|it| format!("{} {:?} {} {} {}", it.target, it.alias, it.global, it.of_type, it.line))
            .collect();
        assert_eq!(
            shown,
            [
                "A.B None true false 1",
                "C.D None false true 2",
                "E.F<int> Some(\"X\") false false 3",
                "G None false false 4",
                "H None false false 5",
            ]
        );
    }

    #[test]
    fn joins_nested_namespaces() {
        #[track_caller]
        fn case(text: &str, expected: &[&str]) {
            assert_eq!(namespaces(&parse(text).expect("parses")), expected);
        }
        case("namespace A.B { namespace C { class D {} } }", &["A.B", "A.B.C"]);
        case("namespace A.B;\nclass D {}", &["A.B"]);
        case("class D {}", &[]);
    }

    #[test]
    fn names_bases_and_attributes() {
        let syntax = parse("[A.DbContextAttribute(typeof(N.X))] class C : N.B<int>, I, J.K {}").expect("parses");
        let class = syntax.nodes().find(|node| syntax.kind(*node) == "class_declaration").expect("a class");
        assert_eq!(base_names(&syntax, class), ["B", "I", "K"]);
        assert_eq!(attribute_type(&syntax, class, "DbContext"), Some("N.X"));
        assert_eq!(simple_name("global::A.List<B.C>?"), "List");
    }
}

//! C# as a flat syntax tree, and readers of the shapes that EF Core's tools generate. Knows the language, no product.
//!
//! tree-sitter's grammar was chosen because it is error-tolerant (half-written files still give their parts), fast (5 to
//! 10 MB/s), needs no .NET, and is the grammar GitHub itself maintains for its code view. The tree is copied into one flat
//! list in source order: a list cannot be recursed into too deeply, and going to a parent costs nothing.
//!
//! Preprocessor: lines with directives are blanked, and so are branches that are plainly off (`#if false`). All other
//! branches stay, both sides: whether a symbol is defined cannot be told from one file.

pub mod fluent;
pub mod literal;
mod mask;
pub mod migration;
pub mod names;
pub mod scope;
pub mod snapshot;
mod sql_type;

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, Tree, TreeCursor};

/// Files above this size (bytes) are not parsed: no C# written by a person or by EF Core is that large.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Above this size (bytes) a file must parse without errors: what recovering costs grows with the square of the length, and
/// of 16,740 real files three that do not parse were larger.
const MAX_BYTES_WITH_ERRORS: usize = 64 * 1024;

/// `<` without `>` that one statement may have: the parser keeps all of them open, as generics and as comparisons.
const MAX_ANGLES: usize = 256;

static GRAMMAR: LazyLock<Language> = LazyLock::new(|| tree_sitter_c_sharp::LANGUAGE.into());

/// One node of a [`Syntax`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(usize);

#[derive(Debug)]
struct Entry {
    kind: &'static str,
    field: Option<&'static str>,
    start: usize,
    end: usize,
    line: u32,
    parent: usize,
    /// Index after the last descendant.
    next: usize,
}

/// The parsed text of one file.
#[derive(Debug)]
pub struct Syntax {
    text: String,
    entries: Vec<Entry>,
}

thread_local! {
    /// One parser a thread: a new one would make its tables and pools anew for each file.
    static PARSER: RefCell<Option<Parser>> = RefCell::new(parser());
}

fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&GRAMMAR).ok().map(|()| parser)
}

/// Parses a C# file; `None` when it is too large or so malformed that parsing would take unreasonably long.
pub fn parse(text: &str) -> Option<Syntax> {
    parse_with(text, |_| None)
}

/// Parses a C# file of which only some places matter (byte offsets, ascending): bodies of methods and statements that hold none
/// of them are empty in the tree, though not in its texts. Types, their bases and their members are all there. Most of a file
/// is bodies, and the grammar is by far the dearest step of a search.
///
/// `None` as for [`parse`].
pub fn parse_around(text: &str, offsets: &[usize]) -> Option<Syntax> {
    parse_with(text, |text| mask::blank_bodies(text, offsets))
}

fn parse_with(text: &str, blank: impl FnOnce(&str) -> Option<String>) -> Option<Syntax> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = mask::blank_directives(text);
    let masked = blank(&text);
    let parsed = masked.as_deref().unwrap_or(&text);
    if deepest_angles(parsed) > MAX_ANGLES {
        return None;
    }
    let tree = PARSER.with_borrow_mut(|parser| tree(parser.as_mut()?, parsed))?;
    let entries = flatten(&mut tree.walk());
    Some(Syntax { text, entries })
}

/// What the grammar makes of a text, within a budget.
fn tree(parser: &mut Parser, text: &str) -> Option<Tree> {
    // The parser reports every 100 operations. Real files need about one operation in ten bytes. A budget instead of a
    // clock, so that the answer is the same on every machine.
    let mut left = 2_000 + text.len() / 20;
    let may_recover = text.len() <= MAX_BYTES_WITH_ERRORS;
    let mut budget = |state: &ParseState| {
        left = left.saturating_sub(1);
        let stop = left == 0 || (state.has_error() && !may_recover);
        if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let bytes = text.as_bytes();
    let tree = parser.parse_with_options(
        &mut |offset, _| bytes.get(offset..).unwrap_or_default(),
        None,
        Some(ParseOptions::new().progress_callback(&mut budget)),
    );
    // A text that was given up must not be gone on with.
    parser.reset();
    tree
}

/// The largest number of `<` without `>` between two ends of statements.
fn deepest_angles(text: &str) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'<' => open += 1,
            b'>' => open = open.saturating_sub(1),
            b';' | b'{' | b'}' => open = 0,
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// Named nodes and the keywords `this` and `base`, in source order.
fn flatten(cursor: &mut TreeCursor<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    // Indices of the open nodes that were kept, with how deep each is.
    let mut open: Vec<(usize, u32)> = Vec::new();
    // Counted here, because the cursor would walk up to the root each time it is asked.
    let mut depth = 0_u32;
    loop {
        let node = cursor.node();
        if node.is_named() || matches!(node.kind(), "this" | "base") {
            let index = entries.len();
            entries.push(Entry {
                kind: GRAMMAR.node_kind_for_id(node.kind_id()).unwrap_or_default(),
                field: cursor.field_id().and_then(|id| GRAMMAR.field_name_for_id(id.get())),
                start: node.start_byte(),
                end: node.end_byte(),
                line: u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX),
                parent: open.last().map_or(0, |(index, _)| *index),
                next: index + 1,
            });
            open.push((index, depth));
        }
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        loop {
            while open.last().is_some_and(|(_, opened)| *opened >= depth) {
                if let Some((index, _)) = open.pop() {
                    let end = entries.len();
                    if let Some(entry) = entries.get_mut(index) {
                        entry.next = end;
                    }
                }
            }
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                return entries;
            }
            depth = depth.saturating_sub(1);
        }
    }
}

impl Syntax {
    /// The text that was parsed: the file's, with directives and dead branches blanked; offsets and lines are the same.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The root; every file has one.
    pub fn root(&self) -> Node {
        Node(0)
    }

    /// Kind of a node, as the grammar names it; empty for a node of another file.
    pub fn kind(&self, node: Node) -> &'static str {
        self.entries.get(node.0).map_or("", |entry| entry.kind)
    }

    /// Field that the node fills in its parent.
    pub fn field(&self, node: Node) -> Option<&'static str> {
        self.entries.get(node.0)?.field
    }

    /// 1-based line on which the node starts.
    pub fn line(&self, node: Node) -> u32 {
        self.entries.get(node.0).map_or(0, |entry| entry.line)
    }

    /// Text of a node.
    pub fn source(&self, node: Node) -> &str {
        self.entries.get(node.0).and_then(|entry| self.text.get(entry.start..entry.end)).unwrap_or_default()
    }

    /// Where the text of a node starts and ends, in bytes.
    pub fn span(&self, node: Node) -> (usize, usize) {
        self.entries.get(node.0).map_or((0, 0), |entry| (entry.start, entry.end))
    }

    /// The parent; `None` for the root.
    pub fn parent(&self, node: Node) -> Option<Node> {
        if node.0 == 0 { None } else { self.entries.get(node.0).map(|entry| Node(entry.parent)) }
    }

    /// All ancestors, nearest first.
    pub fn ancestors(&self, node: Node) -> impl Iterator<Item = Node> {
        std::iter::successors(self.parent(node), |node| self.parent(*node))
    }

    /// The nearest ancestor of one of these kinds.
    pub fn enclosing(&self, node: Node, kinds: &[&str]) -> Option<Node> {
        self.ancestors(node).find(|ancestor| kinds.contains(&self.kind(*ancestor)))
    }

    /// The children, in order.
    pub fn children(&self, node: Node) -> impl Iterator<Item = Node> {
        let end = self.next(node);
        let first = Some(node.0 + 1).filter(|index| *index < end).map(Node);
        std::iter::successors(first, move |child| {
            let sibling = self.next(*child);
            (sibling < end).then_some(Node(sibling))
        })
    }

    /// The child that fills a field.
    pub fn child(&self, node: Node, field: &str) -> Option<Node> {
        self.children(node).find(|child| self.field(*child) == Some(field))
    }

    /// The first child of one of these kinds.
    pub fn child_of_kind(&self, node: Node, kinds: &[&str]) -> Option<Node> {
        self.children(node).find(|child| kinds.contains(&self.kind(*child)))
    }

    /// All nodes below, in source order.
    pub fn descendants(&self, node: Node) -> impl Iterator<Item = Node> + use<> {
        (node.0 + 1..self.next(node)).map(Node)
    }

    /// All nodes of the file, in source order.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        (0..self.entries.len()).map(Node)
    }

    fn next(&self, node: Node) -> usize {
        self.entries.get(node.0).map_or(node.0 + 1, |entry| entry.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flat_tree_knows_parents_children_and_lines() {
        let syntax = parse("namespace N\n{\n    class A : B\n    {\n        int F;\n    }\n}\n").expect("parses");
        let class = syntax.nodes().find(|node| syntax.kind(*node) == "class_declaration").expect("a class");
        assert_eq!(syntax.line(class), 3);
        assert_eq!(syntax.child(class, "name").map(|name| syntax.source(name)), Some("A"));
        let kinds: Vec<&str> = syntax.children(class).map(|child| syntax.kind(child)).collect();
        assert_eq!(kinds, ["identifier", "base_list", "declaration_list"]);
        let namespace = syntax.enclosing(class, &["namespace_declaration"]).expect("a namespace");
        assert!(syntax.descendants(namespace).any(|node| node == class));
        assert_eq!(syntax.ancestors(class).last(), Some(syntax.root()));
    }

    #[test]
    fn dead_branches_are_not_code() {
        let syntax = parse("#if false\nclass Dead {}\n#else\nclass Live {}\n#endif\n").expect("parses");
        let names: Vec<&str> = syntax
            .nodes()
            .filter(|node| syntax.kind(*node) == "class_declaration")
            .filter_map(|class| syntax.child(class, "name"))
            .map(|name| syntax.source(name))
            .collect();
        assert_eq!(names, ["Live"]);
    }

    #[test]
    fn hostile_text_neither_hangs_nor_overflows() {
        for unit in ["(", "{", "a.", "a<", "\"", "#if a\n", "[", "=>", "new{", "1+", "x?y:", "<a", "int a,", "@a::"] {
            let _ = parse(&unit.repeat(1_000));
        }
        assert!(parse(&" ".repeat(MAX_BYTES + 1)).is_none());
        // Thirty thousand levels: quadratic work in them would take minutes.
        let deep = parse(&format!("class A {{ int x = {}1; }}", "1+".repeat(30_000))).expect("parses");
        assert!(deep.nodes().count() > 30_000);
    }
}

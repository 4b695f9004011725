//! Code: where a C# file shows what a rule looks for, by meaning and not by text.
//!
//! A hit is a name in the place where the language reads a type, a member, a base, a call or an attribute. Whether the name
//! is the product's is decided in two steps: the file says what it can (usings, aliases, qualified names, own
//! declarations), and [`settle`] adds what only the tree knows (usings of the project, types of the repository).

pub(super) mod held;
mod inheritance;
mod options;
mod position;
mod razor;
pub(super) mod settle;
mod signature;

use std::collections::{BTreeSet, HashMap};

use crate::csharp::names::{self, TYPES, Using, simple_name};
use crate::csharp::scope::{Known, Scopes};
use crate::csharp::{Node, Syntax};
use crate::evidence::wanted::{Detector, Sign, Wanted, is_below};
use inheritance::{Derivation, Inherited};
use position::Position;

pub(super) use razor::read as read_razor;

/// What one file shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// Namespaces it declares.
    pub(super) namespaces: Vec<String>,
    /// Namespaces and types it imports for itself.
    pub(super) usings: Vec<String>,
    /// Namespaces it imports for others: the project, or for Razor the folder.
    pub(super) shared_usings: Vec<(String, u32)>,
    /// Types and extension methods of interest that it declares, with their namespace.
    pub(super) declares: Vec<(String, String)>,
    /// What was seen.
    pub(super) hits: Vec<Hit>,
    /// What the types of the file derive from.
    derivations: Vec<Derivation>,
    /// What counts if the type around it turns out to derive from the product's.
    inherited: Vec<Inherited>,
}

/// One sight of a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// Index of the detector.
    pub(super) detector: usize,
    /// 1-based line.
    pub(super) line: u32,
    /// What stands there, on one line.
    pub(super) saw: String,
    /// Whether the file itself proves that the name is the product's (a qualified name, an alias, a using).
    pub(super) qualified: bool,
    /// Whether it may be something else: a value whose type the file does not show.
    pub(super) maybe: bool,
    /// Whether it names what the new version asks for.
    pub(super) adapted: bool,
}

/// What `using X = …` makes of a name.
enum Alias {
    /// Another name of a type or namespace of the product: its last part, and the whole.
    Ours(String, String),
    /// A name of something else.
    Foreign,
}

struct Reader<'a> {
    syntax: &'a Syntax,
    wanted: &'a Wanted,
    scopes: Scopes,
    aliases: HashMap<String, Alias>,
    own: BTreeSet<String>,
    hits: Vec<Hit>,
}

/// Reads what a parsed file shows.
pub(super) fn read(syntax: &Syntax, wanted: &Wanted) -> CodeFacts {
    let usings = names::usings(syntax);
    let namespaces = names::namespaces(syntax);
    let declares = declared(syntax, wanted, &namespaces);
    let own = declares.iter().map(|(_, name)| name.clone()).collect();
    let aliases = usings.iter().filter_map(|using| alias(using, wanted)).collect();
    let mut reader = Reader { syntax, wanted, scopes: Scopes::of(syntax), aliases, own, hits: Vec::new() };
    for using in &usings {
        reader.meet_using(&using.target, using.line);
    }
    for node in syntax.nodes().filter(|node| syntax.kind(*node) == "identifier") {
        reader.meet(node);
    }
    let inherited = inheritance::candidates(syntax, wanted);
    let hits = reader.hits;
    let shared = |using: &&Using| using.global && using.alias.is_none();
    CodeFacts {
        namespaces,
        shared_usings: usings.iter().filter(shared).map(|it| (it.target.clone(), it.line)).collect(),
        usings: usings.into_iter().filter(|it| it.alias.is_none()).map(|it| it.target).collect(),
        declares,
        hits,
        derivations: inheritance::derivations(syntax),
        inherited,
    }
}

/// Types and extension methods that the file declares under a name that some detector looks for.
fn declared(syntax: &Syntax, wanted: &Wanted, namespaces: &[String]) -> Vec<(String, String)> {
    let namespace = namespaces.last().cloned().unwrap_or_default();
    let methods = syntax.nodes().filter(|node| syntax.kind(*node) == "method_declaration");
    let extensions = methods.filter(|node| signature::is_extension(syntax, *node));
    let extensions = extensions.filter_map(|node| syntax.child(node, "name")).map(|name| syntax.source(name));
    let extensions = extensions.filter(|name| wanted.at(name).any(|(_, it)| matches!(it.sign, Sign::Call(_))));
    let declarations = syntax.nodes().filter(|node| TYPES.contains(&syntax.kind(*node)));
    let names = declarations.filter_map(|node| syntax.child(node, "name")).map(|name| syntax.source(name));
    let known = |name: &&str| wanted.is_type(name);
    names.filter(known).chain(extensions).map(|name| (namespace.clone(), name.to_owned())).collect()
}

fn alias(using: &Using, wanted: &Wanted) -> Option<(String, Alias)> {
    let name = using.alias.clone()?;
    let ours =
        wanted.detectors.iter().flat_map(|detector| &detector.namespaces).any(|root| is_below(&using.target, root));
    let target = simple_name(&using.target).to_owned();
    Some((name, if ours { Alias::Ours(target, using.target.clone()) } else { Alias::Foreign }))
}

impl Reader<'_> {
    fn meet_using(&mut self, target: &str, line: u32) {
        let shown = |(index, detector): (usize, &Detector)| match &detector.sign {
            Sign::Using(namespace) if is_below(target, namespace) => Some(index),
            _ => None,
        };
        let found: Vec<usize> = self.wanted.detectors.iter().enumerate().filter_map(shown).collect();
        for detector in found {
            let saw = format!("using {target}");
            self.hits.push(Hit { detector, line, saw, qualified: true, maybe: false, adapted: false });
        }
    }

    /// Holds one identifier against the detectors of its word.
    fn meet(&mut self, node: Node) {
        let written = self.syntax.source(node);
        let (word, aliased) = match self.aliases.get(written) {
            Some(Alias::Foreign) => return,
            Some(Alias::Ours(target, whole)) => (target.clone(), Some(whole.clone())),
            None => (written.to_owned(), None),
        };
        let bare = word.strip_suffix("Attribute").unwrap_or(&word).to_owned();
        let mut found: Vec<(usize, Detector)> = self.wanted.at(&word).map(|(at, it)| (at, it.clone())).collect();
        if bare != word {
            found.extend(self.wanted.at(&bare).map(|(at, it)| (at, it.clone())));
        }
        if found.is_empty() {
            return;
        }
        let position = position::of(self.syntax, node);
        for (index, detector) in found {
            // An alias of a type says where the type lives.
            let home = aliased.as_deref().and_then(|whole| whole.rsplit_once('.')).map(|(home, _)| home);
            if home.is_none_or(|home| detector.lives_in(home)) {
                self.hold(index, &detector, node, &position, aliased.is_some());
            }
        }
    }

    fn hold(&mut self, index: usize, detector: &Detector, node: Node, position: &Position, aliased: bool) {
        let name = self.syntax.source(node);
        match (&detector.sign, position) {
            (Sign::Using(namespace), Position::Type { .. } | Position::Static { .. } | Position::Member { .. }) => {
                let whole = position::written_up_to(self.syntax, node);
                if whole == *namespace && position::goes_on(self.syntax, node) {
                    self.push(index, node, true, false, None);
                }
            }
            (Sign::Type(_), Position::Type { qualifier } | Position::Attribute { qualifier }) => {
                self.push_type(index, detector, node, qualifier.as_deref(), aliased);
            }
            (Sign::Type(_), Position::Static { qualifier }) => {
                let shadowed = qualifier.is_none() && self.scopes.lookup(self.syntax, name, node) != Known::Free;
                if !shadowed {
                    self.push_type(index, detector, node, qualifier.as_deref(), aliased);
                }
            }
            // `A.B.Type.Member`: only a whole name tells a type from a value here.
            (Sign::Type(_), Position::Member { receiver }) => {
                let (last, before) = position::path(self.syntax, *receiver);
                let whole = before.map_or_else(|| last.clone(), |before| format!("{before}.{last}"));
                if detector.lives_in(&whole) {
                    self.push(index, node, true, false, None);
                }
            }
            (Sign::Construct(_), Position::Type { qualifier }) => {
                if let Some(shown) = signature::construction(self.syntax, node) {
                    let adapted = signature::constructs_with(self.syntax, node, &detector.adapted);
                    let before = self.hits.len();
                    self.push_typed(index, detector, node, qualifier.as_deref(), aliased, Some(shown));
                    self.adapt(index, node, adapted, before);
                }
            }
            (Sign::Derive(_), Position::Type { qualifier }) if position::is_base(self.syntax, node) => {
                self.push_type(index, detector, node, qualifier.as_deref(), aliased);
            }
            (Sign::Implement(_, methods), Position::Type { qualifier }) if position::is_base(self.syntax, node) => {
                self.push_methods(index, detector, node, qualifier.as_deref(), methods);
            }
            (Sign::Override(of, _), Position::Declaration) => self.meet_override(index, node, of),
            (Sign::Member(of, _), Position::Member { receiver }) => {
                self.meet_member(index, detector, node, *receiver, of);
            }
            // A type inside a type: `Outer.Inner`.
            (Sign::Member(of, _), Position::Type { qualifier: Some(outer) }) if self.names(Some(outer), of) => {
                let before = outer.rsplit_once('.').map(|(before, _)| before);
                self.push_type(index, detector, node, before, false);
            }
            (Sign::Member(of, _), Position::Initialiser { created }) if self.names(created.as_deref(), of) => {
                self.push(index, node, false, false, None);
            }
            (Sign::Call(_), Position::Member { .. } | Position::Call) if position::is_called(self.syntax, node) => {
                self.push(index, node, false, false, None);
            }
            (Sign::Attribute(_), Position::Attribute { .. }) => self.push(index, node, false, false, None),
            _ => {}
        }
    }

    /// A line counts as adapted when all that is constructed on it is.
    fn adapt(&mut self, detector: usize, node: Node, adapted: bool, before: usize) {
        let line = self.syntax.line(node);
        for (at, hit) in self.hits.iter_mut().enumerate() {
            if hit.detector == detector && hit.line == line {
                hit.adapted = adapted && (hit.adapted || at >= before);
            }
        }
    }

    fn meet_member(&mut self, index: usize, detector: &Detector, node: Node, receiver: Node, of: &str) {
        match self.scopes.value(self.syntax, receiver) {
            Known::Type(name) if self.names(Some(&name), of) => self.push(index, node, false, false, None),
            Known::Lambda if options::may_be(self.syntax, receiver, of, &detector.handed_by) => {
                self.push(index, node, false, true, None);
            }
            Known::Own if self.derives(node, of) => self.push(index, node, false, false, None),
            Known::Free | Known::Nothing => {
                let (name, qualifier) = position::path(self.syntax, receiver);
                if self.names(Some(&name), of) {
                    let before = qualifier.as_deref().map_or(Some(""), |it| before_outer(it, of));
                    let before = before.or(qualifier.as_deref()).filter(|it| !it.is_empty());
                    self.push_type(index, detector, node, before, false);
                }
            }
            _ => {}
        }
    }

    fn meet_override(&mut self, index: usize, node: Node, of: &str) {
        let method = self.syntax.parent(node).filter(|it| signature::is_override(self.syntax, *it));
        if let Some(method) = method.filter(|_| self.derives(node, of)) {
            let shown = signature::of_method(self.syntax, method);
            self.push(index, node, false, false, Some(shown));
        }
    }

    fn push_methods(
        &mut self,
        index: usize,
        detector: &Detector,
        node: Node,
        qualifier: Option<&str>,
        methods: &[String],
    ) {
        // An interface that extends another one implements nothing.
        let declaration = self.syntax.enclosing(node, &TYPES);
        let implements = |it: &Node| self.syntax.kind(*it) != "interface_declaration";
        let Some(declaration) = declaration.filter(implements) else { return };
        let found = signature::methods(self.syntax, declaration, methods);
        if found.is_empty() {
            let name = self.syntax.child(declaration, "name").map(|name| self.syntax.source(name));
            let header = name.map(|name| format!("{name} : {}", self.syntax.source(node)));
            self.push_typed(index, detector, node, qualifier, false, header);
        }
        for (method, shown) in found {
            let named = qualifier.is_some_and(|it| detector.lives_in(it));
            if qualifier.is_none() || named {
                self.push(index, method, named, false, Some(shown));
            }
        }
    }

    /// Whether a written type is the one meant, also under an alias.
    fn names(&self, written: Option<&str>, of: &str) -> bool {
        let Some(written) = written.map(simple_name) else { return false };
        let named = match self.aliases.get(written) {
            Some(Alias::Foreign) => return false,
            Some(Alias::Ours(target, _)) => target.as_str(),
            None => written,
        };
        let simple = of.rsplit('.').next().unwrap_or(of);
        named == simple && !self.own.contains(simple)
    }

    /// Whether the type around a node derives from one of that name.
    fn derives(&self, node: Node, of: &str) -> bool {
        let declaration = self.syntax.enclosing(node, &TYPES);
        let bases = declaration.map(|it| names::base_names(self.syntax, it)).unwrap_or_default();
        bases.iter().any(|base| self.names(Some(base), of))
    }

    fn push_type(&mut self, index: usize, detector: &Detector, node: Node, qualifier: Option<&str>, aliased: bool) {
        self.push_typed(index, detector, node, qualifier, aliased, None);
    }

    /// A type name: qualified by the product's namespace it is sure, qualified by another it is none of ours.
    fn push_typed(
        &mut self,
        index: usize,
        detector: &Detector,
        node: Node,
        qualifier: Option<&str>,
        aliased: bool,
        shown: Option<String>,
    ) {
        let by_alias =
            |it: &str| matches!(self.aliases.get(it), Some(Alias::Ours(_, whole)) if detector.lives_in(whole));
        match qualifier {
            Some(it) if detector.lives_in(it) || by_alias(it) => self.push(index, node, true, false, shown),
            Some(_) => {}
            None if aliased => self.push(index, node, true, false, shown),
            None if self.own.contains(self.syntax.source(node)) => {}
            None => self.push(index, node, false, false, shown),
        }
    }

    fn push(&mut self, detector: usize, node: Node, qualified: bool, maybe: bool, shown: Option<String>) {
        let line = self.syntax.line(node);
        let saw = shown.unwrap_or_else(|| signature::line_of(self.syntax, node));
        if !self.hits.iter().any(|hit| hit.detector == detector && hit.line == line) {
            self.hits.push(Hit { detector, line, saw, qualified, maybe, adapted: false });
        }
    }
}

/// What is written before the outer types of a nested one: nothing for `Outer` of `Outer.Inner`, `N` for `N.Outer`.
fn before_outer<'a>(qualifier: &'a str, of: &str) -> Option<&'a str> {
    let (outer, _) = of.rsplit_once('.')?;
    let before = qualifier.strip_suffix(outer)?;
    if before.is_empty() { Some(before) } else { before.strip_suffix('.') }
}

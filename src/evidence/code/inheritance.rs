//! Classes that derive from the product's through classes and interfaces of the repository: `A : B` here, `B : VendorBase` there.

use std::collections::{BTreeMap, BTreeSet};

use crate::csharp::names::{TYPES, base_names, simple_name};
use crate::csharp::{Node, Syntax};
use crate::evidence::FileFacts;
use crate::evidence::code::{Hit, signature};
use crate::evidence::wanted::{Sign, Wanted};

/// A type of the repository with the simple names of what it derives from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Derivation {
    name: String,
    bases: Vec<String>,
}

/// A method that changed, in a type that does not itself name the product's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inherited {
    /// What the type around it derives from.
    pub(super) bases: Vec<String>,
    /// The hit that it is when one of them derives from the product's type.
    pub(super) hit: Hit,
}

/// What the types of a file derive from.
pub(super) fn derivations(syntax: &Syntax) -> Vec<Derivation> {
    let declarations = syntax.nodes().filter(|node| TYPES.contains(&syntax.kind(*node)));
    declarations
        .filter_map(|node| {
            let bases = owned(&base_names(syntax, node));
            let name = syntax.source(syntax.child(node, "name")?).to_owned();
            (!bases.is_empty()).then_some(Derivation { name, bases })
        })
        .collect()
}

/// The methods of a file that have the name of a changed one, in types that derive from something else than its owner.
pub(super) fn candidates(syntax: &Syntax, wanted: &Wanted) -> Vec<Inherited> {
    let methods = syntax.nodes().filter(|node| syntax.kind(*node) == "method_declaration");
    methods.flat_map(|method| candidate(syntax, method, wanted)).collect()
}

fn candidate(syntax: &Syntax, method: Node, wanted: &Wanted) -> Vec<Inherited> {
    let Some(name) = syntax.child(method, "name") else { return Vec::new() };
    let found = wanted.handed_down(simple_name(syntax.source(name)));
    let mut found = found.peekable();
    if found.peek().is_none() {
        return Vec::new();
    }
    let owner = syntax.enclosing(method, &TYPES).filter(|it| syntax.kind(*it) != "interface_declaration");
    let bases = owner.map(|it| owned(&base_names(syntax, it))).unwrap_or_default();
    let overrides = signature::is_override(syntax, method);
    found
        .filter(|(_, detector)| overrides || matches!(detector.sign, Sign::Implement(..)))
        .filter(|(_, detector)| {
            let ancestor = detector.sign.ancestor().map(simple_name).unwrap_or_default();
            !bases.is_empty() && bases.iter().all(|base| base != ancestor)
        })
        .map(|(index, _)| {
            let (line, saw) = (syntax.line(name), signature::of_method(syntax, method));
            let hit = Hit { detector: index, line, saw, qualified: true, maybe: false, adapted: false };
            Inherited { bases: bases.clone(), hit }
        })
        .collect()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Who derives from whom in the whole tree.
#[derive(Debug, Default)]
pub(super) struct Lineage<'a> {
    /// By name of a type: where it is declared, and what it derives from there.
    declared: BTreeMap<&'a str, Vec<(&'a FileFacts, &'a [String])>>,
}

/// All names that types of these files derive from, and those of them that matter while nobody has told what they derive from.
pub(super) fn bases_of(files: &[FileFacts]) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let code = || files.iter().filter_map(|file| file.code.as_ref());
    let bases = code().flat_map(|it| &it.derivations).flat_map(|it| &it.bases).map(String::as_str);
    let declared: BTreeSet<&str> = code().flat_map(|it| &it.derivations).map(|it| it.name.as_str()).collect();
    let bases: BTreeSet<&str> = bases.collect();
    let handed = code().any(|it| !it.inherited.is_empty());
    let open = if handed { bases.difference(&declared).copied().collect() } else { BTreeSet::new() };
    (bases, open)
}

impl<'a> Lineage<'a> {
    pub(super) fn of(files: &'a [FileFacts]) -> Self {
        let mut declared: BTreeMap<&str, Vec<(&FileFacts, &[String])>> = BTreeMap::new();
        for file in files {
            for it in file.code.iter().flat_map(|code| &code.derivations) {
                declared.entry(&it.name).or_default().push((file, &it.bases));
            }
        }
        Self { declared }
    }

    /// Whether one of these types derives from `ancestor`, where `means` says whether that name is the product's in a file.
    /// `Some(false)`: only one of several types of the same name does, so that it may be another.
    pub(super) fn reaches(&self, bases: &[String], ancestor: &str, means: impl Fn(&FileFacts) -> bool) -> Option<bool> {
        let mut sure = true;
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = bases.iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if !known.insert(name) {
                continue;
            }
            let declared = self.declared.get(name).map(Vec::as_slice).unwrap_or_default();
            for (file, own) in declared {
                if own.iter().any(|base| base == ancestor) && means(file) {
                    return Some(sure && declared.len() == 1);
                }
                open.extend(own.iter().map(String::as_str));
            }
            sure &= declared.len() < 2;
        }
        None
    }
}

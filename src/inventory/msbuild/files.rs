//! The tree as an evaluation sees it: what exists, what a file says, and each imported file parsed once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, RwLock};

use crate::inventory::msbuild::document::Document;
use crate::inventory::msbuild::path::{self, Located};
use crate::place::Problem;
use crate::tree::{Entry, Tree, file_name, folder};

/// Files of the SDK that exist in each of its versions, by their lower-case name: projects of the old style import them.
const SDK_FILES: [&str; 8] = [
    "microsoft.common.props",
    "microsoft.common.targets",
    "microsoft.csharp.targets",
    "microsoft.fsharp.targets",
    "microsoft.visualbasic.targets",
    "microsoft.csharp.core.targets",
    "microsoft.common.currentversion.targets",
    "microsoft.net.sdk.targets",
];

/// What came of reading a file.
#[derive(Debug, Clone)]
pub enum Loaded {
    /// The file, parsed.
    Parsed(Arc<Document>),
    /// There is no such file.
    Missing,
    /// It exists, but its text was not fetched.
    Listed,
    /// It exists and cannot be read.
    Unreadable(Problem),
}

/// The tree, with what evaluations of its projects share.
#[derive(Debug)]
pub struct Files<'a> {
    tree: &'a Tree,
    documents: RwLock<HashMap<String, Loaded>>,
    solutions: OnceLock<BTreeMap<String, Vec<String>>>,
}

impl<'a> Files<'a> {
    /// A view of the tree.
    pub fn new(tree: &'a Tree) -> Self {
        Self { tree, documents: RwLock::default(), solutions: OnceLock::new() }
    }

    /// The tree itself.
    pub fn tree(&self) -> &'a Tree {
        self.tree
    }

    /// A file that several projects may import: parsed once and kept.
    pub fn shared(&self, path: &str) -> Loaded {
        if let Some(loaded) = self.documents.read().ok().and_then(|documents| documents.get(path).cloned()) {
            return loaded;
        }
        let loaded = self.load(path);
        if let Ok(mut documents) = self.documents.write() {
            documents.entry(path.to_owned()).or_insert_with(|| loaded.clone());
        }
        loaded
    }

    /// A file that is read for one project only.
    pub fn load(&self, path: &str) -> Loaded {
        match self.tree.entry(path) {
            None => Loaded::Missing,
            Some(Entry::Listed) => Loaded::Listed,
            Some(Entry::Unreadable(reason)) => Loaded::Unreadable(Problem::unreadable(path, reason)),
            Some(Entry::Text(text)) => match Document::parse(path, text) {
                Ok(document) => Loaded::Parsed(Arc::new(document)),
                Err(problem) => Loaded::Unreadable(problem),
            },
        }
    }

    /// Whether a file or folder exists; `None` when nobody can tell. A relative path starts at the absolute folder `base`.
    pub fn exists(&self, base: &str, text: &str) -> Option<bool> {
        match self.is_file_at(base, text) {
            Some(false) => Some(self.is_folder(base, text)),
            other => other,
        }
    }

    /// Whether a file exists; `None` when nobody can tell.
    pub fn is_file_at(&self, base: &str, text: &str) -> Option<bool> {
        if text.trim().is_empty() {
            return Some(false);
        }
        match path::locate(base, text) {
            Located::Inside(relative) => Some(!text.ends_with(['/', '\\']) && self.tree.is_file(&relative)),
            Located::Sdk => {
                SDK_FILES.contains(&file_name(&path::with_slashes(text)).to_lowercase().as_str()).then_some(true)
            }
            Located::Outside => None,
            Located::Machine => Some(false),
        }
    }

    /// Whether a folder exists.
    pub fn is_folder(&self, base: &str, text: &str) -> bool {
        match path::locate(base, text) {
            Located::Inside(relative) => self.tree.is_folder(&relative),
            Located::Sdk => true,
            Located::Outside => false,
            Located::Machine => ["", "home", "usr", "tmp"].contains(&path::full_path(base, text).trim_matches('/')),
        }
    }

    /// The text of a file of the tree.
    pub fn text_at(&self, base: &str, text: &str) -> Option<String> {
        match path::locate(base, text) {
            Located::Inside(relative) => self.tree.text(&relative).map(str::to_owned),
            _ => None,
        }
    }

    /// The nearest file of this name from `start` (a folder of the tree) upwards.
    pub fn nearest(&self, start: &str, name: &str) -> Option<String> {
        let mut current = start;
        loop {
            let candidate = if current.is_empty() { name.to_owned() } else { format!("{current}/{name}") };
            if self.tree.is_file(&candidate) {
                return Some(candidate);
            }
            if current.is_empty() {
                return None;
            }
            current = folder(current);
        }
    }

    /// The solution through which a project is usually built: the nearest one upwards that names it.
    pub fn solution_of(&self, project: &str) -> Option<String> {
        let solutions = self.solutions.get_or_init(|| solutions(self.tree));
        let mut current = project;
        while !current.is_empty() {
            current = folder(current);
            let here = solutions.get(current).map(Vec::as_slice).unwrap_or_default();
            let names = |path: &&String| self.tree.text(path).is_none_or(|text| text.contains(file_name(project)));
            if let Some(found) = here.iter().find(names) {
                return Some(found.clone());
            }
        }
        None
    }
}

/// The solutions of a tree, by their folder.
fn solutions(tree: &Tree) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, _) in tree.iter() {
        if matches!(path::extension(path), ".sln" | ".slnx") {
            found.entry(folder(path).to_owned()).or_default().push(path.to_owned());
        }
    }
    found
}

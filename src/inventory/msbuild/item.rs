//! Items and their metadata, and what `@(…)` and `%(…)` make of them.

pub mod operation;
pub mod pattern;
pub mod vector;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::inventory::msbuild::path;
use crate::inventory::msbuild::value::{Value, escape, unescape};
use crate::tree::folder;

/// Types whose items are mostly found by patterns over all sources. They are not listed: no package depends on them.
pub const SOURCES: [&str; 9] = [
    "compile",
    "none",
    "content",
    "embeddedresource",
    "additionalfiles",
    "page",
    "resource",
    "applicationdefinition",
    "clcompile",
];

/// An item.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its `Include` after evaluation, escaped; changed through [`Item::set_spec`] only.
    pub spec: Arc<str>,
    /// Its metadata, by name as written.
    pub metadata: Vec<(Arc<str>, Value)>,
    /// The file in which it was included, relative to the root.
    pub file: Arc<str>,
    /// The line at which it was included.
    pub line: u32,
    /// Why nobody can tell whether it exists, when nobody can.
    pub uncertain: Option<Arc<str>>,
    key: OnceLock<Box<str>>,
}

impl Item {
    /// An item without metadata.
    pub fn new(spec: Arc<str>, file: Arc<str>, line: u32, uncertain: Option<Arc<str>>) -> Self {
        Self { spec, metadata: Vec::new(), file, line, uncertain, key: OnceLock::new() }
    }

    /// The same metadata under another `Include`.
    pub fn set_spec(&mut self, spec: impl Into<Arc<str>>) {
        self.spec = spec.into();
        self.key = OnceLock::new();
    }

    /// The identity in lower case, by which packages are told apart; worked out once for all projects that share the item.
    pub fn key(&self) -> &str {
        self.key.get_or_init(|| self.identity().to_lowercase().into())
    }

    /// The `Include` as it leaves the engine.
    pub fn identity(&self) -> Cow<'_, str> {
        unescape(&self.spec)
    }

    /// A metadatum that was set on the item itself.
    pub fn own(&self, name: &str) -> Option<&Value> {
        self.metadata.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Sets a metadatum.
    pub fn set(&mut self, name: &Arc<str>, value: Value) {
        match self.metadata.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.metadata.push((name.clone(), value)),
        }
    }
}

/// All items of an evaluation, and what their definitions say.
///
/// An item that is the same in every evaluation, as central versions mostly are, is shared by all of them.
#[derive(Debug, Default)]
pub struct Items {
    lists: HashMap<Arc<str>, Vec<Arc<Item>>>,
    definitions: HashMap<Arc<str>, Vec<(Arc<str>, Value)>>,
    unlisted: HashSet<Arc<str>>,
}

impl Items {
    /// The items of the type whose lower-case name is given.
    pub fn list(&self, kind: &str) -> &[Arc<Item>] {
        self.lists.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The same, to change them.
    pub fn list_mut(&mut self, kind: &Arc<str>) -> &mut Vec<Arc<Item>> {
        self.lists.entry(kind.clone()).or_default()
    }

    /// Whether not all items of a type are listed.
    pub fn is_unlisted(&self, kind: &str) -> bool {
        SOURCES.contains(&kind) || self.unlisted.contains(kind)
    }

    /// Says that not all items of a type are listed.
    pub fn set_unlisted(&mut self, kind: &Arc<str>) {
        self.unlisted.insert(kind.clone());
    }

    /// Sets a metadatum that all items of a type have.
    pub fn define(&mut self, kind: &Arc<str>, name: &Arc<str>, value: Value) {
        let definition = self.definitions.entry(kind.clone()).or_default();
        match definition.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => definition.push((name.clone(), value)),
        }
    }

    /// The metadata that all items of a type have.
    pub fn definition(&self, kind: &str) -> &[(Arc<str>, Value)] {
        self.definitions.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the definitions of a type say of a metadatum.
    pub fn defined(&self, kind: &str, name: &str) -> Option<&Value> {
        self.definition(kind).iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// A metadatum of an item: its own, else what the definitions of its type say.
    pub fn metadatum<'a>(&'a self, kind: &str, item: &'a Item, name: &str) -> Option<&'a Value> {
        item.own(name).or_else(|| self.defined(kind, name))
    }
}

/// A metadatum that every item has, such as `Filename`; `project_folder` is absolute.
pub fn well_known(item: &Item, name: &str, project_folder: &str) -> Option<Value> {
    let spec = item.identity();
    let slashed = path::with_slashes(&spec).into_owned();
    let full = || path::full_path(project_folder, &slashed);
    let text = match name.to_ascii_lowercase().as_str() {
        "identity" => return Some(Value::known(item.spec.clone())),
        "filename" => path::stem(&slashed).to_owned(),
        "extension" => path::extension(&slashed).to_owned(),
        "fullpath" => full(),
        "rootdir" => "/".to_owned(),
        "relativedir" => with_end_slash(folder(&slashed)),
        "directory" => with_end_slash(folder(full().trim_start_matches('/'))),
        "recursivedir" => String::new(),
        "definingprojectfullpath" => path::absolute(&item.file),
        "definingprojectdirectory" => with_end_slash(&path::absolute(folder(&item.file))),
        "definingprojectname" => path::stem(&item.file).to_owned(),
        "definingprojectextension" => path::extension(&item.file).to_owned(),
        "modifiedtime" | "createdtime" | "accessedtime" => {
            return Some(Value::unknown("times of files are not part of a commit"));
        }
        _ => return None,
    };
    Some(Value::known(escape(&text)))
}

fn with_end_slash(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

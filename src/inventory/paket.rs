//! Paket: `paket.dependencies` says what a repository may use, `paket.lock` what was resolved, and a `paket.references` beside a project
//! what that project uses.
//!
//! Surprises, each with the test that holds it:
//!
//! 1. Requirements have operators of their own, and a bare version is exact (`operators_are_pakets_own`).
//! 2. `//` and `#` begin comments, also without a space before them (`reads_dependencies`).
//! 3. Sections for git, GitHub and HTTP look like packages and are none (`reads_a_lock`).
//! 4. Groups are worlds of their own: the same package may stand in each (`references_take_the_lock_of_their_group`).

mod requirement;
mod text;

pub use requirement::range;

use std::collections::HashMap;

use crate::inventory::paket::text::{Entry, MAIN, dependencies, locked, referenced};
use crate::inventory::{Kind, Package, Project, Step, Via};
use crate::place::Place;
use crate::tree::{Tree, folder};

/// Name of the file that says what may be used.
const DEPENDENCIES: &str = "paket.dependencies";

/// Name of the file that says what was resolved.
const LOCK: &str = "paket.lock";

/// Reads a `paket.lock`.
pub fn read_lock(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::Paket);
    project.packages.extend(locked(text).into_iter().map(|entry| {
        let mut package = package(path, &entry);
        package.resolved = entry.version;
        package
    }));
    project
}

/// Reads a `paket.dependencies`. Requirements are Paket's text; [`range`] says what they mean.
pub fn read_dependencies(path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::Paket);
    project.packages.extend(dependencies(text).into_iter().map(|entry| {
        let mut package = package(path, &entry);
        package.requirement = entry.version;
        package
    }));
    project
}

/// Reads a `paket.references`: the packages of one project, at the versions of the lock file next above it.
pub fn read_references(tree: &Tree, path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::Paket);
    let allowed = above(tree, path, DEPENDENCIES).map(|(path, text)| Listed::of(path, dependencies(text)));
    let resolved = above(tree, path, LOCK).map(|(path, text)| Listed::of(path, locked(text)));
    for entry in referenced(text) {
        let mut package = package(path, &entry);
        if let Some((place, _)) = allowed.as_ref().and_then(|listed| listed.find(&entry)) {
            package.trail.push(Step { text: format!("nuget {}", entry.id), place: place.clone() });
            package.version_place = Some(place);
        }
        match resolved.as_ref().and_then(|listed| listed.find(&entry)) {
            Some((place, Some(version))) => {
                package.trail.push(Step { text: version.clone(), place: place.clone() });
                package.version_place = Some(place);
                package.resolved = Some(version);
            }
            _ if resolved.is_none() => package.problem = Some("there is no paket.lock above it".into()),
            _ => package.problem = Some("the paket.lock above it does not hold this package".into()),
        }
        project.packages.push(package);
    }
    project
}

/// The package of an entry, with its group and without a version.
fn package(path: &str, entry: &Entry) -> Package {
    let mut package = Package::new(&entry.id, Via::Paket, Place::new(path, entry.line));
    package.group = (!entry.group.eq_ignore_ascii_case(MAIN)).then(|| entry.group.clone());
    package
}

/// The file of this name next above `path`, with its text.
fn above<'a>(tree: &'a Tree, path: &str, name: &str) -> Option<(String, &'a str)> {
    let mut place = folder(path);
    loop {
        let candidate = if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") };
        if let Some(text) = tree.text(&candidate) {
            return Some((candidate, text));
        }
        if place.is_empty() {
            return None;
        }
        place = folder(place);
    }
}

/// A file of Paket, by group and package in lower case.
struct Listed {
    path: String,
    entries: HashMap<(String, String), Entry>,
}

impl Listed {
    fn of(path: String, entries: Vec<Entry>) -> Self {
        Self { path, entries: entries.into_iter().map(|entry| (key(&entry), entry)).collect() }
    }

    /// Where the file holds the package of a reference, and what it says of the version.
    fn find(&self, wanted: &Entry) -> Option<(Place, Option<String>)> {
        let entry = self.entries.get(&key(wanted))?;
        Some((Place::new(&self.path, entry.line), entry.version.clone()))
    }
}

fn key(entry: &Entry) -> (String, String) {
    (entry.group.to_lowercase(), entry.id.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(project: &Project) -> Vec<(&str, Option<&str>, Option<&str>, u32)> {
        project
            .packages
            .iter()
            .map(|it| (it.id.as_str(), it.requirement.as_deref(), it.resolved.as_deref(), it.place.line))
            .collect()
    }

    #[test]
    fn reads_dependencies() {
        let text = "version 5.258.1\nsource https://example.org/index.json // mirror\nstorage: none\n\n\
                    nuget A ~> 1.2// why\nNuGet B >= 1.0 < 2.0 prerelease  framework: net8.0\nnuget C # any\n\
                    nuget \"D\" \"1.0\"\ngithub owner/repo:1.0 file.fs\n\ngroup Build\n  nuget E 3.0 copy_local:false\n  clitool F 4.0\n";
        assert_eq!(
            found(&read_dependencies("paket.dependencies", text)),
            [
                ("A", Some("~> 1.2"), None, 5),
                ("B", Some(">= 1.0 < 2.0 prerelease"), None, 6),
                ("C", None, None, 7),
                ("D", Some("1.0"), None, 8),
                ("E", Some("3.0"), None, 12),
                ("F", Some("4.0"), None, 13),
            ]
        );
    }

    const SOME_LOCK: &str = "REDIRECTS: ON\nNUGET\n  remote: https://example.org/api\n  specs:\n    A (1.2.3) - restriction: >= net8.0\n      B (>= 1.0)\n    B (1.5)\n\
        GITHUB\n  remote: owner/repo\n    src/x.fs (7699e40)\nGROUP Build\nNUGET\n  remote: https://example.org/api\n    A (2.0-rc.1)\n";

    #[test]
    fn reads_a_lock() {
        assert_eq!(
            found(&read_lock("paket.lock", SOME_LOCK)),
            [("A", None, Some("1.2.3"), 5), ("B", None, Some("1.5"), 7), ("A", None, Some("2.0-rc.1"), 14)]
        );
    }

    #[test]
    fn references_take_the_lock_of_their_group() {
        let mut tree = Tree::new();
        tree.insert_text("paket.lock", SOME_LOCK);
        tree.insert_text("paket.dependencies", "nuget A ~> 1.2\ngroup Build\n nuget A");
        let text = "a redirects: off\nFile:x.fs .\n// none\ngroup build\n  A\n    exclude y.dll\n  Z\n";
        let project = read_references(&tree, "src/app/paket.references", text);
        assert_eq!(
            found(&project),
            [("a", None, Some("1.2.3"), 1), ("A", None, Some("2.0-rc.1"), 5), ("Z", None, None, 7)]
        );
        let groups: Vec<_> = project.packages.iter().map(|package| package.group.as_deref()).collect();
        assert_eq!(groups, [None, Some("build"), Some("build")]);
        assert_eq!(project.packages[0].carrier(), &Place::new("paket.lock", 5));
        assert_eq!(project.packages[0].trail[0].place, Place::new("paket.dependencies", 1));
        assert!(project.packages[2].problem.is_some());
    }

    #[test]
    fn references_without_lock_cannot_be_told() {
        let project = read_references(&Tree::new(), "paket.references", "A");
        assert_eq!(project.packages[0].problem.as_deref(), Some("there is no paket.lock above it"));
    }
}

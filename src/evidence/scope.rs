//! Which part of a tree a jump is about, when the same product jumps in several parts of a repository on ways of their own.

use std::collections::BTreeSet;

use crate::evidence::{Facts, project_at};
use crate::inventory::{Inventory, Project};

/// What a tree shows of one of several jumps of a product, and its projects: those parts are left out that only have to do with the
/// other jumps. `None` when there are none.
///
/// A project has to do with a jump when a chain of project references leads from it to a project of the jump, or back.
pub fn scoped(
    facts: &Facts,
    inventory: &Inventory,
    own: &[String],
    others: &[&[String]],
) -> Option<(Facts, Inventory)> {
    let own = related(inventory, own);
    let of_others: BTreeSet<&str> = others.iter().flat_map(|paths| related(inventory, paths)).collect();
    let foreign: BTreeSet<&str> = of_others.difference(&own).copied().collect();
    if foreign.is_empty() {
        return None;
    }
    let ours = |path: &str| project_at(inventory, path).is_none_or(|project| !foreign.contains(project.path.as_str()));
    let mut facts = facts.clone();
    facts.standings.retain(|it| ours(&it.place.path));
    facts.migrations.retain(|it| ours(&it.path));
    facts.scripts.retain(|(path, _)| ours(path));
    facts.scripted.retain(|it| it.is_in(ours));
    facts.contexts.retain(|it| ours(&it.place.path));
    facts.pins.retain(|(path, _)| ours(path));
    for sights in facts.code.values_mut().chain(facts.before.values_mut()) {
        sights.retain(ours);
    }
    let mut inventory = inventory.clone();
    inventory.projects.retain(|project| !foreign.contains(project.path.as_str()));
    Some((facts, inventory))
}

/// The projects of a jump, those that they reference, and those that reference them, directly or through others.
fn related<'a>(inventory: &'a Inventory, paths: &[String]) -> BTreeSet<&'a str> {
    let start = || inventory.projects.iter().filter(|project| paths.contains(&project.path));
    let down = |project: &'a Project| -> Vec<&'a Project> {
        let references = |other: &&Project| project.project_references.contains(&other.path);
        inventory.projects.iter().filter(references).collect()
    };
    let up = |project: &'a Project| -> Vec<&'a Project> {
        let references = |other: &&Project| other.project_references.contains(&project.path);
        inventory.projects.iter().filter(references).collect()
    };
    let mut found = reached(start(), down);
    found.extend(reached(start(), up));
    found
}

/// The paths of projects that reference one of these packages, themselves or through other projects.
pub(super) fn users(inventory: &Inventory, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let start =
        inventory.projects.iter().filter(|project| project.packages.iter().any(|package| is_wanted(&package.id)));
    reached(start, |project| {
        let references = |other: &&Project| other.project_references.contains(&project.path);
        inventory.projects.iter().filter(references).collect()
    })
}

fn reached<'a>(
    start: impl Iterator<Item = &'a Project>,
    next: impl Fn(&'a Project) -> Vec<&'a Project>,
) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&Project> = start.collect();
    while let Some(project) = open.pop() {
        if found.insert(&project.path) {
            open.extend(next(project));
        }
    }
    found
}

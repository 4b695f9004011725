//! Which project of the base is which project of the head: by path, and for projects that moved by name and packages.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Inventory, Project};
use crate::tree::{file_name, folder};

/// Both sides of one project; at least one is there.
pub type Pair<'a> = (Option<&'a Project>, Option<&'a Project>);

/// How alike two projects must be, of 1, to be one that moved.
const ALIKE: f64 = 0.6;

/// All projects of both sides, matched.
pub fn pairs<'a>(before: &'a Inventory, after: &'a Inventory) -> Vec<Pair<'a>> {
    let index = |inventory: &'a Inventory| -> BTreeMap<_, &'a Project> {
        inventory.projects.iter().map(|project| ((project.path.as_str(), project.kind), project)).collect()
    };
    let (mut old, new) = (index(before), index(after));
    let mut pairs = Vec::with_capacity(new.len());
    let mut unmatched = Vec::new();
    for (key, project) in new {
        match old.remove(&key) {
            Some(twin) => pairs.push((Some(twin), Some(project))),
            None => unmatched.push(project),
        }
    }
    let gone: Vec<&Project> = old.into_values().collect();
    pairs.extend(moved(&gone, &unmatched));
    pairs
}

/// Pairs up what is gone with what is new, most alike first; the rest stays alone.
fn moved<'a>(gone: &[&'a Project], new: &[&'a Project]) -> Vec<Pair<'a>> {
    let mut candidates = Vec::new();
    for (old_index, old) in gone.iter().enumerate() {
        for (new_index, project) in new.iter().enumerate() {
            let likeness = likeness(old, project);
            if likeness >= ALIKE {
                candidates.push((likeness, old_index, new_index));
            }
        }
    }
    candidates.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let (mut taken_old, mut taken_new) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, old, project) in candidates {
        if !taken_old.contains(&old) && !taken_new.contains(&project) {
            taken_old.insert(old);
            taken_new.insert(project);
            pairs.push((gone.get(old).copied(), new.get(project).copied()));
        }
    }
    pairs.extend(rest(gone, &taken_old).map(|project| (Some(project), None)));
    pairs.extend(rest(new, &taken_new).map(|project| (None, Some(project))));
    pairs
}

fn rest<'a>(projects: &[&'a Project], taken: &BTreeSet<usize>) -> impl Iterator<Item = &'a Project> {
    projects.iter().enumerate().filter(|(index, _)| !taken.contains(index)).map(|(_, project)| *project)
}

/// Between 0 and 1: half for the packages, the rest for the name of the file and of its folder.
fn likeness(old: &Project, new: &Project) -> f64 {
    if old.kind != new.kind {
        return 0.0;
    }
    let half = |equal: bool, weight: f64| if equal { weight } else { 0.0 };
    let names = half(file_name(&old.path) == file_name(&new.path), 0.35)
        + half(file_name(folder(&old.path)) == file_name(folder(&new.path)), 0.15);
    names + 0.5 * shared(&ids(old), &ids(new))
}

fn ids(project: &Project) -> BTreeSet<String> {
    project.packages.iter().map(|package| package.id.to_lowercase()).collect()
}

/// Shared part of two sets; two empty sets say nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of packages are small")]
fn shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let all = one.union(other).count();
    if all == 0 { 0.0 } else { one.intersection(other).count() as f64 / all as f64 }
}

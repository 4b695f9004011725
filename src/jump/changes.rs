//! The version changes of every package of a known family, one for each project, framework and package.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::Pair;
use super::{Change, ChangeKind};
use crate::inventory::{Package, Project};
use crate::place::Place;
use crate::rules::Rulebook;

/// Packages of one world, by id in lower case; of duplicates the first, as NuGet does.
pub type Packages<'a> = BTreeMap<String, &'a Package>;

/// A part of a project that is restored on its own: a target framework, and with Paket a group. Both are `None` where none is named.
#[derive(Debug, Clone, Copy, Default)]
pub struct World<'a> {
    /// The target framework.
    pub framework: Option<&'a str>,
    /// The group of Paket.
    pub group: Option<&'a str>,
}

impl PartialEq for World<'_> {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: Option<&str>, other: Option<&str>| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        same(self.framework, other.framework) && same(self.group, other.group)
    }
}

pub(super) fn all(pairs: &[Pair<'_>], rules: &Rulebook) -> Vec<Change> {
    let mut found: Vec<Change> = pairs.iter().flat_map(|pair| of_project(*pair, rules)).collect();
    found.sort_by(|one, other| {
        let key = |change: &Change| (change.project.clone(), change.package.to_lowercase(), change.framework.clone());
        key(one).cmp(&key(other))
    });
    found
}

fn of_project<'a>(pair: Pair<'a>, rules: &Rulebook) -> Vec<Change> {
    let (old, new) = pair;
    if failed(old) && failed(new) {
        return Vec::new();
    }
    let Some(named) = new.or(old) else { return Vec::new() };
    let mut found = Vec::new();
    for (old_world, new_world) in world_pairs(pair) {
        let held =
            |project: Option<&'a Project>, world| project.zip(world).map(|(it, world)| packages(it, world, rules));
        let (before, after) = (held(old, old_world).unwrap_or_default(), held(new, new_world).unwrap_or_default());
        let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for id in ids {
            let (from, to) = (before.get(id).copied(), after.get(id).copied());
            match (from, to) {
                (None, Some(package)) if old_world.is_none() => {
                    let twins = anywhere(old, id, rules);
                    if !twins.iter().any(|twin| version_text(twin) == version_text(package)) {
                        found.extend(compare(named, (old, twins.last().copied()), (new, to)));
                    }
                }
                (Some(_), None) if new_world.is_none() && !anywhere(new, id, rules).is_empty() => {}
                _ => found.extend(compare(named, (old, from), (new, to))),
            }
        }
    }
    found
}

/// The references of a project to one package, one for each world: a world that came or went is held against all of them.
fn anywhere<'a>(project: Option<&'a Project>, id: &str, rules: &Rulebook) -> Vec<&'a Package> {
    let Some(project) = project else { return Vec::new() };
    worlds(project).into_iter().filter_map(|world| packages(project, world, rules).get(id).copied()).collect()
}

fn failed(project: Option<&Project>) -> bool {
    project.is_some_and(|project| project.error.is_some())
}

/// The packages of known families that a project references in one of its worlds.
pub fn packages<'a>(project: &'a Project, world: World<'_>, rules: &Rulebook) -> Packages<'a> {
    let mut found = Packages::new();
    for package in &project.packages {
        if world_of(package) == world && !package.implicit && !package.pin && rules.product_of(&package.id).is_some() {
            found.entry(package.id.to_lowercase()).or_insert(package);
        }
    }
    found
}

fn world_of(package: &Package) -> World<'_> {
    World { framework: package.framework.as_deref(), group: package.group.as_deref() }
}

/// Worlds in which a project has packages, and frameworks that it targets.
pub fn worlds(project: &Project) -> Vec<World<'_>> {
    let mut found: Vec<World<'_>> = Vec::new();
    let targets = project.target_frameworks.iter().map(|name| World { framework: Some(name), group: None });
    for world in project.packages.iter().map(world_of).chain(targets) {
        if !found.contains(&world) {
            found.push(world);
        }
    }
    found
}

/// Which world of the base is which of the head: equal names first, then, in order, those that were replaced; `None` for one that
/// came or went.
pub fn world_pairs<'a>(pair: Pair<'a>) -> Vec<(Option<World<'a>>, Option<World<'a>>)> {
    let all = |project: Option<&'a Project>| project.map(worlds).unwrap_or_default();
    let (mut before, mut after) = (all(pair.0), all(pair.1));
    let mut found = Vec::new();
    before.retain(|world| {
        let twin = after.iter().position(|other| world == other);
        twin.map(|index| found.push((Some(*world), Some(after.remove(index))))).is_none()
    });
    let replaced = before.len().min(after.len());
    found.extend(before.drain(..replaced).map(Some).zip(after.drain(..replaced).map(Some)));
    found.extend(before.into_iter().map(|world| (Some(world), None)));
    found.extend(after.into_iter().map(|world| (None, Some(world))));
    found
}

/// The change between two sides of one reference; `None` when nothing changed.
fn compare(
    named: &Project,
    (old, from): (Option<&Project>, Option<&Package>),
    (new, to): (Option<&Project>, Option<&Package>),
) -> Option<Change> {
    let package = to.or(from)?;
    let error = |project: Option<&Project>| {
        project.and_then(|project| project.error.as_ref()).map(|error| error.message.clone())
    };
    let problem = error(old).or_else(|| error(new)).or_else(|| unknown(from)).or_else(|| unknown(to));
    let (before, after) = (from.and_then(version_text), to.and_then(version_text));
    let kind = match (from, to) {
        (None, Some(_)) if !failed(old) => ChangeKind::Added,
        (Some(_), None) if !failed(new) => ChangeKind::Removed,
        _ if before == after && problem.is_none() => return None,
        _ if before == after && unknown(from) == unknown(to) => return None,
        _ => direction(from, to),
    };
    Some(Change {
        project: named.path.clone(),
        framework: to.or(from).and_then(|package| package.framework.clone()),
        package: package.id.clone(),
        from: before,
        to: after,
        kind,
        place: carrier(package),
        problem,
    })
}

fn carrier(package: &Package) -> Place {
    package.carrier().clone()
}

/// Why the version of a reference cannot be told.
fn unknown(package: Option<&Package>) -> Option<String> {
    package.and_then(|package| package.problem.clone())
}

fn direction(from: Option<&Package>, to: Option<&Package>) -> ChangeKind {
    let lowest = |package: Option<&Package>| {
        let package = package?;
        package.via.range(&version_text(package)?)?.lowest().cloned()
    };
    match (lowest(from), lowest(to)) {
        (Some(old), Some(new)) if new > old => ChangeKind::Bump,
        (Some(old), Some(new)) if new < old => ChangeKind::Downgrade,
        _ => ChangeKind::Requirement,
    }
}

/// The version of a reference: normalised when its requirement is one version, else the requirement's normalised text.
///
/// A manifest that carries no requirement, such as a lock file, gives what it resolved.
pub fn version_text(package: &Package) -> Option<String> {
    let requirement = match (&package.requirement, &package.resolved) {
        (_, Some(resolved)) if package.via == crate::inventory::Via::Lock => resolved,
        (Some(requirement), _) => requirement,
        (None, Some(resolved)) => resolved,
        (None, None) => return None,
    };
    let trimmed = requirement.trim();
    let Some(range) = package.via.range(trimmed) else { return Some(trimmed.to_owned()) };
    let open =
        range.max().is_none() && range.min_inclusive() && range.float().is_none() && !trimmed.starts_with(['[', '(']);
    let one = range.exact().or_else(|| range.min().filter(|_| open));
    Some(one.map_or_else(|| trimmed.to_owned(), ToString::to_string))
}

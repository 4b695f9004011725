//! The version changes of every package of a known family, one for each project, framework and package.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::Pair;
use super::{Change, ChangeKind};
use crate::inventory::{Package, Project};
use crate::place::Place;
use crate::rules::Rulebook;

/// Packages of one framework, by id in lower case; of duplicates the first, as NuGet does.
pub type Packages<'a> = BTreeMap<String, &'a Package>;

pub(super) fn all(pairs: &[Pair<'_>], rules: &Rulebook) -> Vec<Change> {
    let mut found: Vec<Change> = pairs.iter().flat_map(|pair| of_project(*pair, rules)).collect();
    found.sort_by(|one, other| {
        let key = |change: &Change| (change.project.clone(), change.package.to_lowercase(), change.framework.clone());
        key(one).cmp(&key(other))
    });
    found
}

fn of_project(pair: Pair<'_>, rules: &Rulebook) -> Vec<Change> {
    let (old, new) = pair;
    if failed(old) && failed(new) {
        return Vec::new();
    }
    let Some(named) = new.or(old) else { return Vec::new() };
    let mut found = Vec::new();
    for (old_framework, new_framework) in framework_pairs(pair) {
        let before = old.map(|project| packages(project, old_framework, rules)).unwrap_or_default();
        let after = new.map(|project| packages(project, new_framework, rules)).unwrap_or_default();
        let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for id in ids {
            let (from, to) = (before.get(id).copied(), after.get(id).copied());
            match (from, to) {
                (None, Some(package)) if old_framework.is_none() => {
                    let twins = anywhere(old, id, rules);
                    if !twins.iter().any(|twin| version_text(twin) == version_text(package)) {
                        found.extend(compare(named, (old, twins.last().copied()), (new, to)));
                    }
                }
                (Some(_), None) if new_framework.is_none() && !anywhere(new, id, rules).is_empty() => {}
                _ => found.extend(compare(named, (old, from), (new, to))),
            }
        }
    }
    found
}

/// The references of a project to one package, one for each framework: a framework that came or went is held against all of them.
fn anywhere<'a>(project: Option<&'a Project>, id: &str, rules: &Rulebook) -> Vec<&'a Package> {
    let Some(project) = project else { return Vec::new() };
    frameworks(project)
        .into_iter()
        .filter_map(|framework| packages(project, framework, rules).get(id).copied())
        .collect()
}

fn failed(project: Option<&Project>) -> bool {
    project.is_some_and(|project| project.error.is_some())
}

/// The packages of known families that a project references under a framework.
pub fn packages<'a>(project: &'a Project, framework: Option<&str>, rules: &Rulebook) -> Packages<'a> {
    let mut found = Packages::new();
    for package in &project.packages {
        let same = match (&package.framework, framework) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        if same && !package.implicit && !package.pin && rules.product_of(&package.id).is_some() {
            found.entry(package.id.to_lowercase()).or_insert(package);
        }
    }
    found
}

/// Frameworks under which a project has packages, or targets anything; one `None` when it names none.
pub fn frameworks(project: &Project) -> Vec<Option<&str>> {
    let mut found: Vec<Option<&str>> = Vec::new();
    let named = project.packages.iter().map(|package| package.framework.as_deref());
    for framework in named.chain(project.target_frameworks.iter().map(|framework| Some(framework.as_str()))) {
        let known = found.iter().any(|other| match (other, framework) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one.is_none() && other.is_none(),
        });
        if !known {
            found.push(framework);
        }
    }
    found
}

/// Which framework of the base is which of the head: equal names first, then, in order, those that were replaced.
pub fn framework_pairs<'a>(pair: Pair<'a>) -> Vec<(Option<&'a str>, Option<&'a str>)> {
    let (Some(old), Some(new)) = pair else {
        let alone = |project: &'a Project, old: bool| {
            frameworks(project).into_iter().map(move |name| if old { (name, None) } else { (None, name) })
        };
        return pair
            .0
            .map(|project| alone(project, true))
            .into_iter()
            .flatten()
            .chain(pair.1.map(|project| alone(project, false)).into_iter().flatten())
            .collect();
    };
    let (mut before, mut after) = (frameworks(old), frameworks(new));
    let mut found = Vec::new();
    before.retain(|framework| {
        let twin = after.iter().position(|other| match (framework, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one.is_none() && other.is_none(),
        });
        twin.map(|index| found.push((*framework, after.remove(index)))).is_none()
    });
    let replaced = before.len().min(after.len());
    found.extend(before.drain(..replaced).zip(after.drain(..replaced)));
    found.extend(before.into_iter().map(|framework| (framework, None)));
    found.extend(after.into_iter().map(|framework| (None, framework)));
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

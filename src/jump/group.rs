//! Changes of leading packages, grouped into jumps.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::changes::{World, packages, version_text, world_pairs, worlds};
use super::pairs::Pair;
use super::{Footing, Jump, JumpKind, Stand};
use crate::inventory::{Kind, Package, Project};
use crate::place::Place;
use crate::range::Range;
use crate::rules::Rulebook;
use crate::tree::folder;
use crate::version::Version;

/// Where a project stands on one ladder, in one of its worlds.
#[derive(Debug, Clone, PartialEq)]
struct Standing {
    stand: Stand,
    generation: usize,
    lowest: Option<Version>,
    /// The version of a follower that had versions of its own; what the leading one's is, it does not tell.
    own: Option<Version>,
    place: Place,
    /// Id of the package that decides, as written.
    package: String,
    /// The requirement, where it floats and no lock file settles it.
    floats: Option<Range>,
}

/// What one project did on one ladder.
struct Move {
    product: String,
    project: String,
    from: Option<Standing>,
    to: Option<Standing>,
}

pub(super) fn all(pairs: &[Pair<'_>], rules: &Rulebook) -> Vec<Jump> {
    let moves = migrated(moves(pairs, rules));
    let mut jumps: BTreeMap<(String, String, String), Jump> = BTreeMap::new();
    for step in moves {
        let key = |standing: &Option<Standing>| {
            standing.as_ref().map(|it| format!("{} {}", it.stand.package, it.stand.version)).unwrap_or_default()
        };
        let jump = jumps.entry((step.product.clone(), key(&step.from), key(&step.to))).or_insert_with(|| begin(&step));
        jump.projects.push(step.project);
        jump.places.extend(step.to.or(step.from).map(|standing| standing.place));
    }
    let mut jumps: Vec<Jump> = jumps.into_values().collect();
    for jump in &mut jumps {
        sort(&mut jump.projects);
        sort(&mut jump.places);
    }
    jumps
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort();
    list.dedup();
}

fn begin(step: &Move) -> Jump {
    let stand = |standing: &Option<Standing>| standing.as_ref().map(|it| it.stand.clone());
    Jump {
        product: step.product.clone(),
        kind: kind(step.from.as_ref(), step.to.as_ref()),
        prerelease: step.to.as_ref().and_then(|to| to.lowest.as_ref()).is_some_and(Version::is_prerelease),
        from: stand(&step.from),
        to: stand(&step.to),
        projects: Vec::new(),
        places: Vec::new(),
    }
}

fn kind(from: Option<&Standing>, to: Option<&Standing>) -> JumpKind {
    let (Some(from), Some(to)) = (from, to) else {
        return if from.is_none() { JumpKind::Added } else { JumpKind::Removed };
    };
    let (Some(old), Some(new)) = (&from.lowest, &to.lowest) else { return JumpKind::Unknown };
    match (from.generation, old).cmp(&(to.generation, new)) {
        std::cmp::Ordering::Greater => JumpKind::Downgrade,
        _ if from.generation != to.generation => JumpKind::Replaced,
        _ if old.line() == new.line() => JumpKind::Patch,
        _ => JumpKind::Bump,
    }
}

/// Every project that stands elsewhere than before, once for each ladder and pair of worlds.
fn moves(pairs: &[Pair<'_>], rules: &Rulebook) -> Vec<Move> {
    let mut found = Vec::new();
    for pair in pairs.iter().copied() {
        let Some(named) = pair.1.or(pair.0).filter(|project| project.kind != Kind::Lock) else { continue };
        let failed = |side: Option<&Project>| side.is_some_and(|project| project.error.is_some());
        for (old_world, new_world) in world_pairs(pair) {
            let stand = |project: Option<&Project>, world: Option<World<'_>>| {
                project.zip(world).map(|(project, world)| standings(project, world, rules)).unwrap_or_default()
            };
            let mut old = stand(pair.0, old_world);
            let mut new = stand(pair.1, new_world);
            // A world that came or went is held against the others of the project.
            if let (Some(project), None) = (pair.0, old_world) {
                old.extend(elsewhere(project, &new, rules));
            }
            if let (Some(project), None) = (pair.1, new_world) {
                let kept = elsewhere(project, &old, rules);
                old.retain(|product, _| !kept.contains_key(product));
            }
            let products: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
            for product in products {
                let (from, to) = (old.remove(&product), new.remove(&product));
                let from = from.or_else(|| failed(pair.0).then(|| untold(to.as_ref())).flatten());
                let to = to.or_else(|| failed(pair.1).then(|| untold(from.as_ref())).flatten());
                if !same(from.as_ref(), to.as_ref()) {
                    found.push(Move { product, project: named.path.clone(), from, to });
                }
            }
        }
    }
    found
}

/// Where a project stands on each ladder, in any of its worlds: product id and stand.
pub fn stands(project: &Project, rules: &Rulebook) -> Vec<(String, Stand)> {
    let mut found = Vec::new();
    for world in worlds(project) {
        found.extend(standings(project, world, rules).into_iter().map(|(product, it)| (product, it.stand)));
    }
    found.sort_by(|one, other| (&one.0, &one.1.version).cmp(&(&other.0, &other.1.version)));
    found.dedup();
    found
}

/// Where a project stands on each ladder, once for each of its worlds.
pub fn footings(project: &Project, rules: &Rulebook) -> Vec<Footing> {
    let mut found = Vec::new();
    for world in worlds(project) {
        found.extend(standings(project, world, rules).into_iter().map(|(product, it)| Footing {
            product,
            framework: world.framework.map(str::to_owned),
            stand: it.stand,
            lowest: it.lowest,
            own: it.own,
            floats: it.floats,
            package: it.package,
            place: it.place,
        }));
    }
    found
}

/// Where a project stands on the ladders of `other` in any of its worlds: at the same version if it does anywhere, else at its last.
fn elsewhere(project: &Project, other: &BTreeMap<String, Standing>, rules: &Rulebook) -> BTreeMap<String, Standing> {
    let mut found = BTreeMap::new();
    for world in worlds(project) {
        for (product, standing) in standings(project, world, rules) {
            let Some(wanted) = other.get(&product) else { continue };
            let settled = found.get(&product).is_some_and(|known| same(Some(known), Some(wanted)));
            if !settled {
                found.insert(product, standing);
            }
        }
    }
    found
}

/// A side that cannot be evaluated: the package of the other side, at a version that nobody can tell.
fn untold(other: Option<&Standing>) -> Option<Standing> {
    let other = other?;
    let stand = Stand { package: other.stand.package.clone(), version: "unknown".into(), line: None };
    Some(Standing { stand, lowest: None, ..other.clone() })
}

/// Whether two sides mean the same version: another way to write it is no jump.
fn same(from: Option<&Standing>, to: Option<&Standing>) -> bool {
    match (from, to) {
        (Some(from), Some(to)) => {
            let known = from.lowest.is_some() && from.lowest == to.lowest && from.generation == to.generation;
            known || (&from.stand, &from.own) == (&to.stand, &to.own)
        }
        (from, to) => from.is_none() && to.is_none(),
    }
}

/// The version of each ladder's leading package; where only followers are referenced, the highest of theirs. Followers that had
/// versions of their own at that time show that the product is there, and not at which version.
fn standings(project: &Project, world: World<'_>, rules: &Rulebook) -> BTreeMap<String, Standing> {
    let mut leading: BTreeMap<String, Standing> = BTreeMap::new();
    let mut following: BTreeMap<String, Standing> = BTreeMap::new();
    let mut apart: BTreeMap<String, Standing> = BTreeMap::new();
    for package in packages(project, world, rules).into_values() {
        let Some(member) = rules.product_of(&package.id) else { continue };
        let Some(generation) = member.generation else { continue };
        let Some(leader) = member.product.file.leading.get(generation) else { continue };
        let standing = standing(package, &leader.id, generation);
        let id = member.product.id.clone();
        if standing.lowest.as_ref().is_some_and(|version| member.generation_at(version).is_none()) {
            apart.entry(id).or_insert_with(|| beside(standing));
            continue;
        }
        if member.leading {
            let higher = leading.get(&id).is_none_or(|known| known.generation < generation);
            if higher {
                leading.insert(id, standing);
            }
        } else if following
            .get(&id)
            .is_none_or(|known| (known.generation, &known.lowest) < (generation, &standing.lowest))
        {
            following.insert(id, standing);
        }
    }
    apart.extend(following);
    apart.extend(leading);
    apart
}

/// What a follower tells that had versions of its own: the leading package comes with it, at a version that the files do not show.
fn beside(standing: Standing) -> Standing {
    let stand = Stand { version: "unknown".into(), line: None, ..standing.stand };
    Standing { stand, own: standing.lowest, lowest: None, floats: None, ..standing }
}

fn standing(package: &Package, leader: &str, generation: usize) -> Standing {
    let text = version_text(package);
    let range = text.as_deref().and_then(|text| package.via.range(text));
    let locked = package.resolved.as_deref().and_then(|resolved| Version::from_str(resolved).ok());
    let locked = locked.filter(|version| range.as_ref().is_none_or(|range| range.satisfies(version)));
    let version = locked.as_ref().map(ToString::to_string).or_else(|| text.clone());
    // The line that carries the version: the lock's, where the requirement alone would give another one.
    let lowest_asked = range.as_ref().and_then(|range| range.lowest());
    let from_lock = package.locked_at.as_ref().filter(|_| locked.is_some() && locked.as_ref() != lowest_asked);
    let place = from_lock.unwrap_or_else(|| package.carrier()).clone();
    let floats = range.clone().filter(|range| locked.is_none() && range.float().is_some());
    let lowest = locked.or_else(|| range.and_then(|range| range.lowest().cloned()));
    Standing {
        stand: Stand {
            package: leader.to_owned(),
            version: version.unwrap_or_else(|| "unknown".into()),
            line: lowest.as_ref().map(Version::line),
        },
        generation,
        lowest,
        own: None,
        place,
        package: package.id.clone(),
        floats,
    }
}

/// A product that left one manifest of a folder and came in by another (`packages.config` to the project) jumped; it did not go and come.
fn migrated(moves: Vec<Move>) -> Vec<Move> {
    let (mut gone, mut rest): (Vec<Move>, Vec<Move>) = moves.into_iter().partition(|step| step.to.is_none());
    for step in rest.iter_mut().filter(|step| step.from.is_none()) {
        let twin = gone
            .iter()
            .position(|other| other.product == step.product && folder(&other.project) == folder(&step.project));
        if let Some(twin) = twin {
            step.from = gone.remove(twin).from;
        }
    }
    rest.retain(|step| !same(step.from.as_ref(), step.to.as_ref()));
    rest.extend(gone);
    rest
}

//! From an inventory to where its projects stand, and to the ways that lead to the newest releases.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::evidence::of_projects;
use crate::inventory::{Inventory, Kind as Manifest};
use crate::jump::{self, Footing, footings};
use crate::plan::{Plan, all_guides};
use crate::portfolio::{Stand, Standing, Whose, now};
use crate::report::{Finding, Kind, Status, Unread};
use crate::rules::{Product, Rulebook};
use crate::version::Version;

/// Where the projects of one repository stand, before anybody has looked at its code.
#[derive(Debug)]
pub struct Survey {
    /// What it references.
    pub inventory: Inventory,
    /// Its projects that use a known product, by path.
    pub stands: Vec<Stand>,
    /// The ways to the newest releases, one for each version here: the most telling product first, the longest way first.
    pub plans: Vec<Plan>,
    /// Projects that were left out before anybody looked at them.
    pub left_out: usize,
    /// What is the case today.
    now: Vec<Finding>,
    /// What could not be read.
    problems: Vec<Unread>,
}

impl Survey {
    /// Where the projects of an inventory stand on a day.
    pub fn of(inventory: Inventory, rules: &'static Rulebook, today: Day) -> Self {
        let mut found: Vec<(Stand, Option<Version>, Footing)> = Vec::new();
        let mut problems = problems(&inventory);
        for project in inventory.projects.iter().filter(|project| project.kind != Manifest::Lock) {
            for footing in footings(project, rules) {
                let Some(product) = rules.product(&footing.product) else { continue };
                let version = version(product, &footing);
                if version.is_none() {
                    problems.push(untold(&footing, project));
                }
                let stand = stand(&project.path, product, &footing, version.as_ref(), rules, today);
                found.push((stand, version, footing));
            }
        }
        found.sort_by(|one, other| {
            let key = |it: &(Stand, _, _)| (it.0.path.clone(), it.0.product.clone(), it.0.framework.clone());
            key(one).cmp(&key(other))
        });
        let plans = plans(&found, rules, today);
        let mut now = Vec::new();
        let mut stood: BTreeSet<(&str, &str, Option<&Version>)> = BTreeSet::new();
        for (stand, version, footing) in &found {
            now.extend(floats(stand, version.as_ref(), footing));
            now.extend(beyond(stand, version.as_ref(), rules));
            let new = stood.insert((&stand.product, &stand.generation, version.as_ref()));
            if let Some(product) = rules.product(&stand.product).filter(|_| new) {
                let still = Plan::still(product, &end(footing, version.as_ref()), today);
                now.extend(of_projects(&still, &inventory));
            }
        }
        let (mut stands, mut versions) = (Vec::new(), Vec::new());
        for (stand, version, _) in found {
            stands.push(stand);
            versions.push(version);
        }
        now.extend(now::advisory_findings(&stands, &versions, rules));
        now.extend(now::support_findings(&stands, rules, today));
        now.extend(now::mixed(&stands, rules));
        Self { inventory, stands, plans, left_out: 0, now, problems }
    }

    /// Whether code and migrations have anything to say.
    pub fn needs_evidence(&self) -> bool {
        self.plans.iter().any(|plan| !plan.rules.is_empty() || !plan.contexts.is_empty() || plan.framework.raised)
    }

    /// What the ways ask, as findings that nothing has been held against.
    pub fn asked(&self, rules: &Rulebook) -> Vec<Vec<Finding>> {
        self.plans.iter().map(|plan| plan.findings(rules)).collect()
    }

    /// The standing; `held` is what each plan asks, in order, however it was judged.
    pub fn standing(self, whose: Whose, held: Vec<Vec<Finding>>) -> Standing {
        let mut findings: Vec<Finding> = Vec::new();
        for finding in self.now {
            gather(&mut findings, finding);
        }
        for asked in held {
            // What is the case today was told above, for today's versions.
            let way = asked.into_iter().filter(|finding| !matches!(finding.kind, Kind::Advisory | Kind::Support));
            merge(&mut findings, way.collect());
        }
        now::sort(&mut findings);
        let guides = all_guides(self.plans.iter());
        let left_out = self.left_out;
        Standing { stands: self.stands, findings, guides, problems: self.problems, left_out, ..Standing::bare(whose) }
    }
}

/// Adds what is the case today: the same of several projects is one finding with several places.
fn gather(findings: &mut Vec<Finding>, finding: Finding) {
    match findings.iter_mut().find(|known| known.rule == finding.rule && known.title == finding.title) {
        Some(known) => {
            known.places.extend(finding.places);
            known.places.sort();
            known.places.dedup();
        }
        None => findings.push(finding),
    }
}

/// Adds the findings of another way: what a longer one asks already is not asked twice.
fn merge(findings: &mut Vec<Finding>, more: Vec<Finding>) {
    let known: BTreeSet<(String, Option<String>)> =
        findings.iter().map(|finding| (finding.rule.clone(), finding.context.clone())).collect();
    for finding in more {
        if !known.contains(&(finding.rule.clone(), finding.context.clone())) {
            findings.push(finding);
        }
    }
}

/// Problems of the whole and of its projects, each once.
fn problems(inventory: &Inventory) -> Vec<Unread> {
    let of_projects = inventory.projects.iter().flat_map(|project| project.problems.iter().chain(&project.error));
    let all: BTreeSet<_> = inventory.problems.iter().chain(of_projects).cloned().collect();
    all.iter().map(Unread::from).collect()
}

fn untold(footing: &Footing, project: &crate::inventory::Project) -> Unread {
    let own = project.packages.iter().find(|package| package.id == footing.package);
    let silent = || match &footing.own {
        Some(version) => {
            format!("{version} is a version of its own, and {} is not referenced", footing.stand.package)
        }
        None => "it names no version".into(),
    };
    let reason = own.and_then(|package| package.problem.clone()).unwrap_or_else(silent);
    Unread {
        path: footing.place.path.clone(),
        line: footing.place.line,
        message: format!("the version of {} cannot be told: {reason}", footing.package),
    }
}

/// The version that runs: what a lock file holds, else what a restore picks of the releases that are known.
fn version(product: &Product, footing: &Footing) -> Option<Version> {
    let Some(range) = &footing.floats else { return footing.lowest.clone() };
    let generation = product.file.leading.iter().position(|leader| leader.id == footing.stand.package)?;
    let releases: Vec<Version> = product
        .generation(generation)
        .flat_map(|rung| &rung.file.versions)
        .filter_map(|release| release.version.parse().ok())
        .collect();
    range.best_match(&releases).cloned().or_else(|| footing.lowest.clone())
}

/// A point of the ladder, as plans start from it.
fn end(footing: &Footing, version: Option<&Version>) -> jump::Stand {
    jump::Stand {
        package: footing.stand.package.clone(),
        version: version.map_or_else(|| footing.stand.version.clone(), ToString::to_string),
        line: version.map(Version::line),
    }
}

fn stand(
    path: &str,
    product: &Product,
    footing: &Footing,
    version: Option<&Version>,
    rules: &Rulebook,
    today: Day,
) -> Stand {
    let leader = &footing.stand.package;
    let hit = version.map(|version| now::advisories(product, leader, version, footing.framework.as_deref()));
    let mut stand = Stand {
        path: path.to_owned(),
        framework: footing.framework.clone(),
        product: product.id.clone(),
        package: footing.package.clone(),
        generation: leader.clone(),
        version: Some(footing.stand.version.clone()).filter(|text| text != "unknown"),
        line: version.map(|version| version.line().to_string()),
        newest: newest(product, leader, version).map(|(_, version)| version.to_string()),
        behind: version.map_or(0, |version| behind(product, leader, version)),
        supported: None,
        end_of_support: None,
        advisories: hit.into_iter().flatten().map(|(entry, _)| entry.id.clone()).collect(),
        file: footing.place.path.clone(),
        at: footing.place.line,
    };
    now::settle_support(&mut stand, rules, today);
    stand
}

/// The newest release of a ladder, and its generation; a preview only for who is on one that is newer than any release.
fn newest(product: &Product, leader: &str, own: Option<&Version>) -> Option<(usize, Version)> {
    let releases = || {
        product.rungs.iter().flat_map(|rung| {
            let versions = rung.file.versions.iter().filter_map(|release| release.version.parse::<Version>().ok());
            versions.map(|version| (rung.generation, version))
        })
    };
    let stable = releases().filter(|(_, version)| !version.is_prerelease()).max();
    let any = releases().max();
    let own = own.map(|version| (generation(product, leader), version.clone()));
    match own {
        Some(own) if own.1.is_prerelease() && stable.as_ref().is_none_or(|stable| own > *stable) => any,
        _ => stable.or(any),
    }
}

fn generation(product: &Product, leader: &str) -> usize {
    product.file.leading.iter().position(|known| known.id == leader).unwrap_or_default()
}

/// How many released lines lie above.
fn behind(product: &Product, leader: &str, version: &Version) -> usize {
    let own = crate::rules::Position { generation: generation(product, leader), line: version.line() };
    product.rungs.iter().filter(|rung| rung.position() > own && !rung.file.preview).count()
}

/// The way from each version here to the newest: of a product the lowest version first.
fn plans(found: &[(Stand, Option<Version>, Footing)], rules: &'static Rulebook, today: Day) -> Vec<Plan> {
    let mut starts: BTreeMap<(&str, usize, &Version), jump::Stand> = BTreeMap::new();
    for (stand, version, footing) in found {
        let (Some(version), Some(product)) = (version, rules.product(&stand.product)) else { continue };
        let generation = generation(product, &footing.stand.package);
        starts.entry((&product.id, generation, version)).or_insert_with(|| end(footing, Some(version)));
    }
    let mut plans = Vec::new();
    for ((product, own, version), from) in starts {
        let Some(product) = rules.product(product) else { continue };
        let Some((generation, newest)) = newest(product, &from.package, Some(version)) else { continue };
        let Some(leader) = product.leader(generation).filter(|_| (generation, &newest) > (own, version)) else {
            continue;
        };
        let to = jump::Stand { package: leader.id.clone(), line: Some(newest.line()), version: newest.to_string() };
        plans.push(Plan::of(product, &from, &to, today));
    }
    plans.sort_by_key(|plan| std::cmp::Reverse(weight(plan.product)));
    plans
}

/// How much there is to know of a product: the ladder with the most rules comes first.
fn weight(product: &Product) -> usize {
    product.rungs.iter().map(|rung| rung.file.changes.len() + rung.file.database.len()).sum()
}

/// A float without a lock file: which version runs, the files do not say.
fn floats(stand: &Stand, version: Option<&Version>, footing: &Footing) -> Option<Finding> {
    footing.floats.as_ref()?;
    let text = footing.stand.version.replace('`', "'");
    let taken = version.map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let title = format!("`{}` floats (`{text}`): judged as {taken}", stand.package);
    let advice = "That is the newest release that the rulebook knows and the requirement allows; another one may run. Name one version, or \
                  keep a lock file.";
    Some(Finding {
        impact: Some("behaviour".into()),
        places: now::places(&[stand]),
        ..Finding::new(format!("{}/floating", stand.product), Kind::Change, Status::Check, title, advice.into())
    })
}

/// A line that the book does not know is said, with how far it knows.
fn beyond(stand: &Stand, version: Option<&Version>, rules: &Rulebook) -> Option<Finding> {
    let version = version.filter(|_| now::rung(stand, rules).is_none())?;
    let product = rules.product(&stand.product)?;
    let title = format!("The rulebook does not know {} {version}", product.file.title);
    let newest = stand.newest.as_deref().unwrap_or("nothing");
    let advice =
        format!("It knows up to {newest}, verified {}. Update this tool, or see the vendor's pages.", rules.verified());
    Some(Finding {
        impact: Some("behaviour".into()),
        places: now::places(&[stand]),
        ..Finding::new(format!("{}/unknown", product.id), Kind::Change, Status::Check, title, advice)
    })
}

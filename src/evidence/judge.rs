//! Holds the findings of a plan against what a tree shows.

use std::collections::BTreeSet;

use crate::evidence::code::settle::{Form, Sight, Sights};
use crate::evidence::scope::users;
use crate::evidence::{Facts, Judgement, companions, database, frameworks, project_at};
use crate::inventory::{Inventory, Project};
use crate::place::Place;
use crate::plan::{Fact, Plan, Rule};
use crate::report::{Finding, Kind, Status};
use crate::rules::schema::{ChangeEntry, SeenEntry};

/// The findings of a plan with what the tree shows of each, and those that only the tree can tell.
///
/// Findings that are settled without a tree (advisories, licence) pass unchanged; so does everything on the way down.
pub fn hold(plan: &Plan, findings: Vec<Finding>, facts: &Facts, inventory: &Inventory) -> Vec<Finding> {
    let mut held: Vec<Finding> = Vec::new();
    for finding in findings {
        let judgement = judge(plan, &finding, &held, facts, inventory);
        held.push(match judgement {
            Some(judgement) => with(finding, judgement),
            None => finding,
        });
    }
    held.extend(of_projects(plan, inventory));
    held
}

/// The same for a plan that asks nothing of code and databases: of its findings only support depends on the hosts.
pub fn hold_support(plan: &Plan, finding: Finding, hosts: &[&Project]) -> Finding {
    let support = Some(&finding).filter(|it| it.kind == Kind::Support && !plan.down);
    match support.and_then(|_| frameworks::judge_support(plan, hosts.iter().copied())) {
        Some(judgement) => with(finding, judgement),
        None => finding,
    }
}

fn with(mut finding: Finding, judgement: Judgement) -> Finding {
    finding.status = judgement.status;
    finding.places = judgement.places;
    finding.searched = judgement.searched;
    finding.commands.extend(judgement.commands);
    if let Some((title, advice)) = judgement.told {
        (finding.title, finding.advice) = (title, advice);
    }
    if !judgement.note.is_empty() && !finding.advice.contains(&judgement.note) {
        finding.advice = format!("{} {}", finding.advice, judgement.note);
    }
    finding
}

fn judge(plan: &Plan, finding: &Finding, held: &[Finding], facts: &Facts, inventory: &Inventory) -> Option<Judgement> {
    if plan.down {
        return None;
    }
    match finding.kind {
        Kind::Database => {
            let context = finding.context.as_deref()?;
            let trap = plan
                .traps()
                .into_iter()
                .find(|trap| trap.rule.id() == finding.rule && trap.entry.summary == finding.title);
            let Some(trap) = trap else { return Some(database::judge(plan, context, facts, inventory)) };
            let own = |it: &&Finding| it.kind == Kind::Database && it.context.as_deref() == Some(context);
            let migration = held.iter().find(own).map(|it| it.status);
            Some(database::judge_trap(plan, &trap, migration, facts, inventory))
        }
        Kind::Framework if finding.rule.ends_with("/framework") => {
            Some(frameworks::judge(plan.product, &plan.framework.shipped, facts, inventory))
        }
        Kind::Change | Kind::Framework | Kind::Licence => {
            let rule = plan.rules.iter().find(|rule| rule.id() == finding.rule)?;
            change(rule, facts, inventory)
        }
        Kind::Support => frameworks::judge_support(plan, inventory.projects.iter()),
        _ => None,
    }
}

/// A rule without detectors stays as it is: files cannot show it.
fn change(rule: &Rule, facts: &Facts, inventory: &Inventory) -> Option<Judgement> {
    let Fact::Change(entry) = rule.fact else { return None };
    if let Some(judgement) = unreferenced(entry, inventory) {
        return Some(judgement);
    }
    let seen = entry.seen.as_ref()?;
    let id = rule.id();
    let none = Sights::default();
    let sights = facts.code.get(&id).unwrap_or(&none);
    let before = facts.before.get(&id).unwrap_or(&none);
    let searched = format!("{} C# and Razor files for {}", facts.searched, names(seen));
    let mut open: Vec<&Sight> = sights.places.iter().filter(|sight| !is_adapted(sight, seen, before)).collect();
    // A call that takes what is constructed elsewhere says nothing more once all that is constructed says what it wants.
    if open.iter().all(|sight| sight.form == Form::Call) && sights.places.iter().any(|sight| sight.adapted) {
        open.clear();
    }
    let packages = referenced(&seen.packages, inventory);
    let mut judgement = Judgement::new(Status::Clear, searched);
    if open.is_empty() && packages.is_empty() {
        if sights.count > 0 || before.count > 0 {
            judgement.status = Status::Done;
            let gone = if sights.count > 0 { &sights.places } else { &before.places };
            for sight in gone {
                judgement.see(&Place::new(&sight.path, sight.line), sight.saw.clone());
            }
        }
        return Some(judgement);
    }
    let keeps = keepers(seen, inventory);
    let owed = |sight: &Sight| {
        sight.sure && !project_at(inventory, &sight.path).is_some_and(|it| keeps.contains(it.path.as_str()))
    };
    let sure = open.iter().any(|sight| owed(sight)) || (!packages.is_empty() && seen.usings.is_empty());
    open.sort_by_key(|sight| !owed(sight));
    judgement.status = if sure && must_change(entry) { Status::Todo } else { Status::Check };
    for (place, saw) in packages {
        judgement.see(&place, saw);
    }
    for sight in open {
        judgement.see(&Place::new(&sight.path, sight.line), sight.saw.clone());
    }
    if sights.count > sights.places.len() {
        judgement.add_note(&format!("{} places in all.", sights.count));
    }
    Some(judgement)
}

/// The projects in which old namespaces still compile after the jump, because they reference the old packages themselves.
fn keepers<'a>(seen: &SeenEntry, inventory: &'a Inventory) -> BTreeSet<&'a str> {
    if seen.usings.is_empty() || seen.packages.is_empty() {
        return BTreeSet::new();
    }
    users(inventory, |id| is_listed(&seen.packages, id))
}

/// Whether a hit asks for an edit, or only for a look: what compiles and acts otherwise is not owed, and of what rarely matters
/// a hit does not show that it does.
fn must_change(entry: &ChangeEntry) -> bool {
    let breaks = matches!(entry.impact.as_str(), "breaks" | "removed" | "customisation");
    breaks || (entry.kind == "api-removed" && entry.impact == "rare")
}

/// Whether a signature shows that the code was adapted: it names what the new version asks for, or this change edited it.
fn is_adapted(sight: &Sight, seen: &SeenEntry, before: &Sights) -> bool {
    let words = || sight.saw.split(|character: char| !character.is_alphanumeric());
    let names_it = seen.adapted.iter().any(|wanted| words().any(|word| word == wanted));
    let same_file = || before.places.iter().filter(|old| old.path == sight.path && old.form == Form::Signature);
    let edited = same_file().next().is_some() && same_file().all(|old| old.saw != sight.saw);
    sight.adapted || (sight.form == Form::Signature && (names_it || edited))
}

/// The rule is for projects with certain packages, and there is none.
fn unreferenced(entry: &ChangeEntry, inventory: &Inventory) -> Option<Judgement> {
    let none = !entry.packages.is_empty() && referenced(&entry.packages, inventory).is_empty();
    none.then(|| {
        let searched =
            format!("{}: none references {}", counted(inventory.projects.len()), entry.packages.join(" or "));
        Judgement::new(Status::Clear, searched)
    })
}

/// `1 project`, `2 projects`.
pub(super) fn counted(projects: usize) -> String {
    if projects == 1 { "1 project".to_owned() } else { format!("{projects} projects") }
}

/// Whether a package is one of these; an id of the list may end in `*`.
fn is_listed(ids: &[String], own: &str) -> bool {
    let own = own.to_ascii_lowercase();
    ids.iter().map(|id| id.to_ascii_lowercase()).any(|id| match id.strip_suffix('*') {
        Some(start) => own.starts_with(start),
        None => own == id,
    })
}

/// Where packages are referenced.
fn referenced(ids: &[String], inventory: &Inventory) -> Vec<(Place, String)> {
    let packages = inventory.projects.iter().flat_map(|project| &project.packages);
    let mut found: Vec<(Place, String)> =
        packages.filter(|package| is_listed(ids, &package.id)).map(|it| (it.place.clone(), it.id.clone())).collect();
    found.sort();
    found.dedup();
    found
}

/// What was looked for, in a few names.
fn names(seen: &SeenEntry) -> String {
    const SHOWN: usize = 6;
    let lists = [
        &seen.usings,
        &seen.types,
        &seen.members,
        &seen.constructs,
        &seen.derives,
        &seen.overrides,
        &seen.calls,
        &seen.attributes,
        &seen.packages,
    ];
    let mut all: Vec<String> = Vec::new();
    for name in lists.into_iter().flatten().chain(seen.implements.keys()).map(|it| format!("`{it}`")) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.get(..SHOWN.min(all.len())).unwrap_or_default().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// Findings that only the projects can tell.
pub fn of_projects(plan: &Plan, inventory: &Inventory) -> Vec<Finding> {
    let finding = |rule: &str, title: String, advice: String, judgement: Judgement| {
        let blank = Finding {
            rule: format!("{}/{rule}", plan.product.id),
            kind: Kind::Companion,
            status: Status::Check,
            context: None,
            title,
            advice,
            url: None,
            impact: Some("breaks".into()),
            commands: Vec::new(),
            places: Vec::new(),
            searched: String::new(),
        };
        with(blank, judgement)
    };
    let companions = companions::judge(plan, inventory).map(|judgement| {
        let title = format!("Packages of {} are out of step", plan.product.file.title);
        let advice = format!("Bring them to the line of `{}` {}.", plan.to.package, plan.to.version);
        finding("companions", title, advice, judgement)
    });
    let ef_core = companions::judge_ef_core(plan, inventory).map(|judgement| {
        let title = "EF Core is older than the packages need".to_owned();
        let advice = "Raise EF Core and its provider to the same major version.".to_owned();
        finding("ef-core", title, advice, judgement)
    });
    companions.into_iter().chain(ef_core).collect()
}

//! Packages of one family that must share a version, and EF Core that must fit the product's.

use std::str::FromStr;

use crate::evidence::Judgement;
use crate::inventory::{Inventory, Package, Project};
use crate::plan::{Plan, rung_of};
use crate::report::Status;
use crate::version::Version;

/// Beginnings of ids of EF Core and its providers, which follow its major version.
const EF_CORE: [&str; 3] =
    ["Microsoft.EntityFrameworkCore", "Npgsql.EntityFrameworkCore.PostgreSQL", "Pomelo.EntityFrameworkCore.MySql"];

/// Packages that follow the leading one and stand at another version; `None` when all are in step.
pub(super) fn judge(plan: &Plan, inventory: &Inventory) -> Option<Judgement> {
    let mut judgement = Judgement::new(Status::Todo, super::judge::counted(inventory.projects.len()));
    for project in &inventory.projects {
        let Some(leader) = version_of(project, &plan.to.package) else { continue };
        for package in &project.packages {
            let known = plan.product.file.packages.iter().find(|entry| entry.id.eq_ignore_ascii_case(&package.id));
            let follows = known.and_then(|entry| entry.follows.as_deref());
            let follows = follows.is_some_and(|leader| leader.eq_ignore_ascii_case(&plan.to.package));
            let own = exact(package);
            if let Some(own) = own.filter(|own| follows && own.line() != leader.line()) {
                let saw = format!("{} {own} beside {} {leader}", package.id, plan.to.package);
                judgement.see(package.carrier(), saw);
            }
        }
    }
    judgement.places.sort();
    judgement.places.dedup();
    (!judgement.places.is_empty()).then_some(judgement)
}

/// References to EF Core of another major version than the product's EF packages bring; `None` when all fit.
pub(super) fn judge_ef_core(plan: &Plan, inventory: &Inventory) -> Option<Judgement> {
    let rung = rung_of(plan.product, &plan.to)?;
    let mut judgement = Judgement::new(Status::Todo, super::judge::counted(inventory.projects.len()));
    let brings = plan.product.file.packages.iter().filter(|entry| !entry.contexts.is_empty());
    let ids: Vec<&str> = brings.map(|entry| entry.id.as_str()).collect();
    for project in &inventory.projects {
        let uses = project.packages.iter().any(|package| ids.iter().any(|id| id.eq_ignore_ascii_case(&package.id)));
        for package in project.packages.iter().filter(|package| uses && is_ef_core(&package.id)) {
            let moniker = package.framework.as_deref().or(project.target_frameworks.first().map(String::as_str));
            let needed = moniker.and_then(|it| rung.file.ef_core.get(it)).and_then(|it| Version::from_str(it).ok());
            if let (Some(own), Some(needed)) = (exact(package), needed)
                && own.line().major < needed.line().major
            {
                let saw = format!("{} {own}; the EF packages need EF Core {}", package.id, needed.line().major);
                judgement.see(package.carrier(), saw);
            }
        }
    }
    judgement.places.sort();
    judgement.places.dedup();
    (!judgement.places.is_empty()).then_some(judgement)
}

/// Tools of EF Core 1 and 2 that have no newer version, and do no harm.
const ENDED: [&str; 2] = [".Design", ".Tools.DotNet"];

fn is_ef_core(id: &str) -> bool {
    let ended = ENDED.iter().any(|end| id.ends_with(end)) && id != "Microsoft.EntityFrameworkCore.Design";
    !ended && EF_CORE.iter().any(|start| id.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start)))
}

fn version_of(project: &Project, id: &str) -> Option<Version> {
    project.packages.iter().filter(|package| package.id.eq_ignore_ascii_case(id)).find_map(exact)
}

/// The version that a requirement names, or a lock file holds.
fn exact(package: &Package) -> Option<Version> {
    let text = package.resolved.as_deref().or(package.requirement.as_deref())?;
    Version::from_str(text.trim_matches(['[', ']'])).ok()
}

//! Target frameworks of projects, and the images, SDKs and workflows that contradict the one that is needed.

use crate::evidence::pins::{Pin, Source};
use crate::evidence::{Facts, Judgement};
use crate::inventory::{Inventory, Project};
use crate::place::Place;
use crate::plan::{Plan, rung_of};
use crate::report::Status;
use crate::rules::Product;
use crate::rules::support::support;
use crate::tree::{folder, is_in};

/// A runtime: .NET Framework, .NET Standard, .NET Core and .NET, with its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Framework {
    modern: bool,
    major: u32,
    minor: u32,
}

/// Reads `net8.0-windows`, `netcoreapp3.1`; `None` for what is no runtime to host on.
fn framework(moniker: &str) -> Option<Framework> {
    let moniker = moniker.trim().to_ascii_lowercase();
    let name = moniker.split('-').next()?;
    let (modern, digits) = match (name.strip_prefix("netcoreapp"), name.strip_prefix("net")) {
        (Some(version), _) => (true, version),
        (_, Some(version)) if version.contains('.') && !version.starts_with("standard") => (true, version),
        (_, Some(version)) => (false, version),
        _ => return None,
    };
    if !modern {
        let mut numbers = digits.chars().map(|digit| digit.to_digit(10));
        return Some(Framework { modern, major: numbers.next()??, minor: numbers.next()?? });
    }
    let (major, minor) = digits.split_once('.')?;
    Some(Framework { modern, major: major.parse().ok()?, minor: minor.parse().ok()? })
}

/// Holds the frameworks that the arrival ships against the projects that reference the product.
pub(super) fn judge(product: &Product, shipped: &[String], facts: &Facts, inventory: &Inventory) -> Judgement {
    let needed: Vec<Framework> = shipped.iter().filter_map(|moniker| framework(moniker)).collect();
    let Some(lowest) = needed.iter().min().copied() else {
        return Judgement::new(Status::Check, "the book does not know the frameworks of this version".into());
    };
    if shipped.iter().any(|moniker| moniker.starts_with("netstandard")) {
        return Judgement::new(Status::Clear, "the packages also serve .NET Standard".into());
    }
    let hosts: Vec<&Project> = inventory.projects.iter().filter(|project| references(product, project)).collect();
    let mut judgement =
        Judgement::new(Status::Done, format!("target frameworks of {}", super::judge::counted(hosts.len())));
    let mut folders: Vec<&str> = Vec::new();
    for project in hosts {
        folders.push(folder(&project.path));
        judge_project(product, project, lowest, &mut judgement);
    }
    judge_pins(lowest, &folders, facts, &mut judgement);
    judgement
}

fn references(product: &Product, project: &Project) -> bool {
    project.packages.iter().any(|package| !package.pin && is_bound(product, &package.id))
}

/// Whether a package leads the ladder or shares the versions of one that does.
fn is_bound(product: &Product, id: &str) -> bool {
    product.file.leading.iter().any(|leader| leader.id.eq_ignore_ascii_case(id))
        || product.file.packages.iter().any(|entry| entry.follows.is_some() && entry.id.eq_ignore_ascii_case(id))
}

/// The target frameworks under which a project references the product.
fn bound<'p>(product: &'p Product, project: &'p Project) -> impl Iterator<Item = &'p String> {
    project.target_frameworks.iter().filter(|moniker| {
        let mut packages = project.packages.iter().filter(|package| is_bound(product, &package.id));
        packages.any(|package| package.framework.is_none() || package.framework.as_ref() == Some(*moniker))
    })
}

/// Holds the end of support on some target frameworks against the projects that reference the product. `None` when no framework
/// of a host matters, because support has ended on all, or no host is known.
pub(super) fn judge_support<'i>(plan: &Plan, projects: impl Iterator<Item = &'i Project>) -> Option<Judgement> {
    let rung = rung_of(plan.product, &plan.to)?;
    let hosts: Vec<&Project> = projects.filter(|project| references(plan.product, project)).collect();
    if hosts.is_empty() || support(rung, None, plan.today).now == Some(false) {
        return None;
    }
    let searched = format!("target frameworks of {}", super::judge::counted(hosts.len()));
    let mut judgement = Judgement::new(Status::Clear, searched);
    for project in hosts {
        let place = project.framework_place.clone().unwrap_or_else(|| Place::new(&project.path, 0));
        if project.target_frameworks.is_empty() {
            judgement.worsen(Status::Check);
            judgement.see_as(Status::Check, &place, "the target framework cannot be told".into());
        }
        for moniker in bound(plan.product, project) {
            let status = match support(rung, Some(moniker), plan.today).now {
                Some(true) => Status::Clear,
                _ => Status::Check,
            };
            judgement.worsen(status);
            judgement.see_as(status, &place, format!("targets {moniker}"));
        }
    }
    Some(judgement)
}

/// Every framework under which the project references the product must do.
fn judge_project(product: &Product, project: &Project, lowest: Framework, judgement: &mut Judgement) {
    let place = project.framework_place.clone().unwrap_or_else(|| Place::new(&project.path, 0));
    if project.target_frameworks.is_empty() {
        judgement.worsen(Status::Check);
        judgement.see_as(Status::Check, &place, "the target framework cannot be told".into());
        return;
    }
    let serves = |moniker: &&String| framework(moniker).is_some_and(|own| own.modern && own >= lowest);
    let (enough, short): (Vec<&String>, Vec<&String>) = bound(product, project).partition(serves);
    let named = |monikers: &[&String]| monikers.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ");
    if short.is_empty() {
        judgement.see_as(Status::Done, &place, format!("targets {}", named(&enough)));
    } else if short.iter().any(|moniker| framework(moniker).is_none()) {
        judgement.worsen(Status::Check);
        judgement.see_as(Status::Check, &place, format!("targets {}, which cannot be told", named(&short)));
    } else {
        judgement.worsen(Status::Todo);
        judgement.see(&place, format!("targets {}", named(&short)));
    }
}

/// Images and SDKs below the need. A workflow counts only when it installs no version that is enough.
fn judge_pins(lowest: Framework, folders: &[&str], facts: &Facts, judgement: &mut Judgement) {
    for (path, pins) in &facts.pins {
        let near = folders.iter().any(|it| is_in(path, it));
        let above = folders.iter().any(|it| *it == folder(path) || is_in(it, folder(path)));
        let short = |pin: &&Pin| pin.major < lowest.major;
        let covered = pins.iter().any(|pin| pin.source == Source::Workflow && pin.major >= lowest.major);
        for pin in pins.iter().filter(short) {
            let counts = match pin.source {
                Source::Image => near || above,
                Source::GlobalJson => above,
                Source::Workflow => !covered,
            };
            if counts {
                let status = if pin.source == Source::Workflow { Status::Check } else { Status::Todo };
                judgement.worsen(status);
                judgement.see_as(status, &Place::new(path, pin.line), pin.saw.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_monikers() {
        #[track_caller]
        fn case(moniker: &str, expected: Option<(bool, u32, u32)>) {
            assert_eq!(framework(moniker).map(|it| (it.modern, it.major, it.minor)), expected);
        }
        case("net8.0", Some((true, 8, 0)));
        case("net10.0-windows10.0.19041", Some((true, 10, 0)));
        case("netcoreapp3.1", Some((true, 3, 1)));
        case("net472", Some((false, 4, 7)));
        case("netstandard2.0", None);
        case("$(X)", None);
    }
}

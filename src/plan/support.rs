//! Whether the vendor still supports the line that is arrived at, on the day of the plan.

use std::collections::BTreeMap;

use super::{Plan, rung_of};
use crate::day::Day;
use crate::report::{Finding, Kind, Status};
use crate::rules::Rung;

/// Last days of support of a rung, by target framework; `any` when it is the same for all.
fn dates(rung: &Rung) -> BTreeMap<&str, Day> {
    let until = rung.file.support.iter().flat_map(|window| &window.until);
    until.filter_map(|(framework, day)| Some((framework.as_str(), day.parse().ok()?))).collect()
}

/// What of the arrival's support has ended: all of it, or that of some target frameworks.
pub(super) fn finding(plan: &Plan) -> Option<Finding> {
    let rung = rung_of(plan.product, &plan.to)?;
    let dates = dates(rung);
    let (ended, lasting): (BTreeMap<&str, Day>, BTreeMap<&str, Day>) =
        dates.into_iter().partition(|(_, day)| *day < plan.today);
    let last = ended.values().max()?;
    let line = format!("{} {}", plan.product.file.title, rung.line);
    let (title, advice) = match lasting.iter().max_by_key(|(_, day)| **day) {
        None => (format!("{line} is out of support since {last}"), above(plan)),
        Some((framework, day)) => {
            let names: Vec<String> = ended.keys().map(|name| format!("`{name}`")).collect();
            let title = format!("{line} is out of support on {} since {last}", names.join(" and "));
            (title, format!("Move the host to `{framework}`, on which this line is supported until {day}."))
        }
    };
    Some(Finding {
        url: rung.file.support.as_ref().map(|window| window.source.clone()),
        impact: Some("behaviour".into()),
        ..Finding::new(format!("{}/support", rung.id), Kind::Support, Status::Check, title, advice)
    })
}

/// The lowest released line above the arrival that is in support.
fn above(plan: &Plan) -> String {
    let at = rung_of(plan.product, &plan.to).map(Rung::position);
    let lasts = |rung: &&Rung| dates(rung).values().any(|day| *day >= plan.today);
    let mut higher = plan.product.rungs.iter().filter(|rung| Some(rung.position()) > at && !rung.file.preview);
    higher.find(lasts).map_or_else(
        || "There is no supported line above it in the rulebook.".to_owned(),
        |next| format!("Go on to a supported line, such as {}.", next.line),
    )
}

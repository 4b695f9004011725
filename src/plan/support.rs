//! Whether the vendor still supports the line that is arrived at, on the day of the plan.

use super::{Plan, rung_of};
use crate::day::Day;
use crate::report::{Finding, Kind, Status};
use crate::rules::Rung;
use crate::rules::support::dates;

/// What of the arrival's support has ended: all of it, or that of some target frameworks.
pub(super) fn finding(plan: &Plan) -> Option<Finding> {
    let rung = rung_of(plan.product, &plan.to)?;
    let (ended, lasting): (Vec<(&str, Day)>, Vec<_>) = dates(rung).into_iter().partition(|(_, day)| *day < plan.today);
    let last = ended.iter().map(|(_, day)| day).max()?;
    let line = format!("{} {}", plan.product.file.title, rung.line);
    let (title, advice) = match lasting.iter().max_by_key(|(_, day)| *day) {
        None => (format!("{line} is out of support since {last}"), above(plan)),
        Some((framework, day)) => {
            let names: Vec<String> = ended.iter().map(|(name, _)| format!("`{name}`")).collect();
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
    let lasts = |rung: &&Rung| dates(rung).iter().any(|(_, day)| *day >= plan.today);
    let mut higher = plan.product.rungs.iter().filter(|rung| Some(rung.position()) > at && !rung.file.preview);
    higher.find(lasts).map_or_else(
        || "There is no supported line above it in the rulebook.".to_owned(),
        |next| format!("Go on to a supported line, such as {}.", next.line),
    )
}

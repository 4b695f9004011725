//! What a change of the configuration would do, in words: it is tried on the change that proposes it, and not obeyed.

use crate::day::Day;
use anyhow::Result;

use super::configuration::{Configuration, Proposed};
use crate::policy;
use crate::report::{Report, Status};
use crate::run;

/// Rules, and faults, that are named before the rest is counted.
const NAMED: usize = 10;

/// What the proposed configuration would change. `found` is what was found as the base asks; `again` finds anew as the proposal asks.
pub(super) fn tried(
    configuration: &Configuration,
    found: &Report,
    today: Day,
    again: impl FnOnce(&Proposed) -> Result<Report>,
) -> Vec<String> {
    let Some(proposed) = &configuration.proposed else { return Vec::new() };
    let settings = &configuration.settings;
    let mut lines: Vec<String> = settings
        .differences(&proposed.settings)
        .iter()
        .map(|(now, then)| {
            format!("`{}` would be `{}` instead of `{}`", now.name, quiet(&then.value), quiet(&now.value))
        })
        .collect();
    if proposed.other_rules {
        lines.push("the rules of your own would be those of this change".into());
    }
    let of_proposal = if looks_elsewhere(configuration, proposed) { again(proposed) } else { Ok(found.clone()) };
    let now = run::judge(found.clone(), settings, &configuration.book, &[], today);
    match of_proposal {
        Ok(found) => {
            let then = run::judge(found, &proposed.settings, &proposed.book, &[], today);
            lines.extend(differences(
                (&now, settings.fail_on.value.as_slice()),
                (&then, &proposed.settings.fail_on.value),
            ));
        }
        Err(error) => lines.push(format!("what it would find could not be tried: {}", quiet(&format!("{error:#}")))),
    }
    let fault = |fault: &crate::place::Problem| {
        let place = fault.place.as_ref().map(|place| format!("`{}`: ", quiet(&place.to_string()))).unwrap_or_default();
        format!("{place}{}", fault.message)
    };
    lines.extend(proposed.faults.iter().take(NAMED).map(fault));
    if let Some(more) = proposed.faults.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {more} more faults"));
    }
    lines
}

/// Whether the proposal looks at other files, or with other rules, so that it may find something else.
fn looks_elsewhere(configuration: &Configuration, proposed: &Proposed) -> bool {
    let (now, then) = (&configuration.settings, &proposed.settings);
    proposed.other_rules || now.paths.value != then.paths.value || now.exclude.value != then.exclude.value
}

/// Verdict, exit code and open rules, as far as they would be others.
fn differences((now, now_fails_on): (&Report, &[String]), (then, then_fails_on): (&Report, &[String])) -> Vec<String> {
    let mut lines = Vec::new();
    let verdict = |report: &Report| policy::name(report.verdict);
    lines.push(if now.verdict == then.verdict {
        format!("the verdict of this change would stay `{}`", verdict(now))
    } else {
        format!("the verdict of this change would be `{}` instead of `{}`", verdict(then), verdict(now))
    });
    let code = |words: &[String], report: &Report| u8::from(policy::fails(words, report));
    let (code_now, code_then) = (code(now_fails_on, now), code(then_fails_on, then));
    if code_now != code_then {
        lines.push(format!("the run would end with status {code_then} instead of {code_now}"));
    }
    for (words, of, not_of) in [("no longer asked for", now, then), ("asked for as well", then, now)] {
        let known = open(not_of);
        let other: Vec<&str> = open(of).into_iter().filter(|rule| !known.contains(rule)).collect();
        if !other.is_empty() {
            let named: Vec<String> = other.iter().take(NAMED).map(|rule| format!("`{}`", quiet(rule))).collect();
            let more = other.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.push(format!("{words}: {}{more}", named.join(", ")));
        }
    }
    lines
}

/// Rules that are not done, in the order of the report, each once.
fn open(report: &Report) -> Vec<&str> {
    let mut rules: Vec<&str> = Vec::new();
    for finding in report.of(Status::Todo).chain(report.of(Status::Check)) {
        if !rules.contains(&finding.rule.as_str()) {
            rules.push(&finding.rule);
        }
    }
    rules
}

/// Foreign text for a code span.
fn quiet(text: &str) -> String {
    text.replace('`', "'")
}

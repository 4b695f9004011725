//! The report for a terminal: plain text that a pipe can carry.

use std::fmt::Write;

use crate::render::headline::headline;
use crate::render::markdown::one_line;
use crate::report::{Finding, Report, Route, Status, Unread};

/// Places of a finding that are named.
const PLACES: usize = 5;

/// The report as plain text.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail, so the results are not looked at.
    writeln!(out, "{}", plain(&headline(report))).ok();
    for route in &report.routes {
        way_up(&mut out, route);
    }
    section(&mut out, "To do", &report.of(Status::Todo).collect::<Vec<_>>(), true);
    section(&mut out, "Only you can tell", &report.of(Status::Check).collect::<Vec<_>>(), true);
    section(&mut out, "Done here", &report.of(Status::Done).collect::<Vec<_>>(), false);
    let clear = report.of(Status::Clear).count();
    if clear > 0 {
        writeln!(out, "\nDoes not apply: {clear} (--format json lists them, with what was searched)").ok();
    }
    if !report.guides.is_empty() {
        writeln!(out, "\nRead in this order").ok();
        for guide in &report.guides {
            writeln!(out, "  {}  {}", guide.title, guide.url).ok();
        }
    }
    if !report.ignored.is_empty() {
        writeln!(out, "\nIgnored, as the configuration asks").ok();
        for ignored in &report.ignored {
            let until = ignored.until.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
            let (title, reason) = (plain(&ignored.finding.title), plain(&ignored.reason));
            writeln!(out, "  - {title}  [{}]: {reason}{until}", ignored.finding.rule).ok();
        }
    }
    unread(&mut out, "Could not be read or told", &report.problems);
    unread(&mut out, "Configuration", &report.remarks);
    if !report.book.verified.is_empty() {
        let book = &report.book;
        let at = if book.tags.is_empty() { String::new() } else { format!(" at {}", book.tags.join(", ")) };
        writeln!(out, "\nRulebook verified {}{at}, knows up to {}.", book.verified, book.newest).ok();
    }
    out
}

fn unread(out: &mut String, title: &str, problems: &[Unread]) {
    if problems.is_empty() {
        return;
    }
    writeln!(out, "\n{title}").ok();
    for problem in problems {
        writeln!(out, "  {}:{}: {}", one_line(&problem.path), problem.line, one_line(&problem.message)).ok();
    }
}

fn way_up(out: &mut String, route: &Route) {
    let rungs: Vec<String> = route
        .rungs
        .iter()
        .map(|rung| {
            let marks = [(rung.database, "database"), (rung.framework, "framework")];
            let marks: Vec<&str> = marks.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
            if marks.is_empty() { rung.line.clone() } else { format!("{} ({})", rung.line, marks.join(", ")) }
        })
        .collect();
    if !rungs.is_empty() {
        writeln!(out, "  {}", rungs.join(" → ")).ok();
    }
    if !route.known {
        out.push_str("  The rulebook does not know every version of this jump: what it says below may not be whole.\n");
    }
    for project in &route.jump.projects {
        writeln!(out, "  in {}", one_line(project)).ok();
    }
    for place in &route.jump.places {
        writeln!(out, "  set in {}", one_line(&place.to_string())).ok();
    }
}

pub(super) fn section(out: &mut String, title: &str, findings: &[&Finding], advice: bool) {
    if findings.is_empty() {
        return;
    }
    writeln!(out, "\n{title}").ok();
    for finding in findings {
        writeln!(out, "  - {}  [{}]", plain(&finding.title), finding.rule).ok();
        if advice && !finding.advice.is_empty() {
            writeln!(out, "    {}", plain(&finding.advice)).ok();
        }
        for command in finding.commands.iter().filter(|_| advice) {
            writeln!(out, "    $ {}", one_line(command)).ok();
        }
        for place in finding.places.iter().take(PLACES) {
            writeln!(out, "    {}:{}: {}", one_line(&place.path), place.line, one_line(&place.saw)).ok();
        }
        if finding.places.len() > PLACES {
            let more = finding.places.len() - PLACES;
            writeln!(out, "    and {more} more place{}", if more == 1 { "" } else { "s" }).ok();
        }
        if let Some(url) = finding.url.as_ref().filter(|_| advice) {
            writeln!(out, "    {url}").ok();
        }
    }
}

/// A sentence without its Markdown: emphasis goes, what stands in code stays as it is.
pub(super) fn plain(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate();
    one_line(
        &parts
            .map(|(index, part)| if index % 2 == 0 { part.replace('*', "") } else { part.to_owned() })
            .collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emphasis_goes_and_code_stays() {
        assert_eq!(plain("Take *all* of `COUNT(*)`."), "Take all of COUNT(*).");
    }
}

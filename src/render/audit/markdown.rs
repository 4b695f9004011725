//! An audit in GitHub's Markdown: the job summary, and the body of the tracking issue.
//!
//! Whatever the portfolio, a body stays under the limit and balanced: it is rendered at falling levels of detail until it fits.

use std::collections::BTreeMap;

use crate::portfolio::{Portfolio, Row, Standing};
use crate::render::audit::{behind, headline, support_of};
use crate::render::comment::LIMIT;
use crate::render::markdown::{Markdown, permalink};
use crate::report::{Finding, Sighting, Status};

/// What GitHub takes as a job summary, less some room (bytes).
const SUMMARY: usize = 1_000_000;

/// How much is said.
#[derive(Clone, Copy)]
struct Detail {
    /// Rows of the overview.
    rows: usize,
    /// Things of one repository that are named.
    named: usize,
    /// Places of a thing.
    places: usize,
    /// Whether advice stands beside titles.
    advice: bool,
}

const ALL: Detail = Detail { rows: 5000, named: 1000, places: 50, advice: true };

/// From much to next to nothing.
const DETAILS: [Detail; 6] = [
    Detail { rows: 300, named: 200, places: 5, advice: true },
    Detail { rows: 200, named: 60, places: 2, advice: true },
    Detail { rows: 200, named: 30, places: 1, advice: false },
    Detail { rows: 100, named: 10, places: 0, advice: false },
    Detail { rows: 50, named: 3, places: 0, advice: false },
    Detail { rows: 10, named: 0, places: 0, advice: false },
];

/// The whole audit, within the limit of a job summary.
pub fn summary(portfolio: &Portfolio) -> String {
    let whole = all(portfolio, ALL).into_string();
    if whole.len() <= SUMMARY { whole } else { body(portfolio) }
}

/// The audit within the limit of a comment or an issue.
pub fn body(portfolio: &Portfolio) -> String {
    for detail in DETAILS {
        let fitting = all(portfolio, detail).into_string();
        if fitting.len() <= LIMIT {
            return fitting;
        }
    }
    // Only names can be that long: what is left is the headline.
    let mut least = Markdown::new();
    least.ours("## ").prose(&headline(portfolio)).ours("\n");
    if least.as_str().len() <= LIMIT { least.into_string() } else { String::new() }
}

/// The last word, when nothing is owed any more.
pub fn settled(portfolio: &Portfolio) -> String {
    let mut text = Markdown::new();
    text.ours("## ").prose(&headline(portfolio)).ours("\n\nNothing is owed as of ").prose(&portfolio.date);
    text.ours(": no line is out of support, no known advisory applies, no packages are out of step.\n");
    overview(&mut text, portfolio, Detail { rows: 50, ..ALL });
    foot(&mut text, portfolio);
    text.into_string()
}

fn all(portfolio: &Portfolio, detail: Detail) -> Markdown {
    let mut text = Markdown::new();
    text.ours("## ").prose(&headline(portfolio)).ours("\n");
    overview(&mut text, portfolio, detail);
    let told = |standing: &&Standing| standing.findings.iter().any(is_open) || !standing.ignored.is_empty();
    let owing = portfolio.standings.iter().filter(told);
    let alone = portfolio.standings.len() == 1;
    for standing in owing.filter(|_| detail.named > 0) {
        repository(&mut text, standing, detail, alone);
    }
    failures(&mut text, portfolio, detail);
    foot(&mut text, portfolio);
    text
}

fn is_open(finding: &Finding) -> bool {
    finding.status <= Status::Check
}

fn overview(text: &mut Markdown, portfolio: &Portfolio, detail: Detail) {
    let rows = portfolio.rows();
    if rows.is_empty() {
        return;
    }
    text.ours("\n| repository | product | versions | newest | below | support | advisories | the way up |\n");
    text.ours("|---|---|---|---|---|---|---|---|\n");
    for row in rows.iter().take(detail.rows) {
        overview_row(text, row);
    }
    if rows.len() > detail.rows {
        text.ours("| and ").number(rows.len() - detail.rows).ours(" more | | | | | | | |\n");
    }
}

fn overview_row(text: &mut Markdown, row: &Row<'_>) {
    let mut name = Markdown::new();
    name.code(&row.standing.repository);
    text.ours("| ");
    match &row.standing.url {
        Some(url) => text.link(&name, url),
        None => text.add(&name),
    };
    text.ours(" | ").prose(row.title).ours(" | ");
    for (index, version) in row.versions.iter().take(5).enumerate() {
        text.ours(if index > 0 { ", " } else { "" }).code(version);
    }
    if row.versions.len() > 5 {
        text.ours(" and ").number(row.versions.len() - 5).ours(" more");
    }
    text.ours(" | ").prose(row.newest.unwrap_or_default()).ours(" | ").prose(&behind(row.behind)).ours(" | ");
    text.ours(if row.supported == Some(false) { "⛔ " } else { "" }).prose(&support_of(row)).ours(" | ");
    if row.advisories > 0 {
        text.ours("⚠ ").number(row.advisories);
    }
    let effort = if row.behind > 0 { row.standing.cost().words() } else { String::new() };
    text.ours(" | ").prose(&effort).ours(" |\n");
}

/// What one repository owes: boxes for what is seen, a folded list of what a person must look at.
fn repository(text: &mut Markdown, standing: &Standing, detail: Detail, alone: bool) {
    let of = |status: Status| -> Vec<&Finding> {
        standing.findings.iter().filter(|finding| finding.status == status).collect()
    };
    let (todo, check) = (of(Status::Todo), of(Status::Check));
    if !alone {
        text.ours("\n<details>\n<summary><b>").prose(&standing.repository).ours("</b>: ");
        text.number(todo.len()).ours(" to do, ").number(check.len()).ours(" to check</summary>\n");
    }
    list(text, standing, &todo, "\n### To do\n\n", detail);
    list(text, standing, &check, "\n### Only you can tell\n\n", detail);
    if alone && !standing.guides.is_empty() {
        text.ours("\n**Read in this order**: ");
        for (index, guide) in standing.guides.iter().enumerate() {
            let mut label = Markdown::new();
            label.prose(&guide.title);
            text.ours(if index > 0 { " · " } else { "" }).link(&label, &guide.url);
        }
        text.ours("\n");
    }
    ignored(text, standing, detail);
    unread(text, standing, detail);
    if !alone {
        text.ours("\n</details>\n");
    }
}

fn list(text: &mut Markdown, standing: &Standing, findings: &[&Finding], title: &'static str, detail: Detail) {
    if findings.is_empty() {
        return;
    }
    text.ours(title);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings.iter().take(detail.named) {
        text.ours("- [ ] **").prose(finding.title.trim_end_matches('.')).ours(".**");
        if detail.advice && !finding.advice.is_empty() {
            text.ours(" ").prose(&finding.advice);
        }
        if let Some(url) = &finding.url {
            let mut label = Markdown::new();
            label.ours("more");
            text.ours(" ").link(&label, url);
        }
        places(text, standing, &finding.places, detail.places);
        let id = box_id(standing, finding, &mut seen);
        text.ours(" <!--box:").add(&id).ours("-->\n");
    }
    if findings.len() > detail.named {
        text.ours("- and ").number(findings.len() - detail.named).ours(" more\n");
    }
}

fn places(text: &mut Markdown, standing: &Standing, places: &[Sighting], most: usize) {
    if places.is_empty() || most == 0 {
        return;
    }
    text.ours(" Seen in ");
    for (index, place) in places.iter().take(most).enumerate() {
        let mut label = Markdown::new();
        label.code(&if place.line == 0 { place.path.clone() } else { format!("{}:{}", place.path, place.line) });
        text.ours(if index > 0 { ", " } else { "" });
        match &standing.url {
            Some(url) if !standing.commit.is_empty() => {
                let files = format!("{url}/blob/{}", standing.commit);
                text.link(&label, &permalink(&files, &place.path, place.line))
            }
            _ => text.add(&label),
        };
    }
    if places.len() > most {
        text.ours(" and ").number(places.len() - most).ours(" more");
    }
    text.ours(".");
}

/// Repository, rule and context, with nothing in it that could end the HTML comment; unique within the body.
fn box_id(standing: &Standing, finding: &Finding, seen: &mut BTreeMap<String, usize>) -> Markdown {
    let context = finding.context.as_deref().unwrap_or_default();
    let kept = |c: &char| c.is_ascii_alphanumeric() || "./_-".contains(*c);
    let id: String = format!("{}/{}/{context}", standing.repository, finding.rule).chars().filter(kept).collect();
    let id = id.replace("--", "-").trim_end_matches('/').to_owned();
    let count = seen.entry(id.clone()).or_default();
    *count += 1;
    let mut text = Markdown::new();
    text.prose(&if *count > 1 { format!("{id}.{count}") } else { id });
    text
}

/// What the repository's own configuration takes out: it counts for nothing, and stays in sight.
fn ignored(text: &mut Markdown, standing: &Standing, detail: Detail) {
    if standing.left_out > 0 {
        text.ours("\nLeft out by its configuration: ").number(standing.left_out).ours(" projects.\n");
    }
    if standing.ignored.is_empty() {
        return;
    }
    text.ours("\n<details>\n<summary>Ignored (").number(standing.ignored.len()).ours(")</summary>\n\n");
    for ignored in standing.ignored.iter().take(detail.named) {
        text.ours("- ").prose(ignored.finding.title.trim_end_matches('.')).ours(". Ignored: ").prose(&ignored.reason);
        if let Some(until) = &ignored.until {
            text.ours(", until ").code(until);
        }
        text.ours("\n");
    }
    if standing.ignored.len() > detail.named {
        text.ours("- and ").number(standing.ignored.len() - detail.named).ours(" more\n");
    }
    text.ours("\n</details>\n");
}

fn unread(text: &mut Markdown, standing: &Standing, detail: Detail) {
    let most = detail.named.min(30);
    if standing.problems.is_empty() || most == 0 {
        return;
    }
    text.ours("\n<details>\n<summary>Could not be read or told (")
        .number(standing.problems.len())
        .ours(")</summary>\n\n");
    for problem in standing.problems.iter().take(most) {
        text.ours("- ");
        if !problem.path.is_empty() {
            text.code(&format!("{}:{}", problem.path, problem.line)).ours(": ");
        }
        text.code(&problem.message).ours("\n");
    }
    if standing.problems.len() > most {
        text.ours("- and ").number(standing.problems.len() - most).ours(" more\n");
    }
    text.ours("\n</details>\n");
}

fn failures(text: &mut Markdown, portfolio: &Portfolio, detail: Detail) {
    let failed: Vec<(&Standing, &String)> =
        portfolio.standings.iter().filter_map(|standing| Some((standing, standing.error.as_ref()?))).collect();
    if failed.is_empty() {
        return;
    }
    text.ours("\n### Could not be audited\n\n");
    for (standing, error) in failed.iter().take(detail.rows) {
        text.ours("- ").code(&standing.repository).ours(": ").code(error).ours("\n");
    }
    if failed.len() > detail.rows {
        text.ours("- and ").number(failed.len() - detail.rows).ours(" more\n");
    }
}

fn foot(text: &mut Markdown, portfolio: &Portfolio) {
    text.ours("\n---\n\nAudited on ").prose(&portfolio.date).ours("; rulebook verified ").prose(&portfolio.verified);
    text.ours(".\n");
}

//! An audit for a terminal: aligned, coloured where the caller says so, and plain text for a pipe.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::portfolio::{Portfolio, Row, Stand, Standing};
use crate::render::audit::{behind, counted, headline, support, support_of};
use crate::render::markdown::one_line;
use crate::render::text::{plain, section};
use crate::report::{Finding, Status};

/// Rows of a table; the rest is counted.
const ROWS: usize = 200;

/// Things of one kind that are named.
const NAMED: usize = 30;

/// The longest cell, in characters: longer ones lose their beginning.
const WIDEST: usize = 72;

/// How a cell is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Strong,
    Good,
    Bad,
    Faint,
}

/// Text with a tone.
struct Cell(String, Tone);

/// The audit as text; `colour` adds the escapes that terminals understand.
pub fn text(portfolio: &Portfolio, colour: bool) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail, so the results are not looked at.
    writeln!(out, "{}", paint(&plain(&headline(portfolio)), Tone::Strong, colour)).ok();
    writeln!(out, "{}\n", paint(&dated(portfolio), Tone::Faint, colour)).ok();
    match portfolio.standings.as_slice() {
        [standing] => one(&mut out, portfolio, standing, colour),
        standings => {
            fleet(&mut out, portfolio, colour);
            failures(&mut out, standings);
        }
    }
    out
}

fn dated(portfolio: &Portfolio) -> String {
    format!("audited on {}, rulebook verified {}", portfolio.date, portfolio.verified)
}

fn one(out: &mut String, portfolio: &Portfolio, standing: &Standing, colour: bool) {
    if let Some(error) = &standing.error {
        writeln!(out, "  {}", one_line(error)).ok();
        return;
    }
    if !standing.stands.is_empty() {
        table(
            out,
            &["PROJECT", "FRAMEWORK", "PACKAGE", "VERSION", "NEWEST", "BELOW", "SUPPORT", "ADVISORIES"],
            &projects(standing),
            colour,
        );
        writeln!(out, "\nThe way to the newest releases: {}.", standing.cost().words()).ok();
    }
    section(out, "To do", &of(standing, Status::Todo), true);
    brief(out, "Only you can tell", &of(standing, Status::Check));
    let settled = of(standing, Status::Done).len() + of(standing, Status::Clear).len();
    if settled > 0 {
        writeln!(out, "\nDone here, or does not apply: {settled} (--format json lists them, with what was searched)")
            .ok();
    }
    if !standing.guides.is_empty() {
        writeln!(out, "\nRead in this order").ok();
        for guide in &standing.guides {
            writeln!(out, "  {}  {}", guide.title, guide.url).ok();
        }
    }
    ignored(out, standing);
    problems(out, standing);
    if !portfolio.standings.iter().all(|standing| standing.findings.is_empty()) {
        writeln!(out, "\n`--format markdown` has the advice for each point, `--format html` a page to look at.").ok();
    }
}

fn of(standing: &Standing, status: Status) -> Vec<&Finding> {
    standing.findings.iter().filter(|finding| finding.status == status).collect()
}

/// Titles only: there are many, and they are for reading at leisure.
fn brief(out: &mut String, title: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    writeln!(out, "\n{title}").ok();
    for finding in findings.iter().take(NAMED) {
        writeln!(out, "  - {}  [{}]", plain(&finding.title), finding.rule).ok();
        for place in finding.places.iter().take(2) {
            writeln!(out, "    {}:{}: {}", one_line(&place.path), place.line, one_line(&place.saw)).ok();
        }
        if finding.places.len() > 2 {
            writeln!(out, "    and {}", counted(finding.places.len() - 2, "more place", "more places")).ok();
        }
    }
    if findings.len() > NAMED {
        writeln!(out, "  and {} more", findings.len() - NAMED).ok();
    }
}

/// What the repository's own configuration takes out.
fn ignored(out: &mut String, standing: &Standing) {
    if standing.left_out > 0 {
        writeln!(out, "\nLeft out by the configuration: {}", counted(standing.left_out, "project", "projects")).ok();
    }
    if standing.ignored.is_empty() {
        return;
    }
    writeln!(out, "\nIgnored by the configuration").ok();
    for ignored in standing.ignored.iter().take(NAMED) {
        let until = ignored.until.as_deref().map(|day| format!(", until {day}")).unwrap_or_default();
        let (title, reason) = (plain(&ignored.finding.title), one_line(&ignored.reason));
        writeln!(out, "  - {title}  [{}]: {reason}{until}", ignored.finding.rule).ok();
    }
    if standing.ignored.len() > NAMED {
        writeln!(out, "  and {} more (--format json lists them)", standing.ignored.len() - NAMED).ok();
    }
}

fn problems(out: &mut String, standing: &Standing) {
    if standing.problems.is_empty() {
        return;
    }
    writeln!(out, "\nCould not be read or told").ok();
    for problem in standing.problems.iter().take(NAMED) {
        let place = if problem.path.is_empty() {
            String::new()
        } else {
            format!("{}:{}: ", one_line(&problem.path), problem.line)
        };
        writeln!(out, "  {place}{}", one_line(&problem.message)).ok();
    }
    if standing.problems.len() > NAMED {
        writeln!(out, "  and {} more (--format json lists them)", standing.problems.len() - NAMED).ok();
    }
}

/// A row for each project, package and version; frameworks that agree share one.
fn projects(standing: &Standing) -> Vec<Vec<Cell>> {
    let mut rows: BTreeMap<String, (Vec<&str>, &Stand)> = BTreeMap::new();
    for stand in &standing.stands {
        let key = format!(
            "{}\n{}\n{:?}\n{:?}\n{:?}\n{}",
            stand.path,
            stand.package,
            stand.version,
            stand.supported,
            stand.end_of_support,
            stand.advisories.len()
        );
        rows.entry(key).or_insert_with(|| (Vec::new(), stand)).0.extend(stand.framework.as_deref());
    }
    rows.into_values()
        .map(|(frameworks, stand)| {
            vec![
                Cell(stand.path.clone(), Tone::Plain),
                Cell(frameworks.join(" "), Tone::Faint),
                Cell(stand.package.clone(), Tone::Plain),
                Cell(stand.version.clone().unwrap_or_else(|| "unknown".into()), Tone::Strong),
                Cell(stand.newest.clone().unwrap_or_default(), Tone::Plain),
                Cell(if stand.line.is_some() { behind(stand.behind) } else { String::new() }, tone_of(stand.behind)),
                supported(support(stand.supported, stand.end_of_support.as_deref()), stand.supported),
                advisories(stand.advisories.len()),
            ]
        })
        .collect()
}

fn tone_of(behind: usize) -> Tone {
    if behind == 0 { Tone::Good } else { Tone::Plain }
}

fn supported(words: String, supported: Option<bool>) -> Cell {
    Cell(
        words,
        match supported {
            Some(true) => Tone::Good,
            Some(false) => Tone::Bad,
            None => Tone::Faint,
        },
    )
}

fn advisories(count: usize) -> Cell {
    if count == 0 { Cell(String::new(), Tone::Plain) } else { Cell(count.to_string(), Tone::Bad) }
}

fn fleet(out: &mut String, portfolio: &Portfolio, colour: bool) {
    let rows: Vec<Vec<Cell>> = portfolio.rows().iter().map(row).collect();
    if rows.is_empty() {
        return;
    }
    table(
        out,
        &["REPOSITORY", "PRODUCT", "VERSIONS", "NEWEST", "BELOW", "SUPPORT", "ADVISORIES", "THE WAY UP"],
        &rows,
        colour,
    );
}

fn row(row: &Row<'_>) -> Vec<Cell> {
    let effort = if row.behind == 0 { String::new() } else { row.standing.cost().words() };
    vec![
        Cell(row.standing.repository.clone(), Tone::Strong),
        Cell(row.title.to_owned(), Tone::Plain),
        Cell(row.versions.join(", "), Tone::Plain),
        Cell(row.newest.unwrap_or_default().to_owned(), Tone::Plain),
        Cell(behind(row.behind), tone_of(row.behind)),
        supported(support_of(row), row.supported),
        advisories(row.advisories),
        Cell(effort, Tone::Faint),
    ]
}

fn failures(out: &mut String, standings: &[Standing]) {
    let failed: Vec<(&Standing, &String)> =
        standings.iter().filter_map(|standing| Some((standing, standing.error.as_ref()?))).collect();
    if failed.is_empty() {
        return;
    }
    writeln!(out, "\nCould not be audited").ok();
    for (standing, error) in failed.iter().take(NAMED) {
        writeln!(out, "  {}: {}", one_line(&standing.repository), one_line(error)).ok();
    }
    if failed.len() > NAMED {
        writeln!(out, "  and {} more (--format json lists them)", failed.len() - NAMED).ok();
    }
}

/// Columns as wide as their widest cell, two spaces between them; empty columns are left out.
fn table(out: &mut String, heads: &[&str], rows: &[Vec<Cell>], colour: bool) {
    let shown: Vec<Vec<String>> =
        rows.iter().take(ROWS).map(|row| row.iter().map(|cell| short(&cell.0)).collect()).collect();
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            let cells = shown.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            let widest = cells.max().unwrap_or_default();
            if widest == 0 { 0 } else { widest.max(heads.get(column).map_or(0, |head| head.len())) }
        })
        .collect();
    let line = |out: &mut String, cells: Vec<(&str, Tone)>| {
        let mut line = String::new();
        let mut gap = 2;
        for ((text, tone), width) in cells.into_iter().zip(&widths).filter(|(_, width)| **width > 0) {
            line.push_str(&" ".repeat(if text.is_empty() { 0 } else { gap }));
            if text.is_empty() {
                gap += width + 2;
                continue;
            }
            line.push_str(&paint(text, tone, colour));
            gap = width.saturating_sub(text.chars().count()) + 2;
        }
        writeln!(out, "{line}").ok();
    };
    line(out, heads.iter().map(|head| (*head, Tone::Faint)).collect());
    for (texts, row) in shown.iter().zip(rows) {
        line(out, texts.iter().map(String::as_str).zip(row.iter().map(|cell| cell.1)).collect());
    }
    if rows.len() > ROWS {
        writeln!(out, "  and {} more (--format json lists them)", rows.len() - ROWS).ok();
    }
}

fn short(text: &str) -> String {
    let text = one_line(text);
    let length = text.chars().count();
    if length <= WIDEST { text } else { format!("…{}", text.chars().skip(length - WIDEST + 1).collect::<String>()) }
}

fn paint(text: &str, tone: Tone, colour: bool) -> String {
    let code = match tone {
        Tone::Plain => return text.to_owned(),
        Tone::Strong => "1",
        Tone::Good => "32",
        Tone::Bad => "31",
        Tone::Faint => "2",
    };
    if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned_and_drop_empty_columns() {
        let cell = |text: &str| Cell(text.into(), Tone::Plain);
        let rows = vec![
            vec![cell("ä"), cell(""), cell("1")],
            vec![cell("bcd"), cell(""), cell("")],
            vec![cell(""), cell(""), cell("22")],
        ];
        let mut out = String::new();
        table(&mut out, &["A", "B", "C"], &rows, false);
        assert_eq!(out, "  A    C\n  ä    1\n  bcd\n       22\n");
    }

    #[test]
    fn colours_only_when_asked() {
        assert_eq!(paint("x", Tone::Bad, false), "x");
        assert_eq!(paint("x", Tone::Bad, true), "\u{1b}[31mx\u{1b}[0m");
    }
}

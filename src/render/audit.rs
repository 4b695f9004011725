//! An audit in words: for a terminal, for programs, for a summary or an issue.

pub mod json;
pub mod markdown;
pub mod sarif;
pub mod text;

use crate::portfolio::{Portfolio, Row};

/// Support in few words: `ended 2024-11-12`, `until 2028-11-14`.
fn support(supported: Option<bool>, until: Option<&str>) -> String {
    match (supported, until) {
        (Some(false), Some(until)) => format!("ended {until}"),
        (Some(false), None) => "ended".into(),
        (Some(true), Some(until)) => format!("until {until}"),
        (Some(true), None) => "supported".into(),
        (None, _) => "not known".into(),
    }
}

fn support_of(row: &Row<'_>) -> String {
    support(row.supported, row.until)
}

/// Such as `3 lines`; nothing for none.
fn behind(lines: usize) -> String {
    match lines {
        0 => "newest line".into(),
        1 => "1 line".into(),
        lines => format!("{lines} lines"),
    }
}

/// Such as `12 repositories`.
fn counted(count: usize, noun: &str, nouns: &str) -> String {
    format!("{count} {}", if count == 1 { noun } else { nouns })
}

/// What the audit found in one line of words.
pub fn headline(portfolio: &Portfolio) -> String {
    let overview = portfolio.overview();
    if let [standing] = portfolio.standings.as_slice() {
        return match (&standing.error, overview.using, overview.owing) {
            (Some(_), ..) => format!("{} could not be audited", portfolio.subject),
            (None, 0, _) => format!("{} uses no product of the rulebook", portfolio.subject),
            (None, _, 0) => format!("{} owes nothing now", portfolio.subject),
            _ => {
                let words = [(overview.unsupported, "out of support"), (overview.advisories, "affected by advisories")];
                let words: Vec<&str> = words.iter().filter(|(count, _)| *count > 0).map(|(_, words)| *words).collect();
                let words = if words.is_empty() { "out of step".into() } else { words.join(" and ") };
                format!("{} is {words}", portfolio.subject)
            }
        };
    }
    let mut words = vec![format!(
        "{} of {} use the products",
        overview.using,
        counted(overview.repositories, "repository", "repositories")
    )];
    for (count, what) in [
        (overview.unsupported, "out of support"),
        (overview.advisories, "affected by advisories"),
        (overview.behind, "below the newest line"),
        (overview.failed, "could not be audited"),
    ] {
        if count > 0 {
            words.push(format!("{count} {what}"));
        }
    }
    format!("{}: {}", portfolio.subject, words.join(", "))
}

//! A portfolio at a glance: counts, and a row for each product of each repository.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::portfolio::{Cost, Limit, Portfolio, Stand, Standing};
use crate::version::Version;

/// Counts over a portfolio.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Overview {
    /// Repositories that were looked at.
    pub repositories: usize,
    /// Those that use a known product.
    pub using: usize,
    /// Those with a line that is out of support.
    pub unsupported: usize,
    /// Those to which an advisory applies.
    pub advisories: usize,
    /// Those with a line below the newest.
    pub behind: usize,
    /// Those that owe something now.
    pub owing: usize,
    /// Those that could not be audited.
    pub failed: usize,
}

/// One product in one repository.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The repository.
    pub standing: &'a Standing,
    /// Id of the product.
    pub product: &'a str,
    /// Its name.
    pub title: &'a str,
    /// Versions that stand there, lowest first; `unknown` among them.
    pub versions: Vec<&'a str>,
    /// The newest release of the product.
    pub newest: Option<&'a str>,
    /// Lines below the newest: of the lowest version.
    pub behind: usize,
    /// `Some(false)` when one line is out of support, `None` when one is not known.
    pub supported: Option<bool>,
    /// The earliest end of support.
    pub until: Option<&'a str>,
    /// Advisories that apply.
    pub advisories: usize,
    /// Projects that use it.
    pub projects: usize,
}

impl Portfolio {
    /// The counts.
    pub fn overview(&self) -> Overview {
        let count = |fits: &dyn Fn(&Standing) -> bool| self.standings.iter().filter(|it| fits(it)).count();
        Overview {
            repositories: self.standings.len(),
            using: count(&|it| !it.stands.is_empty()),
            unsupported: count(&|it| Limit::Unsupported.is_met(it)),
            advisories: count(&|it| Limit::Advisory.is_met(it)),
            behind: count(&|it| Limit::Behind(1).is_met(it)),
            owing: count(&Standing::owes),
            failed: count(&|it| it.error.is_some()),
        }
    }

    /// A row for each product of each repository, most pressing first.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row> = self.standings.iter().flat_map(|standing| self.rows_of(standing)).collect();
        rows.sort_by_key(|row| {
            (row.supported != Some(false), row.advisories == 0, std::cmp::Reverse(row.behind), &row.standing.repository)
        });
        rows
    }

    fn rows_of<'a>(&'a self, standing: &'a Standing) -> Vec<Row<'a>> {
        let of = |ladder: &'a crate::portfolio::Ladder| {
            let stands: Vec<&Stand> = standing.stands.iter().filter(|stand| stand.product == ladder.product).collect();
            let first = stands.first()?;
            let mut versions: Vec<&str> =
                stands.iter().map(|stand| stand.version.as_deref().unwrap_or("unknown")).collect();
            versions.sort_by_key(|text| (Version::from_str(text).ok(), *text));
            versions.dedup();
            let advisories: BTreeSet<&String> = stands.iter().flat_map(|stand| &stand.advisories).collect();
            let projects: BTreeSet<&str> = stands.iter().map(|stand| stand.path.as_str()).collect();
            let known = |supported: bool| stands.iter().all(|stand| stand.supported == Some(supported));
            let ended = stands.iter().any(|stand| stand.supported == Some(false));
            Some(Row {
                standing,
                product: &ladder.product,
                title: &ladder.title,
                versions,
                newest: first.newest.as_deref(),
                behind: stands.iter().map(|stand| stand.behind).max().unwrap_or_default(),
                supported: if ended { Some(false) } else { known(true).then_some(true) },
                until: stands.iter().filter_map(|stand| stand.end_of_support.as_deref()).min(),
                advisories: advisories.len(),
                projects: projects.len(),
            })
        };
        self.ladders.iter().filter_map(of).collect()
    }
}

impl Standing {
    /// Whether something is owed whatever anybody plans: a line out of support, an advisory, packages out of step. To be below
    /// the newest line is no debt as long as the line is supported.
    pub fn owes(&self) -> bool {
        Limit::OWED.iter().any(|limit| limit.is_met(self))
    }
}

impl Cost {
    /// In words, such as `2 migrations, 14 places, 23 to check`.
    pub fn words(&self) -> String {
        let parts = [(self.migrations, "migration"), (self.places, "place")];
        let mut words: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| format!("{count} {noun}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        if self.checks > 0 {
            words.push(format!("{} to check", self.checks));
        }
        if words.is_empty() { "nothing".into() } else { words.join(", ") }
    }
}

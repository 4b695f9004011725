//! What the page counts: one row a repository, most pressing first, and who stands on which rung.

use std::collections::BTreeSet;

use crate::portfolio::{Effort, Ladder, LadderRung, Portfolio, Stand, Standing};
use crate::report::Status;
use crate::version::Version;

/// Months before the end of support in which a page warns.
const SOON: u32 = 6;

/// Whether the releases that a repository uses are supported; the worst of its projects decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// One is out of support.
    Out,
    /// The repository could not be audited.
    Failed,
    /// Of one, no source says.
    Unknown,
    /// Supported, but not for long.
    Soon,
    /// All are supported.
    Supported,
}

impl State {
    /// Its name in classes, data and addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Soon => "soon",
            Self::Supported => "supported",
        }
    }

    /// The state of a rung or a stand.
    pub fn of(supported: Option<bool>, end: Option<&str>, date: &str) -> Self {
        match supported {
            Some(false) => Self::Out,
            None => Self::Unknown,
            Some(true) if end.is_some_and(|end| end <= later(date).as_str()) => Self::Soon,
            Some(true) => Self::Supported,
        }
    }
}

/// The day `SOON` months later, as far as comparing days as text needs it; the day itself when it is none.
fn later(date: &str) -> String {
    let mut parts = date.splitn(3, '-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
        return date.to_owned();
    };
    let months = month.saturating_add(SOON).saturating_sub(1);
    format!("{:04}-{:02}-{day:02}", year.saturating_add(months / 12), months % 12 + 1)
}

/// A repository as the table shows it.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub standing: &'a Standing,
    /// By ladder: its index, the lowest and the highest version.
    pub versions: Vec<(usize, &'a str, &'a str)>,
    /// By ladder and rung; a rung of `None` is none that the ladder has.
    pub rungs: BTreeSet<(usize, Option<usize>)>,
    pub state: State,
    /// The first last day of support among its projects.
    pub until: Option<&'a str>,
    /// The most lines that one of its projects is behind.
    pub behind: usize,
    pub advisories: usize,
    pub todo: usize,
    pub check: usize,
    pub effort: Effort,
}

impl<'a> Row<'a> {
    fn of(standing: &'a Standing, portfolio: &'a Portfolio) -> Self {
        let stands = &standing.stands;
        let count = |status| standing.findings.iter().filter(|finding| finding.status == status).count();
        let state = |stand: &Stand| State::of(stand.supported, stand.end_of_support.as_deref(), &portfolio.date);
        let worst = stands.iter().map(state).min().unwrap_or(State::Unknown);
        Self {
            standing,
            versions: versions(stands, &portfolio.ladders),
            rungs: stands.iter().filter_map(|stand| position(stand, &portfolio.ladders)).collect(),
            state: if standing.error.is_some() { State::Failed } else { worst },
            until: stands.iter().filter_map(|stand| stand.end_of_support.as_deref()).min(),
            behind: stands.iter().map(|stand| stand.behind).max().unwrap_or_default(),
            advisories: stands.iter().flat_map(|stand| &stand.advisories).collect::<BTreeSet<_>>().len(),
            todo: count(Status::Todo),
            check: count(Status::Check),
            effort: Effort::of(&standing.findings),
        }
    }

    fn pressure(&self) -> impl Ord + use<'a> {
        let behind = std::cmp::Reverse((self.behind, self.advisories, self.todo));
        (self.state.min(State::Soon), behind, self.standing.repository.to_lowercase())
    }
}

/// The rows of a portfolio, most pressing first, and the names of the repositories that use no known product.
pub(super) fn rows(portfolio: &Portfolio) -> (Vec<Row<'_>>, Vec<&str>) {
    let idle = |standing: &Standing| {
        standing.stands.is_empty()
            && standing.error.is_none()
            && standing.problems.is_empty()
            && standing.findings.is_empty()
    };
    let (idle, used): (Vec<&Standing>, Vec<&Standing>) =
        portfolio.standings.iter().partition(|standing| idle(standing));
    let mut rows: Vec<Row<'_>> = used.into_iter().map(|standing| Row::of(standing, portfolio)).collect();
    rows.sort_by_cached_key(Row::pressure);
    (rows, idle.into_iter().map(|standing| standing.repository.as_str()).collect())
}

fn versions<'a>(stands: &'a [Stand], ladders: &[Ladder]) -> Vec<(usize, &'a str, &'a str)> {
    let of = |(index, ladder): (usize, &Ladder)| {
        let mine = stands.iter().filter(|stand| stand.product == ladder.product);
        let version = |stand: &Stand| stand.version.as_deref()?.parse::<Version>().ok();
        let height = |stand: &&Stand| (rung(stand, &ladder.rungs), version(stand));
        let text = |stand: &'a Stand| stand.version.as_deref().unwrap_or("version not known");
        Some((index, text(mine.clone().min_by_key(height)?), text(mine.max_by_key(height)?)))
    };
    ladders.iter().enumerate().filter_map(of).collect()
}

/// Ladder and rung on which a stand is.
pub(super) fn position(stand: &Stand, ladders: &[Ladder]) -> Option<(usize, Option<usize>)> {
    let ladder = ladders.iter().position(|ladder| ladder.product == stand.product)?;
    Some((ladder, rung(stand, &ladders.get(ladder)?.rungs)))
}

fn rung(stand: &Stand, rungs: &[LadderRung]) -> Option<usize> {
    let line = stand.line.as_deref()?;
    rungs.iter().position(|rung| rung.line == line && rung.package == stand.generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_year_later() {
        #[track_caller]
        fn case(date: &str, expected: &str) {
            assert_eq!(later(date), expected);
        }
        case("2026-01-05", "2026-07-05");
        case("2026-06-30", "2026-12-30");
        case("2026-07-01", "2027-01-01");
        case("2026-11-25", "2027-05-25");
        case("soon", "soon");
    }

    #[test]
    fn support_that_ends_soon_is_told_apart() {
        let state = |supported, end| State::of(supported, end, "2026-11-25");
        assert_eq!(state(Some(true), Some("2027-05-25")), State::Soon);
        assert_eq!(state(Some(true), Some("2027-05-26")), State::Supported);
        assert_eq!(state(Some(true), None), State::Supported);
        assert_eq!(state(Some(false), Some("2024-05-31")), State::Out);
        assert_eq!(state(None, None), State::Unknown);
    }
}

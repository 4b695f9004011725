//! Until when a line is supported: the vendor gives a date for each target framework.

use crate::day::Day;
use crate::rules::Rung;

/// What is known of the support of one line for one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Support {
    /// Last day; `None` when no source says, or the dates of the frameworks differ and the host's framework cannot be told.
    pub until: Option<Day>,
    /// Whether it is supported on the day that was asked for; `None` when nobody can tell.
    pub now: Option<bool>,
}

/// Last days of support of a rung, each with its target framework; `any` when it is the same for all.
pub fn dates(rung: &Rung) -> Vec<(&str, Day)> {
    let until = rung.file.support.iter().flat_map(|window| &window.until);
    until.filter_map(|(framework, day)| Some((framework.as_str(), day.parse().ok()?))).collect()
}

/// The support of a rung for a host of this framework (`None` when the project names none).
pub fn support(rung: &Rung, framework: Option<&str>, today: Day) -> Support {
    let dates = dates(rung);
    let own = framework.and_then(|framework| of_framework(&dates, framework));
    if let Some(until) = own.or_else(|| only(&dates)) {
        return Support { until: Some(until), now: Some(until >= today) };
    }
    // Several dates, and none is sure to be the host's: all past or all to come leave no doubt about today.
    let days = || dates.iter().map(|(_, day)| *day);
    let now = match (days().min(), days().max()) {
        (_, Some(last)) if last < today => Some(false),
        (Some(first), _) if first >= today => Some(true),
        _ => None,
    };
    Support { until: None, now }
}

/// The date of the host's framework; a newer host than the line knows counts as the newest that it knows.
fn of_framework(dates: &[(&str, Day)], framework: &str) -> Option<Day> {
    let bare = framework.split('-').next().unwrap_or(framework);
    let exact = dates.iter().find(|(name, _)| name.eq_ignore_ascii_case(bare));
    let below = || {
        let host = number(bare)?;
        dates.iter().filter(|(name, _)| number(name).is_some_and(|it| it <= host)).max_by_key(|(name, _)| number(name))
    };
    exact.or_else(below).map(|(_, day)| *day)
}

/// Order of the modern frameworks: `net8.0`, and `netcoreapp3.1` before them all.
fn number(moniker: &str) -> Option<(u32, u32)> {
    let moniker = moniker.to_ascii_lowercase();
    let digits = moniker.strip_prefix("netcoreapp").or_else(|| moniker.strip_prefix("net"))?;
    let (major, minor) = digits.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The date, when all frameworks have the same.
fn only(dates: &[(&str, Day)]) -> Option<Day> {
    let (_, first) = dates.first()?;
    dates.iter().all(|(_, day)| day == first).then_some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema::{RungFile, SupportEntry};
    use crate::version::Line;

    #[track_caller]
    fn case(until: &[(&str, &str)], framework: Option<&str>, expected: (Option<&str>, Option<bool>)) {
        let until = until.iter().map(|(name, day)| ((*name).to_owned(), (*day).to_owned())).collect();
        let file = RungFile { support: Some(SupportEntry { until, source: String::new() }), ..RungFile::default() };
        let rung = Rung { id: "p/1.0".into(), generation: 0, line: Line { major: 1, minor: 0 }, file };
        let found = support(&rung, framework, "2026-11-25".parse().unwrap());
        assert_eq!((found.until.map(|day| day.to_string()).as_deref(), found.now), expected);
    }

    #[test]
    fn the_framework_of_the_host_decides() {
        let three = [("net10.0", "2028-11-14"), ("net9.0", "2026-11-10"), ("net8.0", "2026-11-10")];
        case(&three, Some("net10.0"), (Some("2028-11-14"), Some(true)));
        case(&three, Some("net8.0"), (Some("2026-11-10"), Some(false)));
        case(&three, Some("NET9.0-windows"), (Some("2026-11-10"), Some(false)));
        case(&three, Some("net11.0"), (Some("2028-11-14"), Some(true)));
        case(&three, None, (None, None));
        case(&three, Some("net48"), (None, None));
    }

    #[test]
    fn one_date_is_that_of_all() {
        case(&[("any", "2022-12-13")], Some("netcoreapp3.1"), (Some("2022-12-13"), Some(false)));
        case(&[("net8.0", "2026-11-25")], None, (Some("2026-11-25"), Some(true)));
        case(&[("net6.0", "2024-11-12"), ("net5.0", "2022-05-10")], None, (None, Some(false)));
        case(&[("net6.0", "2027-11-12"), ("net5.0", "2028-05-10")], None, (None, Some(true)));
        case(&[], None, (None, None));
    }
}

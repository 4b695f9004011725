//! Days, without a clock: they come from outside.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// A day of the calendar, written `2026-11-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

/// The text is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day: write it like 2026-11-25")]
pub struct InvalidDay(String);

impl Day {
    /// The day so many seconds after 1970-01-01T00:00:00Z, in UTC.
    pub fn of_unix_seconds(seconds: u64) -> Self {
        Self(NaiveDate::default().checked_add_days(Days::new(seconds / 86_400)).unwrap_or_default())
    }

    /// So many days later.
    #[must_use]
    pub fn plus(self, days: u64) -> Self {
        Self(self.0.checked_add_days(Days::new(days)).unwrap_or(self.0))
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        day.map(Self).ok_or_else(|| InvalidDay(text.to_owned()))
    }
}

impl TryFrom<String> for Day {
    type Error = InvalidDay;

    fn try_from(text: String) -> Result<Self, InvalidDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_on() {
        let day: Day = "2026-11-25".parse().unwrap();
        assert_eq!(day.plus(180).to_string(), "2027-05-24");
        assert_eq!(Day::of_unix_seconds(1_795_564_800 + 86_399), day);
        for text in ["", "2026-13-01", "2026-1-01", "tomorrow", "2026-02-30"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}

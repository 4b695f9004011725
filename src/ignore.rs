//! A decision of the team not to be told of something: which rules, why, and until when.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::place::Place;

/// One entry of `ignore` in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignore {
    /// Which rules; see [`names`].
    pub rule: String,
    /// Why, in the team's words; never empty.
    pub reason: String,
    /// The last day on which it counts; `None` for good.
    pub until: Option<Day>,
    /// Where it stands.
    pub place: Place,
}

impl Ignore {
    /// Whether its last day has passed.
    pub fn is_expired(&self, today: Day) -> bool {
        self.until.is_some_and(|until| until < today)
    }
}

/// Whether a word names a rule: its id, a folder of rules above it (`identityserver/7.0`), or a pattern in which `*` stands for
/// anything (`*/support`).
///
/// ```
/// use identityserver_upgrade::ignore::names;
/// assert!(names("identityserver/7.0", "identityserver/7.0/par-columns"));
/// assert!(names("*/advisory/*", "identityserver/advisory/GHSA-1"));
/// assert!(!names("identityserver/7", "identityserver/7.0/par-columns"));
/// ```
pub fn names(word: &str, rule: &str) -> bool {
    let mut parts = word.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = rule.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
    }
    match last {
        // No star: the id, or a folder above it.
        None => rest.is_empty() || rest.starts_with('/'),
        Some(end) => rest.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_rules_folders_and_patterns() {
        #[track_caller]
        fn case(word: &str, rule: &str, expected: bool) {
            assert_eq!(names(word, rule), expected, "{word} {rule}");
        }
        case("a/1.0/x", "a/1.0/x", true);
        case("a/1.0", "a/1.0/x", true);
        case("a", "a/1.0/x", true);
        case("a/1.0/", "a/1.0/x", false);
        case("a/1.0/x", "a/1.0/xy", false);
        case("*", "a/1.0/x", true);
        case("a/*/x", "a/1.0/x", true);
        case("a/*/x", "a/1.0/xy", false);
        case("*x*y*", "axbyc", true);
        case("*y*x*", "axbyc", false);
        case("a*a", "a", false);
        case("", "a", false);
    }

    #[test]
    fn the_last_day_counts() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let ignore = |until| Ignore { rule: "a".into(), reason: "r".into(), until, place: Place::new("f", 1) };
        assert!(!ignore(Some(day("2026-11-25"))).is_expired(day("2026-11-25")));
        assert!(ignore(Some(day("2026-11-25"))).is_expired(day("2026-11-26")));
        assert!(!ignore(None).is_expired(day("9999-12-31")));
    }
}

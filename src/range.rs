//! NuGet version ranges and floats: what a requirement allows, and which version a restore picks.
//!
//! The surprises of the format, each with the test that holds it:
//!
//! 1. A bare version is a lower bound without an upper one; `[1.0]` is exact (`reads_bounds`).
//! 2. Empty parts are refused, blank ones are not: `(,)` is invalid, `(, )` and `[ ]` allow everything (`blank_is_not_empty`).
//! 3. Being inside the bounds is not enough to be picked: a prerelease is eligible only when a bound is one; and `2.0.0)` still
//!    lets `2.0.0-beta` in (`prereleases_need_an_invitation`).
//! 4. A float may stop within a number: `1.1*` is at least 1.10 and floats the minor; `1*` does not float at all, it means
//!    `10` (`floats_within_a_number`).
//! 5. A star in the upper bound, before the end, or in the metadata is invalid (`refuses_misplaced_stars`).
//! 6. Without a float the lowest version is picked; with one the highest inside, else the lowest above
//!    (`picks_as_a_restore_does`).
//! 7. Ranges with the same bounds and different floats differ (`floats_tell_ranges_apart`).

use std::fmt;
use std::str::FromStr;

use crate::version::Version;

/// What a requirement allows.
///
/// `Display` is the normalised text: `[7.0.0, 8.0.0)`, `[7.*, )`.
///
/// ```
/// use identityserver_upgrade::range::Range;
/// let range: Range = "[7.0,8)".parse()?;
/// assert!(range.satisfies(&"7.4.8".parse()?) && !range.satisfies(&"8.0.0".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    min: Option<Version>,
    min_inclusive: bool,
    max: Option<Version>,
    max_inclusive: bool,
    float: Option<Float>,
}

/// Which part of the version floats: a restore takes the highest version that agrees in the parts before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Float {
    /// How many of the four numbers are fixed; 4 when only the prerelease floats.
    fixed: usize,
    /// The text with which a prerelease must start, when prereleases float too.
    prerelease: Option<String>,
}

/// The text is no NuGet version range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a NuGet version range")]
pub struct InvalidRange(String);

impl Range {
    /// The lower bound; of a float, its minimum. `None` when there is none.
    pub fn min(&self) -> Option<&Version> {
        self.min.as_ref()
    }

    /// Whether the lower bound itself is allowed; false without one.
    pub fn min_inclusive(&self) -> bool {
        self.min.is_some() && self.min_inclusive
    }

    /// The upper bound; `None` when there is none.
    pub fn max(&self) -> Option<&Version> {
        self.max.as_ref()
    }

    /// Whether the upper bound itself is allowed; false without one.
    pub fn max_inclusive(&self) -> bool {
        self.max.is_some() && self.max_inclusive
    }

    /// The float; `None` when the range has no star that floats.
    pub fn float(&self) -> Option<&Float> {
        self.float.as_ref()
    }

    /// The version, when the range allows exactly one.
    pub fn exact(&self) -> Option<&Version> {
        self.min().filter(|_| self.min_inclusive() && self.max_inclusive() && self.min == self.max)
    }

    /// The version that the requirement means: the one it names first, at or above which a restore looks. It is itself
    /// allowed, but for an open bound such as `(7.0, )`. `None` when the requirement names none (`(, 8.0)`).
    pub fn lowest(&self) -> Option<&Version> {
        self.min()
    }

    /// Whether `version` is inside the bounds, which says nothing of prereleases.
    pub fn satisfies(&self, version: &Version) -> bool {
        let above = self.min.as_ref().is_none_or(|min| min < version || self.min_inclusive && min == version);
        let below = self.max.as_ref().is_none_or(|max| version < max || self.max_inclusive && max == version);
        above && below
    }

    /// Whether a restore may pick `version`: inside the bounds, and a prerelease only when a bound is one. The minimum of a
    /// float that includes prereleases is a prerelease.
    pub fn eligible(&self, version: &Version) -> bool {
        let invited = self.min.iter().chain(&self.max).any(Version::is_prerelease);
        (invited || !version.is_prerelease()) && self.satisfies(version)
    }

    /// The version of `versions` that a restore picks; of equal ones the first.
    pub fn best_match<'a>(&self, versions: impl IntoIterator<Item = &'a Version>) -> Option<&'a Version> {
        let eligible = versions.into_iter().filter(|version| self.eligible(version));
        eligible.reduce(|best, version| if self.prefers(version, best) { version } else { best })
    }

    fn prefers(&self, version: &Version, best: &Version) -> bool {
        let inside = |candidate| self.float.as_ref().is_some_and(|float| float.allows(self.min.as_ref(), candidate));
        match (inside(version), inside(best)) {
            (true, true) => version > best,
            (false, false) => version < best,
            (version_inside, _) => version_inside,
        }
    }
}

impl Float {
    /// Whether `version` agrees with the fixed parts of the float's minimum.
    fn allows(&self, min: Option<&Version>, version: &Version) -> bool {
        let Some(min) = min else { return false };
        let same_numbers = min.numbers().iter().zip(version.numbers()).take(self.fixed).all(|(a, b)| *a == b);
        same_numbers
            && (!version.is_prerelease()
                || self.prerelease.as_ref().is_some_and(|prefix| starts_with(version.release(), prefix)))
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.min_inclusive() { "[" } else { "(" })?;
        match (&self.min, &self.float) {
            (Some(min), Some(float)) => write_float(formatter, min, float)?,
            (Some(min), None) => write!(formatter, "{min}")?,
            (None, _) => {}
        }
        formatter.write_str(", ")?;
        if let Some(max) = &self.max {
            write!(formatter, "{max}")?;
        }
        formatter.write_str(if self.max_inclusive() { "]" } else { ")" })
    }
}

fn write_float(formatter: &mut fmt::Formatter<'_>, min: &Version, float: &Float) -> fmt::Result {
    if float.fixed == 4 {
        formatter.write_str(&min.numbers_text())?;
    } else {
        for number in min.numbers().iter().take(float.fixed) {
            write!(formatter, "{number}.")?;
        }
        formatter.write_str("*")?;
    }
    float.prerelease.as_ref().map_or(Ok(()), |prefix| write!(formatter, "-{prefix}*"))
}

impl FromStr for Range {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        parse(text.trim()).ok_or_else(|| InvalidRange(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Range> {
    if !text.starts_with(['[', '(']) {
        let (min, float) = parse_min(text)?;
        return Some(Range { min: Some(min), min_inclusive: true, max: None, max_inclusive: false, float });
    }
    let min_inclusive = text.starts_with('[');
    let max_inclusive = text.ends_with(']');
    let inner = text.get(1..)?.strip_suffix([']', ')'])?;
    let (min, max) = match inner.split_once(',') {
        Some((min, max)) if inner != "," && !max.contains(',') => (min, max),
        None if min_inclusive && max_inclusive && !inner.is_empty() => (inner, inner),
        _ => return None,
    };
    let (min, float) = match min.trim() {
        "" => (None, None),
        _ => parse_min(min).map(|(min, float)| (Some(min), float))?,
    };
    let max = match max.trim() {
        "" => None,
        text => Some(text.parse::<Version>().ok()?),
    };
    if let (Some(min), Some(max)) = (&min, &max)
        && (min > max || min == max && min_inclusive != max_inclusive)
    {
        return None;
    }
    Some(Range { min, min_inclusive, max, max_inclusive, float })
}

/// A version or a float. The text is not trimmed: a star must be its very last character.
fn parse_min(text: &str) -> Option<(Version, Option<Float>)> {
    match text.matches('*').count() {
        0 => Some((text.parse().ok()?, None)),
        _ if text.contains('+') || !text.ends_with('*') => None,
        1 => parse_float(text.strip_suffix('*')?),
        2 => parse_double_float(text),
        _ => None,
    }
}

/// A float with one star, which is already taken off: of a number, or of a prerelease.
fn parse_float(text: &str) -> Option<(Version, Option<Float>)> {
    let Some((_, prefix)) = text.split_once('-') else {
        // A star stands for a zero; alone or within the first number it would float nothing but for the bare `*`.
        let parts = text.matches('.').count();
        let float = (parts > 0 || text.is_empty()).then_some(Float { fixed: parts, prerelease: None });
        return Some((format!("{text}0").parse().ok()?, float));
    };
    // NuGet completes a label that may not be empty, but looks only at prefixes without a dash of their own.
    let completed = prefix.is_empty() || !prefix.contains('-') && prefix.ends_with('.');
    let min = if completed { format!("{text}0") } else { text.to_owned() };
    Some((min.parse().ok()?, Some(Float { fixed: 4, prerelease: Some(prefix.to_owned()) })))
}

/// A float with two stars, of a number and of its prerelease: `1.*-rc*`.
fn parse_double_float(text: &str) -> Option<(Version, Option<Float>)> {
    let (numbers, prefix) = text.strip_suffix('*')?.split_once("*-")?;
    if numbers.contains('-') {
        return None;
    }
    let zero = if prefix.is_empty() || prefix.ends_with('.') { "0" } else { "" };
    let min = format!("{numbers}0-{prefix}{zero}").parse().ok()?;
    Some((min, Some(Float { fixed: numbers.matches('.').count(), prerelease: Some(prefix.to_owned()) })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(text: &str) -> Range {
        text.parse().unwrap()
    }

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[track_caller]
    fn normalises(text: &str, expected: &str) {
        assert_eq!(text.parse::<Range>().map(|range| range.to_string()), Ok(expected.to_owned()));
    }

    #[track_caller]
    fn refuses(texts: &[&str]) {
        for text in texts {
            assert!(text.parse::<Range>().is_err(), "{text:?} should be invalid");
        }
    }

    #[track_caller]
    fn minimum(text: &str, expected: &str) {
        assert_eq!(range(text).min().map(ToString::to_string).as_deref(), Some(expected), "minimum of {text}");
    }

    #[track_caller]
    fn picks(text: &str, versions: &[&str], expected: Option<&str>) {
        let versions: Vec<Version> = versions.iter().map(|text| version(text)).collect();
        assert_eq!(range(text).best_match(&versions).map(ToString::to_string).as_deref(), expected, "{text}");
    }

    #[test]
    fn reads_bounds() {
        normalises("1.0", "[1.0.0, )");
        normalises("[1.0]", "[1.0.0, 1.0.0]");
        normalises(" ( 1 , 2.5-rc ] ", "(1.0.0, 2.5.0-rc]");
        normalises("(1,1)", "(1.0.0, 1.0.0)");
        normalises("[,2]", "(, 2.0.0]");
        refuses(&[
            "", " ", "(1.0)", "[1.0)", "(1.0]", "[1,1)", "(1,1]", "[2,1]", "[1,2,3]", "[1.0", "1.0]", "[", "=1.0",
            "[v1,2]",
        ]);
        assert_eq!(range("[7.0]").exact(), Some(&version("7.0")));
        assert_eq!(range("[7.0, 8)").exact(), None);
        assert_eq!(range("[7.0, 8)").lowest(), Some(&version("7.0.0")));
        assert_eq!(range("(, 8)").lowest(), None);
    }

    #[test]
    fn blank_is_not_empty() {
        refuses(&["(,)", "[,]", "[]", "()", "( )"]);
        for text in ["( , )", "(, )", "[ ]", "[ ,]"] {
            normalises(text, "(, )");
            assert!(range(text).satisfies(&version("0.0.0-0")));
        }
    }

    #[test]
    fn prereleases_need_an_invitation() {
        #[track_caller]
        fn case(text: &str, candidate: &str, satisfies: bool, eligible: bool) {
            let (range, candidate) = (range(text), version(candidate));
            assert_eq!(
                (range.satisfies(&candidate), range.eligible(&candidate)),
                (satisfies, eligible),
                "{text} {candidate}"
            );
        }
        case("[0.9, )", "1.0.0-beta", true, false);
        case("*", "1.0.0-beta", true, false);
        case("*-*", "1.0.0-beta", true, true);
        case("[1.0, 2.0)", "2.0.0-beta", true, false);
        case("[1.0-a, 2.0)", "2.0.0-beta", true, true);
        case("[1.0, 2.0-rc]", "1.5.0-beta", true, true);
        case("[1.0, 2.0)", "2.0.0", false, false);
        case("1.0.0+a", "1.0.0+b", true, true);
    }

    #[test]
    fn floats_within_a_number() {
        minimum("1.1*", "1.10.0");
        normalises("1.1*", "[1.*, )");
        normalises("1*", "[10.0.0, )");
        normalises("123*", "[1230.0.0, )");
        normalises("5.1.0.1*", "[5.1.0.*, )");
        refuses(&["1.214748365*"]);
    }

    #[test]
    fn minimum_of_a_float() {
        minimum("*", "0.0.0");
        minimum("1.*", "1.0.0");
        minimum("1.0.0-*", "1.0.0-0");
        minimum("1.0.0-a.*", "1.0.0-a.0");
        minimum("1.0.0-a-*", "1.0.0-a-");
        minimum("*-*", "0.0.0-0");
        minimum("2.0.*-rc.*", "2.0.0-rc.0");
        normalises("[2.0.*-rc.*,3)", "[2.0.*-rc.*, 3.0.0)");
        normalises("1.2.3.4-*", "[1.2.3.4-*, )");
        normalises("(1.0.*, 2.0)", "(1.0.*, 2.0.0)");
    }

    #[test]
    fn refuses_misplaced_stars() {
        refuses(&[
            "[1.*]",
            "[1, 2.*]",
            "1.*.0",
            "1.0.*-beta",
            "1.0.0+*",
            "1.**",
            "*.*",
            "1.0.0-*.1",
            "*-*+m",
            "1.0.0-a-b.*",
        ]);
        refuses(&["[1.* , 2)", "1.*-", "1.0.0-01.*", "1-a.*-*", "**"]);
        normalises("[ 1.*,2)", "[1.*, 2.0.0)");
    }

    #[test]
    fn picks_as_a_restore_does() {
        picks("1.0", &["2.0", "1.1", "0.9"], Some("1.1.0"));
        picks("1.*", &["1.2", "1.10", "2.0"], Some("1.10.0"));
        picks("1.*", &["0.1", "2.5", "2.0"], Some("2.0.0"));
        picks("1.*", &["0.1", "1.0-rc"], None);
        picks("1.0.0-a*", &["1.0.0-alpha", "1.0.0-b", "1.0.0"], Some("1.0.0"));
        picks("1.0.0-A*", &["1.0.0-b", "1.0.0-alpha"], Some("1.0.0-alpha"));
        picks("*-rc*", &["3.0-beta", "2.0-rc.1"], Some("2.0.0-rc.1"));
        picks("[*, 8)", &["9", "7.1-rc", "7.0"], Some("7.0.0"));
        picks("1.1.1.*", &["1.1.1.9", "1.1.2"], Some("1.1.1.9"));
        picks("1.0-a", &["1.0-B", "1.0-b"], Some("1.0.0-B"));
    }

    #[test]
    fn floats_tell_ranges_apart() {
        assert_ne!(range("1.0.0"), range("1.0.*"));
        assert_ne!(range("1.0.*"), range("1.*"));
        assert_eq!(range("1"), range("[1.0.0, )"));
        assert!(range("1.*").float().is_some() && range("1*").float().is_none());
    }

    proptest! {
        #[test]
        fn normalised_text_reads_back(text in "[\\[(]?[0-2]{1,2}(\\.[0-3]){0,3}(-[a0.]{1,3}){0,2}(\\.?\\*)?(-\\*)?(, ?[1-9](\\.[0-9]){0,3})?[\\])]?") {
            if let Ok(range) = text.parse::<Range>() {
                let normalised = range.to_string();
                // A float within a number forgets the digits before its star.
                let again: Range = normalised.parse().unwrap();
                prop_assert_eq!(again.to_string(), normalised);
            }
        }

        #[test]
        fn what_is_picked_was_allowed(text in "[\\[]?[0-2](\\.[0-2]){0,2}(\\.\\*)?(-\\*|-a)?(, 3\\))?", versions in proptest::collection::vec("[0-3]\\.[0-3](-[ab])?", 0..6)) {
            if let Ok(range) = text.parse::<Range>() {
                let versions: Vec<Version> = versions.iter().map(|text| version(text)).collect();
                match range.best_match(&versions) {
                    Some(best) => prop_assert!(range.eligible(best) && range.satisfies(best)),
                    None => prop_assert!(!versions.iter().any(|version| range.eligible(version))),
                }
            }
        }

        #[test]
        fn any_text_is_answered(text in "\\PC*|[\\[(]?[0-9.*+, \\-a]{0,12}[)\\]]?") {
            let _ = text.parse::<Range>();
        }
    }
}

//! NuGet versions: what they are, how they print and how they are ordered.
//!
//! They look like semantic versions and are not. The surprises, each with the test that holds it:
//!
//! 1. One to four numbers, each an `int32`; leading zeros and white space around a number are fine (`numbers_are_int32`).
//! 2. The fourth number prints only when it is not zero, and counts before the prerelease (`fourth_number_counts_before_the_prerelease`).
//! 3. Labels compare without regard to case; a numeric label is less than a text (`orders_as_nuget_does`).
//! 4. A label is numeric only when it fits an `int32`, sign included: `-1` is the number minus one, `20240101123456` is text
//!    (`labels_are_numbers_only_within_int32`).
//! 5. A numeric label with leading zeros makes the version invalid; `-00A` does not (`refuses_what_nuget_refuses`).
//! 6. `+metadata` counts for nothing but the full text (`metadata_counts_for_nothing`).
//! 7. Two versions are the same when their order says so: `1.0.0-a` is `1.0-A` (`equal_versions_hash_alike`).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A `major.minor` rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A version of a NuGet package.
///
/// `Display` is the normalised text, by which packages are identified; order, equality and hash are those of NuGet: case and
/// metadata count for nothing.
///
/// ```
/// use identityserver_upgrade::version::Version;
/// let version: Version = "07.0-Preview.1+sha.5114f85".parse()?;
/// assert_eq!(version.to_string(), "7.0.0-Preview.1");
/// assert!(version < "7.0".parse()?);
/// # Ok::<(), identityserver_upgrade::version::InvalidVersion>(())
/// ```
#[derive(Debug, Clone)]
pub struct Version {
    /// Each at most `i32::MAX`.
    numbers: [u32; 4],
    /// Dotted labels, none of them empty; the empty text when stable.
    release: String,
    /// What follows the `+`; may be empty.
    metadata: String,
}

/// The text is no NuGet version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a NuGet version")]
pub struct InvalidVersion(String);

impl Version {
    /// Major, minor, patch and revision.
    pub fn numbers(&self) -> [u32; 4] {
        self.numbers
    }

    /// The rung on which it stands.
    pub fn line(&self) -> Line {
        let [major, minor, ..] = self.numbers;
        Line { major, minor }
    }

    /// Whether it has prerelease labels.
    pub fn is_prerelease(&self) -> bool {
        !self.release.is_empty()
    }

    /// The prerelease labels with their dots, as written; empty when stable.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The prerelease labels, as written.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.release.split('.').filter(|label| !label.is_empty())
    }

    /// What follows the `+`; empty when nothing does.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// The normalised text with the metadata.
    pub fn full(&self) -> String {
        if self.metadata.is_empty() { self.to_string() } else { format!("{self}+{}", self.metadata) }
    }

    /// The numbers as they print: the fourth only when it is not zero.
    pub(crate) fn numbers_text(&self) -> String {
        let [major, minor, patch, revision] = self.numbers;
        if revision == 0 { format!("{major}.{minor}.{patch}") } else { format!("{major}.{minor}.{patch}.{revision}") }
    }

    fn parsed_labels(&self) -> impl Iterator<Item = Label<'_>> {
        self.labels().map(Label::of)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.numbers_text())?;
        if self.is_prerelease() { write!(formatter, "-{}", self.release) } else { Ok(()) }
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        parse(text).ok_or_else(|| InvalidVersion(text.to_owned()))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let stable_last = other.is_prerelease().cmp(&self.is_prerelease());
        self.numbers.cmp(&other.numbers).then(stable_last).then_with(|| self.parsed_labels().cmp(other.parsed_labels()))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.numbers.hash(state);
        for label in self.parsed_labels() {
            match label {
                Label::Number(number) => number.hash(state),
                Label::Text(text) => text.to_ascii_lowercase().hash(state),
            }
        }
    }
}

/// One prerelease label, as it is compared.
enum Label<'a> {
    Number(i32),
    Text(&'a str),
}

impl<'a> Label<'a> {
    fn of(text: &'a str) -> Self {
        text.parse().map_or(Self::Text(text), Self::Number)
    }
}

impl Ord for Label<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            (Self::Text(a), Self::Text(b)) => {
                a.bytes().map(|byte| byte.to_ascii_uppercase()).cmp(b.bytes().map(|byte| byte.to_ascii_uppercase()))
            }
        }
    }
}

impl PartialOrd for Label<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Label<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Label<'_> {}

fn parse(text: &str) -> Option<Version> {
    let text = text.trim();
    let (rest, metadata) = text.split_once('+').map_or((text, None), |(rest, metadata)| (rest, Some(metadata)));
    let (numbers, release) = rest.split_once('-').map_or((rest, None), |(numbers, release)| (numbers, Some(release)));
    if !release.is_none_or(|release| release.split('.').all(|label| is_label(label) && !has_leading_zeros(label)))
        || !metadata.is_none_or(|metadata| metadata.split('.').all(is_label))
    {
        return None;
    }
    Some(Version {
        numbers: parse_numbers(numbers)?,
        release: release.unwrap_or_default().to_owned(),
        metadata: metadata.unwrap_or_default().to_owned(),
    })
}

fn parse_numbers(text: &str) -> Option<[u32; 4]> {
    let mut numbers = [0; 4];
    let mut places = numbers.iter_mut();
    for part in text.split('.') {
        *places.next()? = parse_number(part)?;
    }
    Some(numbers)
}

/// A number as .NET reads it: with the white space of ASCII around it, and NUL characters behind.
fn parse_number(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches('\0').trim_matches([' ', '\t', '\n', '\x0B', '\x0C', '\r']);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i32>().ok()?.try_into().ok()
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn has_leading_zeros(label: &str) -> bool {
    label.len() > 1 && label.starts_with('0') && label.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[track_caller]
    fn normalises(text: &str, expected: &str) {
        assert_eq!(text.parse::<Version>().map(|version| version.to_string()), Ok(expected.to_owned()));
    }

    #[track_caller]
    fn refuses(text: &str) {
        assert!(text.parse::<Version>().is_err(), "{text:?} should be invalid");
    }

    #[track_caller]
    fn order(a: &str, expected: Ordering, b: &str) {
        assert_eq!(version(a).cmp(&version(b)), expected, "{a} against {b}");
        assert_eq!(version(b).cmp(&version(a)), expected.reverse(), "{b} against {a}");
    }

    #[test]
    fn numbers_are_int32() {
        normalises("1", "1.0.0");
        normalises("1.02", "1.2.0");
        normalises("  1  .\t2  ", "1.2.0");
        normalises("1.0\0", "1.0.0");
        normalises("2147483647.0", "2147483647.0.0");
        normalises("0002147483647", "2147483647.0.0");
        refuses("2147483648.0");
        refuses("1.99999999999999999999");
        refuses("1.\u{a0}2");
        refuses("\u{661}.\u{662}");
        refuses("1.0x1");
    }

    #[test]
    fn fourth_number_counts_before_the_prerelease() {
        normalises("1.0.0.0", "1.0.0");
        normalises("1.0.0.1-a", "1.0.0.1-a");
        order("1.0.0-pre", Ordering::Less, "1.0.0.1-alpha");
        order("1.0", Ordering::Equal, "1.0.0.0");
    }

    #[test]
    fn orders_as_nuget_does() {
        order("1.0.0-ALPHA", Ordering::Equal, "1.0.0-alpha");
        order("1.0.0-1", Ordering::Less, "1.0.0-a");
        order("1.0.0-a", Ordering::Less, "1.0.0-a.0");
        order("1.0.0-a9", Ordering::Greater, "1.0.0-a10");
        order("1.0.0-rc.9", Ordering::Less, "1.0.0-rc.10");
        order("1.0.0-rc", Ordering::Less, "1.0.0");
        order("1.9", Ordering::Less, "1.10");
    }

    #[test]
    fn labels_are_numbers_only_within_int32() {
        order("1.0.0-5", Ordering::Less, "1.0.0-20240101123456");
        order("1.0.0-nightly.2024-02-01-0102", Ordering::Less, "1.0.0-nightly.202401090430");
        order("1.0.0--1", Ordering::Less, "1.0.0-0");
        order("1.0.0-99999999999", Ordering::Greater, "1.0.0-100000000000");
    }

    #[test]
    fn refuses_what_nuget_refuses() {
        for text in
            ["", " ", "v1.0", "1.", ".1", "1..2", "1.2.3.4.5", "1.0.0-", "1.0.0+", "1.0-a..b", "1.0+a+b", "1.0-a_b"]
        {
            refuses(text);
        }
        refuses("1.0.0-01");
        refuses("1.0.0-alpha.006");
        refuses("1.0.0-\u{df}");
        refuses("1.0-+a");
        normalises("1.0.0-00A", "1.0.0-00A");
        normalises("1.0.0--01", "1.0.0--01");
    }

    #[test]
    fn metadata_counts_for_nothing() {
        order("1.0.0+a", Ordering::Equal, "1.0.0+b");
        normalises("1.0+01", "1.0.0");
        assert_eq!(version("1.0-rc+a-b.01").full(), "1.0.0-rc+a-b.01");
        assert_eq!(version("1.0+-a").metadata(), "-a");
    }

    #[test]
    fn tells_its_parts() {
        let version = version("7.1-rc.2+m");
        assert_eq!(version.numbers(), [7, 1, 0, 0]);
        assert_eq!(version.line(), Line { major: 7, minor: 1 });
        assert_eq!(version.labels().collect::<Vec<_>>(), ["rc", "2"]);
        assert_eq!((version.release(), version.is_prerelease()), ("rc.2", true));
    }

    fn hash(version: &Version) -> u64 {
        let mut state = DefaultHasher::new();
        version.hash(&mut state);
        state.finish()
    }

    #[test]
    fn equal_versions_hash_alike() {
        for (a, b) in [("1.0-A.5+x", "1.0.0.0-a.5"), ("1.0.0--0", "1.0.0-0")] {
            assert_eq!(version(a), version(b));
            assert_eq!(hash(&version(a)), hash(&version(b)));
        }
    }

    /// Few parts, so that neighbours and equals are common.
    fn some_version() -> impl Strategy<Value = Version> {
        "[0-2]{1,2}(\\.[0-2]){0,3}(-(-1|-0|0|9|10|[aB]1?|99999999999)(\\.[a0-2]){0,2})?(\\+x)?"
            .prop_filter_map("invalid", |text| text.parse().ok())
    }

    /// A version of three numbers that semantic versioning allows as well. Its labels are in lower case, and their numbers fit an `int32`:
    /// there the two orders part (module documentation).
    fn semantic_version() -> impl Strategy<Value = String> {
        let label = prop_oneof!["0|[1-9][0-9]{0,8}", "[a-z][a-z0-9]{0,3}", "[0-9]{1,2}[a-z][a-z0-9]{0,2}"];
        let labels = prop::collection::vec(label, 0..4).prop_map(|labels| match labels.as_slice() {
            [] => String::new(),
            labels => format!("-{}", labels.join(".")),
        });
        (0..3u32, 0..3u32, 0..3u32, labels)
            .prop_map(|(major, minor, patch, labels)| format!("{major}.{minor}.{patch}{labels}"))
    }

    proptest! {
        #[test]
        fn order_is_that_of_semver_where_both_are_defined(a in semantic_version(), b in semantic_version()) {
            let expected = semver::Version::parse(&a).unwrap().cmp(&semver::Version::parse(&b).unwrap());
            prop_assert_eq!(version(&a).cmp(&version(&b)), expected, "{} against {}", a, b);
        }
    }

    proptest! {
        #[test]
        fn order_is_total(a in some_version(), b in some_version(), c in some_version()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
            if a == b {
                prop_assert_eq!(hash(&a), hash(&b));
                prop_assert_eq!(a.cmp(&c), b.cmp(&c));
            }
        }

        #[test]
        fn printing_reads_back(version in some_version()) {
            let full: Version = version.full().parse().unwrap();
            prop_assert_eq!(full.full(), version.full());
            let normalised: Version = version.to_string().parse().unwrap();
            prop_assert_eq!(normalised, version);
        }

        #[test]
        fn any_text_is_answered(text in "\\PC*|[0-9.+* \\-a]{0,12}") {
            if let Ok(version) = text.parse::<Version>() {
                prop_assert_eq!(version.to_string().parse::<Version>(), Ok(version));
            }
        }
    }
}

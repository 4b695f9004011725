//! Paket's requirements as ranges of NuGet.

use crate::range::Range;
use crate::version::Version;

/// One side of a range: the version, and whether it is itself allowed.
type Bound = Option<(Version, bool)>;

/// What a requirement of Paket means; `None` when it cannot be told. Without any requirement every version is allowed.
///
/// ```
/// use identityserver_upgrade::inventory::paket::range;
/// assert_eq!(range("~> 7.0.2").map(|range| range.to_string()).as_deref(), Some("[7.0.2, 7.1.0)"));
/// ```
pub fn range(requirement: &str) -> Option<Range> {
    let (mut min, mut max): (Bound, Bound) = (None, None);
    let spaced = requirement.replace(['!', '@', ','], " ");
    let mut words = spaced.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let operator = word.trim_end_matches(|character| !"<>=~".contains(character));
        let attached = word.get(operator.len()..).unwrap_or_default();
        if operator.is_empty() && !attached.starts_with(|character: char| character.is_ascii_digit()) {
            // A word such as `prerelease` or `beta`: it allows more prereleases, and moves no bound.
            continue;
        }
        let text = if attached.is_empty() { words.next()? } else { attached };
        let version: Version = text.parse().ok()?;
        match operator {
            ">=" => raise(&mut min, version, true),
            ">" => raise(&mut min, version, false),
            "<=" => lower(&mut max, version, true),
            "<" => lower(&mut max, version, false),
            "~>" => {
                lower(&mut max, next_of_the_part_before(text)?, false);
                raise(&mut min, version, true);
            }
            "" | "=" | "==" => {
                raise(&mut min, version.clone(), true);
                lower(&mut max, version, true);
            }
            _ => return None,
        }
    }
    to_range(min, max)
}

fn raise(bound: &mut Bound, version: Version, inclusive: bool) {
    if bound.as_ref().is_none_or(|(old, _)| version > *old || version == *old && !inclusive) {
        *bound = Some((version, inclusive));
    }
}

fn lower(bound: &mut Bound, version: Version, inclusive: bool) {
    if bound.as_ref().is_none_or(|(old, _)| version < *old || version == *old && !inclusive) {
        *bound = Some((version, inclusive));
    }
}

/// The version below which `~>` stays: the part before the last one, raised by one.
fn next_of_the_part_before(text: &str) -> Option<Version> {
    let numbers = text.split(['-', '+']).next()?;
    let mut parts: Vec<u32> = numbers.split('.').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    if parts.len() > 1 {
        parts.pop();
    }
    let last = parts.last_mut()?;
    *last = last.checked_add(1)?;
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.join(".").parse().ok()
}

fn to_range(min: Bound, max: Bound) -> Option<Range> {
    let open = if min.as_ref().is_some_and(|(_, inclusive)| *inclusive) { '[' } else { '(' };
    let close = if max.as_ref().is_some_and(|(_, inclusive)| *inclusive) { ']' } else { ')' };
    let text = |bound: Bound| bound.map_or_else(|| " ".to_owned(), |(version, _)| version.to_string());
    format!("{open}{},{}{close}", text(min), text(max)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_pakets_own() {
        #[track_caller]
        fn case(requirement: &str, expected: Option<&str>) {
            assert_eq!(range(requirement).map(|range| range.to_string()).as_deref(), expected, "{requirement}");
        }
        case("7.0.2", Some("[7.0.2, 7.0.2]"));
        case("= 7.0.2", Some("[7.0.2, 7.0.2]"));
        case("==7.0.2", Some("[7.0.2, 7.0.2]"));
        case(">= 7.0", Some("[7.0.0, )"));
        case("> 7.0 <= 8.0", Some("(7.0.0, 8.0.0]"));
        case(">= 7.0 < 8.0 prerelease", Some("[7.0.0, 8.0.0)"));
        case("~> 7.0.2", Some("[7.0.2, 7.1.0)"));
        case("~> 7.0", Some("[7.0.0, 8.0.0)"));
        case("~> 7", Some("[7.0.0, 8.0.0)"));
        case("~> 7.0 >= 7.0.5", Some("[7.0.5, 8.0.0)"));
        case("!~> 7.0 alpha", Some("[7.0.0, 8.0.0)"));
        case("", Some("(, )"));
        case("prerelease", Some("(, )"));
        case(">=", None);
        case("=> 1.0", None);
        case(">= x", None);
        case("> 2 < 1", None);
    }
}

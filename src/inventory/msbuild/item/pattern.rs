//! Wildcards: `*` and `?` within a name, `**` over folders.

use crate::inventory::msbuild::path;

/// Whether a text (escaped) has wildcards.
pub fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a path or an item matches a pattern, both unescaped. Paths are compared without regard to case where `fold` says so.
pub fn matches(pattern: &str, text: &str, fold: bool) -> bool {
    let pattern = prepare(pattern, fold);
    let text = prepare(text, fold);
    let pattern: Vec<&str> = segments(&pattern);
    let text: Vec<&str> = segments(&text);
    match_segments(&pattern, &text)
}

fn prepare(text: &str, fold: bool) -> String {
    let slashed = path::with_slashes(text);
    if fold { slashed.to_lowercase() } else { slashed.into_owned() }
}

fn segments(text: &str) -> Vec<&str> {
    text.split('/').filter(|part| *part != ".").collect()
}

/// Matches segments in time linear in their product: on a mismatch only the last `**` gives way.
fn match_segments(pattern: &[&str], text: &[&str]) -> bool {
    let (mut at, mut index) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while index < text.len() {
        let part = pattern.get(at).copied();
        if part == Some("**") {
            retry = Some((at, index));
            at += 1;
        } else if part.is_some_and(|part| match_name(part, text.get(index).copied().unwrap_or_default())) {
            at += 1;
            index += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            at = star + 1;
            index = from + 1;
        } else {
            return false;
        }
    }
    pattern.iter().skip(at).all(|part| *part == "**")
}

/// Matches a name in time linear in the product of the lengths: on a mismatch only the last `*` gives way.
fn match_name(pattern: &str, text: &str) -> bool {
    if pattern == "*.*" {
        return true;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut index) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while index < text.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at, index));
                at += 1;
            }
            Some(other) if *other == '?' || text.get(index) == Some(other) => {
                at += 1;
                index += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                at = star + 1;
                index = from + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|part| *part == '*')
}

/// The folder in front of the first wildcard of a pattern, and the rest.
pub fn fixed_folder(pattern: &str) -> (&str, &str) {
    let wildcard = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let cut = pattern.get(..wildcard).and_then(|fixed| fixed.rfind('/')).map_or(0, |slash| slash + 1);
    pattern.split_at(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_in_msbuild() {
        #[track_caller]
        fn case(pattern: &str, text: &str, expected: bool) {
            assert_eq!(matches(pattern, text, true), expected, "{pattern} {text}");
        }
        case("*.props", "a.props", true);
        case("*.props", "x/a.props", false);
        case("**/*.props", "a.props", true);
        case(r"**\*.PROPS", "x/y/a.props", true);
        case("a?c", "abc", true);
        case("Microsoft.*", "microsoft.extensions", true);
        case("src/**", "src/a/b", true);
        case("src/**/b", "src/b", true);
        case("src/*", "src/a/b", false);
        case("*.*", "makefile", true);
    }

    #[test]
    fn a_pattern_cannot_explode() {
        assert!(!matches(&("*a".repeat(200) + "c"), &"a".repeat(5000), true));
        assert!(!matches(&("**/a/".repeat(100) + "c"), &"a/".repeat(2000), true));
    }

    #[test]
    fn the_fixed_part_is_a_folder() {
        assert_eq!(fixed_folder("a/b*/c"), ("a/", "b*/c"));
        assert_eq!(fixed_folder("*.props"), ("", "*.props"));
    }
}

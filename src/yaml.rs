//! YAML that strangers may have written: configuration and rules that a pull request proposes.

use serde::de::{DeserializeOwned, Error as _};

/// Reads a document. Anchors are refused: repeated by aliases, a file of some kilobytes becomes gigabytes.
///
/// # Errors
/// With a location where the parser has one.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
    if text.lines().any(has_anchor) {
        return Err(serde_yaml::Error::custom("anchors (`&name`) are not read: write out what they stand for"));
    }
    serde_yaml::from_str(text)
}

/// Whether `&name` stands where a value may begin. Within a plain sentence after a comma it is taken for one as well.
fn has_anchor(line: &str) -> bool {
    line.match_indices('&').any(|(at, _)| {
        let (before, after) = line.split_at(at);
        // A tag may stand between.
        let before = before.trim_end();
        let before = before.rsplit_once('!').filter(|(_, tag)| !tag.contains(' ')).map_or(before, |(before, _)| before);
        let before = before.trim_end_matches('!').trim_end();
        let begins = before.chars().next_back().is_none_or(|last| "-:,?[{".contains(last));
        let name = after.chars().nth(1).is_some_and(|next| next.is_ascii_alphanumeric() || "_-".contains(next));
        begins && name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_refused_wherever_a_value_may_begin() {
        for text in ["&a x", "a: &a [1]", "- &a x", "[1, &a 2]", "{a: &a 1}", "? &a b", "\"a\":&a b", "a: !!str &a b"] {
            assert!(has_anchor(text), "{text}");
        }
        for text in ["a: R&D", "a: this & that", "a: x && y", "&& y", "a: \"see b&c\"", "# nothing"] {
            assert!(!has_anchor(text), "{text}");
        }
    }

    /// Each alias costs a few bytes and gives back the whole text of its anchor.
    #[test]
    fn a_bomb_is_an_error() {
        let bomb = format!("- &a {}\n{}", "x".repeat(100_000), "- *a\n".repeat(30_000));
        assert!(read::<Vec<String>>(&bomb).is_err());
        assert_eq!(read::<Vec<String>>("- a\n- b\n").unwrap(), ["a", "b"]);
    }
}

//! The first line of our comments: an HTML comment that people do not see.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Draft;

const START: &str = "<!-- identityserver-upgrade ";
const END: &str = " -->";

/// Which run of the workflow; later runs are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Run {
    /// `GITHUB_RUN_ID`: it grows with time.
    pub id: u64,
    /// `GITHUB_RUN_ATTEMPT`.
    pub attempt: u64,
}

/// What a comment says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Name of the configuration.
    pub key: String,
    /// The commit that was looked at.
    pub head: String,
    /// The run that wrote it.
    pub run: Run,
    /// Hash of what it says.
    pub report: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    v: u32,
    key: String,
    head: String,
    run: u64,
    #[serde(default)]
    attempt: u64,
    report: String,
}

impl Marker {
    /// The marker of a comment; `None` when its first line is none, or one of a version we do not know.
    pub fn of(body: &str) -> Option<Self> {
        let written = body.lines().next()?.trim_end().strip_prefix(START)?.strip_suffix(END)?;
        let Written { v: 1, key, head, run, attempt, report } = serde_json::from_str(written).ok()? else {
            return None;
        };
        Some(Self { key, head, run: Run { id: run, attempt }, report })
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, head, run, report } = self.clone();
        let written = Written { v: 1, key, head, run: run.id, attempt: run.attempt, report };
        // `--` and `>` would end the HTML comment early; JSON can say both in escapes.
        let json = serde_json::to_string(&written).map_err(|_| fmt::Error)?;
        let json = json.replace("--", r"-\u002d").replace('>', r"\u003e");
        write!(formatter, "{START}{json}{END}")
    }
}

/// A hash of what a draft says, whatever commits it says it of: a push that changes nothing for the reader is no news.
pub(super) fn hash(draft: &Draft<'_>) -> String {
    let mut text = draft.body.unwrap_or("resolved").to_owned();
    for (sha, name) in [(draft.head, "HEAD"), (draft.base, "BASE")] {
        if sha.len() >= 12 {
            // Whole ids first, then the short forms that people read.
            text = text
                .replace(sha, name)
                .replace(sha.get(..12).unwrap_or(sha), name)
                .replace(sha.get(..7).unwrap_or(sha), name);
        }
    }
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marker(key: &str) -> Marker {
        Marker { key: key.into(), head: "9c41f0e".into(), run: Run { id: 7421, attempt: 2 }, report: "5b1e".into() }
    }

    proptest! {
        #[test]
        fn any_marker_is_one_hidden_line_that_reads_back(key in ".*") {
            let line = marker(&key).to_string();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(line.matches("-->").count(), 1);
            prop_assert_eq!(Marker::of(&format!("{line}\nwords")), Some(marker(&key)));
        }

        #[test]
        fn any_body_is_read_without_harm(body in ".*") {
            let _ = Marker::of(&format!("{START}{body}"));
            prop_assert_eq!(Marker::of(&body), None);
        }
    }

    #[test]
    fn only_the_first_line_and_a_known_version_count() {
        let line = marker("default").to_string();
        assert_eq!(Marker::of(&format!("words\n{line}")), None);
        assert_eq!(Marker::of(&line.replace("\"v\":1", "\"v\":2")), None);
        assert!(Marker::of(&format!("{line}\r\nwords")).is_some());
    }

    #[test]
    fn commits_are_no_news() {
        let draft = |head: &'static str, body: &'static str| Draft {
            key: "default",
            run: Run::default(),
            head,
            base: "",
            body: Some(body),
            logins: &[],
            resolved: None,
        };
        let (one, other) = ("a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "ffb2c3d4e5f60718293a4b5c6d7e8f9012345678");
        assert_eq!(hash(&draft(one, "seen at a1b2c3d")), hash(&draft(other, "seen at ffb2c3d")));
        assert_ne!(hash(&draft(one, "seen at a1b2c3d")), hash(&draft(one, "seen in x")));
    }
}

//! What an audit must not find.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use crate::portfolio::Standing;
use crate::report::{Kind, Status};

/// A condition that makes an audit fail, and keeps a tracking issue open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A line that is out of support.
    Unsupported,
    /// An advisory that applies.
    Advisory,
    /// So many released lines below the newest, or more.
    Behind(usize),
    /// One product at several versions, or companions out of step.
    Mixed,
    /// Anything that is seen to be needed and not done on the way to the newest releases.
    Todo,
    /// A repository that could not be audited, or a version that cannot be told.
    Unread,
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.trim() {
            "unsupported" => Self::Unsupported,
            "advisory" => Self::Advisory,
            "mixed" => Self::Mixed,
            "todo" => Self::Todo,
            "unread" => Self::Unread,
            "behind" => Self::Behind(1),
            text => {
                let lines =
                    text.strip_prefix("behind=").and_then(|lines| lines.parse().ok()).filter(|lines| *lines > 0);
                Self::Behind(lines.ok_or_else(|| {
                    format!("`{text}` is none of unsupported, advisory, behind=LINES, mixed, todo, unread")
                })?)
            }
        })
    }
}

/// As it is written.
impl Display for Limit {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => out.write_str("unsupported"),
            Self::Advisory => out.write_str("advisory"),
            Self::Behind(lines) => write!(out, "behind={lines}"),
            Self::Mixed => out.write_str("mixed"),
            Self::Todo => out.write_str("todo"),
            Self::Unread => out.write_str("unread"),
        }
    }
}

impl Limit {
    /// What keeps a tracking issue open.
    pub const OWED: [Self; 3] = [Self::Unsupported, Self::Advisory, Self::Mixed];

    /// Whether a repository does what this forbids.
    pub fn is_met(self, standing: &Standing) -> bool {
        let stands = &standing.stands;
        let open = |kind: Kind| standing.findings.iter().any(|it| it.kind == kind && it.status <= Status::Check);
        match self {
            // Of findings and not of stands: a team may have decided what it knows and bears.
            Self::Unsupported => {
                standing.findings.iter().any(|it| it.kind == Kind::Support && it.status == Status::Todo)
            }
            Self::Advisory => open(Kind::Advisory),
            Self::Behind(lines) => stands.iter().any(|stand| stand.behind >= lines),
            Self::Mixed => open(Kind::Companion),
            Self::Todo => standing.findings.iter().any(|finding| finding.status == Status::Todo),
            Self::Unread => standing.error.is_some() || stands.iter().any(|stand| stand.line.is_none()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_words() {
        assert_eq!("behind=2".parse(), Ok(Limit::Behind(2)));
        assert_eq!(" unsupported".parse(), Ok(Limit::Unsupported));
        for text in ["", "behind=0", "behind=x", "old"] {
            assert!(text.parse::<Limit>().is_err(), "{text}");
        }
    }
}

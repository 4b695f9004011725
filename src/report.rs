//! The whole answer for one jump, and the only thing that renderers see.

use schemars::JsonSchema;
use serde::Serialize;

use crate::place::Problem;

/// What is known of one rule in one repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Seen to be needed and not done.
    Todo,
    /// Files cannot show it: a person must look.
    Check,
    /// Seen done at the head commit.
    Done,
    /// Seen not to apply here.
    Clear,
}

/// What a [`Finding`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A database migration.
    Database,
    /// A change of the product that code or people may meet.
    Change,
    /// A target framework, SDK or base image.
    Framework,
    /// Packages of one family that must go together.
    Companion,
    /// A security advisory.
    Advisory,
    /// End of support.
    Support,
    /// Licence terms.
    Licence,
    /// The configuration of this tool.
    Config,
}

/// One rule that a jump crosses, with what the repository shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// Id of the rule, such as `identityserver/7.0/par-columns`.
    pub rule: String,
    /// What it is about.
    pub kind: Kind,
    /// What is known.
    pub status: Status,
    /// The `DbContext` it is about, for databases.
    pub context: Option<String>,
    /// One sentence.
    pub title: String,
    /// What to do.
    pub advice: String,
    /// The official page, with anchor; else the source of the fact.
    pub url: Option<String>,
    /// How it hurts: `breaks`, `behaviour`, `customisation`, `removed`, `deprecated`, `rare`.
    pub impact: Option<String>,
    /// Shell commands, ready to copy.
    pub commands: Vec<String>,
    /// The evidence.
    pub places: Vec<Sighting>,
    /// What was looked at to come to the status; empty when nothing looked.
    pub searched: String,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Sighting {
    /// Path of the file.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// What stands there.
    pub saw: String,
}

/// May this be merged?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No jump.
    None,
    /// Nothing is owed.
    Clear,
    /// A person must look.
    Check,
    /// Something must be done.
    Action,
}

/// An official page to read for a part of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Guide {
    /// Such as `6.3 → 7.0`.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// Line it starts from.
    pub from: String,
    /// Line it arrives at.
    pub to: String,
}

/// A problem, flattened for readers of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unread {
    /// Path of the file; empty when it has no single place.
    pub path: String,
    /// 1-based line; 0 for the file as a whole.
    pub line: u32,
    /// What could not be read or told.
    pub message: String,
}

impl From<&Problem> for Unread {
    fn from(problem: &Problem) -> Self {
        let (path, line) = problem.place.as_ref().map_or((String::new(), 0), |place| (place.path.clone(), place.line));
        Self { path, line, message: format!("{}: {}", problem.code, problem.message) }
    }
}

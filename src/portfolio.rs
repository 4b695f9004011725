//! Where repositories stand on the ladders of the products they use, and what they owe: one [`Standing`] a repository, many in a
//! [`Portfolio`].
//!
//! Everything that a renderer of audits sees. The day is a value that comes from outside: the middle has no clock.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{Finding, Guide, Unread};

/// One project of a repository, on one rung of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stand {
    /// Path of the project, or of the manifest that carries the reference itself.
    pub path: String,
    /// Target framework, where the project names one.
    pub framework: Option<String>,
    /// Id of the product, such as `identityserver`.
    pub product: String,
    /// Package that decides where the project stands, as it is written.
    pub package: String,
    /// Normalised version; the requirement's text where it names no single version; `None` when it cannot be told.
    pub version: Option<String>,
    /// `major.minor` of the rung; `None` when the version names none.
    pub line: Option<String>,
    /// The newest release that the rulebook knows of this product.
    pub newest: Option<String>,
    /// How many released lines lie above.
    pub behind: usize,
    /// Whether the line is supported on the day of the audit; `None` when no source says.
    pub supported: Option<bool>,
    /// Last day of support, `2026-11-10`.
    pub end_of_support: Option<String>,
    /// Ids of advisories that apply to the version.
    pub advisories: Vec<String>,
    /// File that carries the version.
    pub file: String,
    /// 1-based line in it.
    pub at: u32,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// `owner/name` on GitHub, or the name of a folder.
    pub repository: String,
    /// Its web address, `https://github.com/owner/name`, for links; `None` for a folder.
    pub url: Option<String>,
    /// The commit that was looked at; empty for a folder.
    pub commit: String,
    /// Its projects that use a known product, by path.
    pub stands: Vec<Stand>,
    /// What the way to the newest releases asks of it: the findings of a pull request that would go there.
    pub findings: Vec<Finding>,
    /// Official pages for that way, in reading order.
    pub guides: Vec<Guide>,
    /// What could not be read.
    pub problems: Vec<Unread>,
    /// Why the repository could not be audited at all; everything else is empty then.
    pub error: Option<String>,
}

/// One rung as the picture of a fleet shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LadderRung {
    /// `major.minor`.
    pub line: String,
    /// Leading package of its generation.
    pub package: String,
    /// Whether it is supported on the day of the audit; `None` when no source says.
    pub supported: Option<bool>,
    /// Last day of support.
    pub end_of_support: Option<String>,
}

/// A ladder that somebody in the fleet stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ladder {
    /// Id of the product.
    pub product: String,
    /// Its name.
    pub title: String,
    /// All released rungs, lowest first.
    pub rungs: Vec<LadderRung>,
}

/// The audit of one repository or of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Portfolio {
    /// Day of the audit, `2026-11-25`.
    pub date: String,
    /// What was audited, in words: an organisation, a repository, a folder.
    pub subject: String,
    /// Ladders in use, most used first.
    pub ladders: Vec<Ladder>,
    /// The repositories, by name.
    pub standings: Vec<Standing>,
    /// The day on which the rulebook was last held against the vendor's tags.
    pub verified: String,
}

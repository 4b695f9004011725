//! Which versions changed between two trees, and the jumps these changes make on the product ladders.

mod changes;
mod group;
mod pairs;

use crate::place::Place;
use crate::range::Range;
use crate::rules::Rulebook;
use crate::version::{Line, Version};

pub use group::{footings, stands};
pub use pairs::{Pair, pairs};

/// How the version of a package changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// To a higher version.
    Bump,
    /// To a lower version.
    Downgrade,
    /// The package was not there.
    Added,
    /// The package is gone.
    Removed,
    /// The requirement's text changed, its lowest version did not.
    Requirement,
}

/// One package of a known family whose evaluated version differs, in one project and framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path of the project, or of the manifest that carries the reference itself.
    pub project: String,
    /// Target framework, where the project names one.
    pub framework: Option<String>,
    /// Package id, as written.
    pub package: String,
    /// Normalised version, else the text of the requirement; `None` when the package was added.
    pub from: Option<String>,
    /// Likewise; `None` when the package is gone.
    pub to: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// The line that carries the version (of the head; of the base when it is gone).
    pub place: Place,
    /// Why a side cannot be told.
    pub problem: Option<String>,
}

impl Change {
    /// Every change between two sides, by project, package and framework.
    pub fn all(pairs: &[Pair<'_>], rules: &Rulebook) -> Vec<Self> {
        changes::all(pairs, rules)
    }
}

/// What kind of jump a product made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum JumpKind {
    /// To a higher line.
    Bump,
    /// To a higher version of the same line.
    Patch,
    /// To a lower version: the database may be newer than the code.
    Downgrade,
    /// The product was not there.
    Added,
    /// The product is gone.
    Removed,
    /// To the leading package of another generation.
    Replaced,
    /// A side cannot be told.
    Unknown,
}

/// A version of a leading package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Package id, as the rulebook spells it.
    pub package: String,
    /// Normalised version, or the requirement's text.
    pub version: String,
    /// Its line; `None` when the requirement names no version.
    pub line: Option<Line>,
}

/// Where a project stands on one ladder, under one of its frameworks.
#[derive(Debug, Clone, PartialEq)]
pub struct Footing {
    /// Id of the product.
    pub product: String,
    /// Target framework, where the project names one.
    pub framework: Option<String>,
    /// The version, as one of the leading package.
    pub stand: Stand,
    /// The version that a lock file holds, else the lowest that the requirement names.
    pub lowest: Option<Version>,
    /// The version of a follower that had versions of its own at that time; what the leading package's is, it does not tell.
    pub own: Option<Version>,
    /// The requirement, where it floats and no lock file settles it.
    pub floats: Option<Range>,
    /// Id of the package that decides, as written.
    pub package: String,
    /// The line that carries the version.
    pub place: Place,
}

/// One way up (or down) that one or more projects went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// Id of the product, such as `identityserver`.
    pub product: String,
    /// What kind.
    pub kind: JumpKind,
    /// Whether it arrives at a prerelease.
    pub prerelease: bool,
    /// Where it starts; `None` when the product was added.
    pub from: Option<Stand>,
    /// Where it arrives; `None` when the product is gone.
    pub to: Option<Stand>,
    /// Paths of the projects, sorted.
    pub projects: Vec<String>,
    /// Lines that carry the new version, sorted.
    pub places: Vec<Place>,
}

impl Jump {
    /// Every jump between two sides: changes of leading packages, grouped by product, start and arrival.
    ///
    /// A version that a lock file holds beats the requirement, unless the requirement excludes it (the lock is stale then).
    /// A project that references only followers of a leading package stands where they stand, as far as their versions tell.
    pub fn all(pairs: &[Pair<'_>], rules: &Rulebook) -> Vec<Self> {
        group::all(pairs, rules)
    }
}

//! What the way up costs, at a glance.

use std::collections::BTreeSet;

use crate::portfolio::Standing;
use crate::report::{Kind, Status};

/// Counts over the findings of a way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Cost {
    /// Databases that need a migration, or may.
    pub migrations: usize,
    /// Places in code and project files that are seen to need a change; there may be more than are shown.
    pub places: usize,
    /// Things seen to be needed and not done.
    pub todo: usize,
    /// Things that only a person can tell.
    pub checks: usize,
}

impl Standing {
    /// What the way to the newest releases costs here.
    pub fn cost(&self) -> Cost {
        let open = || self.findings.iter().filter(|finding| finding.status <= Status::Check);
        let contexts: BTreeSet<&str> = open()
            .filter(|finding| finding.kind == Kind::Database)
            .map(|finding| finding.context.as_deref().unwrap_or_default())
            .collect();
        let todo = || open().filter(|finding| finding.status == Status::Todo);
        let in_files =
            todo().filter(|finding| matches!(finding.kind, Kind::Change | Kind::Framework | Kind::Companion));
        Cost {
            migrations: contexts.len(),
            places: in_files.map(|finding| finding.places.len()).sum(),
            todo: todo().count(),
            checks: open().count() - todo().count(),
        }
    }
}

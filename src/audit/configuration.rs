//! What a repository's own configuration asks of its audits: which projects are looked at, and what its team decided not to be told of.

use crate::day::Day;
use crate::ignore::Ignore;
use crate::place::{Place, Problem};
use crate::portfolio::Standing;
use crate::report::Unread;
use crate::scope::Scope;
use crate::settings::{ConfigFile, Given, Settings};
use crate::tree::{Entry, Tree};

/// The part of a configuration that counts for an audit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    /// Projects, code and migrations that are looked at.
    pub scope: Scope,
    ignores: Vec<Ignore>,
    faults: Vec<Problem>,
}

impl Configuration {
    /// What stands at a path of a tree. A file that cannot be read asks for nothing, and is told.
    pub fn of(tree: &Tree, path: &str) -> Self {
        let given = Given { called: "input", get: &|_| None };
        let (settings, mut faults) = Settings::of(&given, &ConfigFile { path, text: tree.text(path) });
        if let Some(Entry::Unreadable(reason)) = tree.entry(path) {
            let message = format!("the configuration {reason}: the defaults count");
            faults.push(Problem::at("bad-configuration", message, Place::new(path, 0)));
        }
        Self { scope: settings.scope(), ignores: settings.ignore.value, faults }
    }

    /// The standing as the team wants to see it.
    pub fn settle(self, standing: &mut Standing, today: Day) {
        standing.problems.extend(self.faults.iter().map(Unread::from));
        standing.decide(self.ignores, today);
    }
}

//! An audit: from the files of one tree to where its projects stand.

mod configuration;
pub mod filter;
pub mod fleet;
pub mod state;

use std::collections::BTreeSet;
use std::path::Path;

use rayon::iter::Either;
use rayon::prelude::*;
use tracing::{info, info_span};

pub(crate) use configuration::Configuration;

use crate::check::narrow;
use crate::day::Day;
use crate::evidence::{FileFacts, Gatherer, hold};
use crate::inventory::{Inventory, Options};
use crate::place::Problem;
use crate::plan::Plan;
use crate::portfolio::{Standing, Survey, Whose};
use crate::report::{Finding, Unread};
use crate::rules::Rulebook;
use crate::scope::Scope;
use crate::source::folder;
use crate::tree::{Entry, Tree};

/// Imports of imports may name files that nobody expected: how often the tree is read again for them.
pub(crate) const ROUNDS: usize = 4;

/// Audits a folder as the configuration at this path in it asks, if any. What cannot be read is among the problems of the answer.
pub fn of_folder(
    root: &Path,
    whose: Whose,
    today: Day,
    rules: &'static Rulebook,
    configuration: Option<&str>,
) -> Standing {
    let (mut extra, mut round) = (BTreeSet::from_iter(configuration.map(str::to_owned)), 1);
    let (survey, tree, unread, asked) = loop {
        let (tree, unread) = info_span!("read").in_scope(|| folder::read(root, |path| wants(path, &extra)));
        let asked = configuration.map(|path| Configuration::of(&tree, path)).unwrap_or_default();
        let survey = info_span!("evaluate").in_scope(|| survey(&tree, today, rules, &asked.scope));
        if round == ROUNDS || !more(&survey, &mut extra) {
            break (survey, tree, unread, asked);
        }
        round += 1;
    };
    let mut standing = if survey.needs_evidence() {
        let _span = info_span!("evidence").entered();
        let gatherer = gatherer(&survey, rules);
        let wanted = |(path, _): &(&str, _)| gatherer.wants(path) && asked.scope.includes(path);
        let paths: Vec<(&str, &Entry)> = tree.iter().filter(wanted).collect();
        info!(files = paths.len(), "searched");
        let read = |(path, entry): &(&str, &Entry)| match entry {
            // A link leads to what is read elsewhere, or out of the repository.
            Entry::Unreadable(reason) => Either::Right(entry.loss().map(|_| lost(path, reason))),
            _ => match folder::load(&root.join(path)) {
                Ok(bytes) => Either::Left(gatherer.file(path, &bytes)),
                Err(reason) => Either::Right(Some(lost(path, &reason))),
            },
        };
        let (facts, gaps): (Vec<FileFacts>, Vec<Option<Unread>>) = paths.par_iter().partition_map(read);
        let mut standing = judged(survey, whose, &gatherer, facts, rules);
        standing.problems.extend(gaps.into_iter().flatten());
        standing
    } else {
        unjudged(survey, whose, rules)
    };
    standing.problems.extend(unread.iter().map(Unread::from));
    asked.settle(&mut standing, today);
    standing
}

/// Whether the text of a path is needed to tell versions.
pub(crate) fn wants(path: &str, extra: &BTreeSet<String>) -> bool {
    Inventory::wants(path) || extra.contains(path)
}

/// Where the projects of a tree stand, as far as they are in the scope. Files that they import are read wherever they stand.
pub(crate) fn survey(tree: &Tree, today: Day, rules: &'static Rulebook, scope: &Scope) -> Survey {
    let mut inventory = Inventory::of(tree, &Options::default());
    let left_out = narrow(&mut inventory, scope);
    let mut survey = Survey::of(inventory, rules, today);
    survey.left_out = left_out;
    survey
}

/// Whether imports name files that were not read; they are then among `extra`.
pub(crate) fn more(survey: &Survey, extra: &mut BTreeSet<String>) -> bool {
    let problems = survey.inventory.projects.iter().flat_map(|project| &project.problems);
    let missing = |problem: &Problem| {
        (problem.code == "not-loaded").then(|| problem.place.as_ref().map(|place| place.path.clone())).flatten()
    };
    let missing: BTreeSet<String> = problems.chain(&survey.inventory.problems).filter_map(missing).collect();
    if missing.is_subset(extra) {
        return false;
    }
    extra.extend(missing);
    true
}

/// A file of code of which nothing is known: nobody may take its silence for a no.
pub(crate) fn lost(path: &str, reason: &str) -> Unread {
    Unread::from(&Problem::unreadable(path, reason))
}

/// What turns code into facts for the ways of a survey.
pub(crate) fn gatherer(survey: &Survey, rules: &Rulebook) -> Gatherer {
    Gatherer::new(rules, &survey.plans.iter().collect::<Vec<&Plan>>())
}

/// The standing, when code and migrations have nothing to say.
pub(crate) fn unjudged(survey: Survey, whose: Whose, rules: &Rulebook) -> Standing {
    let asked = survey.asked(rules);
    survey.standing(whose, asked)
}

/// The standing, with what the ways ask held against what the files show.
pub(crate) fn judged(
    survey: Survey,
    whose: Whose,
    gatherer: &Gatherer,
    files: Vec<FileFacts>,
    rules: &Rulebook,
) -> Standing {
    let facts = gatherer.finish(files, &survey.inventory, None);
    let asked = survey.asked(rules);
    let ways = survey.plans.iter().zip(asked);
    let held: Vec<Vec<Finding>> = ways.map(|(plan, asked)| hold(plan, asked, &facts, &survey.inventory)).collect();
    let mut standing = survey.standing(whose, held);
    standing.problems.extend(facts.problems.iter().map(Unread::from));
    standing
}

//! An audit: from the files of one tree to where its projects stand.

pub mod filter;
pub mod fleet;
pub mod state;

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use tracing::{info, info_span};

use crate::day::Day;
use crate::evidence::{FileFacts, Gatherer, hold};
use crate::inventory::{Inventory, Options};
use crate::place::Problem;
use crate::plan::Plan;
use crate::portfolio::{Standing, Survey, Whose};
use crate::report::{Finding, Unread};
use crate::rules::Rulebook;
use crate::source::folder;
use crate::tree::Tree;

/// Imports of imports may name files that nobody expected: how often the tree is read again for them.
pub(crate) const ROUNDS: usize = 4;

/// Audits a folder. What cannot be read is among the problems of the answer.
pub fn of_folder(root: &Path, whose: Whose, today: Day, rules: &'static Rulebook) -> Standing {
    let (mut extra, mut round) = (BTreeSet::new(), 1);
    let (survey, tree, unread) = loop {
        let (tree, unread) = info_span!("read").in_scope(|| folder::read(root, |path| wants(path, &extra)));
        let survey = info_span!("evaluate").in_scope(|| survey(&tree, today, rules));
        if round == ROUNDS || !more(&survey, &mut extra) {
            break (survey, tree, unread);
        }
        round += 1;
    };
    let mut standing = if survey.needs_evidence() {
        let _span = info_span!("evidence").entered();
        let gatherer = gatherer(&survey, rules);
        let paths: Vec<&str> = tree.iter().map(|(path, _)| path).filter(|path| gatherer.wants(path)).collect();
        info!(files = paths.len(), "searched");
        let read = |path: &&str| Some(gatherer.file(path, &folder::load(&root.join(path)).ok()?));
        let facts = paths.par_iter().filter_map(read).collect();
        judged(survey, whose, &gatherer, facts, rules)
    } else {
        unjudged(survey, whose, rules)
    };
    standing.problems.extend(unread.iter().map(Unread::from));
    standing
}

/// Whether the text of a path is needed to tell versions.
pub(crate) fn wants(path: &str, extra: &BTreeSet<String>) -> bool {
    Inventory::wants(path) || extra.contains(path)
}

/// Where the projects of a tree stand.
pub(crate) fn survey(tree: &Tree, today: Day, rules: &'static Rulebook) -> Survey {
    Survey::of(Inventory::of(tree, &Options::default()), rules, today)
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

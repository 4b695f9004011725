//! One comparison, from trees to report, wherever the trees come from.

use std::collections::BTreeSet;

use anyhow::Result;
use tracing::info_span;

use crate::check::{self, Sides};
use crate::inventory::Inventory;
use crate::report::{Looked, Report};
use crate::rules::Rulebook;
use crate::tree::Tree;

/// Imports of imports may name files that nobody expected: how often the trees are read again for them.
const ROUNDS: usize = 4;

/// Reads both trees, manifests first, and says what the jump between them asks.
///
/// `trees` gives the base and the head with the texts that its argument asks for; it is called again when an import names a file
/// that does not look like a manifest.
///
/// # Errors
/// Those of `trees`.
pub fn report(
    trees: impl Fn(&(dyn Fn(&str) -> bool + Sync)) -> Result<(Tree, Tree)>,
    sides: &Sides,
    rules: &'static Rulebook,
) -> Result<Report> {
    let mut extra = BTreeSet::new();
    for _ in 1..ROUNDS {
        let diff = compare(&trees, &extra, rules)?;
        let more = not_loaded(&diff);
        if more.is_subset(&extra) {
            return Ok(answer(&diff, sides, rules));
        }
        extra.extend(more);
    }
    Ok(answer(&compare(&trees, &extra, rules)?, sides, rules))
}

fn compare(
    trees: &impl Fn(&(dyn Fn(&str) -> bool + Sync)) -> Result<(Tree, Tree)>,
    extra: &BTreeSet<String>,
    rules: &'static Rulebook,
) -> Result<check::Diff> {
    let (base, head) = info_span!("read").in_scope(|| trees(&|path| Inventory::wants(path) || extra.contains(path)))?;
    Ok(info_span!("evaluate").in_scope(|| check::diff(&base, &head, rules)))
}

fn answer(diff: &check::Diff, sides: &Sides, rules: &'static Rulebook) -> Report {
    info_span!("report").in_scope(|| check::report(diff, sides, check::asked(diff, rules), Looked::default(), rules))
}

/// Files that the evaluation came upon and whose text was not there.
fn not_loaded(diff: &check::Diff) -> BTreeSet<String> {
    let missing = diff.problems.iter().filter(|problem| problem.code == "not-loaded");
    missing.filter_map(|problem| Some(problem.place.as_ref()?.path.clone())).collect()
}

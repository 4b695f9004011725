//! One comparison, from trees to report, wherever the trees come from.

use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;
use tracing::{info, info_span};

use crate::check::{self, Diff, Sides};
use crate::evidence::{Changed, FileFacts, Gatherer, hold};
use crate::inventory::Inventory;
use crate::plan::Plan;
use crate::report::{Finding, Looked, Report};
use crate::rules::Rulebook;
use crate::tree::Tree;

/// Imports of imports may name files that nobody expected: how often the trees are read again for them.
const ROUNDS: usize = 4;

/// Files that are turned into facts at a time; their texts go before the next ones come.
const BATCH: usize = 512;

/// Which paths somebody wants.
pub type Wanted<'a> = &'a (dyn Fn(&str) -> bool + Sync);

/// One of the two sides of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The older one.
    Base,
    /// The newer one.
    Head,
}

/// A file of one side.
#[derive(Debug)]
pub struct File {
    /// Whose it is.
    pub side: Side,
    /// Path from the root.
    pub path: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// Takes files, one by one.
pub type Take<'a> = &'a mut dyn FnMut(File);

/// How the two sides are read.
pub struct Source<'a> {
    /// Both trees, every path listed, with the texts of the wanted ones. Asked again when an import names a file that does not
    /// look like a manifest.
    pub trees: &'a dyn Fn(Wanted) -> Result<(Tree, Tree)>,
    /// Hands over the wanted files of the head, and those of the base that the head edits or lacks, one by one.
    pub files: &'a dyn Fn(Wanted, Take) -> Result<()>,
}

/// Reads both sides, manifests first, and says what the jump between them asks. Code and migrations are read only when there is
/// a jump.
///
/// # Errors
/// Those of the source.
pub fn report(source: &Source, sides: &Sides, rules: &'static Rulebook) -> Result<Report> {
    let (mut diff, added) = settled(source, rules)?;
    if !diff.needs_evidence() {
        return Ok(check::report(&diff, sides, check::asked(&diff, rules), Looked::default(), rules));
    }
    let (findings, looked) = info_span!("evidence").in_scope(|| judged(source, &mut diff, added, rules))?;
    Ok(info_span!("report").in_scope(|| check::report(&diff, sides, findings, looked, rules)))
}

/// The difference of both inventories, once no import asks for more; and the paths that the head adds.
fn settled(source: &Source, rules: &'static Rulebook) -> Result<(Diff, BTreeSet<String>)> {
    let mut extra = BTreeSet::new();
    let mut round = 1;
    loop {
        let wanted = |path: &str| Inventory::wants(path) || extra.contains(path);
        let (base, head) = info_span!("read").in_scope(|| (source.trees)(&wanted))?;
        let diff = info_span!("evaluate").in_scope(|| check::diff(&base, &head, rules));
        let missing = diff.problems.iter().filter(|problem| problem.code == "not-loaded");
        let more: BTreeSet<String> = missing.filter_map(|problem| Some(problem.place.as_ref()?.path.clone())).collect();
        if more.is_subset(&extra) || round == ROUNDS {
            let added =
                head.iter().map(|(path, _)| path).filter(|path| !base.is_file(path)).map(str::to_owned).collect();
            return Ok((diff, added));
        }
        extra.extend(more);
        round += 1;
    }
}

/// What the plans ask, held against what the files show.
fn judged(
    source: &Source,
    diff: &mut Diff,
    added: BTreeSet<String>,
    rules: &'static Rulebook,
) -> Result<(Vec<Finding>, Looked)> {
    let plans: Vec<&Plan> = diff.plans.iter().flatten().collect();
    let gatherer = Gatherer::new(rules, &plans);
    let (before, after) = gathered(source, &gatherer)?;
    info!(files = after.len(), "searched");
    let facts = gatherer.finish(after, &diff.inventory, Some(Changed { added, before }));
    let held = plans.iter().flat_map(|plan| hold(plan, plan.findings(rules), &facts, &diff.inventory)).collect();
    diff.problems.extend(facts.problems.iter().cloned());
    Ok((held, Looked { projects: 0, snapshots: facts.snapshots, code: facts.searched }))
}

/// The facts of both sides' files; the texts of one batch are held at a time.
fn gathered(source: &Source, gatherer: &Gatherer) -> Result<(Vec<FileFacts>, Vec<FileFacts>)> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut batch: Vec<File> = Vec::with_capacity(BATCH);
    let mut flush = |batch: &mut Vec<File>| {
        let facts: Vec<(Side, FileFacts)> =
            batch.par_iter().map(|file| (file.side, gatherer.file(&file.path, &file.bytes))).collect();
        batch.clear();
        for (side, facts) in facts {
            if side == Side::Head { after.push(facts) } else { before.push(facts) }
        }
    };
    (source.files)(&|path| gatherer.wants(path), &mut |file| {
        batch.push(file);
        if batch.len() == BATCH {
            flush(&mut batch);
        }
    })?;
    flush(&mut batch);
    Ok((before, after))
}

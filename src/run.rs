//! One comparison, from trees to report, wherever the trees come from; and what a team's settings make of it.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use rayon::prelude::*;
use tracing::{info, info_span};

use crate::check::{self, Diff, Sides};
use crate::day::Day;
use crate::evidence::{Changed, FileFacts, Gatherer, hold, scoped};
use crate::inventory::{Inventory, Kind, Project};
use crate::jump::{Jump, footings};
use crate::place::{Place, Problem};
use crate::plan::Plan;
use crate::report::{Finding, Looked, Report, Unread, Verdict};
use crate::rules::Rulebook;
use crate::scope::Scope;
use crate::settings::Settings;
use crate::tree::{Tree, is_in};

/// Imports of imports may name files that nobody expected: how often the trees are read again for them.
const ROUNDS: usize = 4;

/// Files that are turned into facts at a time, and the bytes they may have together; their texts go before the next ones come.
const BATCH: (usize, usize) = (512, 16 * 1024 * 1024);

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

/// The day that was asked for, else the real one: from here on it is a value like any other.
///
/// # Errors
/// When the clock stands before 1970.
pub fn today(asked: Option<Day>) -> Result<Day> {
    if let Some(day) = asked {
        return Ok(day);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(Day::of_unix_seconds(now.as_secs()))
}

/// The rules that count: the built-in ones, and those of a team's own that can be read.
#[derive(Debug, Clone)]
pub struct Book {
    /// All of them.
    pub rules: &'static Rulebook,
    /// What is wrong with the team's own.
    pub problems: Vec<Problem>,
}

impl Default for Book {
    fn default() -> Self {
        Self { rules: Rulebook::embedded(), problems: Vec::new() }
    }
}

impl Book {
    /// The built-in rules with those of a folder of the tree on top. `asked` is where somebody asked for the folder.
    pub fn with(tree: &Tree, folder: &str, asked: Option<Place>) -> Self {
        let mut own = Tree::new();
        for (path, entry) in tree.iter().filter(|(path, _)| is_own_rule(folder, path)) {
            own.insert(inside(folder, path), entry.clone());
        }
        if own.is_empty() {
            return Self::unread(&format!("`{folder}` holds no rules: they stand in `<product>/<line>.yaml`"), asked);
        }
        let (rules, mut problems) = Rulebook::embedded().with(&own);
        for place in problems.iter_mut().filter_map(|problem| problem.place.as_mut()) {
            place.path = if folder.is_empty() { place.path.clone() } else { format!("{folder}/{}", place.path) };
        }
        // The book lives as long as the process.
        Self { rules: Box::leak(Box::new(rules)), problems }
    }

    /// The built-in rules alone, because the others could not be read.
    pub fn unread(message: &str, asked: Option<Place>) -> Self {
        let problem = Problem { code: "own-rules".into(), message: message.to_owned(), place: asked };
        Self { problems: vec![problem], ..Self::default() }
    }
}

/// Whether a path may be a rule of a team's own in this folder.
pub fn is_own_rule(folder: &str, path: &str) -> bool {
    is_in(path, folder)
        && path.rsplit_once('.').is_some_and(|(_, ending)| ending == "yaml")
        && inside(folder, path).contains('/')
}

fn inside<'a>(folder: &str, path: &'a str) -> &'a str {
    path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/')
}

/// What a team's settings make of what was found: decisions are obeyed, and what is wrong with settings and rules is told. Rules that
/// could not be read may ask for more, so nothing is safe without them.
pub fn judge(mut report: Report, settings: &Settings, book: &Book, remarks: &[Problem], today: Day) -> Report {
    report.remarks.extend(remarks.iter().map(Unread::from));
    report.ignore(&settings.ignore.value, today);
    if report.verdict == Verdict::None {
        report.remarks.extend(book.problems.iter().map(Unread::from));
    } else {
        report.add_unread(&book.problems);
    }
    report
}

/// Reads both sides, manifests first, and says what the jump between them asks. Code and migrations are read only when there is
/// a jump.
///
/// # Errors
/// Those of the source.
pub fn report(source: &Source, sides: &Sides, rules: &'static Rulebook, scope: &Scope, today: Day) -> Result<Report> {
    let (mut diff, added) = settled(source, rules, scope, today)?;
    if !diff.needs_evidence() {
        return Ok(check::report(&diff, sides, check::asked(&diff, rules), Looked::default(), rules));
    }
    let (findings, looked) = info_span!("evidence").in_scope(|| judged(source, &mut diff, added, rules, scope))?;
    Ok(info_span!("report").in_scope(|| check::report(&diff, sides, findings, looked, rules)))
}

/// The difference of both inventories, once no import asks for more; and the paths that the head adds.
fn settled(source: &Source, rules: &'static Rulebook, scope: &Scope, today: Day) -> Result<(Diff, BTreeSet<String>)> {
    let mut extra = BTreeSet::new();
    let mut round = 1;
    loop {
        let wanted = |path: &str| Inventory::wants(path) || extra.contains(path);
        let (base, head) = info_span!("read").in_scope(|| (source.trees)(&wanted))?;
        let diff = info_span!("evaluate").in_scope(|| check::diff(&base, &head, rules, scope, today));
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
    scope: &Scope,
) -> Result<(Vec<Finding>, Looked)> {
    let plans: Vec<&Plan> = diff.plans.iter().flatten().collect();
    let gatherer = Gatherer::new(rules, &plans);
    let (before, after) = gathered(source, &gatherer, scope)?;
    info!(files = after.len(), "searched");
    let facts = gatherer.finish(after, &diff.inventory, Some(Changed { added, before }));
    let held = diff.jumps.iter().zip(&diff.plans).filter_map(|(jump, plan)| plan.as_ref().map(|plan| (jump, plan)));
    let held = held.flat_map(|(jump, plan)| {
        let others = diff.jumps.iter().filter(|it| it.product == jump.product && it.projects != jump.projects);
        let stay = staying(jump, &diff.inventory, rules);
        let others: Vec<&[String]> =
            others.map(|it| it.projects.as_slice()).chain(std::iter::once(stay.as_slice())).collect();
        match scoped(&facts, &diff.inventory, &jump.projects, &others) {
            Some((facts, inventory)) => hold(plan, plan.findings(rules), &facts, &inventory),
            None => hold(plan, plan.findings(rules), &facts, &diff.inventory),
        }
    });
    let held = held.collect();
    diff.problems.extend(facts.problems.iter().cloned());
    Ok((held, Looked { snapshots: facts.snapshots, code: facts.searched, ..Looked::default() }))
}

/// Projects that stand on the ladder of a jump and did not move: what a jump asks, it does not ask of them.
fn staying(jump: &Jump, inventory: &Inventory, rules: &Rulebook) -> Vec<String> {
    let stands = |project: &Project| {
        footings(project, rules).iter().any(|it| it.product == jump.product && it.stand.line.is_some())
    };
    // A lock file goes with its project.
    let still = inventory.projects.iter().filter(|project| project.kind != Kind::Lock);
    let still = still.filter(|project| !jump.projects.contains(&project.path));
    still.filter(|project| stands(project)).map(|project| project.path.clone()).collect()
}

/// The facts of both sides' files; the texts of one batch are held at a time, so that much code needs no more memory than some.
fn gathered(source: &Source, gatherer: &Gatherer, scope: &Scope) -> Result<(Vec<FileFacts>, Vec<FileFacts>)> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut batch, mut bytes): (Vec<File>, usize) = (Vec::new(), 0);
    let mut flush = |batch: &mut Vec<File>| {
        let facts: Vec<(Side, FileFacts)> =
            batch.par_iter().map(|file| (file.side, gatherer.file(&file.path, &file.bytes))).collect();
        batch.clear();
        for (side, facts) in facts {
            if side == Side::Head { after.push(facts) } else { before.push(facts) }
        }
    };
    (source.files)(&|path| gatherer.wants(path) && scope.includes(path), &mut |file| {
        bytes += file.bytes.len();
        batch.push(file);
        if batch.len() == BATCH.0 || bytes >= BATCH.1 {
            flush(&mut batch);
            bytes = 0;
        }
    })?;
    flush(&mut batch);
    Ok((before, after))
}

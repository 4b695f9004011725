//! What must hold in the rules of a rung.

use std::collections::BTreeMap;

use super::fact::{is_kebab, is_simple, line_fault, link_fault, not_simple, version_of};
use super::{Faults, path_of};
use crate::rules::schema::{ChangeEntry, DatabaseEntry, SeenEntry, WhenEntry};
use crate::rules::{Product, Rulebook, Rung};
use crate::schema::Schema;
use crate::version::Version;

/// The longest summary, in characters: it must fit a line of a comment.
const LONGEST_SUMMARY: usize = 120;

const KINDS: [&str; 7] =
    ["api-removed", "api-signature", "behaviour", "configuration", "packaging", "framework", "licence"];
const IMPACTS: [&str; 6] = ["breaks", "behaviour", "customisation", "removed", "deprecated", "rare"];
const HAZARDS: [&str; 6] =
    ["fails", "loses-data", "rewrites-table", "needs-clean-data", "stale-script", "shared-database"];

/// What every rule has.
struct Common<'book> {
    id: &'book str,
    summary: &'book str,
    advice: &'book str,
    guide: Option<&'book str>,
    sources: &'book [String],
    when: Option<&'book WhenEntry>,
}

/// Where faults of one rule go.
struct Spot<'spot, 'tree> {
    product: &'spot Product,
    rung: &'spot Rung,
    path: String,
    near: String,
    faults: &'spot mut Faults<'tree>,
}

impl Spot<'_, '_> {
    fn fault(&mut self, code: &str, exact: &str, message: String) {
        self.faults.add(code, &self.path, &self.near, exact, message);
    }

    fn one_of(&mut self, code: &str, value: &str, known: &[&str]) {
        if !known.contains(&value) {
            self.fault(code, value, format!("`{value}` is none of {}", known.join(", ")));
        }
    }
}

pub(super) fn check(product: &Product, book: &Rulebook, rung: &Rung, faults: &mut Faults<'_>) {
    let databases = rung.file.database.iter().map(|entry| &entry.id);
    let ids: Vec<&String> = databases.chain(rung.file.changes.iter().map(|entry| &entry.id)).collect();
    for id in &ids {
        if ids.iter().filter(|other| other == &id).count() > 1 {
            let message = format!("there are two rules `{id}` in this rung: give one another id");
            faults.add("id", &path_of(rung), &near(id), "", message);
        }
    }
    for entry in &rung.file.database {
        check_database(entry, &mut spot(product, rung, &entry.id, faults));
    }
    for entry in &rung.file.changes {
        check_change(entry, book, &mut spot(product, rung, &entry.id, faults));
    }
}

fn near(id: &str) -> String {
    format!("id: {id}")
}

fn spot<'spot, 'tree>(
    product: &'spot Product,
    rung: &'spot Rung,
    id: &str,
    faults: &'spot mut Faults<'tree>,
) -> Spot<'spot, 'tree> {
    Spot { product, rung, path: path_of(rung), near: near(id), faults }
}

fn check_database(entry: &DatabaseEntry, spot: &mut Spot<'_, '_>) {
    let DatabaseEntry { id, summary, advice, guide, sources, when, .. } = entry;
    check_common(&Common { id, summary, advice, guide: guide.as_deref(), sources, when: when.as_ref() }, spot);
    if spot.product.file.contexts.iter().all(|context| context.name != entry.context) {
        let message =
            format!("`{}` is no context of this product: add it to `contexts` in product.yaml", entry.context);
        spot.fault("context", &entry.context, message);
    }
    if let Some(hazard) = &entry.hazard {
        spot.one_of("hazard", &hazard.kind, &HAZARDS);
        if hazard.summary.trim().is_empty() || hazard.advice.trim().is_empty() {
            spot.fault(
                "hazard",
                "hazard:",
                "a hazard says what goes wrong (`summary`) and the cure (`advice`)".to_owned(),
            );
        }
    }
}

fn check_change(entry: &ChangeEntry, book: &Rulebook, spot: &mut Spot<'_, '_>) {
    let ChangeEntry { id, summary, advice, guide, sources, when, .. } = entry;
    check_common(&Common { id, summary, advice, guide: guide.as_deref(), sources, when: when.as_ref() }, spot);
    spot.one_of("kind", &entry.kind, &KINDS);
    spot.one_of("impact", &entry.impact, &IMPACTS);
    if let Some(fault) = entry.since.as_deref().and_then(|since| version_of(since, spot.rung.line).err()) {
        spot.fault("since", "since:", fault);
    }
    if let Some(later) = &entry.superseded_by {
        check_superseded(later, since(entry).as_ref(), book, spot);
    }
    let is_id = |id: &String| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || ".-_*".contains(c));
    for package in entry.packages.iter().filter(|id| !is_id(id)) {
        spot.fault("package", package, format!("`{package}` is no package id"));
    }
    if let Some(seen) = &entry.seen {
        check_seen(seen, spot);
    }
}

fn check_common(common: &Common<'_>, spot: &mut Spot<'_, '_>) {
    if !is_kebab(common.id) {
        spot.fault("id", "", format!("`{}` is not kebab-case: write `par-columns`", common.id));
    }
    let length = common.summary.chars().count();
    if length > LONGEST_SUMMARY || common.summary.trim().is_empty() {
        let message =
            format!("the summary has {length} characters: say it in one sentence of at most {LONGEST_SUMMARY}");
        spot.fault("summary", "summary:", message);
    }
    if common.advice.trim().is_empty() {
        spot.fault("advice", "advice:", "say what to do, or that nothing is to be done".to_owned());
    }
    if let Some(guide) = common.guide {
        check_link(guide, spot);
    }
    for source in common.sources.iter().filter(|source| source.starts_with("http")) {
        if let Some(fault) = link_fault(source, &spot.product.file.hosts) {
            spot.fault("link", source, fault);
        }
    }
    if let Some(when) = common.when {
        check_when(when, spot);
    }
}

fn check_link(guide: &str, spot: &mut Spot<'_, '_>) {
    match guide.strip_prefix('#') {
        Some(anchor) if spot.rung.address(guide).is_none() => {
            let message = format!(
                "no guide of this rung has the anchor `{anchor}`: add it to `anchors`, or write the whole address"
            );
            spot.fault("guide", guide, message);
        }
        Some(_) => {}
        None => {
            if let Some(fault) = link_fault(guide, &spot.product.file.hosts) {
                spot.fault("link", guide, fault);
            }
        }
    }
}

fn check_when(when: &WhenEntry, spot: &mut Spot<'_, '_>) {
    let lines = [&when.from_at_least, &when.from_below, &when.to_below];
    for fault in lines.into_iter().flatten().filter_map(|line| line_fault(line)) {
        spot.fault("when", "when:", fault);
    }
    if *when == WhenEntry::default() {
        spot.fault("when", "when:", "an empty window says nothing: take it out".to_owned());
    }
    let leads = |id: &&String| spot.product.file.leading.iter().any(|leader| leader.id == **id);
    if let Some(other) = when.from_packages.iter().find(|id| !leads(id)) {
        let message = format!("`from_packages: {other}` leads nothing: use ids of `leading`");
        spot.fault("when", "when:", message);
    }
}

fn check_superseded(later: &str, own: Option<&Version>, book: &Rulebook, spot: &mut Spot<'_, '_>) {
    let since_of = |rung: &Rung, id: &str| {
        let change = rung.file.changes.iter().find(|entry| entry.id == id).map(since);
        change.or_else(|| rung.file.database.iter().find(|entry| entry.id == id).map(|_| None))
    };
    let target = later.rsplit_once('/').and_then(|(rung_id, id)| {
        let rung = book.products.iter().flat_map(|product| &product.rungs).find(|rung| rung.id == rung_id)?;
        Some((rung, since_of(rung, id)?))
    });
    let fault = match target {
        None => format!("there is no rule `{later}`: name it in full, `product/line/id`"),
        Some((rung, since)) if (rung.position(), since.as_ref()) <= (spot.rung.position(), own) => {
            format!("`{later}` does not come later: only a higher rung or a later patch makes a rule moot")
        }
        Some(_) => return,
    };
    spot.fault("superseded", later, fault);
}

/// The patch release that brings a change; `None` when the first of the line does.
fn since(entry: &ChangeEntry) -> Option<Version> {
    entry.since.as_deref().and_then(|since| since.parse().ok())
}

fn check_seen(seen: &SeenEntry, spot: &mut Spot<'_, '_>) {
    if *seen == SeenEntry::default() {
        spot.fault("seen", "seen:", "`seen` looks for nothing: name what to look for, or take it out".to_owned());
    }
    let implemented = seen.implements.iter().flat_map(|(name, methods)| std::iter::once(name).chain(methods));
    let simple = [&seen.types, &seen.constructs, &seen.derives, &seen.calls, &seen.attributes].into_iter().flatten();
    for name in simple.chain(implemented).filter(|name| !is_simple(name)) {
        spot.fault("seen", name, not_simple(name));
    }
    for name in seen.members.iter().chain(&seen.overrides) {
        if name.split('.').count() < 2 || name.split('.').any(str::is_empty) {
            spot.fault("seen", name, format!("`{name}` names no member: write `Type.Member`"));
        }
    }
}

/// Applies all operations of known contexts in order, and reports what does not fit.
pub(super) fn check_operations(product: &Product, faults: &mut Faults<'_>) {
    let mut schemas: BTreeMap<&str, Schema> = BTreeMap::new();
    for rung in &product.rungs {
        let known = |entry: &&DatabaseEntry| product.file.contexts.iter().any(|context| context.name == entry.context);
        for entry in rung.file.database.iter().filter(known) {
            let before = schemas.entry(&entry.context).or_default();
            let mut after = before.clone();
            let mut wrong = entry.apply(&mut after);
            if wrong.is_empty() && after == *before {
                wrong.push(
                    "the entry changes nothing: say what it does (`add_columns` …), or make it a rule under `changes`"
                        .to_owned(),
                );
            }
            *before = after;
            for fault in wrong {
                faults.add("operation", &path_of(rung), &near(&entry.id), "", fault);
            }
        }
    }
}

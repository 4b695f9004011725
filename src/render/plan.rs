//! A plan as text, as Markdown and as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{self, Diff, Sides};
use crate::inventory::Inventory;
use crate::jump::{Jump, JumpKind, Stand};
use crate::plan::{ContextPlan, Plan};
use crate::render::markdown::Markdown;
use crate::render::{comment, text};
use crate::report::{Finding, Guide, Looked, Report};
use crate::rules::Rulebook;
use crate::schema::{Alteration, Rename};

/// What `plan --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanJson<'a> {
    schema: u32,
    product: &'a str,
    from: StandJson<'a>,
    to: StandJson<'a>,
    /// Whether the rulebook knows both ends.
    known: bool,
    /// Day on which the facts of the book were last held against the vendor's tags.
    verified: &'a str,
    /// What every plan of the product says: that its way up lies outside the book, for example.
    note: Option<&'a str>,
    contexts: Vec<ContextJson<'a>>,
    framework: FrameworkJson<'a>,
    findings: Vec<Finding>,
    guides: &'a [Guide],
    advisories: AdvisoriesJson<'a>,
}

/// One end of the way.
#[derive(Debug, Serialize, JsonSchema)]
struct StandJson<'a> {
    package: &'a str,
    version: &'a str,
    line: Option<String>,
}

/// What one combined migration does to one database.
#[derive(Debug, Serialize, JsonSchema)]
struct ContextJson<'a> {
    name: &'a str,
    migration: bool,
    /// Whether the book knows the schema at the start.
    known: bool,
    tables_created: &'a [String],
    tables_dropped: &'a [String],
    tables_renamed: &'a [Rename],
    columns_added: &'a BTreeMap<String, Vec<String>>,
    columns_dropped: &'a BTreeMap<String, Vec<String>>,
    columns_renamed: &'a BTreeMap<String, Vec<Rename>>,
    /// Names of columns whose definition changes, by table.
    columns_altered: BTreeMap<&'a str, Vec<&'a str>>,
    /// The same with the old and the new definition.
    alterations: &'a BTreeMap<String, Vec<Alteration>>,
    indexes_added: Vec<String>,
    indexes_dropped: Vec<String>,
    /// Tables whose primary key changes.
    keys_changed: Vec<&'a str>,
}

/// Target frameworks.
#[derive(Debug, Serialize, JsonSchema)]
struct FrameworkJson<'a> {
    minimum: Option<&'a str>,
    change_required: bool,
}

/// Ids of advisories.
#[derive(Debug, Serialize, JsonSchema)]
struct AdvisoriesJson<'a> {
    fixed: Vec<&'a str>,
    open: Vec<&'a str>,
}

/// The plan as one JSON object.
///
/// # Errors
/// None in practice: every value has a JSON form.
pub fn json(plan: &Plan, rules: &'static Rulebook) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&PlanJson {
        schema: 1,
        product: &plan.product.id,
        from: stand(&plan.from),
        to: stand(&plan.to),
        known: plan.known,
        verified: rules.verified(),
        note: plan.product.file.note.as_deref(),
        contexts: plan.contexts.iter().map(context).collect(),
        framework: FrameworkJson { minimum: plan.framework.minimum(), change_required: plan.framework.raised },
        findings: plan.findings(rules),
        guides: &plan.guides,
        advisories: AdvisoriesJson {
            fixed: plan.fixed.iter().map(|entry| entry.id.as_str()).collect(),
            open: plan.open.iter().map(|entry| entry.id.as_str()).collect(),
        },
    })
}

/// The JSON Schema of [`json`].
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(PlanJson<'_>)
}

fn stand(stand: &Stand) -> StandJson<'_> {
    StandJson { package: &stand.package, version: &stand.version, line: stand.line.map(|line| line.to_string()) }
}

fn context(context: &ContextPlan) -> ContextJson<'_> {
    let difference = &context.difference;
    ContextJson {
        name: &context.name,
        migration: context.needs_migration(),
        known: context.known,
        tables_created: &difference.tables_created,
        tables_dropped: &difference.tables_dropped,
        tables_renamed: &difference.tables_renamed,
        columns_added: &difference.columns_added,
        columns_dropped: &difference.columns_dropped,
        columns_renamed: &difference.columns_renamed,
        columns_altered: difference.columns_altered.iter().map(|(table, list)| (table.as_str(), names(list))).collect(),
        alterations: &difference.columns_altered,
        indexes_added: difference.indexes_added.iter().map(ToString::to_string).collect(),
        indexes_dropped: difference.indexes_dropped.iter().map(ToString::to_string).collect(),
        keys_changed: difference.keys_changed.iter().map(|change| change.table.as_str()).collect(),
    }
}

fn names(alterations: &[Alteration]) -> Vec<&str> {
    alterations.iter().map(|alteration| alteration.column.as_str()).collect()
}

/// The plan for a terminal.
pub fn text(plan: &Plan, rules: &'static Rulebook) -> String {
    let told = stays(plan).into_iter().chain(plan.product.file.note.clone());
    told.fold(text::text(&report(plan, rules)), |text, told| text + &told + "\n")
}

/// That no migration is needed is worth a sentence: nobody finds it in the pages.
fn stays(plan: &Plan) -> Option<String> {
    let told = plan.knows_arrival() && !plan.down && !plan.contexts.is_empty();
    let same = plan.contexts.iter().all(|context| context.known && !context.needs_migration());
    let names: Vec<&str> = plan.contexts.iter().map(|context| context.name.as_str()).collect();
    (told && same).then(|| format!("No migration is needed; both ends have the same database ({}).", names.join(", ")))
}

/// The plan as Markdown.
pub fn markdown(plan: &Plan, rules: &'static Rulebook) -> String {
    let summary = comment::summary(&report(plan, rules), &comment::Frame::default());
    let Some(note) = &plan.product.file.note else { return summary };
    let mut told = Markdown::new();
    told.ours("\n").prose(note).ours("\n");
    summary + &told.into_string()
}

/// A plan reads like the report of a jump in which nothing has looked at the code.
fn report(plan: &Plan, rules: &'static Rulebook) -> Report {
    let jump = Jump {
        product: plan.product.id.clone(),
        kind: if plan.down { JumpKind::Downgrade } else { JumpKind::Bump },
        prerelease: false,
        from: Some(plan.from.clone()),
        to: Some(plan.to.clone()),
        projects: Vec::new(),
        places: Vec::new(),
    };
    let diff = Diff {
        left_out: 0,
        inventory: Inventory::default(),
        changes: Vec::new(),
        jumps: vec![jump],
        plans: vec![Some(plan.clone())],
        problems: Vec::new(),
        today: plan.today,
    };
    check::report(&diff, &Sides::default(), plan.findings(rules), Looked::default(), rules)
}

//! The report as JSON: version 1 of a shape that never breaks inside a version. Its JSON Schema is published in `docs/schemas/`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::jump::{Change, ChangeKind, JumpKind, Stand};
use crate::report::{Book, Finding, Guide, Ignored, Looked, Report, Route, Unread, Verdict};

/// Version of the shape.
const VERSION: u32 = 1;

/// What `diff --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportJson<'a> {
    schema: u32,
    base: &'a str,
    head: &'a str,
    verdict: Verdict,
    safe_to_auto_merge: bool,
    reasons: &'a [String],
    changes: Vec<ChangeJson<'a>>,
    jumps: Vec<JumpJson<'a>>,
    findings: &'a [Finding],
    /// What the team decided not to be asked for; left out when there is nothing.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    ignored: &'a [Ignored],
    guides: &'a [Guide],
    problems: &'a [Unread],
    /// What is wrong with the configuration; left out when nothing is.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    remarks: &'a [Unread],
    looked: Looked,
    rulebook: &'a Book,
}

/// A package of a known family whose evaluated version differs between the two sides.
#[derive(Debug, Serialize, JsonSchema)]
struct ChangeJson<'a> {
    project: &'a str,
    framework: Option<&'a str>,
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    change: ChangeKind,
    file: &'a str,
    line: u32,
    problem: Option<&'a str>,
}

/// A jump of a product.
#[derive(Debug, Serialize, JsonSchema)]
struct JumpJson<'a> {
    product: &'a str,
    kind: JumpKind,
    prerelease: bool,
    from: Option<StandJson<'a>>,
    to: Option<StandJson<'a>>,
    projects: &'a [String],
    /// Whether the rulebook knows both ends.
    known: bool,
    /// Lines climbed, the start included.
    route: Vec<&'a str>,
}

/// A version on a ladder.
#[derive(Debug, Serialize, JsonSchema)]
struct StandJson<'a> {
    package: &'a str,
    version: &'a str,
    line: Option<String>,
}

/// The report as one JSON object.
///
/// # Errors
/// None in practice: every value has a JSON form.
pub fn json(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&ReportJson {
        schema: VERSION,
        base: &report.base,
        head: &report.head,
        verdict: report.verdict,
        safe_to_auto_merge: report.safe_to_auto_merge(),
        reasons: &report.reasons,
        changes: report.changes.iter().map(change).collect(),
        jumps: report.routes.iter().map(jump).collect(),
        findings: &report.findings,
        ignored: &report.ignored,
        guides: &report.guides,
        problems: &report.problems,
        remarks: &report.remarks,
        looked: report.looked,
        rulebook: &report.book,
    })
}

/// The JSON Schema of [`json`].
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(ReportJson<'_>)
}

fn change(change: &Change) -> ChangeJson<'_> {
    ChangeJson {
        project: &change.project,
        framework: change.framework.as_deref(),
        package: &change.package,
        from: change.from.as_deref(),
        to: change.to.as_deref(),
        change: change.kind,
        file: &change.place.path,
        line: change.place.line,
        problem: change.problem.as_deref(),
    }
}

fn jump(route: &Route) -> JumpJson<'_> {
    JumpJson {
        product: &route.jump.product,
        kind: route.jump.kind,
        prerelease: route.jump.prerelease,
        from: route.jump.from.as_ref().map(stand),
        to: route.jump.to.as_ref().map(stand),
        projects: &route.jump.projects,
        known: route.known,
        route: route.rungs.iter().map(|rung| rung.line.as_str()).collect(),
    }
}

fn stand(stand: &Stand) -> StandJson<'_> {
    StandJson { package: &stand.package, version: &stand.version, line: stand.line.map(|line| line.to_string()) }
}

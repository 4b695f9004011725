//! The two halves of the answer: which versions jumped, and what that asks of the repository.
//!
//! Two functions and not one, so that the shell reads manifests first and fetches code and migrations only when there is a jump.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::evidence::{hold_support, of_projects};
use crate::inventory::{Inventory, Options, Project};
use crate::jump::{Change, ChangeKind, Jump, JumpKind, pairs, stands};
use crate::place::Problem;
use crate::plan::{Fact, Plan, all_guides, rung_of};
use crate::report::{Book, Finding, Kind, Looked, Report, Route, RouteRung, Sighting, Status, Unread, Verdict, merged};
use crate::rules::{Rulebook, Rung};
use crate::scope::Scope;
use crate::tree::Tree;

/// What happened between two trees.
#[derive(Debug)]
pub struct Diff {
    /// What the head references.
    pub inventory: Inventory,
    /// Every version change of a known package.
    pub changes: Vec<Change>,
    /// The jumps, most pressing product first.
    pub jumps: Vec<Jump>,
    /// The plan of each jump that has two ends, in the order of `jumps`.
    pub plans: Vec<Option<Plan>>,
    /// What could not be read at the head, or could at neither side.
    pub problems: Vec<Problem>,
    /// Projects of the head that the configuration leaves out.
    pub left_out: usize,
    /// The day on which it is asked for.
    pub today: Day,
}

/// Names of the two sides, as the report shows them: commit ids, or folders.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// The older side.
    pub base: String,
    /// The newer side.
    pub head: String,
}

/// Compares what two trees reference, as far as projects are in the scope. Files that they import are read wherever they stand.
pub fn diff(base: &Tree, head: &Tree, rules: &'static Rulebook, scope: &Scope, today: Day) -> Diff {
    let options = Options::default();
    let (mut before, mut after) = rayon::join(|| Inventory::of(base, &options), || Inventory::of(head, &options));
    narrow(&mut before, scope);
    let left_out = narrow(&mut after, scope);
    let pairs = pairs(&before, base, &after, head);
    let mut jumps = Jump::all(&pairs, rules);
    // Products in the order of the jumps' weight: the more projects, the more pressing; names break ties.
    jumps.sort_by(|one, other| {
        let weight =
            |jump: &Jump| (jump.from.is_none() || jump.to.is_none(), std::cmp::Reverse(rungs_below(jump, rules)));
        weight(one).cmp(&weight(other)).then_with(|| one.product.cmp(&other.product))
    });
    let plans = jumps.iter().map(|jump| plan(jump, rules, today)).collect();
    let changes = Change::all(&pairs, rules);
    Diff { changes, jumps, plans, problems: problems(&after), inventory: after, left_out, today }
}

/// Leaves out the projects outside the scope; gives their number. A problem of the whole goes only where its file is left out by name.
pub(crate) fn narrow(inventory: &mut Inventory, scope: &Scope) -> usize {
    let all = inventory.projects.len();
    inventory.projects.retain(|project| scope.includes(&project.path));
    inventory.problems.retain(|problem| problem.place.as_ref().is_none_or(|place| !scope.excludes(&place.path)));
    all - inventory.projects.len()
}

impl Diff {
    /// Whether code and migrations have anything to say: there is a plan with rules to hold against them.
    pub fn needs_evidence(&self) -> bool {
        self.plans
            .iter()
            .flatten()
            .any(|plan| !plan.rules.is_empty() || !plan.contexts.is_empty() || plan.framework.raised)
    }
}

/// How much there is to know of a jump's product: the ladder with the most rules comes first.
fn rungs_below(jump: &Jump, rules: &Rulebook) -> usize {
    rules
        .product(&jump.product)
        .map_or(0, |product| product.rungs.iter().map(|rung| rung.file.changes.len() + rung.file.database.len()).sum())
}

fn plan(jump: &Jump, rules: &'static Rulebook, today: Day) -> Option<Plan> {
    let (Some(from), Some(to)) = (&jump.from, &jump.to) else { return None };
    rules.product(&jump.product).map(|product| Plan::of(product, from, to, today))
}

/// Problems of the whole and of its projects, each once.
fn problems(inventory: &Inventory) -> Vec<Problem> {
    let of_projects =
        inventory.projects.iter().flat_map(|project| project.problems.iter().chain(project.error.as_ref()));
    let all: BTreeSet<Problem> = inventory.problems.iter().chain(of_projects).cloned().collect();
    all.into_iter().collect()
}

/// What the jumps ask, as findings that nothing has been held against but the projects that jump.
pub fn asked(diff: &Diff, rules: &Rulebook) -> Vec<Finding> {
    let asked = |(jump, plan): (&Jump, &Option<Plan>)| {
        let jumping = diff.inventory.projects.iter().filter(|project| jump.projects.contains(&project.path));
        let jumping: Vec<&Project> = jumping.collect();
        let found = plan.iter().flat_map(|plan| plan.findings(rules).into_iter().map(move |it| (plan, it)));
        found.map(|(plan, finding)| hold_support(plan, finding, &jumping)).collect::<Vec<_>>()
    };
    diff.jumps.iter().zip(&diff.plans).flat_map(asked).collect()
}

/// The whole answer: the findings, however they were judged, put in order, with the verdict that follows from them.
pub fn report(
    diff: &Diff,
    sides: &Sides,
    mut findings: Vec<Finding>,
    looked: Looked,
    rules: &'static Rulebook,
) -> Report {
    findings.extend(untold(diff));
    findings.extend(
        diff.changes
            .iter()
            .filter(|change| change.kind == ChangeKind::Requirement && change.problem.is_none())
            .map(floats),
    );
    findings.extend(out_of_step(diff, rules));
    let mut findings = merged(findings);
    findings.sort_by_key(|finding| (finding.status, pressure(finding)));
    let routes: Vec<Route> =
        diff.jumps.iter().zip(&diff.plans).map(|(jump, plan)| route(jump, plan.as_ref(), rules)).collect();
    let (verdict, reasons) = verdict(diff, &findings);
    Report {
        base: sides.base.clone(),
        head: sides.head.clone(),
        verdict,
        reasons,
        changes: diff.changes.clone(),
        book: book(diff, rules),
        routes,
        findings,
        ignored: Vec::new(),
        remarks: Vec::new(),
        guides: all_guides(diff.plans.iter().flatten()),
        problems: diff.problems.iter().map(Unread::from).chain(diff.changes.iter().filter_map(reason)).collect(),
        looked: Looked { projects: diff.inventory.projects.len(), left_out: diff.left_out, ..looked },
    }
}

/// A jump whose end nobody can tell is something that a person must look at.
fn untold(diff: &Diff) -> Vec<Finding> {
    let unknown = diff.jumps.iter().filter(|jump| jump.kind == JumpKind::Unknown);
    let unread = !diff.problems.is_empty() || diff.changes.iter().any(|change| change.problem.is_some());
    let advice = if unread {
        "See what could not be read, below, and look up the version that a restore gives."
    } else {
        "The packages here do not say it. Look up the versions that a restore gives, before and after."
    };
    let finding = |jump: &Jump| Finding {
        impact: Some("breaks".into()),
        ..Finding::new(
            format!("{}/unknown-version", jump.product),
            Kind::Change,
            Status::Check,
            "The version cannot be told from the files".into(),
            advice.into(),
        )
    };
    unknown.map(finding).collect()
}

/// Why the version of a change cannot be told.
fn reason(change: &Change) -> Option<Unread> {
    let message = format!("{}: {}", change.package, change.problem.as_ref()?);
    Some(Unread { path: change.place.path.clone(), line: change.place.line, message })
}

/// Another requirement with the same lowest version may restore another version, or the same: the files do not show it.
fn floats(change: &Change) -> Finding {
    let (from, to) = (change.from.as_deref().unwrap_or("unknown"), change.to.as_deref().unwrap_or("unknown"));
    let title = format!("`{}` may restore another version: `{}` became `{}`", change.package, quiet(from), quiet(to));
    let advice = "The files do not show which version a restore gives now. Look at the restored version, or name one.";
    Finding {
        impact: Some("behaviour".into()),
        places: vec![Sighting { path: change.place.path.clone(), line: change.place.line, saw: to.to_owned() }],
        ..Finding::new(
            format!("requirement/{}", change.package.to_lowercase()),
            Kind::Change,
            Status::Check,
            title,
            advice.into(),
        )
    }
}

/// Foreign text for a code span of a sentence.
fn quiet(text: &str) -> String {
    text.replace('`', "'")
}

/// Companions that moved without the package they follow: no jump, and yet they may not fit any more.
fn out_of_step(diff: &Diff, rules: &'static Rulebook) -> Vec<Finding> {
    let jumped: BTreeSet<&str> = diff.jumps.iter().map(|jump| jump.product.as_str()).collect();
    let mut found: Vec<Finding> = Vec::new();
    for change in &diff.changes {
        let Some(member) = rules.product_of(&change.package) else { continue };
        let project = diff.inventory.projects.iter().find(|project| project.path == change.project);
        let (Some(project), false) = (project, jumped.contains(member.product.id.as_str())) else { continue };
        for (_, stand) in stands(project, rules).into_iter().filter(|(product, _)| *product == member.product.id) {
            let plan = Plan::still(member.product, &stand, diff.today);
            for finding in of_projects(&plan, &diff.inventory) {
                if found.iter().all(|known| known.rule != finding.rule) {
                    found.push(finding);
                }
            }
        }
    }
    found
}

/// Databases first, then what breaks the build, then the rest by impact.
fn pressure(finding: &Finding) -> (usize, usize) {
    let kind = match finding.kind {
        Kind::Database => 0,
        Kind::Framework | Kind::Companion => 1,
        Kind::Advisory => 3,
        _ => 2,
    };
    (kind, crate::plan::impact_rank(finding.impact.as_deref().unwrap_or_default()))
}

fn verdict(diff: &Diff, findings: &[Finding]) -> (Verdict, Vec<String>) {
    let reasons = |status: Status| -> Vec<String> {
        findings.iter().filter(|finding| finding.status == status).map(|finding| finding.title.clone()).collect()
    };
    let (todo, check) = (reasons(Status::Todo), reasons(Status::Check));
    if !todo.is_empty() {
        return (Verdict::Action, todo);
    }
    if !check.is_empty() {
        return (Verdict::Check, check);
    }
    let untold: Vec<String> = diff.changes.iter().filter_map(|change| change.problem.clone()).collect();
    if !untold.is_empty() {
        return (Verdict::Check, untold);
    }
    if diff.jumps.is_empty() && diff.changes.is_empty() {
        (Verdict::None, Vec::new())
    } else {
        (Verdict::Clear, Vec::new())
    }
}

fn route(jump: &Jump, plan: Option<&Plan>, rules: &Rulebook) -> Route {
    let title = rules.product(&jump.product).map_or_else(|| jump.product.clone(), |product| product.file.title.clone());
    let rungs = plan.map(way).unwrap_or_default();
    Route { title, jump: jump.clone(), rungs, known: plan.is_none_or(|plan| plan.known) }
}

/// The lines from start to arrival; on the way down only the two ends.
fn way(plan: &Plan) -> Vec<RouteRung> {
    let bare = |line: String| RouteRung { line, database: false, framework: false };
    let start = plan.from.line.map(|line| bare(line.to_string()));
    if plan.down {
        return start.into_iter().chain(plan.to.line.map(|line| bare(line.to_string()))).collect();
    }
    let mut rungs: Vec<RouteRung> = start.into_iter().collect();
    let mut lowest = rung_of(plan.product, &plan.from).and_then(|rung| rung.file.frameworks.first());
    for rung in &plan.rungs {
        let asks = |rule: &crate::plan::Rule| rule.rung.id == rung.id && matches!(rule.fact, Fact::Database(_));
        let framework = rung.file.frameworks.first();
        rungs.push(RouteRung {
            line: rung.line.to_string(),
            database: plan.rules.iter().any(asks),
            framework: framework.is_some() && lowest.is_some() && framework != lowest,
        });
        lowest = framework.or(lowest);
    }
    rungs.dedup_by(|next, rung| next.line == rung.line && !next.database);
    rungs
}

fn book(diff: &Diff, rules: &Rulebook) -> Book {
    let Some(product) = diff.jumps.first().and_then(|jump| rules.product(&jump.product)) else {
        return Book::default();
    };
    let newest = product.newest().and_then(Rung::newest).map(|version| version.to_string()).unwrap_or_default();
    let plans = || diff.plans.iter().flatten();
    let arrivals = || plans().filter_map(|plan| rung_of(plan.product, &plan.to));
    let climbed = plans().flat_map(|plan| plan.rungs.iter().copied()).chain(arrivals());
    let oldest = climbed.filter_map(|rung| rung.file.verified.as_ref()).map(|it| it.date.as_str()).min();
    let mut tags: Vec<String> = Vec::new();
    for held in arrivals().filter_map(|rung| rung.file.verified.as_ref()) {
        if !tags.contains(&held.tag) {
            tags.push(held.tag.clone());
        }
    }
    Book { verified: oldest.unwrap_or(rules.verified()).to_owned(), tags, newest }
}

//! The report as SARIF 2.1.0, for code scanning: a result a place, the rule's help from the rulebook, fingerprints that survive moves.
//!
//! GitHub refuses a run with more than 25,000 results and shows the first 5,000 by severity; results are in order of pressure, and
//! what is cut off is told as a notification. What a team ignores is there as suppressed. Lines move with every edit, so
//! fingerprints are made of the rule, the file and what stands there.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::render::markdown::{Markdown, encoded, one_line};
use crate::render::rulebook::{Entry, find};
use crate::report::{Finding, Report, Sighting, Status, Unread};
use crate::rules::Rulebook;

/// Results of a run that GitHub takes.
const MOST_RESULTS: usize = 25_000;

/// Where the program lives.
const HOME: &str = "https://github.com/identityserver-upgrade/identityserver-upgrade";

/// The report as one SARIF log. `rules` is the book that the report was made with.
///
/// # Errors
/// None in practice: every value has a JSON form.
pub fn sarif(report: &Report, rules: &Rulebook) -> serde_json::Result<String> {
    let mut run = Run::default();
    let open = report.of(Status::Todo).chain(report.of(Status::Check));
    let ignored = report.ignored.iter().map(|ignored| (&ignored.finding, Some(ignored.reason.as_str())));
    for (finding, reason) in open.map(|finding| (finding, None)).chain(ignored) {
        run.add(report, rules, finding, reason);
    }
    let mut notifications: Vec<Value> = report.problems.iter().chain(&report.remarks).map(notification).collect();
    if run.results.len() > MOST_RESULTS {
        let more = run.results.split_off(MOST_RESULTS).len();
        let text = format!("{more} more results are left out: a run may have {MOST_RESULTS}");
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    let driver = json!({
        "name": "identityserver-upgrade",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": HOME,
        "rules": run.rules,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "automationDetails": { "id": "identityserver-upgrade/" },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "The root of the repository." } } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
            "results": run.results,
        }],
    });
    serde_json::to_string_pretty(&log)
}

#[derive(Default)]
struct Run {
    results: Vec<Value>,
    rules: Vec<Value>,
    /// Index in `rules` by id.
    known: BTreeMap<String, usize>,
    /// How often a fingerprint was given so far.
    prints: HashMap<String, usize>,
}

impl Run {
    fn add(&mut self, report: &Report, rules: &Rulebook, finding: &Finding, reason: Option<&str>) {
        let next = self.rules.len();
        let index = *self.known.entry(finding.rule.clone()).or_insert(next);
        if index == next {
            self.rules.push(rule(rules, finding));
        }
        let places = places(report, finding);
        let spots: Vec<Option<&Sighting>> =
            if places.is_empty() { vec![None] } else { places.iter().map(Some).collect() };
        for spot in spots {
            let print = fingerprint(finding, spot);
            let seen = self.prints.entry(print.clone()).or_default();
            *seen += 1;
            let mut result = json!({
                "ruleId": finding.rule,
                "ruleIndex": index,
                "level": level(finding),
                "message": { "text": message(finding) },
                "locations": spot.map(|spot| location(&spot.path, spot.line)).into_iter().collect::<Vec<_>>(),
                "partialFingerprints": { "primaryLocationLineHash": format!("{print}:{seen}") },
                "properties": { "status": finding.status, "kind": finding.kind, "context": finding.context },
            });
            if let Some(reason) = reason {
                result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
            }
            self.results.push(result);
        }
    }
}

/// Where a finding was seen; without evidence of its own, where the version stands that asks for it.
fn places(report: &Report, finding: &Finding) -> Vec<Sighting> {
    if !finding.places.is_empty() {
        return finding.places.clone();
    }
    let product = finding.rule.split('/').next().unwrap_or_default();
    let of_product = report.routes.iter().filter(|route| route.jump.product == product);
    let any = || report.routes.iter();
    let mut places: Vec<_> = of_product.flat_map(|route| &route.jump.places).collect();
    if places.is_empty() {
        places = any().flat_map(|route| &route.jump.places).collect();
    }
    // One will do: the demand is one, however many files carry the version.
    places
        .into_iter()
        .take(1)
        .map(|place| Sighting { path: place.path.clone(), line: place.line, saw: String::new() })
        .collect()
}

fn level(finding: &Finding) -> &'static str {
    match (finding.status, finding.impact.as_deref()) {
        (Status::Todo, Some("breaks")) => "error",
        (Status::Todo, _) => "warning",
        _ => "note",
    }
}

fn message(finding: &Finding) -> String {
    let text = if finding.advice.is_empty() {
        finding.title.clone()
    } else {
        format!("{} {}", sentence(&finding.title), finding.advice)
    };
    // `[words](1)` would be a link, and `{0}` a placeholder.
    one_line(&text).replace("](", "] (").replace('{', "{{").replace('}', "}}")
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

/// Rule, context, file and what was seen there, without the line.
fn fingerprint(finding: &Finding, spot: Option<&Sighting>) -> String {
    let (path, saw) = spot.map_or(("", ""), |spot| (spot.path.as_str(), spot.saw.as_str()));
    let saw: Vec<&str> = saw.split_whitespace().collect();
    let text = [finding.rule.as_str(), finding.context.as_deref().unwrap_or_default(), path, &saw.join(" ")].join("\0");
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |print, byte| format!("{print}{byte:02x}"))
}

fn location(path: &str, line: u32) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": encoded(path), "uriBaseId": "%SRCROOT%" } });
    if line > 0 {
        place["region"] = json!({ "startLine": line });
    }
    json!({ "physicalLocation": place })
}

fn notification(problem: &Unread) -> Value {
    let mut told = json!({ "level": "warning", "message": { "text": one_line(&problem.message).replace('{', "{{").replace('}', "}}") } });
    if !problem.path.is_empty() {
        told["locations"] = json!([location(&problem.path, problem.line)]);
    }
    told
}

/// What the book says of a rule; of one that is not in the book, what the finding says.
fn rule(book: &Rulebook, finding: &Finding) -> Value {
    let (summary, advice) = match find(book, &finding.rule) {
        Some(Entry::Change(_, entry)) => (entry.summary.as_str(), entry.advice.as_str()),
        Some(Entry::Database(_, entry)) => (entry.summary.as_str(), entry.advice.as_str()),
        _ => (finding.title.as_str(), finding.advice.as_str()),
    };
    let (summary, advice) = if summary.is_empty() { (finding.title.as_str(), advice) } else { (summary, advice) };
    let mut help = Markdown::new();
    help.prose(summary).ours("\n\n").prose(advice);
    if let Some(url) = &finding.url {
        let mut label = Markdown::new();
        label.ours("The official page");
        help.ours("\n\n").link(&label, url);
    }
    let mut rule = json!({
        "id": finding.rule,
        "shortDescription": { "text": one_line(summary) },
        "fullDescription": { "text": one_line(summary) },
        "help": { "text": one_line(&format!("{} {advice}", sentence(summary))), "markdown": help.as_str() },
        "defaultConfiguration": { "level": level(finding) },
        "properties": { "tags": [finding.kind, "upgrade"], "impact": finding.impact },
    });
    if let Some(url) = finding.url.as_ref().filter(|url| url.starts_with("https://")) {
        rule["helpUri"] = json!(url);
    }
    rule
}

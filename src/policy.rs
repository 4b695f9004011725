//! Decisions that follow from settings and report alone: whether to speak, whether to fail, which labels to set.

use std::collections::BTreeSet;

use crate::ignore::names;
use crate::jump::JumpKind;
use crate::place::Problem;
use crate::report::{Kind, Report, Status, Verdict};
use crate::settings::{Comment, Label, Settings};

const KINDS: [Kind; 8] = [
    Kind::Database,
    Kind::Change,
    Kind::Framework,
    Kind::Companion,
    Kind::Advisory,
    Kind::Support,
    Kind::Licence,
    Kind::Config,
];

/// Words for whole verdicts.
const VERDICTS: [&str; 3] = ["action", "check", "clear"];

/// Whether a comment is due. `docs/github.md` has the table, and the tests below hold it.
pub fn speaks(policy: Comment, report: &Report) -> bool {
    let only_patches = report.routes.iter().all(|route| route.jump.kind == JumpKind::Patch);
    match (policy, report.verdict) {
        (Comment::Never, _) | (_, Verdict::None) => false,
        // What the team decided to ignore is told, so that it does not vanish.
        (Comment::Auto, Verdict::Clear) => !only_patches || !report.ignored.is_empty(),
        (Comment::Auto | Comment::Always, _) => true,
    }
}

/// Whether one of the words of `fail-on` is met. A kind or a rule is met by what must be done; a rule by what must be looked at, too.
pub fn fails(words: &[String], report: &Report) -> bool {
    let met = |word: &String| match word.as_str() {
        "never" => false,
        "action" => report.verdict == Verdict::Action,
        "check" => matches!(report.verdict, Verdict::Action | Verdict::Check),
        word => is_open(word, report),
    };
    words.iter().any(met)
}

/// Whether something of this kind must be done, or this rule is not done.
fn is_open(word: &str, report: &Report) -> bool {
    report.findings.iter().any(|finding| {
        let todo = finding.status == Status::Todo;
        (todo && name(finding.kind) == word)
            || ((todo || finding.status == Status::Check) && names(word, &finding.rule))
    })
}

/// Labels to set, and labels to remove: those of other outcomes. A label of several outcomes stays for any of them.
pub fn labels<'s>(labels: &'s [Label], report: &Report, present: &[String]) -> (Vec<&'s str>, Vec<&'s str>) {
    let due = |label: &&Label| {
        let when = label.when.as_str();
        if VERDICTS.contains(&when) { name(report.verdict) == when } else { is_open(when, report) }
    };
    let wanted: BTreeSet<&str> = labels.iter().filter(due).map(|label| label.name.as_str()).collect();
    let ours: BTreeSet<&str> = labels.iter().map(|label| label.name.as_str()).collect();
    // GitHub compares names of labels without case.
    let is_there = |name: &str| present.iter().any(|there| there.eq_ignore_ascii_case(name));
    let set = wanted.iter().copied().filter(|name| !is_there(name)).collect();
    let removed = ours.difference(&wanted).copied().filter(|name| is_there(name)).collect();
    (set, removed)
}

/// Words of `fail-on` and `labels` that can never be met.
pub fn unknown(settings: &Settings) -> Vec<Problem> {
    let known = |word: &str| KINDS.iter().any(|kind| name(*kind) == *word) || word.contains(['/', '*']);
    let problem = |key: &str, words: &str, word: &str, place| Problem {
        code: "unknown-word".into(),
        message: format!(
            "`{key}` knows {words}, kinds ({}), ids of rules and patterns, but not `{word}`",
            KINDS.map(name).join(", ")
        ),
        place,
    };
    let fail_on = settings.fail_on.value.iter().map(String::as_str);
    let fail_on = fail_on.filter(|word| !["never", "action", "check"].contains(word) && !known(word));
    let labels = settings.labels.value.iter().map(|label| label.when.as_str());
    let labels = labels.filter(|word| !VERDICTS.contains(word) && !known(word));
    fail_on
        .map(|word| problem("fail-on", "never, action, check", word, settings.fail_on.origin.place()))
        .chain(labels.map(|word| problem("labels", "action, check, clear", word, settings.labels.origin.place())))
        .collect()
}

/// The name of a variant, as the report's JSON has it.
pub fn name(variant: impl serde::Serialize) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

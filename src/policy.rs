//! Decisions that follow from settings and report alone: whether to speak, whether to fail, which labels to set.

use std::collections::BTreeSet;

use crate::ignore::names;
use crate::jump::JumpKind;
use crate::place::Problem;
use crate::report::{Finding, Kind, Report, Status, Verdict};
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
    failure(words, report).is_some()
}

/// The word of `fail-on` that is met, with what meets it, for people who wonder about a failed run.
pub fn failure(words: &[String], report: &Report) -> Option<String> {
    let met = |word: &String| match word.as_str() {
        "never" => None,
        "action" => (report.verdict == Verdict::Action).then(|| first(&report.reasons)),
        "check" => matches!(report.verdict, Verdict::Action | Verdict::Check).then(|| first(&report.reasons)),
        word => open(word, report).next().map(|finding| format!("{} ({})", finding.title, finding.rule)),
    };
    words.iter().find_map(|word| Some(format!("`fail-on: {word}` is met: {}", met(word)?)))
}

/// The first of several sentences, and how many more there are.
fn first(reasons: &[String]) -> String {
    let more = reasons.len().saturating_sub(1);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    reasons.first().map_or_else(String::new, |reason| format!("{reason}{rest}"))
}

/// What must be done of this kind, or is not done of this rule.
fn open<'r>(word: &str, report: &'r Report) -> impl Iterator<Item = &'r Finding> {
    report.findings.iter().filter(move |finding| {
        let todo = finding.status == Status::Todo;
        (todo && name(finding.kind) == word)
            || ((todo || finding.status == Status::Check) && names(word, &finding.rule))
    })
}

/// Labels to set, and labels to remove: those of other outcomes. A label of several outcomes stays for any of them.
pub fn labels<'s>(labels: &'s [Label], report: &Report, present: &[String]) -> (Vec<&'s str>, Vec<&'s str>) {
    let due = |label: &&Label| {
        let when = label.when.as_str();
        if VERDICTS.contains(&when) { name(report.verdict) == when } else { open(when, report).next().is_some() }
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::jump::Jump;
    use crate::report::{Book, Ignored, Looked, Route};

    fn finding(status: Status) -> Finding {
        Finding {
            rule: "p/1.0/a".into(),
            kind: Kind::Database,
            status,
            context: None,
            title: "T".into(),
            advice: String::new(),
            url: None,
            impact: None,
            commands: Vec::new(),
            places: Vec::new(),
            searched: String::new(),
        }
    }

    fn report(verdict: Verdict, kind: Option<JumpKind>, findings: Vec<Finding>) -> Report {
        let route = |kind| Route {
            title: "P".into(),
            jump: Jump {
                product: "p".into(),
                kind,
                prerelease: false,
                from: None,
                to: None,
                projects: Vec::new(),
                places: Vec::new(),
            },
            rungs: Vec::new(),
            known: true,
        };
        Report {
            base: String::new(),
            head: String::new(),
            verdict,
            reasons: Vec::new(),
            changes: Vec::new(),
            routes: kind.map(route).into_iter().collect(),
            findings,
            ignored: Vec::new(),
            guides: Vec::new(),
            problems: Vec::new(),
            remarks: Vec::new(),
            looked: Looked::default(),
            book: Book::default(),
        }
    }

    /// The table of `docs/github.md` is the policy.
    #[test]
    fn the_published_table_says_when_a_comment_is_due() {
        let ignored = Ignored { finding: finding(Status::Todo), reason: "r".into(), until: None };
        let columns = [
            ("no jump", report(Verdict::None, None, Vec::new())),
            ("patch, nothing owed", report(Verdict::Clear, Some(JumpKind::Patch), Vec::new())),
            (
                "patch, all of it ignored",
                Report { ignored: vec![ignored], ..report(Verdict::Clear, Some(JumpKind::Patch), Vec::new()) },
            ),
            ("jump, nothing owed", report(Verdict::Clear, Some(JumpKind::Bump), Vec::new())),
            ("something to look at", report(Verdict::Check, Some(JumpKind::Patch), Vec::new())),
            ("something owed", report(Verdict::Action, Some(JumpKind::Patch), Vec::new())),
        ];
        let rows = [("auto", Comment::Auto), ("always", Comment::Always), ("never", Comment::Never)];
        let heads: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let mut table = format!("| | {} |\n|---{}|\n", heads.join(" | "), "|---".repeat(heads.len()));
        for (name, policy) in rows {
            let cells: Vec<&str> =
                columns.iter().map(|(_, report)| if speaks(policy, report) { "comment" } else { "–" }).collect();
            writeln!(table, "| `comment: {name}` | {} |", cells.join(" | ")).ok();
        }
        assert!(include_str!("../docs/github.md").contains(&table), "docs/github.md should have\n{table}");
    }

    #[test]
    fn a_word_of_fail_on_is_met_by_verdict_kind_or_rule() {
        #[track_caller]
        fn case(word: &str, status: Status, verdict: Verdict, expected: bool) {
            let report = report(verdict, Some(JumpKind::Bump), vec![finding(status)]);
            assert_eq!(fails(&[word.to_owned()], &report), expected, "{word} {status:?}");
        }
        case("never", Status::Todo, Verdict::Action, false);
        case("action", Status::Todo, Verdict::Action, true);
        case("action", Status::Check, Verdict::Check, false);
        case("check", Status::Check, Verdict::Check, true);
        case("check", Status::Todo, Verdict::Action, true);
        case("check", Status::Done, Verdict::Clear, false);
        case("database", Status::Todo, Verdict::Action, true);
        case("database", Status::Check, Verdict::Check, false);
        case("p/1.0", Status::Check, Verdict::Check, true);
        case("p/1.0", Status::Done, Verdict::Clear, false);
        case("p/*/a", Status::Todo, Verdict::Action, true);
        assert!(!fails(&[], &report(Verdict::Action, Some(JumpKind::Bump), vec![finding(Status::Todo)])));
    }
}

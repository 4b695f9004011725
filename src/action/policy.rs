//! Decisions that follow from settings and report alone: whether to speak, whether to fail.

use crate::jump::JumpKind;
use crate::place::Problem;
use crate::report::{Kind, Report, Status, Verdict};
use crate::settings::{Comment, Settings};

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

/// Whether a comment is due.
///
/// | | none | clear, patches only | clear | check, action |
/// |---|---|---|---|---|
/// | auto | – | – | yes | yes |
/// | always | – | yes | yes | yes |
/// | never | – | – | – | – |
pub(super) fn speaks(policy: Comment, report: &Report) -> bool {
    let only_patches = report.routes.iter().all(|route| route.jump.kind == JumpKind::Patch);
    match (policy, report.verdict) {
        (Comment::Never, _) | (_, Verdict::None) => false,
        (Comment::Auto, Verdict::Clear) => !only_patches,
        (Comment::Auto | Comment::Always, _) => true,
    }
}

/// Whether one of the words of `fail-on` is met. A kind or a rule is met by what must be done; a rule by what must be looked at, too.
pub(super) fn fails(words: &[String], report: &Report) -> bool {
    let met = |word: &String| match word.as_str() {
        "never" => false,
        "action" => report.verdict == Verdict::Action,
        "check" => matches!(report.verdict, Verdict::Action | Verdict::Check),
        word => report.findings.iter().any(|finding| {
            let todo = finding.status == Status::Todo;
            (todo && name(finding.kind) == word)
                || ((todo || finding.status == Status::Check) && is_rule(word, &finding.rule))
        }),
    };
    words.iter().any(met)
}

/// Words of `fail-on` that can never be met.
pub(super) fn unknown(settings: &Settings) -> Vec<Problem> {
    let known = |word: &String| {
        ["never", "action", "check"].contains(&word.as_str())
            || KINDS.iter().any(|kind| name(*kind) == *word)
            || word.contains('/')
    };
    let problem = |word: &String| Problem {
        code: "unknown-fail-on".into(),
        message: format!(
            "`fail-on` ({}) knows never, action, check, kinds ({}) and ids of rules, but not `{word}`",
            settings.fail_on.origin,
            KINDS.map(name).join(", ")
        ),
        place: None,
    };
    settings.fail_on.value.iter().filter(|word| !known(word)).map(problem).collect()
}

/// Whether `word` is the id of the rule, or of a folder of rules above it: `identityserver/7.0`.
fn is_rule(word: &str, rule: &str) -> bool {
    rule.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The name of a variant, as the report's JSON has it.
pub(super) fn name(variant: impl serde::Serialize) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

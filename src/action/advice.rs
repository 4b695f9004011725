//! What to do when the token may not write: said exactly, for this event, actor and configuration, and once.

use std::fmt::Write;

use super::environment::Environment;
use super::target::Target;
use crate::github::client::{Error, Failure};
use crate::render::markdown::Markdown;
use crate::settings::{Comment, Settings};

/// The robot whose runs get a read-only token unless the workflow asks for more.
const DEPENDABOT: &str = "dependabot[bot]";

/// A rung that could not be reached, such as `the comment`.
pub(super) type Missed = (&'static str, Error);

/// Markdown that says why something was not written, and how to change that; empty when all was.
pub(super) fn not_written(
    environment: &Environment,
    target: &Target,
    settings: &Settings,
    missed: &[Missed],
) -> String {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for (what, error) in missed {
        let reason = reason(error);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, all)) => all.push(what),
            None => reasons.push((reason, vec![what])),
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let mut text = "> [!NOTE]\n".to_owned();
    // Writing to a String cannot fail.
    for (reason, what) in reasons {
        writeln!(text, "> Could not write {}: {}.", what.join(" and "), reason.replace('\n', " ")).ok();
    }
    let any = |test: fn(&Failure) -> bool| missed.iter().any(|(_, error)| test(&error.failure));
    if any(|failure| matches!(failure, Failure::Forbidden(_) | Failure::NotFound)) {
        text.push_str(&permissions(environment, target, settings));
    }
    if any(|failure| *failure == Failure::Unauthorised) {
        text.push_str("> The input `github-token` is missing, wrong or expired.\n");
    }
    if any(|failure| *failure == Failure::Locked) {
        text.push_str("> The conversation is locked; nothing has to be changed.\n");
    }
    if missed.iter().any(|(_, error)| error.is_doubtful()) {
        text.push_str("> The next run writes it.\n");
    }
    text
}

/// What to add to the workflow, or which event to use instead.
fn permissions(environment: &Environment, target: &Target, settings: &Settings) -> String {
    let from_fork = target.pull.as_ref().is_some_and(|pull| pull.from_fork);
    if from_fork && environment.event_name == "pull_request" {
        return "> Runs of `pull_request` for forks get a read-only token, whatever `permissions:` say. Run this in a workflow \
                on `pull_request_target` or `workflow_run`: the action reads a pull request as data and runs nothing of it.\n"
            .into();
    }
    let mut text = String::new();
    if environment.actor == DEPENDABOT {
        text.push_str("> Runs that Dependabot starts get a read-only token unless the workflow asks for more.\n");
    }
    write!(text, ">\n> Let the job in `{}` have:\n>\n> ```yaml\n> permissions:\n", workflow_file(environment)).ok();
    for permission in needed(target, settings) {
        writeln!(text, ">   {permission}").ok();
    }
    text.push_str("> ```\n");
    text
}

/// All that this configuration needs for this event: `permissions:` in a job takes the place of what it had.
fn needed(target: &Target, settings: &Settings) -> Vec<&'static str> {
    let speaks = settings.comment.value != Comment::Never || !settings.labels.value.is_empty();
    [
        Some("contents: read"),
        (target.pull.is_some() && speaks).then_some("pull-requests: write"),
        (!settings.check.value.is_empty()).then_some("checks: write"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Why a request failed, as Markdown: the words are the server's.
pub(super) fn reason(error: &Error) -> String {
    Markdown::new().prose(&error.failure.to_string()).as_str().to_owned()
}

/// Words for a run that failed, in a code block that foreign text cannot leave.
pub(super) fn failure(error: &anyhow::Error) -> String {
    let text = format!("{error:#}").replace('`', "'");
    let hint = match error.downcast_ref::<Error>().map(|error| &error.failure) {
        Some(Failure::Unauthorised) => "\nThe input `github-token` is missing, wrong or expired.\n",
        Some(Failure::Forbidden(_) | Failure::NotFound) => {
            "\nThe job needs at least:\n\n```yaml\npermissions:\n  contents: read\n  pull-requests: read\n```\n"
        }
        Some(Failure::RateLimited { .. }) => "\nThe rate limit of the token is used up; run it again later.\n",
        Some(Failure::Transport(said)) if said.contains("certificate") => {
            "\nThe server's certificate is signed by nobody that is trusted here. Set `SSL_CERT_FILE` to a bundle with its authority.\n"
        }
        _ => "",
    };
    format!("```text\n{text}\n```\n{hint}")
}

/// Path of the workflow: `OWNER/NAME/.github/workflows/x.yml@REF` is what the runner tells.
fn workflow_file(environment: &Environment) -> String {
    let told = environment.file("GITHUB_WORKFLOW_REF").map(|path| path.display().to_string()).unwrap_or_default();
    let path = told.split('@').next().and_then(|path| path.splitn(3, '/').nth(2)).unwrap_or("the workflow");
    path.replace(['`', '\n'], "'")
}

//! What to do when the token may not write: said exactly, for this event and actor.

use std::fmt::Write;

use super::environment::Environment;
use super::target::Target;
use crate::github::client::{Error, Failure};

/// The robot whose runs get a read-only token unless the workflow asks for more.
const DEPENDABOT: &str = "dependabot[bot]";

/// Markdown that says why something was not written, and how to change that.
pub(super) fn not_written(
    environment: &Environment,
    target: &Target,
    what: &str,
    permission: &str,
    error: &Error,
) -> String {
    let mut text = format!("> [!NOTE]\n> Could not write {what}: {}.\n", error.failure);
    let from_fork = target.pull.as_ref().is_some_and(|pull| pull.from_fork);
    match &error.failure {
        Failure::Locked => text.push_str("> The conversation is locked; nothing has to be changed.\n"),
        Failure::Forbidden(_) | Failure::NotFound | Failure::Unauthorised
            if from_fork && environment.event_name == "pull_request" =>
        {
            text.push_str(
                "> Runs of `pull_request` for forks get a read-only token, whatever `permissions:` say. Run this in a workflow \
                 on `pull_request_target` or `workflow_run`: the action reads a pull request as data and runs nothing of it.\n",
            );
        }
        Failure::Forbidden(_) | Failure::NotFound | Failure::Unauthorised => {
            if environment.actor == DEPENDABOT {
                text.push_str(
                    "> Runs that Dependabot starts get a read-only token unless the workflow asks for more.\n",
                );
            }
            write!(
                text,
                ">\n> Add to the job in `{}`:\n>\n> ```yaml\n> permissions:\n>   contents: read\n>   {permission}: write\n> ```\n",
                workflow_file(environment)
            )
            .ok();
        }
        _ if error.is_doubtful() => text.push_str("> The next run writes it.\n"),
        _ => {}
    }
    text
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

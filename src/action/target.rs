//! Which commits a run compares, and for which pull request.

use anyhow::{Context, Result, bail};

use super::environment::Environment;
use crate::github::client::Client;
use crate::github::event::{self, Event};
use crate::github::objects::Repository;
use crate::source::remote::Base;

/// What a run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The older side.
    pub base: Base,
    /// The newer side: a commit, or a branch that somebody named.
    pub head: String,
    /// The pull request to write to.
    pub pull: Option<Pull>,
}

/// The pull request of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pull {
    /// Its number.
    pub number: u64,
    /// Tip of the base branch, where the configuration counts: the author of a pull request chooses the merge base.
    pub base_tip: String,
    /// Whether it is closed.
    pub closed: bool,
    /// Whether its head lives in another repository.
    pub from_fork: bool,
}

/// Finds the commits, by the inputs if they name any, else by the event. `None` when there is nothing to do.
pub(super) async fn find(environment: &Environment, client: &Client) -> Result<Option<Target>> {
    let repository = &environment.repository;
    let input =
        |name: &str| environment.input(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    if let Some(number) = input("pull-request") {
        let number = number.parse().ok().with_context(|| format!("the input `pull-request` is no number: {number}"))?;
        let pull = client.pull(repository, number).await.context("could not read the pull request")?;
        return Ok(pull.map(of_pull));
    }
    match (input("base"), input("head")) {
        (Some(base), Some(head)) => return Ok(Some(Target { base: Base::MergeBaseWith(base), head, pull: None })),
        (None, None) => {}
        _ => bail!("the inputs `base` and `head` go together"),
    }
    Ok(match environment.event.clone() {
        Event::Pull(pull) => Some(of_pull(pull)),
        Event::MergeGroup { base, head } => Some(Target { base: Base::Exactly(base), head, pull: None }),
        // A new branch has nothing before it that could have changed.
        Event::Push { before, after } => {
            Some(Target { base: Base::Exactly(before.unwrap_or_else(|| after.clone())), head: after, pull: None })
        }
        Event::WorkflowRun { head, branch, repository: from } => {
            // The fork is gone, and its pull requests are closed.
            let Some(from) = Repository::parse(&from) else { return Ok(None) };
            let pull = client.pull_of(repository, &from, &branch, &head).await;
            pull.context("could not look for the pull request")?.map(of_pull)
        }
        Event::Other => bail!(
            "the event `{}` names no commits: set the input `pull-request`, or `base` and `head`",
            environment.event_name
        ),
    })
}

fn of_pull(pull: event::Pull) -> Target {
    Target {
        base: Base::MergeBaseWith(pull.base.clone()),
        head: pull.head,
        pull: Some(Pull { number: pull.number, base_tip: pull.base, closed: pull.closed, from_fork: pull.from_fork }),
    }
}

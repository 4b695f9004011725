//! What started the run: the event's name and payload, as GitHub writes them to disk, in the few fields that matter here.

use serde::Deserialize;

use crate::github::client::{Client, Error, Request};
use crate::github::objects::{Repository, is_sha, segment};

/// What started the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// `pull_request` or `pull_request_target`.
    Pull(Pull),
    /// `merge_group`: a candidate of the merge queue.
    MergeGroup {
        /// The commit that it would be merged into.
        base: String,
        /// The candidate.
        head: String,
    },
    /// `push`.
    Push {
        /// Where the branch stood; `None` when it is new.
        before: Option<String>,
        /// Where it stands.
        after: String,
    },
    /// `workflow_run`: another workflow, perhaps with fewer rights, ended.
    WorkflowRun {
        /// The commit that it ran for.
        head: String,
        /// The branch that it ran for.
        branch: String,
        /// `OWNER/NAME` of the repository that holds the commit: a fork's, perhaps.
        repository: String,
    },
    /// `schedule`, `workflow_dispatch` and whatever else: no commits are named.
    Other,
}

/// A pull request as the payload shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// What happened to it, such as `opened`.
    pub action: String,
    /// Whether it is closed or merged by now.
    pub closed: bool,
    /// Tip of the base branch.
    pub base: String,
    /// Tip of the head branch.
    pub head: String,
    /// Whether the head lives in another repository, or one that is gone.
    pub from_fork: bool,
}

/// A payload that is not what its event's name promises.
#[derive(Debug, thiserror::Error)]
#[error("the payload of the event `{name}` cannot be read: {reason}")]
pub struct BadEvent {
    name: String,
    reason: String,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    action: String,
    pull_request: Option<PullPart>,
    merge_group: Option<MergeGroupPart>,
    before: Option<String>,
    after: Option<String>,
    workflow_run: Option<WorkflowRunPart>,
}

#[derive(Deserialize)]
struct PullPart {
    number: u64,
    #[serde(default)]
    state: String,
    base: EndPart,
    head: EndPart,
}

#[derive(Deserialize)]
struct EndPart {
    sha: String,
    repo: Option<RepositoryPart>,
}

#[derive(Deserialize)]
struct RepositoryPart {
    full_name: String,
}

#[derive(Deserialize)]
struct MergeGroupPart {
    base_sha: String,
    head_sha: String,
}

#[derive(Deserialize)]
struct WorkflowRunPart {
    #[serde(rename = "head_sha")]
    sha: String,
    #[serde(rename = "head_branch")]
    branch: Option<String>,
    #[serde(rename = "head_repository")]
    repository: Option<RepositoryPart>,
}

impl Event {
    /// Reads the payload of the event `name`.
    ///
    /// # Errors
    /// When it is no JSON, or lacks what the event always has.
    pub fn parse(name: &str, payload: &str) -> Result<Self, BadEvent> {
        let bad = |reason: &str| BadEvent { name: name.to_owned(), reason: reason.to_owned() };
        let payload: Payload = serde_json::from_str(payload).map_err(|error| bad(&error.to_string()))?;
        let commit = |sha: Option<String>| sha.filter(|sha| is_sha(sha)).ok_or_else(|| bad("a commit id is missing"));
        Ok(match name {
            "pull_request" | "pull_request_target" => {
                let pull = payload.pull_request.ok_or_else(|| bad("`pull_request` is missing"))?;
                Self::Pull(Pull::of(pull, payload.action).ok_or_else(|| bad("a commit id is missing"))?)
            }
            "merge_group" => {
                let group = payload.merge_group.ok_or_else(|| bad("`merge_group` is missing"))?;
                Self::MergeGroup { base: commit(Some(group.base_sha))?, head: commit(Some(group.head_sha))? }
            }
            "push" => Self::Push {
                before: payload.before.filter(|sha| is_sha(sha) && !is_nothing(sha)),
                after: commit(payload.after.filter(|sha| !is_nothing(sha)))?,
            },
            "workflow_run" => {
                let run = payload.workflow_run.ok_or_else(|| bad("`workflow_run` is missing"))?;
                Self::WorkflowRun {
                    head: commit(Some(run.sha))?,
                    branch: run.branch.unwrap_or_default(),
                    repository: run.repository.map(|repository| repository.full_name).unwrap_or_default(),
                }
            }
            _ => Self::Other,
        })
    }
}

impl Pull {
    fn of(part: PullPart, action: String) -> Option<Self> {
        let name = |end: &EndPart| end.repo.as_ref().map(|repository| repository.full_name.clone());
        Some(Self {
            number: part.number,
            action,
            closed: part.state == "closed",
            from_fork: name(&part.head).is_none() || name(&part.head) != name(&part.base),
            base: Some(part.base.sha).filter(|sha| is_sha(sha))?,
            head: Some(part.head.sha).filter(|sha| is_sha(sha))?,
        })
    }
}

/// Whether an id stands for "no commit".
fn is_nothing(sha: &str) -> bool {
    sha.bytes().all(|byte| byte == b'0')
}

impl Client {
    /// A pull request by its number.
    ///
    /// # Errors
    /// When it does not exist or the request fails.
    pub async fn pull(&self, repository: &Repository, number: u64) -> Result<Option<Pull>, Error> {
        let part: PullPart = self.json(Request::get(repository.path(&format!("pulls/{number}")))).await?;
        Ok(Pull::of(part, String::new()))
    }

    /// The open pull request of a commit, found by its branch and held to commit and repository: a payload of `workflow_run` names no
    /// pull request of a fork, and whatever else could name one was written by strangers.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn pull_of(
        &self,
        repository: &Repository,
        head_repository: &Repository,
        branch: &str,
        head: &str,
    ) -> Result<Option<Pull>, Error> {
        let label = segment(&format!("{}:{branch}", head_repository.owner()));
        let path = repository.path(&format!("pulls?state=open&per_page=100&head={label}"));
        let parts: Vec<PullPart> = self.json(Request::get(path)).await?;
        let from = head_repository.to_string();
        let fits = |part: &PullPart| {
            part.head.sha == head && part.head.repo.as_ref().is_some_and(|repository| repository.full_name == from)
        };
        Ok(parts.into_iter().find(fits).and_then(|part| Pull::of(part, String::new())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha(letter: &str) -> String {
        letter.repeat(40)
    }

    fn pull(head_repository: &serde_json::Value) -> serde_json::Value {
        serde_json::json!({
            "action": "synchronize",
            "pull_request": {
                "number": 7, "state": "open",
                "base": { "sha": sha("a"), "repo": { "full_name": "acme/login" } },
                "head": { "sha": sha("b"), "repo": head_repository },
            },
        })
    }

    fn parse(name: &str, payload: &serde_json::Value) -> Result<Event, BadEvent> {
        Event::parse(name, &payload.to_string())
    }

    #[test]
    fn forks_are_told_by_their_repository() {
        #[track_caller]
        fn case(head_repository: &serde_json::Value, expected: bool) {
            let Ok(Event::Pull(event)) = parse("pull_request", &pull(head_repository)) else {
                panic!("a pull request")
            };
            assert_eq!((event.number, event.from_fork), (7, expected));
        }
        case(&serde_json::json!({ "full_name": "acme/login" }), false);
        case(&serde_json::json!({ "full_name": "stranger/login" }), true);
        case(&serde_json::Value::Null, true);
    }

    #[test]
    fn a_new_branch_has_no_before() {
        let push =
            |before: &str| parse("push", &serde_json::json!({ "before": before, "after": sha("b") })).expect("a push");
        assert_eq!(push(&sha("0")), Event::Push { before: None, after: sha("b") });
        assert_eq!(push(&sha("a")), Event::Push { before: Some(sha("a")), after: sha("b") });
    }

    #[test]
    fn a_payload_that_lacks_its_part_is_an_error() {
        for name in ["pull_request", "pull_request_target", "merge_group", "push", "workflow_run"] {
            assert!(parse(name, &serde_json::json!({})).is_err(), "{name}");
            assert!(Event::parse(name, "<html>").is_err(), "{name}");
        }
        let mut hostile = pull(&serde_json::Value::Null);
        hostile["pull_request"]["head"]["sha"] = "../../user".into();
        assert!(parse("pull_request", &hostile).is_err());
    }

    #[test]
    fn events_without_commits_are_other() {
        assert_eq!(parse("schedule", &serde_json::json!({ "schedule": "7 5 * * 1" })).expect("reads"), Event::Other);
    }
}

//! Keeps one tracking issue true: opened when something is owed, updated in place, closed with a last word, opened again.
//!
//! As with comments, the issue itself is the only state: only one with our marker *and* one of our authors is ever touched.

use sha2::{Digest, Sha256};

use super::{Marker, Outcome, Run, boxes};
use crate::github::client::{Client, Error};
use crate::github::issues::{Issue, IssueText};
use crate::github::objects::Repository;

/// What a run wants to say in the tracking issue.
#[derive(Debug, Clone)]
pub struct Tracking<'a> {
    /// Name of the configuration: several in one repository keep their own issues.
    pub key: &'a str,
    /// The run.
    pub run: Run,
    /// Day of the audit: another day alone is no news.
    pub day: &'a str,
    /// The title.
    pub title: &'a str,
    /// Markdown without a marker: what is owed, or the last word.
    pub body: &'a str,
    /// Whether something is owed.
    pub owed: bool,
    /// Labels of a new issue.
    pub labels: &'a [String],
    /// Logins to whom a new issue is assigned.
    pub assignees: &'a [String],
    /// Logins (without `[bot]`) whose issues are ours too.
    pub logins: &'a [String],
}

/// Makes the tracking issue of a repository say what is owed.
///
/// # Errors
/// When a request fails: 403 means that the token may not write issues.
pub async fn issue(client: &Client, repository: &Repository, tracking: &Tracking<'_>) -> Result<Outcome, Error> {
    let Some(known) = find(client, repository, tracking).await? else {
        return if tracking.owed { open(client, repository, tracking).await } else { Ok(Outcome::Silent) };
    };
    update(client, repository, tracking, &known).await
}

/// Our issue: the oldest, when there are several.
async fn find(
    client: &Client,
    repository: &Repository,
    tracking: &Tracking<'_>,
) -> Result<Option<(Issue, Marker)>, Error> {
    let ours = |issue: &Issue| {
        (issue.own || tracking.logins.contains(&issue.author))
            && Marker::of(&issue.body).is_some_and(|marker| marker.key == key(tracking))
    };
    let found = client.issues(repository, ours).await?;
    let oldest = found.into_iter().min_by_key(|issue| issue.number);
    Ok(oldest.and_then(|issue| Marker::of(&issue.body).map(|marker| (issue, marker))))
}

/// Opens the issue. After a lost answer it looks first: the issue may be there.
async fn open(client: &Client, repository: &Repository, tracking: &Tracking<'_>) -> Result<Outcome, Error> {
    let body = written(tracking);
    let text = IssueText { title: tracking.title, body: &body, open: true };
    let opened = client.open_issue(repository, &text, tracking.labels, tracking.assignees).await;
    match opened {
        Ok(url) => Ok(Outcome::Created(url)),
        Err(error) if error.is_doubtful() && client.pause(&error, 1).await => {
            if let Some(known) = find(client, repository, tracking).await? {
                return update(client, repository, tracking, &known).await;
            }
            let url = client.open_issue(repository, &text, tracking.labels, tracking.assignees).await?;
            Ok(Outcome::Created(url))
        }
        Err(error) => Err(error),
    }
}

async fn update(
    client: &Client,
    repository: &Repository,
    tracking: &Tracking<'_>,
    (known, marker): &(Issue, Marker),
) -> Result<Outcome, Error> {
    if marker.run > tracking.run {
        return Ok(Outcome::Yielded("a later run has written already"));
    }
    let settled = !tracking.owed && !known.open;
    if settled || (marker.report == hash(tracking) && known.open == tracking.owed) {
        return Ok(Outcome::Unchanged(known.url.clone()));
    }
    let body = boxes::keep_ticks(&known.body, &written(tracking));
    let text = IssueText { title: tracking.title, body: &body, open: tracking.owed };
    let url = client.edit_issue(repository, known.number, &text).await?;
    Ok(if tracking.owed { Outcome::Updated(url) } else { Outcome::Resolved(url) })
}

fn key(tracking: &Tracking<'_>) -> String {
    format!("audit {}", tracking.key)
}

fn written(tracking: &Tracking<'_>) -> String {
    let marker = Marker { key: key(tracking), head: String::new(), run: tracking.run, report: hash(tracking) };
    format!("{marker}\n{}", tracking.body)
}

/// A hash of what the issue says, whatever the day.
fn hash(tracking: &Tracking<'_>) -> String {
    let text = format!("{}\n{}", tracking.title, tracking.body).replace(tracking.day, "DAY");
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"))
}

//! Keeps one comment of a pull request true: created, updated, left alone, resolved; never twice, never backwards.
//!
//! The comment itself is the only state. Its marker says which configuration it belongs to, which run wrote it, and a hash of
//! what it says. Only a comment with our marker *and* one of our authors is ever touched: anybody can copy a marker.

mod boxes;
mod issue;
mod marker;

pub use issue::{Tracking, issue};
pub use marker::{Marker, Run};

use crate::github::client::{Client, Error};
use crate::github::comments::{Comment, Conversation};
use crate::github::objects::Repository;
use crate::render::markdown::Markdown;

/// What GitHub takes as a comment: 65,536 of a unit it does not name. Bytes are never fewer than characters or UTF-16 units.
pub const MAX_COMMENT: usize = 65_536;

/// What a run wants to say.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// Name of the configuration: several on one pull request keep their own comments.
    pub key: &'a str,
    /// The run.
    pub run: Run,
    /// The commit that was looked at.
    pub head: &'a str,
    /// The commit that it was compared with.
    pub base: &'a str,
    /// Markdown without a marker; `None` when there is nothing to say.
    pub body: Option<&'a str>,
    /// Logins (without `[bot]`) whose comments are ours too: the token's identity may have been another one before.
    pub logins: &'a [String],
    /// What to say when there is nothing to say any more; `None` for the usual line.
    pub resolved: Option<&'a str>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to say, nothing there.
    Silent,
    /// A new comment, at this address.
    Created(String),
    /// Our comment says something new.
    Updated(String),
    /// Our comment says it already.
    Unchanged(String),
    /// There is nothing to say any more, and our comment says so.
    Resolved(String),
    /// Another run knows better; the reason.
    Yielded(&'static str),
}

impl Outcome {
    /// Address of the comment, when there is one.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Created(url) | Self::Updated(url) | Self::Unchanged(url) | Self::Resolved(url) => Some(url),
            Self::Silent | Self::Yielded(_) => None,
        }
    }
}

/// Where a comment goes.
#[derive(Debug)]
pub struct Thread<'a> {
    /// The connection.
    pub client: &'a Client,
    /// The repository.
    pub repository: &'a Repository,
    /// Number of the pull request.
    pub number: u64,
}

impl Thread<'_> {
    async fn look(&self) -> Result<Conversation, Error> {
        self.client.conversation(self.repository, self.number, None).await
    }
}

/// Makes the conversation say what the draft says. `seen` is the conversation as it was when the run began.
///
/// # Errors
/// When a request fails: 403 means that the token may not write, which is normal for forks.
pub async fn comment(thread: &Thread<'_>, draft: &Draft<'_>, seen: &Conversation) -> Result<Outcome, Error> {
    let report = marker::hash(draft);
    let before = own(seen, draft);
    match before.as_slice() {
        [] if draft.body.is_none() => return Ok(Outcome::Silent),
        [(comment, marker)] if marker.report == report => return Ok(Outcome::Unchanged(comment.url.clone())),
        _ => {}
    }
    // Reading took a while: others may have written, and the branch may have moved.
    let now = thread.look().await?;
    if now.head != draft.head {
        return Ok(Outcome::Yielded("the branch has a newer commit"));
    }
    let Some(body) = draft.body.map(|body| written(draft, &report, body)) else {
        return resolve(thread, draft, &report, &now).await;
    };
    match own(&now, draft).as_slice() {
        [] => create(thread, draft, &body).await,
        ours => update(thread, draft, &body, ours).await,
    }
}

/// Our comments of this configuration: those of the token's own identity first, then oldest first.
fn own<'c>(conversation: &'c Conversation, draft: &Draft<'_>) -> Vec<(&'c Comment, Marker)> {
    let known = |comment: &&Comment| comment.own || draft.logins.contains(&comment.author);
    let mut found: Vec<(&Comment, Marker)> = conversation
        .comments
        .iter()
        .filter(known)
        .filter_map(|comment| Some((comment, Marker::of(&comment.body)?)))
        .filter(|(_, marker)| marker.key == draft.key)
        .collect();
    found.sort_by_key(|(comment, _)| (!comment.own, comment.id));
    found
}

fn written(draft: &Draft<'_>, report: &str, body: &str) -> String {
    let marker =
        Marker { key: draft.key.to_owned(), head: draft.head.to_owned(), run: draft.run, report: report.to_owned() };
    format!("{marker}\n{body}")
}

/// Posts, then looks: another run may have posted at the same time, or our answer may have been lost on its way.
async fn create(thread: &Thread<'_>, draft: &Draft<'_>, body: &str) -> Result<Outcome, Error> {
    let mut posted = thread.client.post_comment(thread.repository, thread.number, body).await;
    if let Err(error) = &posted {
        if !error.is_doubtful() || !thread.client.pause(error, 1).await {
            return Err(error.clone());
        }
        let now = thread.look().await?;
        let ours = own(&now, draft);
        posted = match ours.iter().find(|(_, marker)| marker.run == draft.run) {
            Some((comment, _)) => Ok(comment.url.clone()),
            None if ours.is_empty() => thread.client.post_comment(thread.repository, thread.number, body).await,
            None => return update(thread, draft, body, &ours).await,
        };
    }
    let url = posted?;
    let Ok(now) = thread.look().await else { return Ok(Outcome::Created(url)) };
    match own(&now, draft).as_slice() {
        // The list may be older than our comment.
        [] | [_] => Ok(Outcome::Created(url)),
        several => match update(thread, draft, body, several).await? {
            Outcome::Updated(url) | Outcome::Unchanged(url) => Ok(Outcome::Created(url)),
            other => Ok(other),
        },
    }
}

/// Writes into the oldest of our comments (at least one), and deletes the later ones.
async fn update(
    thread: &Thread<'_>,
    draft: &Draft<'_>,
    body: &str,
    ours: &[(&Comment, Marker)],
) -> Result<Outcome, Error> {
    let Some(((kept, _), others)) = ours.split_first() else { return Ok(Outcome::Silent) };
    let newest = ours.iter().map(|(_, marker)| marker.run).max().unwrap_or_default();
    let outcome = if newest > draft.run {
        Outcome::Yielded("a later run has written already")
    } else {
        let body = boxes::keep_ticks(&kept.body, body);
        if body == kept.body {
            Outcome::Unchanged(kept.url.clone())
        } else {
            match thread.client.edit_comment(thread.repository, kept.id, &body).await {
                Ok(url) => Outcome::Updated(url),
                Err(error) if error.is_not_found() && others.is_empty() => {
                    // Somebody deleted it a moment ago; or the token may not know that it is there.
                    if !own(&thread.look().await?, draft).is_empty() {
                        return Err(error);
                    }
                    Outcome::Created(thread.client.post_comment(thread.repository, thread.number, &body).await?)
                }
                // The comment of a former identity may be out of reach: then there is a new one, and this one is deleted or stays.
                Err(error) if !kept.own && error.is_forbidden() => {
                    Outcome::Created(thread.client.post_comment(thread.repository, thread.number, &body).await?)
                }
                Err(error) => return Err(error),
            }
        }
    };
    for (comment, _) in others.iter().filter(|(_, marker)| marker.run <= draft.run) {
        if let Err(error) = thread.client.delete_comment(thread.repository, comment.id).await {
            tracing::warn!(%error, "a duplicate stays");
        }
    }
    Ok(outcome)
}

/// Says in one line that there is nothing to say any more.
async fn resolve(thread: &Thread<'_>, draft: &Draft<'_>, report: &str, now: &Conversation) -> Result<Outcome, Error> {
    let ours = own(now, draft);
    if ours.is_empty() {
        return Ok(Outcome::Silent);
    }
    let short = draft.head.get(..7).unwrap_or(draft.head);
    let mut line = Markdown::new();
    match draft.resolved.filter(|words| !words.trim().is_empty()) {
        Some(words) => line.prose(words.trim()),
        None => line
            .ours("Resolved: since ")
            .prose(short)
            .ours(", this pull request changes no version that asks for anything."),
    };
    let line = line.ours("\n").as_str().to_owned();
    match update(thread, draft, &written(draft, report, &line), &ours).await? {
        Outcome::Updated(url) | Outcome::Created(url) => Ok(Outcome::Resolved(url)),
        other => Ok(other),
    }
}

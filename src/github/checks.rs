//! Check runs: a verdict on a commit, with annotations in portions of fifty.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::github::client::{Client, Error, Repeat, Request};
use crate::github::objects::Repository;

/// Annotations that one request may carry.
const PORTION: usize = 50;

/// Bytes that a summary may have, 65,535 by GitHub's word.
pub const MAX_SUMMARY: usize = 65_535;

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Green.
    Success,
    /// Grey: something to read, nothing that blocks.
    Neutral,
    /// Red.
    Failure,
}

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth to know.
    Notice,
    /// Worth a look.
    Warning,
    /// Must be dealt with.
    Failure,
}

/// A remark on a line of the head commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Path of the file.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// How loud.
    pub level: Level,
    /// One line, at most 255 characters.
    pub title: String,
    /// The words.
    pub message: String,
}

/// A finished check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name; branch protection goes by it.
    pub name: String,
    /// The commit.
    pub head: String,
    /// The outcome.
    pub conclusion: Conclusion,
    /// One line.
    pub title: String,
    /// Markdown, at most [`MAX_SUMMARY`] bytes.
    pub summary: String,
    /// Remarks on lines.
    pub annotations: Vec<Annotation>,
}

impl Client {
    /// Creates a finished check run with all its annotations; gives its address.
    ///
    /// # Errors
    /// When it was refused. A lost answer is asked for again: a second run of the same name takes the place of the first.
    pub async fn create_check(&self, repository: &Repository, check: &Check) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Created {
            id: u64,
            #[serde(default)]
            html_url: Option<String>,
        }
        let mut portions = check.annotations.chunks(PORTION);
        let body = json!({
            "name": check.name,
            "head_sha": check.head,
            "status": "completed",
            "conclusion": check.conclusion,
            "output": output(check, portions.next().unwrap_or_default()),
        });
        let create = Request::write(Method::POST, repository.path("check-runs"), Some(body), Repeat::Safe);
        let created: Created = self.json(create).await?;
        for portion in portions {
            let body = json!({ "output": output(check, portion) });
            let path = repository.path(&format!("check-runs/{}", created.id));
            // Annotations are appended: a repetition would double them.
            self.bytes(Request::write(Method::PATCH, path, Some(body), Repeat::Never)).await?;
        }
        Ok(created.html_url.unwrap_or_default())
    }
}

fn output(check: &Check, portion: &[Annotation]) -> Value {
    let annotations: Vec<Value> = portion
        .iter()
        .map(|annotation| {
            json!({
                "path": annotation.path,
                "start_line": annotation.line.max(1),
                "end_line": annotation.line.max(1),
                "annotation_level": annotation.level,
                "title": annotation.title.chars().take(255).collect::<String>(),
                "message": annotation.message.chars().take(16_000).collect::<String>(),
            })
        })
        .collect();
    json!({ "title": check.title, "summary": check.summary, "annotations": annotations })
}

//! The bytes of blobs: many small texts in one GraphQL request, the rest one by one.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::OnceLock;

use futures::{StreamExt, stream};
use serde_json::Value;

use super::{Repository, is_blob, is_sha};
use crate::github::client::{Client, Error, Repeat, Request};

/// Objects in one GraphQL request.
const OBJECTS: usize = 100;

/// Bytes of text in one GraphQL request: an answer is cut off by time, not by a documented size.
const BYTES: u64 = 2 * 1024 * 1024;

/// Blobs above this size (bytes) are read one by one; GraphQL truncates long texts.
const LARGE: u64 = 400 * 1024;

/// Requests at once.
const AT_ONCE: usize = 6;

impl Client {
    /// The bytes of blobs (id, size in bytes) by their ids; for one that could not be had, why: [`Failure::NotFound`] when it
    /// is gone. Where GraphQL fails, the blobs of its batch are read one by one.
    ///
    /// [`Failure::NotFound`]: crate::github::client::Failure::NotFound
    ///
    /// # Errors
    /// When the token is not accepted.
    pub async fn blobs(
        &self,
        repository: &Repository,
        wanted: &[(String, u64)],
    ) -> Result<HashMap<String, Result<Vec<u8>, Error>>, Error> {
        let (small, large): (Vec<_>, Vec<_>) =
            wanted.iter().filter(|(sha, _)| is_sha(sha)).partition(|blob| blob.1 <= LARGE);
        let mut single: Vec<&str> = large.iter().map(|blob| blob.0.as_str()).collect();
        let answers: Vec<_> = stream::iter(batches(&small))
            .map(async |batch| (batch.clone(), self.batch(repository, batch).await))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut found = HashMap::new();
        for (shas, answer) in answers {
            match answer {
                Ok(texts) => {
                    for (sha, text) in texts {
                        match text {
                            Some(text) => drop(found.insert(sha.to_owned(), Ok(text.into_bytes()))),
                            None => single.push(sha),
                        }
                    }
                }
                Err(error) if error.is_hopeless() => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "a batch failed: its blobs are read one by one");
                    single.extend(shas);
                }
            }
        }
        found.extend(self.one_by_one(repository, single).await);
        match found.values().find_map(|answer| answer.as_ref().err().filter(|error| error.is_hopeless())) {
            Some(error) => Err(error.clone()),
            None => Ok(found),
        }
    }

    /// Blobs by REST. When the server stops answering, the rest is not asked for: a run must end.
    async fn one_by_one(&self, repository: &Repository, shas: Vec<&str>) -> Vec<(String, Result<Vec<u8>, Error>)> {
        let given_up: OnceLock<Error> = OnceLock::new();
        stream::iter(shas)
            .map(async |sha| {
                if let Some(error) = given_up.get() {
                    return (sha.to_owned(), Err(error.clone()));
                }
                let request = Request::get(repository.path(&format!("git/blobs/{sha}"))).raw();
                let answer = self.bytes_that(request, |bytes| is_blob(sha, bytes)).await;
                if let Err(error) = &answer
                    && (error.is_doubtful() || error.is_hopeless())
                {
                    given_up.set(error.clone()).ok();
                }
                (sha.to_owned(), answer)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }

    /// One batch; no text where GraphQL has none that is whole.
    async fn batch<'a>(
        &self,
        repository: &Repository,
        shas: Vec<&'a str>,
    ) -> Result<Vec<(&'a str, Option<String>)>, Error> {
        let mut query = String::from("query($owner:String!,$name:String!){repository(owner:$owner,name:$name){");
        for (index, sha) in shas.iter().enumerate() {
            write!(query, "b{index}:object(oid:\"{sha}\"){{...on Blob{{text isTruncated isBinary}}}}").ok();
        }
        query.push_str("}}");
        let variables = serde_json::json!({ "owner": repository.owner(), "name": repository.name() });
        let (data, errors) = self.query(&query, variables, Repeat::Safe).await?;
        for error in errors {
            tracing::debug!(message = error.message, "a part of a GraphQL answer is missing");
        }
        let texts = data.get("repository");
        let text = |(index, sha): (usize, &str)| {
            let text = whole_text(texts?.get(format!("b{index}"))?)?;
            is_blob(sha, text.as_bytes()).then_some(text)
        };
        Ok(shas.into_iter().enumerate().map(|(index, sha)| (sha, text((index, sha)))).collect())
    }
}

fn batches<'a>(blobs: &[&'a (String, u64)]) -> Vec<Vec<&'a str>> {
    let mut batches: Vec<Vec<&str>> = Vec::new();
    let mut bytes = 0;
    for (sha, size) in blobs {
        bytes += size;
        match batches.last_mut() {
            Some(batch) if batch.len() < OBJECTS && bytes <= BYTES => batch.push(sha),
            _ => {
                bytes = *size;
                batches.push(vec![sha]);
            }
        }
    }
    batches
}

/// The text, unless it was cut, is no text, or was decoded with losses: then the bytes must be read.
fn whole_text(blob: &Value) -> Option<String> {
    let is = |name: &str| blob.get(name).and_then(Value::as_bool).unwrap_or(false);
    let text = blob.get("text")?.as_str()?;
    (!is("isTruncated") && !is("isBinary") && !text.contains('\u{fffd}')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_stay_small_in_number_and_in_bytes() {
        let many: Vec<(String, u64)> = (0..250).map(|index| (index.to_string(), 10)).collect();
        let sizes = |blobs: &[(String, u64)]| {
            batches(&blobs.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&many), [100, 100, 50]);
        let heavy: Vec<(String, u64)> = (0..4).map(|index| (index.to_string(), BYTES / 2)).collect();
        assert_eq!(sizes(&heavy), [2, 2]);
        assert_eq!(sizes(&[]), [0; 0]);
    }

    #[test]
    fn a_text_with_losses_is_no_text() {
        let blob = |text: &str| serde_json::json!({ "text": text, "isTruncated": false, "isBinary": false });
        assert_eq!(whole_text(&blob("<Project/>")).as_deref(), Some("<Project/>"));
        assert_eq!(whole_text(&blob("caf\u{fffd}")), None);
        assert_eq!(whole_text(&serde_json::json!({ "text": "a", "isTruncated": true })), None);
        assert_eq!(whole_text(&Value::Null), None);
    }
}

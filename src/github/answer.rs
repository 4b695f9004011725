//! Parts that many of GitHub's answers share.

use serde::Deserialize;
use serde_json::Value;

use crate::github::client::{Client, Error, Failure, FieldError, Repeat};

impl Client {
    /// Reads by GraphQL what is of no use with gaps: an answer with errors is taken only when `is_whole` says that what matters is there,
    /// and asked for again as long as patience lasts.
    ///
    /// # Errors
    /// What went wrong; also when something that matters stays missing.
    pub(super) async fn query_whole(
        &self,
        query: &str,
        variables: Value,
        is_whole: impl Fn(&Value) -> bool,
    ) -> Result<(Value, Vec<FieldError>), Error> {
        let mut attempt = 1;
        loop {
            let (data, errors) = self.query(query, variables.clone(), Repeat::Safe).await?;
            if errors.is_empty() || is_whole(&data) {
                return Ok((data, errors));
            }
            let error = Error::new("POST /graphql", Failure::of_fields(&errors));
            if !self.pause(&error, attempt).await {
                return Err(error);
            }
            attempt += 1;
        }
    }
}

/// Whether no node of the list at `pointer` is missing: GraphQL leaves a null where it could not read one.
pub(super) fn has_all_nodes(data: &Value, pointer: &str) -> bool {
    let nodes = data.pointer(&format!("{pointer}/nodes")).and_then(Value::as_array);
    nodes.is_some_and(|nodes| nodes.iter().all(|node| !node.is_null()))
}

/// Where a page of a GraphQL list ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// The cursor of the next page; `None` when this is the last one.
    pub(super) fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

/// Who wrote something.
#[derive(Deserialize)]
pub(super) struct Author {
    login: String,
}

impl Author {
    /// The login without `[bot]`, which GraphQL leaves out and REST does not.
    pub(super) fn name(&self) -> String {
        self.login.trim_end_matches("[bot]").to_owned()
    }
}

/// The answer to a write.
#[derive(Deserialize)]
pub(super) struct Written {
    /// Where it can be seen.
    pub html_url: String,
}

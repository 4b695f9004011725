//! Parts that many of GitHub's answers share.

use serde::Deserialize;

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

//! Issues of a repository: those that are there, and one of our own.

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::github::answer::{Author, PageInfo, Written, has_all_nodes};
use crate::github::client::{Client, Error, Failure, Repeat, Request};
use crate::github::objects::Repository;

/// Pages of issues that are searched, those touched last first: 5,000 issues.
const MAX_PAGES: usize = 50;

const QUERY: &str = "query($owner:String!,$name:String!,$after:String){repository(owner:$owner,name:$name){\
    issues(first:100,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){pageInfo{hasNextPage endCursor} \
    nodes{number url body state viewerDidAuthor author{login}}}}}";

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its address.
    pub url: String,
    /// Its text.
    pub body: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether the token's own identity wrote it.
    pub own: bool,
    /// Login of the author, without `[bot]`; empty for an account that is gone.
    pub author: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    page_info: PageInfo,
    #[serde(default)]
    nodes: Vec<Option<Node>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    number: u64,
    url: String,
    #[serde(default)]
    body: String,
    state: String,
    #[serde(default)]
    viewer_did_author: bool,
    author: Option<Author>,
}

/// What an issue is to say.
#[derive(Debug, Clone)]
pub struct IssueText<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Whether it is open.
    pub open: bool,
}

impl Client {
    /// The issues that `wanted` keeps, open and closed, those touched last first.
    ///
    /// # Errors
    /// When the repository has no issues to read, or a request fails.
    pub async fn issues(&self, repository: &Repository, wanted: impl Fn(&Issue) -> bool) -> Result<Vec<Issue>, Error> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let variables = json!({ "owner": repository.owner(), "name": repository.name(), "after": after });
            // An issue of ours that is not seen is opened twice.
            let is_whole = |data: &Value| has_all_nodes(data, "/repository/issues");
            let (data, errors) = self.query_whole(QUERY, variables, is_whole).await?;
            let fail = |failure| Error::new("reading the issues", failure);
            let page = data.pointer("/repository/issues").filter(|page| !page.is_null()).cloned();
            let Some(page) = page else { return Err(fail(Failure::of_fields(&errors))) };
            let page: Page =
                serde_json::from_value(page).map_err(|error| fail(Failure::Unreadable(error.to_string())))?;
            found.extend(page.nodes.into_iter().flatten().map(Node::issue).filter(|issue| wanted(issue)));
            after = page.page_info.next();
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Opens an issue; gives its address. Never repeated: after a lost answer, look whether it is there.
    ///
    /// # Errors
    /// When it was refused, or its answer is lost.
    pub async fn open_issue(
        &self,
        repository: &Repository,
        text: &IssueText<'_>,
        labels: &[String],
        assignees: &[String],
    ) -> Result<String, Error> {
        let body = json!({ "title": text.title, "body": text.body, "labels": labels, "assignees": assignees });
        let request = Request::write(Method::POST, repository.path("issues"), Some(body), Repeat::Never);
        Ok(self.json::<Written>(request).await?.html_url)
    }

    /// Replaces title, text and state of an issue; gives its address.
    ///
    /// # Errors
    /// When it was refused, or the issue is gone.
    pub async fn edit_issue(
        &self,
        repository: &Repository,
        number: u64,
        text: &IssueText<'_>,
    ) -> Result<String, Error> {
        let mut body =
            json!({ "title": text.title, "body": text.body, "state": if text.open { "open" } else { "closed" } });
        if !text.open {
            body["state_reason"] = Value::from("completed");
        }
        let path = repository.path(&format!("issues/{number}"));
        Ok(self.json::<Written>(Request::write(Method::PATCH, path, Some(body), Repeat::Safe)).await?.html_url)
    }
}

impl Node {
    fn issue(self) -> Issue {
        let author = self.author.as_ref().map(Author::name).unwrap_or_default();
        let open = self.state.eq_ignore_ascii_case("open");
        Issue { number: self.number, url: self.url, body: self.body, open, own: self.viewer_did_author, author }
    }
}

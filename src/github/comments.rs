//! The conversation of a pull request: what stands there, and our own comment in it.

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::github::answer::{Author, PageInfo, Written, has_all_nodes};
use crate::github::client::{Client, Error, Failure, FieldError, Repeat, Request};
use crate::github::objects::Repository;

/// Pages of comments that are read; a conversation beyond 5,000 comments is not searched to its end.
const MAX_PAGES: usize = 50;

const QUERY: &str = "query($owner:String!,$name:String!,$number:Int!,$after:String,$file:String!,$reads:Boolean!){\
    repository(owner:$owner,name:$name){file:object(expression:$file)@include(if:$reads){...on Blob{text}} pullRequest(number:$number){headRefOid locked \
    labels(first:100){nodes{name}} \
    comments(first:100,after:$after){pageInfo{hasNextPage endCursor} \
    nodes{url body viewerDidAuthor author{login}}}}}}";

/// What stands on the page of a pull request.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// Tip of the head branch by now.
    pub head: String,
    /// Whether only people with write access may comment.
    pub locked: bool,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// Text of the file that was asked for beside; `None` when there is none.
    pub file: Option<String>,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// Its address.
    pub url: String,
    /// Its text.
    pub body: String,
    /// Whether the token's own identity wrote it.
    pub own: bool,
    /// Login of the author, without `[bot]`; empty for an account that is gone.
    pub author: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    head_ref_oid: String,
    #[serde(default)]
    locked: bool,
    labels: Option<Nodes<Label>>,
    comments: Nodes<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes<T> {
    #[serde(default = "Vec::new")]
    nodes: Vec<Option<T>>,
    page_info: Option<PageInfo>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    url: String,
    body: String,
    #[serde(default)]
    viewer_did_author: bool,
    author: Option<Author>,
}

impl Client {
    /// Reads the conversation of a pull request, all its pages; and, because it costs no request more, the text of a file
    /// (`COMMIT:PATH`).
    ///
    /// # Errors
    /// When the pull request is not there or a request fails.
    pub async fn conversation(
        &self,
        repository: &Repository,
        number: u64,
        file: Option<&str>,
    ) -> Result<Conversation, Error> {
        let mut conversation = Conversation::default();
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let variables = json!({
                "owner": repository.owner(), "name": repository.name(), "number": number, "after": after,
                "file": file.unwrap_or_default(), "reads": file.is_some() && after.is_none(),
            });
            let (data, errors) = self.query_whole(QUERY, variables, is_whole).await?;
            let fail = |failure| Error::new("reading the conversation", failure);
            let page = data.pointer("/repository/pullRequest").filter(|page| !page.is_null()).cloned();
            let page: Page = match page {
                Some(page) => {
                    serde_json::from_value(page).map_err(|error| fail(Failure::Unreadable(error.to_string())))?
                }
                None => return Err(fail(Failure::of_fields(&errors))),
            };
            if let Some(file) = file.filter(|_| after.is_none()) {
                conversation.file = self.beside(repository, file, &data, &errors).await?;
            }
            conversation.head = page.head_ref_oid;
            conversation.locked = page.locked;
            conversation.labels =
                page.labels.into_iter().flat_map(|labels| labels.nodes).flatten().map(|label| label.name).collect();
            conversation.comments.extend(page.comments.nodes.into_iter().flatten().filter_map(Node::comment));
            after = page.comments.page_info.and_then(PageInfo::next);
            if after.is_none() {
                break;
            }
        }
        Ok(conversation)
    }

    /// The text of the file that was asked for beside the conversation. GraphQL has none of a file that it takes for binary, and none
    /// where it failed: a file that is there must not count as absent.
    async fn beside(
        &self,
        repository: &Repository,
        file: &str,
        data: &Value,
        errors: &[FieldError],
    ) -> Result<Option<String>, Error> {
        let found = data.pointer("/repository/file").filter(|found| !found.is_null());
        match found.map(|found| found.get("text").and_then(Value::as_str)) {
            Some(Some(text)) => Ok(Some(text.to_owned())),
            None if errors.is_empty() => Ok(None),
            _ => {
                let (commit, path) = file.split_once(':').unwrap_or_default();
                self.file(repository, commit, path).await
            }
        }
    }

    /// Posts a comment; gives its address. Never repeated: after a lost answer, look whether it is there.
    ///
    /// # Errors
    /// When it was refused, or its answer is lost.
    pub async fn post_comment(&self, repository: &Repository, number: u64, body: &str) -> Result<String, Error> {
        let path = repository.path(&format!("issues/{number}/comments"));
        let request = Request::write(Method::POST, path, Some(json!({ "body": body })), Repeat::Never);
        Ok(self.json::<Written>(request).await?.html_url)
    }

    /// Replaces the text of a comment; gives its address.
    ///
    /// # Errors
    /// When it was refused, or the comment is gone.
    pub async fn edit_comment(&self, repository: &Repository, id: u64, body: &str) -> Result<String, Error> {
        let path = repository.path(&format!("issues/comments/{id}"));
        let request = Request::write(Method::PATCH, path, Some(json!({ "body": body })), Repeat::Safe);
        Ok(self.json::<Written>(request).await?.html_url)
    }

    /// Deletes a comment; one that is gone already is no error.
    ///
    /// # Errors
    /// When it was refused.
    pub async fn delete_comment(&self, repository: &Repository, id: u64) -> Result<(), Error> {
        let path = repository.path(&format!("issues/comments/{id}"));
        match self.bytes(Request::write(Method::DELETE, path, None::<Value>, Repeat::Safe)).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Whether nothing is missing by which our own comment is found and labels are told: a comment that is not seen is written twice.
fn is_whole(data: &Value) -> bool {
    ["comments", "labels"].iter().all(|list| has_all_nodes(data, &format!("/repository/pullRequest/{list}")))
}

impl Node {
    fn comment(self) -> Option<Comment> {
        // The address is the only field that holds the number on every server: `databaseId` ends at 2^31.
        let id = self.url.rsplit_once("issuecomment-")?.1.parse().ok()?;
        let author = self.author.as_ref().map(Author::name).unwrap_or_default();
        Some(Comment { id, url: self.url, body: self.body, own: self.viewer_did_author, author })
    }
}

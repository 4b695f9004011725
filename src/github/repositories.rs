//! The repositories of an owner, a page of a hundred in one request, with what filters ask and the commit that is at their heads.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::github::answer::PageInfo;
use crate::github::client::{Client, Error, Failure, Repeat};
use crate::github::objects::Repository;

const FIELDS: &str = "nameWithOwner url isArchived visibility \
    repositoryTopics(first:50){nodes{topic{name}}} languages(first:20){nodes{name}} \
    defaultBranchRef{target{oid}}";

/// A repository as lists show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// `OWNER/NAME`.
    pub name: String,
    /// Its page.
    pub url: String,
    /// The commit at the head of its default branch; `None` while it is empty.
    pub head: Option<String>,
    /// Whether it is archived.
    pub archived: bool,
    /// `public`, `private` or `internal`.
    pub visibility: String,
    /// Its topics.
    pub topics: Vec<String>,
    /// Its languages, as GitHub names them.
    pub languages: Vec<String>,
}

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The repositories.
    pub repositories: Vec<Listed>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
    /// How many repositories there are in all.
    pub total: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connected {
    #[serde(default)]
    total_count: usize,
    page_info: PageInfo,
    #[serde(default)]
    nodes: Vec<Option<Node>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    name_with_owner: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    is_archived: bool,
    #[serde(default)]
    visibility: String,
    repository_topics: Option<Nodes<Topic>>,
    languages: Option<Nodes<Named>>,
    default_branch_ref: Option<Branch>,
}

#[derive(Deserialize)]
struct Nodes<T> {
    #[serde(default = "Vec::new")]
    nodes: Vec<Option<T>>,
}

#[derive(Deserialize)]
struct Topic {
    topic: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Branch {
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    oid: String,
}

impl Client {
    /// A page of the repositories that an organisation or a person owns, by name.
    ///
    /// # Errors
    /// When there is no such owner, or the request fails.
    pub async fn repositories(&self, owner: &str, after: Option<&str>) -> Result<Page, Error> {
        let query = format!(
            "query($owner:String!,$after:String){{repositoryOwner(login:$owner){{repositories(first:100,after:$after,\
             ownerAffiliations:[OWNER],orderBy:{{field:NAME,direction:ASC}}){{totalCount pageInfo{{hasNextPage endCursor}} \
             nodes{{{FIELDS}}}}}}}}}"
        );
        let (data, errors) = self.query(&query, json!({ "owner": owner, "after": after }), Repeat::Safe).await?;
        let fail = |failure| Error::new(format!("listing the repositories of {owner}"), failure);
        let found = data.pointer("/repositoryOwner/repositories").filter(|found| !found.is_null()).cloned();
        let Some(found) = found else {
            return Err(fail(if errors.is_empty() { Failure::NotFound } else { Failure::of_fields(&errors) }));
        };
        let found: Connected =
            serde_json::from_value(found).map_err(|error| fail(Failure::Unreadable(error.to_string())))?;
        let next = found.page_info.next();
        let repositories = found.nodes.into_iter().flatten().map(Node::listed).collect();
        Ok(Page { repositories, next, total: found.total_count })
    }

    /// One repository, as the list would show it.
    ///
    /// # Errors
    /// When it is not there, or the request fails.
    pub async fn repository(&self, repository: &Repository) -> Result<Listed, Error> {
        let query = format!(
            "query($owner:String!,$name:String!){{repository(owner:$owner,name:$name,followRenames:true){{{FIELDS}}}}}"
        );
        let variables = json!({ "owner": repository.owner(), "name": repository.name() });
        let (data, errors) = self.query(&query, variables, Repeat::Safe).await?;
        let fail = |failure| Error::new(format!("finding {repository}"), failure);
        let node: Option<Value> = data.get("repository").filter(|node| !node.is_null()).cloned();
        let Some(node) = node else {
            return Err(fail(if errors.is_empty() { Failure::NotFound } else { Failure::of_fields(&errors) }));
        };
        let node: Node = serde_json::from_value(node).map_err(|error| fail(Failure::Unreadable(error.to_string())))?;
        Ok(node.listed())
    }
}

impl Node {
    fn listed(self) -> Listed {
        let topics = self.repository_topics.into_iter().flat_map(|list| list.nodes).flatten();
        Listed {
            name: self.name_with_owner,
            url: self.url,
            head: self.default_branch_ref.and_then(|branch| branch.target).map(|target| target.oid),
            archived: self.is_archived,
            visibility: self.visibility.to_ascii_lowercase(),
            topics: topics.map(|topic| topic.topic.name).collect(),
            languages: self.languages.into_iter().flat_map(|list| list.nodes).flatten().map(|it| it.name).collect(),
        }
    }
}

//! Recursive trees. A tree that the server truncates (100,000 entries or 7 MB) is walked folder by folder.

use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;

use super::{Repository, segment};
use crate::github::client::{Client, Error, Request};

/// Requests that one truncated tree may cost; what lies beyond is listed as unread.
const MAX_WALK: usize = 300;

/// Files of one commit that are listed; a repository of that size holds others' repositories, or a bomb.
const MAX_OBJECTS: usize = 1_000_000;

/// Sub-trees that are asked for at once.
const AT_ONCE: usize = 8;

/// All files of a commit.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Everything but folders.
    pub objects: Vec<Object>,
    /// Folders whose content could not be listed, because the tree is larger than the walk may be.
    pub unlisted: Vec<String>,
}

/// One path of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// From the root, with `/`.
    pub path: String,
    /// Id of the blob (of the commit, for a submodule).
    pub sha: String,
    /// What it is.
    pub kind: ObjectKind,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A file of so many bytes.
    File(u64),
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Submodule,
}

#[derive(Deserialize)]
struct Tree {
    tree: Vec<Node>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Node {
    path: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    sha: String,
    #[serde(default)]
    size: u64,
}

impl Client {
    /// All files of a commit (or tree) by its id.
    ///
    /// # Errors
    /// When it is gone or a request fails.
    pub async fn tree(&self, repository: &Repository, sha: &str) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let whole = self.tree_once(repository, sha, true).await?;
        if !whole.truncated {
            take(&mut listing, "", whole.tree);
            return Ok(listing);
        }
        tracing::debug!(sha, "the tree is truncated: walking it");
        let mut folders = vec![(String::new(), sha.to_owned(), false)];
        let mut asked = 0;
        while !folders.is_empty() {
            let batch: Vec<_> = folders.drain(..folders.len().min(AT_ONCE)).collect();
            if asked + batch.len() > MAX_WALK || listing.objects.len() > MAX_OBJECTS {
                listing.unlisted.extend(batch.into_iter().chain(folders.drain(..)).map(|(path, ..)| path));
                break;
            }
            asked += batch.len();
            let answers: Vec<_> = stream::iter(batch)
                .map(async |(path, sha, recursive)| {
                    let tree = self.tree_once(repository, &sha, recursive).await?;
                    Ok::<_, Error>((path, sha, recursive, tree))
                })
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            for (path, sha, recursive, tree) in answers {
                if tree.truncated && recursive {
                    folders.push((path, sha, false));
                    continue;
                }
                if tree.truncated {
                    listing.unlisted.push(path.clone());
                }
                folders.extend(
                    take(&mut listing, &path, tree.tree).into_iter().map(|(path, sha)| (path, sha, !recursive)),
                );
            }
        }
        Ok(listing)
    }

    async fn tree_once(&self, repository: &Repository, sha: &str, recursive: bool) -> Result<Tree, Error> {
        let query = if recursive { "?recursive=1" } else { "" };
        self.json(Request::get(repository.path(&format!("git/trees/{}{query}", segment(sha))))).await
    }
}

/// Adds the nodes of one answer below `folder`; gives the folders that the answer only names.
fn take(listing: &mut Listing, folder: &str, nodes: Vec<Node>) -> Vec<(String, String)> {
    let mut folders: Vec<(String, String)> = Vec::new();
    let mut listed = std::collections::HashSet::new();
    for node in nodes {
        let path = if folder.is_empty() { node.path } else { format!("{folder}/{}", node.path) };
        if let Some((parent, _)) = path.rsplit_once('/') {
            listed.insert(parent.to_owned());
        }
        let kind = match (node.kind.as_str(), node.mode.as_str()) {
            ("tree", _) => {
                folders.push((path, node.sha));
                continue;
            }
            ("commit", _) => ObjectKind::Submodule,
            (_, "120000") => ObjectKind::Link,
            _ => ObjectKind::File(node.size),
        };
        listing.objects.push(Object { path, sha: node.sha, kind });
    }
    folders.retain(|(path, _)| !listed.contains(path));
    folders
}

//! What is in a commit: the merge base, recursive trees, the bytes of blobs, and the archive.

mod archive;
mod blobs;
mod trees;

use serde::Deserialize;

use crate::github::client::{Client, Error, Request};

pub use archive::MAX_ARCHIVE;
pub use trees::{Listing, Object, ObjectKind};

/// A repository on the server, its parts checked to be harmless in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    owner: String,
    name: String,
}

impl Repository {
    /// Reads `OWNER/NAME`; `None` when it is no such thing.
    ///
    /// ```
    /// use identityserver_upgrade::github::objects::Repository;
    /// assert!(Repository::parse("acme/login").is_some());
    /// assert!(Repository::parse("acme/login/../x").is_none());
    /// assert!(Repository::parse("acme/..").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let good = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
                && part.bytes().any(|byte| byte != b'.')
        };
        (good(owner) && good(name)).then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }

    /// The account it belongs to.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name without the owner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its REST path with `rest` below it: `/repos/OWNER/NAME/rest`.
    pub fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{}/{rest}", self.owner, self.name)
    }
}

impl std::fmt::Display for Repository {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

/// Whether `text` is a full commit or blob id (SHA-1 or SHA-256).
pub fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// One segment of an address, percent-encoded.
pub fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}

impl Client {
    /// The id of the commit that a branch, tag or id means.
    ///
    /// # Errors
    /// When it does not exist, or the request fails.
    pub async fn commit(&self, repository: &Repository, name: &str) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Commit {
            sha: String,
        }
        if is_sha(name) {
            return Ok(name.to_owned());
        }
        let path = repository.path(&format!("commits/{}", segment(name)));
        Ok(self.json::<Commit>(Request::get(path)).await?.sha)
    }

    /// The text of a file at a commit, decoded with losses; `None` when it is not there.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn file(&self, repository: &Repository, commit: &str, path: &str) -> Result<Option<String>, Error> {
        let path: Vec<String> = path.split('/').map(segment).collect();
        let path = repository.path(&format!("contents/{}?ref={}", path.join("/"), segment(commit)));
        match self.bytes(Request::get(path).raw()).await {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The id of the commit where `head` left the history of `base`.
    ///
    /// # Errors
    /// When a commit is gone, the histories have nothing in common, or the request fails.
    pub async fn merge_base(&self, repository: &Repository, base: &str, head: &str) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Comparison {
            merge_base_commit: Commit,
        }
        #[derive(Deserialize)]
        struct Commit {
            sha: String,
        }
        // Files and their patches come with the first page only; nobody needs them here.
        let path = repository.path(&format!("compare/{}...{}?per_page=1&page=2", segment(base), segment(head)));
        Ok(self.json::<Comparison>(Request::get(path)).await?.merge_base_commit.sha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cannot_leave_their_place() {
        assert_eq!(segment("feature/a b?c#d"), "feature%2Fa%20b%3Fc%23d");
        assert_eq!(segment("../.."), "..%2F..");
    }

    #[test]
    fn ids_are_full_and_lower_case() {
        assert!(is_sha(&"a1".repeat(20)));
        assert!(!is_sha("a1b2c3d"));
        assert!(!is_sha(&"A1".repeat(20)));
    }
}

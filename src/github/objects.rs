//! What is in a commit: the merge base, recursive trees, the bytes of blobs, and the archive.

mod archive;
mod blobs;
mod trees;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::Digest;

use crate::github::client::{Client, Error, Failure, Request};

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

/// Whether these bytes are the blob of this id: git names a blob by the hash of its content, so that a proxy's page of words, an
/// archive that was edited on its way, or half an answer is never taken for a file.
pub fn is_blob(sha: &str, bytes: &[u8]) -> bool {
    fn hash<D: Digest>(bytes: &[u8]) -> String {
        let digest = D::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
        digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
    sha == if sha.len() == 64 { hash::<sha2::Sha256>(bytes) } else { hash::<sha1::Sha1>(bytes) }
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
        #[derive(Deserialize)]
        struct File {
            sha: String,
            content: String,
        }
        let path: Vec<String> = path.split('/').map(segment).collect();
        let path = repository.path(&format!("contents/{}?ref={}", path.join("/"), segment(commit)));
        let request = Request::get(path);
        let name = request.name();
        match self.json::<File>(request).await {
            Ok(file) => {
                let plain: String = file.content.split_whitespace().collect();
                let bytes = STANDARD.decode(plain).ok().filter(|bytes| is_blob(&file.sha, bytes));
                let broken = || Error::new(name, Failure::Unreadable("its bytes are not those of the file".into()));
                bytes.map(|bytes| Some(String::from_utf8_lossy(&bytes).into_owned())).ok_or_else(broken)
            }
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
    fn bytes_are_held_to_their_id() {
        // `git hash-object`, with `--object-format=sha256` for the second.
        let old = "5dd01c177f5d7d1be5346a5bc18a569a7410c2ef";
        let new = "178b5fbed164aee269fee7323badf7269cca0eed0875717b0d2d4f9819164c3f";
        assert!(is_blob(old, b"Hello, world!"));
        assert!(!is_blob(old, b"Hello, world?") && is_blob(new, b"Hello, world!"));
    }

    #[test]
    fn ids_are_full_and_lower_case() {
        assert!(is_sha(&"a1".repeat(20)));
        assert!(!is_sha("a1b2c3d"));
        assert!(!is_sha(&"A1".repeat(20)));
    }
}

//! Labels of a pull request: set and removed.

use http::Method;
use serde_json::{Value, json};

use crate::github::client::{Client, Error, Repeat, Request};
use crate::github::objects::{Repository, segment};

impl Client {
    /// Sets labels; those that the repository does not know are created by the server.
    ///
    /// # Errors
    /// When it was refused.
    pub async fn add_labels(&self, repository: &Repository, number: u64, names: &[&str]) -> Result<(), Error> {
        let path = repository.path(&format!("issues/{number}/labels"));
        self.bytes(Request::write(Method::POST, path, Some(json!({ "labels": names })), Repeat::Safe)).await.map(drop)
    }

    /// Removes a label; one that is not there is no error.
    ///
    /// # Errors
    /// When it was refused.
    pub async fn remove_label(&self, repository: &Repository, number: u64, name: &str) -> Result<(), Error> {
        let path = repository.path(&format!("issues/{number}/labels/{}", segment(name)));
        match self.bytes(Request::write(Method::DELETE, path, None::<Value>, Repeat::Safe)).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}

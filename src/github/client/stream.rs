//! An answer that is read piece by piece.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;

use super::{Error, Failure};

/// The bytes of an answer, as they come.
#[derive(Debug)]
pub struct Stream {
    name: String,
    body: BoxBody<Bytes, octocrab::Error>,
    patience: Duration,
}

impl Stream {
    pub(super) fn new(name: String, body: BoxBody<Bytes, octocrab::Error>, patience: Duration) -> Self {
        Self { name, body, patience }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the connection is cut, or silent for longer than one request may take.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let frame = tokio::time::timeout(self.patience, self.body.frame())
                .await
                .map_err(|_| self.cut("no more bytes in time"))?;
            match frame {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.cut(&error.to_string())),
                // Trailers are no data.
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    fn cut(&self, reason: &str) -> Error {
        Error::new(self.name.as_str(), Failure::Transport(reason.to_owned()))
    }
}

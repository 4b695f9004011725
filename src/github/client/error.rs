//! What a failed request means, told from status, headers and message.

use std::time::Duration;

use http::HeaderMap;
use serde::Deserialize;

/// A request that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{request}: {failure}")]
pub struct Error {
    /// Method and path.
    pub request: String,
    /// What it means.
    pub failure: Failure,
}

/// Why a request failed; callers branch on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The client could not be set up: an address, the token, or TLS.
    #[error("{0}")]
    Setup(String),
    /// 401: the token is missing, wrong or expired.
    #[error("the token is not accepted (401)")]
    Unauthorised,
    /// 403: the token may not do this.
    #[error("the token may not do this (403: {0})")]
    Forbidden(String),
    /// 403 with words about a locked conversation.
    #[error("the conversation is locked")]
    Locked,
    /// 403 or 429 with a limit; nothing was done.
    #[error("the rate limit is reached")]
    RateLimited {
        /// How long the server asks to wait; `None` when it does not say.
        wait: Option<Duration>,
    },
    /// 404: not there, or the token may not see it.
    #[error("not found (404)")]
    NotFound,
    /// Any other 3xx or 4xx: asking again in the same words cannot help.
    #[error("refused ({status}: {message})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's words, cut.
        message: String,
    },
    /// 5xx.
    #[error("the server failed ({status})")]
    Server {
        /// HTTP status.
        status: u16,
        /// How long the server asks to wait.
        wait: Option<Duration>,
    },
    /// No answer: a timeout, a connection that was cut, a name that does not resolve.
    #[error("no answer: {0}")]
    Transport(String),
    /// An answer that is not what GitHub documents.
    #[error("an answer that cannot be read: {0}")]
    Unreadable(String),
}

/// An error of one field of a GraphQL answer.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct FieldError {
    /// Kind, such as `NOT_FOUND`, `FORBIDDEN` or `RATE_LIMITED`; empty when not told.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// In words.
    #[serde(default)]
    pub message: String,
}

impl Error {
    /// A failure of a request.
    pub fn new(request: impl Into<String>, failure: Failure) -> Self {
        Self { request: request.into(), failure }
    }

    /// Whether the same request may work in a while. 409 is what a repository answers that is just being made or moved, and
    /// 408 a server that got tired of waiting.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.failure,
            Failure::RateLimited { .. }
                | Failure::Server { .. }
                | Failure::Transport(_)
                | Failure::Refused { status: 408 | 409, .. }
        )
    }

    /// Whether it may have been done all the same, or may work in a while. An answer that cannot be read is an answer to something.
    pub fn is_doubtful(&self) -> bool {
        self.is_transient() || matches!(self.failure, Failure::Unreadable(_))
    }

    /// Whether no request can succeed: the token is not accepted, or the client could not be set up.
    pub fn is_hopeless(&self) -> bool {
        matches!(self.failure, Failure::Unauthorised | Failure::Setup(_))
    }

    /// Whether the token lacks a permission. A token that may not see a thing gets 404 as well, but so does everybody when it is gone.
    pub fn is_forbidden(&self) -> bool {
        matches!(self.failure, Failure::Forbidden(_))
    }

    /// Whether the thing is not there, or not for this token.
    pub fn is_not_found(&self) -> bool {
        self.failure == Failure::NotFound
    }
}

impl Failure {
    /// What a status, its headers and the beginning of its body mean.
    pub fn of_status(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        #[derive(Default, Deserialize)]
        struct Said {
            #[serde(default)]
            message: String,
            #[serde(default)]
            errors: serde_json::Value,
        }
        let said: Said = serde_json::from_slice(body).unwrap_or_default();
        let wait = asked_wait(headers);
        let about_limits = said.message.to_ascii_lowercase().contains("rate limit");
        match status {
            401 => Self::Unauthorised,
            429 => Self::RateLimited { wait },
            403 if wait.is_some() || about_limits => Self::RateLimited { wait },
            403 if said.message.to_ascii_lowercase().contains("locked") => Self::Locked,
            403 => Self::Forbidden(cut(&said.message)),
            404 => Self::NotFound,
            500.. => Self::Server { status, wait },
            _ => {
                let details = if said.errors.is_null() { String::new() } else { format!(" {}", said.errors) };
                Self::Refused { status, message: cut(&format!("{}{details}", said.message)) }
            }
        }
    }

    /// What it means that a GraphQL answer holds no data, or not enough.
    pub fn of_fields(errors: &[FieldError]) -> Self {
        let has = |kind: &str| errors.iter().any(|error| error.kind == kind);
        let message = errors.first().map_or_else(|| "neither data nor errors".to_owned(), |error| cut(&error.message));
        if has("RATE_LIMITED") || errors.iter().any(|error| error.message.to_ascii_lowercase().contains("rate limit")) {
            Self::RateLimited { wait: None }
        } else if has("FORBIDDEN") || has("INSUFFICIENT_SCOPES") {
            Self::Forbidden(message)
        } else if has("NOT_FOUND") {
            Self::NotFound
        } else if errors.is_empty() {
            Self::Unreadable(message)
        } else if errors.iter().any(|error| error.message.starts_with(BROKE)) {
            Self::Server { status: 200, wait: None }
        } else {
            Self::Refused { status: 200, message }
        }
    }
}

/// How GitHub's GraphQL begins to say that it took too long, or broke, on its side. No field of the answer says so.
const BROKE: &str = "Something went wrong while executing your query";

/// The wait that `retry-after` or an exhausted `x-ratelimit-reset` asks for.
fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(Duration::from_secs(seconds));
    }
    if number("x-ratelimit-remaining")? > 0 {
        return None;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(number("x-ratelimit-reset")?.saturating_sub(now)))
}

/// An error with its causes: the outermost of a connection says little.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    cut(&text)
}

/// The first 300 characters, on one line.
fn cut(text: &str) -> String {
    text.chars().take(300).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_mean_what_github_documents() {
        #[track_caller]
        fn case(status: u16, headers: &[(&'static str, &str)], message: &str, expected: &Failure) {
            let headers = headers
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().expect("a value")))
                .collect();
            let body = serde_json::json!({ "message": message }).to_string();
            assert_eq!(&Failure::of_status(status, &headers, body.as_bytes()), expected);
        }
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        case(401, &[], "Bad credentials", &Failure::Unauthorised);
        case(
            403,
            &[],
            "Resource not accessible by integration",
            &Failure::Forbidden("Resource not accessible by integration".into()),
        );
        case(403, &[("retry-after", "7")], "", &Failure::RateLimited { wait: seconds(7) });
        case(403, &[], "You have exceeded a secondary rate limit", &Failure::RateLimited { wait: None });
        case(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")],
            "",
            &Failure::RateLimited { wait: seconds(0) },
        );
        case(403, &[("x-ratelimit-remaining", "12")], "no", &Failure::Forbidden("no".into()));
        case(403, &[], "Unable to create comment because issue is locked.", &Failure::Locked);
        case(404, &[], "Not Found", &Failure::NotFound);
        case(422, &[], "Validation Failed", &Failure::Refused { status: 422, message: "Validation Failed".into() });
        case(429, &[], "", &Failure::RateLimited { wait: None });
        case(503, &[("retry-after", "2")], "", &Failure::Server { status: 503, wait: seconds(2) });
    }

    #[test]
    fn a_body_that_is_no_json_still_has_a_meaning() {
        assert_eq!(Failure::of_status(502, &HeaderMap::new(), b"<html>"), Failure::Server { status: 502, wait: None });
        assert_eq!(Failure::of_status(403, &HeaderMap::new(), b"\xff"), Failure::Forbidden(String::new()));
    }

    #[test]
    fn an_answer_without_data_has_a_meaning() {
        let error = |kind: &str| FieldError { kind: kind.into(), message: "words".into() };
        assert_eq!(Failure::of_fields(&[error("RATE_LIMITED")]), Failure::RateLimited { wait: None });
        assert_eq!(Failure::of_fields(&[error("FORBIDDEN")]), Failure::Forbidden("words".into()));
        assert_eq!(Failure::of_fields(&[error("NOT_FOUND")]), Failure::NotFound);
        assert!(matches!(Failure::of_fields(&[]), Failure::Unreadable(_)));
        let broke =
            FieldError { message: format!("{BROKE}. Please include `1:2` when reporting."), ..FieldError::default() };
        assert_eq!(Failure::of_fields(&[broke]), Failure::Server { status: 200, wait: None });
    }
}

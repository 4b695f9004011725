//! One client for all requests: hosts, token, patience, counting, and what each failure means.
//!
//! octocrab carries the requests; nothing of its models or its retries is used: its retries repeat POSTs, and a comment
//! that is posted again after a lost answer is a duplicate. Here only what may be repeated is repeated.

mod budget;
mod connection;
mod error;
mod patience;
mod stream;
mod tls;

pub use budget::Budget;
pub use error::{Error, Failure, FieldError};
pub use patience::Patience;
pub use stream::Stream;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{Method, Uri};
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

/// Answers above this size (bytes) are refused: the largest that GitHub documents is a blob of 100 MB, of which we read 16.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// How GitHub is reached.
#[derive(Clone)]
pub struct Connection {
    /// REST root without trailing slash: `https://api.github.com`, `https://HOST/api/v3`.
    pub api: String,
    /// The GraphQL address: `https://api.github.com/graphql`, `https://HOST/api/graphql`.
    pub graphql: String,
    /// Where people look: `https://github.com`.
    pub server: String,
    /// The token; empty for none. Sent to the hosts above only, and never printed.
    pub token: String,
    /// How long to wait for what.
    pub patience: Patience,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connection").field("api", &self.api).finish_non_exhaustive()
    }
}

/// What may be done when the answer to a request is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Asking twice is like asking once: a read, or a write of the whole value.
    Safe,
    /// It may have happened: only the caller can find out.
    Never,
}

/// A request to the REST interface, below the REST root.
#[derive(Debug)]
pub struct Request {
    method: Method,
    path: String,
    accept: &'static str,
    body: Option<Value>,
    repeat: Repeat,
}

impl Request {
    /// Reads `path`, such as `/repos/o/r/labels?per_page=100`, its segments already percent-encoded.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), accept: JSON, body: None, repeat: Repeat::Safe }
    }

    /// Writes `body`.
    pub fn write(method: Method, path: impl Into<String>, body: Option<Value>, repeat: Repeat) -> Self {
        Self { method, path: path.into(), accept: JSON, body, repeat }
    }

    /// How it is named in messages: method and path, without the query.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path.split('?').next().unwrap_or_default())
    }

    /// Asks for the bytes of a blob or an archive instead of JSON.
    #[must_use]
    pub fn raw(mut self) -> Self {
        self.accept = "application/vnd.github.raw+json";
        self
    }
}

const JSON: &str = "application/vnd.github+json";

/// A connection to GitHub that counts what it asks.
#[derive(Debug)]
pub struct Client {
    transport: Octocrab,
    connection: Connection,
    requests: AtomicU32,
    waited: Mutex<Duration>,
    shared: budget::Shared,
}

impl Client {
    /// Allows at most `at_once` requests under way at a time. To be said once, before the first request.
    pub fn narrow(&self, at_once: usize) {
        self.shared.narrow(at_once);
    }

    /// Prepares a connection; nothing is sent yet. Needs a running tokio runtime.
    ///
    /// # Errors
    /// When an address or the token cannot be used in a request, or TLS cannot be set up.
    pub fn new(connection: Connection) -> Result<Self, Error> {
        let fault = |what: &str| Error::new("connecting", Failure::Setup(what.to_owned()));
        let agent = concat!("identityserver-upgrade/", env!("CARGO_PKG_VERSION"));
        let client = tls::client(&connection.patience).map_err(|error| fault(&error))?;
        let mut builder = Octocrab::builder()
            .base_uri(origin(&connection.api).ok_or_else(|| fault("the REST address is no URL"))?)
            .and_then(|builder| builder.upload_uri(origin(&connection.graphql).unwrap_or_default()))
            .map_err(|error| fault(&error.to_string()))?
            .add_header(USER_AGENT, agent.to_owned());
        if !connection.token.is_empty() {
            // octocrab unwraps the header it makes of the token.
            if !connection.token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(fault("the token holds characters that no token has"));
            }
            builder = builder.personal_token(connection.token.clone());
        }
        let transport = builder.build_with_reqwest(client).map_err(|error| fault(&error.to_string()))?;
        Ok(Self {
            transport,
            connection,
            requests: AtomicU32::new(0),
            waited: Mutex::default(),
            shared: budget::Shared::default(),
        })
    }

    /// The site that people look at, without trailing slash.
    pub fn server(&self) -> &str {
        &self.connection.server
    }

    /// How many requests were sent, repetitions included.
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What the rate limits leave, as the last answers told it; `None` when none did.
    pub fn budget(&self) -> Option<Budget> {
        self.shared.budget()
    }

    /// Sends a request and reads its answer as JSON.
    ///
    /// # Errors
    /// What went wrong, and whether it may help to try later.
    pub async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let address = format!("{}{}", self.connection.api, request.path);
        self.repeat(&request, &address, parse).await
    }

    /// Sends a request and gives the bytes of its answer.
    ///
    /// # Errors
    /// What went wrong, and whether it may help to try later.
    pub async fn bytes(&self, request: Request) -> Result<Vec<u8>, Error> {
        self.bytes_that(request, |_| true).await
    }

    /// Sends a request and gives the bytes of its answer, once they are what they should be.
    ///
    /// # Errors
    /// What went wrong, and whether it may help to try later.
    pub async fn bytes_that(&self, request: Request, are_right: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, Error> {
        let address = format!("{}{}", self.connection.api, request.path);
        let read = |bytes: &[u8]| {
            let wrong = || Failure::Unreadable("the bytes are not what was asked for".into());
            are_right(bytes).then(|| bytes.to_vec()).ok_or_else(wrong)
        };
        self.repeat(&request, &address, read).await
    }

    /// Asks a GraphQL question, and gives `data` beside the errors of single fields.
    ///
    /// # Errors
    /// What went wrong; also when there are errors and no data at all.
    pub async fn query(
        &self,
        query: &str,
        variables: Value,
        repeat: Repeat,
    ) -> Result<(Value, Vec<FieldError>), Error> {
        #[derive(serde::Deserialize)]
        struct Answer {
            data: Option<Value>,
            #[serde(default)]
            errors: Vec<FieldError>,
        }
        let body = serde_json::json!({ "query": query, "variables": variables });
        let request = Request { method: Method::POST, path: "/graphql".into(), accept: JSON, body: Some(body), repeat };
        let read = |bytes: &[u8]| {
            let answer: Answer = parse(bytes)?;
            let data = answer.data.filter(|data| !data.is_null());
            data.ok_or_else(|| Failure::of_fields(&answer.errors)).map(|data| (data, answer.errors))
        };
        self.repeat(&request, &self.connection.graphql, read).await
    }

    /// Opens the answer of a read as a stream of bytes; it is not repeated once bytes have come.
    ///
    /// # Errors
    /// What went wrong before the first byte.
    pub async fn open(&self, request: &Request) -> Result<Stream, Error> {
        let address = format!("{}{}", self.connection.api, request.path);
        self.shared.allowed().await;
        let response = self.once(request, &address, 1).await?;
        Ok(Stream::new(request.name(), response.into_body(), self.connection.patience.request))
    }

    /// Waits as an error asks, within what is left of the patience.
    ///
    /// Gives `false`, at once, when waiting cannot help or would take too long.
    pub async fn pause(&self, error: &Error, attempt: u32) -> bool {
        let Some(wait) = self.take_wait(error, attempt) else { return false };
        tracing::debug!(milliseconds = wait.as_millis(), "waiting before another try");
        tokio::time::sleep(wait).await;
        true
    }

    fn take_wait(&self, error: &Error, attempt: u32) -> Option<Duration> {
        let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.connection.patience.wait(attempt, error, *waited)?;
        *waited += wait;
        if matches!(error.failure, Failure::RateLimited { .. }) {
            self.shared.hold(wait);
        }
        Some(wait)
    }

    /// Adds the time of a failed try to what the run has spent.
    fn lose(&self, time: Duration) {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    /// Asks until there is an answer that `read` understands, as long as the request may be repeated and patience lasts.
    async fn repeat<T>(
        &self,
        request: &Request,
        address: &str,
        read: impl Fn(&[u8]) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let mut attempt = 1;
        loop {
            self.shared.allowed().await;
            let slot = self.shared.slots.acquire().await;
            let started = Instant::now();
            let whole = self.whole(request, address, attempt).await;
            drop(slot);
            let answer = whole.and_then(|bytes| read(&bytes).map_err(|failure| Error::new(request.name(), failure)));
            let error = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            self.lose(started.elapsed());
            if request.repeat == Repeat::Never || !self.pause(&error, attempt).await {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// One try, body included, within the time that one request may take.
    async fn whole(&self, request: &Request, address: &str, attempt: u32) -> Result<Bytes, Error> {
        let all = async {
            let response = self.once(request, address, attempt).await?;
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
            let body = body.map_err(|error| Error::new(request.name(), Failure::Transport(error.to_string())))?;
            Ok(body.to_bytes())
        };
        tokio::time::timeout(self.connection.patience.request, all)
            .await
            .unwrap_or_else(|_| Err(Error::new(request.name(), Failure::Transport("no answer in time".into()))))
    }

    async fn once(&self, request: &Request, address: &str, attempt: u32) -> Result<Response, Error> {
        let span = tracing::debug_span!("request", method = %request.method, path = %request.path, attempt);
        let sent = self.send(request, address);
        async {
            let started = Instant::now();
            let result = sent.await;
            let milliseconds = started.elapsed().as_millis();
            match &result {
                Ok(response) => tracing::debug!(status = response.status().as_u16(), milliseconds, "answered"),
                Err(error) => tracing::debug!(%error, milliseconds, "failed"),
            }
            result
        }
        .instrument(span)
        .await
    }

    /// What a server said, which may repeat what it was sent.
    fn without_token(&self, said: &[u8]) -> String {
        let said = String::from_utf8_lossy(said);
        let token = self.connection.token.as_str();
        if token.is_empty() { said.into_owned() } else { said.replace(token, "***") }
    }

    async fn send(&self, request: &Request, address: &str) -> Result<Response, Error> {
        let fail = |failure| Error::new(request.name(), failure);
        let uri: Uri = address.parse().map_err(|_| fail(Failure::Setup(format!("`{address}` is no address"))))?;
        let builder = http::Request::builder().method(request.method.clone()).uri(uri).header(ACCEPT, request.accept);
        let prepared = self
            .transport
            .build_request(builder, request.body.as_ref())
            .map_err(|error| fail(Failure::Setup(error.to_string())))?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = tokio::time::timeout(self.connection.patience.request, self.transport.execute(prepared)).await;
        let response = match response {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(fail(Failure::Transport(error::causes(&error)))),
            Err(_) => return Err(fail(Failure::Transport("no answer in time".into()))),
        };
        self.shared.note(response.headers());
        if response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let text =
            Limited::new(body, 64 * 1024).collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Err(fail(Failure::of_status(head.status.as_u16(), &head.headers, self.without_token(&text).as_bytes())))
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::Unreadable(error.to_string()))
}

/// Scheme and host of an address: octocrab would put a path of its base before every address, GraphQL's too.
fn origin(address: &str) -> Option<Uri> {
    let parts = address.parse::<Uri>().ok()?.into_parts();
    Uri::builder().scheme(parts.scheme?).authority(parts.authority?).path_and_query("/").build().ok()
}

type Response = http::Response<http_body_util::combinators::BoxBody<Bytes, octocrab::Error>>;

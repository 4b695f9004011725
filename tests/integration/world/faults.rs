//! What can go wrong on the way.

use axum::body::Body;
use axum::response::Response;

/// Something that goes wrong with one operation.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Name of the operation; `*` for any.
    pub operation: String,
    /// How often.
    pub times: u32,
    /// Whether the operation is done all the same, and only its answer is lost.
    pub after: bool,
    /// What goes wrong.
    pub kind: Kind,
}

/// Kinds of faults.
#[derive(Clone, Debug)]
pub enum Kind {
    /// An answer with this status, these headers and this message.
    Status(u16, Vec<(&'static str, &'static str)>, &'static str),
    /// No answer for longer than anybody waits.
    Silence,
    /// The connection ends within the answer.
    Cut,
    /// An answer that is no JSON.
    Garbage,
    /// A GraphQL answer with gaps: these places of `data` are null, and an error of this type and message says so. Only its answer is
    /// touched, so it wants `after`.
    Gaps(Vec<&'static str>, &'static str, &'static str),
}

impl Fault {
    /// A fault of `operation` that happens `times` times.
    pub fn of(operation: &str, times: u32, kind: Kind) -> Self {
        Self { operation: operation.to_owned(), times, after: false, kind }
    }

    /// The kinds that every request must survive, by name.
    pub fn kinds() -> Vec<(&'static str, Kind)> {
        let status = |status, message| Kind::Status(status, Vec::new(), message);
        vec![
            ("401", status(401, "Bad credentials")),
            ("403 read-only", status(403, "Resource not accessible by integration")),
            ("403 limit", Kind::Status(403, vec![("retry-after", "0")], "You have exceeded a secondary rate limit")),
            ("404", status(404, "Not Found")),
            ("409", status(409, "Conflict")),
            ("422", status(422, "Validation Failed")),
            ("429", Kind::Status(429, vec![("retry-after", "0")], "Too many requests")),
            ("500", status(500, "Server Error")),
            ("502", status(502, "Bad Gateway")),
            ("timeout", Kind::Silence),
            ("cut", Kind::Cut),
            ("garbage", Kind::Garbage),
        ]
    }

    /// A fault that leaves gaps in the answers of a GraphQL operation.
    pub fn gaps(
        operation: &str,
        times: u32,
        places: &[&'static str],
        kind: &'static str,
        message: &'static str,
    ) -> Self {
        Self { after: true, ..Self::of(operation, times, Kind::Gaps(places.to_vec(), kind, message)) }
    }

    /// What is left of a right answer.
    pub(super) async fn spoil(&self, right: Response) -> Response {
        let Kind::Gaps(places, kind, message) = &self.kind else { return self.answer().await };
        let bytes = axum::body::to_bytes(right.into_body(), usize::MAX).await.expect("our own answer");
        let mut answer: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let mut errors = Vec::new();
        for place in places {
            if let Some(value) = answer["data"].pointer_mut(place) {
                *value = serde_json::Value::Null;
            }
            let mut error =
                serde_json::json!({ "message": message, "path": place.split('/').skip(1).collect::<Vec<_>>() });
            if !kind.is_empty() {
                error["type"] = (*kind).into();
            }
            errors.push(error);
        }
        answer["errors"] = errors.into();
        Response::new(Body::from(answer.to_string()))
    }

    pub(super) async fn answer(&self) -> Response {
        match &self.kind {
            Kind::Status(status, headers, message) => {
                let mut response = Response::builder().status(*status);
                for (name, value) in headers {
                    response = response.header(*name, *value);
                }
                response.body(Body::from(serde_json::json!({ "message": message }).to_string())).expect("an answer")
            }
            Kind::Silence => {
                tokio::time::sleep(std::time::Duration::from_secs(20)).await;
                Response::new(Body::empty())
            }
            Kind::Cut => {
                let pieces = [Ok("{\"sha\": \"".to_owned()), Err(std::io::Error::other("cut"))];
                Response::new(Body::from_stream(futures::stream::iter(pieces)))
            }
            Kind::Garbage => Response::new(Body::from("<html>What?</html>")),
            Kind::Gaps(..) => unreachable!("made of the answer, not in its place"),
        }
    }
}

/// The fault that the next request of an operation meets, used up by one.
pub(super) fn take(faults: &mut [Fault], operation: &str) -> Option<Fault> {
    let fits = |fault: &&mut Fault| fault.times > 0 && (fault.operation == "*" || fault.operation == operation);
    let fault = faults.iter_mut().find(fits)?;
    fault.times -= 1;
    Some(fault.clone())
}

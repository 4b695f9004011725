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

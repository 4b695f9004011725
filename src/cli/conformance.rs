//! `conformance`: lets anybody hold the engine against a table.
//!
//! A JSON request per line on standard input, a JSON reply per line on standard output, in the same order, flushed after each
//! line. A reply is `{"ok": VALUE}`, `{"error": "text"}` or `{"unsupported": true}`; a line that is no request gets an error,
//! and nothing ends the process before the end of input.

mod msbuild;

use std::io::{BufRead, ErrorKind, Write};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::range::Range;
use crate::version::Version;

/// One question. Fields that an operation does not name are ignored.
#[derive(Debug, Deserialize)]
#[serde(tag = "op")]
enum Request {
    #[serde(rename = "version.parse")]
    VersionParse { input: String },
    #[serde(rename = "version.compare")]
    VersionCompare { a: String, b: String },
    #[serde(rename = "version.sort")]
    VersionSort { input: Vec<String> },
    #[serde(rename = "range.parse")]
    RangeParse { input: String },
    #[serde(rename = "range.satisfies")]
    RangeSatisfies { range: String, version: String },
    #[serde(rename = "range.eligible")]
    RangeEligible { range: String, version: String },
    #[serde(rename = "range.best_match")]
    RangeBestMatch { range: String, versions: Vec<String> },
    #[serde(rename = "condition")]
    Condition(msbuild::Condition),
    #[serde(rename = "expand")]
    Expand(msbuild::Expansion),
}

/// One answer.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Reply {
    /// The value.
    Ok(Value),
    /// Why there is none.
    Error(String),
    /// Always true: the question is understood, but this build cannot answer it.
    Unsupported(bool),
}

/// Runs until the end of standard input; gives the exit code.
pub fn run() -> anyhow::Result<u8> {
    match answer_all(std::io::stdin().lock(), std::io::stdout().lock()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("could not answer the requests"),
        _ => Ok(0),
    }
}

fn answer_all(mut requests: impl BufRead, mut replies: impl Write) -> std::io::Result<()> {
    let mut line = Vec::new();
    while requests.read_until(b'\n', &mut line)? > 0 {
        let reply = match serde_json::from_slice(&line) {
            Ok(request) => answer(&request).unwrap_or_else(|error| Reply::Error(format!("{error:#}"))),
            Err(error) => Reply::Error(format!("no request: {error}")),
        };
        serde_json::to_writer(&mut replies, &reply)?;
        replies.write_all(b"\n")?;
        replies.flush()?;
        line.clear();
    }
    Ok(())
}

fn answer(request: &Request) -> anyhow::Result<Reply> {
    let value = match request {
        Request::VersionParse { input } => input.parse().map_or(Value::Null, |version| describe_version(&version)),
        Request::VersionCompare { a, b } => json!(a.parse::<Version>()?.cmp(&b.parse()?) as i8),
        Request::VersionSort { input } => json!(sorted(input)?),
        Request::RangeParse { input } => input.parse().map_or(Value::Null, |range| describe_range(&range)),
        Request::RangeSatisfies { range, version } => json!(range.parse::<Range>()?.satisfies(&version.parse()?)),
        Request::RangeEligible { range, version } => json!(range.parse::<Range>()?.eligible(&version.parse()?)),
        Request::RangeBestMatch { range, versions } => {
            let versions = versions.iter().map(|text| text.parse()).collect::<Result<Vec<Version>, _>>()?;
            json!(range.parse::<Range>()?.best_match(&versions).map(ToString::to_string))
        }
        Request::Condition(condition) => return Ok(msbuild::condition(condition)),
        Request::Expand(expansion) => return Ok(msbuild::expand(expansion)),
    };
    Ok(Reply::Ok(value))
}

fn describe_version(version: &Version) -> Value {
    json!({
        "numbers": version.numbers(),
        "release": version.release(),
        "release_labels": version.labels().collect::<Vec<_>>(),
        "metadata": version.metadata(),
        "is_prerelease": version.is_prerelease(),
        "normalized": version.to_string(),
        "full": version.full(),
    })
}

fn describe_range(range: &Range) -> Value {
    json!({
        "min": range.min().map(ToString::to_string),
        "min_inclusive": range.min_inclusive(),
        "max": range.max().map(ToString::to_string),
        "max_inclusive": range.max_inclusive(),
        "normalized": range.to_string(),
        "floating": range.float().is_some(),
    })
}

/// The texts in ascending order of their versions, equal ones in the order given.
fn sorted(texts: &[String]) -> anyhow::Result<Vec<&String>> {
    let mut versions =
        texts.iter().map(|text| Ok((text.parse::<Version>()?, text))).collect::<anyhow::Result<Vec<_>>>()?;
    versions.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(versions.into_iter().map(|(_, text)| text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(requests: &str) -> Vec<Value> {
        let mut output = Vec::new();
        answer_all(requests.as_bytes(), &mut output).unwrap();
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[track_caller]
    fn case(request: &Value, expected: &Value) {
        assert_eq!(replies(&request.to_string()), [json!({"ok": expected})]);
    }

    #[test]
    fn answers_versions() {
        case(
            &json!({"op": "version.parse", "input": "1.0-rc.1+m"}),
            &json!({"numbers": [1, 0, 0, 0], "release": "rc.1", "release_labels": ["rc", "1"], "metadata": "m",
                    "is_prerelease": true, "normalized": "1.0.0-rc.1", "full": "1.0.0-rc.1+m"}),
        );
        case(&json!({"op": "version.parse", "input": "v1"}), &Value::Null);
        case(&json!({"op": "version.compare", "a": "1", "b": "1.0.1"}), &json!(-1));
        case(&json!({"op": "version.sort", "input": ["2", "1.0", "1", "1-a"]}), &json!(["1-a", "1.0", "1", "2"]));
    }

    #[test]
    fn answers_ranges() {
        case(
            &json!({"op": "range.parse", "input": "[1.*,2)"}),
            &json!({"min": "1.0.0", "min_inclusive": true, "max": "2.0.0", "max_inclusive": false,
                    "normalized": "[1.*, 2.0.0)", "floating": true}),
        );
        case(&json!({"op": "range.parse", "input": "(1)"}), &Value::Null);
        case(&json!({"op": "range.satisfies", "range": "1", "version": "2-a"}), &json!(true));
        case(&json!({"op": "range.eligible", "range": "1", "version": "2-a"}), &json!(false));
        case(&json!({"op": "range.best_match", "range": "1", "versions": ["3", "2"]}), &json!("2.0.0"));
        case(&json!({"op": "range.best_match", "range": "1", "versions": []}), &Value::Null);
    }

    #[test]
    fn answers_every_line() {
        let input = "{\"op\":\"version.compare\",\"a\":\"x\",\"b\":\"1\"}\n\n[]\n{\"op\":\"nope\"}\n{\"op\":\"version.parse\",\"input\":\"v1\"}";
        let replies = replies(input);
        assert_eq!(replies.len(), 5);
        assert!(replies[..4].iter().all(|reply| reply["error"].is_string()), "{replies:?}");
        assert_eq!(replies[4], json!({"ok": null}));
    }
}

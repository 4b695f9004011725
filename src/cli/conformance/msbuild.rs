//! The questions about MSBuild: conditions and the expansion of text.

use serde::Deserialize;

use super::Reply;

/// Whether a condition holds, in `p.proj` of a folder of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Condition {}

/// What the text of a property element becomes.
#[derive(Debug, Deserialize)]
pub(super) struct Expansion {}

/// Answers with a bool; with an error where MSBuild fails.
pub(super) fn condition(_question: &Condition) -> Reply {
    Reply::Unsupported(true)
}

/// Answers with the value, unescaped; with an error where MSBuild fails.
pub(super) fn expand(_question: &Expansion) -> Reply {
    Reply::Unsupported(true)
}

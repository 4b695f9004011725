//! Where something stands: a path of the repository, a line, and what could not be read there.

use serde::{Deserialize, Serialize};

/// A line of a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Place {
    /// Relative to the root of the repository, with `/`.
    pub path: String,
    /// 1-based; 0 means the file as a whole.
    pub line: u32,
}

impl Place {
    /// A place at `line` (1-based) of `path`.
    pub fn new(path: impl Into<String>, line: u32) -> Self {
        Self { path: path.into(), line }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line == 0 { formatter.write_str(&self.path) } else { write!(formatter, "{}:{}", self.path, self.line) }
    }
}

/// Something that could not be read or told. The answer beside it may not be whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// Kebab-case kind of the problem, such as `unreadable-import`; or a code of NuGet or MSBuild, such as `NU1504`.
    pub code: String,
    /// What is wrong and, where it helps, what to do.
    pub message: String,
    /// Where; `None` when it has no single place.
    pub place: Option<Place>,
}

impl Problem {
    /// A problem at a place.
    pub fn at(code: impl Into<String>, message: impl Into<String>, place: Place) -> Self {
        Self { code: code.into(), message: message.into(), place: Some(place) }
    }

    /// A file of which nothing is known, with the reason in words that follow its name. Nobody may take its silence for a no.
    pub fn unreadable(path: &str, reason: &str) -> Self {
        Self::at("unreadable-file", format!("{path} {reason}"), Place::new(path, 0))
    }
}

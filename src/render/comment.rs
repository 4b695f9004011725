//! The comment that a reviewer reads, in GitHub's Markdown, without its marker.
//!
//! Whatever the report, the body stays under the limit and its Markdown is balanced: it is rendered at falling levels of detail
//! until it fits, never cut.

mod sections;

use crate::render::markdown::Markdown;
use crate::report::Report;

/// Most bytes of a body: GitHub refuses more than 65,536 of a unit that it does not name, and the marker needs room.
pub const LIMIT: usize = 60_000;

/// What a body needs beside the report.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Address of the head's files, such as `https://github.com/acme/login/blob/9c41f0e`; without it places are not linked.
    pub files: Option<String>,
    /// Where the configuration is explained.
    pub help: Option<String>,
    /// A paragraph of the team's own below the headline.
    pub lead: Option<String>,
    /// A paragraph of the team's own above the last line.
    pub foot: Option<String>,
    /// What the configuration would be if this change had its way; a line a setting.
    pub proposal: Vec<String>,
}

/// How much is said of each thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// Places of a finding that are named.
    pub places: usize,
    /// Findings to check that stand in the open; the rest is folded.
    pub open: usize,
    /// Findings of a section that are named at all.
    pub named: usize,
    /// Whether advice is given beside the title.
    pub advice: bool,
    /// Rows of the folded table.
    pub rows: usize,
}

/// From all to next to nothing.
const DETAILS: [Detail; 5] = [
    Detail { places: 5, open: 10, named: 400, advice: true, rows: 200 },
    Detail { places: 2, open: 10, named: 150, advice: true, rows: 40 },
    Detail { places: 1, open: 10, named: 80, advice: true, rows: 0 },
    Detail { places: 1, open: 10, named: 60, advice: false, rows: 0 },
    Detail { places: 0, open: 5, named: 15, advice: false, rows: 0 },
];

/// The body, at most [`LIMIT`] bytes long.
pub fn comment(report: &Report, frame: &Frame) -> String {
    let mut body = String::new();
    for detail in DETAILS {
        body = sections::all(report, frame, detail).into_string();
        if body.len() <= LIMIT {
            return body;
        }
    }
    // Even the least detail is too long only when names are: the headline alone is not.
    let mut least = Markdown::new();
    least.ours("## ").prose(&crate::render::headline::headline(report));
    least.ours("\n\nThe report is too long for a comment; the job summary has all of it.\n");
    if least.as_str().len() <= LIMIT { least.into_string() } else { body.chars().take(0).collect() }
}

/// The whole report, whatever its length: for job summaries, which have their own limit of 1 MiB.
pub fn summary(report: &Report, frame: &Frame) -> String {
    let all = Detail { places: 50, open: usize::MAX, named: usize::MAX, advice: true, rows: usize::MAX };
    let body = sections::all(report, frame, all).into_string();
    if body.len() <= 1_000_000 { body } else { comment(report, frame) }
}

//! The comment that a reviewer reads, in GitHub's Markdown, without its marker.
//!
//! Whatever the report, the body stays under the limit and its Markdown is balanced: it is rendered at falling levels of detail
//! until it fits, never cut.

mod sections;
mod shared;

use crate::render::headline::headline;
use crate::render::markdown::Markdown;
use crate::report::Report;

/// Most bytes of a body: GitHub refuses more than 65,536 of a unit that it does not name, and the marker needs room.
pub const LIMIT: usize = 60_000;

/// What a body needs beside the report.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Address of the head's files, such as `https://github.com/acme/login/blob/9c41f0e`; without it places are not linked.
    pub files: Option<String>,
    /// A page of the team's own on upgrades.
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

/// For the job summary: all there is, at first.
const WHOLE: Detail = Detail { places: 50, open: usize::MAX, named: usize::MAX, advice: true, rows: usize::MAX };

/// Bytes of a job summary: a step may write 1 MiB, and advice is added to it.
const SUMMARY_LIMIT: usize = 1_000_000;

/// Characters of a headline that stands alone.
const LONGEST_HEADLINE: usize = 250;

/// The body, at most [`LIMIT`] bytes long.
pub fn comment(report: &Report, frame: &Frame) -> String {
    fitting(report, frame, DETAILS, LIMIT)
}

/// The whole report as far as a job summary can have it, which is 1 MiB a step.
pub fn summary(report: &Report, frame: &Frame) -> String {
    fitting(report, frame, std::iter::once(WHOLE).chain(DETAILS), SUMMARY_LIMIT)
}

/// The first level of detail that fits; nothing is ever cut within.
fn fitting(report: &Report, frame: &Frame, details: impl IntoIterator<Item = Detail>, limit: usize) -> String {
    for detail in details {
        let body = sections::all(report, frame, detail);
        if body.as_str().len() <= limit {
            return body.into_string();
        }
    }
    // Even the least detail is too long only when names are.
    let headline: String = headline(report).chars().take(LONGEST_HEADLINE).collect();
    let mut least = Markdown::new();
    least.ours("## ").prose(&headline);
    least.ours("\n\nThe report is too long to be shown here; its JSON file has all of it.\n");
    least.into_string()
}

//! The whole answer for one jump, and the only thing that renderers see.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ignore::Ignore;
use crate::jump::{Change, Jump};
use crate::place::Problem;

mod ignored;

pub use ignored::{set_aside, told};

/// What is known of one rule in one repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Seen to be needed and not done.
    Todo,
    /// Files cannot show it: a person must look.
    Check,
    /// Seen done at the head commit.
    Done,
    /// Seen not to apply here.
    Clear,
}

/// What a [`Finding`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A database migration.
    Database,
    /// A change of the product that code or people may meet.
    Change,
    /// A target framework, SDK or base image.
    Framework,
    /// Packages of one family that must go together.
    Companion,
    /// A security advisory.
    Advisory,
    /// End of support.
    Support,
    /// Licence terms.
    Licence,
    /// The configuration of this tool.
    Config,
}

/// One rule that a jump crosses, with what the repository shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Id of the rule, such as `identityserver/7.0/par-columns`.
    pub rule: String,
    /// What it is about.
    pub kind: Kind,
    /// What is known.
    pub status: Status,
    /// The `DbContext` it is about, for databases.
    pub context: Option<String>,
    /// One sentence.
    pub title: String,
    /// What to do.
    pub advice: String,
    /// The official page, with anchor; else the source of the fact.
    pub url: Option<String>,
    /// How it hurts: `breaks`, `behaviour`, `customisation`, `removed`, `deprecated`, `rare`.
    pub impact: Option<String>,
    /// Shell commands, ready to copy.
    pub commands: Vec<String>,
    /// The evidence.
    pub places: Vec<Sighting>,
    /// What was looked at to come to the status; empty when nothing looked.
    pub searched: String,
}

/// The same findings in the same order, those that say the same of several jumps put together.
pub fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = |it: &&mut Finding| {
            (&it.rule, it.status, &it.context, &it.title, &it.advice)
                == (&finding.rule, finding.status, &finding.context, &finding.title, &finding.advice)
        };
        let Some(known) = found.iter_mut().find(same) else {
            found.push(finding);
            continue;
        };
        known.places.extend(finding.places);
        known.places.sort();
        known.places.dedup();
        let new = finding.commands.into_iter().filter(|command| !known.commands.contains(command));
        let new: Vec<String> = new.collect();
        known.commands.extend(new);
    }
    found
}

impl Finding {
    /// A finding with nothing but words.
    pub(crate) fn new(rule: String, kind: Kind, status: Status, title: String, advice: String) -> Self {
        Self {
            rule,
            kind,
            status,
            context: None,
            title,
            advice,
            url: None,
            impact: None,
            commands: Vec::new(),
            places: Vec::new(),
            searched: String::new(),
        }
    }
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Sighting {
    /// Path of the file.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// What stands there.
    pub saw: String,
}

/// A finding that the team decided not to be asked for. It counts for nothing but is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ignored {
    /// What would have been asked.
    pub finding: Finding,
    /// Why not, in the team's words.
    pub reason: String,
    /// The last day on which it is ignored, `2027-03-31`; `None` for good.
    pub until: Option<String>,
}

/// May this be merged?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No jump.
    None,
    /// Nothing is owed.
    Clear,
    /// A person must look.
    Check,
    /// Something must be done.
    Action,
}

/// An official page to read for a part of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Guide {
    /// Such as `6.3 → 7.0`.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// Line it starts from.
    pub from: String,
    /// Line it arrives at.
    pub to: String,
}

/// A problem, flattened for readers of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// Path of the file; empty when it has no single place.
    pub path: String,
    /// 1-based line; 0 for the file as a whole.
    pub line: u32,
    /// What could not be read or told.
    pub message: String,
}

impl From<&Problem> for Unread {
    fn from(problem: &Problem) -> Self {
        let (path, line) = problem.place.as_ref().map_or((String::new(), 0), |place| (place.path.clone(), place.line));
        Self { path, line, message: format!("{}: {}", problem.code, problem.message) }
    }
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was compared with what: commit ids, or names of folders.
    pub base: String,
    /// The newer side.
    pub head: String,
    /// May this be merged?
    pub verdict: Verdict,
    /// One sentence for each reason that keeps the verdict from being better.
    pub reasons: Vec<String>,
    /// Every version change of a known package.
    pub changes: Vec<Change>,
    /// The jumps, each with the way up.
    pub routes: Vec<Route>,
    /// What the jumps ask, most pressing first.
    pub findings: Vec<Finding>,
    /// What the team decided not to be asked for.
    pub ignored: Vec<Ignored>,
    /// The official pages, in reading order.
    pub guides: Vec<Guide>,
    /// What could not be read.
    pub problems: Vec<Unread>,
    /// What is wrong with the configuration. It changes no verdict.
    pub remarks: Vec<Unread>,
    /// What was searched.
    pub looked: Looked,
    /// The day the rulebook was last held against the vendor's tags, and the newest version it knows of each product that jumped.
    pub book: Book,
}

/// A jump and the rungs it climbs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Name of the product.
    pub title: String,
    /// The jump.
    pub jump: Jump,
    /// Rungs, lowest first, the start included.
    pub rungs: Vec<RouteRung>,
    /// Whether the rulebook knows both ends.
    pub known: bool,
}

/// A rung on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRung {
    /// Its `major.minor`.
    pub line: String,
    /// Arriving here asks for a database migration.
    pub database: bool,
    /// Arriving here asks for a newer target framework.
    pub framework: bool,
}

/// How much was searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Looked {
    /// Projects and manifests of the head.
    pub projects: usize,
    /// EF Core model snapshots.
    pub snapshots: usize,
    /// C# and Razor files.
    pub code: usize,
    /// Projects that the configuration leaves out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What the rulebook says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Book {
    /// Day on which the facts were last held against the vendor's tags; the oldest of the rungs that were climbed.
    pub verified: String,
    /// The vendor's tags against which the lines that the jumps arrive at were held.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The newest version it knows of the first product that jumped.
    pub newest: String,
}

impl Report {
    /// Whether a robot may merge: nothing is owed and nothing is left to a person.
    pub fn safe_to_auto_merge(&self) -> bool {
        matches!(self.verdict, Verdict::None | Verdict::Clear)
    }

    /// Adds what the source of the trees could not give: an answer that may not be whole is not safe.
    pub fn add_unread(&mut self, problems: &[Problem]) {
        if problems.is_empty() {
            return;
        }
        self.problems.extend(problems.iter().map(Unread::from));
        if self.safe_to_auto_merge() {
            self.verdict = Verdict::Check;
            self.reasons.extend(problems.iter().map(|problem| problem.message.clone()));
        }
    }

    /// The findings of one status, in order.
    pub fn of(&self, status: Status) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.status == status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_jumps_say_alike_is_said_once() {
        let finding = |title: &str, commands: &[&str], line: u32| Finding {
            commands: commands.iter().map(ToString::to_string).collect(),
            places: vec![Sighting { path: "A.cs".into(), line, saw: "a".into() }],
            ..Finding::new("p/1.0/a".into(), Kind::Change, Status::Todo, title.into(), String::new())
        };
        let found = merged(vec![finding("a", &["x"], 2), finding("b", &[], 1), finding("a", &["x", "y"], 1)]);
        let told: Vec<(&str, usize)> = found.iter().map(|it| (it.title.as_str(), it.places.len())).collect();
        assert_eq!(told, [("a", 2), ("b", 1)]);
        assert_eq!(found[0].commands, ["x", "y"]);
        assert_eq!(found[0].places[0].line, 1);
    }
}

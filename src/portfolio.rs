//! Where repositories stand on the ladders of the products they use, and what they owe: one [`Standing`] a repository, many in a
//! [`Portfolio`].
//!
//! Everything that a renderer of audits sees. The day is a value that comes from outside: the middle has no clock.

mod cost;
mod limit;
mod now;
mod overview;
mod survey;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::ignore::Ignore;
use crate::report::{Finding, Guide, Ignored, Kind, Status, Unread, set_aside, told};
use crate::rules::Rulebook;

pub use cost::Cost;
pub use limit::Limit;
pub use overview::{Overview, Row};
pub use survey::Survey;

/// One project of a repository, on one rung of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stand {
    /// Path of the project, or of the manifest that carries the reference itself.
    pub path: String,
    /// Target framework, where the project names one.
    pub framework: Option<String>,
    /// Id of the product, such as `identityserver`.
    pub product: String,
    /// Package that decides where the project stands, as it is written.
    pub package: String,
    /// Leading package of the generation it stands in, as the rulebook spells it: with `line`, its [`LadderRung`].
    pub generation: String,
    /// Normalised version; the requirement's text where it names no single version; `None` when it cannot be told.
    pub version: Option<String>,
    /// `major.minor` of the rung; `None` when the version names none.
    pub line: Option<String>,
    /// The newest release that the rulebook knows of this product.
    pub newest: Option<String>,
    /// How many released lines lie above.
    pub behind: usize,
    /// Whether the line is supported on the day of the audit; `None` when no source says.
    pub supported: Option<bool>,
    /// Last day of support, `2026-11-10`.
    pub end_of_support: Option<String>,
    /// Ids of advisories that apply to the version.
    pub advisories: Vec<String>,
    /// File that carries the version.
    pub file: String,
    /// 1-based line in it.
    pub at: u32,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// `owner/name` on GitHub, or the name of a folder.
    pub repository: String,
    /// Its web address, `https://github.com/owner/name`, for links; `None` for a folder.
    pub url: Option<String>,
    /// The commit that was looked at; empty for a folder.
    pub commit: String,
    /// Its projects that use a known product, by path.
    pub stands: Vec<Stand>,
    /// What the way to the newest releases asks of it: the findings of a pull request that would go there.
    pub findings: Vec<Finding>,
    /// What the repository's own configuration asks not to be told of; it counts for nothing but is told.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
    /// The decisions behind that, for another day.
    #[serde(default)]
    #[schemars(skip)]
    pub decisions: Vec<Ignore>,
    /// Projects that the repository's own configuration leaves out.
    #[serde(default)]
    pub left_out: usize,
    /// Official pages for that way, in reading order.
    pub guides: Vec<Guide>,
    /// What could not be read.
    pub problems: Vec<Unread>,
    /// Why the repository could not be audited at all; everything else is empty then.
    pub error: Option<String>,
}

/// Whose standing it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whose {
    /// `owner/name` on GitHub, or the name of a folder.
    pub repository: String,
    /// Its web address; `None` for a folder.
    pub url: Option<String>,
    /// The commit that is looked at; empty for a folder.
    pub commit: String,
}

/// One rung as the picture of a fleet shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LadderRung {
    /// `major.minor`.
    pub line: String,
    /// Leading package of its generation.
    pub package: String,
    /// Whether only previews of it exist.
    pub preview: bool,
    /// Whether it is supported on the day of the audit; `None` when no source says.
    pub supported: Option<bool>,
    /// Last day of support.
    pub end_of_support: Option<String>,
}

/// A ladder that somebody in the fleet stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ladder {
    /// Id of the product.
    pub product: String,
    /// Its name.
    pub title: String,
    /// All rungs, lowest first; those of which only previews exist are marked.
    pub rungs: Vec<LadderRung>,
}

/// The audit of one repository or of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Portfolio {
    /// Day of the audit, `2026-11-25`.
    pub date: String,
    /// What was audited, in words: an organisation, a repository, a folder.
    pub subject: String,
    /// Ladders in use, most used first.
    pub ladders: Vec<Ladder>,
    /// The repositories, by name.
    pub standings: Vec<Standing>,
    /// The day on which the rulebook was last held against the vendor's tags.
    pub verified: String,
}

/// How much a way asks, at a glance: things counted, not hours measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Nothing is owed, and nothing is left to a person.
    None,
    /// Up to 4 points.
    Small,
    /// Up to 12 points.
    Medium,
    /// More.
    Large,
}

impl Effort {
    /// A migration or a new target framework to do is 3 points, anything else to do is 1, and so are four things that only a person
    /// can tell.
    pub fn of(findings: &[Finding]) -> Self {
        let points = |finding: &Finding| match (finding.status, finding.kind) {
            (Status::Todo, Kind::Database | Kind::Framework) => 12,
            (Status::Todo, _) => 4,
            (Status::Check, _) => 1,
            (Status::Done | Status::Clear, _) => 0,
        };
        match findings.iter().map(points).sum::<usize>().div_ceil(4) {
            0 => Self::None,
            1..=4 => Self::Small,
            5..=12 => Self::Medium,
            _ => Self::Large,
        }
    }
}

impl Standing {
    /// A repository in which nothing was found.
    pub fn bare(whose: Whose) -> Self {
        Self {
            repository: whose.repository,
            url: whose.url,
            commit: whose.commit,
            stands: Vec::new(),
            findings: Vec::new(),
            ignored: Vec::new(),
            decisions: Vec::new(),
            left_out: 0,
            guides: Vec::new(),
            problems: Vec::new(),
            error: None,
        }
    }

    /// A repository that could not be audited.
    pub fn failed(whose: Whose, error: String) -> Self {
        Self { error: Some(error), ..Self::bare(whose) }
    }

    /// The same repository on another day: support has ended, or is about to.
    pub fn turn_to(&mut self, today: Day, rules: &Rulebook) {
        self.findings.extend(self.ignored.drain(..).map(|ignored| ignored.finding));
        for stand in &mut self.stands {
            now::settle_support(stand, rules, today);
        }
        self.findings.retain(|finding| finding.kind != Kind::Support);
        self.findings.extend(now::support_findings(&self.stands, rules, today));
        now::sort(&mut self.findings);
        let decisions = std::mem::take(&mut self.decisions);
        self.decide(decisions, today);
    }

    /// Sets aside what the team decided not to be told of, and tells decisions that have expired.
    pub fn decide(&mut self, decisions: Vec<Ignore>, today: Day) {
        let (kept, aside, used) = set_aside(std::mem::take(&mut self.findings), &decisions, today);
        (self.findings, self.ignored) = (kept, aside);
        self.problems.retain(|problem| !problem.message.starts_with("expired-ignore: "));
        self.problems.extend(told(&decisions, &used, false, today));
        self.decisions = decisions;
    }
}

impl Portfolio {
    /// The whole answer for these repositories on one day.
    pub fn of(today: Day, subject: String, mut standings: Vec<Standing>, rules: &Rulebook) -> Self {
        standings.sort_by(|one, other| one.repository.cmp(&other.repository));
        let users = |product: &str| {
            standings.iter().filter(|standing| standing.stands.iter().any(|stand| stand.product == product)).count()
        };
        let mut used: Vec<(usize, &crate::rules::Product)> = rules
            .products
            .iter()
            .map(|product| (users(&product.id), product))
            .filter(|(count, _)| *count > 0)
            .collect();
        // The ladder with more to know comes first among those that as many stand on.
        used.sort_by_key(|(count, product)| (std::cmp::Reverse((*count, product.rungs.len())), product.id.clone()));
        let ladders = used.into_iter().map(|(_, product)| now::ladder(product, today)).collect();
        Self { date: today.to_string(), subject, ladders, standings, verified: rules.verified().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: Kind, status: Status) -> Finding {
        Finding {
            rule: "sample/1.0/thing".into(),
            kind,
            status,
            context: None,
            title: String::new(),
            advice: String::new(),
            url: None,
            impact: None,
            commands: Vec::new(),
            places: Vec::new(),
            searched: String::new(),
        }
    }

    #[test]
    fn effort_weighs_what_is_owed() {
        let many = |kind, status, count| Effort::of(&vec![finding(kind, status); count]);
        assert_eq!(many(Kind::Change, Status::Done, 50), Effort::None);
        assert_eq!(many(Kind::Database, Status::Clear, 50), Effort::None);
        assert_eq!(many(Kind::Change, Status::Check, 1), Effort::Small);
        assert_eq!(many(Kind::Change, Status::Check, 16), Effort::Small);
        assert_eq!(many(Kind::Change, Status::Check, 17), Effort::Medium);
        assert_eq!(many(Kind::Change, Status::Todo, 4), Effort::Small);
        assert_eq!(many(Kind::Database, Status::Todo, 2), Effort::Medium);
        assert_eq!(many(Kind::Framework, Status::Todo, 4), Effort::Medium);
        assert_eq!(many(Kind::Database, Status::Todo, 5), Effort::Large);
    }
}

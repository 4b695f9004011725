//! An audit as JSON: version 1 of a shape that never breaks inside a version, and back. Its JSON Schema is published in
//! `docs/schemas/`. Everything is flat, each entry names its repository, so that one line of `jq` filters a fleet.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::portfolio::{Cost, Ladder, Overview, Portfolio, Stand, Standing, Whose};
use crate::report::{Finding, Guide, Ignored, Unread};

/// Version of the shape.
const VERSION: u32 = 1;

/// What `audit --format json` prints.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct AuditJson<'a> {
    schema: u32,
    /// Day of the audit.
    date: Cow<'a, str>,
    /// What was audited, in words.
    subject: Cow<'a, str>,
    /// Day on which the facts of the rulebook were last held against the vendor's tags.
    verified: Cow<'a, str>,
    overview: Overview,
    repositories: Vec<RepositoryJson<'a>>,
    projects: Vec<ProjectJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    /// What configurations ask not to be told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<IgnoredJson<'a>>,
    problems: Vec<ProblemJson<'a>>,
    ladders: Cow<'a, [Ladder]>,
}

/// A repository, without what the flat lists hold of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct RepositoryJson<'a> {
    repository: Cow<'a, str>,
    url: Option<Cow<'a, str>>,
    /// The commit that was looked at; empty for a folder.
    commit: Cow<'a, str>,
    /// What the way to the newest releases costs.
    cost: Cost,
    /// Official pages for that way, in reading order.
    guides: Cow<'a, [Guide]>,
    /// Projects that its own configuration leaves out.
    #[serde(default)]
    left_out: usize,
    /// Why it could not be audited.
    error: Option<Cow<'a, str>>,
}

/// A project, on one rung of one ladder, under one framework.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ProjectJson<'a> {
    repository: Cow<'a, str>,
    path: Cow<'a, str>,
    framework: Option<Cow<'a, str>>,
    product: Cow<'a, str>,
    package: Cow<'a, str>,
    /// Leading package of the generation it stands in.
    generation: Cow<'a, str>,
    /// Normalised version; the requirement's text where it names no single version; null when it cannot be told.
    version: Option<Cow<'a, str>>,
    line: Option<Cow<'a, str>>,
    newest: Option<Cow<'a, str>>,
    /// How many released lines lie above.
    behind: usize,
    /// Null when no source says.
    supported: Option<bool>,
    end_of_support: Option<Cow<'a, str>>,
    advisories: Cow<'a, [String]>,
    /// File that carries the version.
    file: Cow<'a, str>,
    /// 1-based line in it.
    at: u32,
}

/// What is the case, and what the way up asks.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct FindingJson<'a> {
    repository: Cow<'a, str>,
    #[serde(flatten)]
    finding: Cow<'a, Finding>,
}

/// A finding that a team decided not to be told of, and why.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct IgnoredJson<'a> {
    repository: Cow<'a, str>,
    #[serde(flatten)]
    ignored: Cow<'a, Ignored>,
}

/// What could not be read.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ProblemJson<'a> {
    repository: Cow<'a, str>,
    #[serde(flatten)]
    problem: Cow<'a, Unread>,
}

/// Writes a portfolio as one JSON object.
///
/// # Errors
/// Those of the writer.
pub fn write(portfolio: &Portfolio, to: impl Write) -> serde_json::Result<()> {
    serde_json::to_writer_pretty(to, &of(portfolio))
}

/// The JSON Schema of [`write`].
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(AuditJson<'_>)
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// When it is no audit, or one of a later version.
pub fn read(text: &str) -> Result<Portfolio, String> {
    #[derive(Deserialize)]
    struct Version {
        schema: u32,
    }
    let version: Version = serde_json::from_str(text).map_err(|error| format!("is no audit as JSON: {error}"))?;
    if version.schema != VERSION {
        return Err(format!("is of version {}; this tool reads version {VERSION}", version.schema));
    }
    let audit: AuditJson<'_> = serde_json::from_str(text).map_err(|error| format!("is no audit as JSON: {error}"))?;
    Ok(back(audit))
}

fn of(portfolio: &Portfolio) -> AuditJson<'_> {
    let each = || portfolio.standings.iter();
    let name = |standing: &'_ Standing| -> Cow<'_, str> { Cow::Owned(standing.repository.clone()) };
    AuditJson {
        schema: VERSION,
        date: (&portfolio.date).into(),
        subject: (&portfolio.subject).into(),
        verified: (&portfolio.verified).into(),
        overview: portfolio.overview(),
        repositories: each().map(repository).collect(),
        projects: each().flat_map(|it| it.stands.iter().map(|stand| project(&it.repository, stand))).collect(),
        findings: each()
            .flat_map(|it| {
                it.findings.iter().map(|finding| FindingJson { repository: name(it), finding: Cow::Borrowed(finding) })
            })
            .collect(),
        ignored: each()
            .flat_map(|it| {
                it.ignored.iter().map(|ignored| IgnoredJson { repository: name(it), ignored: Cow::Borrowed(ignored) })
            })
            .collect(),
        problems: each()
            .flat_map(|it| {
                it.problems.iter().map(|problem| ProblemJson { repository: name(it), problem: Cow::Borrowed(problem) })
            })
            .collect(),
        ladders: Cow::Borrowed(&portfolio.ladders),
    }
}

fn repository(standing: &Standing) -> RepositoryJson<'_> {
    RepositoryJson {
        repository: (&standing.repository).into(),
        url: standing.url.as_deref().map(Into::into),
        commit: (&standing.commit).into(),
        cost: standing.cost(),
        guides: Cow::Borrowed(&standing.guides),
        left_out: standing.left_out,
        error: standing.error.as_deref().map(Into::into),
    }
}

fn project<'a>(repository: &'a str, stand: &'a Stand) -> ProjectJson<'a> {
    ProjectJson {
        repository: repository.into(),
        path: (&stand.path).into(),
        framework: stand.framework.as_deref().map(Into::into),
        product: (&stand.product).into(),
        package: (&stand.package).into(),
        generation: (&stand.generation).into(),
        version: stand.version.as_deref().map(Into::into),
        line: stand.line.as_deref().map(Into::into),
        newest: stand.newest.as_deref().map(Into::into),
        behind: stand.behind,
        supported: stand.supported,
        end_of_support: stand.end_of_support.as_deref().map(Into::into),
        advisories: Cow::Borrowed(&stand.advisories),
        file: (&stand.file).into(),
        at: stand.at,
    }
}

fn back(audit: AuditJson<'_>) -> Portfolio {
    let own = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    let mut standings: BTreeMap<String, Standing> = BTreeMap::new();
    for it in audit.repositories {
        let whose = Whose { repository: it.repository.into_owned(), url: own(it.url), commit: it.commit.into_owned() };
        let standing =
            Standing { guides: it.guides.into_owned(), error: own(it.error), ..Standing::bare(whose.clone()) };
        let standing = Standing { left_out: it.left_out, ..standing };
        standings.insert(whose.repository, standing);
    }
    for it in audit.projects {
        let Some(standing) = standings.get_mut(&*it.repository) else { continue };
        standing.stands.push(Stand {
            path: it.path.into_owned(),
            framework: own(it.framework),
            product: it.product.into_owned(),
            package: it.package.into_owned(),
            generation: it.generation.into_owned(),
            version: own(it.version),
            line: own(it.line),
            newest: own(it.newest),
            behind: it.behind,
            supported: it.supported,
            end_of_support: own(it.end_of_support),
            advisories: it.advisories.into_owned(),
            file: it.file.into_owned(),
            at: it.at,
        });
    }
    for it in audit.findings {
        if let Some(standing) = standings.get_mut(&*it.repository) {
            standing.findings.push(it.finding.into_owned());
        }
    }
    for it in audit.ignored {
        if let Some(standing) = standings.get_mut(&*it.repository) {
            standing.ignored.push(it.ignored.into_owned());
        }
    }
    for it in audit.problems {
        if let Some(standing) = standings.get_mut(&*it.repository) {
            standing.problems.push(it.problem.into_owned());
        }
    }
    Portfolio {
        date: audit.date.into_owned(),
        subject: audit.subject.into_owned(),
        ladders: audit.ladders.into_owned(),
        standings: standings.into_values().collect(),
        verified: audit.verified.into_owned(),
    }
}

//! The way from one version of a product to another: rungs, rules in order, the net effect on databases, pages to read.
//!
//! A jump A → B applies exactly the rungs r with A < r ≤ B, by generation of the leading package and then by line; within its
//! line a rule of a patch release applies when A < its version ≤ B. A prerelease of A's line that lacks the line's schema
//! counts as standing below the line.

mod advisories;
mod database;
mod findings;
mod frameworks;
mod guides;
mod support;

use std::str::FromStr;

use crate::day::Day;
use crate::jump::Stand;
use crate::report::{Finding, Guide};
use crate::rules::schema::{AdvisoryEntry, ChangeEntry, DatabaseEntry, HazardEntry, WhenEntry};
use crate::rules::{Position, Product, Rulebook, Rung};
use crate::schema::Difference;
use crate::version::Version;

pub use advisories::hits;
pub use findings::{effect, impact_rank};
pub use frameworks::FrameworkPlan;
pub use guides::all_guides;

/// The way from one version to another.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The ladder.
    pub product: &'static Product,
    /// Where it starts.
    pub from: Stand,
    /// Where it arrives.
    pub to: Stand,
    /// The day on which it is asked for: what support has ended depends on it, and nothing else.
    pub today: Day,
    /// Whether the rulebook knows the lines of both ends.
    pub known: bool,
    /// Whether it goes down: rungs and rules are then empty, and `contexts` say what the database keeps.
    pub down: bool,
    /// Rungs arrived at, lowest first.
    pub rungs: Vec<&'static Rung>,
    /// Rules that apply, in the order of the rungs; superseded ones are left out.
    pub rules: Vec<Rule>,
    /// What one combined migration does to each database.
    pub contexts: Vec<ContextPlan>,
    /// Target frameworks.
    pub framework: FrameworkPlan,
    /// Pages to read, in order.
    pub guides: Vec<Guide>,
    /// Advisories that affect the start and not the arrival.
    pub fixed: Vec<&'static AdvisoryEntry>,
    /// Advisories that affect the arrival.
    pub open: Vec<&'static AdvisoryEntry>,
}

/// One rule of a rung.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The rung it stands on.
    pub rung: &'static Rung,
    /// What it says.
    pub fact: Fact,
}

/// What a rule says.
#[derive(Debug, Clone, Copy)]
pub enum Fact {
    /// Of a database.
    Database(&'static DatabaseEntry),
    /// Of code, configuration or people.
    Change(&'static ChangeEntry),
}

/// What one combined migration does to one database.
#[derive(Debug, Clone)]
pub struct ContextPlan {
    /// Name of the context.
    pub name: String,
    /// Whether the book knows the schema at the start; otherwise the difference is that to an empty database.
    pub known: bool,
    /// From the schema at the start to that at the arrival.
    pub difference: Difference,
}

/// A trap of a generated migration that this jump runs into.
#[derive(Debug, Clone, Copy)]
pub struct Trap {
    /// The rule that warns of it.
    pub rule: Rule,
    /// The database change that holds it.
    pub entry: &'static DatabaseEntry,
    /// What goes wrong, and the cure.
    pub hazard: &'static HazardEntry,
}

impl Rule {
    /// Full id, such as `identityserver/7.0/par-columns`.
    pub fn id(&self) -> String {
        let id = match self.fact {
            Fact::Database(entry) => &entry.id,
            Fact::Change(entry) => &entry.id,
        };
        format!("{}/{id}", self.rung.id)
    }

    /// The page about it: an anchor of a guide of its rung is made whole. Else the first source.
    pub fn url(&self) -> Option<String> {
        let (guide, sources) = match self.fact {
            Fact::Database(entry) => (entry.guide.as_deref(), &entry.sources),
            Fact::Change(entry) => (entry.guide.as_deref(), &entry.sources),
        };
        let whole = guide.map(|guide| match guide.strip_prefix('#') {
            Some(anchor) => self.anchored(anchor).unwrap_or_default(),
            None => guide.to_owned(),
        });
        whole.filter(|url| !url.is_empty()).or_else(|| sources.first().cloned())
    }

    /// The guide of the rung that has this anchor, with it.
    fn anchored(&self, anchor: &str) -> Option<String> {
        let has = |guide: &&crate::rules::schema::GuideEntry| guide.anchors.iter().any(|known| known == anchor);
        let guide = self.rung.file.guides.iter().find(has).or_else(|| self.rung.file.guides.first())?;
        Some(format!("{}#{anchor}", guide.url.split('#').next().unwrap_or_default()))
    }

    fn superseded_by(&self) -> Option<&'static str> {
        match self.fact {
            Fact::Database(_) => None,
            Fact::Change(entry) => entry.superseded_by.as_deref(),
        }
    }
}

/// A stand as a point of the ladder.
#[derive(Debug, Clone)]
struct Point {
    at: Position,
    version: Option<Version>,
    package: String,
}

impl Point {
    fn of(product: &Product, stand: &Stand) -> Option<Self> {
        let generation =
            product.file.leading.iter().position(|leader| leader.id.eq_ignore_ascii_case(&stand.package))?;
        let at = Position { generation, line: stand.line? };
        Some(Self { at, version: Version::from_str(&stand.version).ok(), package: stand.package.clone() })
    }

    /// Whether this is a preview of its line that does not have what the line's release has.
    fn is_below_its_line(&self, rung: &Rung) -> bool {
        let Some(version) = self.version.as_ref().filter(|version| version.is_prerelease()) else { return false };
        let first = Version::from_str(&format!("{}.0", self.at.line)).ok();
        let since = rung.file.schema_since.as_deref().and_then(|since| Version::from_str(since).ok()).or(first);
        since.is_some_and(|since| *version < since)
    }
}

impl Plan {
    /// Whether the book knows the jump, and the very release that it arrives at.
    pub fn knows_arrival(&self) -> bool {
        self.known && rung_of(self.product, &self.to).is_some_and(|rung| rung.lists(&self.to.version))
    }

    /// The plan of a way on a ladder. A stand without a line, or of a package that does not lead, gives an unknown plan.
    pub fn of(product: &'static Product, from: &Stand, to: &Stand, today: Day) -> Self {
        let mut plan = Self::unknown(product, from, to, today);
        let (Some(start), Some(end)) = (Point::of(product, from), Point::of(product, to)) else { return plan };
        plan.known = product.rung(start.at.generation, start.at.line).is_some()
            && product.rung(end.at.generation, end.at.line).is_some();
        plan.down = (start.at, &start.version) > (end.at, &end.version);
        plan.contexts = database::contexts(product, &start, &end);
        plan.framework = frameworks::plan(product, &start, &end);
        (plan.fixed, plan.open) = advisories::sorted(product, from, to);
        if plan.down || (start.at, &start.version) == (end.at, &end.version) {
            return plan;
        }
        plan.rungs = climbed(product, &start, &end);
        plan.rules = rules(product, &plan.rungs, &start, &end);
        plan.guides = guides::reading_order(product, &plan.rules, &start, &end);
        plan
    }

    /// The plan of staying: nothing to climb, but a line that companions must share.
    pub fn still(product: &'static Product, stand: &Stand, today: Day) -> Self {
        Self::of(product, stand, stand, today)
    }

    fn unknown(product: &'static Product, from: &Stand, to: &Stand, today: Day) -> Self {
        Self {
            product,
            from: from.clone(),
            to: to.clone(),
            today,
            known: false,
            down: false,
            rungs: Vec::new(),
            rules: Vec::new(),
            contexts: Vec::new(),
            framework: FrameworkPlan::default(),
            guides: Vec::new(),
            fixed: Vec::new(),
            open: Vec::new(),
        }
    }

    /// The traps of generated migrations on the way, in order.
    pub fn traps(&self) -> Vec<Trap> {
        let trap = |rule: &Rule| match rule.fact {
            Fact::Database(entry) => entry.hazard.as_ref().map(|hazard| Trap { rule: *rule, entry, hazard }),
            Fact::Change(_) => None,
        };
        self.rules.iter().filter_map(trap).collect()
    }

    /// Everything the way asks, as findings that nobody has held against a repository yet.
    pub fn findings(&self, rules: &Rulebook) -> Vec<Finding> {
        findings::all(self, rules)
    }
}

impl ContextPlan {
    /// Whether a migration is needed at all.
    pub fn needs_migration(&self) -> bool {
        !self.difference.is_empty()
    }
}

/// The rung on which a stand is; `None` when the book does not know the line.
pub fn rung_of(product: &'static Product, stand: &Stand) -> Option<&'static Rung> {
    let point = Point::of(product, stand)?;
    product.rung(point.at.generation, point.at.line)
}

fn climbed(product: &'static Product, start: &Point, end: &Point) -> Vec<&'static Rung> {
    let above = |rung: &Rung| {
        let at = rung.position();
        at > start.at || (at == start.at && start.is_below_its_line(rung))
    };
    // Nobody stands on a line that only ever had previews, unless they go there.
    let stands = |rung: &Rung| !rung.file.preview || rung.position() == end.at;
    product.rungs.iter().filter(|rung| above(rung) && rung.position() <= end.at && stands(rung)).collect()
}

/// Rules of the climbed rungs, and those of patch releases on the start's own line.
fn rules(product: &'static Product, climbed: &[&'static Rung], start: &Point, end: &Point) -> Vec<Rule> {
    let own =
        product.rung(start.at.generation, start.at.line).filter(|own| climbed.iter().all(|rung| rung.id != own.id));
    let mut found = Vec::new();
    for rung in own.into_iter().chain(climbed.iter().copied()) {
        let climbed = own.is_none_or(|own| own.id != rung.id);
        let databases = rung.file.database.iter().filter(|entry| climbed && applies(entry.when.as_ref(), start, end));
        found.extend(databases.map(|entry| Rule { rung, fact: Fact::Database(entry) }));
        let changes = rung.file.changes.iter().filter(|entry| {
            let reached = match entry.since.as_deref().and_then(|since| Version::from_str(since).ok()) {
                Some(since) => between(&since, rung, start, end),
                None => climbed,
            };
            reached && applies(entry.when.as_ref(), start, end)
        });
        found.extend(changes.map(|entry| Rule { rung, fact: Fact::Change(entry) }));
    }
    let ids: Vec<String> = found.iter().map(Rule::id).collect();
    found.retain(|rule| rule.superseded_by().is_none_or(|later| !ids.iter().any(|id| id == later)));
    found
}

/// Whether a patch release of a rung lies after the start and not after the arrival.
fn between(since: &Version, rung: &Rung, start: &Point, end: &Point) -> bool {
    let after = start.at.generation < rung.generation || start.version.as_ref().is_none_or(|version| version < since);
    let before = rung.generation < end.at.generation || end.version.as_ref().is_none_or(|version| since <= version);
    after && before
}

fn applies(when: Option<&WhenEntry>, start: &Point, end: &Point) -> bool {
    let Some(when) = when else { return true };
    let line =
        |text: &Option<String>| text.as_deref().and_then(|text| Version::from_str(text).ok()).map(|it| it.line());
    line(&when.from_at_least).is_none_or(|least| start.at.line >= least)
        && line(&when.from_below).is_none_or(|limit| start.at.line < limit)
        && line(&when.to_below).is_none_or(|limit| end.at.line < limit)
        && (when.from_packages.is_empty()
            || when.from_packages.iter().any(|id| id.eq_ignore_ascii_case(&start.package)))
}

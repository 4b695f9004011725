//! Databases: at which rung the migrations of a repository stand, what the target needs beyond it, and who adds it.
//!
//! The model snapshot of each context is the first witness: it is what EF Core compares the model with. Migrations are the
//! second: they say which file does what, and when the whole history is there they can contradict the snapshot. SQL scripts
//! are the third: beside a snapshot they prove nothing; where there is none they tell what they make (see `scripted`).

mod cast;
mod commands;
pub mod level;
mod replay;
mod roles;
pub mod script;
mod scripted;
pub(super) mod stores;
mod traps;
mod words;

use std::collections::BTreeMap;

use crate::csharp::migration::Operation;
use crate::evidence::{Facts, Judgement};
use crate::inventory::Inventory;
use crate::place::Place;
use crate::plan::{Plan, Trap, effect, rung_of};
use crate::report::{Sighting, Status};
use crate::rules::{Product, Rung};
use crate::schema::Schema;
pub(super) use cast::Cast;
use level::{Ladder, Want};
use roles::plain;
pub(super) use scripted::Scripted;
use words::{Asked, listed};

/// One model snapshot in the part of one of a product's contexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Id of the product.
    pub product: String,
    /// The product's context whose part it plays.
    pub role: String,
    /// Class name of the context in the repository.
    pub context: String,
    /// Database provider, where the snapshot tells it.
    pub provider: Option<String>,
    /// The class of the snapshot.
    pub place: Place,
    /// The product's tables, by default names.
    pub schema: Schema,
    /// Whether it has entities of the product, not only tables of the same names.
    pub vendors: bool,
    /// By default name: what the table is called here, and the line of its entity.
    pub tables: BTreeMap<String, (String, u32)>,
}

impl Standing {
    /// Whether a table of a migration is the product's table of that default name.
    fn is_table(&self, written: &str, default: &str) -> bool {
        let here = self.tables.get(default).map_or(default, |(name, _)| name.as_str());
        plain(written) == plain(here) || plain(written) == plain(default)
    }
}

/// A file with the operations of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFile {
    /// Its path.
    pub path: String,
    /// Class name.
    pub name: String,
    /// Class name of the context, from the file or its designer half.
    pub context: Option<String>,
    /// What `Up` does.
    pub operations: Vec<Operation>,
}

/// Where one context stands, held against the target of a jump.
#[derive(Debug, Clone)]
pub struct State<'a> {
    /// The snapshot.
    pub standing: &'a Standing,
    /// The highest rung whose schema is all there; `None` when it fits none.
    pub level: Option<&'a Rung>,
    /// The released rung that it lacks least of.
    pub nearest: Option<&'a Rung>,
    /// What the target needs beyond it.
    pub missing: Vec<Want>,
    /// Migrations of this context that the change adds.
    pub added: Vec<String>,
    /// The command that adds the missing migration.
    pub command: String,
}

/// Where every snapshot of a context stands on the way to a rung, in the order of their paths.
pub fn states<'a>(
    product: &'a Product,
    role: &str,
    target: &'a Rung,
    facts: &'a Facts,
    inventory: &Inventory,
) -> Vec<State<'a>> {
    let standings: Vec<&Standing> =
        facts.standings.iter().filter(|it| it.product == product.id && it.role == role).collect();
    if standings.is_empty() {
        return Vec::new();
    }
    let ladder = Ladder::of(product, role);
    let name = migration_name(product, target);
    standings
        .into_iter()
        .map(|standing| {
            let migrations = replay::migrations(facts, standing);
            let added = migrations.iter().filter(|file| facts.added.contains(&file.path)).map(|file| file.path.clone());
            State {
                standing,
                level: ladder.level(&standing.schema),
                nearest: ladder.nearest(&standing.schema),
                missing: ladder.missing(&standing.schema, target),
                added: added.collect(),
                command: commands::add_migration(inventory, &name, &standing.context, &standing.place.path),
            }
        })
        .collect()
}

/// `IdentityServer_v7_1`.
fn migration_name(product: &Product, target: &Rung) -> String {
    let title: String = product.file.title.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{title}_v{}_{}", target.line.major, target.line.minor)
}

/// Holds the migration that a plan asks of one context against the repository.
pub(super) fn judge(plan: &Plan, context: &str, facts: &Facts, inventory: &Inventory) -> Judgement {
    let Some(target) = rung_of(plan.product, &plan.to) else {
        return Judgement::new(Status::Check, "the book does not know the schema of this version".into());
    };
    let states = states(plan.product, context, target, facts, inventory);
    let asked = asked(plan, target, context);
    if states.is_empty() {
        if let Some(judgement) = scripted::judge(plan, target, context, &asked, facts, inventory) {
            return judgement;
        }
        return stores::without_snapshot(plan, context, &asked.wants, facts, inventory);
    }
    let brought = stores::reference(plan.product, context, inventory).is_some();
    let mut judgement = Judgement::new(Status::Done, searched(facts, &states));
    let owed: Vec<Owed> =
        states.iter().filter_map(|state| judge_one(&asked, state, facts, brought, &mut judgement)).collect();
    add_notes(&owed, &states, &mut judgement);
    judgement
}

/// What the migrations of one snapshot lack.
struct Owed<'a> {
    /// The snapshot.
    standing: &'a Standing,
    /// `stands at 6.3 and lacks …`.
    lack: String,
}

impl Owed<'_> {
    /// Its folder and provider. The places of the finding have the paths, so these are needed only to tell one from another.
    fn folder(&self) -> String {
        let provider = self.standing.provider.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
        format!("`{}`{provider}", crate::tree::folder(&self.standing.place.path))
    }
}

/// One sentence for all snapshots of a context that stand alike; with their folders where others of it stand otherwise.
fn add_notes(owed: &[Owed<'_>], states: &[State<'_>], judgement: &mut Judgement) {
    for (at, it) in owed.iter().enumerate() {
        let context = &it.standing.context;
        let alike = |other: &&Owed<'_>| other.standing.context == *context && other.lack == it.lack;
        if owed.iter().take(at).any(|other| alike(&other)) {
            continue;
        }
        let folders: Vec<String> = owed.iter().filter(alike).map(Owed::folder).collect();
        let all = states.iter().filter(|state| state.standing.context == *context).count();
        let which = if folders.len() == all { String::new() } else { format!(" in {}", folders.join(", ")) };
        judgement.add_note(&format!("`{context}`{which} {}.", it.lack));
    }
}

/// What the jump asks of a context.
fn asked<'a>(plan: &'a Plan, target: &'a Rung, context: &'a str) -> Asked<'a> {
    let after = level::wants(&plan.product.schema_at(target, context));
    let start = rung_of(plan.product, &plan.from).map(|rung| plan.product.schema_at(rung, context));
    let before = start.as_ref().map(level::wants).unwrap_or_default();
    let expected = move || {
        let missing = |schema: &Schema| Ladder::of(plan.product, context).missing(schema, target);
        start.as_ref().map(missing).unwrap_or_default()
    };
    let difference = plan.contexts.iter().find(|own| own.name == context).map(|own| effect(&own.difference));
    Asked {
        wants: after.difference(&before).cloned().collect(),
        expected: Box::new(expected),
        title: difference.unwrap_or_default(),
    }
}

/// Holds the trap of a generated migration against the migrations of the repository; `migration` is how the context's own
/// finding came out.
pub(super) fn judge_trap(
    plan: &Plan,
    trap: &Trap,
    migration: Option<Status>,
    facts: &Facts,
    inventory: &Inventory,
) -> Judgement {
    let standings: Vec<&Standing> =
        facts.standings.iter().filter(|it| it.product == plan.product.id && it.role == trap.entry.context).collect();
    let searched = format!("{} migrations of {}", facts.migrations.len(), trap.entry.context);
    if let Some(judgement) = traps::judge(trap.entry, &standings, facts) {
        return judgement;
    }
    if standings.is_empty() && stores::reference(plan.product, &trap.entry.context, inventory).is_none() {
        let searched =
            format!("no package that brings {} is referenced, so no migration is generated", trap.entry.context);
        return Judgement::new(Status::Clear, searched);
    }
    let spared = !standings.is_empty() && standings.iter().all(|standing| traps::is_spared(trap.hazard, standing));
    match migration {
        Some(Status::Clear) => Judgement::new(Status::Clear, "no database of this context is kept here".into()),
        _ if spared => {
            Judgement::new(Status::Clear, "only SQL Server refuses this, and no snapshot here is of it".into())
        }
        Some(Status::Done) if !standings.is_empty() => {
            Judgement::new(Status::Clear, format!("{searched}: none does it"))
        }
        Some(Status::Todo) if !standings.is_empty() => {
            let status = if traps::is_of_migration(trap.hazard) { Status::Todo } else { Status::Check };
            let mut judgement = Judgement::new(status, searched);
            for standing in standings {
                judgement.see(&standing.place, format!("the migration of {} is still to be made", standing.context));
            }
            judgement
        }
        _ => Judgement::new(Status::Check, searched),
    }
}

fn judge_one<'a>(
    asked: &Asked<'_>,
    state: &State<'a>,
    facts: &Facts,
    brought: bool,
    judgement: &mut Judgement,
) -> Option<Owed<'a>> {
    let standing = state.standing;
    let migrations = replay::migrations(facts, standing);
    let mut missing: Vec<Want> = state.missing.clone();
    missing.retain(|want| replay::done_by(want, standing, &migrations).is_none());
    let claimed = asked.wants.iter().filter(|want| want.is_met(&standing.schema));
    missing.extend(claimed.filter(|want| replay::is_disproved(want, standing, &migrations)).cloned());
    if missing.is_empty() {
        if judgement.status == Status::Done {
            judgement.places.extend(proof(&asked.wants, standing, &migrations, facts));
        }
        return None;
    }
    let list = listed(&missing);
    if let Some(place) = witness(&missing, facts, &migrations) {
        judgement.worsen(Status::Check);
        judgement.see_as(
            Status::Check,
            &place,
            format!("SQL that may add {list}; the model snapshot of {} lacks it", standing.context),
        );
        return None;
    }
    // Tables of the same names with entities of the repository, and no package whose model would ask for more: a storage of
    // their own, which may or may not need what is new.
    let own = !brought && !standing.vendors;
    let status = if own { Status::Check } else { Status::Todo };
    judgement.worsen(status);
    let stand = stand(state);
    let provider = standing.provider.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
    judgement.see_as(status, &standing.place, format!("{}{provider} stands {stand}", standing.context));
    if own {
        judgement.add_note(&format!(
            "`{}` has entities of your own and nothing here brings `{}`: look whether your stores need {list}.",
            standing.context, standing.role
        ));
        return None;
    }
    judgement.commands.push(state.command.clone());
    let lack = asked.lack(&missing, |_| true, ["has", "lacks"]);
    Some(Owed { standing, lack: format!("stands {stand} and {lack}") })
}

/// `at 6.3`; the nearest release when it fits none.
fn stand(state: &State<'_>) -> String {
    match (state.level, state.nearest) {
        (Some(rung), _) => format!("at {}", rung.stem()),
        (None, Some(rung)) => format!("nearest to {}", rung.stem()),
        (None, None) => "at no release".to_owned(),
    }
}

/// Where what is wanted was done: a migration of this change before an older one, else the snapshot.
fn proof(wants: &[Want], standing: &Standing, migrations: &[&MigrationFile], facts: &Facts) -> Vec<Sighting> {
    let found: Vec<(&MigrationFile, u32)> =
        wants.iter().filter_map(|want| replay::done_by(want, standing, migrations)).collect();
    let best = found.iter().find(|(file, _)| facts.added.contains(&file.path)).or(found.first());
    let Some((file, line)) = best else {
        let table = wants.first().and_then(|want| standing.tables.get(want.table()));
        let line = table.map_or(standing.place.line, |(_, line)| *line);
        let saw = format!("the model snapshot of {} has it", standing.context);
        return vec![Sighting { path: standing.place.path.clone(), line, saw }];
    };
    let when = if facts.added.contains(&file.path) { "this change" } else { "an earlier migration" };
    let saw = format!("{} of {} does it, in {when}", file.name, standing.context);
    vec![Sighting { path: file.path.clone(), line: *line, saw }]
}

/// SQL, in a migration or a script, that names everything that is missing.
fn witness(missing: &[Want], facts: &Facts, migrations: &[&MigrationFile]) -> Option<Place> {
    let by_hand: Option<Vec<Place>> = missing.iter().map(|want| replay::by_hand(want, migrations)).collect();
    by_hand.or_else(|| scripted(missing, facts)).and_then(|places| places.into_iter().next())
}

fn scripted(missing: &[Want], facts: &Facts) -> Option<Vec<Place>> {
    let makes = |want: &Want| {
        let column = match want {
            Want::Table(_) => None,
            Want::Column(_, column) => Some(column.as_str()),
            _ => return None,
        };
        facts.scripts.iter().find_map(|(path, steps)| {
            let mut own = steps.iter().filter(|step| plain(&step.table) == plain(want.table()));
            let line = own.find_map(|step| step.makes(column, |one, other| plain(one) == plain(other)))?;
            Some(Place::new(path, line))
        })
    };
    missing.iter().map(makes).collect()
}

fn searched(facts: &Facts, states: &[State<'_>]) -> String {
    let (snapshots, migrations) = (states.len(), facts.migrations.len());
    format!(
        "{snapshots} model snapshot{}, {migrations} migrations, {} SQL scripts",
        plural(snapshots),
        facts.scripts.len()
    )
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

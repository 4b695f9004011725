//! Databases that SQL scripts make, where no model snapshot tells of them: database projects, numbered sequences, loose scripts.
//!
//! Scripts tell tables and columns. Types, keys and indexes are written in too many ways to be held against anything; a jump that
//! changes those stays a question.

mod fold;

use std::collections::{BTreeMap, BTreeSet};

use crate::csharp::snapshot::Entity;
use crate::evidence::database::cast::Cast;
use crate::evidence::database::level::{Ladder, Want};
use crate::evidence::database::roles::plain;
use crate::evidence::database::script::Step;
use crate::evidence::database::stores;
use crate::evidence::database::words::{Asked, listed};
use crate::evidence::{Facts, Judgement};
use crate::inventory::Inventory;
use crate::place::Place;
use crate::plan::Plan;
use crate::report::Status;
use crate::rules::Rung;
use crate::schema::{Column, Schema, Table};
use fold::{Group, Made, Script, fold, groups, homes_of, is_repeated, natural};

/// Most folders that one sentence lists.
const MAX_FOLDERS: usize = 3;

/// Most sentences on databases that came out differently.
const MAX_NOTES: usize = 5;

/// What scripts make of the tables of one of a product's contexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::evidence) struct Scripted {
    product: String,
    role: String,
    /// The folders of the scripts.
    folders: Vec<String>,
    /// Whether it is what the repository keeps its database with: a database project, or a numbered sequence.
    kept: bool,
    /// Whether a table is made twice, in two ways.
    unsure: bool,
    /// The product's tables, by default names; columns have no types.
    schema: Schema,
    /// By default names: where a table, and each of its columns, is made.
    places: BTreeMap<(String, Option<String>), Place>,
}

impl Scripted {
    /// The parts that the scripts of a tree play.
    pub(in crate::evidence) fn all(scripts: &[(String, Vec<Step>)], cast: &Cast, inventory: &Inventory) -> Vec<Self> {
        let known: BTreeSet<String> = cast.0.iter().flat_map(|part| part.roles.tables().map(plain)).collect();
        let telling = |name: &str| {
            let name = plain(name);
            known.iter().any(|table| name.ends_with(table.as_str()))
        };
        let mut scripts: Vec<Script<'_>> =
            scripts.iter().filter_map(|(path, steps)| Script::of(path, steps, telling, inventory)).collect();
        scripts.sort_by_cached_key(|script| (is_repeated(script.path), natural(script.path)));
        let groups = groups(&scripts);
        let mut own: Vec<Vec<&Script<'_>>> = vec![Vec::new(); groups.len()];
        for script in &scripts {
            for at in homes_of(script, &groups) {
                if let Some(own) = own.get_mut(at) {
                    own.push(script);
                }
            }
        }
        groups.iter().zip(&own).flat_map(|(group, own)| Self::parts(group, own, cast)).collect()
    }

    /// The parts that the tables of a group play.
    fn parts(group: &Group, own: &[&Script<'_>], cast: &Cast) -> Vec<Self> {
        let (tables, unsure) = fold(own);
        let kept = own.iter().any(|script| script.is_kept());
        let mut found = Vec::new();
        for part in &cast.0 {
            let names = part.roles.columns();
            let default =
                |column: &str, own: &str| names.get(column).map_or_else(|| own.to_owned(), |it| (*it).to_owned());
            let entity = |made: &Made| {
                let columns = made.columns.iter().map(|(key, (own, _))| (default(key, own), Column::default()));
                let shape = Table { columns: columns.collect(), ..Table::default() };
                let mut entity = Entity::default();
                (entity.table, entity.line, entity.shape) = (made.name.clone(), made.place.line, shape);
                entity
            };
            let entities: Vec<Entity> = tables.values().map(entity).collect();
            let Some(played) = part.played(&entities) else { continue };
            let mut places = BTreeMap::new();
            for (table, (here, _)) in &played.tables {
                let Some(made) = tables.get(&plain(here)) else { continue };
                places.insert((table.clone(), None), made.place.clone());
                for (key, (own, place)) in &made.columns {
                    places.insert((table.clone(), Some(default(key, own))), place.clone());
                }
            }
            let (product, role) = (part.product.clone(), part.role.clone());
            let folders = group.folders_of(&places);
            found.push(Self { product, role, folders, kept, unsure, schema: played.schema, places });
        }
        found
    }

    /// Whether every place is in a part of the tree.
    pub(in crate::evidence) fn is_in(&self, ours: impl Fn(&str) -> bool) -> bool {
        self.places.values().all(|place| ours(&place.path))
    }

    /// Where the first table of it is made, when it plays a part and lacks something of what is wanted.
    pub(super) fn lacking(&self, product: &str, role: &str, wants: &[Want]) -> Option<&Place> {
        let plays = self.product == product && self.role == role;
        (plays && wants.iter().any(|want| !want.is_met(&self.schema))).then(|| self.places.values().next()).flatten()
    }

    /// Where a table or column is made; else its table, else the first one.
    fn place(&self, want: Option<&Want>) -> Option<&Place> {
        let of = |column: Option<&String>| self.places.get(&(want?.table().to_owned(), column.cloned()));
        let column = match want {
            Some(Want::Column(_, column)) => Some(column),
            _ => None,
        };
        of(column).or_else(|| of(None)).or_else(|| self.places.values().next())
    }
}

/// Holds what a plan asks of a context against the scripts; `None` when none makes its tables, or nothing here brings the context.
pub(super) fn judge(
    plan: &Plan,
    target: &Rung,
    role: &str,
    asked: &Asked<'_>,
    facts: &Facts,
    inventory: &Inventory,
) -> Option<Judgement> {
    let own: Vec<&Scripted> =
        facts.scripted.iter().filter(|it| it.product == plan.product.id && it.role == role).collect();
    stores::reference(plan.product, role, inventory).filter(|_| !own.is_empty())?;
    let ladder = Ladder::of(plan.product, role);
    let searched =
        format!("no model snapshot of {role} among {}; {} SQL scripts", facts.snapshots, facts.scripts.len());
    let mut judgement = Judgement::new(Status::Done, searched);
    let verdicts: Vec<(&Scripted, Verdict<'_>)> =
        own.iter().map(|database| (*database, database.verdict(&ladder, target, asked, facts))).collect();
    for (_, verdict) in &verdicts {
        judgement.worsen(verdict.status);
    }
    let mut notes: Vec<&str> = Vec::new();
    for (_, verdict) in &verdicts {
        if let Some(place) = verdict.place {
            judgement.see_as(verdict.status, place, verdict.saw.clone());
        }
        if !verdict.note.is_empty() && !notes.contains(&verdict.note.as_str()) {
            notes.push(&verdict.note);
        }
    }
    for note in notes.iter().take(MAX_NOTES) {
        // One sentence for all that came out alike.
        let alike = verdicts.iter().filter(|(_, verdict)| verdict.note == *note);
        let folders = alike.flat_map(|(database, _)| &database.folders);
        judgement.add_note(&format!("The scripts in {} {note}.", folders_of(folders)));
    }
    if notes.len() > MAX_NOTES {
        judgement.add_note(&format!("Others stand in {} more ways.", notes.len() - MAX_NOTES));
    }
    Some(judgement)
}

/// How one database came out.
struct Verdict<'a> {
    status: Status,
    /// `stand at 6.3 and lack …`; empty when there is nothing to say.
    note: String,
    place: Option<&'a Place>,
    saw: String,
}

/// The first folders by name, the rest counted.
fn folders_of<'f>(folders: impl Iterator<Item = &'f String>) -> String {
    let all: Vec<&String> = folders.collect();
    let name = |it: &&String| format!("`{}`", if it.is_empty() { "." } else { it });
    let mut names: Vec<String> = all.iter().take(MAX_FOLDERS).map(name).collect();
    if all.len() > MAX_FOLDERS {
        names.push(format!("{} more", all.len() - MAX_FOLDERS));
    }
    names.join(", ")
}

impl Scripted {
    fn verdict(&self, ladder: &Ladder<'_>, target: &Rung, asked: &Asked<'_>, facts: &Facts) -> Verdict<'_> {
        let mut missing = ladder.missing(&self.schema, target);
        missing.retain(is_told);
        let beyond = beyond(&asked.wants);
        let open = format!("only you can tell whether they bring {}", listed(&beyond));
        if !missing.is_empty() {
            let status = if self.kept { Status::Todo } else { Status::Check };
            let level = ladder.level_by(&self.schema, is_told);
            let stand = level.map_or_else(|| "stand at no release".into(), |it| format!("stand at {}", it.stem()));
            let more = if beyond.is_empty() { String::new() } else { format!("; {open}") };
            let note = format!("{stand} and {}{more}", asked.lack(&missing, is_told, ["have", "lack"]));
            return Verdict { status, note, place: self.place(missing.first()), saw: format!("the scripts {stand}") };
        }
        let place = self.place(asked.wants.iter().find(|want| is_told(want)));
        if !beyond.is_empty() {
            let note = format!("make its tables and columns; {open}");
            return Verdict {
                status: Status::Check,
                note,
                place,
                saw: "the scripts make its tables and columns".into(),
            };
        }
        if !self.kept || self.unsure {
            let note = "make all of it: see to it that they have run before the new version does".to_owned();
            return Verdict { status: Status::Check, note, place, saw: "a script makes it".into() };
        }
        let new = place.is_some_and(|place| facts.added.contains(&place.path));
        let saw = if new { "a script of this change makes it" } else { "a script makes it" };
        Verdict { status: Status::Done, note: String::new(), place, saw: saw.into() }
    }
}

/// Whether scripts tell it.
fn is_told(want: &Want) -> bool {
    matches!(want, Want::Table(_) | Want::Column(..))
}

/// What a jump asks of tables and columns that are there already, which scripts do not tell.
fn beyond(asked: &[Want]) -> Vec<Want> {
    let whole = |table: &str| asked.contains(&Want::Table(table.to_owned()));
    let new = |table: &str, column: &str| asked.contains(&Want::Column(table.to_owned(), column.to_owned()));
    let old = |want: &&Want| match want {
        Want::Definition(table, column, _) => !whole(table) && !new(table, column),
        other => !is_told(other) && !whole(other.table()),
    };
    asked.iter().filter(old).cloned().collect()
}

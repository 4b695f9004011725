//! What the scripts of one database make of its tables: which scripts belong together, in which order, and what stands in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::evidence::database::roles::plain;
use crate::evidence::database::script::{Act, Step};
use crate::evidence::project_at;
use crate::inventory::Inventory;
use crate::place::Place;
use crate::tree::{file_name, folder};

/// One script.
pub(super) struct Script<'a> {
    pub(super) path: &'a str,
    pub(super) steps: Vec<&'a Step>,
    /// The folder that it is in; of a database project that of the project.
    pub(super) home: String,
    /// Whether it is part of a database project, which says what is and not what happens.
    pub(super) declares: bool,
}

/// The scripts of one database.
#[derive(Default)]
pub(super) struct Group {
    pub(super) homes: BTreeSet<String>,
    /// Plain names of the tables that are made.
    pub(super) tables: BTreeSet<String>,
}

/// A table that scripts make; columns by plain name.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) columns: BTreeMap<String, (String, Place)>,
}

impl<'a> Script<'a> {
    /// A script with its steps that can tell something; `None` when there are none.
    pub(super) fn of(
        path: &'a str,
        steps: &'a [Step],
        telling: impl Fn(&str) -> bool,
        inventory: &Inventory,
    ) -> Option<Self> {
        let tells = |step: &&Step| telling(&step.table) || matches!(&step.act, Act::Rename(to) if telling(to));
        let steps: Vec<&Step> = steps.iter().filter(tells).collect();
        let project = (!steps.is_empty()).then(|| project_at(inventory, path))?;
        let of_database = |sdk: &str| sdk.to_ascii_lowercase().contains("sql");
        let database = project.filter(|project| {
            project.path.to_ascii_lowercase().ends_with(".sqlproj") || project.sdk.as_deref().is_some_and(of_database)
        });
        let home = database.map_or_else(|| folder(path), |project| folder(&project.path)).to_owned();
        Some(Self { path, steps, home, declares: database.is_some() })
    }

    /// Whether it has a place in a sequence (`V1.2__x.sql`, `Script0001 - x.sql`, `20240131_x.sql`), or is part of a project.
    pub(super) fn is_kept(&self) -> bool {
        let name = file_name(self.path).to_ascii_lowercase();
        let rest = ["script", "v", "b"].iter().find_map(|start| name.strip_prefix(start)).unwrap_or(&name);
        self.declares || rest.starts_with(|first: char| first.is_ascii_digit())
    }
}

/// Flyway's scripts that run again whenever they change, after all others.
pub(super) fn is_repeated(path: &str) -> bool {
    file_name(path).starts_with("R__")
}

/// A path whose order as text is that of people: `V2` before `V10`.
pub(super) fn natural(path: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for character in path.to_lowercase().chars().chain(['\0']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if !digits.is_empty() {
            // Writing to a String cannot fail.
            write!(key, "{:0>20}", digits.trim_start_matches('0')).ok();
            digits.clear();
        }
        key.push(character);
    }
    key
}

/// Most databases that are told apart; the folders beyond count as one.
const MAX_GROUPS: usize = 100;

/// Folders that make different tables are of one database; those that make the same are of several (providers, copies).
pub(super) fn groups(scripts: &[Script<'_>]) -> Vec<Group> {
    let mut homes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for script in scripts {
        let made = script.steps.iter().filter(|step| matches!(step.act, Act::Create(_)));
        for step in made {
            homes.entry(&script.home).or_default().insert(plain(&step.table));
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    for (home, tables) in homes {
        let fits = groups.iter().position(|group| group.tables.is_disjoint(&tables));
        let at = fits.unwrap_or_else(|| {
            if groups.len() < MAX_GROUPS {
                groups.push(Group::default());
            }
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.homes.insert(home.to_owned());
            group.tables.extend(tables);
        }
    }
    groups
}

/// The groups of each script: that of its folder; else of those that make its tables the nearest ones.
pub(super) fn homes_of(script: &Script<'_>, groups: &[Group]) -> Vec<usize> {
    if let Some(own) = groups.iter().position(|group| group.homes.contains(&script.home)) {
        return vec![own];
    }
    let names: BTreeSet<String> = script.steps.iter().map(|step| plain(&step.table)).collect();
    let touched = groups.iter().enumerate().filter(|(_, group)| !group.tables.is_disjoint(&names));
    let near: Vec<(usize, usize)> = touched.map(|(at, group)| (at, group.nearness(&script.home))).collect();
    let nearest = near.iter().map(|(_, nearness)| *nearness).max();
    near.into_iter().filter(|(_, nearness)| Some(*nearness) == nearest).map(|(at, _)| at).collect()
}

impl Group {
    /// How many folders from the root it shares with another.
    fn nearness(&self, home: &str) -> usize {
        let shared = |own: &String| own.split('/').zip(home.split('/')).take_while(|(one, other)| one == other).count();
        self.homes.iter().take(MAX_GROUPS).map(shared).max().unwrap_or_default()
    }

    /// The folders in which the tables of a part are made.
    pub(super) fn folders_of(&self, places: &BTreeMap<(String, Option<String>), Place>) -> Vec<String> {
        let tables = || places.iter().filter(|((_, column), _)| column.is_none());
        let of =
            |path: &str, home: &str| home.is_empty() || path.strip_prefix(home).is_some_and(|it| it.starts_with('/'));
        let home = |home: &&String| tables().any(|(_, place)| of(&place.path, home));
        self.homes.iter().filter(home).cloned().collect()
    }
}

/// What scripts make, in their order, and whether one table is made in two ways.
pub(super) fn fold(scripts: &[&Script<'_>]) -> (BTreeMap<String, Made>, bool) {
    let mut tables: BTreeMap<String, Made> = BTreeMap::new();
    let mut unsure = false;
    // Columns for tables that are not there yet: files without numbers stand in no order.
    let mut early: Vec<(&Step, &str)> = Vec::new();
    for (script, step) in scripts.iter().flat_map(|script| script.steps.iter().map(move |step| (script, *step))) {
        let key = plain(&step.table);
        let place = |line: u32| Place::new(script.path, line);
        match &step.act {
            Act::Create(columns) => {
                let columns: BTreeMap<String, (String, Place)> =
                    columns.iter().map(|(name, line)| (plain(name), (name.clone(), place(*line)))).collect();
                let same = |known: &Made| known.columns.keys().eq(columns.keys());
                unsure |= columns.is_empty() || tables.get(&key).is_some_and(|known| !same(known));
                let made = || Made { name: step.table.clone(), place: place(step.line), columns };
                tables.entry(key).or_insert_with(made);
            }
            // A database project says what is; what its scripts drop before and after is none of that.
            Act::Drop | Act::Remove(_) | Act::Rename(_) if script.declares => {}
            Act::Drop => drop(tables.remove(&key)),
            Act::Rename(to) => {
                if let Some(made) = tables.remove(&key) {
                    tables.insert(plain(to), Made { name: to.clone(), ..made });
                }
            }
            Act::Add(column) => match tables.get_mut(&key) {
                Some(made) => drop(made.columns.insert(plain(column), (column.clone(), place(step.line)))),
                None => early.push((step, script.path)),
            },
            Act::Remove(column) => {
                if let Some(made) = tables.get_mut(&key) {
                    made.columns.remove(&plain(column));
                }
            }
            Act::RenameColumn(from, to) => {
                if let Some(made) = tables.get_mut(&key)
                    && made.columns.remove(&plain(from)).is_some()
                {
                    made.columns.insert(plain(to), (to.clone(), place(step.line)));
                }
            }
        }
    }
    for (step, path) in early {
        if let (Act::Add(column), Some(made)) = (&step.act, tables.get_mut(&plain(&step.table))) {
            made.columns.entry(plain(column)).or_insert_with(|| (column.clone(), Place::new(path, step.line)));
        }
    }
    (tables, unsure)
}

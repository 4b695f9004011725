//! Migrations that EF Core generates and that fail or lose data, told at the line that does.

use std::collections::BTreeMap;

use crate::csharp::migration::{Act, Operation};
use crate::evidence::database::roles::plain;
use crate::evidence::database::{MigrationFile, Standing, replay};
use crate::evidence::{Facts, Judgement};
use crate::report::{Sighting, Status};
use crate::rules::schema::{DatabaseEntry, HazardEntry, IndexEntry};

/// Most places that one trap names.
const MAX_PLACES: usize = 20;

/// Whether migrations that this repository has run into the hazard of an entry; `None` when none of them touches it.
pub(super) fn judge(entry: &DatabaseEntry, standings: &[&Standing], facts: &Facts) -> Option<Judgement> {
    let hazard = entry.hazard.as_ref()?;
    let mut judgements = Vec::new();
    for standing in standings {
        for file in replay::migrations(facts, standing) {
            judgements.extend(match hazard.kind.as_str() {
                "fails" => altered_key(entry, standing, file),
                "loses-data" => dropped(entry, standing, file),
                "needs-clean-data" | "rewrites-table" => touched(entry, standing, file),
                _ => Vec::new(),
            });
        }
    }
    let status = judgements.iter().map(|(status, _)| *status).min()?;
    let places: Vec<Sighting> =
        judgements.into_iter().filter(|(own, _)| *own == status).map(|(_, place)| place).take(MAX_PLACES).collect();
    let searched = format!("{} migrations", facts.migrations.len());
    Some(Judgement { places, ..Judgement::new(status, searched) })
}

/// Whether the migration itself has to be edited; what depends on data or on others only a person can tell.
pub(super) fn is_of_migration(hazard: &HazardEntry) -> bool {
    matches!(hazard.kind.as_str(), "fails" | "loses-data")
}

/// Whether the database of a snapshot does not know the hazard.
pub(super) fn is_spared(hazard: &HazardEntry, standing: &Standing) -> bool {
    hazard.kind == "fails" && is_of_another_provider(standing)
}

fn is_of_another_provider(standing: &Standing) -> bool {
    standing.provider.as_deref().is_some_and(|provider| provider != "SqlServer")
}

type Verdicts = Vec<(Status, Sighting)>;

fn sighting(file: &MigrationFile, operation: &Operation, saw: String) -> Sighting {
    Sighting { path: file.path.clone(), line: operation.line, saw }
}

/// A column of the primary key is altered while the key stands. Only SQL Server refuses.
fn altered_key(entry: &DatabaseEntry, standing: &Standing, file: &MigrationFile) -> Verdicts {
    if is_of_another_provider(standing) {
        return Vec::new();
    }
    let mut verdicts = Vec::new();
    for (at, operation) in file.operations.iter().enumerate() {
        let Act::AlterColumn { table, column, shape } = &operation.act else { continue };
        let wanted = entry.alter_columns.iter().find(|(name, _)| standing.is_table(table, name));
        let Some((name, columns)) = wanted else { continue };
        let Some((_, definition)) = columns.iter().find(|(name, _)| plain(name) == plain(column)) else { continue };
        if !definition.starts_with(&shape.sql_type) {
            continue;
        }
        let before = file.operations.get(..at).unwrap_or_default();
        let freed = before.iter().any(|it| match &it.act {
            Act::DropPrimaryKey { table } | Act::DropTable { table } => standing.is_table(table, name),
            Act::Sql { text, .. } => plain(text).contains("dropconstraint"),
            _ => false,
        });
        let saw = if freed {
            format!("the key of {name} is dropped before {column} is altered")
        } else {
            format!("{name}.{column} is altered while the primary key rests on it")
        };
        verdicts.push((if freed { Status::Done } else { Status::Todo }, sighting(file, operation, saw)));
    }
    verdicts
}

/// A table or column with data goes, and nothing before copied it.
fn dropped(entry: &DatabaseEntry, standing: &Standing, file: &MigrationFile) -> Verdicts {
    let mut verdicts = Vec::new();
    for (at, operation) in file.operations.iter().enumerate() {
        let (name, what) = match &operation.act {
            Act::DropTable { table } => {
                let Some(old) = entry.rename_tables.keys().find(|old| standing.is_table(table, old)) else { continue };
                (old, format!("table {old}"))
            }
            Act::DropColumn { table, column } => {
                let lists = |(name, columns): &(&String, &Vec<String>)| {
                    standing.is_table(table, name) && columns.iter().any(|own| plain(own) == plain(column))
                };
                let Some((name, _)) = entry.drop_columns.iter().find(lists) else { continue };
                (name, format!("column {name}.{column}"))
            }
            _ => continue,
        };
        let before = file.operations.get(..at).unwrap_or_default();
        let saved = before.iter().any(|it| match &it.act {
            Act::Sql { text, partly } => *partly || plain(text).contains(&plain(name)),
            _ => false,
        });
        let saw =
            if saved { format!("{what} goes after SQL that reads it") } else { format!("{what} goes with its data") };
        verdicts.push((if saved { Status::Done } else { Status::Todo }, sighting(file, operation, saw)));
    }
    verdicts
}

/// The operation whose success depends on the data: only a person can look there.
fn touched(entry: &DatabaseEntry, standing: &Standing, file: &MigrationFile) -> Verdicts {
    let mut verdicts = Vec::new();
    for operation in &file.operations {
        let saw = match &operation.act {
            Act::AlterColumn { table, column, shape } => {
                let lists = |(name, columns): &(&String, &BTreeMap<String, String>)| {
                    standing.is_table(table, name)
                        && columns
                            .iter()
                            .any(|(own, to)| plain(own) == plain(column) && to.starts_with(&shape.sql_type))
                };
                entry
                    .alter_columns
                    .iter()
                    .find(lists)
                    .map(|(name, _)| format!("{name}.{column} becomes {}", shape.sql_type))
            }
            Act::CreateIndex { table, columns, unique: true } => {
                let lists = |(name, _): &(&String, &BTreeMap<String, IndexEntry>)| standing.is_table(table, name);
                let wanted = entry.add_indexes.iter().find(lists);
                let same = |index: &IndexEntry| index.unique && index.columns == *columns;
                wanted
                    .filter(|(_, indexes)| indexes.values().any(same))
                    .map(|(name, _)| format!("unique index on {name}({})", columns.join(", ")))
            }
            Act::AddPrimaryKey { table } => {
                let key = entry.primary_keys.keys().find(|name| standing.is_table(table, name));
                key.map(|name| format!("new primary key of {name}"))
            }
            _ => None,
        };
        verdicts.extend(saw.map(|saw| (Status::Check, sighting(file, operation, saw))));
    }
    verdicts
}

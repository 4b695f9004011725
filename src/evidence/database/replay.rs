//! What the migrations of a snapshot do, in order: which one makes a column, and whether any does.

use crate::csharp::migration::Act;
use crate::evidence::Facts;
use crate::evidence::database::level::Want;
use crate::evidence::database::roles::plain;
use crate::evidence::database::{MigrationFile, Standing};
use crate::place::Place;
use crate::tree::folder;

/// The migrations that lead up to a snapshot, in the order of their file names, which start with a date.
pub(super) fn migrations<'a>(facts: &'a Facts, standing: &Standing) -> Vec<&'a MigrationFile> {
    let own = |file: &&MigrationFile| {
        let nearest = facts
            .standings
            .iter()
            .filter(|other| file.context.as_deref().is_none_or(|context| context == other.context))
            .max_by_key(|other| (common(&other.place.path, &file.path), other.place.path == standing.place.path));
        nearest.is_some_and(|nearest| nearest.place == standing.place)
    };
    facts.migrations.iter().filter(own).collect()
}

/// How many folders two paths share from the root; a migration in the folder of the snapshot is nearer than one below it.
fn common(snapshot: &str, migration: &str) -> (usize, bool) {
    let (own, other) = (folder(snapshot), folder(migration));
    let shared = own.split('/').zip(other.split('/')).take_while(|(a, b)| a == b).count();
    (shared, own == other)
}

/// Where a migration does what is wanted; the last one that does.
pub(super) fn done_by<'a>(
    want: &Want,
    standing: &Standing,
    migrations: &[&'a MigrationFile],
) -> Option<(&'a MigrationFile, u32)> {
    let operations =
        migrations.iter().rev().flat_map(|file| file.operations.iter().map(move |operation| (*file, operation)));
    operations.into_iter().find(|(_, it)| meets(&it.act, want, standing)).map(|(file, it)| (file, it.line))
}

fn meets(act: &Act, want: &Want, standing: &Standing) -> bool {
    let is = |table: &String| standing.is_table(table, want.table());
    let same = |own: &String, wanted: &String| plain(own) == plain(wanted);
    match (want, act) {
        (Want::Table(_), Act::CreateTable { table, .. } | Act::RenameTable { to: table, .. })
        | (Want::Key(..), Act::AddPrimaryKey { table })
        | (Want::NoTable(_), Act::DropTable { table } | Act::RenameTable { table, .. }) => is(table),
        (Want::Column(_, column), Act::CreateTable { table, columns }) => {
            is(table) && columns.keys().any(|own| same(own, column))
        }
        (Want::Column(_, column), Act::AddColumn { table, column: own } | Act::RenameColumn { table, to: own, .. })
        | (Want::NoColumn(_, column), Act::DropColumn { table, column: own }) => is(table) && same(own, column),
        (Want::Definition(_, column, definition), Act::AlterColumn { table, column: own, shape }) => {
            let wanted = definition.parse::<crate::schema::Column>().ok();
            is(table) && same(own, column) && wanted.is_none_or(|wanted| wanted.sql_type == shape.sql_type)
        }
        (Want::Index(_, columns, _), Act::CreateIndex { table, columns: own, .. }) => {
            is(table) && own.len() == columns.len() && own.iter().zip(columns).all(|(own, wanted)| same(own, wanted))
        }
        _ => false,
    }
}

/// Whether the whole history stands in the repository and shows that no migration makes what the snapshot claims.
///
/// Only for tables and columns, only when the table (or, for a table, another of the same context) is seen to be created,
/// and only when no SQL by hand could have done it.
pub(super) fn is_disproved(want: &Want, standing: &Standing, migrations: &[&MigrationFile]) -> bool {
    let name = match want {
        Want::Table(table) => table,
        Want::Column(_, column) => column,
        _ => return false,
    };
    let acts = || migrations.iter().flat_map(|file| file.operations.iter().map(|operation| &operation.act));
    let created = |wanted: &str| {
        acts().any(|act| matches!(act, Act::CreateTable { table, .. } if standing.is_table(table, wanted)))
    };
    let history_is_whole = match want {
        Want::Table(_) => standing.tables.keys().filter(|table| *table != name).all(|table| created(table)),
        _ => created(want.table()),
    };
    let by_hand =
        acts().any(|act| matches!(act, Act::Sql { text, partly } if *partly || plain(text).contains(&plain(name))));
    history_is_whole && !by_hand && done_by(want, standing, migrations).is_none()
}

/// A place where SQL by hand mentions a table or column that is wanted.
pub(super) fn by_hand(want: &Want, migrations: &[&MigrationFile]) -> Option<Place> {
    let name = match want {
        Want::Column(_, column) | Want::Definition(_, column, _) => column,
        other => other.table(),
    };
    let name = plain(name);
    migrations.iter().find_map(|file| {
        let mentions = |act: &Act| matches!(act, Act::Sql { text, .. } if plain(text).contains(&name));
        let operation = file.operations.iter().find(|operation| mentions(&operation.act))?;
        Some(Place::new(&file.path, operation.line))
    })
}

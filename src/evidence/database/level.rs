//! How far up a ladder a database stands, and what it lacks for a rung.
//!
//! Only what differs between rungs tells anything: a column that every rung has, or a length that never changed, may have
//! been customised long ago and is no debt of a jump.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::rules::{Product, Rung};
use crate::schema::{Column, Schema, Table};

/// One thing that a schema has, and a database may lack. Names are the product's defaults.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// A table.
    Table(String),
    /// A column of a table.
    Column(String, String),
    /// A column of a table with its definition.
    Definition(String, String, String),
    /// A table's primary key, by its columns.
    Key(String, Vec<String>),
    /// An index of a table, by its columns, and whether it is unique.
    Index(String, Vec<String>, bool),
    /// A table that must be gone.
    NoTable(String),
    /// A column that must be gone.
    NoColumn(String, String),
}

impl Want {
    /// The table it is about.
    pub fn table(&self) -> &str {
        match self {
            Self::Table(table)
            | Self::Column(table, _)
            | Self::Definition(table, ..)
            | Self::Key(table, _)
            | Self::Index(table, ..)
            | Self::NoTable(table)
            | Self::NoColumn(table, _) => table,
        }
    }

    /// The names in it: of the table, then of what it is of the table.
    pub(super) fn names(&self) -> Vec<&str> {
        let parts: Vec<&str> = match self {
            Self::Table(_) | Self::NoTable(_) => Vec::new(),
            Self::Column(_, column) | Self::Definition(_, column, _) | Self::NoColumn(_, column) => vec![column],
            // A title says of indexes only how many change.
            Self::Index(..) => vec![""],
            Self::Key(_, columns) => columns.iter().map(String::as_str).collect(),
        };
        std::iter::once(self.table()).chain(parts).collect()
    }

    /// Whether a database of this shape has it. What cannot be told counts as had.
    pub fn is_met(&self, schema: &Schema) -> bool {
        let table = schema.tables.get(self.table());
        let has = |test: &dyn Fn(&Table) -> bool| table.is_some_and(test);
        match self {
            Self::Table(_) => table.is_some(),
            Self::NoTable(_) => table.is_none(),
            Self::Column(_, column) => has(&|table| table.columns.contains_key(column)),
            Self::NoColumn(_, column) => table.is_none_or(|table| !table.columns.contains_key(column)),
            Self::Definition(_, column, definition) => {
                has(&|table| table.columns.get(column).is_none_or(|own| fits(own, definition)))
            }
            Self::Key(_, columns) => has(&|table| table.primary_key.is_empty() || table.primary_key == *columns),
            Self::Index(_, columns, unique) => {
                has(&|table| table.indexes.values().any(|own| own.columns == *columns && (own.unique || !unique)))
            }
        }
    }
}

impl fmt::Display for Want {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(table) => write!(formatter, "table {table}"),
            Self::Column(table, column) => write!(formatter, "column {table}.{column}"),
            Self::Definition(table, column, definition) => write!(formatter, "{table}.{column} as {definition}"),
            Self::Key(table, columns) => write!(formatter, "primary key {table}({})", columns.join(", ")),
            Self::Index(table, columns, unique) => {
                let kind = if *unique { "unique index" } else { "index" };
                write!(formatter, "{kind} {table}({})", columns.join(", "))
            }
            Self::NoTable(table) => write!(formatter, "removal of table {table}"),
            Self::NoColumn(table, column) => write!(formatter, "removal of column {table}.{column}"),
        }
    }
}

/// Whether a column of a repository is what a definition asks for; types that are not known fit.
fn fits(own: &Column, definition: &str) -> bool {
    let Ok(wanted) = definition.parse::<Column>() else { return true };
    own.sql_type.is_empty() || (own.sql_type == wanted.sql_type && own.nullable == wanted.nullable)
}

/// All that a schema has.
pub fn wants(schema: &Schema) -> BTreeSet<Want> {
    let mut all = BTreeSet::new();
    for (name, table) in &schema.tables {
        all.insert(Want::Table(name.clone()));
        for (column, definition) in &table.columns {
            all.insert(Want::Column(name.clone(), column.clone()));
            all.insert(Want::Definition(name.clone(), column.clone(), definition.to_string()));
        }
        all.insert(Want::Key(name.clone(), table.primary_key.clone()));
        for index in table.indexes.values() {
            all.insert(Want::Index(name.clone(), index.columns.clone(), index.unique));
        }
    }
    all
}

/// The ladder of one context: what each rung asks for beyond what all rungs have.
pub(super) struct Ladder<'a> {
    rungs: Vec<(&'a Rung, BTreeSet<Want>)>,
}

impl<'a> Ladder<'a> {
    /// The rungs at which the schema of a context is known, lowest first.
    pub(super) fn of(product: &'a Product, context: &str) -> Self {
        let known = product.rungs.iter().filter(|rung| product.knows_schema(rung, context));
        let mut rungs: Vec<(&Rung, BTreeSet<Want>)> =
            known.map(|rung| (rung, wants(&product.schema_at(rung, context)))).collect();
        let constant = constants(&rungs);
        for (_, wants) in &mut rungs {
            wants.retain(|want| !constant.contains(want));
        }
        Self { rungs }
    }

    /// What a database lacks for a rung; a table that is missing stands for all that is in it.
    pub(super) fn missing(&self, schema: &Schema, rung: &Rung) -> Vec<Want> {
        let wanted = self.rungs.iter().find(|(known, _)| known.id == rung.id);
        wanted.map(|(_, wants)| lacking(wants, schema)).unwrap_or_default()
    }

    /// The highest rung whose wants are all met. Of rungs with one shape it is the highest released one.
    pub(super) fn level(&self, schema: &Schema) -> Option<&'a Rung> {
        self.level_by(schema, |_| true)
    }

    /// Likewise, of a database of which only some things can be told.
    pub(super) fn level_by(&self, schema: &Schema, told: impl Fn(&Want) -> bool) -> Option<&'a Rung> {
        let lacks = |wants: &BTreeSet<Want>| lacking(wants, schema).iter().any(&told);
        let met = || self.rungs.iter().rev().filter(|(_, wants)| !lacks(wants));
        met().find(|(rung, _)| !rung.file.preview).or_else(|| met().next()).map(|(rung, _)| *rung)
    }

    /// The released rung that a database lacks least of: previews, and tables changed by hand, fit none. Of several the highest.
    pub(super) fn nearest(&self, schema: &Schema) -> Option<&'a Rung> {
        let released = self.rungs.iter().rev().filter(|(rung, _)| !rung.file.preview);
        released.min_by_key(|(_, wants)| lacking(wants, schema).len()).map(|(rung, _)| *rung)
    }
}

/// What tells no rung from another: things that every rung has, and definitions and keys that are the same wherever their
/// column or table exists. With a single shape on the whole ladder there is nothing to tell apart, and all of it counts.
fn constants(rungs: &[(&Rung, BTreeSet<Want>)]) -> BTreeSet<Want> {
    // Of each thing, on how many rungs it is; of each column and key, how many definitions it has.
    let mut all: BTreeMap<&Want, usize> = BTreeMap::new();
    for want in rungs.iter().flat_map(|(_, wants)| wants) {
        *all.entry(want).or_default() += 1;
    }
    if all.values().all(|count| *count == rungs.len()) {
        return BTreeSet::new();
    }
    let mut rivals: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for defined in all.keys().filter_map(|want| defined(want)) {
        *rivals.entry(defined).or_default() += 1;
    }
    let same = |want: &Want| defined(want).is_some_and(|it| rivals.get(&it) == Some(&1));
    let constant = all.iter().filter(|(want, count)| **count == rungs.len() || same(want));
    constant.map(|(want, _)| (*want).clone()).collect()
}

/// What a definition or key is of: the column of a table, or the table as a whole.
fn defined(want: &Want) -> Option<(&str, Option<&str>)> {
    match want {
        Want::Definition(table, column, _) => Some((table, Some(column))),
        Want::Key(table, _) => Some((table, None)),
        _ => None,
    }
}

/// The wants that are not met, each told once: a missing table stands for all that is in it.
pub(super) fn lacking<'w>(wants: impl IntoIterator<Item = &'w Want>, schema: &Schema) -> Vec<Want> {
    let mut unmet: Vec<Want> = wants.into_iter().filter(|want| !want.is_met(schema)).cloned().collect();
    let whole: BTreeSet<String> =
        unmet.iter().filter(|want| matches!(want, Want::Table(_))).map(|want| want.table().to_owned()).collect();
    unmet.retain(|want| match want {
        Want::Table(_) | Want::NoTable(_) | Want::NoColumn(..) => true,
        Want::Definition(table, ..) => schema.tables.contains_key(table),
        _ => !whole.contains(want.table()),
    });
    unmet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rulebook;

    #[test]
    fn every_distinct_schema_is_its_own_level() {
        for product in &Rulebook::embedded().products {
            for context in &product.file.contexts {
                let ladder = Ladder::of(product, &context.name);
                for (rung, _) in &ladder.rungs {
                    let schema = product.schema_at(rung, &context.name);
                    let level = ladder.level(&schema).expect("a level");
                    assert_eq!(product.schema_at(level, &context.name), schema, "{} of {}", context.name, rung.id);
                    assert!(ladder.missing(&schema, rung).is_empty());
                }
            }
        }
    }

    #[test]
    fn one_missing_column_is_told_by_name() {
        let product = Rulebook::embedded().product("identityserver").expect("a product");
        let rung = product.rung_named("7.0").expect("a rung");
        let ladder = Ladder::of(product, "ConfigurationDbContext");
        let mut schema = product.schema_at(rung, "ConfigurationDbContext");
        let clients = schema.tables.get_mut("Clients").expect("clients");
        clients.columns.remove("PushedAuthorizationLifetime");
        let missing: Vec<String> = ladder.missing(&schema, rung).iter().map(ToString::to_string).collect();
        assert_eq!(missing, ["column Clients.PushedAuthorizationLifetime"]);
        assert_eq!(ladder.level(&schema).map(Rung::stem), Some("6.3"));
    }

    #[test]
    fn a_database_that_fits_no_release_has_a_nearest_one() {
        let product = Rulebook::embedded().product("identityserver").expect("a product");
        let rung = product.rung_named("7.0").expect("a rung");
        let ladder = Ladder::of(product, "PersistedGrantDbContext");
        let mut schema = product.schema_at(rung, "PersistedGrantDbContext");
        // As the second preview of 7.0 had it: the key is wide already, and one index is still to come.
        let requests = schema.tables.get_mut("PushedAuthorizationRequests").expect("requests");
        requests.indexes.retain(|_, index| index.columns != ["ExpiresAtUtc"]);
        assert_eq!(ladder.level(&schema).map(Rung::stem), None);
        assert_eq!(ladder.nearest(&schema).map(Rung::stem), Some("7.4"));
        let missing: Vec<String> = ladder.missing(&schema, rung).iter().map(ToString::to_string).collect();
        assert_eq!(missing, ["index PushedAuthorizationRequests(ExpiresAtUtc)"]);
    }

    #[test]
    fn what_every_rung_has_is_no_debt() {
        let product = Rulebook::embedded().product("identityserver").expect("a product");
        let rung = product.rung_named("7.0").expect("a rung");
        let mut schema = product.schema_at(rung, "ConfigurationDbContext");
        let clients = schema.tables.get_mut("Clients").expect("clients");
        clients.columns.get_mut("ClientName").expect("a column").sql_type = "nvarchar(500)".into();
        clients.columns.insert("TenantId".into(), Column::default());
        assert!(Ladder::of(product, "ConfigurationDbContext").missing(&schema, rung).is_empty());
    }
}

//! What one migration between two shapes of a database does.
//!
//! Invariant: two equal shapes have an empty difference, and a table or column stands in one list only: what is renamed is
//! neither dropped nor added.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::{Column, Index, Schema, Table};

/// Which tables and columns of an older shape go on under another name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Old name to new name.
    pub tables: BTreeMap<String, String>,
    /// By new name of the table: old name of the column to its new name.
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
}

/// An old and a new name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Rename {
    /// Old name.
    pub from: String,
    /// New name.
    pub to: String,
}

/// A column whose definition changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alteration {
    /// Name of the column.
    pub column: String,
    /// Old definition, such as `int NOT NULL`.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub from: Column,
    /// New definition.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub to: Column,
}

/// An index of a table. Its text is `Table.IX_…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexName {
    /// The table, by its new name.
    pub table: String,
    /// The index.
    pub index: String,
}

/// A primary key that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    /// The table, by its new name.
    pub table: String,
    /// Old columns of the key.
    pub from: Vec<String>,
    /// New columns of the key.
    pub to: Vec<String>,
}

/// What one migration does. Tables are called by their new names; the columns and indexes of created and dropped tables are not
/// listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Tables that are new.
    pub tables_created: Vec<String>,
    /// Tables that go.
    pub tables_dropped: Vec<String>,
    /// Tables that get another name.
    pub tables_renamed: Vec<Rename>,
    /// Columns that are new, by table.
    pub columns_added: BTreeMap<String, Vec<String>>,
    /// Columns that go, by table.
    pub columns_dropped: BTreeMap<String, Vec<String>>,
    /// Columns that get another name, by table.
    pub columns_renamed: BTreeMap<String, Vec<Rename>>,
    /// Columns whose definition changes, by table.
    pub columns_altered: BTreeMap<String, Vec<Alteration>>,
    /// Indexes that are new, or made anew with another definition.
    pub indexes_added: Vec<IndexName>,
    /// Indexes that go, or are made anew.
    pub indexes_dropped: Vec<IndexName>,
    /// Primary keys that change.
    pub keys_changed: Vec<KeyChange>,
}

impl Difference {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn between(from: &Schema, to: &Schema, renames: &Renames) -> Self {
        let mut difference = Self::default();
        let mut kept = Vec::new();
        for (old_name, table) in &from.tables {
            let name = renames.tables.get(old_name).unwrap_or(old_name);
            let Some(new_table) = to.tables.get(name) else {
                difference.tables_dropped.push(old_name.clone());
                continue;
            };
            if name != old_name {
                difference.tables_renamed.push(Rename { from: old_name.clone(), to: name.clone() });
            }
            difference.compare(name, table, new_table, renames.columns.get(name).unwrap_or(&BTreeMap::new()));
            kept.push(name);
        }
        difference.tables_created = to.tables.keys().filter(|name| !kept.contains(name)).cloned().collect();
        difference
    }

    fn compare(&mut self, name: &str, from: &Table, to: &Table, renames: &BTreeMap<String, String>) {
        let new_name =
            |old: &String| renames.get(old).filter(|new| to.columns.contains_key(*new)).unwrap_or(old).clone();
        let mut kept = Vec::new();
        for (old, column) in &from.columns {
            let new = new_name(old);
            let Some(new_column) = to.columns.get(&new) else {
                self.columns_dropped.entry(name.to_owned()).or_default().push(old.clone());
                continue;
            };
            if new != *old {
                let rename = Rename { from: old.clone(), to: new.clone() };
                self.columns_renamed.entry(name.to_owned()).or_default().push(rename);
            }
            if column != new_column {
                let alteration = Alteration { column: new.clone(), from: column.clone(), to: new_column.clone() };
                self.columns_altered.entry(name.to_owned()).or_default().push(alteration);
            }
            kept.push(new);
        }
        for added in to.columns.keys().filter(|column| !kept.contains(column)) {
            self.columns_added.entry(name.to_owned()).or_default().push(added.clone());
        }
        let key: Vec<String> = from.primary_key.iter().map(new_name).collect();
        if key != to.primary_key {
            let change =
                KeyChange { table: name.to_owned(), from: from.primary_key.clone(), to: to.primary_key.clone() };
            self.keys_changed.push(change);
        }
        let same = |old: &Index, new: &Index| {
            let columns: Vec<String> = old.columns.iter().map(new_name).collect();
            columns == new.columns && old.unique == new.unique && (old.filter == new.filter || columns != old.columns)
        };
        let named = |index: &String| IndexName { table: name.to_owned(), index: index.clone() };
        let gone = from.indexes.iter().filter(|(index, old)| !to.indexes.get(*index).is_some_and(|new| same(old, new)));
        self.indexes_dropped.extend(gone.map(|(index, _)| named(index)));
        let fresh =
            to.indexes.iter().filter(|(index, new)| !from.indexes.get(*index).is_some_and(|old| same(old, new)));
        self.indexes_added.extend(fresh.map(|(index, _)| named(index)));
    }
}

impl fmt::Display for IndexName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.table, self.index)
    }
}

impl Renames {
    /// The renames of the way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let turn =
            |names: &BTreeMap<String, String>| names.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
        let tables: BTreeMap<String, String> = turn(&self.tables);
        let columns =
            self.columns.iter().map(|(table, names)| (tables.get(table).unwrap_or(table).clone(), turn(names)));
        Self { columns: columns.collect(), tables }
    }

    /// These renames, and then one of a table.
    pub fn then_table(&mut self, old: &str, new: &str) {
        let first = self.tables.iter().find(|(_, current)| *current == old).map(|(first, _)| first.clone());
        self.tables.insert(first.unwrap_or_else(|| old.to_owned()), new.to_owned());
        if let Some(columns) = self.columns.remove(old) {
            self.columns.insert(new.to_owned(), columns);
        }
    }

    /// These renames, and then one of a column of `table`, by the table's current name.
    pub fn then_column(&mut self, table: &str, old: &str, new: &str) {
        let columns = self.columns.entry(table.to_owned()).or_default();
        let first = columns.iter().find(|(_, current)| *current == old).map(|(first, _)| first.clone());
        columns.insert(first.unwrap_or_else(|| old.to_owned()), new.to_owned());
    }
}

fn as_text<S: Serializer>(column: &Column, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(tables: &[(&str, &[(&str, &str)])]) -> Schema {
        let mut schema = Schema::default();
        for (name, columns) in tables {
            let columns = columns.iter().map(|(name, text)| ((*name).to_owned(), text.parse().unwrap())).collect();
            schema.tables.insert((*name).to_owned(), Table { columns, ..Table::default() });
        }
        schema
    }

    fn index(columns: &[&str], unique: bool) -> Index {
        Index { columns: columns.iter().map(|column| (*column).to_owned()).collect(), unique, filter: None }
    }

    #[test]
    fn equal_shapes_do_not_differ() {
        let one = schema(&[("A", &[("Id", "int IDENTITY NOT NULL")])]);
        assert!(one.difference(&one, &Renames::default()).is_empty());
    }

    #[test]
    fn a_renamed_table_keeps_its_columns() {
        let old = schema(&[("Old", &[("Id", "int NOT NULL"), ("Gone", "bit NULL")]), ("Dead", &[])]);
        let new = schema(&[("New", &[("Id", "bigint NOT NULL"), ("Fresh", "bit NULL")]), ("Born", &[])]);
        let mut renames = Renames::default();
        renames.then_table("Old", "Middle");
        renames.then_table("Middle", "New");
        let difference = old.difference(&new, &renames);
        assert_eq!(difference.tables_renamed, [Rename { from: "Old".into(), to: "New".into() }]);
        assert_eq!((difference.tables_created, difference.tables_dropped), (vec!["Born".into()], vec!["Dead".into()]));
        assert_eq!(difference.columns_added["New"], ["Fresh"]);
        assert_eq!(difference.columns_dropped["New"], ["Gone"]);
        let altered = &difference.columns_altered["New"];
        assert_eq!(
            altered.iter().map(|one| format!("{}: {} to {}", one.column, one.from, one.to)).collect::<Vec<_>>(),
            ["Id: int NOT NULL to bigint NOT NULL"]
        );
        let back = new.difference(&old, &renames.inverse());
        assert_eq!(back.tables_renamed, [Rename { from: "New".into(), to: "Old".into() }]);
    }

    #[test]
    fn a_renamed_column_is_neither_dropped_nor_added() {
        let mut old = schema(&[("T", &[("App", "int NULL")])]);
        let mut new = schema(&[("T", &[("Partition", "int NULL")])]);
        old.tables.get_mut("T").unwrap().indexes.insert("IX".into(), index(&["App"], false));
        new.tables.get_mut("T").unwrap().indexes.insert("IX".into(), index(&["Partition"], false));
        let mut renames = Renames::default();
        renames.then_column("T", "App", "Partition");
        let difference = old.difference(&new, &renames);
        assert_eq!(difference.columns_renamed["T"], [Rename { from: "App".into(), to: "Partition".into() }]);
        assert_eq!(Difference { columns_renamed: BTreeMap::new(), ..difference }, Difference::default());
    }

    #[test]
    fn an_index_made_anew_goes_and_comes() {
        let mut old = schema(&[("T", &[("A", "int NULL")])]);
        let mut new = old.clone();
        old.tables.get_mut("T").unwrap().indexes.insert("IX".into(), index(&["A"], false));
        new.tables.get_mut("T").unwrap().indexes.insert("IX".into(), index(&["A"], true));
        let difference = old.difference(&new, &Renames::default());
        assert_eq!(difference.indexes_added, difference.indexes_dropped);
        assert_eq!(difference.indexes_added.iter().map(ToString::to_string).collect::<Vec<_>>(), ["T.IX"]);
    }
}

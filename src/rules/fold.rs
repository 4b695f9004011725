//! The schema of a rung: all database entries of a context up to it, folded over an empty schema.
//!
//! Within an entry tables are renamed first, then created and dropped; columns are renamed, added, altered, dropped; then keys and
//! indexes change.

use std::collections::BTreeMap;

use super::schema::{DatabaseEntry, IndexEntry, TableEntry};
use super::{Product, Rung};
use crate::schema::{Column, Index, Renames, Schema, Table};

impl Product {
    /// The whole schema of a context at a rung.
    pub fn schema_at(&self, rung: &Rung, context: &str) -> Schema {
        let mut schema = Schema::default();
        for entry in self.database(context).filter(|(at, _)| at.position() <= rung.position()).map(|(_, entry)| entry) {
            entry.apply(&mut schema);
        }
        schema
    }

    /// The tables and columns of a context that get another name on the way from one rung up to another.
    pub fn renames(&self, from: &Rung, to: &Rung, context: &str) -> Renames {
        let mut renames = Renames::default();
        let crossed = |rung: &Rung| rung.position() > from.position() && rung.position() <= to.position();
        for (_, entry) in self.database(context).filter(|(rung, _)| crossed(rung)) {
            for (old, new) in &entry.rename_tables {
                renames.then_table(old, new);
            }
            for (table, columns) in &entry.rename_columns {
                for (old, new) in columns {
                    renames.then_column(table, old, new);
                }
            }
        }
        renames
    }

    /// Whether the schema of a context is known at a rung: below the first entry the book says nothing of it.
    pub fn knows_schema(&self, rung: &Rung, context: &str) -> bool {
        self.database(context).next().is_some_and(|(first, _)| first.position() <= rung.position())
    }

    /// The database entries of a context, in the order in which they apply.
    pub fn database(&self, context: &str) -> impl Iterator<Item = (&Rung, &DatabaseEntry)> {
        let entries = self.rungs.iter().flat_map(|rung| rung.file.database.iter().map(move |entry| (rung, entry)));
        entries.filter(move |(_, entry)| entry.context == context)
    }
}

impl DatabaseEntry {
    /// Applies the entry, and gives what did not fit: a column that is dropped but was never there, for example.
    pub fn apply(&self, schema: &mut Schema) -> Vec<String> {
        let mut faults = Vec::new();
        self.apply_tables(schema, &mut faults);
        for (name, columns) in &self.rename_columns {
            edit(schema, name, &mut faults, |table, faults| rename(table, columns, name, faults));
        }
        for (name, columns) in &self.add_columns {
            edit(schema, name, &mut faults, |table, faults| set(table, columns, name, false, faults));
        }
        for (name, columns) in &self.alter_columns {
            edit(schema, name, &mut faults, |table, faults| set(table, columns, name, true, faults));
        }
        for (name, columns) in &self.drop_columns {
            edit(schema, name, &mut faults, |table, faults| {
                let unknown = columns.iter().filter(|column| table.columns.remove(*column).is_none());
                faults.extend(unknown.map(|column| format!("`drop_columns`: `{name}` has no column `{column}`")));
            });
        }
        self.apply_indexes(schema, &mut faults);
        faults
    }

    fn apply_tables(&self, schema: &mut Schema, faults: &mut Vec<String>) {
        for (old, new) in &self.rename_tables {
            match schema.tables.remove(old) {
                Some(table) => drop(schema.tables.insert(new.clone(), table)),
                None => faults.push(format!("`rename_tables`: there is no table `{old}`")),
            }
        }
        for name in &self.drop_tables {
            if schema.tables.remove(name).is_none() {
                faults.push(format!("`drop_tables`: there is no table `{name}`"));
            }
        }
        for (name, entry) in &self.create_tables {
            if schema.tables.insert(name.clone(), table(entry, name, faults)).is_some() {
                faults.push(format!("`create_tables`: there is a table `{name}` already"));
            }
        }
    }

    fn apply_indexes(&self, schema: &mut Schema, faults: &mut Vec<String>) {
        for (name, columns) in &self.primary_keys {
            edit(schema, name, faults, |table, faults| {
                check_columns(table, columns, "primary_keys", name, faults);
                table.primary_key.clone_from(columns);
            });
        }
        for (name, indexes) in &self.drop_indexes {
            edit(schema, name, faults, |table, faults| {
                let unknown = indexes.iter().filter(|index| table.indexes.remove(*index).is_none());
                faults.extend(unknown.map(|index| format!("`drop_indexes`: `{name}` has no index `{index}`")));
            });
        }
        for (name, indexes) in &self.add_indexes {
            edit(schema, name, faults, |table, faults| add_indexes(table, indexes, name, faults));
        }
    }
}

fn edit(schema: &mut Schema, name: &str, faults: &mut Vec<String>, with: impl FnOnce(&mut Table, &mut Vec<String>)) {
    match schema.tables.get_mut(name) {
        Some(table) => with(table, faults),
        None => faults.push(format!("there is no table `{name}`")),
    }
}

fn rename(table: &mut Table, columns: &BTreeMap<String, String>, name: &str, faults: &mut Vec<String>) {
    for (old, new) in columns {
        match table.columns.remove(old) {
            Some(column) => drop(table.columns.insert(new.clone(), column)),
            None => faults.push(format!("`rename_columns`: `{name}` has no column `{old}`")),
        }
        let indexed = table.indexes.values_mut().flat_map(|index| &mut index.columns);
        for column in indexed.chain(&mut table.primary_key).filter(|column| *column == old) {
            column.clone_from(new);
        }
    }
}

fn set(table: &mut Table, columns: &BTreeMap<String, String>, name: &str, exists: bool, faults: &mut Vec<String>) {
    for (column, text) in columns {
        let definition = definition(text, faults);
        if table.columns.insert(column.clone(), definition).is_some() != exists {
            faults.push(if exists {
                format!("`alter_columns`: `{name}` has no column `{column}`")
            } else {
                format!("`add_columns`: `{name}` has the column `{column}` already")
            });
        }
    }
}

fn table(entry: &TableEntry, name: &str, faults: &mut Vec<String>) -> Table {
    let mut table = Table { primary_key: entry.primary_key.clone(), ..Table::default() };
    set(&mut table, &entry.columns, name, false, faults);
    check_columns(&table, &entry.primary_key, "primary_key", name, faults);
    add_indexes(&mut table, &entry.indexes, name, faults);
    table
}

fn add_indexes(table: &mut Table, indexes: &BTreeMap<String, IndexEntry>, name: &str, faults: &mut Vec<String>) {
    for (index, entry) in indexes {
        check_columns(table, &entry.columns, index, name, faults);
        let made = Index { columns: entry.columns.clone(), unique: entry.unique, filter: entry.filter.clone() };
        if table.indexes.insert(index.clone(), made).is_some() {
            faults.push(format!("`add_indexes`: `{name}` has the index `{index}` already"));
        }
    }
}

fn check_columns(table: &Table, columns: &[String], what: &str, name: &str, faults: &mut Vec<String>) {
    let unknown = columns.iter().filter(|column| !table.columns.contains_key(*column));
    faults.extend(unknown.map(|column| format!("`{what}`: `{name}` has no column `{column}`")));
}

fn definition(text: &str, faults: &mut Vec<String>) -> Column {
    text.parse().unwrap_or_else(|error: crate::schema::InvalidColumn| {
        faults.push(error.to_string());
        Column::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn faults(yaml: &str) -> Vec<String> {
        let start = "create_tables: { T: { columns: { Id: int NOT NULL, A: bit NULL }, primary_key: [Id], indexes: { IX: { columns: [A] } } } }";
        let mut schema = Schema::default();
        assert_eq!(entry(start).apply(&mut schema), Vec::<String>::new());
        entry(yaml).apply(&mut schema)
    }

    fn entry(yaml: &str) -> DatabaseEntry {
        serde_yaml::from_str(&format!("id: x\ncontext: C\nsummary: s\nadvice: a\n{yaml}")).unwrap()
    }

    #[test]
    fn operations_must_fit_the_schema() {
        #[track_caller]
        fn case(yaml: &str, expected: &str) {
            assert_eq!(faults(yaml), [expected]);
        }
        case("rename_tables: { Q: R }", "`rename_tables`: there is no table `Q`");
        case("drop_tables: [Q]", "`drop_tables`: there is no table `Q`");
        case("add_columns: { Q: { B: bit NULL } }", "there is no table `Q`");
        case("add_columns: { T: { A: bit NULL } }", "`add_columns`: `T` has the column `A` already");
        case("alter_columns: { T: { B: bit NULL } }", "`alter_columns`: `T` has no column `B`");
        case("drop_columns: { T: [B] }", "`drop_columns`: `T` has no column `B`");
        case("rename_columns: { T: { B: C } }", "`rename_columns`: `T` has no column `B`");
        case("primary_keys: { T: [B] }", "`primary_keys`: `T` has no column `B`");
        case("drop_indexes: { T: [IY] }", "`drop_indexes`: `T` has no index `IY`");
        case("add_indexes: { T: { IX: { columns: [A] } } }", "`add_indexes`: `T` has the index `IX` already");
        case("add_indexes: { T: { IY: { columns: [B] } } }", "`IY`: `T` has no column `B`");
    }

    #[test]
    fn a_renamed_column_stays_in_its_indexes() {
        assert_eq!(
            faults("rename_columns: { T: { A: B } }\nadd_indexes: { T: { IY: { columns: [B] } } }"),
            Vec::<String>::new()
        );
    }
}

//! The shape of a database as EF Core models it: tables, columns, keys, indexes; and the difference of two shapes.
//!
//! Two sides speak this language: the rulebook (what a product version needs) and the readers of model snapshots (what a
//! repository has). Types are SQL Server types as EF Core prints them (`nvarchar(200)`); a reader that cannot tell leaves them empty.

use std::collections::BTreeMap;

/// Tables by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Tables by their default name.
    pub tables: BTreeMap<String, Table>,
}

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Columns by name.
    pub columns: BTreeMap<String, Column>,
    /// Names of the columns of the primary key, in order.
    pub primary_key: Vec<String>,
    /// Indexes by name.
    pub indexes: BTreeMap<String, Index>,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// SQL Server type such as `nvarchar(200)` or `bigint`; empty when unknown.
    pub sql_type: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the database numbers it.
    pub identity: bool,
}

/// One index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Column names, in order.
    pub columns: Vec<String>,
    /// Whether its values are unique.
    pub unique: bool,
    /// The filter, as SQL; `None` when there is none.
    pub filter: Option<String>,
}

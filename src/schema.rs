//! The shape of a database as EF Core models it: tables, columns, keys, indexes; and the difference of two shapes.
//!
//! Two sides speak this language: the rulebook (what a product version needs) and the readers of model snapshots (what a
//! repository has). Types are SQL Server types as EF Core prints them (`nvarchar(200)`); a reader that cannot tell leaves them empty.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

mod difference;

pub use difference::{Alteration, Difference, IndexName, KeyChange, Rename, Renames};

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

/// One column. Its text is a definition such as `nvarchar(200) NOT NULL` or `int IDENTITY NOT NULL`.
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Column names, in order.
    pub columns: Vec<String>,
    /// Whether its values are unique.
    pub unique: bool,
    /// The filter, as SQL; `None` when there is none.
    pub filter: Option<String>,
}

/// The text is no definition of a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no column definition: write `nvarchar(200) NOT NULL`, `bit NULL` or `int IDENTITY NOT NULL`")]
pub struct InvalidColumn(String);

impl FromStr for Column {
    type Err = InvalidColumn;

    /// ```
    /// use identityserver_upgrade::schema::Column;
    /// let column: Column = "int IDENTITY NOT NULL".parse()?;
    /// assert!(column.sql_type == "int" && column.identity && !column.nullable);
    /// # Ok::<(), identityserver_upgrade::schema::InvalidColumn>(())
    /// ```
    fn from_str(text: &str) -> Result<Self, InvalidColumn> {
        let (rest, nullable) = match (text.strip_suffix(" NOT NULL"), text.strip_suffix(" NULL")) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return Err(InvalidColumn(text.to_owned())),
        };
        let (sql_type, identity) = rest.strip_suffix(" IDENTITY").map_or((rest, false), |rest| (rest, true));
        if !sql_type.starts_with(|first: char| first.is_ascii_lowercase()) || sql_type.contains(char::is_whitespace) {
            return Err(InvalidColumn(text.to_owned()));
        }
        Ok(Self { sql_type: sql_type.to_owned(), nullable, identity })
    }
}

impl fmt::Display for Column {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let identity = if self.identity { " IDENTITY" } else { "" };
        let null = if self.nullable { "NULL" } else { "NOT NULL" };
        write!(formatter, "{}{identity} {null}", self.sql_type)
    }
}

impl Schema {
    /// What one migration from this shape to `to` does, when `renames` says which tables and columns keep their rows under
    /// another name.
    pub fn difference(&self, to: &Self, renames: &Renames) -> Difference {
        Difference::between(self, to, renames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_read_and_print() {
        for text in ["nvarchar(200) NOT NULL", "bigint IDENTITY NOT NULL", "datetime2 NULL", "nvarchar(max) NULL"] {
            assert_eq!(text.parse::<Column>().map(|column| column.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "NOT NULL", " NULL", "nvarchar(200)", "nvarchar(200) not null", "int SPARSE NULL"] {
            assert_eq!(text.parse::<Column>(), Err(InvalidColumn(text.to_owned())));
        }
    }
}

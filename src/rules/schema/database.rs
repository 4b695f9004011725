//! What a rung does to the databases.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WhenEntry;

/// A database change of one context.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseEntry {
    /// Kebab-case, unique in the rung.
    pub id: String,
    /// Name of the context.
    pub context: String,
    /// One sentence of at most 120 characters.
    pub summary: String,
    /// What to do beyond adding a migration.
    pub advice: String,
    /// Anchor of a guide of this rung (`#step-3`), or a whole address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<String>,
    /// Pull requests, issues, tags that show the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The generated migration fails or loses data without an edit by hand: what goes wrong, and the cure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hazard: Option<HazardEntry>,
    /// The rule matters only for jumps that start in this window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<WhenEntry>,
    /// Tables that are renamed: old name to new name. Applied before all others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rename_tables: BTreeMap<String, String>,
    /// Tables that are created.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub create_tables: BTreeMap<String, TableEntry>,
    /// Tables that are dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop_tables: Vec<String>,
    /// Columns that are added, by table: `Clients: { RequirePushedAuthorization: bit NOT NULL }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub add_columns: BTreeMap<String, BTreeMap<String, String>>,
    /// Columns that are dropped, by table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub drop_columns: BTreeMap<String, Vec<String>>,
    /// Columns that change, by table, with their new definition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alter_columns: BTreeMap<String, BTreeMap<String, String>>,
    /// Columns that are renamed, by table: old name to new name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rename_columns: BTreeMap<String, BTreeMap<String, String>>,
    /// Primary keys that change, by table: the columns of the new key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub primary_keys: BTreeMap<String, Vec<String>>,
    /// Indexes that are added, by table and name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub add_indexes: BTreeMap<String, BTreeMap<String, IndexEntry>>,
    /// Indexes that are dropped, by table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub drop_indexes: BTreeMap<String, Vec<String>>,
}

/// A new table.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// Columns: name to definition, such as `nvarchar(200) NOT NULL` or `int IDENTITY NOT NULL`.
    pub columns: BTreeMap<String, String>,
    /// Columns of the primary key.
    pub primary_key: Vec<String>,
    /// Indexes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub indexes: BTreeMap<String, IndexEntry>,
}

/// An index.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexEntry {
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Whether values are unique.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Filter, as SQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// What goes wrong with the generated migration.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardEntry {
    /// `fails`, `loses-data`, `rewrites-table`, `needs-clean-data`, `stale-script` (the vendor's own SQL is wrong) or
    /// `shared-database` (others that use the database break).
    pub kind: String,
    /// One sentence: what happens.
    pub summary: String,
    /// The cure.
    pub advice: String,
}

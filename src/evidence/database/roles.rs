//! Which of a product's tables an entity of a repository is, whatever it is called there.
//!
//! Renamed tables, prefixes and naming conventions are ordinary, so the name of the table is only the first sign. Others
//! are the CLR type (the vendor's namespaces) and how many of the columns are the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::csharp::names::simple_name;
use crate::csharp::snapshot::Entity;
use crate::rules::Product;

/// The part of a table's columns that an entity of foreign origin must have to pass for it.
const ENOUGH: f64 = 0.6;

/// The tables of one context over the whole ladder.
pub(super) struct Roles {
    /// Every column set that a table ever had, by table.
    shapes: BTreeMap<String, Vec<BTreeSet<String>>>,
    namespaces: Vec<String>,
}

impl Roles {
    /// The tables of a context of a product.
    pub(super) fn of(product: &Product, context: &str) -> Self {
        let mut shapes: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
        for rung in &product.rungs {
            for (name, table) in product.schema_at(rung, context).tables {
                let columns = table.columns.into_keys().collect();
                let known = shapes.entry(name).or_default();
                if !known.contains(&columns) {
                    known.push(columns);
                }
            }
        }
        Self { shapes, namespaces: product.file.namespaces.clone() }
    }

    /// The default name of the table that an entity is; `None` when it is none of them.
    pub(super) fn table_of(&self, entity: &Entity) -> Option<&str> {
        let vendor = self.is_vendors(entity);
        let likely = |name: &&String| vendor || self.overlap(name, entity) >= ENOUGH;
        let table = plain(&entity.table);
        let names = || self.shapes.keys();
        let exact = names().find(|name| plain(name) == table).filter(likely);
        let by_type = || {
            let plurals = plurals(simple_name(&entity.name));
            names().find(|name| vendor && plurals.contains(&plain(name)))
        };
        let prefixed =
            || names().filter(|name| table.ends_with(&plain(name))).max_by_key(|name| name.len()).filter(likely);
        let by_columns = || {
            let best = names().max_by(|a, b| self.overlap(a, entity).total_cmp(&self.overlap(b, entity)))?;
            (vendor && self.overlap(best, entity) >= ENOUGH).then_some(best)
        };
        exact.or_else(by_type).or_else(prefixed).or_else(by_columns).map(String::as_str)
    }

    /// The tables that the context ever had, by default names.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.shapes.keys().map(String::as_str)
    }

    /// The columns that its tables ever had: default names by plain ones.
    pub(super) fn columns(&self) -> BTreeMap<String, &str> {
        self.shapes.values().flatten().flatten().map(|column| (plain(column), column.as_str())).collect()
    }

    /// Whether the CLR type lives in a namespace of the product.
    pub(super) fn is_vendors(&self, entity: &Entity) -> bool {
        let below = |root: &String| entity.name.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with('.'));
        self.namespaces.iter().any(below)
    }

    /// The part of a table's columns that the entity has, at the rung where it is largest.
    fn overlap(&self, table: &str, entity: &Entity) -> f64 {
        let versions = self.shapes.get(table).into_iter().flatten();
        let part = |columns: &BTreeSet<String>| {
            let same = columns.iter().filter(|column| entity.shape.columns.contains_key(*column)).count();
            ratio(same, columns.len())
        };
        versions.map(part).fold(0.0, f64::max)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { number(part) / number(whole) }
}

/// A name without case and underscores, so that `client_claims` is `ClientClaims`.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect()
}

/// The names that EF Core's conventions and people give to the table of a type.
fn plurals(type_name: &str) -> Vec<String> {
    let name = plain(type_name);
    let ies = name.strip_suffix('y').map(|stem| format!("{stem}ies"));
    [Some(format!("{name}s")), ies, Some(name)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rulebook;
    use crate::schema::{Column, Table};

    fn entity(name: &str, table: &str, columns: &[&str]) -> Entity {
        let columns = columns.iter().map(|it| ((*it).to_owned(), Column::default())).collect();
        let shape = Table { columns, ..Table::default() };
        let mut entity = Entity::default();
        (entity.name, entity.table, entity.line, entity.shape) = (name.into(), table.into(), 1, shape);
        entity
    }

    #[track_caller]
    fn case(name: &str, table: &str, columns: &[&str], expected: Option<&str>) {
        let product = Rulebook::embedded().product("identityserver").expect("a product");
        let roles = Roles::of(product, "PersistedGrantDbContext");
        assert_eq!(roles.table_of(&entity(name, table, columns)), expected);
    }

    #[test]
    fn tables_are_known_by_name_type_prefix_and_columns() {
        let vendor = "Duende.IdentityServer.EntityFramework.Entities";
        case(&format!("{vendor}.PersistedGrant"), "PersistedGrants", &[], Some("PersistedGrants"));
        case(&format!("{vendor}.PersistedGrant"), "grants", &[], Some("PersistedGrants"));
        case(&format!("{vendor}.DeviceFlowCodes"), "auth_device_codes", &[], Some("DeviceCodes"));
        let codes = ["DeviceCode", "UserCode", "SubjectId", "ClientId", "CreationTime", "Expiration", "Data"];
        case(&format!("{vendor}.DeviceFlowCodes"), "X", &codes, Some("DeviceCodes"));
        case("My.Grant", "DeviceCodes", &codes, Some("DeviceCodes"));
        case("My.ApiKey", "Keys", &["Id", "Value"], None);
        case("My.Order", "Orders", &["Id"], None);
        case(&format!("{vendor}.Unknown"), "X", &["A"], None);
    }
}

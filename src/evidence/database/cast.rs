//! The parts that the tables of a repository play: those of the products' contexts, whatever they are called here.

use std::collections::BTreeMap;

use super::Standing;
use super::roles::Roles;
use crate::csharp::snapshot::{Entity, Snapshot};
use crate::place::Place;
use crate::rules::Rulebook;
use crate::schema::Schema;

/// The parts of all products' contexts, made once.
pub(in crate::evidence) struct Cast(pub(super) Vec<Part>);

/// One context of a product.
pub(super) struct Part {
    /// Id of the product.
    pub(super) product: String,
    /// Name of the context.
    pub(super) role: String,
    /// The tables by which it is known.
    known_by: Vec<String>,
    /// Its tables.
    pub(super) roles: Roles,
}

impl Cast {
    pub(in crate::evidence) fn of(rules: &Rulebook) -> Self {
        let contexts = rules.products.iter().flat_map(|product| {
            let part = |context: &crate::rules::schema::ContextEntry| Part {
                product: product.id.clone(),
                role: context.name.clone(),
                known_by: context.tables.clone(),
                roles: Roles::of(product, &context.name),
            };
            product.file.contexts.iter().map(part).collect::<Vec<_>>()
        });
        Self(contexts.collect())
    }

    /// The parts that a snapshot plays: one context of a repository may hold the tables of several of the product's.
    pub(in crate::evidence) fn parts(&self, path: &str, snapshot: &Snapshot) -> Vec<Standing> {
        let played = self.0.iter().filter_map(|part| Some((part, part.played(&snapshot.entities)?)));
        played
            .map(|(part, played)| Standing {
                product: part.product.clone(),
                role: part.role.clone(),
                context: snapshot.context.clone(),
                provider: snapshot.provider.clone(),
                place: Place::new(path, snapshot.line),
                schema: played.schema,
                vendors: played.vendors,
                tables: played.tables,
            })
            .collect()
    }
}

/// The tables of a part that entities are.
pub(super) struct Played {
    /// By default names.
    pub(super) schema: Schema,
    /// Whether one of them is the product's own type.
    pub(super) vendors: bool,
    /// By default name: what the table is called here, and the line of its entity.
    pub(super) tables: BTreeMap<String, (String, u32)>,
}

impl Part {
    /// The tables that entities are; `None` when they are too few to play the part.
    pub(super) fn played(&self, entities: &[Entity]) -> Option<Played> {
        let mut played = Played { schema: Schema::default(), vendors: false, tables: BTreeMap::new() };
        for entity in entities.iter().filter(|entity| !entity.shape.columns.is_empty()) {
            let Some(table) = self.roles.table_of(entity) else { continue };
            if played.tables.contains_key(table) {
                continue;
            }
            played.vendors |= self.roles.is_vendors(entity);
            played.schema.tables.insert(table.to_owned(), entity.shape.clone());
            played.tables.insert(table.to_owned(), (entity.table.clone(), entity.line));
        }
        let known = self.known_by.iter().filter(|table| played.tables.contains_key(*table)).count();
        (known > 0 && (played.vendors || known * 2 >= self.known_by.len())).then_some(played)
    }
}

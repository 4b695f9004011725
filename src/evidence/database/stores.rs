//! Storages of one's own: classes that implement a store's interface instead of the tables that the product's packages bring, and
//! configuration that is kept in memory.

use std::collections::BTreeMap;

use crate::evidence::code::settle::Sight;
use crate::evidence::database::level::Want;
use crate::evidence::database::scripted;
use crate::evidence::database::words::listed;
use crate::evidence::{Facts, Judgement, OwnContext};
use crate::inventory::{Inventory, Package};
use crate::place::Place;
use crate::plan::{Plan, effect};
use crate::report::Status;
use crate::rules::Product;
use crate::rules::schema::{ContextEntry, ProductFile, SeenEntry};

/// What code is searched for to know the storages: an id, the product, and the signs.
pub(in crate::evidence) fn searches(plans: &[&Plan]) -> Vec<(String, &'static ProductFile, SeenEntry)> {
    let products: BTreeMap<&str, &'static Product> =
        plans.iter().map(|plan| (plan.product.id.as_str(), plan.product)).collect();
    let mut found = Vec::new();
    for product in products.into_values() {
        for context in &product.file.contexts {
            for interface in context.stores.keys() {
                let implements = BTreeMap::from([(interface.clone(), Vec::new())]);
                let seen = SeenEntry { implements, ..SeenEntry::default() };
                found.push((id_of(product, context, interface), &product.file, seen));
            }
            let seen = SeenEntry { calls: context.in_memory.clone(), ..SeenEntry::default() };
            found.push((id_of(product, context, IN_MEMORY), &product.file, seen));
        }
    }
    found
}

/// The last part of the id under which calls are found that keep data in memory.
const IN_MEMORY: &str = "in-memory";

/// No rule has such an id: they have three parts.
fn id_of(product: &Product, context: &ContextEntry, what: &str) -> String {
    format!("{}/storage/{}/{what}", product.id, context.name)
}

/// The classes that keep the data of tables which change.
fn own<'a>(product: &Product, role: &str, wants: &[Want], facts: &'a Facts) -> Vec<&'a Sight> {
    let contexts = product.file.contexts.iter().filter(|context| context.name == role);
    let touched = contexts.flat_map(|context| {
        let keeps = |tables: &[String]| wants.iter().any(|want| tables.iter().any(|it| matches(it, want.table())));
        let stores = context.stores.iter().filter(move |(_, tables)| keeps(tables));
        stores.map(|(interface, _)| id_of(product, context, interface))
    });
    touched.filter_map(|id| facts.code.get(&id)).flat_map(|sights| &sights.places).collect()
}

/// The calls that keep the data of a context in memory.
fn in_memory<'a>(product: &Product, role: &str, facts: &'a Facts) -> Vec<&'a Sight> {
    let contexts = product.file.contexts.iter().filter(|context| context.name == role);
    let sights = contexts.filter_map(|context| facts.code.get(&id_of(product, context, IN_MEMORY)));
    sights.flat_map(|sights| &sights.places).collect()
}

fn matches(pattern: &str, table: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == table, |start| table.starts_with(start))
}

/// Where the package is referenced that brings a context.
pub(super) fn reference<'a>(product: &Product, role: &str, inventory: &'a Inventory) -> Option<&'a Package> {
    let ids = ids(product, role);
    let mut packages = inventory.projects.iter().flat_map(|project| &project.packages);
    packages.find(|package| ids.iter().any(|id| id.eq_ignore_ascii_case(&package.id)))
}

fn ids<'a>(product: &'a Product, role: &str) -> Vec<&'a str> {
    let brings = product.file.packages.iter().filter(|package| package.contexts.iter().any(|name| name == role));
    brings.map(|package| package.id.as_str()).collect()
}

/// No snapshot plays the part: the migrations live elsewhere, or the data is kept in another way.
pub(super) fn without_snapshot(
    plan: &Plan,
    role: &str,
    wants: &[Want],
    facts: &Facts,
    inventory: &Inventory,
) -> Judgement {
    let own_contexts = || facts.contexts.iter().filter(|own| own.roles.iter().any(|name| name == role));
    let Some(reference) = reference(plan.product, role, inventory) else {
        return unreferenced(plan, role, wants, own_contexts(), facts);
    };
    let mut judgement = Judgement::new(
        Status::Check,
        format!("no model snapshot of {role} among {}; do its migrations live elsewhere?", facts.snapshots),
    );
    for context in own_contexts() {
        judgement.see(&context.place, format!("{} plays the part of {}", context.name, role));
    }
    if let Some(place) = scripted(wants, facts).and_then(|places| places.into_iter().next()) {
        judgement.see(&place, format!("a script that makes {}", listed(wants)));
    }
    for store in own(plan.product, role, wants, facts) {
        judgement.see(&Place::new(&store.path, store.line), store.saw.clone());
    }
    judgement.see(&reference.place, format!("{} brings {}", reference.id, role));
    judgement
}

/// Nothing brings the context: what is asked, no tool can generate.
fn unreferenced<'a>(
    plan: &Plan,
    role: &str,
    wants: &[Want],
    contexts: impl Iterator<Item = &'a OwnContext>,
    facts: &Facts,
) -> Judgement {
    // Indexes, keys and types are a matter of tables; data is not.
    let data = |want: &&Want| matches!(want, Want::Table(_) | Want::Column(..));
    let data: Vec<Want> = wants.iter().filter(data).cloned().collect();
    let searched = format!(
        "no project references {}, and none of {} model snapshots holds its tables",
        ids(plan.product, role).join(" or "),
        facts.snapshots
    );
    let mut judgement = Judgement::new(Status::Check, searched);
    for store in own(plan.product, role, &data, facts) {
        judgement.see(&Place::new(&store.path, store.line), store.saw.clone());
    }
    for context in contexts {
        judgement.see(&context.place, format!("{} plays the part of {}", context.name, role));
    }
    for place in facts.scripted.iter().filter_map(|it| it.lacking(&plan.product.id, role, &data)) {
        judgement.see(place, format!("scripts make the tables of {role}"));
    }
    if judgement.places.is_empty() {
        judgement.status = Status::Clear;
        if let Some(call) = in_memory(plan.product, role, facts).first() {
            judgement.searched = format!("{}; it is kept in memory", judgement.searched);
            judgement.see(&Place::new(&call.path, call.line), call.saw.clone());
        }
        return judgement;
    }
    let difference = plan.contexts.iter().find(|context| context.name == role).map(|context| &context.difference);
    judgement.told = Some((
        format!("Your own storage for `{role}`: {}", difference.map(effect).unwrap_or_default()),
        format!(
            "No package that brings `{role}` is referenced, so no migration can be generated. Let your storage keep what is new for \
             the data it holds: {}.",
            listed(&data)
        ),
    ));
    judgement
}

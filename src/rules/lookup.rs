//! Which package belongs to which product.

use std::collections::HashMap;

use super::schema::PackageEntry;
use super::{Product, Rulebook};
use crate::version::Version;

/// Package ids of all products, in lower case: exact ones, and prefixes (entries that end in `*`), longest first.
#[derive(Debug, Default)]
pub(super) struct Index {
    exact: HashMap<String, Entry>,
    prefixes: Vec<(String, Entry)>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    product: usize,
    leading: bool,
    generation: Option<usize>,
}

/// What the rulebook knows of a package.
#[derive(Debug, Clone, Copy)]
pub struct Membership<'a> {
    /// The product it belongs to.
    pub product: &'a Product,
    /// Whether its version is a rung of the ladder.
    pub leading: bool,
    /// Index in `leading` of the package whose version it shares; `None` when it has versions of its own.
    pub generation: Option<usize>,
    in_step_from: Option<&'a str>,
}

impl Membership<'_> {
    /// The generation on whose ladder this version of the package stands; `None` when it has versions of its own,
    /// or had them at that time.
    pub fn generation_at(&self, version: &Version) -> Option<usize> {
        let own = self.in_step_from.and_then(|from| from.parse::<Version>().ok()).is_some_and(|from| *version < from);
        self.generation.filter(|_| !own)
    }
}

impl Index {
    pub(super) fn of(products: &[Product]) -> Self {
        let mut index = Self::default();
        for (number, product) in products.iter().enumerate() {
            let generation =
                |id: &str| product.file.leading.iter().position(|leader| leader.id.eq_ignore_ascii_case(id));
            for (place, leader) in product.file.leading.iter().enumerate() {
                index.add(&leader.id, Entry { product: number, leading: true, generation: Some(place) });
            }
            for package in &product.file.packages {
                let generation = package.follows.as_deref().and_then(generation);
                index.add(&package.id, Entry { product: number, leading: false, generation });
            }
        }
        index.prefixes.sort_by(|one, other| other.0.len().cmp(&one.0.len()).then(one.0.cmp(&other.0)));
        index
    }

    fn add(&mut self, id: &str, entry: Entry) {
        let id = id.to_lowercase();
        match id.strip_suffix('*') {
            Some(prefix) => self.prefixes.push((prefix.to_owned(), entry)),
            None => drop(self.exact.entry(id).or_insert(entry)),
        }
    }

    fn find(&self, id: &str) -> Option<Entry> {
        let id = id.to_lowercase();
        let prefixed = || self.prefixes.iter().find(|(prefix, _)| id.starts_with(prefix)).map(|(_, entry)| entry);
        self.exact.get(&id).or_else(prefixed).copied()
    }
}

impl Rulebook {
    /// What is known of a package; ids are compared without case, as NuGet does. `None` for packages of no known family.
    pub fn product_of(&self, package: &str) -> Option<Membership<'_>> {
        let entry = self.index.find(package)?;
        let product = self.products.get(entry.product)?;
        let own = |known: &&PackageEntry| known.id.eq_ignore_ascii_case(package);
        let in_step_from = product.file.packages.iter().find(own).and_then(|known| known.in_step_from.as_deref());
        Some(Membership { product, leading: entry.leading, generation: entry.generation, in_step_from })
    }

    /// The product of this id, such as `identityserver`.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }
}

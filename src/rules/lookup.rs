//! Which package belongs to which product.

use std::collections::HashMap;

use super::schema::PackageEntry;
use super::{Product, Rulebook};
use crate::version::Version;

/// Package ids of all products, in lower case: exact ones, and prefixes (entries that end in `*`), longest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    exact: HashMap<String, Entry>,
    prefixes: Vec<(String, Entry)>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    product: usize,
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
    /// What `product.yaml` says of it; `None` when it leads, or is known by a prefix only.
    pub entry: Option<&'a PackageEntry>,
}

impl Membership<'_> {
    /// The generation on whose ladder this version of the package stands; `None` when it has versions of its own,
    /// or had them at that time.
    pub fn generation_at(&self, version: &Version) -> Option<usize> {
        let own = self
            .entry
            .and_then(|entry| entry.in_step_from.as_deref()?.parse::<Version>().ok())
            .is_some_and(|from| *version < from);
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
                index.add(&leader.id, Entry { product: number, generation: Some(place) });
            }
            for package in &product.file.packages {
                let generation = package.follows.as_deref().and_then(generation);
                index.add(&package.id, Entry { product: number, generation });
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
        let prefixed = Membership { product, leading: false, generation: entry.generation, entry: None };
        Some(product.member(package).unwrap_or(prefixed))
    }

    /// The product of this id, such as `identityserver`.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }
}

impl Product {
    /// What a package is to this product, when it is named here (prefixes do not count).
    pub(super) fn member(&self, package: &str) -> Option<Membership<'_>> {
        let generation = |id: &str| self.file.leading.iter().position(|leader| leader.id.eq_ignore_ascii_case(id));
        if let Some(leading) = generation(package) {
            return Some(Membership { product: self, leading: true, generation: Some(leading), entry: None });
        }
        let entry = self.file.packages.iter().find(|entry| entry.id.eq_ignore_ascii_case(package))?;
        let generation = entry.follows.as_deref().and_then(generation);
        Some(Membership { product: self, leading: false, generation, entry: Some(entry) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_belongs_to_one_product() {
        #[track_caller]
        fn case(package: &str, expected: Option<(&str, bool, Option<usize>)>) {
            let found = Rulebook::embedded().product_of(package);
            assert_eq!(found.map(|found| (found.product.id.as_str(), found.leading, found.generation)), expected);
        }
        case("identityserver4", Some(("identityserver", true, Some(0))));
        case("Duende.IdentityServer.EntityFramework", Some(("identityserver", false, Some(1))));
        case("IdentityServer4.Contrib.RedisStore", Some(("identityserver", false, None)));
        case("IdentityServer4.AccessTokenValidation", Some(("access-token-validation", true, Some(0))));
        case("Duende.Bff.Yarp", Some(("bff", false, Some(0))));
        case("IdentityModel.OidcClient.Something", Some(("oidc-client", false, None)));
        case("Newtonsoft.Json", None);
        case("IdentityServer", None);
    }
}

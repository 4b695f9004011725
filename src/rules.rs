//! The knowledge: product ladders, their rungs, and the rules of each rung.
//!
//! A product is a ladder, a file is a rung. A jump from A to B applies exactly the rungs r with A < r ≤ B, so that what is new in
//! a line is written once. The book below `rules/` is built into the program; a folder of one's own stands on top of it.

mod book;
mod fold;
mod lookup;
pub mod schema;
pub mod support;
pub mod validate;

use std::sync::LazyLock;

use crate::version::{Line, Version};

pub use book::parse_line;
pub use lookup::Membership;
use schema::{LeadingEntry, ReleaseEntry};

/// All ladders.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// Sorted by id.
    pub products: Vec<Product>,
    index: lookup::Index,
}

/// One ladder of versions that people climb.
#[derive(Debug, Clone)]
pub struct Product {
    /// Name of its folder, such as `identityserver`.
    pub id: String,
    /// What `product.yaml` says.
    pub file: schema::ProductFile,
    /// Lowest first: by generation of the leading package, then by line.
    pub rungs: Vec<Rung>,
}

/// One released line.
#[derive(Debug, Clone)]
pub struct Rung {
    /// Folder and file name, such as `identityserver/7.0`; the ids of its rules start with it.
    pub id: String,
    /// Index of its package in `leading`.
    pub generation: usize,
    /// Its `major.minor`.
    pub line: Line,
    /// What its file says.
    pub file: schema::RungFile,
}

/// A place on a ladder: generation of the leading package first, then line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Index of the package in `leading`.
    pub generation: usize,
    /// `major.minor`.
    pub line: Line,
}

impl Rulebook {
    /// A book of these products.
    pub fn new(products: Vec<Product>) -> Self {
        Self { index: lookup::Index::of(&products), products }
    }

    /// The book that is built into the program. Read on first use.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Rulebook> = LazyLock::new(book::embedded);
        &EMBEDDED
    }

    /// The product that a version without a package name means.
    pub fn default_product(&self) -> Option<&Product> {
        self.products.iter().find(|product| product.file.default)
    }

    /// The last day on which facts of the book were held against the vendor's tags, `2026-07-23`; empty when never.
    pub fn verified(&self) -> &str {
        let rungs = self.products.iter().flat_map(|product| &product.rungs);
        rungs
            .filter_map(|rung| rung.file.verified.as_ref())
            .map(|verified| verified.date.as_str())
            .max()
            .unwrap_or_default()
    }
}

impl Product {
    /// The rung of a line.
    pub fn rung(&self, generation: usize, line: Line) -> Option<&Rung> {
        self.rungs.iter().find(|rung| rung.position() == Position { generation, line })
    }

    /// The rung of a file name, such as `7.0` or `Some.Package-7.0`.
    pub fn rung_named(&self, stem: &str) -> Option<&Rung> {
        self.rungs.iter().find(|rung| rung.stem() == stem)
    }

    /// The rungs of a generation, lowest first.
    pub fn generation(&self, generation: usize) -> impl DoubleEndedIterator<Item = &Rung> {
        self.rungs.iter().filter(move |rung| rung.generation == generation)
    }

    /// Where a version of a package stands on the ladder, whether or not the line has a rung. `None` when the package neither
    /// leads nor shares the versions of one that does.
    pub fn position(&self, package: &str, version: &Version) -> Option<Position> {
        let line = version.line();
        let generation = self.member(package)?.generation_at(version)?;
        Some(Position { generation, line })
    }

    /// The highest rung that has a release; when all are previews, the highest.
    pub fn newest(&self) -> Option<&Rung> {
        self.rungs.iter().rev().find(|rung| !rung.file.preview).or(self.rungs.last())
    }

    /// The leading package of a generation.
    pub fn leader(&self, generation: usize) -> Option<&LeadingEntry> {
        self.file.leading.get(generation)
    }
}

impl Rung {
    /// Where it stands on its ladder.
    pub fn position(&self) -> Position {
        Position { generation: self.generation, line: self.line }
    }

    /// Its file name without `.yaml`.
    pub fn stem(&self) -> &str {
        self.id.rsplit_once('/').map_or(self.id.as_str(), |(_, stem)| stem)
    }

    /// The newest release that is known; the newest preview when there is no release.
    pub fn newest(&self) -> Option<Version> {
        let versions = self.file.versions.iter().filter_map(|release| release.version.parse::<Version>().ok());
        versions.max_by_key(|version| (!version.is_prerelease(), version.clone()))
    }

    /// Whether a version is one of those that are known; a text that is no version is not held against them.
    pub fn lists(&self, version: &str) -> bool {
        let Ok(version) = version.parse::<Version>() else { return true };
        let known = |release: &ReleaseEntry| release.version.parse::<Version>().is_ok_and(|known| known == version);
        self.file.versions.is_empty() || self.file.versions.iter().any(known)
    }

    /// The frameworks that a version of this line ships: those of the line unless a patch changed them.
    pub fn frameworks(&self, version: &Version) -> &[String] {
        let changed = self.file.versions.iter().rev().filter(|release| !release.frameworks.is_empty());
        let mut reached =
            changed.filter(|release| release.version.parse::<Version>().is_ok_and(|since| since <= *version));
        reached.next().map_or(&self.file.frameworks, |release| &release.frameworks)
    }

    /// The address of a rule's `guide`: an anchor belongs to the first guide of the rung that has it.
    pub fn address(&self, guide: &str) -> Option<String> {
        let Some(anchor) = guide.strip_prefix('#') else { return Some(guide.to_owned()) };
        let page = self.file.guides.iter().find(|page| page.anchors.iter().any(|one| one == anchor))?;
        Some(format!("{}#{anchor}", page.url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_climb_across_generations() {
        #[track_caller]
        fn case(package: &str, version: &str, expected: Option<(usize, u32, u32)>) {
            let product = Rulebook::embedded().product("identityserver").unwrap();
            let position = product.position(package, &version.parse().unwrap());
            assert_eq!(position.map(|one| (one.generation, one.line.major, one.line.minor)), expected);
        }
        case("IdentityServer4", "4.1.2", Some((0, 4, 1)));
        case("Duende.IdentityServer", "5.0.0", Some((1, 5, 0)));
        case("IdentityServer4.EntityFramework", "2.1.1", None);
        case("IdentityServer4.EntityFramework", "2.5.0", Some((0, 2, 5)));
        case("IdentityServer4.Contrib.RedisStore", "4.0.0", None);
    }

    #[test]
    fn a_patch_can_change_the_frameworks() {
        let product = Rulebook::embedded().product("jwt-bearer").unwrap();
        let rung = product.rung_named("1.0").unwrap();
        assert_eq!(rung.frameworks(&"1.0.1".parse().unwrap()), ["net8.0", "net9.0", "net10.0"]);
        assert_eq!(rung.frameworks(&"1.0.3".parse().unwrap()), ["net10.0"]);
    }

    #[test]
    fn the_newest_rung_has_a_release() {
        let product = Rulebook::embedded().product("identityserver").unwrap();
        let newest = product.newest().unwrap();
        assert!(!newest.file.preview && product.rungs.last().unwrap().file.preview);
        assert!(newest.newest().is_some_and(|version| !version.is_prerelease()));
    }
}

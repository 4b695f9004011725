//! The knowledge: product ladders, their rungs, and the rules of each rung.

mod lookup;
pub mod schema;

pub use lookup::Membership;

use crate::version::Line;

/// All ladders.
#[derive(Debug)]
pub struct Rulebook {
    /// Sorted by id.
    pub products: Vec<Product>,
    index: lookup::Index,
}

impl Rulebook {
    /// A book of these products.
    pub fn new(products: Vec<Product>) -> Self {
        Self { index: lookup::Index::of(&products), products }
    }
}

/// One ladder of versions that people climb.
#[derive(Debug)]
pub struct Product {
    /// Name of its folder, such as `identityserver`.
    pub id: String,
    /// What `product.yaml` says.
    pub file: schema::ProductFile,
    /// Lowest first: by generation of the leading package, then by line.
    pub rungs: Vec<Rung>,
}

/// One released line.
#[derive(Debug)]
pub struct Rung {
    /// Such as `identityserver/7.0`.
    pub id: String,
    /// Index of its package in `leading`.
    pub generation: usize,
    /// Its `major.minor`.
    pub line: Line,
    /// What its file says.
    pub file: schema::RungFile,
}

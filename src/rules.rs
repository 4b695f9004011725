//! The knowledge: product ladders, their rungs, and the rules of each rung.

pub mod schema;

use crate::version::Line;

/// All ladders.
#[derive(Debug)]
pub struct Rulebook {
    /// Sorted by id.
    pub products: Vec<Product>,
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

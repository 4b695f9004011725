//! Words: every renderer is a function of the report (or the plan, or the inventory) and nothing else.

pub mod audit;
pub mod comment;
pub mod dashboard;
pub mod headline;
pub mod inspect;
pub mod json;
pub mod markdown;
pub mod plan;
pub mod rulebook;
pub mod sarif;
pub mod text;
pub mod values;

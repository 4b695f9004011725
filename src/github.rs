//! GitHub, as far as this tool needs it: reading commits, and writing comments, check runs and labels.
//!
//! It knows no domain: texts go in, texts come out. Every host comes from the [`Connection`](client::Connection), so that
//! GitHub Enterprise is nothing special; answers are read into our own narrow structs, because a field that is missing on
//! some server must not fail a run that does not need it.

mod answer;
pub mod checks;
pub mod client;
pub mod comments;
pub mod event;
pub mod issues;
pub mod labels;
pub mod objects;
pub mod repositories;

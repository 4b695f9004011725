//! The one integration-test binary: a module a subject.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod action;
mod audit;
mod budget;
mod configuration;
mod conversation;
mod docs;
mod evidence;
mod faults;
mod fleet;
mod inspect;
mod jumps;
mod layers;
mod memory;
mod msbuild;
mod page;
mod plan;
mod proposal;
mod rulebook;
mod rules;
mod sarif;
mod scenarios;
mod schemas;
mod secrets;
mod situations;
mod surface;
mod world;

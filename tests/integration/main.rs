//! The one integration-test binary: a module a subject.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod layers;

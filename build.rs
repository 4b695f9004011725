//! Embeds the rulebook.

fn main() {}

//! Conditions of MSBuild never crash, and never take long.

#![no_main]

use identityserver_upgrade::inventory::msbuild::{Level, condition};
use identityserver_upgrade::tree::Tree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut tree = Tree::new();
    tree.insert_text("a.txt", "");
    let props = [("A".to_owned(), "a;b".to_owned()), ("B".to_owned(), "1.2".to_owned())];
    let items = [("Thing".to_owned(), "a;b".to_owned())];
    let _ = condition(text, &tree, &props, Level::Property, &[]);
    let _ = condition(text, &tree, &props, Level::Item, &items);
});

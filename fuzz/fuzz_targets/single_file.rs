//! Single-file apps never crash, whatever C# stands in them.

#![no_main]

use identityserver_upgrade::inventory::msbuild::Workspace;
use identityserver_upgrade::inventory::{Options, file_based};
use identityserver_upgrade::tree::Tree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.matches('\n').count() + 1;
    file_based::is_app(text);
    let tree = Tree::new();
    let project = file_based::read(&Workspace::new(&tree), &tree, "app.cs", text, &Options::default());
    assert!(project.packages.iter().all(|package| package.place.line as usize <= lines));
});

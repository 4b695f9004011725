//! XML never crashes, and costs no more than its length.

#![no_main]

use identityserver_upgrade::inventory::{declared, nuspec, packages_config, xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.matches('\n').count() + 1;
    if let Ok(root) = xml::parse("a.xml", text) {
        assert!(root.line >= 1 && root.line as usize <= lines);
        assert!(root.attributes.iter().all(|attribute| attribute.line >= root.line));
    }
    packages_config::read("packages.config", text);
    declared::read("a.props", text);
    nuspec::read("a.nuspec", text);
});

//! The files of Paket never crash, and a requirement that is understood is a range.

#![no_main]

use identityserver_upgrade::inventory::paket;
use identityserver_upgrade::tree::Tree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str, &str)| {
    let mut tree = Tree::new();
    tree.insert_text("paket.lock", texts.0);
    tree.insert_text("paket.dependencies", texts.1);
    paket::read_lock("paket.lock", texts.0);
    for package in paket::read_dependencies("paket.dependencies", texts.1).packages {
        paket::range(package.requirement.as_deref().unwrap_or_default());
    }
    paket::read_references(&tree, "src/paket.references", texts.2);
});

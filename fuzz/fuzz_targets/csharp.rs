//! Code never crashes the search; what is not parsed changes no text, and where nothing is left out, nothing differs.

#![no_main]

use std::sync::LazyLock;

use identityserver_upgrade::csharp::{Syntax, parse, parse_around};
use identityserver_upgrade::evidence::Gatherer;
use identityserver_upgrade::inventory::Inventory;
use identityserver_upgrade::jump::Stand;
use identityserver_upgrade::plan::Plan;
use identityserver_upgrade::rules::Rulebook;
use libfuzzer_sys::fuzz_target;

static GATHERER: LazyLock<Gatherer> = LazyLock::new(|| {
    let rules = Rulebook::embedded();
    let product = rules.product("identityserver").expect("a product");
    let stand = |package: &str, version: &str| {
        let line = version.parse().ok().map(|version: identityserver_upgrade::version::Version| version.line());
        Stand { package: package.into(), version: version.into(), line }
    };
    let (from, to) = (stand("IdentityServer4", "3.1.0"), stand("Duende.IdentityServer", "8.0.0"));
    Gatherer::new(rules, &[&Plan::of(product, &from, &to, "2026-11-25".parse().expect("a day"))])
});

fn names(syntax: &Syntax) -> Vec<(&str, u32)> {
    syntax.nodes().map(|node| (syntax.source(node), syntax.line(node))).collect()
}

fuzz_target!(|text: &str| {
    let files = ["A.cs", "_Imports.razor", "A.cshtml"].map(|path| GATHERER.file(path, text.as_bytes()));
    let seen = GATHERER.finish(files.to_vec(), &Inventory::default(), None);
    assert!(seen.searched <= 3);
    let everywhere: Vec<usize> = (0..text.len()).collect();
    if let (Some(whole), Some(idle), Some(kept)) =
        (parse(text), parse_around(text, &[]), parse_around(text, &everywhere))
    {
        assert_eq!(whole.text(), idle.text());
        assert_eq!(names(&whole), names(&kept));
    }
});

//! Expressions of MSBuild never crash, and never take long.

#![no_main]

use identityserver_upgrade::inventory::msbuild::expand;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = expand(text, &[("A".to_owned(), "a;b".to_owned()), ("B".to_owned(), "1.2".to_owned())]);
});

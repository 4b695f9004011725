//! SQL scripts never crash, and every line that is told is a line of the script.

#![no_main]

use identityserver_upgrade::evidence::database::script::{Act, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1);
    for step in read("a.sql", text) {
        assert!(step.line >= 1 && step.line <= lines);
        if let Act::Create(columns) = step.act {
            assert!(columns.iter().all(|(_, line)| *line >= 1 && *line <= lines));
        }
    }
});

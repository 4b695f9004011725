//! Solutions never crash, and name only projects of the repository.

#![no_main]

use identityserver_upgrade::inventory::solution;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for path in ["src/a.sln", "src/a.slnx", "src/a.slnf"] {
        let (solution, _) = solution::read(path, text);
        assert!(solution.projects.iter().all(|project| !project.split('/').any(|part| part == "..")));
    }
});

//! Manifests in JSON never crash.

#![no_main]

use identityserver_upgrade::inventory::{deps_json, global_json, lock, project_json, tools};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    lock::read("packages.lock.json", text);
    lock::read_old("project.lock.json", text);
    deps_json::read("a.deps.json", text);
    global_json::read("global.json", text);
    tools::read("dotnet-tools.json", text);
    project_json::read("project.json", text);
});

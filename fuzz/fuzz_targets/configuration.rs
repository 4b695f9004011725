//! A configuration file never crashes, whoever proposed it: its faults stand on lines of the file and have an end, its patterns can be
//! used, and nobody silences a finding without a reason.

#![no_main]

use identityserver_upgrade::settings::{ConfigFile, FILE, Given, Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let given = Given { called: "input", get: &|_| None };
    let (settings, problems) = Settings::of(&given, &ConfigFile { path: FILE, text: Some(text) });
    let lines = text.lines().count() as u32;
    for place in problems.iter().filter_map(|problem| problem.place.as_ref()) {
        assert!(place.line <= lines + 1, "{place} of {lines} lines");
    }
    assert!(problems.len() <= 50, "{} problems", problems.len());
    for ignore in &settings.ignore.value {
        assert!(!ignore.reason.trim().is_empty() && !ignore.rule.trim().is_empty());
        assert!(ignore.place.line <= lines + 1, "{} of {lines} lines", ignore.place);
    }
    settings.scope().includes("src/Host/Host.csproj");
    assert!(settings.differences(&settings).is_empty());
    let told: usize = settings.explain().iter().map(|setting| setting.value.len()).sum();
    // Escapes of JSON take six bytes at most.
    assert!(told <= 10_000 + 6 * text.len(), "{told} bytes told of {}", text.len());
});

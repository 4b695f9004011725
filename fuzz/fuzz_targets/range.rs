//! Ranges print what reads back, and what is eligible is inside.

#![no_main]

use identityserver_upgrade::range::Range;
use identityserver_upgrade::version::Version;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let Ok(range) = texts.0.parse::<Range>() else { return };
    let normalised = range.to_string();
    assert_eq!(normalised.parse::<Range>().map(|again| again.to_string()), Ok(normalised));
    if let Ok(version) = texts.1.parse::<Version>() {
        assert!(!range.eligible(&version) || range.satisfies(&version));
        assert_eq!(range.best_match([&version]).is_some(), range.eligible(&version));
    }
});

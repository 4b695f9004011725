//! Versions print what reads back, and their order is total.

#![no_main]

use identityserver_upgrade::version::Version;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let (Ok(a), Ok(b)) = (texts.0.parse::<Version>(), texts.1.parse::<Version>()) else { return };
    assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
    assert_eq!(a.to_string().parse::<Version>().as_ref(), Ok(&a));
    assert_eq!(a.full().parse::<Version>().map(|again| again.full()), Ok(a.full()));
});

//! Which advisories a way leaves behind, and which it does not.

use std::str::FromStr;

use crate::jump::Stand;
use crate::range::Range;
use crate::rules::Product;
use crate::rules::schema::AdvisoryEntry;
use crate::version::Version;

/// Fixed by the way, and still open at its end.
pub(super) fn sorted(
    product: &'static Product,
    from: &Stand,
    to: &Stand,
) -> (Vec<&'static AdvisoryEntry>, Vec<&'static AdvisoryEntry>) {
    let (open, rest): (Vec<_>, Vec<_>) = product.file.advisories.iter().partition(|entry| affects(product, entry, to));
    let fixed = rest.into_iter().filter(|entry| affects(product, entry, from)).collect();
    (fixed, open)
}

/// Whether an advisory affects a version: by the leading package, or by one that follows it.
pub fn affects(product: &Product, entry: &AdvisoryEntry, stand: &Stand) -> bool {
    let Ok(version) = Version::from_str(&stand.version) else { return false };
    entry.affected.iter().any(|affected| {
        let follows =
            |package: &&crate::rules::schema::PackageEntry| package.id.eq_ignore_ascii_case(&affected.package);
        let leader = product.file.packages.iter().find(follows).and_then(|package| package.follows.as_deref());
        let leads = affected.package.eq_ignore_ascii_case(&stand.package)
            || leader.is_some_and(|leader| leader.eq_ignore_ascii_case(&stand.package));
        leads && Range::from_str(&affected.range).is_ok_and(|range| range.satisfies(&version))
    })
}

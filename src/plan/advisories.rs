//! Which advisories a way leaves behind, and which it does not.

use std::str::FromStr;

use crate::jump::Stand;
use crate::range::Range;
use crate::rules::Product;
use crate::rules::schema::{AdvisoryEntry, AffectedEntry, PackageEntry};
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
    Version::from_str(&stand.version)
        .is_ok_and(|version| hits(product, entry, &stand.package, &version).next().is_some())
}

/// The ranges of an advisory that hold a version of a leading package, or of one that follows it.
pub fn hits<'a>(
    product: &'a Product,
    entry: &'a AdvisoryEntry,
    package: &'a str,
    version: &'a Version,
) -> impl Iterator<Item = &'a AffectedEntry> {
    entry.affected.iter().filter(move |affected| {
        let follows = |it: &&PackageEntry| it.id.eq_ignore_ascii_case(&affected.package);
        let leader = product.file.packages.iter().find(follows).and_then(|it| it.follows.as_deref());
        let leads = affected.package.eq_ignore_ascii_case(package)
            || leader.is_some_and(|leader| leader.eq_ignore_ascii_case(package));
        leads && Range::from_str(&affected.range).is_ok_and(|range| range.satisfies(version))
    })
}

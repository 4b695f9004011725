//! Which target framework the arrival needs, and whether the start could do with less.

use super::Point;
use crate::rules::{Product, Rung};

/// Target frameworks of a way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameworkPlan {
    /// Frameworks that the packages ship at the arrival, lowest first; empty when unknown.
    pub shipped: Vec<String>,
    /// Whether the lowest framework of the start is below the lowest of the arrival.
    pub raised: bool,
}

impl FrameworkPlan {
    /// The lowest framework that a host may target.
    pub fn minimum(&self) -> Option<&str> {
        self.shipped.first().map(String::as_str)
    }
}

pub(super) fn plan(product: &'static Product, start: &Point, end: &Point) -> FrameworkPlan {
    let rung = |point: &Point| product.rung(point.at.generation, point.at.line);
    let shipped = rung(end).map(|rung| shipped(rung, end)).unwrap_or_default();
    let before = rung(start).map(|rung| shipped_first(rung, start)).unwrap_or_default();
    let raised = match (before.as_deref(), shipped.first()) {
        (Some(before), Some(after)) => rank(before) < rank(after),
        _ => false,
    };
    FrameworkPlan { shipped, raised }
}

fn shipped_first(rung: &Rung, point: &Point) -> Option<String> {
    shipped(rung, point).into_iter().next()
}

/// What a rung ships, a patch that changed it included.
fn shipped(rung: &Rung, point: &Point) -> Vec<String> {
    let reached = |release: &&crate::rules::schema::ReleaseEntry| {
        let version: Option<crate::version::Version> = release.version.parse().ok();
        !release.frameworks.is_empty()
            && point.version.as_ref().zip(version.as_ref()).is_some_and(|(at, since)| since <= at)
    };
    let patched = rung.file.versions.iter().rfind(reached);
    patched.map_or_else(|| rung.file.frameworks.clone(), |release| release.frameworks.clone())
}

/// An order of target frameworks by age: .NET Standard, .NET Framework, .NET Core, .NET 5 and later.
pub(super) fn rank(framework: &str) -> (u8, u32, u32) {
    let name = framework.to_lowercase();
    let numbers = |text: &str| {
        let mut parts = text.split(['.', '-']).map(|part| part.parse().unwrap_or_default());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    };
    let (family, (major, minor)) = if let Some(rest) = name.strip_prefix("netstandard") {
        (0, numbers(rest))
    } else if let Some(rest) = name.strip_prefix("netcoreapp") {
        (2, numbers(rest))
    } else {
        let rest = name.strip_prefix("net").unwrap_or_default();
        (if rest.contains('.') { 3 } else { 1 }, numbers(rest))
    };
    (family, major, minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frameworks_are_ordered_by_age() {
        let order = ["netstandard2.0", "net472", "netcoreapp2.1", "netcoreapp3.1", "net5.0", "net8.0", "net10.0"];
        assert!(order.is_sorted_by_key(|framework| rank(framework)));
    }
}

//! Pages to read. Guides are arrivals: each rung lists the pages that end there, shortcuts included.

use super::{Plan, Point, Rule};
use crate::report::Guide;
use crate::rules::schema::GuideEntry;
use crate::rules::{Position, Product, Rung};

/// The shortest right order: at each point the page that starts at or below it and reaches furthest without passing the end.
///
/// A page about a single step in which nothing applies is left out.
pub(super) fn reading_order(product: &'static Product, rules: &[Rule], start: &Point, end: &Point) -> Vec<Guide> {
    let mut at = start.at;
    let mut found: Vec<Guide> = Vec::new();
    while at < end.at {
        let next = product.rungs.iter().find(|rung| rung.position() > at);
        let Some((rung, guide)) = furthest(product, at, end.at) else {
            let Some(next) = next else { break };
            at = next.position();
            continue;
        };
        let single = next.is_some_and(|next| next.id == rung.id);
        let matters = rules.iter().any(|rule| rule.rung.id == rung.id);
        if (!single || matters) && found.iter().all(|known| known.url != guide.url) {
            found.push(Guide {
                title: title(product, at, rung.position()),
                url: guide.url.clone(),
                from: guide.from.clone(),
                to: rung.line.to_string(),
            });
        }
        at = rung.position();
    }
    found
}

/// `6.3 → 7.0`; where the package is another one, lines alone would say nothing: `IdentityModel 7.0 → Duende.IdentityModel 7.0`.
fn title(product: &Product, from: Position, to: Position) -> String {
    let named = |at: Position| match product.file.leading.get(at.generation) {
        Some(leader) if from.generation != to.generation => format!("{} {}", leader.id, at.line),
        _ => at.line.to_string(),
    };
    format!("{} → {}", named(from), named(to))
}

/// Pages of several ways, each once. Where they are of several products, each title says of which.
pub fn all_guides<'a>(plans: impl Iterator<Item = &'a Plan>) -> Vec<Guide> {
    let plans: Vec<&Plan> = plans.filter(|plan| !plan.guides.is_empty()).collect();
    let several = plans.iter().any(|plan| plans.first().is_some_and(|first| first.product.id != plan.product.id));
    let mut found: Vec<Guide> = Vec::new();
    for plan in plans {
        for guide in &plan.guides {
            if found.iter().any(|known| known.url == guide.url) {
                continue;
            }
            // A title that names packages says it already.
            let bare = several && guide.title.starts_with(|first: char| first.is_ascii_digit());
            let title = if bare { format!("{} {}", plan.product.file.title, guide.title) } else { guide.title.clone() };
            found.push(Guide { title, ..guide.clone() });
        }
    }
    found
}

fn furthest(product: &'static Product, at: Position, end: Position) -> Option<(&'static Rung, &'static GuideEntry)> {
    let mut best: Option<(&Rung, &GuideEntry, Position)> = None;
    for rung in product.rungs.iter().filter(|rung| rung.position() > at && rung.position() <= end) {
        for guide in &rung.file.guides {
            let Some(from) = rung_named(product, &guide.from) else { continue };
            let left =
                guide.before.as_deref().and_then(|name| rung_named(product, name)).is_some_and(|limit| at >= limit);
            let serves = from <= at && from.generation == at.generation && !left;
            // Of two that reach as far, the one that starts nearest says least that is already behind.
            let better =
                best.is_none_or(|(other, _, other_from)| (rung.position(), from) > (other.position(), other_from));
            if serves && better {
                best = Some((rung, guide, from));
            }
        }
    }
    best.map(|(rung, guide, _)| (rung, guide))
}

/// The place of a rung that a guide names by its file, such as `6.3`.
fn rung_named(product: &Product, name: &str) -> Option<Position> {
    product.rung_named(name).map(Rung::position)
}

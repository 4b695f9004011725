//! The net effect on databases: what one combined migration does, often less than the sum of the steps.

use super::{ContextPlan, Point};
use crate::rules::{Product, Rung};
use crate::schema::{Renames, Schema};

/// One plan for each context of the product; none when the book does not know a line.
pub(super) fn contexts(product: &'static Product, start: &Point, end: &Point) -> Vec<ContextPlan> {
    let (Some(before), Some(after)) = (standing(product, start), standing(product, end)) else { return Vec::new() };
    let contexts = product.file.contexts.iter().map(|context| {
        let schema = |rung: Option<&Rung>| rung.map(|rung| product.schema_at(rung, &context.name)).unwrap_or_default();
        let known = |rung: Option<&Rung>| rung.is_some_and(|rung| product.knows_schema(rung, &context.name));
        let (from, to): (Schema, Schema) = (schema(before), schema(after));
        let renames = match (before, after) {
            (Some(before), Some(after)) => product.renames(before, after, &context.name),
            _ => Renames::default(),
        };
        ContextPlan {
            name: context.name.clone(),
            known: known(before) || from == to,
            difference: from.difference(&to, &renames),
        }
    });
    contexts.collect()
}

/// The rung whose schema a point has: its own, or the one below for an early preview; the inner `None` is what lies below the
/// first rung. The outer `None`: the book does not know the line.
#[expect(clippy::option_option, reason = "below the first rung and unknown are two things")]
fn standing(product: &'static Product, point: &Point) -> Option<Option<&'static Rung>> {
    let own = product.rung(point.at.generation, point.at.line)?;
    if !point.is_below_its_line(own) {
        return Some(Some(own));
    }
    let place = product.rungs.iter().position(|rung| rung.id == own.id)?;
    Some(place.checked_sub(1).and_then(|below| product.rungs.get(below)))
}

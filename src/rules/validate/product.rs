//! What must hold in `product.yaml`.

use std::collections::BTreeMap;

use super::Faults;
use super::fact::{is_date, is_simple, line_fault, link_fault, not_simple};
use crate::range::Range;
use crate::rules::schema::{AdvisoryEntry, PackageEntry};
use crate::rules::{Product, Rulebook};
use crate::version::Version;

const SEVERITIES: [&str; 4] = ["low", "moderate", "high", "critical"];

pub(super) fn check(product: &Product, book: &Rulebook, faults: &mut Faults<'_>) {
    let path = format!("{}/product.yaml", product.id);
    let file = &product.file;
    if faults.tree.text(&path).is_none() {
        return;
    }
    if file.leading.is_empty() || file.title.trim().is_empty() {
        let message =
            "a product needs a `title` and, under `leading`, the package whose version makes the rungs".to_owned();
        faults.add("product", &path, "leading", "", message);
    }
    for link in &file.pages {
        link_check(link, link, product, &path, faults);
    }
    for package in &file.packages {
        check_package(package, product, book, &path, faults);
    }
    let named = file.homes.values().flatten().chain(file.handed_by.iter().flat_map(|(of, by)| by.iter().chain([of])));
    for name in named.filter(|name| !is_simple(name)) {
        faults.add("name", &path, name, "", not_simple(name));
    }
    unique_packages(product, book, &path, faults);
    for advisory in &file.advisories {
        check_advisory(advisory, product, &path, faults);
    }
}

fn link_check(near: &str, link: &str, product: &Product, path: &str, faults: &mut Faults<'_>) {
    if let Some(fault) = link_fault(link, &product.file.hosts) {
        faults.add("link", path, near, link, fault);
    }
}

fn check_package(package: &PackageEntry, product: &Product, book: &Rulebook, path: &str, faults: &mut Faults<'_>) {
    let near = format!("id: {}", package.id);
    let leads = |id: &str| product.file.leading.iter().any(|leader| leader.id == id);
    if let Some(follows) = package.follows.as_deref().filter(|id| !leads(id)) {
        let message = format!("`follows: {follows}` of `{}` leads nothing: use an id of `leading`", package.id);
        faults.add("package", path, &near, follows, message);
    }
    if let Some(next) = package.replaced_by.as_deref().filter(|id| book.product_of(id).is_none()) {
        let message = format!("`replaced_by: {next}` of `{}` belongs to no product: add it to `packages`", package.id);
        faults.add("package", path, &near, next, message);
    }
    for context in package.contexts.iter().filter(|name| product.file.contexts.iter().all(|known| known.name != **name))
    {
        let message = format!("`{}` brings the context `{context}`, which `contexts` does not describe", package.id);
        faults.add("context", path, &near, context, message);
    }
    if let Some(fault) = package.in_step_from.as_deref().and_then(line_fault) {
        faults.add("package", path, &near, "in_step_from", format!("`in_step_from`: {fault}"));
    }
    if let Some(stem) = package.built_in_from.as_deref().filter(|stem| product.rung_named(stem).is_none()) {
        let message = format!("`built_in_from: {stem}` is no rung: name a file of this folder without `.yaml`");
        faults.add("package", path, &near, stem, message);
    }
    if let Some(link) = &package.guide {
        link_check(&near, link, product, path, faults);
    }
}

fn unique_packages(product: &Product, book: &Rulebook, path: &str, faults: &mut Faults<'_>) {
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in &book.products {
        let leading = one.file.leading.iter().map(|leader| &leader.id);
        for id in leading.chain(one.file.packages.iter().map(|package| &package.id)) {
            owners.entry(id.to_lowercase()).or_default().push(&one.id);
        }
    }
    let mine = product
        .file
        .leading
        .iter()
        .map(|leader| &leader.id)
        .chain(product.file.packages.iter().map(|package| &package.id));
    for id in mine {
        if owners.get(&id.to_lowercase()).is_some_and(|owners| owners.len() > 1) {
            let others: Vec<String> =
                owners[&id.to_lowercase()].iter().map(|owner| format!("{owner}/product.yaml")).collect();
            let message = format!(
                "`{id}` is named more than once ({}): a package belongs to one product, once",
                others.join(", ")
            );
            faults.add("package", path, &format!("id: {id}"), "", message);
        }
    }
}

fn check_advisory(advisory: &AdvisoryEntry, product: &Product, path: &str, faults: &mut Faults<'_>) {
    let near = format!("id: {}", advisory.id);
    if !SEVERITIES.contains(&advisory.severity.as_str()) {
        let message = format!("`{}` is none of {}", advisory.severity, SEVERITIES.join(", "));
        faults.add("severity", path, &near, "severity", message);
    }
    if !is_date(&advisory.published) {
        faults.add("date", path, &near, "published", format!("`{}` is no day: write `2024-07-31`", advisory.published));
    }
    link_check(&near, &advisory.url, product, path, faults);
    if product.file.advisories.iter().filter(|other| other.id == advisory.id).count() > 1 {
        faults.add("id", path, &near, "", format!("there are two advisories `{}`", advisory.id));
    }
    for affected in &advisory.affected {
        if affected.range.parse::<Range>().is_err() {
            let message = format!("`{}` is no NuGet range: write `[7.0.0,7.0.6)`", affected.range);
            faults.add("range", path, &near, &affected.range, message);
        }
        if affected.fixed.as_deref().is_some_and(|fixed| fixed.parse::<Version>().is_err()) {
            faults.add("version", path, &near, "fixed", "`fixed` is no NuGet version".to_owned());
        }
        if product.member(&affected.package).is_none() {
            let message = format!(
                "`{}` is no package of this product: add it to `packages`, or move the advisory",
                affected.package
            );
            faults.add("package", path, &near, &affected.package, message);
        }
    }
}

//! The rulebook itself: as a list, as one entry, and as the JSON Schema of its files.

use std::fmt::Write;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

use crate::render::markdown::Markdown;
use crate::rules::schema::{ChangeEntry, DatabaseEntry, ProductFile, RungFile};
use crate::rules::{Product, Rulebook, Rung};

/// A rule as a list shows it.
#[derive(Debug, Serialize)]
struct Line<'book> {
    id: String,
    impact: &'book str,
    summary: &'book str,
}

/// What an id names.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'book> {
    /// `identityserver`.
    Product(&'book Product),
    /// `identityserver/7.0`.
    Rung(&'book Rung),
    /// `identityserver/7.0/par-columns`, of a database.
    Database(&'book Rung, &'book DatabaseEntry),
    /// The same, of code, configuration or people.
    Change(&'book Rung, &'book ChangeEntry),
}

/// The entry of an id; `None` when the book has none.
pub fn find<'book>(book: &'book Rulebook, id: &str) -> Option<Entry<'book>> {
    if let Some(product) = book.product(id) {
        return Some(Entry::Product(product));
    }
    let mut rungs = book.products.iter().flat_map(|product| &product.rungs);
    if let Some(rung) = rungs.clone().find(|rung| rung.id == id) {
        return Some(Entry::Rung(rung));
    }
    let (rung, name) = id.rsplit_once('/')?;
    let rung = rungs.find(|one| one.id == rung)?;
    let database = rung.file.database.iter().find(|entry| entry.id == name).map(|entry| Entry::Database(rung, entry));
    database.or_else(|| rung.file.changes.iter().find(|entry| entry.id == name).map(|entry| Entry::Change(rung, entry)))
}

/// The rules of a rung, databases first.
fn lines(rung: &Rung) -> Vec<Line<'_>> {
    let line = |id: &str, impact, summary| Line { id: format!("{}/{id}", rung.id), impact, summary };
    let databases = rung.file.database.iter().map(|entry| line(&entry.id, "database", entry.summary.as_str()));
    let changes = rung.file.changes.iter().map(|entry| line(&entry.id, entry.impact.as_str(), entry.summary.as_str()));
    databases.chain(changes).collect()
}

fn knows_up_to(product: &Product) -> String {
    product.newest().and_then(Rung::newest).map(|version| version.to_string()).unwrap_or_default()
}

/// Every product, rung and rule on lines of its own.
pub fn list_text(book: &Rulebook) -> String {
    let mut text = format!("verified {}\n", book.verified());
    for product in &book.products {
        // Writing to a String cannot fail.
        writeln!(text, "\n{}  {}  {}", product.id, product.file.title, knows_up_to(product)).ok();
        for rung in &product.rungs {
            let verified = rung.file.verified.as_ref().map(|it| format!("  (verified {} at {})", it.date, it.tag));
            let preview = if rung.file.preview { "  (preview)" } else { "" };
            writeln!(text, "  {}  {}{preview}{}", rung.id, rung.file.title, verified.unwrap_or_default()).ok();
            for line in lines(rung) {
                writeln!(text, "    {}  [{}]  {}", line.id, line.impact, line.summary).ok();
            }
        }
    }
    text
}

/// The same as a JSON object.
pub fn list_json(book: &Rulebook) -> Value {
    let rung = |rung: &Rung| {
        let file = &rung.file;
        json!({
            "id": rung.id, "title": file.title, "package": file.package, "preview": file.preview, "verified": file.verified,
            "rules": lines(rung),
        })
    };
    let product = |product: &Product| {
        let rungs: Vec<Value> = product.rungs.iter().map(rung).collect();
        json!({"id": product.id, "title": product.file.title, "newest": knows_up_to(product), "rungs": rungs})
    };
    let products: Vec<Value> = book.products.iter().map(product).collect();
    json!({"schema": 1, "verified": book.verified(), "products": products})
}

/// The same as Markdown.
pub fn list_markdown(book: &Rulebook) -> String {
    let mut page = Markdown::new();
    page.ours("# Rules\n\nWhat the rulebook knows, as `identityserver-upgrade rules list --format markdown` prints it. Each line says when and against\n");
    page.ours("which tag of the vendor it was last held, the newest of these days is ")
        .prose(book.verified())
        .ours(".\n");
    for product in &book.products {
        page.ours("\n## ")
            .prose(&product.file.title)
            .ours("\n\nKnows up to ")
            .code(&knows_up_to(product))
            .ours(", in ");
        page.number(product.rungs.len()).ours(" lines.\n");
        for rung in &product.rungs {
            page.ours("\n### ").prose(&rung.file.title).ours("\n\n");
            if rung.file.preview {
                page.ours("Only previews of this line exist. ");
            }
            match &rung.file.verified {
                Some(it) => page.ours("Verified ").prose(&it.date).ours(" at ").code(&it.tag).ours("."),
                None => page.ours("Known by its number alone."),
            };
            if lines(rung).is_empty() {
                page.ours(" Nothing to do that the book knows of.\n");
                continue;
            }
            page.ours("\n\n| rule | impact | what changes |\n|---|---|---|\n");
            for line in lines(rung) {
                page.ours("| ")
                    .code(&line.id)
                    .ours(" | ")
                    .prose(line.impact)
                    .ours(" | ")
                    .prose(line.summary)
                    .ours(" |\n");
            }
        }
    }
    page.into_string()
}

/// One entry as JSON, as its file says it.
///
/// # Errors
/// None in practice: every shape has a JSON form.
pub fn show_json(entry: Entry<'_>) -> serde_json::Result<Value> {
    match entry {
        Entry::Product(product) => serde_json::to_value(&product.file),
        Entry::Rung(rung) => serde_json::to_value(&rung.file),
        Entry::Database(_, entry) => serde_json::to_value(entry),
        Entry::Change(_, entry) => serde_json::to_value(entry),
    }
}

/// One entry for people: a product or a rung as its rules, a rule with its advice and where it comes from.
pub fn show_text(entry: Entry<'_>) -> String {
    let mut text = String::new();
    match entry {
        Entry::Product(product) => {
            writeln!(text, "{}: {}, up to {}", product.id, product.file.title, knows_up_to(product)).ok();
            for rung in &product.rungs {
                writeln!(text, "  {}  {}  {} rules", rung.id, rung.file.title, lines(rung).len()).ok();
            }
            text.extend(product.file.note.iter().map(|note| format!("\n{note}\n")));
        }
        Entry::Rung(rung) => {
            writeln!(text, "{}: {}", rung.id, rung.file.title).ok();
            let verified = rung.file.verified.as_ref().map(|it| format!("{} at {}", it.date, it.tag));
            writeln!(text, "  verified: {}", verified.as_deref().unwrap_or("known by its number alone")).ok();
            writeln!(text, "  frameworks: {}", rung.file.frameworks.join(", ")).ok();
            for guide in &rung.file.guides {
                writeln!(text, "  guide from {}: {}", guide.from, guide.url).ok();
            }
            for line in lines(rung) {
                writeln!(text, "  {}  [{}]  {}", line.id, line.impact, line.summary).ok();
            }
            if lines(rung).is_empty() {
                text.push_str("  nothing to do that the book knows of\n");
            }
        }
        Entry::Database(rung, entry) => {
            let hazard =
                entry.hazard.as_ref().map(|hazard| format!("\nhazard: {} {}\n", hazard.summary, hazard.advice));
            rule_text(
                &mut text,
                rung,
                &entry.id,
                [&entry.summary, &entry.advice],
                entry.guide.as_deref(),
                &entry.sources,
            );
            text.extend(hazard);
        }
        Entry::Change(rung, entry) => {
            rule_text(
                &mut text,
                rung,
                &entry.id,
                [&entry.summary, &entry.advice],
                entry.guide.as_deref(),
                &entry.sources,
            );
        }
    }
    text
}

fn rule_text(
    text: &mut String,
    rung: &Rung,
    id: &str,
    [summary, advice]: [&str; 2],
    guide: Option<&str>,
    sources: &[String],
) {
    writeln!(text, "{}/{id}: {summary}\n\n{advice}", rung.id).ok();
    let links = guide.and_then(|guide| rung.address(guide)).into_iter().chain(sources.iter().cloned());
    for (index, link) in links.enumerate() {
        writeln!(text, "{}  {link}", if index == 0 { "\n" } else { "" }).ok();
    }
}

/// One entry as Markdown.
pub fn show_markdown(entry: Entry<'_>) -> String {
    let mut page = Markdown::new();
    for line in show_text(entry).lines() {
        page.prose(line).ours("\n");
    }
    page.into_string()
}

/// The JSON Schema of the files below `rules/`: of `product.yaml`, and of a rung.
pub fn schema() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft07());
    let shapes = [generator.subschema_for::<ProductFile>(), generator.subschema_for::<RungFile>()];
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A file of the rulebook: product.yaml, or a rung",
        "anyOf": shapes,
        "definitions": generator.take_definitions(true),
    });
    accept_numbers(&mut schema);
    schema
}

/// Lets every text be a number as well: `from: 6.3` is one to an editor, while the tool takes it as the text that stands there.
fn accept_numbers(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let kinds = match fields.get("type") {
                Some(Value::String(kind)) => vec![kind.clone()],
                Some(Value::Array(kinds)) => kinds.iter().filter_map(|kind| Some(kind.as_str()?.to_owned())).collect(),
                _ => Vec::new(),
            };
            if kinds.iter().any(|kind| kind == "string") {
                let number = std::iter::once("number".to_owned());
                fields.insert("type".to_owned(), kinds.into_iter().chain(number).collect());
            }
            fields.values_mut().for_each(accept_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(accept_numbers),
        _ => {}
    }
}

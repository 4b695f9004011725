//! Razor files: their usings, and the type names that stand in them outside comments.
//!
//! No grammar: Razor mixes two languages line by line. A word that is a type's name, in a file that sees the product's
//! namespaces, outside of comments and attribute values, is taken for that type.

use crate::evidence::code::{CodeFacts, Hit};
use crate::evidence::wanted::{Sign, Wanted, is_below};

/// Reads what a `.cshtml` or `.razor` file shows. `_ViewImports.cshtml` and `_Imports.razor` import for their folder.
pub(in crate::evidence) fn read(path: &str, text: &str, wanted: &Wanted) -> CodeFacts {
    let mut facts = CodeFacts::default();
    let shares = path.ends_with("_ViewImports.cshtml") || path.ends_with("_Imports.razor");
    let text = without_comments(text);
    for (number, line) in (1_u32..).zip(text.lines()) {
        let target = line.trim().strip_prefix("@using ").map(|it| it.trim().trim_end_matches(';'));
        match target {
            Some(target) => add_using(&mut facts, target.trim_start_matches("static "), number, shares, wanted),
            None => add_types(&mut facts, line, number, wanted),
        }
    }
    facts
}

fn add_using(facts: &mut CodeFacts, target: &str, line: u32, shares: bool, wanted: &Wanted) {
    let target = target.split_once('=').map_or(target, |(_, target)| target.trim());
    facts.usings.push(target.to_owned());
    if shares {
        facts.shared_usings.push((target.to_owned(), line));
    }
    for (detector, it) in wanted.detectors.iter().enumerate() {
        if matches!(&it.sign, Sign::Using(namespace) if is_below(target, namespace)) {
            let saw = format!("@using {target}");
            facts.hits.push(Hit { detector, line, saw, qualified: true, maybe: false, adapted: false });
        }
    }
}

fn add_types(facts: &mut CodeFacts, line: &str, number: u32, wanted: &Wanted) {
    let word = |character: char| !(character.is_alphanumeric() || character == '_' || character == '.');
    for dotted in line.split(word) {
        let (before, name) = dotted.rsplit_once('.').map_or(("", dotted), |(before, name)| (before, name));
        for (detector, it) in wanted.at(name) {
            let qualified = !before.is_empty() && it.lives_in(before);
            let is_type = matches!(it.sign, Sign::Type(_));
            let seen = facts.hits.iter().any(|hit| hit.detector == detector && hit.line == number);
            if is_type && (before.is_empty() || qualified) && !seen {
                let saw = super::signature::one_line(line);
                facts.hits.push(Hit { detector, line: number, saw, qualified, maybe: false, adapted: false });
            }
        }
    }
}

/// The text with `@* … *@`, `<!-- … -->` and quoted attribute values without `@` blanked; lines stay.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = [("@*", "*@"), ("<!--", "-->"), ("/*", "*/")].iter().find(|(open, _)| rest.starts_with(open));
        let length = match comment {
            Some((open, close)) => rest
                .get(open.len()..)
                .and_then(|inner| inner.find(close))
                .map_or(rest.len(), |at| at + open.len() + close.len()),
            None if rest.starts_with("// ") => rest.find('\n').unwrap_or(rest.len()),
            None if first == '"' => markup_value(rest),
            None => 0,
        };
        if length == 0 {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        } else {
            let (gone, left) = rest.split_at(length);
            out.extend(gone.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
            rest = left;
        }
    }
    out
}

/// Length of a quoted value on one line that holds no `@`; zero when it may hold code.
fn markup_value(text: &str) -> usize {
    let line = text.lines().next().unwrap_or_default();
    let end = line.char_indices().skip(1).find(|(_, character)| *character == '"').map(|(at, _)| at + 1);
    end.filter(|end| !line.get(..*end).unwrap_or_default().contains('@')).unwrap_or(0)
}

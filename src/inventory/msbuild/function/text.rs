//! The methods of `System.String` on the value of a property.

use super::{Arguments, Outcome, Refusal, missing};
use crate::inventory::msbuild::object::Object;

/// Calls the method or property of this lower-case name on a string.
pub fn call(text: &str, name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    // Without parentheses .NET is asked for a property; the engine itself takes these methods all the same.
    let taken_as_property = matches!(name, "length" | "toupperinvariant" | "tolowerinvariant" | "tolower");
    if !is_method && !taken_as_property {
        return missing();
    }
    match (name, arguments.len()) {
        ("length", 0) => Ok(Object::Int(length(text))),
        ("toupper" | "toupperinvariant", 0) => plain(&upper(text)),
        ("tolower" | "tolowerinvariant", 0) => plain(&lower(text)),
        ("tostring" | "clone" | "normalize", 0) => plain(text),
        ("trim" | "trimstart" | "trimend", count) => trim(text, name, count, arguments),
        ("startswith" | "endswith" | "contains" | "equals", 1 | 2) => test(text, name, arguments),
        ("compareto", 1) if arguments.converted(0)? == text => Ok(Object::Int(0)),
        ("indexof" | "lastindexof", 1..=4) => search(text, name, arguments),
        ("indexofany" | "lastindexofany", 1) if !arguments.is_null(0) => {
            Ok(any_of(text, name, &arguments.converted(0)?))
        }
        ("replace", 2 | 3) => replace(text, arguments),
        ("substring" | "remove", 1 | 2) => cut(text, name, arguments),
        ("insert", 2) => insert(text, arguments),
        ("padleft" | "padright", 1 | 2) => pad(text, name, arguments),
        ("split", 0 | 1) => split(text, arguments),
        ("get_chars", 1) => {
            let character = text.chars().nth(arguments.position(0)?);
            character.map(Object::Char).ok_or_else(out_of_range)
        }
        (
            "split" | "tochararray" | "gettype" | "compareto" | "gethashcode" | "gettypecode" | "isnormalized"
            | "getenumerator" | "copyto",
            _,
        ) => Err(Refusal::Untold),
        _ => missing(),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what every function here gives")]
fn plain(text: &str) -> Outcome {
    Ok(Object::plain(text))
}

/// .NET changes the case of each character alone: `ß` stays, as no single character is its upper case.
fn upper(text: &str) -> String {
    text.chars().map(|character| single(character, character.to_uppercase())).collect()
}

fn lower(text: &str) -> String {
    text.chars().map(|character| single(character, character.to_lowercase())).collect()
}

fn single(character: char, mut changed: impl Iterator<Item = char>) -> char {
    match (changed.next(), changed.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

fn out_of_range() -> Refusal {
    Refusal::Invalid("an index is out of range".into())
}

/// A count of characters as .NET's int32.
fn length(text: &str) -> i64 {
    i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX)
}

fn trim(text: &str, name: &str, count: usize, arguments: &Arguments) -> Outcome {
    let mut characters: Vec<char> = Vec::new();
    for index in 0..count {
        let argument = arguments.converted(index)?;
        if count > 1 && argument.chars().count() != 1 {
            return missing();
        }
        characters.extend(argument.chars());
    }
    let cut = |other: char| if characters.is_empty() { other.is_whitespace() } else { characters.contains(&other) };
    plain(match name {
        "trim" => text.trim_matches(cut),
        "trimstart" => text.trim_start_matches(cut),
        _ => text.trim_end_matches(cut),
    })
}

/// `StartsWith`, `EndsWith`, `Contains`, `Equals`, with or without a `StringComparison`.
fn test(text: &str, name: &str, arguments: &Arguments) -> Outcome {
    if name == "equals" && arguments.len() == 1 {
        return Ok(Object::Bool(!arguments.is_null(0) && arguments.converted(0)? == text));
    }
    let mut other = arguments.text(0)?;
    let mut text = text.to_owned();
    if arguments.len() == 2 {
        match arguments.comparison(1) {
            Some(true) => (text, other) = (text.to_lowercase(), other.to_lowercase()),
            Some(false) => {}
            None => return missing(),
        }
    }
    Ok(Object::Bool(match name {
        "startswith" => text.starts_with(&other),
        "endswith" => text.ends_with(&other),
        "contains" => text.contains(&other),
        _ => text == other,
    }))
}

/// `IndexOf` and `LastIndexOf`: (text), (text, start), (text, start, count), each with a comparison behind.
fn search(text: &str, name: &str, arguments: &Arguments) -> Outcome {
    let last = arguments.len() - 1;
    let comparison = if last > 0 { arguments.comparison(last) } else { None };
    let ignore_case = comparison.unwrap_or(false);
    let numbers = if comparison.is_some() { last } else { last + 1 };
    let fold = |text: &str| if ignore_case { text.to_lowercase() } else { text.to_owned() };
    let haystack: Vec<char> = fold(text).chars().collect();
    let needle: Vec<char> = fold(&arguments.text(0)?).chars().collect();
    let length = haystack.len();
    let found = if name == "indexof" {
        let start = if numbers > 1 { arguments.position(1)? } else { 0 };
        let end = if numbers > 2 { start + arguments.position(2)? } else { length };
        if start > length || end > length {
            return Err(out_of_range());
        }
        (start..=end).find(|at| at + needle.len() <= end && matches_at(&haystack, *at, &needle))
    } else {
        let start = if numbers > 1 { arguments.position(1)? } else { length };
        let floor = if numbers > 2 { (start + 1).saturating_sub(arguments.position(2)?) } else { 0 };
        if start > length {
            return Err(out_of_range());
        }
        let end = (start + 1).min(length);
        (floor..=end).rev().find(|at| at + needle.len() <= end && matches_at(&haystack, *at, &needle))
    };
    Ok(index(found))
}

fn matches_at(haystack: &[char], at: usize, needle: &[char]) -> bool {
    haystack.get(at..at + needle.len()) == Some(needle)
}

fn index(found: Option<usize>) -> Object {
    Object::Int(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1))
}

fn any_of(text: &str, name: &str, characters: &str) -> Object {
    let mut positions = text.chars().enumerate().filter(|(_, other)| characters.contains(*other)).map(|(at, _)| at);
    index(if name == "indexofany" { positions.next() } else { positions.last() })
}

fn replace(text: &str, arguments: &Arguments) -> Outcome {
    let old = arguments.text(0)?;
    if old.is_empty() {
        return Err(Refusal::Invalid("the text to replace is empty".into()));
    }
    let new = arguments.text_or_empty(1)?;
    match (arguments.len(), arguments.comparison(2)) {
        (2, _) | (3, Some(false)) => plain(&text.replace(&old, &new)),
        (3, Some(true)) => plain(&replace_ignoring_case(text, &old, &new)),
        _ => missing(),
    }
}

fn replace_ignoring_case(text: &str, old: &str, new: &str) -> String {
    let (text, old): (Vec<char>, Vec<char>) = (text.chars().collect(), old.to_lowercase().chars().collect());
    let mut result = String::new();
    let mut at = 0;
    while let Some(character) = text.get(at) {
        let window: String = text.iter().skip(at).take(old.len()).collect();
        if window.to_lowercase().chars().eq(old.iter().copied()) {
            result.push_str(new);
            at += old.len();
        } else {
            result.push(*character);
            at += 1;
        }
    }
    result
}

/// `Substring` and `Remove`.
fn cut(text: &str, name: &str, arguments: &Arguments) -> Outcome {
    let characters: Vec<char> = text.chars().collect();
    let start = arguments.position(0)?;
    let end = if arguments.len() == 2 { start + arguments.position(1)? } else { characters.len() };
    let Some(inside) = characters.get(start..end) else { return Err(out_of_range()) };
    if name == "substring" {
        return plain(&inside.iter().collect::<String>());
    }
    let outside = characters.iter().take(start).chain(characters.iter().skip(end));
    plain(&outside.collect::<String>())
}

fn insert(text: &str, arguments: &Arguments) -> Outcome {
    let characters: Vec<char> = text.chars().collect();
    let at = arguments.position(0)?;
    let (Some(before), Some(after)) = (characters.get(..at), characters.get(at..)) else { return Err(out_of_range()) };
    let inserted = arguments.converted(1)?;
    plain(&before.iter().copied().chain(inserted.chars()).chain(after.iter().copied()).collect::<String>())
}

fn pad(text: &str, name: &str, arguments: &Arguments) -> Outcome {
    /// A width that no real project asks for; a bound, because the width is what the file says.
    const WIDEST: usize = 10_000;
    let width = arguments.position(0)?;
    if width > WIDEST {
        return Err(Refusal::Untold);
    }
    let fill = if arguments.len() == 2 { arguments.character(1)? } else { ' ' };
    let padding: String = std::iter::repeat_n(fill, width.saturating_sub(text.chars().count())).collect();
    plain(&if name == "padleft" { padding + text } else { text.to_owned() + &padding })
}

/// `Split` at each character of its argument; at white space without one.
fn split(text: &str, arguments: &Arguments) -> Outcome {
    let separators = arguments.converted(0)?;
    let separates =
        |other: char| if separators.is_empty() { other.is_whitespace() } else { separators.contains(other) };
    Ok(Object::List(text.split(separates).map(str::to_owned).collect()))
}

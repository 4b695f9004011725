//! `System.Text.RegularExpressions.Regex`, for the patterns that mean the same to .NET and to the `regex` crate.

use regex::{Regex, RegexBuilder};

use super::{Arguments, Outcome, Refusal, missing};
use crate::inventory::msbuild::object::Object;

/// A compiled pattern may take this much memory (bytes).
const LARGEST_PATTERN: usize = 1 << 20;

/// Calls the static method of this lower-case name.
pub fn call(name: &str, arguments: &Arguments) -> Outcome {
    let options = match name {
        "ismatch" | "match" | "split" => 2,
        "replace" => 3,
        "escape" if arguments.len() == 1 => return Ok(Object::plain(&escape(&arguments.text(0)?))),
        "unescape" | "matches" | "new" => return Err(Refusal::Untold),
        _ => return missing(),
    };
    if arguments.len() < options || arguments.len() > options + 1 {
        return missing();
    }
    let ignore_case = arguments.len() > options && ignores_case(&arguments.text(options)?)?;
    let input = arguments.text(0)?;
    let pattern = compile(&arguments.text(1)?, ignore_case)?;
    match name {
        "ismatch" => Ok(Object::Bool(pattern.is_match(&input))),
        "match" => Ok(first_match(&pattern, &input)),
        "replace" => {
            let replacement = replacement(&pattern, &arguments.text(2)?)?;
            Ok(Object::plain(&pattern.replace_all(&input, replacement.as_str())))
        }
        _ if pattern.captures_len() > 1 => Err(Refusal::Untold),
        _ => Ok(Object::List(pattern.split(&input).map(str::to_owned).collect())),
    }
}

/// Whether `RegexOptions` ask to ignore case; other options than that cannot be told.
fn ignores_case(options: &str) -> Result<bool, Refusal> {
    match options.rsplit('.').next().unwrap_or_default() {
        "None" | "CultureInvariant" => Ok(false),
        "IgnoreCase" => Ok(true),
        _ => Err(Refusal::Untold),
    }
}

/// The pattern compiled; refused when the two engines may differ on it.
fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, Refusal> {
    let differs = ["(?", "\\Z", "\\z", "\\A", "\\G", "&&", "--", "~~", "[[", "\\k", "\\b", "\\p", "\\P", "-["];
    let named = pattern.replace("(?<", "(").replace("(?:", "(");
    if differs.iter().any(|text| named.contains(text)) || pattern.contains("(?<=") || pattern.contains("(?<!") {
        return Err(Refusal::Untold);
    }
    // `$` also stands before a newline at the end.
    let pattern = end_anchors(pattern);
    RegexBuilder::new(&pattern)
        .case_insensitive(ignore_case)
        .size_limit(LARGEST_PATTERN)
        .build()
        .map_err(|_| Refusal::Untold)
}

/// `pattern` with each `$` that is an anchor replaced by what .NET means with it.
fn end_anchors(pattern: &str) -> String {
    let mut result = String::with_capacity(pattern.len() + 8);
    let (mut escaped, mut in_class) = (false, false);
    for character in pattern.chars() {
        if character == '$' && !escaped && !in_class {
            result.push_str("(?:\\n?\\z)");
            continue;
        }
        match character {
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        result.push(character);
    }
    result
}

fn first_match(pattern: &Regex, input: &str) -> Object {
    let names =
        pattern.capture_names().enumerate().filter_map(|(number, name)| Some((name?.to_owned(), number))).collect();
    let Some(captures) = pattern.captures(input) else {
        return Object::Match { groups: vec![None; pattern.captures_len()], names, index: 0 };
    };
    let start = captures.get(0).map_or(0, |whole| whole.start());
    let index = i64::try_from(input.get(..start).unwrap_or_default().chars().count()).unwrap_or(i64::MAX);
    let groups = captures.iter().map(|group| group.map(|group| group.as_str().to_owned())).collect();
    Object::Match { groups, names, index }
}

/// .NET's replacement text in the crate's form: `$1`, `${name}` and `$$`; others cannot be told.
fn replacement(pattern: &Regex, text: &str) -> Result<String, Refusal> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            result.push_str("$$");
            rest = after;
            continue;
        }
        let (name, tail) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}').ok_or(Refusal::Untold)?,
            None => after.split_at(after.find(|other: char| !other.is_ascii_digit()).unwrap_or(after.len())),
        };
        let known = match name.parse::<usize>() {
            Ok(number) => number < pattern.captures_len(),
            Err(_) => pattern.capture_names().flatten().any(|group| group == name),
        };
        if known {
            result.push_str("${");
            result.push_str(name);
            result.push('}');
            rest = tail;
        } else if name.is_empty() && !after.starts_with(['&', '`', '\'', '+', '_']) {
            result.push_str("$$");
            rest = after;
        } else {
            return Err(Refusal::Untold);
        }
    }
    result.push_str(rest);
    Ok(result)
}

fn escape(text: &str) -> String {
    let mut result = String::new();
    for character in text.chars() {
        match character {
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                result.extend(['\\', character]);
            }
            _ => result.push(character),
        }
    }
    result
}

//! The shape of the configuration file, and how a file that is not whole is read.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Comment, ConfigFile, Label, Wording};
use crate::day::Day;
use crate::ignore::Ignore;
use crate::place::{Place, Problem};
use crate::yaml;

/// A longer file (bytes) is not read: nobody writes one, and strangers propose them.
const LONGEST: usize = 256 * 1024;

/// Faults that are told before the rest is counted.
const MOST_FAULTS: usize = 20;

/// Configuration of identityserver-upgrade. Every key may be left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    /// When a comment is written: `auto` when something is asked or the jump is more than a patch, `always` when there is a jump, `never`.
    pub comment: Option<Comment>,
    /// What ends the run with status 1, and turns the check run red: `never`, `action`, `check`, kinds such as `database`, ids of rules
    /// or folders of them such as `identityserver/7.0`, patterns with `*`.
    pub fail_on: Option<Words>,
    /// Name of a check run, for branch protection; needs the permission `checks: write`. None is created when it is empty.
    pub check: Option<String>,
    /// Whether lines are annotated in the log of the run.
    pub annotations: Option<bool>,
    /// Labels of pull requests, set and removed: one or several for what owes something (`action`), or a map from outcomes to labels.
    /// Outcomes are `action`, `check`, `clear`, and kinds or rules that are not done.
    pub labels: Option<Labels>,
    /// Glob patterns of the projects and code to look at; all when there are none. Files that projects import are read wherever they stand.
    pub paths: Option<Words>,
    /// Glob patterns of projects and code to leave out.
    pub exclude: Option<Words>,
    /// Findings that the team decided not to be asked for. They stay visible in the report, with their reason.
    pub ignore: Option<Entries>,
    /// Folder with rules of your own, beside the built-in ones: `<product>/<line>.yaml`.
    pub rules: Option<String>,
    /// Words of your own in the comment.
    pub wording: Option<Wording>,
    /// Name of this configuration; each keeps its own comment. Another file than the usual one is its own name.
    pub key: Option<String>,
    /// Further logins whose comments are ours, after a change of tokens; without `[bot]`.
    pub logins: Option<Words>,
}

/// Entries of `ignore`.
pub(super) type Entries = Vec<IgnoreEntry>;

/// A finding that the team decided not to be asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct IgnoreEntry {
    /// Id of a rule, a folder of rules such as `identityserver/7.0`, or a pattern with `*`.
    pub rule: String,
    /// Why. An entry without a reason does not count.
    #[schemars(required)]
    pub reason: Option<String>,
    /// The last day on which it counts, `2027-03-31`; for good when there is none.
    pub until: Option<String>,
}

/// One word, words between commas, or a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a word or a list of words is expected")]
pub(super) enum Words {
    /// `database, framework`
    One(String),
    /// `[database, framework]`
    Many(Vec<String>),
}

/// Labels: for what owes something, or by outcome.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a label, a list of labels, or a map from outcomes to labels is expected")]
pub(super) enum Labels {
    /// One label.
    One(String),
    /// Several.
    Many(Vec<String>),
    /// By outcome.
    ByOutcome(BTreeMap<String, Words>),
}

impl Words {
    pub(super) fn list(self) -> Vec<String> {
        match self {
            Self::One(one) => list(&one),
            Self::Many(many) => many,
        }
    }
}

impl Labels {
    pub(super) fn list(self) -> Vec<Label> {
        let label = |when: &str, name: String| Label { when: when.to_owned(), name };
        match self {
            Self::One(one) => vec![label("action", one)],
            Self::Many(many) => many.into_iter().map(|name| label("action", name)).collect(),
            Self::ByOutcome(map) => {
                let of = |(when, names): (String, Words)| {
                    let names = match names {
                        Words::One(one) => vec![one],
                        Words::Many(many) => many,
                    };
                    names.into_iter().map(move |name| label(&when, name)).collect::<Vec<_>>()
                };
                map.into_iter().flat_map(of).collect()
            }
        }
    }
}

/// Labels as an input has them: `LABEL` or `OUTCOME=LABEL`, between commas or on lines of their own.
pub(super) fn labels(text: &str) -> Vec<Label> {
    let parts = text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let label = |part: &str| {
        let (when, name) = part.split_once('=').unwrap_or(("action", part));
        Label { when: when.trim().to_owned(), name: name.trim().to_owned() }
    };
    parts.map(label).collect()
}

/// Words between commas or white space; what stands in braces is one word.
pub(super) fn list(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0_usize;
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (character == ',' || character.is_whitespace()) {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Lines (1-based) of keys, and of the entries of `ignore`.
#[derive(Debug, Default)]
pub(super) struct Lines {
    keys: BTreeMap<String, u32>,
    entries: Vec<u32>,
}

impl Lines {
    /// The line of a key; 1 when it has none of its own.
    pub(super) fn of(&self, key: &str) -> u32 {
        self.keys.get(key).copied().unwrap_or(1)
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    fn of_text(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut found = Self::default();
        for block in blocks(&lines) {
            let Some(key) = lines.get(block.start).and_then(|line| key(line)) else { continue };
            if key == "ignore" {
                found.entries = items(&lines, &block).iter().map(|item| number(item.start)).collect();
            }
            found.keys.entry(key.to_owned()).or_insert_with(|| number(block.start));
        }
        found
    }
}

/// What counts of a file: all of it when it is sound, else the keys and entries that are; and what is wrong with the rest.
pub(super) fn read(file: &ConfigFile<'_>) -> (File, Lines, Vec<Problem>) {
    let text = file.text.unwrap_or_default();
    if text.len() > LONGEST {
        let message = format!("the file is longer than {} KB and does not count", LONGEST / 1024);
        return (File::default(), Lines::default(), vec![fault(file, 0, message)]);
    }
    let text = &unbroken(text);
    let whole = match parse(text) {
        Ok(read) => return (read, Lines::of_text(text), Vec::new()),
        Err(error) => error,
    };
    let (sound, mut problems) = without_faults(file, text);
    let read = parse(&sound).unwrap_or_else(|error| {
        problems.push(problem(file, 0, &error));
        File::default()
    });
    if problems.is_empty() {
        problems.push(problem(file, 0, &whole));
    }
    if problems.len() > MOST_FAULTS {
        let more = problems.split_off(MOST_FAULTS).len();
        problems.push(fault(file, 0, format!("and {more} more faults")));
    }
    (read, Lines::of_text(&sound), problems)
}

/// The text with blanks in the place of what YAML takes for the end of a line and nobody else does, so that lines are those of an editor.
fn unbroken(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], " ")
}

/// Entries with what they need; the others are told.
pub(super) fn ignores(entries: Entries, file: &ConfigFile<'_>, lines: &Lines) -> (Vec<Ignore>, Vec<Problem>) {
    let (mut kept, mut problems) = (Vec::new(), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        let line = lines.entries.get(index).copied().unwrap_or_else(|| lines.of("ignore"));
        let until = entry.until.as_deref().map(str::parse::<Day>);
        let reason = entry.reason.unwrap_or_default().trim().to_owned();
        let rule = entry.rule.trim().to_owned();
        let wrong = match &until {
            _ if reason.is_empty() => "it has no `reason`",
            _ if rule.is_empty() => "its `rule` is empty",
            Some(Err(_)) => "its `until` is no day such as 2027-03-31",
            _ => "",
        };
        if wrong.is_empty() {
            let until = until.and_then(Result::ok);
            kept.push(Ignore { rule, reason, until, place: Place::new(file.path, line) });
        } else {
            problems.push(fault(file, line, format!("the ignore of `{rule}` does not count: {wrong}")));
        }
    }
    (kept, problems)
}

fn parse(text: &str) -> Result<File, serde_yaml::Error> {
    yaml::read::<Option<File>>(text).map(Option::unwrap_or_default)
}

/// The text with the keys and entries emptied that cannot be read, so that lines stay where they are.
fn without_faults(file: &ConfigFile<'_>, text: &str) -> (String, Vec<Problem>) {
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<&str> = vec![""; lines.len()];
    let mut problems = Vec::new();
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    let mut keep = |range: Range<usize>| {
        for (to, from) in kept.iter_mut().zip(&lines).skip(range.start).take(range.len()) {
            *to = from;
        }
    };
    for block in blocks(&lines) {
        let name = lines.get(block.start).and_then(|line| key(line)).unwrap_or_default();
        if let Some(first) = known.get(name) {
            problems.push(fault(file, number(block.start), format!("`{name}` is given twice: line {first} counts")));
            continue;
        }
        let Err(error) = parse(&joined(&lines, &block)) else {
            known.insert(name, number(block.start));
            keep(block);
            continue;
        };
        let items = items(&lines, &block);
        let Some(first) = items.first() else {
            problems.push(problem(file, block.start, &error));
            continue;
        };
        let head = block.start..first.start;
        let header = joined(&lines, &head);
        if parse(&header).is_err() {
            problems.push(problem(file, block.start, &error));
            continue;
        }
        keep(head);
        for item in items {
            // The header is one line or more; the item's lines follow it.
            match parse(&format!("{header}{}", joined(&lines, &item))) {
                Ok(_) => keep(item),
                Err(error) => problems.push(problem(file, item.start - (header.lines().count()), &error)),
            }
        }
    }
    (kept.join("\n"), problems)
}

/// Ranges of lines that begin with a key at the margin.
fn blocks(lines: &[&str]) -> Vec<Range<usize>> {
    let begins = |line: &&str| {
        !line.is_empty()
            && !line.starts_with([' ', '\t', '#', '-'])
            && !line.starts_with("...")
            && !line.starts_with('%')
    };
    // What begins with a dash goes on with the list of the key before it; without one, it is a block as well.
    let mut starts: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| begins(line)).map(|(index, _)| index).collect();
    if starts.is_empty() {
        starts.extend(lines.iter().position(|line| !line.trim().is_empty() && !line.starts_with('#')));
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// Ranges of lines of the entries of a block that is a list.
fn items(lines: &[&str], block: &Range<usize>) -> Vec<Range<usize>> {
    let within = || (block.start + 1..block.end).filter_map(|index| lines.get(index).map(|line| (index, *line)));
    let indent = |line: &str| line.len() - line.trim_start().len();
    let dash = |line: &str| line.trim_start().starts_with("- ") || line.trim() == "-";
    let Some(margin) = within().find(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#')) else {
        return Vec::new();
    };
    if !dash(margin.1) {
        return Vec::new();
    }
    let margin = indent(margin.1);
    let starts: Vec<usize> =
        within().filter(|(_, line)| dash(line) && indent(line) == margin).map(|(index, _)| index).collect();
    let ends = starts.iter().skip(1).copied().chain([block.end]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The key of a line at the margin.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(':')?;
    Some(key.trim().trim_matches(['"', '\'']))
}

fn joined(lines: &[&str], range: &Range<usize>) -> String {
    lines.get(range.clone()).unwrap_or_default().iter().fold(String::new(), |text, line| text + line + "\n")
}

/// An error in lines that stand `before` lines down in the file.
fn problem(file: &ConfigFile<'_>, before: usize, error: &serde_yaml::Error) -> Problem {
    let line = error.location().map_or(1, |location| location.line().max(1));
    let text = error.to_string();
    // The parser counts from the start of what it was given.
    let message = text.split(" at line ").next().unwrap_or(&text).trim_start_matches(".: ");
    fault(file, u32::try_from(before + line).unwrap_or_default(), message.to_owned())
}

fn fault(file: &ConfigFile<'_>, line: u32, message: String) -> Problem {
    Problem::at("bad-configuration", message, Place::new(file.path, line))
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or_default()
}

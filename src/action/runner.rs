//! The runner's own language: workflow commands on standard output, and the files for outputs and the job summary.
//!
//! Whatever may hold foreign text goes through [`data`] or [`property`], or stands in a line that cannot begin a command.

use std::cell::Cell;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher};
use std::io::Write;
use std::path::PathBuf;

use super::environment::Environment;
use crate::github::checks::{Annotation, Level};
use crate::place::{Place, Problem};
use crate::render::markdown::one_line;

/// Annotations of one level that a step may show.
const MAX_ANNOTATIONS: usize = 10;

/// Warnings of one kind that do not speak of the code: the step shows ten in all.
const MAX_PROBLEMS: usize = 3;

/// Bytes of a job summary that one step may write: 1 MiB.
const MAX_SUMMARY: usize = 1024 * 1024;

/// The files that the runner reads after the step, and what it has been shown.
pub(super) struct Runner {
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    /// Annotations shown so far, by level.
    errors: Cell<usize>,
    warnings: Cell<usize>,
    notices: Cell<usize>,
}

impl Runner {
    /// The files of this run.
    pub fn of(environment: &Environment) -> Self {
        Self {
            output: environment.file("GITHUB_OUTPUT"),
            summary: environment.file("GITHUB_STEP_SUMMARY"),
            errors: Cell::default(),
            warnings: Cell::default(),
            notices: Cell::default(),
        }
    }

    /// Sets an output of the step. The runner reads `NAME<<DELIMITER`; nobody can guess the delimiter.
    pub fn output(&self, name: &str, value: &str) {
        let delimiter = format!("end_{:016x}{:016x}", random(), random());
        append(self.output.as_ref(), &format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
    }

    /// Things that could not be read, or do not count as they stand: the first as warnings, the rest as lines.
    pub fn problems(&self, title: &str, problems: &[Problem]) {
        for (index, problem) in problems.iter().enumerate() {
            let text = format!("{}: {}", problem.code, problem.message);
            if index < MAX_PROBLEMS && self.room(Level::Warning) {
                print_line(&command("warning", problem.place.as_ref(), title, &text));
            } else {
                let place = problem.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
                say(&format!("{place}{text}"));
            }
        }
    }

    /// Remarks on lines, as far as the step has room for them; gives how many found none.
    pub fn annotations(&self, annotations: &[Annotation]) -> usize {
        let mut left_out = 0;
        for (level, name) in [(Level::Failure, "error"), (Level::Warning, "warning"), (Level::Notice, "notice")] {
            for annotation in annotations.iter().filter(|annotation| annotation.level == level) {
                if self.room(level) {
                    let place = Place::new(annotation.path.as_str(), annotation.line);
                    print_line(&command(name, Some(&place), &annotation.title, &annotation.message));
                } else {
                    left_out += 1;
                }
            }
        }
        left_out
    }

    /// Takes one of the places that a step has for a level. One notice is kept for the last word.
    fn room(&self, level: Level) -> bool {
        let (shown, most) = match level {
            Level::Failure => (&self.errors, MAX_ANNOTATIONS),
            Level::Warning => (&self.warnings, MAX_ANNOTATIONS),
            Level::Notice => (&self.notices, MAX_ANNOTATIONS - 1),
        };
        shown.set(shown.get() + 1);
        shown.get() <= most
    }

    /// Adds Markdown to the job summary.
    pub fn summary(&self, markdown: &str) {
        if markdown.len() < MAX_SUMMARY {
            append(self.summary.as_ref(), &format!("{markdown}\n"));
        } else {
            notice("The report is too long for a job summary; its JSON file has all of it.");
        }
    }
}

/// A plain line of the log.
pub(super) fn say(text: &str) {
    let text = one_line(text);
    let harmless = if text.starts_with("::") || text.starts_with("##[") { format!(" {text}") } else { text };
    print_line(&harmless);
}

/// Lines that fold away.
pub(super) fn group(title: &str, lines: &[String]) {
    print_line(&format!("::group::{}", data(title)));
    for line in lines {
        say(&format!("  {line}"));
    }
    print_line("::endgroup::");
}

/// Worth to know.
pub(super) fn notice(text: &str) {
    print_line(&format!("::notice::{}", data(text)));
}

/// The run failed.
pub(super) fn error(text: &str) {
    print_line(&format!("::error::{}", data(text)));
}

fn append(path: Option<&PathBuf>, text: &str) {
    let Some(path) = path else { return };
    let written =
        OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        notice(&format!("could not write to {}: {error}", path.display()));
    }
}

fn command(name: &str, place: Option<&Place>, title: &str, text: &str) -> String {
    let at = |place: &Place| {
        let line = if place.line > 0 { format!(",line={}", place.line) } else { String::new() };
        format!(",file={}{line}", property(&place.path))
    };
    let place = place.map(at).unwrap_or_default();
    // The runner cuts at 4,096 by itself, and could cut an escape.
    let text: String = text.chars().take(1000).collect();
    format!("::{name} title={}{place}::{}", property(title), data(&text))
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property, between `,` and `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn random() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

fn print_line(line: &str) {
    // A log that nobody reads any more is no reason to stop.
    writeln!(std::io::stdout().lock(), "{line}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_one_command() {
        let place = Place::new("a,line=9::b\nc.cs", 3);
        assert_eq!(
            command("warning", Some(&place), "100%: x", "1\r\n::error::2"),
            "::warning title=100%25%3A x,file=a%2Cline=9%3A%3Ab%0Ac.cs,line=3::1%0D%0A::error::2"
        );
    }
}

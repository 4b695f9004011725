//! The command line: one file a subcommand below `cli/`, each with its arguments and a `run` that gives the exit code.
//!
//! Exit codes: 0 nothing at or above `--fail-on`; 1 something is; 2 the tool failed.

mod audit;
mod configuration;
mod conformance;
mod diff;
mod inspect;
mod logging;
mod plan;
mod rules;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

use crate::rules::Rulebook;
use crate::source::folder;

/// What the long help adds: the door that the short one does not show.
const LONG_HELP: &str = r#"For tests and the curious: `conformance` reads a JSON request per line from standard input, such as
{"op": "range.parse", "input": "[7.0,8)"}, and writes a JSON reply per line: {"ok": VALUE}, {"error": "text"}
or {"unsupported": true}. Operations: version.parse, version.compare, version.sort (input, or a and b);
range.parse (input), range.satisfies, range.eligible (range, version), range.best_match (range, versions);
condition (condition, props, files, level, items), expand (expr, props)."#;

/// Tells what an IdentityServer version jump asks of a repository, and proves it.
#[derive(Debug, Parser)]
#[command(version, about, after_long_help = LONG_HELP)]
struct Arguments {
    /// More words on standard error; twice for every request and stage.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What changed between two commits (or two folders), and what that asks of the repository
    Diff(diff::Arguments),
    /// The way from one version to another, with no repository at all
    Plan(plan::Arguments),
    /// What is referenced where: packages, versions, frameworks, and the trail of each value
    Inspect(inspect::Arguments),
    /// Where the projects of a repository stand, what is out of support, and what the way to the newest releases asks
    Audit(audit::Arguments),
    /// The knowledge: list, show, check, schema
    Rules(rules::Arguments),
    /// What action.yml runs: reads `GITHUB_*` and `INPUT_*`
    Action,
    /// Answers questions about versions, ranges, conditions and expansions, one JSON line each
    ///
    /// The operations: see the end of the long `--help`.
    #[command(hide = true)]
    Conformance,
}

/// The built-in book; with a folder of one's own on top, once it is sound.
fn rulebook(own: Option<&Path>) -> Result<&'static Rulebook> {
    let Some(own) = own else { return Ok(Rulebook::embedded()) };
    let (tree, unread) = folder::read(own, |path| Path::new(path).extension().is_some_and(|ending| ending == "yaml"));
    let (book, problems) = Rulebook::embedded().with(&tree);
    if let Some(problem) = unread.iter().chain(&problems).next() {
        let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
        bail!("{0}/{place}: {1} (`rules check {0}` tells all)", own.display(), problem.message);
    }
    // The book lives as long as the process.
    Ok(Box::leak(Box::new(book)))
}

/// Writes to standard output; a reader that went away is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("could not print the answer")
        }
        _ => Ok(()),
    }
}

/// Parses the process's arguments, runs, and gives the exit code.
pub fn main() -> u8 {
    let begun = Instant::now();
    let arguments = Arguments::parse();
    logging::start(arguments.verbose);
    let result = match arguments.command {
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Action => crate::action::run(),
        Command::Conformance => conformance::run(),
    };
    logging::foot(begun);
    result.unwrap_or_else(|error| report(&error))
}

fn report(error: &anyhow::Error) -> u8 {
    complain(&format!("error: {error:#}"));
    2
}

/// Tells people what ends a run with another code than 0; standard output is the answer.
#[expect(clippy::print_stderr, reason = "the one printer of complaints")]
fn complain(text: &str) {
    eprintln!("{text}");
}

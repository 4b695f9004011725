//! The command line: one file a subcommand below `cli/`, each with its arguments and a `run` that gives the exit code.
//!
//! Exit codes: 0 nothing at or above `--fail-on`; 1 something is; 2 the tool failed.

mod conformance;
mod diff;
mod inspect;
mod plan;
mod rules;

use clap::{Parser, Subcommand};

/// Tells what an IdentityServer version jump asks of a repository, and proves it.
#[derive(Debug, Parser)]
#[command(version, about)]
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
    /// The knowledge: list, show, check, schema
    Rules(rules::Arguments),
    /// What action.yml runs: reads `GITHUB_*` and `INPUT_*`
    Action,
    /// Answers questions about versions, ranges, conditions and expansions, one JSON line each
    #[command(hide = true)]
    Conformance,
}

/// Parses the process's arguments, runs, and gives the exit code.
pub fn main() -> u8 {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Action => crate::action::run(),
        Command::Conformance => conformance::run(),
    };
    result.unwrap_or_else(|error| report(&error))
}

#[expect(clippy::print_stderr, reason = "the one printer of errors")]
fn report(error: &anyhow::Error) -> u8 {
    eprintln!("error: {error:#}");
    2
}

//! `audit`: where projects stand, in a folder, a repository on GitHub or a whole organisation.

mod merge;
mod remote;

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::audit;
use crate::cli::{complain, print, rulebook};
use crate::day::Day;
use crate::portfolio::{Limit, Portfolio, Whose};
use crate::render::audit::{json, markdown, sarif, text};
use crate::render::dashboard;
use crate::rules::Rulebook;
use crate::run::today;
use crate::settings::FILE;

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The root of a checked-out repository; the current folder when absent
    #[arg(conflicts_with_all = ["github", "organization"])]
    folder: Option<PathBuf>,
    #[command(flatten)]
    remote: remote::Remote,
    #[command(flatten)]
    answer: Answer,
    /// A folder with rules of your own, beside the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Leave the configuration of the repositories alone: all projects, and nothing ignored
    #[arg(long)]
    no_config: bool,
    /// The day of the audit, for runs that can be repeated; today when absent
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Day>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// One answer of several, for parts that ran side by side (`--shard`); a repository in several is taken from the last
    Merge {
        /// What `audit --format json` printed
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        answer: Answer,
        /// A folder with rules of your own, beside the built-in ones
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
}

/// How the answer is given.
#[derive(Debug, clap::Args)]
struct Answer {
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// End with status 1 when a repository is: unsupported, advisory, behind=LINES, mixed, todo, unread; several with commas
    #[arg(long, value_name = "CONDITIONS", value_delimiter = ',')]
    fail_on: Vec<Limit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
    /// For code scanning; of one repository
    Sarif,
    /// One self-contained page
    Html,
}

/// Runs `audit`; gives the exit code.
pub fn run(arguments: &Arguments) -> Result<u8> {
    if let Some(Command::Merge { files, answer, rules }) = &arguments.command {
        let rules = rulebook(rules.as_deref())?;
        return answer.give(&merge::merge(files, rules)?, rules);
    }
    let rules = rulebook(arguments.rules.as_deref())?;
    let today = today(arguments.today)?;
    let configuration = (!arguments.no_config).then_some(FILE);
    let portfolio = if arguments.remote.is_asked() {
        arguments.remote.audit(today, rules, configuration)?
    } else {
        of_folder(arguments.folder.as_deref().unwrap_or(Path::new(".")), today, rules, configuration)?
    };
    arguments.answer.give(&portfolio, rules)
}

fn of_folder(folder: &Path, today: Day, rules: &'static Rulebook, configuration: Option<&str>) -> Result<Portfolio> {
    if !folder.is_dir() {
        bail!("there is no folder {}: give the root of a checked-out repository", folder.display());
    }
    let whose = Whose { repository: name(folder), ..Whose::default() };
    let subject = whose.repository.clone();
    let standing = audit::of_folder(folder, whose, today, rules, configuration);
    Ok(Portfolio::of(today, subject, vec![standing], rules))
}

impl Answer {
    /// Prints the answer; gives the exit code.
    fn give(&self, portfolio: &Portfolio, rules: &Rulebook) -> Result<u8> {
        match self.format {
            Format::Text => print(&text::text(portfolio, colours()))?,
            Format::Markdown => print(&markdown::summary(portfolio))?,
            Format::Sarif => {
                let log = sarif::log(portfolio, rules)
                    .context("code scanning belongs to one repository: give a folder or --github OWNER/NAME")?;
                print(&(log.context("could not write the audit as SARIF")? + "\n"))?;
            }
            Format::Html => print(&dashboard::page(portfolio))?,
            Format::Json => {
                let mut out = BufWriter::new(std::io::stdout().lock());
                let written = json::write(portfolio, &mut out).map_err(std::io::Error::from);
                match written.and_then(|()| writeln!(out)).and_then(|()| out.flush()) {
                    Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                        return Err(error).context("could not print the answer");
                    }
                    _ => {}
                }
            }
        }
        let met = |limit: &Limit| portfolio.standings.iter().filter(|standing| limit.is_met(standing)).count();
        let met: Vec<(&Limit, usize)> =
            self.fail_on.iter().map(|it| (it, met(it))).filter(|(_, count)| *count > 0).collect();
        for (limit, count) in &met {
            let owners = if *count == 1 { "1 repository".to_owned() } else { format!("{count} repositories") };
            complain(&format!("`--fail-on {limit}` is met by {owners}"));
        }
        Ok(u8::from(!met.is_empty()))
    }
}

/// Colours are for people at a terminal who did not refuse them (<https://no-color.org>).
fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The last part of a folder's path.
fn name(folder: &Path) -> String {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    full.file_name().map_or_else(|| full.display().to_string(), |name| name.to_string_lossy().into_owned())
}

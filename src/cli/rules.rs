//! `rules`: the knowledge itself: list, show, check, schema.
//!
//! Exit codes: 0 fine; 1 `check` found violations; 2 the tool failed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cli::{print, rulebook};
use crate::place::Problem;
use crate::render::rulebook::{find, list_json, list_markdown, list_text, schema, show_json, show_markdown, show_text};
use crate::rules::{Rulebook, validate};
use crate::source::folder;

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every product, line and rule
    List(Shown),
    /// One product, line or rule by its id, such as `identityserver/7.0/par-columns`
    Show {
        /// The id
        id: String,
        #[command(flatten)]
        shown: Shown,
    },
    /// Holds a folder of rules against what must hold, each violation with its line
    Check {
        /// The folder; one without product.yaml files adds to the built-in book
        #[arg(default_value = "rules")]
        folder: PathBuf,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// The JSON Schema of the files, for editors
    Schema,
}

#[derive(Debug, clap::Args)]
struct Shown {
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// A folder with rules of your own, beside the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Runs `rules`; gives the exit code.
pub fn run(arguments: &Arguments) -> Result<u8> {
    match &arguments.command {
        Command::List(shown) => list(shown)?,
        Command::Show { id, shown } => show(id, shown)?,
        Command::Check { folder, format } => return check(folder, *format),
        Command::Schema => print_json(&schema())?,
    }
    Ok(0)
}

fn list(shown: &Shown) -> Result<()> {
    let book = rulebook(shown.rules.as_deref())?;
    match shown.format {
        Format::Text => print(&list_text(book)),
        Format::Json => print_json(&list_json(book)),
        Format::Markdown => print(&list_markdown(book)),
    }
}

fn show(id: &str, shown: &Shown) -> Result<()> {
    let book = rulebook(shown.rules.as_deref())?;
    let entry = find(book, id).with_context(|| format!("the rulebook has no `{id}`: `rules list` prints every id"))?;
    match shown.format {
        Format::Text => print(&show_text(entry)),
        Format::Json => print_json(&show_json(entry).context("could not write the entry as JSON")?),
        Format::Markdown => print(&show_markdown(entry)),
    }
}

fn check(root: &Path, format: Format) -> Result<u8> {
    if !root.is_dir() {
        bail!("`{}` is no folder: name the one that holds a folder for each product", root.display());
    }
    let is_rule = |path: &str| Path::new(path).extension().is_some_and(|end| end == "yaml");
    let (tree, mut problems) = folder::read(root, is_rule);
    if !tree.iter().any(|(path, _)| path.contains('/') && is_rule(path)) {
        bail!("`{}` holds no rules: they stand in `<product>/<major>.<minor>.yaml`", root.display());
    }
    problems.extend(validate::check(&tree, Rulebook::embedded()));
    match format {
        Format::Json => print_json(&serde_json::json!({"schema": 1, "problems": problems}))?,
        Format::Text | Format::Markdown => print(&violations(root, &problems))?,
    }
    Ok(u8::from(!problems.is_empty()))
}

/// A line a violation, as compilers write them, so that editors and logs link it.
fn violations(root: &Path, problems: &[Problem]) -> String {
    if problems.is_empty() {
        return format!("{}: nothing is wrong\n", root.display());
    }
    let line = |problem: &Problem| {
        let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{}: {}: {}\n", root.join(place).display(), problem.code, problem.message)
    };
    problems.iter().map(line).collect()
}

fn print_json(value: &serde_json::Value) -> Result<()> {
    print(&format!("{value:#}\n"))
}

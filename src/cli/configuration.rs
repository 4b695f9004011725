//! The settings of a run of the command line: its options, else the configuration file, else the defaults.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::place::Problem;
use crate::policy;
use crate::run::{self, Book, Wanted};
use crate::settings::{ConfigFile, FILE, Given, Settings};
use crate::source::folder;
use crate::tree::Tree;

/// Options that say what a run looks at and how it ends; each counts before the configuration file.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// End with status 1 when one of these is met: never, action, check, kinds such as database, ids of rules; several with commas
    #[arg(long, value_name = "WORDS")]
    fail_on: Option<String>,
    /// Look at these projects and their code only: glob patterns, several with commas
    #[arg(long, value_name = "PATTERNS")]
    paths: Option<String>,
    /// Leave these projects and their code out: glob patterns, several with commas
    #[arg(long, value_name = "PATTERNS")]
    exclude: Option<String>,
    /// A folder with rules of your own, beside the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// A configuration file on disk, instead of `.github/identityserver-upgrade.yml` of the base
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long)]
    no_config: bool,
    /// Print every setting with its value and where that came from, and end
    #[arg(long)]
    pub explain_config: bool,
}

/// How the base is read.
pub struct Base<'a> {
    /// The text of one file; `None` when it does not exist or is no text.
    pub text: &'a dyn Fn(&str) -> Result<Option<String>>,
    /// All its paths, with the texts of the wanted ones.
    pub tree: &'a dyn Fn(Wanted) -> Result<Tree>,
}

/// The settings that count.
pub struct Configuration {
    /// The settings.
    pub settings: Settings,
    /// What is wrong with the file.
    pub remarks: Vec<Problem>,
    /// The built-in rules and the team's own.
    pub book: Book,
}

impl Options {
    /// Puts the settings together.
    ///
    /// # Errors
    /// When a file or folder that was named cannot be read, or an option is not understood.
    pub fn read(&self, base: &Base<'_>) -> Result<Configuration> {
        let (path, text) = self.file(base)?;
        let get = |name: &str| match name {
            "fail-on" => self.fail_on.clone(),
            "paths" => self.paths.clone(),
            "exclude" => self.exclude.clone(),
            "rules" => self.rules.as_ref().map(|path| path.display().to_string()),
            "config" => self.config.as_ref().map(|path| path.display().to_string()),
            _ => None,
        };
        let given = Given { called: "command line", get: &get };
        let (settings, mut remarks) = Settings::of(&given, &ConfigFile { path: &path, text: text.as_deref() });
        remarks.extend(policy::unknown(&settings));
        // What somebody has just typed they can type again.
        if let Some(problem) = remarks.iter().find(|problem| problem.place.is_none()) {
            bail!("{}", problem.message);
        }
        let book = self.book(&settings, base)?;
        Ok(Configuration { settings, remarks, book })
    }

    fn file(&self, base: &Base<'_>) -> Result<(String, Option<String>)> {
        if self.no_config {
            return Ok((FILE.to_owned(), None));
        }
        let Some(file) = &self.config else {
            return Ok((FILE.to_owned(), (base.text)(FILE)?));
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        Ok((file.display().to_string(), Some(text)))
    }

    fn book(&self, settings: &Settings, base: &Base<'_>) -> Result<Book> {
        if let Some(folder) = &self.rules {
            return from_disk(folder);
        }
        let folder = settings.rules.value.trim().trim_start_matches("./").trim_matches('/');
        if folder.is_empty() {
            return Ok(Book::default());
        }
        let tree = (base.tree)(&|path| run::is_own_rule(folder, path))?;
        Ok(Book::with(&tree, folder, settings.rules.origin.place()))
    }
}

fn from_disk(root: &Path) -> Result<Book> {
    if !root.is_dir() {
        bail!("`{}` is no folder: name the one that holds a folder for each product", root.display());
    }
    let (tree, unread) = folder::read(root, |path| run::is_own_rule("", path));
    let mut book = Book::with(&tree, "", None);
    book.problems.extend(unread);
    for place in book.problems.iter_mut().filter_map(|problem| problem.place.as_mut()) {
        place.path = format!("{}/{}", root.display(), place.path);
    }
    Ok(book)
}

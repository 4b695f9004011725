//! `diff BASE HEAD`: two refs of a local repository, or two folders.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use crate::check::Sides;
use crate::cli::configuration::{Base, Configuration, Options};
use crate::cli::{complain, print};
use crate::day::Day;
use crate::place::Problem;
use crate::policy;
use crate::render::{comment, json, sarif, text};
use crate::report::Report;
use crate::run::{self, File, Side, Source, Take, Wanted, today};
use crate::settings::Wording;
use crate::source::folder;
use crate::source::git::{self, EntryKind, Repository};
use crate::tree::{self, Entry, Tree};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A commit, branch or tag; or a folder
    base: String,
    /// A commit, branch or tag; or a folder
    head: String,
    /// The repository that holds the commits; bare ones will do
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    options: Options,
    /// Address of the head's files, to link places in Markdown: <https://github.com/acme/login/blob/main>
    #[arg(long, value_name = "URL")]
    files: Option<String>,
    /// What the report calls the base, instead of its commit id or folder
    #[arg(long, value_name = "NAME")]
    base_name: Option<String>,
    /// What the report calls the head, instead of its commit id or folder
    #[arg(long, value_name = "NAME")]
    head_name: Option<String>,
    /// The day on which it is asked, for runs that can be repeated; today when absent
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Day>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
    Sarif,
}

/// Runs `diff`; gives the exit code.
pub fn run(arguments: &Arguments) -> Result<u8> {
    let world = World::of(arguments)?;
    let configuration =
        arguments.options.read(&Base { text: &|path| world.text(path), tree: &|wanted| world.of_base(wanted) })?;
    let settings = &configuration.settings;
    if arguments.options.explain_config {
        print(&explained(&configuration))?;
        return Ok(0);
    }
    let sides = Sides {
        base: arguments.base_name.clone().unwrap_or_else(|| world.names().0),
        head: arguments.head_name.clone().unwrap_or_else(|| world.names().1),
    };
    let lost = RefCell::new(Vec::new());
    let files = |wanted: Wanted, take: Take| world.files(wanted, take).map(|unread| lost.borrow_mut().extend(unread));
    let source = Source { trees: &|wanted| world.trees(wanted), files: &files };
    let book = &configuration.book;
    let today = today(arguments.today)?;
    let mut found = run::report(&source, &sides, book.rules, &settings.scope(), today)?;
    found.add_unread(&lost.borrow());
    let report = run::judge(found, settings, book, &configuration.remarks, today);
    print(&rendered(&report, arguments, &configuration)?)?;
    let failure = policy::failure(&settings.fail_on.value, &report);
    if let Some(failure) = &failure {
        complain(failure);
    }
    Ok(u8::from(failure.is_some()))
}

/// A line a setting, and what does not count as it stands.
fn explained(configuration: &Configuration) -> String {
    let settings = configuration.settings.explain();
    let problems = configuration.remarks.iter().chain(&configuration.book.problems);
    let problem = |problem: &Problem| {
        let place = problem.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{place}{}", problem.message)
    };
    settings
        .iter()
        .map(ToString::to_string)
        .chain(problems.map(problem))
        .fold(String::new(), |text, line| text + &line + "\n")
}

fn rendered(report: &Report, arguments: &Arguments, configuration: &Configuration) -> Result<String> {
    let Wording { lead, foot, help, .. } = configuration.settings.wording.value.clone();
    let frame = comment::Frame { files: arguments.files.clone(), help, lead, foot, proposal: Vec::new() };
    Ok(match arguments.format {
        Format::Text => text::text(report),
        Format::Markdown => comment::comment(report, &frame),
        Format::Json => json::json(report).context("could not write the report as JSON")? + "\n",
        Format::Sarif => {
            sarif::sarif(report, configuration.book.rules).context("could not write the report as SARIF")? + "\n"
        }
    })
}

/// The two sides, wherever they are.
enum World {
    Folders(PathBuf, PathBuf),
    Git { repository: Repository, base: String, head: String },
}

impl World {
    fn of(arguments: &Arguments) -> Result<Self> {
        let (base, head) = (Path::new(&arguments.base), Path::new(&arguments.head));
        if base.is_dir() && head.is_dir() {
            return Ok(Self::Folders(base.to_owned(), head.to_owned()));
        }
        if !arguments.repo.is_dir() {
            bail!("there is no folder {}: give the repository with --repo DIR", arguments.repo.display());
        }
        let repository = Repository::at(&arguments.repo);
        let commits = || Ok((repository.commit(&arguments.base)?, repository.commit(&arguments.head)?));
        let (base, head) = commits().map_err(|error: anyhow::Error| match (base.is_dir(), head.is_dir()) {
            (false, false) => error,
            (folder, _) => {
                let (one, other) = if folder { (base, head) } else { (head, base) };
                anyhow!(
                    "{} is a folder and {} is none: give two folders, or two commits",
                    one.display(),
                    other.display()
                )
            }
        })?;
        Ok(Self::Git { repository, base, head })
    }

    fn names(&self) -> (String, String) {
        match self {
            Self::Folders(base, head) => (base.display().to_string(), head.display().to_string()),
            Self::Git { base, head, .. } => (base.clone(), head.clone()),
        }
    }

    /// A file of the base.
    fn text(&self, path: &str) -> Result<Option<String>> {
        match self {
            Self::Folders(base, _) => Ok(folder::load(&base.join(path)).ok().and_then(|bytes| tree::decode(&bytes))),
            Self::Git { repository, base, .. } => {
                let mut text = None;
                let name = format!("{base}:{path}");
                repository.blobs([name.as_str()].into_iter(), |_, bytes| text = tree::decode(bytes))?;
                Ok(text)
            }
        }
    }

    /// The wanted files of the base.
    fn of_base(&self, wanted: Wanted) -> Result<Tree> {
        match self {
            Self::Folders(base, _) => Ok(folder::read(base, wanted).0),
            Self::Git { repository, base, .. } => repository.trees([base], wanted).map(|[tree]| tree),
        }
    }

    fn trees(&self, wanted: Wanted) -> Result<(Tree, Tree)> {
        match self {
            Self::Folders(base, head) => Ok((folder::read(base, wanted).0, folder::read(head, wanted).0)),
            Self::Git { repository, base, head } => {
                let [base, head] = repository.trees([base, head], wanted)?;
                Ok((base, head))
            }
        }
    }

    /// Hands over the wanted files; gives those that cannot be read.
    fn files(&self, wanted: Wanted, take: Take) -> Result<Vec<Problem>> {
        match self {
            Self::Folders(base, head) => Ok(folders(base, head, wanted, take)),
            Self::Git { repository, base, head } => commits(repository, base, head, wanted, take),
        }
    }
}

/// Hands over the wanted files of two folders; gives those that cannot be read. Links are not followed.
fn folders(base: &Path, head: &Path, wanted: Wanted, take: Take) -> Vec<Problem> {
    let mut lost = Vec::new();
    let listed = |root: &Path| folder::read(root, |_| false).0;
    for (path, entry) in listed(head).iter().filter(|(path, _)| wanted(path)) {
        let bytes = match entry {
            Entry::Unreadable(reason) => Err(entry.loss().map(|_| reason.clone())),
            _ => folder::load(&head.join(path)).map_err(Some),
        };
        match bytes {
            Ok(bytes) => take(File { side: Side::Head, path: path.to_owned(), bytes }),
            Err(reason) => lost.extend(reason.map(|reason| Problem::unreadable(path, &reason))),
        }
    }
    let is_file = |entry: &Entry| !matches!(entry, Entry::Unreadable(_));
    for (path, _) in listed(base).iter().filter(|(path, entry)| wanted(path) && is_file(entry)) {
        let Ok(bytes) = folder::load(&base.join(path)) else { continue };
        if folder::load(&head.join(path)).ok().as_ref() != Some(&bytes) {
            take(File { side: Side::Base, path: path.to_owned(), bytes });
        }
    }
    lost
}

/// Hands over the wanted files of two commits, each blob read once; gives those that cannot be read.
fn commits(repository: &Repository, base: &str, head: &str, wanted: Wanted, take: Take) -> Result<Vec<Problem>> {
    let (old, new) = (repository.list(base)?, repository.list(head)?);
    let at_head: HashMap<&str, &str> = new.iter().map(|entry| (entry.path.as_str(), entry.sha.as_str())).collect();
    let edited = old.iter().filter(|entry| at_head.get(entry.path.as_str()) != Some(&entry.sha.as_str()));
    let both = new.iter().map(|entry| (Side::Head, entry)).chain(edited.map(|entry| (Side::Base, entry)));
    let mut users: HashMap<&str, Vec<(Side, &str)>> = HashMap::new();
    let mut shas = Vec::new();
    for (side, entry) in both.filter(|(_, entry)| entry.is_readable() && wanted(&entry.path)) {
        let known = users.entry(&entry.sha).or_default();
        if known.is_empty() {
            shas.push(entry.sha.as_str());
        }
        known.push((side, &entry.path));
    }
    repository.blobs(shas.into_iter(), |sha, bytes| {
        for (side, path) in users.remove(sha).unwrap_or_default() {
            take(File { side, path: path.to_owned(), bytes: bytes.to_owned() });
        }
    })?;
    let too_large = |entry: &&git::Entry| matches!(entry.kind, EntryKind::File(_)) && !entry.is_readable();
    let too_large = new.iter().filter(too_large).filter(|entry| wanted(&entry.path));
    let too_large = too_large.map(|entry| Problem::unreadable(&entry.path, &tree::too_large()));
    let missing = users.into_values().flatten().filter(|(side, _)| *side == Side::Head);
    Ok(missing.map(|(_, path)| Problem::unreadable(path, "is not in the object store")).chain(too_large).collect())
}

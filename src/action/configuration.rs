//! The settings that count for a run, the rules of the team's own, and what a change proposes for either.

use anyhow::{Context, Result};
use tokio::runtime::Runtime;

use super::environment::Environment;
use super::runner::{self, Runner};
use super::target::Target;
use crate::github::client::{Client, Error};
use crate::github::comments::Conversation;
use crate::place::Problem;
use crate::policy;
use crate::run::{self, Book};
use crate::settings::{ConfigFile, FILE, Given, Settings};
use crate::source::remote::{Base, RemoteSource};

/// What counts, and what is proposed.
pub(super) struct Configuration {
    pub settings: Settings,
    /// What is wrong with it.
    pub remarks: Vec<Problem>,
    /// The built-in rules and the team's own.
    pub book: Book,
    /// Those of the head, where the change edits the file or the rules.
    pub proposed: Option<Proposed>,
    /// Why the file could not be read: then the settings are a guess.
    pub lost: Option<Error>,
}

/// A configuration that the author of the change wrote: words to try, and never to obey.
pub(super) struct Proposed {
    pub settings: Settings,
    /// What is wrong with it.
    pub faults: Vec<Problem>,
    pub book: Book,
    /// Whether rules of the team's own would be others.
    pub other_rules: bool,
}

/// Files of proposed rules that are tried, and the bytes they may have together: their author may wish us ill.
const MOST_RULES: (usize, u64) = (100, 1024 * 1024);

/// What a configuration is read with.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a, 'c> {
    pub environment: &'a Environment,
    pub runner: &'a Runner,
    pub runtime: &'a Runtime,
    pub client: &'c Client,
    pub target: &'a Target,
}

/// Path of the configuration file.
pub(super) fn path(environment: &Environment) -> String {
    let given = environment.input("config").unwrap_or_default();
    let given = given.trim().trim_start_matches("./").trim_start_matches('/');
    if given.is_empty() { FILE.to_owned() } else { given.to_owned() }
}

impl<'c> Reading<'_, 'c> {
    /// Reads the configuration of the base; the log says what counts, and what is wrong.
    pub fn read(
        &self,
        conversation: &Result<Conversation, Error>,
        source: &mut RemoteSource<'c>,
    ) -> Result<Configuration> {
        let path = path(self.environment);
        let changed = source.changed().contains(path.as_str());
        if self.target.pull.is_none() || changed {
            self.runtime.block_on(source.read(|one| one == path)).context("could not read the configuration")?;
        }
        let mut lost = None;
        let text = match (&self.target.pull, conversation) {
            (None, _) => source.base().text(&path).map(str::to_owned),
            (Some(_), Ok(conversation)) => conversation.file.clone(),
            (Some(pull), Err(_)) => {
                let file = self.client.file(&self.environment.repository, &pull.base_tip, &path);
                self.runtime.block_on(file).unwrap_or_else(|error| {
                    lost = Some(error);
                    None
                })
            }
        };
        let (settings, mut remarks) = self.settings(&path, text.as_deref());
        if text.is_none() && path != FILE && !changed {
            remarks.push(Problem {
                code: "no-configuration".into(),
                message: format!("the base has no file `{path}`: the defaults count"),
                place: None,
            });
        }
        let told: Vec<String> = settings.explain().iter().map(ToString::to_string).collect();
        runner::group("Settings", &told);
        self.runner.problems("Configuration", &remarks);
        let book = self.book(&settings, source);
        self.runner.problems("Rules of your own", &book.problems);
        let proposed = self.propose(&path, changed, (&settings, &book), source);
        Ok(Configuration { settings, remarks, book, proposed, lost })
    }

    /// The name of the check run, when nothing is known but what the conversation brought.
    pub fn check_name(&self, conversation: &Result<Conversation, Error>) -> String {
        let text = conversation.as_ref().ok().and_then(|conversation| conversation.file.as_deref());
        self.settings(&path(self.environment), text).0.check.value
    }

    fn settings(&self, path: &str, text: Option<&str>) -> (Settings, Vec<Problem>) {
        let get = |name: &str| self.environment.input(name);
        let (settings, mut problems) = Settings::of(&Given { called: "input", get: &get }, &ConfigFile { path, text });
        problems.extend(policy::unknown(&settings));
        (settings, problems)
    }

    /// What the head says, where it says something else. Only a pull request proposes.
    fn propose(
        &self,
        path: &str,
        changed: bool,
        (settings, book): (&Settings, &Book),
        source: &mut RemoteSource<'c>,
    ) -> Option<Proposed> {
        let (proposed, mut faults) =
            if changed { self.settings(path, source.head().text(path)) } else { (settings.clone(), Vec::new()) };
        let folder = rules_folder(&proposed);
        let edited = || source.changed().into_iter().any(|path| run::is_own_rule(folder, path));
        let other_rules = folder != rules_folder(settings) || !folder.is_empty() && edited();
        if self.target.pull.is_none() || !changed && !other_rules {
            return None;
        }
        let told: Vec<String> = proposed.explain().iter().map(ToString::to_string).collect();
        runner::group("Settings that this change proposes; those of the base count", &told);
        let book = if other_rules { self.proposed_book(folder, &proposed, source) } else { book.clone() };
        faults.extend(book.problems.iter().cloned());
        self.runner.problems("Proposed configuration", &faults);
        Some(Proposed { settings: proposed, faults, book, other_rules })
    }

    /// Rules of the head are the words of a stranger: they are parsed, and only so many of them.
    fn proposed_book(&self, folder: &str, settings: &Settings, source: &mut RemoteSource<'c>) -> Book {
        if folder.is_empty() {
            return Book::default();
        }
        let place = settings.rules.origin.place();
        let sizes: Vec<u64> = source.sizes(|path| run::is_own_rule(folder, path));
        if sizes.len() > MOST_RULES.0 || sizes.iter().sum::<u64>() > MOST_RULES.1 {
            return Book::unread(&format!("the rules in `{folder}` are too many to be tried"), place);
        }
        match self.runtime.block_on(source.read(|path| run::is_own_rule(folder, path))) {
            Ok(()) => Book::with(source.head(), folder, place),
            Err(error) => Book::unread(&format!("the rules in `{folder}` could not be read: {error}"), place),
        }
    }

    /// Rules come from where the configuration comes from: the author of a pull request chooses neither.
    fn book(&self, settings: &Settings, source: &mut RemoteSource<'c>) -> Book {
        let folder = rules_folder(settings);
        if folder.is_empty() {
            return Book::default();
        }
        let wanted = |path: &str| run::is_own_rule(folder, path);
        let read = async {
            let tip = self.target.pull.as_ref().map(|pull| pull.base_tip.as_str());
            match tip.filter(|tip| *tip != source.base_sha()) {
                None => source.read(wanted).await.map(|()| source.base().clone()),
                Some(tip) => {
                    let repository = self.environment.repository.clone();
                    let mut other = RemoteSource::open(self.client, repository, Base::Nothing, tip).await?;
                    other.read(wanted).await.map(|()| other.head().clone())
                }
            }
        };
        let place = settings.rules.origin.place();
        match self.runtime.block_on(read) {
            Ok(tree) => Book::with(&tree, folder, place),
            Err(error) => Book::unread(&format!("the rules in `{folder}` could not be read: {error}"), place),
        }
    }
}

/// The folder of the team's own rules; empty when there is none.
fn rules_folder(settings: &Settings) -> &str {
    settings.rules.value.trim().trim_start_matches("./").trim_matches('/')
}

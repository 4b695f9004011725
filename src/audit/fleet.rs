//! Audits of repositories on GitHub: few requests each, many at once, and one that fails never stops the rest.
//!
//! One request lists a hundred repositories with the commits at their heads; one lists the files of a commit; one brings the texts of a
//! small repository, or the manifests of a larger one, whose code then comes as one archive. A repository that is known at the
//! same commit costs nothing but its place in the list.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::{StreamExt, stream};
use rayon::prelude::*;
use tokio::sync::{Semaphore, mpsc};

use crate::audit::filter::Filter;
use crate::audit::state::State;
use crate::audit::{Configuration, ROUNDS, gatherer, judged, lost, more, survey, unjudged, wants};
use crate::day::Day;
use crate::evidence::{Gatherer, can_show};
use crate::github::client::{Client, Error, Failure};
use crate::github::objects::Repository;
use crate::github::repositories::Listed;
use crate::inventory::Inventory;
use crate::plan::Plan;
use crate::portfolio::{Standing, Survey, Whose};
use crate::report::{Status, Unread};
use crate::rules::Rulebook;
use crate::scope::Scope;
use crate::settings::FILE;
use crate::source::remote::{Base, RemoteSource};
use crate::tree::Tree;

/// Files up to which everything that may matter of a repository is read in one request.
const SMALL: usize = 90;

/// Repositories whose code is held in memory at once.
const LARGE_AT_ONCE: usize = 4;

/// Repositories that are looked at besides those that are waited for, so that there is always one that may ask while others are thought
/// about.
const IN_RESERVE: usize = 16;

/// Gatherers that are kept for the next repository on the same ways; each holds some megabytes.
const GATHERERS: usize = 6;

/// How far a run is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Repositories that are done.
    pub done: usize,
    /// Repositories that are listed so far and pass the filter.
    pub listed: usize,
    /// Whether the list is whole.
    pub whole: bool,
    /// Repositories that failed.
    pub failed: usize,
}

/// How repositories are audited.
pub struct Fleet<'a> {
    client: &'a Client,
    rules: &'static Rulebook,
    today: Day,
    /// Repositories that are looked at side by side.
    at_once: usize,
    large: Semaphore,
    /// A permit for each repository that is being thought about: more than there are cores would only need memory.
    thinking: Semaphore,
    gatherers: Arc<Gatherers>,
    /// Path of the configuration in each repository.
    configuration: Option<String>,
}

type Kept = VecDeque<(Vec<String>, Arc<Gatherer>)>;

/// Gatherers by the ways they are for: to make one costs more than to read a small repository with it.
#[derive(Default)]
struct Gatherers(Mutex<Kept>);

impl Gatherers {
    fn of(&self, survey: &Survey, rules: &Rulebook) -> Arc<Gatherer> {
        let way = |plan: &Plan| {
            format!("{} {} {} {}", plan.product.id, plan.from.package, plan.from.version, plan.to.version)
        };
        let ways: Vec<String> = survey.plans.iter().map(way).collect();
        let known = self.kept().iter().find(|(known, _)| *known == ways).map(|(_, gatherer)| Arc::clone(gatherer));
        known.unwrap_or_else(|| {
            let made = Arc::new(gatherer(survey, rules));
            let mut kept = self.kept();
            kept.push_front((ways, Arc::clone(&made)));
            kept.truncate(GATHERERS);
            made
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Fleet<'a> {
    /// Audits with this client, with at most `at_once` requests under way at a time.
    pub fn new(client: &'a Client, rules: &'static Rulebook, today: Day, at_once: usize) -> Self {
        client.narrow(at_once);
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            client,
            rules,
            today,
            at_once: at_once + IN_RESERVE,
            large: Semaphore::new(LARGE_AT_ONCE),
            thinking: Semaphore::new(cores),
            gatherers: Arc::default(),
            configuration: Some(FILE.to_owned()),
        }
    }

    /// With the configuration that each repository has at another path, or with none.
    #[must_use]
    pub fn configured(self, path: Option<String>) -> Self {
        Self { configuration: path, ..self }
    }

    /// The state file for these audits; begun where there is none.
    ///
    /// # Errors
    /// Those of the file.
    pub fn state(&self, path: &Path) -> io::Result<State> {
        State::open(path, self.rules, self.configuration.as_deref())
    }

    /// One repository, with all its findings.
    ///
    /// # Errors
    /// When it is not there or a request fails.
    pub async fn repository(&self, repository: &Repository) -> Result<Standing, Error> {
        let listed = self.client.repository(repository).await?;
        self.read(&listed).await
    }

    /// The repositories of an owner that pass the filter, in no order. Of their findings those that are open.
    ///
    /// # Errors
    /// When the list cannot be had to its end. What was found until then is in the state.
    pub async fn organization(
        &self,
        owner: &str,
        filter: &Filter,
        state: Option<&mut State>,
        progress: &dyn Fn(Progress),
    ) -> Result<Vec<Standing>, Error> {
        let state = RefCell::new(state);
        let told = RefCell::new(Progress::default());
        let tell = |change: &dyn Fn(&mut Progress)| {
            change(&mut told.borrow_mut());
            progress(*told.borrow());
        };
        let (sender, receiver) = mpsc::unbounded_channel();
        let listing = async move { self.list(owner, filter, &sender, &tell).await };
        let one = async |listed: Listed| {
            let known = match (&listed.head, state.borrow_mut().as_deref_mut()) {
                (Some(head), Some(state)) => state.take(&listed.name, head),
                _ => None,
            };
            if let Some(mut standing) = known {
                standing.turn_to(self.today, self.rules);
                return standing;
            }
            let standing = self.fresh(&listed).await;
            if let Some(state) = state.borrow().as_deref() {
                state.add(&standing);
            }
            standing
        };
        let auditing = async {
            let listed =
                stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|listed| (listed, receiver)));
            let mut standings = Vec::new();
            let mut done = std::pin::pin!(listed.map(one).buffer_unordered(self.at_once));
            while let Some(standing) = done.next().await {
                tell(&|it| {
                    it.done += 1;
                    it.failed += usize::from(standing.error.is_some());
                });
                standings.push(standing);
            }
            standings
        };
        let (listed, standings) = tokio::join!(listing, auditing);
        listed.map(|()| standings)
    }

    /// Hands over the repositories of all pages, each once.
    async fn list(
        &self,
        owner: &str,
        filter: &Filter,
        to: &mpsc::UnboundedSender<Listed>,
        tell: &impl Fn(&dyn Fn(&mut Progress)),
    ) -> Result<(), Error> {
        let mut seen = HashSet::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.client.repositories(owner, after.as_deref()).await?;
            for listed in page.repositories.into_iter().filter(|listed| filter.takes(listed)) {
                // A repository that is made while the list is read may move another one to the next page.
                if seen.insert(listed.name.clone()) {
                    to.send(listed).ok();
                }
            }
            after = page.next;
            let (listed, whole) = (seen.len(), after.is_none());
            tell(&|it| (it.listed, it.whole) = (listed, whole));
            if whole {
                return Ok(());
            }
        }
    }

    /// A repository that is not known at its commit. What fails is told in its own answer.
    async fn fresh(&self, listed: &Listed) -> Standing {
        match self.read(listed).await {
            Ok(mut standing) => {
                standing.findings.retain(|finding| finding.status <= Status::Check);
                standing
            }
            Err(error) => Standing::failed(whose(listed), error.to_string()),
        }
    }

    async fn read(&self, listed: &Listed) -> Result<Standing, Error> {
        let whose = whose(listed);
        // A repository without a commit has nothing to audit.
        let Some(head) = &listed.head else { return Ok(Standing::bare(whose)) };
        let Some(repository) = Repository::parse(&listed.name) else {
            let wrong = Failure::Unreadable(format!("`{}` is no name of a repository", listed.name));
            return Err(Error::new("reading the list", wrong));
        };
        let mut source = RemoteSource::open(self.client, repository, Base::Nothing, head).await?;
        if !source.head().iter().any(|(path, _)| Inventory::wants(path)) {
            return Ok(Standing { problems: unread(&source), ..Standing::bare(whose) });
        }
        let matters = |path: &str| Inventory::wants(path) || can_show(path);
        let small = source.head().iter().filter(|(path, _)| matters(path)).count() <= SMALL;
        let (mut extra, mut round) = (BTreeSet::from_iter(self.configuration.clone()), 1);
        let (survey, asked) = loop {
            source.read(|path| wants(path, &extra) || small && can_show(path)).await?;
            let asked = self.configuration.as_deref().map(|path| Configuration::of(source.head(), path));
            let asked = asked.unwrap_or_default();
            let scope = asked.scope.clone();
            let surveyed = move |tree: &Tree, today, rules| survey(tree, today, rules, &scope);
            let survey = self.apart(source.head(), surveyed).await?;
            if round == ROUNDS || !more(&survey, &mut extra) {
                break (survey, asked);
            }
            round += 1;
        };
        let mut standing = if survey.needs_evidence() {
            let _permit = if small { None } else { self.large.acquire().await.ok() };
            source.read(|path| can_show(path) && asked.scope.includes(path)).await?;
            let (gatherers, scope) = (Arc::clone(&self.gatherers), asked.scope.clone());
            let judge = move |tree: &Tree, _, rules: &'static Rulebook| {
                let gatherer = gatherers.of(&survey, rules);
                judge(survey, whose, tree, (&gatherer, &scope), rules)
            };
            self.apart(source.head(), judge).await?
        } else {
            unjudged(survey, whose, self.rules)
        };
        standing.problems.extend(unread(&source));
        asked.settle(&mut standing, self.today);
        Ok(standing)
    }

    /// Thinks on another thread, so that others can go on reading.
    async fn apart<T: Send + 'static>(
        &self,
        tree: &Tree,
        think: impl FnOnce(&Tree, Day, &'static Rulebook) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _permit = self.thinking.acquire().await.ok();
        let (tree, today, rules) = (tree.clone(), self.today, self.rules);
        let thought = tokio::task::spawn_blocking(move || think(&tree, today, rules)).await;
        thought.map_err(|error| Error::new("evaluating the files", Failure::Unreadable(error.to_string())))
    }
}

/// Holds what the ways ask against the code of a tree.
fn judge(
    survey: Survey,
    whose: Whose,
    tree: &Tree,
    (gatherer, scope): (&Gatherer, &Scope),
    rules: &Rulebook,
) -> Standing {
    let wanted = || tree.iter().filter(|(path, _)| gatherer.wants(path) && scope.includes(path));
    let texts: Vec<(&str, &str)> = wanted().filter_map(|(path, _)| Some((path, tree.text(path)?))).collect();
    let facts = texts.par_iter().map(|(path, text)| gatherer.file(path, text.as_bytes())).collect();
    let lost: Vec<Unread> = wanted().filter_map(|(path, entry)| Some(lost(path, entry.loss()?))).collect();
    let mut standing = judged(survey, whose, gatherer, facts, rules);
    standing.problems.extend(lost);
    standing
}

fn whose(listed: &Listed) -> Whose {
    Whose {
        repository: listed.name.clone(),
        url: Some(listed.url.clone()).filter(|url| !url.is_empty()),
        commit: listed.head.clone().unwrap_or_default(),
    }
}

fn unread(source: &RemoteSource<'_>) -> Vec<Unread> {
    source.problems().iter().map(Unread::from).collect()
}

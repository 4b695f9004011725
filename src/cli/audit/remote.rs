//! `audit --github` and `audit --organization`: repositories that are not here.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::audit::filter::{Filter, Name, Shard};
use crate::audit::fleet::{Fleet, Progress};
use crate::audit::state::State;
use crate::day::Day;
use crate::github::client::{Client, Connection, Patience};
use crate::github::objects::Repository;
use crate::portfolio::Portfolio;
use crate::rules::Rulebook;

/// What to read from GitHub, and which part of it.
#[derive(Debug, clap::Args)]
pub(super) struct Remote {
    /// A repository on GitHub, OWNER/NAME, at the head of its default branch; reads the token from `GITHUB_TOKEN` or `GH_TOKEN`
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository, conflicts_with = "organization")]
    github: Option<Repository>,
    /// All repositories that an organisation or a person owns
    #[arg(long, value_name = "OWNER")]
    pub organization: Option<String>,
    /// Only repositories whose name matches; may be repeated
    #[arg(long = "name", value_name = "GLOB", requires = "organization")]
    names: Vec<Name>,
    /// Only repositories with this topic; may be repeated
    #[arg(long = "topic", value_name = "TOPIC", requires = "organization")]
    topics: Vec<String>,
    /// Only repositories with code in this language; may be repeated
    #[arg(long = "language", value_name = "LANGUAGE", requires = "organization")]
    languages: Vec<String>,
    /// Archived repositories too
    #[arg(long, requires = "organization")]
    archived: bool,
    /// Only repositories that are public, private or internal; may be repeated
    #[arg(long, value_name = "VISIBILITY", requires = "organization", value_parser = ["public", "private", "internal"])]
    visibility: Vec<String>,
    /// One part of several, for a workflow matrix: 3/8
    #[arg(long, value_name = "I/N", requires = "organization")]
    shard: Option<Shard>,
    /// A file that keeps what was found: a run that was stopped goes on from it, and what did not change is not asked again
    #[arg(long, value_name = "FILE", requires = "organization")]
    state: Option<PathBuf>,
    /// Requests that are under way at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 24, requires = "organization", value_parser = clap::value_parser!(u8).range(1..=90))]
    at_once: u8,
}

fn repository(text: &str) -> Result<Repository, String> {
    Repository::parse(text).ok_or_else(|| format!("`{text}` is not OWNER/NAME"))
}

impl Remote {
    /// Whether anything of GitHub is asked for.
    pub fn is_asked(&self) -> bool {
        self.github.is_some() || self.organization.is_some()
    }

    /// Reads it; each repository as the configuration at this path in it asks.
    pub fn audit(&self, today: Day, rules: &'static Rulebook, configuration: Option<&str>) -> Result<Portfolio> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not start")?;
        runtime.block_on(async {
            let client = Client::new(connection()?).context("could not connect")?;
            let fleet = Fleet::new(&client, rules, today, usize::from(self.at_once));
            let fleet = fleet.configured(configuration.map(str::to_owned));
            if let Some(repository) = &self.github {
                let standing = fleet.repository(repository).await.context("could not audit the repository")?;
                return Ok(Portfolio::of(today, repository.to_string(), vec![standing], rules));
            }
            let Some(owner) = &self.organization else { bail!("name an organisation with --organization") };
            self.organization(owner, &fleet, &client, today, rules).await
        })
    }

    async fn organization(
        &self,
        owner: &str,
        fleet: &Fleet<'_>,
        client: &Client,
        today: Day,
        rules: &'static Rulebook,
    ) -> Result<Portfolio> {
        let mut state = match &self.state {
            Some(path) => {
                Some(fleet.state(path).with_context(|| format!("could not open the state file {}", path.display()))?)
            }
            None => None,
        };
        let bar = bar();
        let progress = |progress: Progress| show(&bar, progress, client);
        let standings = fleet.organization(owner, &self.filter(), state.as_mut(), &progress).await;
        bar.finish_and_clear();
        // What was found is kept, even when the list broke off.
        state.map_or(Ok(()), State::finish).context("could not write the state file")?;
        let standings = standings.context("could not list the repositories")?;
        tracing::info!(requests = client.requests(), repositories = standings.len(), "audited");
        Ok(Portfolio::of(today, owner.to_owned(), standings, rules))
    }

    fn filter(&self) -> Filter {
        Filter {
            names: self.names.clone(),
            topics: self.topics.clone(),
            languages: self.languages.clone(),
            visibility: self.visibility.clone(),
            archived: self.archived,
            shard: self.shard,
        }
    }
}

fn connection() -> Result<Connection> {
    let text = |value: OsString| value.into_string().ok();
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?)));
    let variables: HashMap<String, String> = variables.filter(|(_, value)| !value.is_empty()).collect();
    let get = |name: &str| variables.get(name).map(String::as_str);
    let Some(token) = get("GITHUB_TOKEN").or_else(|| get("GH_TOKEN")) else {
        bail!("set `GITHUB_TOKEN` to a token that may read the repositories (`export GITHUB_TOKEN=$(gh auth token)`)");
    };
    // An audit of many repositories may wait for the next hour's budget, several times.
    let patience = Patience { total_wait: Duration::from_hours(12), ..Patience::default() };
    Ok(Connection::of_variables(&get, token, patience))
}

/// A bar on standard error; hidden where that is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} repositories, {eta} left{msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show(bar: &ProgressBar, progress: Progress, client: &Client) {
    bar.set_length(progress.listed as u64);
    bar.set_position(progress.done as u64);
    let listing = if progress.whole { "" } else { "; still listing" };
    let failed = if progress.failed > 0 { format!("; {} failed", progress.failed) } else { String::new() };
    let budget = client.budget().map(|budget| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let minutes = budget.reset.saturating_sub(now).div_ceil(60);
        format!("; {} of {} requests left for {minutes} min", budget.remaining, budget.limit)
    });
    bar.set_message(format!("{listing}{failed}{}", budget.unwrap_or_default()));
}

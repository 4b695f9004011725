//! `mode: audit`: where the repository, or the whole organisation, stands; kept in one tracking issue.

use std::path::Path;

use anyhow::{Context, Result, anyhow};

use super::environment::Environment;
use super::runner::{self, Runner};
use crate::audit::filter::{Filter, Shard};
use crate::audit::fleet::{Fleet, Progress};
use crate::audit::state::State;
use crate::github::client::Client;
use crate::portfolio::{Limit, Portfolio, Standing};
use crate::publish::{self, Outcome, Tracking};
use crate::render::audit::{headline, json, markdown};
use crate::render::dashboard;
use crate::rules::Rulebook;

/// Repositories that are looked at side by side.
const AT_ONCE: usize = 24;

/// Audits, and brings the answer to people; gives the exit code.
pub(super) fn run(environment: &Environment, runner: &Runner) -> Result<u8> {
    let rules = Rulebook::embedded();
    let limits = limits(environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not start")?;
    runtime.block_on(async {
        let client = Client::new(environment.connection.clone()).context("could not connect")?;
        let portfolio = read(environment, &client, rules).await?;
        files(environment, &portfolio)?;
        runner.summary(&markdown::summary(&portfolio));
        outputs(environment, runner, &portfolio);
        track(environment, runner, &client, &portfolio).await;
        runner::say(&format!("Asked GitHub {} times.", client.requests()));
        let met = |limit: &Limit| portfolio.standings.iter().any(|standing| limit.is_met(standing));
        Ok(u8::from(limits.iter().any(met)))
    })
}

async fn read(environment: &Environment, client: &Client, rules: &'static Rulebook) -> Result<Portfolio> {
    let today = environment.today()?;
    let path = super::configuration::path(environment);
    let fleet = Fleet::new(client, rules, today, AT_ONCE).configured(Some(path));
    let Some(owner) = environment.input("organization") else {
        let standing = fleet.repository(&environment.repository).await.context("could not audit the repository")?;
        return Ok(Portfolio::of(today, environment.repository.to_string(), vec![standing], rules));
    };
    let shard = environment.input("shard").map(|text| text.parse::<Shard>()).transpose();
    let filter = Filter { shard: shard.map_err(|reason| anyhow!("`shard`: {reason}"))?, ..Filter::default() };
    let mut state = match environment.input("state-file") {
        Some(path) => {
            let path = environment.in_workspace(&path);
            prepare(&path)?;
            Some(fleet.state(&path).context("could not open the state file")?)
        }
        None => None,
    };
    let progress = |progress: Progress| {
        if progress.done > 0 && progress.done.is_multiple_of(100) {
            runner::say(&format!("{} of {} repositories", progress.done, progress.listed));
        }
    };
    let standings = fleet.organization(&owner, &filter, state.as_mut(), &progress).await;
    state.map_or(Ok(()), State::finish).context("could not write the state file")?;
    Ok(Portfolio::of(today, owner, standings.context("could not list the repositories")?, rules))
}

/// Conditions of `fail-on`; `never` stands for none.
fn limits(environment: &Environment) -> Result<Vec<Limit>> {
    let text = environment.input("fail-on").unwrap_or_default();
    let words = text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty() && *word != "never");
    words.map(|word| word.parse::<Limit>().map_err(|reason| anyhow!("`fail-on` of an audit: {reason}"))).collect()
}

fn prepare(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))
}

fn json_file(environment: &Environment) -> String {
    environment.input("json-file").unwrap_or_else(|| crate::settings::JSON_FILE.to_owned())
}

fn files(environment: &Environment, portfolio: &Portfolio) -> Result<()> {
    let path = environment.in_workspace(&json_file(environment));
    prepare(&path)?;
    let file = std::fs::File::create(&path).with_context(|| format!("could not write {}", path.display()))?;
    json::write(portfolio, std::io::BufWriter::new(file)).context("could not write the audit as JSON")?;
    if let Some(path) = environment.input("html-file") {
        let path = environment.in_workspace(&path);
        prepare(&path)?;
        std::fs::write(&path, dashboard::page(portfolio))
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

fn outputs(environment: &Environment, runner: &Runner, portfolio: &Portfolio) {
    let overview = portfolio.overview();
    for (name, count) in [
        ("repositories", overview.repositories),
        ("using", overview.using),
        ("unsupported", overview.unsupported),
        ("advisories", overview.advisories),
        ("behind", overview.behind),
        ("owing", overview.owing),
        ("failed", overview.failed),
    ] {
        runner.output(name, &count.to_string());
    }
    runner.output("report", &json_file(environment));
}

/// The tracking issue. A token that may not write it is told, and is no failure.
async fn track(environment: &Environment, runner: &Runner, client: &Client, portfolio: &Portfolio) {
    if environment.input("issue").is_none_or(|value| value == "false") {
        return;
    }
    let list = |name: &str| -> Vec<String> {
        let text = environment.input(name).unwrap_or_default();
        text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let owed = portfolio.standings.iter().any(Standing::owes);
    let body = if owed { markdown::body(portfolio) } else { markdown::settled(portfolio) };
    let overview = portfolio.overview();
    let title = if environment.input("organization").is_some() {
        format!(
            "Upgrades of {}: {} of {} repositories owe something",
            portfolio.subject, overview.owing, overview.using
        )
    } else {
        headline(portfolio)
    };
    let (labels, assignees, logins) = (list("issue-labels"), list("issue-assignees"), list("logins"));
    let key = environment.input("key").unwrap_or_default();
    let tracking = Tracking {
        key: &key,
        run: environment.run,
        day: &portfolio.date,
        title: &title,
        body: &body,
        owed,
        labels: &labels,
        assignees: &assignees,
        logins: &logins,
    };
    match publish::issue(client, &environment.repository, &tracking).await {
        Ok(outcome) => {
            runner.output("issue-url", outcome.url().unwrap_or_default());
            runner::say(&match outcome {
                Outcome::Silent => "Nothing is owed: no issue.".to_owned(),
                Outcome::Created(url) => format!("Opened the issue {url}"),
                Outcome::Updated(url) => format!("Updated the issue {url}"),
                Outcome::Unchanged(url) => format!("The issue says it already: {url}"),
                Outcome::Resolved(url) => format!("Nothing is owed any more: closed the issue {url}"),
                Outcome::Yielded(reason) => format!("Left the issue alone: {reason}"),
            });
        }
        Err(error) => {
            runner::notice(&format!(
                "The tracking issue could not be written ({error}). It needs `permissions: issues: write`."
            ));
        }
    }
}

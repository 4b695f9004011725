//! The GitHub action's door: environment and event in, comment, check run, annotations, summary and outputs out.
//!
//! It never needs a checkout, starts no process, and runs nothing of the pull request: everything is read as data.

mod advice;
mod audit;
mod configuration;
mod environment;
mod ladder;
mod proposal;
mod runner;
mod target;

use std::cell::RefCell;

use anyhow::{Context, Result};

use crate::check::Sides;
use crate::github::checks::{Check, Conclusion};
use crate::github::client::{Client, Error};
use crate::github::comments::Conversation;
use crate::github::objects::is_sha;
use crate::policy;
use crate::run::{self, Book, File, Side, Source, Take, Wanted};
use crate::settings::Settings;
use crate::source::remote::RemoteSource;

use configuration::{Proposed, Reading};
use environment::Environment;
use ladder::Job;
use runner::Runner;
use target::{Pull, Target};

/// Runs the action; gives the exit code: 0, 1 when `fail-on` is met, or 2 when nobody knows whether it is.
///
/// # Errors
/// When the report could not be made; the job summary says so as well.
pub fn run() -> Result<u8> {
    let environment = Environment::of_process()?;
    follow(&environment);
    let runner = Runner::of(&environment);
    let audits = environment.input("mode").as_deref() == Some("audit");
    let result = if audits { audit::run(&environment, &runner) } else { report_and_publish(&environment, &runner) };
    if let Err(error) = &result {
        runner.summary(&format!("## The report could not be made\n\n{}\n", advice::failure(error)));
        runner::error(&format!("{error:#}"));
    }
    result
}

fn report_and_publish(environment: &Environment, runner: &Runner) -> Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not start")?;
    let client =
        runtime.block_on(async { Client::new(environment.connection.clone()) }).context("could not connect")?;
    let Some(target) = runtime.block_on(target::find(environment, &client))? else {
        runner::say("No open pull request belongs to this run: nothing to do.");
        return Ok(0);
    };
    let reading = Reading { environment, runner, runtime: &runtime, client: &client, target: &target };
    let (source, conversation) = runtime.block_on(open(environment, &client, &target));
    let result =
        source.context("could not read the commits").and_then(|source| reported(&reading, source, &conversation));
    if let Err(error) = &result {
        runtime.block_on(fail_check(&reading, reading.check_name(&conversation), error));
    }
    runner::say(&format!("Asked GitHub {} times.", client.requests()));
    result
}

/// A required check must not wait for ever for a run that failed, and not pass either.
async fn fail_check(reading: &Reading<'_, '_>, name: String, error: &anyhow::Error) {
    let head = reading.target.head.clone();
    if name.is_empty() || !is_sha(&head) {
        return;
    }
    let (conclusion, title) = (Conclusion::Failure, "The report could not be made".to_owned());
    let check = Check { name, head, conclusion, title, summary: advice::failure(error), annotations: Vec::new() };
    if let Err(error) = reading.client.create_check(&reading.environment.repository, &check).await {
        tracing::warn!(%error, "could not write the check run");
    }
}

/// Reads, reports and publishes; gives the exit code.
fn reported<'c>(
    reading: &Reading<'_, 'c>,
    source: RemoteSource<'c>,
    conversation: &Result<Conversation, Error>,
) -> Result<u8> {
    let Reading { environment, runner, runtime, client, target } = *reading;
    let source = RefCell::new(source);
    let configuration = reading.read(conversation, &mut source.borrow_mut())?;
    let settings = &configuration.settings;
    let sides = {
        let source = source.borrow();
        Sides { base: source.base_sha().to_owned(), head: source.head_sha().to_owned() }
    };
    let trees = |wanted: Wanted| {
        let mut source = source.borrow_mut();
        runtime.block_on(source.read(wanted)).context("could not read the files")?;
        Ok((source.base().clone(), source.head().clone()))
    };
    let files = |wanted: Wanted, take: Take| {
        let hand_over = |of_head: bool, path: &str, bytes: &[u8]| {
            let side = if of_head { Side::Head } else { Side::Base };
            take(File { side, path: path.to_owned(), bytes: bytes.to_vec() });
        };
        let mut source = source.borrow_mut();
        runtime.block_on(source.files(wanted, hand_over)).context("could not read the code")
    };
    let book = &configuration.book;
    let today = environment.today()?;
    let sources = Source { trees: &trees, files: &files };
    let find = |book: &Book, settings: &Settings| {
        let mut found = run::report(&sources, &sides, book.rules, &settings.scope(), today)?;
        found.add_unread(source.borrow().problems());
        anyhow::Ok(found)
    };
    let found = find(book, settings)?;
    runner.problems("Could not be read", source.borrow().problems());
    let again = |proposed: &Proposed| find(&proposed.book, &proposed.settings);
    let proposal = proposal::tried(&configuration, &found, today, again);
    let report = run::judge(found, settings, book, &configuration.remarks, today);
    let job = Job { environment, runner, client, settings, target, report: &report, rules: book.rules, proposal };
    if let Some(error) = &configuration.lost {
        // Which comment is ours, and what ends the run, stands in the file: nothing is written on a guess.
        let words =
            format!("The configuration could not be read ({}): only this summary was written.", advice::reason(error));
        job.only_tell(&words);
        runner::error(&words);
        runtime.block_on(fail_check(reading, reading.check_name(conversation), &error.clone().into()));
        return Ok(2);
    }
    runtime.block_on(job.publish(conversation));
    let failure = policy::failure(&settings.fail_on.value, &report);
    if let Some(failure) = &failure {
        runner::error(failure);
    }
    Ok(u8::from(failure.is_some()))
}

/// Both commits and the conversation, at the same time. Without the conversation there is a report all the same.
async fn open<'c>(
    environment: &Environment,
    client: &'c Client,
    target: &Target,
) -> (Result<RemoteSource<'c>, Error>, Result<Conversation, Error>) {
    let repository = &environment.repository;
    let conversation = async {
        let Some(Pull { number, base_tip, .. }) = &target.pull else { return Ok(Conversation::default()) };
        client
            .conversation(repository, *number, Some(&format!("{base_tip}:{}", configuration::path(environment))))
            .await
    };
    let source = RemoteSource::open(client, repository.clone(), target.base.clone(), &target.head);
    tokio::join!(source, conversation)
}

/// Tracing goes to standard error: warnings; with `RUNNER_DEBUG=1` every request and stage.
fn follow(environment: &Environment) {
    let default = if environment.debug { "identityserver_upgrade=debug" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    // A second run in one process keeps the first one's.
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).try_init().ok();
}

//! What the runner tells: `GITHUB_*`, `INPUT_*`, `RUNNER_*`.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::day::Day;
use crate::github::client::{Connection, Patience};
use crate::github::event::Event;
use crate::github::objects::Repository;
use crate::publish::Run;
use crate::run::today;

/// The environment of one run.
pub(super) struct Environment {
    variables: HashMap<String, String>,
    /// Name of the event.
    pub event_name: String,
    /// What happened.
    pub event: Event,
    /// The repository that the workflow belongs to.
    pub repository: Repository,
    /// Who started it.
    pub actor: String,
    /// Which run.
    pub run: Run,
    /// How GitHub is reached.
    pub connection: Connection,
    /// Whether the runner asks for more words.
    pub debug: bool,
}

impl Environment {
    /// Reads the variables of this process and the event file.
    pub fn of_process() -> Result<Self> {
        let text = |value: std::ffi::OsString| value.into_string().ok();
        let variables = std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?)));
        let variables: HashMap<String, String> = variables.filter(|(_, value)| !value.is_empty()).collect();
        Self::of(variables)
    }

    fn of(variables: HashMap<String, String>) -> Result<Self> {
        let get = |name: &str| variables.get(name).map(String::as_str);
        let need = |name: &str| get(name).with_context(|| format!("`{name}` is not set: this runs in a workflow"));
        let event_name = need("GITHUB_EVENT_NAME")?.to_owned();
        let path = need("GITHUB_EVENT_PATH")?;
        let payload = std::fs::read_to_string(path).context("could not read the event's payload")?;
        let number = |name: &str| get(name).and_then(|value| value.parse::<u64>().ok()).unwrap_or_default();
        let repository = need("GITHUB_REPOSITORY")?;
        Ok(Self {
            event: Event::parse(&event_name, &payload)?,
            event_name,
            repository: Repository::parse(repository).context("`GITHUB_REPOSITORY` is not OWNER/NAME")?,
            actor: get("GITHUB_ACTOR").unwrap_or_default().to_owned(),
            run: Run { id: number("GITHUB_RUN_ID"), attempt: number("GITHUB_RUN_ATTEMPT") },
            connection: Connection::of_variables(
                &get,
                get("INPUT_GITHUB-TOKEN").unwrap_or_default(),
                Patience::default(),
            ),
            debug: get("RUNNER_DEBUG") == Some("1"),
            variables,
        })
    }

    /// The value of an input; the runner keeps dashes in `INPUT_FAIL-ON`.
    pub fn input(&self, name: &str) -> Option<String> {
        self.variables.get(&format!("INPUT_{}", name.to_ascii_uppercase().replace(' ', "_"))).cloned()
    }

    /// The day that the input `today` says, else the real one: from here on it is a value like any other.
    ///
    /// # Errors
    /// When the input is no day.
    pub fn today(&self) -> Result<Day> {
        let asked = self.input("today").map(|day| day.parse::<Day>()).transpose();
        today(asked.context("`today` cannot be used")?)
    }

    /// A file that the runner gave for outputs or the summary.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(name).map(PathBuf::from)
    }

    /// A path that a user wrote, from the workspace.
    pub fn in_workspace(&self, path: &str) -> PathBuf {
        self.file("GITHUB_WORKSPACE").unwrap_or_default().join(path)
    }
}

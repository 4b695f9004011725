//! Runs the real binary as a runner would.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::contract::Contract;
use super::{REPOSITORY, World, full, rest};

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// Standard output: the log.
    pub log: String,
    /// Standard error.
    pub errors: String,
    /// The job summary.
    pub summary: String,
    /// The outputs.
    pub outputs: BTreeMap<String, String>,
    /// Files in the workspace, by name.
    pub files: BTreeMap<String, String>,
    /// Operations asked for, in order.
    pub asked: Vec<String>,
    /// How many requests had to wait for each other, one after the other.
    pub rounds: u32,
    /// How long it took.
    pub took: Duration,
}

impl World {
    /// Runs for a pull request, as run number `run`.
    pub fn run(&self, pull: u64, run: u64, variables: &[(&str, &str)]) -> Ran {
        let payload = json!({ "action": "synchronize", "pull_request": rest::pull(&self.state(), pull) });
        self.run_event("pull_request", &payload, run, variables)
    }

    /// Runs for any event.
    pub fn run_event(&self, event: &str, payload: &Value, run: u64, variables: &[(&str, &str)]) -> Ran {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let payload = full::payload(event, payload);
        if let Some(contract) = Contract::get() {
            assert_eq!(contract.payload(event, &payload), [""; 0]);
        }
        std::fs::write(path("event.json"), payload.to_string()).expect("writes");
        std::fs::create_dir(path("workspace")).expect("a folder");
        self.state().asked.clear();
        self.state().rounds = 0;
        let url = format!("http://{}", self.address);
        let started = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"))
            .arg("action")
            .env_clear()
            .current_dir(folder.path())
            .env("GITHUB_EVENT_NAME", event)
            .env("GITHUB_EVENT_PATH", path("event.json"))
            .env("GITHUB_REPOSITORY", REPOSITORY)
            .env("GITHUB_API_URL", &url)
            .env("GITHUB_GRAPHQL_URL", format!("{url}/graphql"))
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_RUN_ID", run.to_string())
            .env("GITHUB_RUN_ATTEMPT", "1")
            .env("GITHUB_ACTOR", "octocat")
            .env("GITHUB_WORKSPACE", path("workspace"))
            .env("GITHUB_WORKFLOW_REF", "acme/login/.github/workflows/upgrade.yml@refs/heads/main")
            .env("GITHUB_OUTPUT", path("output"))
            .env("GITHUB_STEP_SUMMARY", path("summary"))
            .env("INPUT_GITHUB-TOKEN", "secret-token")
            .env("IDENTITYSERVER_UPGRADE_REQUEST_MS", "1500")
            .env("IDENTITYSERVER_UPGRADE_FIRST_WAIT_MS", "1")
            .env("IDENTITYSERVER_UPGRADE_TOTAL_WAIT_MS", "4000")
            .envs(variables.iter().copied())
            .output()
            .expect("the binary starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (asked, rounds) = {
            let mut state = self.state();
            (std::mem::take(&mut state.asked), state.rounds)
        };
        let ran = Ran {
            code: output.status.code(),
            log: text(&output.stdout),
            errors: text(&output.stderr),
            summary: std::fs::read_to_string(path("summary")).unwrap_or_default(),
            outputs: outputs(&std::fs::read_to_string(path("output")).unwrap_or_default()),
            files: files(&folder.path().join("workspace")),
            asked,
            rounds,
            took: started.elapsed(),
        };
        assert_eq!(std::mem::take(&mut self.state().broken), [""; 0], "GitHub would not understand, or not say this");
        for words in [&ran.log, &ran.errors, &ran.summary] {
            assert!(!words.contains("secret-token"), "the token is printed: {ran:?}");
            assert!(!words.contains("panicked"), "it panicked: {ran:?}");
        }
        ran
    }
}

fn files(folder: &std::path::Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let file = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).ok()?;
        Some((entry.file_name().to_string_lossy().into_owned(), text))
    };
    entries.filter_map(file).collect()
}

/// Reads `NAME<<DELIMITER` blocks as the runner does.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some((name, delimiter)) = lines.next().and_then(|line| line.split_once("<<")) {
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
        found.insert(name.to_owned(), value.join("\n"));
    }
    found
}

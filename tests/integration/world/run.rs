//! Runs the real binary as a runner would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    /// The most memory that it held (bytes), as far as the system tells; of an image, that of its engine.
    pub peak: u64,
}

impl World {
    /// Runs for a pull request, as run number `run`.
    pub fn run(&self, pull: u64, run: u64, variables: &[(&str, &str)]) -> Ran {
        let payload = json!({ "action": "synchronize", "pull_request": rest::pull(&self.state(), pull) });
        self.run_event("pull_request", &payload, run, variables)
    }

    /// Runs for any event.
    pub fn run_event(&self, event: &str, payload: &Value, run: u64, variables: &[(&str, &str)]) -> Ran {
        let runner = Runner::new();
        let payload = full::payload(event, payload);
        if let Some(contract) = Contract::get() {
            assert_eq!(contract.payload(event, &payload), [""; 0]);
        }
        std::fs::write(runner.outside("workflow/event.json"), payload.to_string()).expect("writes");
        let patience = self.state().patience;
        self.state().asked.clear();
        self.state().rounds = 0;
        let url = format!("http://{}", self.address);
        let mut environment: BTreeMap<&str, String> = BTreeMap::from([
            ("CI", "true".into()),
            ("GITHUB_ACTIONS", "true".into()),
            ("GITHUB_EVENT_NAME", event.into()),
            ("GITHUB_EVENT_PATH", runner.inside("workflow/event.json")),
            ("GITHUB_REPOSITORY", REPOSITORY.into()),
            ("GITHUB_API_URL", url.clone()),
            ("GITHUB_GRAPHQL_URL", format!("{url}/graphql")),
            ("GITHUB_SERVER_URL", "https://github.com".into()),
            ("GITHUB_RUN_ID", run.to_string()),
            ("GITHUB_RUN_ATTEMPT", "1".into()),
            ("GITHUB_ACTOR", "octocat".into()),
            ("GITHUB_WORKSPACE", runner.inside("workspace")),
            ("GITHUB_WORKFLOW_REF", "acme/login/.github/workflows/upgrade.yml@refs/heads/main".into()),
            ("GITHUB_OUTPUT", runner.inside("file_commands/output")),
            ("GITHUB_STEP_SUMMARY", runner.inside("file_commands/summary")),
            ("HOME", runner.inside("home")),
            ("INPUT_GITHUB-TOKEN", "secret-token".into()),
            ("INPUT_TODAY", super::TODAY.into()),
            ("IDENTITYSERVER_UPGRADE_REQUEST_MS", patience.request.to_string()),
            ("IDENTITYSERVER_UPGRADE_FIRST_WAIT_MS", "1".into()),
            ("IDENTITYSERVER_UPGRADE_TOTAL_WAIT_MS", patience.total.to_string()),
        ]);
        environment.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let started = Instant::now();
        let (output, peak) = watched(&mut runner.command(&environment));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (asked, rounds) = {
            let mut state = self.state();
            (std::mem::take(&mut state.asked), state.rounds)
        };
        let ran = Ran {
            code: output.status.code(),
            log: text(&output.stdout),
            errors: text(&output.stderr),
            summary: runner.written("file_commands/summary"),
            outputs: outputs(&runner.written("file_commands/output")),
            files: files(&runner.outside("workspace")),
            asked,
            rounds,
            took: started.elapsed(),
            peak,
        };
        assert_eq!(std::mem::take(&mut self.state().broken), [""; 0], "GitHub would not understand, or not say this");
        for words in [&ran.log, &ran.errors, &ran.summary] {
            assert!(!words.contains("secret-token"), "the token is printed: {ran:?}");
            assert!(!words.contains("panicked"), "it panicked: {ran:?}");
        }
        ran
    }
}

/// Runs a command, and watches its memory: the high-water mark that Linux keeps of a process goes with it, so it is read now and then.
fn watched(command: &mut Command) -> (std::process::Output, u64) {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("the action starts");
    let status = format!("/proc/{}/status", child.id());
    let peak = AtomicU64::new(0);
    let done = AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let text = std::fs::read_to_string(&status).unwrap_or_default();
                let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
                if let Some(kilobytes) = mark.and_then(|mark| mark.parse::<u64>().ok()) {
                    peak.fetch_max(kilobytes * 1024, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let output = child.wait_with_output().expect("it ends");
        done.store(true, Ordering::Relaxed);
        output
    });
    (output, peak.into_inner())
}

/// The folders of a runner, and how it starts the action: the binary of this build, or the image that `IDENTITYSERVER_UPGRADE_IMAGE`
/// names, with the mounts and the environment that a runner of GitHub gives to a container.
struct Runner {
    folder: tempfile::TempDir,
    image: Option<String>,
}

impl Runner {
    const FOLDERS: [&str; 4] = ["workspace", "workflow", "file_commands", "home"];

    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in Self::FOLDERS {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Self { folder, image: std::env::var("IDENTITYSERVER_UPGRADE_IMAGE").ok() }
    }

    /// A path as we see it.
    fn outside(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A path as the action sees it.
    fn inside(&self, path: &str) -> String {
        let root = if self.image.is_some() { Path::new("/github") } else { self.folder.path() };
        root.join(path).display().to_string()
    }

    fn written(&self, path: &str) -> String {
        std::fs::read_to_string(self.outside(path)).unwrap_or_default()
    }

    fn command(&self, environment: &BTreeMap<&str, String>) -> Command {
        let Some(image) = &self.image else {
            let mut command = Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"));
            command.arg("action").env_clear().current_dir(self.outside("workspace")).envs(environment);
            return command;
        };
        let engine = std::env::var("IDENTITYSERVER_UPGRADE_ENGINE").unwrap_or_else(|_| "docker run".into());
        let mut words = engine.split_whitespace();
        let mut command = Command::new(words.next().expect("the name of an engine"));
        // The world listens on this machine's loopback.
        command.args(words).args(["--rm", "--network", "host", "--workdir", "/github/workspace"]);
        for (name, value) in environment {
            command.arg("-e").arg(format!("{name}={value}"));
        }
        for name in Self::FOLDERS {
            command.arg("-v").arg(format!("{}:/github/{name}", self.outside(name).display()));
        }
        command.arg(image);
        command
    }
}

/// The texts of the files in a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
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

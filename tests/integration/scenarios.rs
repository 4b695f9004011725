//! A scenario is a folder: `tests/scenarios/NAME/{README.md, base/, head/, expected/}`; `head/` overlays `base/`, and a path
//! that `head/.gone` lists is deleted. The same folder runs through every door of the command line and must give the same bytes:
//! two folders, a git repository, a bare one. `UPDATE_EXPECT=1` writes what came out instead of comparing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::world::{TODAY, World};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");

/// Both sides of a scenario, laid out on disk.
pub struct Scenario {
    pub name: String,
    folder: PathBuf,
    work: tempfile::TempDir,
}

impl Scenario {
    pub fn all() -> Vec<Self> {
        let mut found: Vec<Self> = fs::read_dir(SCENARIOS)
            .expect("tests/scenarios is readable")
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| Self::at(&entry.path()))
            .collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }

    fn at(folder: &Path) -> Self {
        let work = tempfile::tempdir().expect("a folder");
        let scenario = Self {
            name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            work,
        };
        copy(&folder.join("base"), &scenario.base());
        copy(&folder.join("base"), &scenario.head());
        copy(&folder.join("head"), &scenario.head());
        for path in fs::read_to_string(folder.join("head/.gone")).unwrap_or_default().lines() {
            fs::remove_file(scenario.head().join(path)).expect("what .gone lists is in base/");
        }
        fs::remove_file(scenario.head().join(".gone")).ok();
        scenario
    }

    pub fn base(&self) -> PathBuf {
        self.work.path().join("base")
    }

    pub fn head(&self) -> PathBuf {
        self.work.path().join("head")
    }

    /// A git repository with the two commits `base` and `head`.
    fn repository(&self) -> PathBuf {
        let work = self.work.path().join("work");
        git(self.work.path(), &["init", "--quiet", "work"]);
        for side in ["base", "head"] {
            for entry in fs::read_dir(&work).expect("readable").flatten().filter(|entry| entry.file_name() != ".git") {
                if entry.path().is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }
                    .expect("removed");
            }
            copy(&self.work.path().join(side), &work);
            git(&work, &["add", "--all", "--force"]);
            git(
                &work,
                &[
                    "-c",
                    "user.name=a",
                    "-c",
                    "user.email=a@example.org",
                    "commit",
                    "--quiet",
                    "--allow-empty",
                    "-m",
                    side,
                ],
            );
            git(&work, &["tag", side]);
        }
        work
    }

    /// A bare clone of [`Self::repository`].
    fn bare(&self) -> PathBuf {
        git(self.work.path(), &["clone", "--quiet", "--bare", "work", "bare"]);
        self.work.path().join("bare")
    }

    fn expected(&self, name: &str, actual: &str) {
        let path = self.folder.join("expected").join(name);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(&path, actual).expect("written");
            return;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            expected == actual,
            "{}: run with UPDATE_EXPECT=1 and look at the difference; it is now\n{actual}",
            path.display()
        );
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("created");
    let Ok(entries) = fs::read_dir(from) else { return };
    for entry in entries.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The binary, in a clean environment.
pub fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

fn diff(arguments: &[&str], format: &str) -> String {
    let output: Output = tool()
        .arg("diff")
        .args(arguments)
        .args(["--format", format, "--today", TODAY])
        .output()
        .expect("the tool runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "diff {arguments:?}");
    assert!(output.status.code().is_some_and(|code| code <= 1), "diff {arguments:?} ended with {:?}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_scenario_reads_as_expected_through_every_door() {
    for scenario in Scenario::all() {
        let (base, head) = (scenario.base(), scenario.head());
        let repository = scenario.repository();
        let clone = scenario.bare();
        for (format, name) in [("markdown", "comment.md"), ("json", "report.json")] {
            let names = ["--base-name", "base", "--head-name", "head"];
            let folders = [[base.to_str().expect("UTF-8"), head.to_str().expect("UTF-8")].as_slice(), &names].concat();
            let by_folders = diff(&folders, format);
            for door in [&repository, &clone] {
                let refs = [["base", "head", "--repo", door.to_str().expect("UTF-8")].as_slice(), &names].concat();
                assert_eq!(diff(&refs, format), by_folders, "{} through git, {format}", scenario.name);
            }
            scenario.expected(name, &by_folders);
        }
    }
}

/// All files below a folder, by path from it.
fn files(folder: &Path) -> Vec<(String, String)> {
    let listed = |root: &Path| -> Vec<PathBuf> {
        fs::read_dir(root).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
    };
    let mut found = Vec::new();
    let mut open = listed(folder);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(listed(&path));
        } else {
            let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).expect("UTF-8")));
        }
    }
    found.sort();
    found
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

#[test]
fn every_scenario_reads_the_same_through_the_action() {
    for scenario in Scenario::all() {
        let (base, head) = (files(&scenario.base()), files(&scenario.head()));
        let world = World::new();
        let (pull, old, new) = {
            let mut state = world.state();
            let old = state.commit(None, &borrowed(&base));
            let new = state.commit(Some(&old), &borrowed(&head));
            (state.open(&old, &new), old, new)
        };
        let report = scenario.work.path().join("report.json");
        let ran = world.run(pull, 1, &[("INPUT_JSON-FILE", report.to_str().expect("UTF-8"))]);
        assert_eq!(ran.code, Some(0), "{}: {ran:#?}", scenario.name);
        let text = fs::read_to_string(&report).expect("the report").replace(&old, "base").replace(&new, "head");
        let expected = fs::read_to_string(scenario.folder.join("expected/report.json")).expect("blessed");
        assert_eq!(text.trim_end(), expected.trim_end(), "{}", scenario.name);
        let (base, head) = (scenario.base(), scenario.head());
        let files = format!("https://github.com/acme/login/blob/{new}");
        let folders = [base.to_str().expect("UTF-8"), head.to_str().expect("UTF-8")];
        let names = ["--base-name", &old, "--head-name", &new, "--files", &files];
        for comment in world.comments(pull) {
            let (_, body) = comment.body.split_once('\n').expect("a marker line");
            assert_eq!(
                body.trim_end(),
                diff(&[&folders[..], &names].concat(), "markdown").trim_end(),
                "{}",
                scenario.name
            );
        }
    }
}

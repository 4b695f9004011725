//! What the documentation shows is true: links lead somewhere, commands run, workflows are workflows of this action, JSON keeps to its
//! schema.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages people read, by path from the root.
fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(Path::new(ROOT).join("docs")).expect("docs").flatten();
    let docs = docs.map(|entry| format!("docs/{}", entry.file_name().to_string_lossy()));
    let mut paths: Vec<String> = docs.filter(|path| Path::new(path).extension().is_some_and(|it| it == "md")).collect();
    paths.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "rules/README.md"].map(String::from),
    );
    paths.sort();
    let read = |path: String| (fs::read_to_string(Path::new(ROOT).join(&path)).expect("UTF-8"), path);
    paths.into_iter().map(read).map(|(text, path)| (path, text)).collect()
}

/// Blocks of one language: the line they start at, and what they hold. A block inside a list loses its indentation.
fn blocks(text: &str, language: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, bool, String)> = None;
    for (at, line) in text.lines().enumerate() {
        let (indent, bare) = (line.len() - line.trim_start().len(), line.trim());
        match &mut open {
            Some((start, _, wanted, block)) if bare == "```" => {
                if *wanted {
                    found.push((*start, std::mem::take(block)));
                }
                open = None;
            }
            Some((_, indent, _, block)) => {
                block.push_str(line.get(*indent..).unwrap_or_default());
                block.push('\n');
            }
            None if bare.starts_with("```") => {
                open = Some((at + 1, indent, bare == format!("```{language}"), String::new()));
            }
            None => {}
        }
    }
    assert!(open.is_none(), "a block is never closed");
    found
}

/// The text outside of code.
fn prose(text: &str) -> String {
    let fenced = text.split("```").step_by(2).collect::<Vec<_>>().join("\n");
    fenced.split('`').step_by(2).collect::<Vec<_>>().join("")
}

/// The anchors of a page, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.split("```").step_by(2).flat_map(str::lines).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut faults = Vec::new();
    for (page, text) in pages() {
        let text = prose(&text);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("http")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let here = Path::new(ROOT).join(&page);
            let target = if path.is_empty() { here } else { here.parent().expect("a folder").join(path) };
            if !target.exists() {
                faults.push(format!("{page}: {link}: no such file"));
            } else if !anchor.is_empty() && !anchors(&fs::read_to_string(&target).expect("a page")).contains(anchor) {
                faults.push(format!("{page}: {link}: no such heading"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Links of a page to files of this repository, as paths from the root.
fn linked(page: &str, text: &str) -> Vec<String> {
    let text = prose(text);
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let folder = Path::new(page).parent().expect("a folder");
    let clean = |link: &str| match link.strip_prefix("../") {
        Some(up) => up.to_owned(),
        None => folder.join(link).to_string_lossy().into_owned(),
    };
    links.filter(|link| !link.is_empty() && !link.starts_with("http")).map(clean).collect()
}

#[test]
fn every_page_has_a_title() {
    let bare: Vec<String> =
        pages().into_iter().filter(|(_, text)| !text.starts_with("# ")).map(|(page, _)| page).collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn every_page_can_be_reached_from_the_readme() {
    let pages = pages();
    let mut reached = BTreeSet::from(["README.md".to_owned()]);
    let mut ahead = vec!["README.md".to_owned()];
    while let Some(page) = ahead.pop() {
        let Some((_, text)) = pages.iter().find(|(path, _)| *path == page) else { continue };
        ahead.extend(linked(&page, text).into_iter().filter(|link| reached.insert(link.clone())));
    }
    let lost: Vec<&String> = pages.iter().map(|(path, _)| path).filter(|path| !reached.contains(*path)).collect();
    assert!(lost.is_empty(), "no way leads from README.md to {lost:?}");
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
    let run = Command::new("git").current_dir(folder).args(identity).args(arguments).output().expect("git runs");
    assert!(run.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// A folder in which the commands of the documentation make sense: the repository `../login`, with `main` and `my-branch`, and the folders
/// of this one that are named.
fn workshop(folder: &Path) -> PathBuf {
    let (login, here) = (folder.join("login"), folder.join("here"));
    fs::create_dir_all(&here).expect("made");
    fs::create_dir_all(&login).expect("made");
    git(&login, &["init", "--quiet"]);
    for (side, branch) in [("base", None), ("head", Some("my-branch"))] {
        if let Some(branch) = branch {
            git(&login, &["checkout", "--quiet", "-b", branch]);
        }
        let side = format!("{ROOT}/examples/upgrade/{side}/.");
        assert!(Command::new("cp").arg("-r").arg(&side).arg(&login).status().expect("cp").success());
        git(&login, &["add", "-A"]);
        git(&login, &["commit", "--quiet", "-m", "x"]);
    }
    fs::create_dir_all(here.join("src")).expect("made");
    let project =
        "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><Version>1.2.3</Version></PropertyGroup></Project>";
    fs::write(here.join("src/Host.csproj"), project).expect("written");
    for name in ["examples", "rules"] {
        assert!(Command::new("cp").arg("-r").arg(format!("{ROOT}/{name}")).arg(&here).status().expect("cp").success());
    }
    here
}

#[test]
fn commands_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = workshop(folder.path());
    let program = env!("CARGO_BIN_EXE_identityserver-upgrade");
    let mut count = 0;
    for (page, text) in pages() {
        for (at, block) in blocks(&text, "sh") {
            for line in block.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                // What is not ours is not run here: CI runs the first, and the others need a network.
                let others =
                    ["cargo ", "UPDATE_EXPECT=1 cargo ", "bash .ci/", "node .ci/", "npm ", "gh ", "git ", "docker "];
                let more = ["export ", "sha256sum ", "SOURCE_DATE_EPOCH=", "--"];
                let Some(arguments) = line.strip_prefix("identityserver-upgrade ") else {
                    let known = others.iter().chain(&more).any(|it| line.starts_with(it));
                    assert!(known, "{page}:{at}: nobody tests `{line}`");
                    continue;
                };
                // A command that asks GitHub is parsed and not run.
                let asks = ["--github", "--organization"].iter().any(|it| line.contains(it));
                let bare = arguments.split(" #").next().unwrap_or_default();
                let script = if asks { format!("'{program}' {bare} --help") } else { format!("'{program}' {bare}") };
                let run = Command::new("sh").current_dir(&here).args(["-c", &script]).output().expect("sh runs");
                let code = run.status.code().unwrap_or(2);
                let allowed = i32::from(line.contains("--fail-on"));
                assert!(
                    code <= allowed,
                    "{page}:{at}: `{line}` ended with {code}: {}",
                    String::from_utf8_lossy(&run.stderr)
                );
                count += 1;
            }
        }
    }
    assert!(count > 5, "only {count} commands were found");
}

fn names(action: &Value, of: &str) -> BTreeSet<String> {
    action[of].as_object().expect("a map").keys().cloned().collect()
}

fn action() -> Value {
    serde_yaml::from_str(&fs::read_to_string(Path::new(ROOT).join("action.yml")).expect("it is there")).expect("YAML")
}

#[test]
fn workflows_are_workflows_of_this_action() {
    let action = action();
    let (inputs, outputs) = (names(&action, "inputs"), names(&action, "outputs"));
    let mut count = 0;
    for (page, text) in pages() {
        for (at, block) in blocks(&text, "yaml") {
            let document: Value = serde_yaml::from_str(&block).unwrap_or_else(|error| panic!("{page}:{at}: {error}"));
            // A workflow, or the steps of one.
            let mut steps: Vec<&Value> = document.as_array().into_iter().flatten().collect();
            if let Some(jobs) = document["jobs"].as_object() {
                let whole = document.get("on").is_some() && document.get("permissions").is_some();
                assert!(whole, "{page}:{at}: no `on` or no `permissions`");
                steps.extend(jobs.values().flat_map(|job| job["steps"].as_array().expect("steps")));
            }
            for step in steps {
                if !step["uses"].as_str().is_some_and(|uses| uses.starts_with("identityserver-upgrade/")) {
                    continue;
                }
                count += 1;
                for key in step["with"].as_object().into_iter().flat_map(serde_json::Map::keys) {
                    assert!(inputs.contains(key), "{page}:{at}: action.yml has no input `{key}`");
                }
            }
            for output in block.split("steps.upgrade.outputs.").skip(1) {
                let name: String = output.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
                assert!(outputs.contains(&name), "{page}:{at}: action.yml has no output `{name}`");
            }
        }
    }
    assert!(count > 4, "only {count} workflows were found");
}

#[test]
fn json_is_json() {
    for (page, text) in pages() {
        for (at, block) in blocks(&text, "json") {
            let read: Result<Value, _> = serde_json::from_str(&block);
            assert!(read.is_ok(), "{page}:{at}: {read:?}");
        }
    }
}

#[test]
fn the_page_of_outputs_names_each() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/outputs.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    let told: BTreeSet<String> =
        rows.flat_map(|cell| cell.split(',')).map(|name| name.trim().trim_matches('`').to_owned()).collect();
    assert_eq!(told, names(&action(), "outputs"));
}

#[test]
fn the_page_of_findings_has_a_place_for_each_kind_and_status() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/findings.md")).expect("the page");
    let schema = fs::read_to_string(Path::new(ROOT).join("docs/schemas/report.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let values = |of: &str| -> Vec<String> {
        let choices = schema["$defs"][of]["oneOf"].as_array().expect("an enumeration");
        choices.iter().filter_map(|it| it["const"].as_str().map(String::from)).collect()
    };
    let (kinds, statuses) = (values("Kind"), values("Status"));
    assert!(kinds.len() > 5 && statuses.len() > 3);
    let anchors = anchors(&page);
    assert!(kinds.iter().all(|kind| anchors.contains(kind)), "{kinds:?} have headings");
    assert!(statuses.iter().all(|status| page.contains(&format!("| `{status}` |"))), "{statuses:?} have rows");
}

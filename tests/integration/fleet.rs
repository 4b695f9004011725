//! Audits of many repositories: complete and right, few requests, little memory, and going on after a stop.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::fleet::{Fleet, Issue, OWNER};

/// What stands in repository number `index`: most use nothing, every third a version of its own.
fn files(index: usize) -> Vec<(&'static str, String)> {
    const VERSIONS: [(&str, &str); 4] =
        [("6.0.4", "net6.0"), ("6.3.8", "net8.0"), ("7.1.2", "net8.0"), ("7.4.8", "net10.0")];
    let project = |framework: &str, package: &str, version: &str| {
        format!(
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>{framework}</TargetFramework></PropertyGroup>\n\
             <ItemGroup><PackageReference Include=\"{package}\" Version=\"{version}\" /></ItemGroup></Project>\n<!-- {index} -->\n"
        )
    };
    let code = format!(
        "using System.Threading.Tasks;\nusing Duende.IdentityServer.Models;\nusing Duende.IdentityServer.Services;\n\
         namespace R{index};\npublic class Profile : IProfileService\n{{\n    \
         public Task GetProfileDataAsync(ProfileDataRequestContext context) => Task.CompletedTask;\n    \
         public Task IsActiveAsync(IsActiveContext context) => Task.CompletedTask;\n}}\n"
    );
    match index % 6 {
        0 | 3 => {
            let (version, framework) = VERSIONS[(index / 3) % VERSIONS.len()];
            let mut files = vec![
                ("src/Host/Host.csproj", project(framework, "Duende.IdentityServer", version)),
                ("src/Host/Profile.cs", code),
            ];
            if index.is_multiple_of(30) {
                // Larger than one request can bring: its code comes as an archive.
                files.extend(CODE.iter().map(|path| (*path, format!("namespace R{index}; // {path}\n"))));
            }
            files
        }
        1 => vec![("README.md", format!("repository {index}"))],
        2 => Vec::new(),
        _ => vec![("app/App.csproj", project("net10.0", "Newtonsoft.Json", "13.0.3")), ("app/Program.cs", code)],
    }
}

/// Paths of a repository that is not small.
static CODE: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
    (0..160).map(|number| &*Box::leak(format!("src/Host/Code{number}.cs").into_boxed_str())).collect()
});

fn fill(fleet: &Fleet, count: usize, latency: u64, faults: u64) {
    let mut state = fleet.state();
    for index in 0..count {
        state.add(&format!("r{index:04}"), &files(index));
        if index % 6 == 2 {
            state.repositories.get_mut(&format!("r{index:04}")).expect("added").head = None;
        }
    }
    (state.latency, state.faults) = (latency, faults);
}

/// Every repository once, with the version that was put there.
fn is_complete_and_right(audit: &Value, count: usize) {
    let names: Vec<&str> =
        audit["repositories"].as_array().expect("a list").iter().filter_map(|it| it["repository"].as_str()).collect();
    let expected: Vec<String> = (0..count).map(|index| format!("{OWNER}/r{index:04}")).collect();
    assert_eq!(names, expected, "none lost, none doubled");
    let failed: Vec<&Value> =
        audit["repositories"].as_array().expect("a list").iter().filter(|it| !it["error"].is_null()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let stands: BTreeMap<&str, &str> = audit["projects"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| Some((it["repository"].as_str()?, it["version"].as_str()?)))
        .collect();
    for index in 0..count {
        let wanted =
            files(index).iter().find(|(_, text)| text.contains("\"Duende.IdentityServer\"")).map(|(_, text)| {
                text.split("Version=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a version").to_owned()
            });
        assert_eq!(
            stands.get(format!("{OWNER}/r{index:04}").as_str()).copied(),
            wanted.as_deref(),
            "repository {index}"
        );
    }
    let evidence = audit["findings"].as_array().expect("a list").iter().filter(|finding| {
        finding["rule"] == "identityserver/8.0/cancellationtoken-everywhere"
            && finding["places"].as_array().is_some_and(|it| !it.is_empty())
    });
    assert!(evidence.count() > 0, "code was looked at");
}

fn run(fleet: &Fleet, more: &[&str]) -> Value {
    let output = fleet.audit(more).output().expect("the tool runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("panicked"), "{errors}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn state_of(folder: &tempfile::TempDir) -> String {
    folder.path().join("state.jsonl").to_str().expect("Unicode").to_owned()
}

#[test]
fn a_fleet_is_audited_with_few_requests_and_again_with_next_to_none() {
    const COUNT: usize = 240;
    let fleet = Fleet::new();
    fill(&fleet, COUNT, 1, 3);
    let folder = tempfile::tempdir().expect("a folder");
    let state = state_of(&folder);
    is_complete_and_right(&run(&fleet, &["--state", &state]), COUNT);
    let first = fleet.state().requests;
    assert!(first <= 3 * COUNT, "{first} requests");
    assert!(fleet.state().most_at_once <= 100);
    fleet.state().recount();
    is_complete_and_right(&run(&fleet, &["--state", &state]), COUNT);
    let second = fleet.state().requests;
    assert!(second * 10 <= COUNT, "{second} requests for what did not change");
    // One that moved is asked for again, alone.
    fleet.state().recount();
    fleet.state().add("r0003", &files(9));
    run(&fleet, &["--state", &state]);
    let asked: Vec<String> =
        fleet.state().repositories.values().filter(|repo| repo.asked > 0).map(|repo| repo.name.clone()).collect();
    assert_eq!(asked, ["r0003"]);
}

#[test]
fn one_bad_repository_stops_nobody_and_filters_narrow() {
    let fleet = Fleet::new();
    fill(&fleet, 24, 0, 0);
    fleet.state().repositories.get_mut("r0003").expect("there").broken = true;
    fleet.state().repositories.get_mut("r0006").expect("there").archived = true;
    let audit = run(&fleet, &[]);
    let repositories = audit["repositories"].as_array().expect("a list");
    assert_eq!(repositories.len(), 23, "the archived one is left out");
    let failed: Vec<&str> = repositories.iter().filter_map(|it| it["error"].as_str()).collect();
    assert!(failed.len() == 1 && failed[0].contains("409"), "{failed:?}");
    assert_eq!(run(&fleet, &["--archived", "--name", "r000*"])["repositories"].as_array().map(Vec::len), Some(10));
    assert_eq!(run(&fleet, &["--language", "go"])["repositories"].as_array().map(Vec::len), Some(0));
    assert_eq!(fleet.audit(&["--fail-on", "unread"]).output().expect("runs").status.code(), Some(1));
}

/// Each repository has its own configuration, read with its other files; what was decided is judged again on the day of the next run.
#[test]
fn every_repository_is_audited_as_its_own_configuration_asks() {
    const FILE: &str = ".github/identityserver-upgrade.yml";
    let fleet = Fleet::new();
    fill(&fleet, 2, 0, 0);
    let with = |configuration: &str| {
        let mut all = files(0);
        all.push((FILE, configuration.to_owned()));
        all
    };
    let plain = run(&fleet, &[]);
    let before = fleet.state().requests;
    fleet.state().add("r0000", &with("ignore:\n  - {rule: '*', reason: it goes in spring, until: 2026-11-25}\n"));
    fleet.state().add("r0001", &with("paths: [nowhere]\n"));
    fleet.state().recount();
    let folder = tempfile::tempdir().expect("a folder");
    let state = state_of(&folder);
    let decided = run(&fleet, &["--state", &state]);
    assert!(fleet.state().requests <= before + 2, "the configuration comes with the other files");
    assert!(plain["overview"]["owing"] == 1 && decided["overview"]["owing"] == 0, "{decided:#}");
    let ignored = decided["ignored"].as_array().expect("a list");
    assert!(!ignored.is_empty() && ignored.iter().all(|it| it["repository"] == "acme/r0000"), "{ignored:#?}");
    let owes = |answer: &Value| answer["findings"].as_array().expect("a list").len();
    assert!(owes(&decided) == 0 && owes(&run(&fleet, &["--no-config"])) > 0);
    assert!(owes(&run(&fleet, &["--no-config", "--state", &state])) > 0, "what was noted obeys a configuration");
    // The same commits, from the state, a day later: the decision has ended.
    let later = run(&fleet, &["--state", &state, "--today", "2026-11-26"]);
    assert!(later["overview"]["owing"] == 1 && owes(&later) > 0 && later.get("ignored").is_none(), "{later:#}");
}

#[test]
fn shards_merge_into_the_whole() {
    let fleet = Fleet::new();
    fill(&fleet, 60, 0, 0);
    let folder = tempfile::tempdir().expect("a folder");
    let whole = run(&fleet, &[]);
    let mut files = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let path = folder.path().join(shard.replace('/', "-"));
        std::fs::write(&path, run(&fleet, &["--shard", shard]).to_string()).expect("written");
        files.push(path);
    }
    let output =
        crate::scenarios::tool().args(["audit", "merge", "--format", "json"]).args(&files).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let merged: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(merged, whole);
}

#[test]
fn a_budget_that_ends_is_waited_for() {
    let fleet = Fleet::new();
    fill(&fleet, 24, 0, 0);
    fleet.state().budget = 10;
    is_complete_and_right(&run(&fleet, &[]), 24);
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    const COUNT: usize = 120;
    let fleet = Fleet::new();
    fill(&fleet, COUNT, 150, 0);
    let folder = tempfile::tempdir().expect("a folder");
    let state = state_of(&folder);
    let killed = killed(&fleet, &state, 10);
    fleet.state().latency = 0;
    fleet.state().recount();
    is_complete_and_right(&run(&fleet, &["--state", &state]), COUNT);
    for name in killed {
        let bare = name.trim_start_matches("acme/").to_owned();
        assert_eq!(fleet.state().repositories[&bare].asked, 0, "{name} was known already");
    }
}

#[test]
fn one_tracking_issue_is_opened_updated_closed_and_opened_again() {
    let fleet = Fleet::new();
    fill(&fleet, 12, 0, 0);
    // Somebody copied a marker: never ours to touch.
    let copied =
        "<!-- identityserver-upgrade {\"v\":1,\"key\":\"audit \",\"head\":\"\",\"run\":1,\"report\":\"x\"} -->\nhello";
    let foreign = Issue { body: copied.into(), open: true, author: "mallory".into(), ..Issue::default() };
    fleet.state().issues.push(foreign);
    let inputs = [("organization", OWNER), ("issue", "true"), ("issue-labels", "upgrade, security")];
    let (code, log, outputs, summary) = fleet.act(1, &inputs);
    assert_eq!(code, Some(0), "{log}");
    assert!(outputs.contains("unsupported<<") && outputs.contains("issues/2") && summary.contains("| repository |"));
    let issue = || fleet.state().issues[1].clone();
    assert!(issue().open && issue().labels == serde_json::json!(["upgrade", "security"]), "{:?}", issue());
    // A box that somebody ticks survives; an answer that did not change is not written.
    let ticked = issue().body.replacen("- [ ] ", "- [x] ", 1);
    fleet.state().issues[1].body = ticked;
    fleet.act(2, &inputs);
    assert_eq!(issue().writes, 1);
    fleet.state().add("r0003", &files(0));
    fleet.act(3, &inputs);
    assert!(issue().writes == 2 && issue().body.contains("- [x] "), "{}", issue().body);
    // An older run that comes late leaves it alone.
    fleet.state().add("r0003", &files(6));
    fleet.act(2, &inputs);
    assert_eq!(issue().writes, 2);
    for index in [0, 3, 6, 9] {
        fleet.state().add(&format!("r{index:04}"), &[("README.md", "moved away".into())]);
    }
    fleet.act(4, &inputs);
    assert!(!issue().open && issue().body.contains("Nothing is owed"), "{}", issue().body);
    fleet.act(5, &inputs);
    assert_eq!(issue().writes, 3, "the last word is said once");
    fleet.state().add("r0000", &files(0));
    let (code, ..) = fleet.act(6, &[("organization", OWNER), ("issue", "true"), ("fail-on", "unsupported")]);
    assert!(code == Some(1) && issue().open && fleet.state().issues.len() == 2);
    assert_eq!(fleet.state().issues[0].body, copied);
}

#[test]
fn a_lost_answer_to_the_tracking_issue_does_not_double_it() {
    let fleet = Fleet::new();
    fill(&fleet, 4, 0, 0);
    fleet.state().lost = 1;
    let inputs = [("organization", OWNER), ("issue", "true"), ("issue-assignees", "ada, grace\nlinus")];
    let (code, log, ..) = fleet.act(1, &inputs);
    assert_eq!(code, Some(0), "{log}");
    let issues = fleet.state().issues.clone();
    assert!(issues.len() == 1 && issues[0].open, "{issues:?}");
    assert_eq!(issues[0].assignees, serde_json::json!(["ada", "grace", "linus"]));
}

#[test]
fn the_repository_of_the_workflow_is_audited_alone() {
    let fleet = Fleet::new();
    fill(&fleet, 3, 0, 0);
    let (code, log, outputs, summary) = fleet.act(1, &[("issue", "true")]);
    assert_eq!(code, Some(0), "{log}");
    assert!(summary.contains("acme/r0000"), "{summary}");
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml")).expect("action.yml");
    let manifest: Value = serde_yaml::from_str(&manifest).expect("YAML");
    for (name, it) in manifest["outputs"].as_object().expect("a map") {
        let of_audits = it["description"].as_str().is_some_and(|text| text.starts_with("Audit: "));
        assert_eq!(of_audits || name == "report", outputs.contains(&format!("{name}<<")), "{name}: {outputs}");
    }
    assert_eq!(fleet.state().issues.len(), 1);
    assert!(fleet.state().issues[0].body.contains("<!--box:"));
}

/// Kills a run once so many repositories are noted; gives the names of those that are.
fn killed(fleet: &Fleet, state: &str, after: usize) -> Vec<String> {
    let mut child =
        fleet.audit(&["--state", state]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let noted = || -> Vec<String> {
        let text = std::fs::read(state).unwrap_or_default();
        let lines = text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        lines
            .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
            .filter_map(|record| Some(record["standing"]["repository"].as_str()?.to_owned()))
            .collect()
    };
    let begun = Instant::now();
    while noted().len() < after {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before it was killed");
        assert!(begun.elapsed() < Duration::from_mins(2), "it found nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    noted()
}

/// The promise in full. Heavy: `cargo test --release -- --ignored a_thousand --nocapture`.
#[test]
#[ignore = "a thousand repositories with latency take a minute, and times say something in optimised code only"]
fn a_thousand_repositories() {
    const COUNT: usize = 1000;
    const LATENCY: u64 = 50;
    let fleet = Fleet::new();
    fill(&fleet, COUNT, LATENCY, 3);
    let folder = tempfile::tempdir().expect("a folder");
    let state = state_of(&folder);
    let noted = killed(&fleet, &state, 100).len();
    let before = fleet.state().requests;
    println!("killed after {noted} repositories and {before} requests");
    is_complete_and_right(&measured(&fleet, &state, "after the kill").0, COUNT);
    std::fs::remove_file(&state).expect("gone");
    fleet.state().recount();
    let (audit, took, memory) = measured(&fleet, &state, "first run");
    is_complete_and_right(&audit, COUNT);
    let requests = fleet.state().requests;
    // 24 requests at a time.
    let bound = Duration::from_millis(requests as u64 * LATENCY / 24);
    let ratio = took.as_secs_f64() / bound.as_secs_f64();
    println!("{requests} requests, bound {bound:?}, ratio {ratio:.2}");
    assert!(requests <= 3 * COUNT && memory < 200_000, "{requests} requests, {memory} kB");
    assert!(cfg!(debug_assertions) || ratio <= 1.3, "{ratio} of the bound");
    fleet.state().recount();
    let (audit, _, memory) = measured(&fleet, &state, "second run");
    is_complete_and_right(&audit, COUNT);
    let requests = fleet.state().requests;
    println!("{requests} requests");
    assert!(requests * 10 <= 11 * COUNT && memory < 200_000, "{requests} requests, {memory} kB");
}

/// Runs to the end; gives the answer, the time, and the peak of the memory (kB).
fn measured(fleet: &Fleet, state: &str, what: &str) -> (Value, Duration, u64) {
    let answer = Path::new(state).with_extension("json");
    let begun = Instant::now();
    let file = std::fs::File::create(&answer).expect("a file");
    let mut child = fleet.audit(&["--state", state]).stdout(file).spawn().expect("starts");
    let memory = watch(&mut child);
    let took = begun.elapsed();
    assert!(child.wait().expect("ended").success());
    let text = std::fs::read_to_string(&answer).expect("an answer");
    let line = format!("{what}: {took:?}, {memory} kB, answer of {} kB\n", text.len() / 1024);
    std::io::stdout().write_all(line.as_bytes()).expect("printed");
    (serde_json::from_str(&text).expect("JSON"), took, memory)
}

fn watch(child: &mut Child) -> u64 {
    let mut most = 0;
    while child.try_wait().expect("a child").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok());
        most = most.max(peak.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(5));
    }
    most
}

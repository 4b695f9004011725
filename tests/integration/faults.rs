//! Every request of the action meets every kind of fault, through the real binary.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::action::{MANIFEST, bump, only, project, push, succeeded};
use crate::world::fleet::{Fleet, OWNER};
use crate::world::{Fault, FaultKind, Patience, ROBOT, Ran, World};

/// A request, and whether one that fails for good may end the run without a report: reads without which there is none.
type Operation = (&'static str, bool);

/// Requests for a pull request.
const OF_PULLS: [Operation; 19] = [
    ("commit", true),
    ("compare", false),
    ("tree", true),
    ("sub-tree", true),
    ("blobs", false),
    ("blob", true),
    ("archive", false),
    ("archive-bytes", false),
    ("conversation", false),
    ("file", true),
    ("pull", true),
    ("pulls", true),
    ("post-comment", false),
    ("edit-comment", false),
    ("delete-comment", false),
    ("add-labels", false),
    ("remove-label", false),
    ("create-check", false),
    ("extend-check", false),
];

/// Requests of an audit.
const OF_AUDITS: [Operation; 9] = [
    ("list", true),
    ("repository", true),
    ("tree", true),
    ("blobs", false),
    ("blob", true),
    ("archive", false),
    ("issues", false),
    ("open-issue", false),
    ("edit-issue", false),
];

/// Runs at a time: most of their time is waiting.
const AT_ONCE: usize = 8;

/// Whatever goes wrong, once or for good: it ends in time, with a documented code, without a second comment, and with words.
/// What people get in each case is the table in `docs/faults.md` (`UPDATE_EXPECT=1` writes it).
#[test]
fn every_fault_of_every_request_is_survived() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md");
    let text = std::fs::read_to_string(path).expect("docs/faults.md");
    let (of_pulls, of_audits) = text.split_once("\n## Audits\n").expect("a part on audits");
    let words = |part: &str| part.split_once("| | ").expect("a table").0.to_owned();
    let expected = format!(
        "{}{}\n## Audits\n{}{}",
        words(of_pulls),
        table(&OF_PULLS, &outcome),
        words(of_audits),
        table(&OF_AUDITS, &audited)
    );
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &expected).expect("writes");
    } else {
        assert_eq!(text, expected, "run with UPDATE_EXPECT=1 and look at the difference");
    }
}

/// What comes of an operation when a fault happens so many times.
type Outcome = dyn Fn(Operation, &'static str, u32, &FaultKind) -> &'static str + Sync;

/// Plays every fault at every operation, once and for good where it may pass.
fn table(operations: &[Operation], outcome: &Outcome) -> String {
    let kinds = Fault::kinds();
    let cells: Vec<(usize, usize)> =
        (0..kinds.len()).flat_map(|kind| (0..operations.len()).map(move |operation| (kind, operation))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((kind, operation)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (name, fault) = &kinds[*kind];
            let for_good = outcome(operations[*operation], name, 1000, fault);
            let cell = if is_passing(name) {
                format!("{} / {for_good}", outcome(operations[*operation], name, 1, fault))
            } else {
                for_good.to_owned()
            };
            done.push(((*operation, *kind), cell));
        }
        done
    };
    let mut done: Vec<((usize, usize), String)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no fault was fatal")).collect()
    });
    done.sort();
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    let mut table = format!("| | {} |\n|---{}|\n", names.join(" | "), "|---".repeat(names.len()));
    for (row, (operation, _)) in done.chunks(names.len()).zip(operations) {
        let cells: Vec<&str> = row.iter().map(|(_, cell)| cell.as_str()).collect();
        writeln!(table, "| **{operation}** | {} |", cells.join(" | ")).expect("writes");
    }
    table
}

/// Whether a fault goes away by itself.
fn is_passing(name: &str) -> bool {
    ["403 limit", "409", "429", "500", "502", "timeout", "cut", "garbage"].contains(&name)
}

/// What passes is waited for, also on a machine that is busy with other things; only silence shows how long one answer is waited for.
fn patience(times: u32, kind: &FaultKind) -> Patience {
    let request = if matches!(kind, FaultKind::Silence) { 3000 } else { 20_000 };
    Patience { request, total: if times == 1 { 60_000 } else { 4000 } }
}

/// What people get when a fault happens so many times: the comment, the report in the summary, or the words of a failed run.
fn outcome((operation, may_fail): Operation, name: &str, times: u32, kind: &FaultKind) -> &'static str {
    let (world, run) = scene(operation);
    let before = world.comments(1).len();
    world.state().faults.push(Fault::of(operation, times, kind.clone()));
    world.state().patience = patience(times, kind);
    let ran = run(&world);
    let what = format!("{operation} × {name} × {times}: {ran:#?}");
    assert!(
        world.state().faults.iter().any(|fault| fault.operation == operation && fault.times < times),
        "the fault was met: {what}"
    );
    assert!(ran.took.as_millis() < u128::from(patience(times, kind).total) + 40_000, "{what}");
    let comments = world.comments(1);
    assert!(comments.len() <= before.max(1), "{what}");
    let checks = world.state().checks.len();
    match ran.code {
        Some(0) => {
            assert!(ran.summary.contains(" → 7."), "the report is in the summary at least: {what}");
            let may_lack_check = operation == "create-check" && (times > 1 || !is_passing(name));
            assert!(checks == 1 || may_lack_check && checks == 0, "{what}");
            let said = comments.iter().any(|comment| comment.body.contains("\"run\":2,"));
            let whole = !ran.log.contains("title=Could not be read");
            assert!(whole || ran.outputs["safe-to-auto-merge"] == "false", "nobody may merge on a gap: {what}");
            match (said, whole) {
                (true, true) => "comment",
                (true, false) => "comment, gap told",
                (false, true) => "summary",
                (false, false) => "summary, gap told",
            }
        }
        Some(2) => {
            assert!(may_fail || name == "401", "there could be a report: {what}");
            assert!(times > 1 || !is_passing(name), "what passes is waited for: {what}");
            assert_eq!(comments.len(), before, "{what}");
            if ran.summary.contains(" → 7.") {
                return "summary, failed";
            }
            assert!(ran.summary.contains("The report could not be made"), "{what}");
            "failed"
        }
        _ => unreachable!("an exit code that nobody documented: {what}"),
    }
}

/// The same for an audit: the tracking issue, the summary with the reason, or the words of a failed run. Never a second issue.
fn audited((operation, may_fail): Operation, name: &str, times: u32, kind: &FaultKind) -> &'static str {
    let fleet = Fleet::new();
    let inputs: &[(&str, &str)] =
        if operation == "list" { &[("issue", "true"), ("organization", OWNER)] } else { &[("issue", "true")] };
    let old = |framework: &str| project("6.0.4").replace("net8.0", framework);
    let mut files = vec![(MANIFEST, old("net6.0"))];
    let code: Vec<String> = (0..160).map(|index| format!("src/C{index}.cs")).collect();
    if operation == "archive" {
        files.extend(
            code.iter().map(|path| (path.as_str(), format!("class {} {{ }}\n", path.replace(['/', '.'], "_")))),
        );
    }
    fleet.state().add("r0000", &files);
    if operation == "edit-issue" {
        assert_eq!(fleet.act(1, inputs).0, Some(0));
        fleet.state().add("r0000", &[(MANIFEST, old("net5.0")), ("src/Other/Other.csproj", old("net6.0"))]);
    }
    if operation == "blob" {
        let lost = FaultKind::Status(502, Vec::new(), "Bad Gateway");
        fleet.state().certain.push(Fault::of("blobs", 1000, lost));
    }
    fleet.state().certain.push(Fault::of(operation, times, kind.clone()));
    fleet.state().patience = patience(times, kind);
    let started = std::time::Instant::now();
    let (code, log, outputs, summary) = fleet.act(2, inputs);
    let what = format!("audit: {operation} × {name} × {times}: {code:?}\n{log}\n{outputs}\n{summary}");
    let state = fleet.state();
    assert!(
        state.certain.iter().any(|fault| fault.operation == operation && fault.times < times),
        "the fault was met: {what}"
    );
    assert!(started.elapsed().as_millis() < u128::from(patience(times, kind).total) + 40_000, "{what}");
    assert!(state.issues.len() <= 1, "{what}");
    match code {
        Some(0) => {
            assert!(
                summary.contains("out of support") && outputs.contains("owing<<"),
                "the answer is in the summary: {what}"
            );
            let said = state.issues.iter().any(|issue| issue.body.contains("\"run\":2,"));
            assert!(said || log.contains("The tracking issue could not be written"), "{what}");
            if said { "issue" } else { "summary" }
        }
        Some(2) => {
            assert!(may_fail || name == "401", "there could be an answer: {what}");
            assert!(times > 1 || !is_passing(name), "what passes is waited for: {what}");
            assert!(summary.contains("The report could not be made"), "{what}");
            "failed"
        }
        _ => unreachable!("an exit code that nobody documented: {what}"),
    }
}

/// A tracking issue whose opening got no answer is looked for before it is opened again.
#[test]
fn a_lost_answer_opens_no_second_issue() {
    for kind in
        [FaultKind::Cut, FaultKind::Silence, FaultKind::Garbage, FaultKind::Status(502, Vec::new(), "Bad Gateway")]
    {
        let fleet = Fleet::new();
        fleet.state().add("r0000", &[(MANIFEST, project("6.0.4").replace("net8.0", "net6.0"))]);
        fleet.state().certain.push(Fault { after: true, ..Fault::of("open-issue", 1, kind.clone()) });
        let (code, log, outputs, _) = fleet.act(1, &[("issue", "true")]);
        assert_eq!(code, Some(0), "{kind:?}: {log}");
        assert_eq!(fleet.state().issues.len(), 1, "{kind:?}: {log}");
        assert!(outputs.contains("issues/1"), "{kind:?}: {outputs}");
    }
}

type Run = Box<dyn Fn(&World) -> Ran>;

/// The inputs of a run that writes all it can.
const INPUTS: [(&str, &str); 2] = [("INPUT_CHECK", "upgrade"), ("INPUT_LABELS", "upgrade")];

/// A world in which a run makes this request, and the run.
fn scene(operation: &str) -> (World, Run) {
    let usual: Run = Box::new(|world| world.run(1, 2, &INPUTS));
    match operation {
        "archive" | "archive-bytes" => {
            (many(160, |index| format!("src/C{index}.cs"), |index, _| format!("class C{index} {{ }}\n")), usual)
        }
        "extend-check" => {
            (many(51, |index| format!("src/P{index}/P{index}.csproj"), |_, version| project(version)), usual)
        }
        "remove-label" => {
            let (world, pull) = bump("7.0.7", "7.0.8");
            world.state().pull(pull).labels = vec!["old".into()];
            let inputs = [INPUTS[0], ("INPUT_LABELS", "old"), ("INPUT_COMMENT", "always")];
            (world, Box::new(move |world| world.run(1, 2, &inputs)))
        }
        _ => {
            let world = many(0, |_| String::new(), |_, _| String::new());
            let run = prepare(operation, &world, 1).unwrap_or(usual);
            (world, run)
        }
    }
}

/// A pull request that owes something, because its framework is too old for the new version; with so many files beside the manifest.
fn many(count: usize, path: impl Fn(usize) -> String, text: impl Fn(usize, &str) -> String) -> World {
    let world = World::new();
    {
        let mut state = world.state();
        let mut commit = |parent: Option<&str>, version: &str| {
            let mut files = vec![(MANIFEST.to_owned(), project(version).replace("net8.0", "net6.0"))];
            files.extend((0..count).map(|index| (path(index), text(index, version))));
            let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            state.commit(parent, &files)
        };
        let base = commit(None, "6.0.4");
        let head = commit(Some(&base), "7.1.2");
        state.open(&base, &head);
    }
    world
}

/// Changes a world until a run makes this request; gives the run when it is no usual one.
fn prepare(operation: &str, world: &World, pull: u64) -> Option<Run> {
    let always = |operation: &str| {
        let kind = FaultKind::Status(502, Vec::new(), "Bad Gateway");
        world.state().faults.push(Fault::of(operation, 1000, kind));
    };
    let (base, head) = ends(world, pull);
    match operation {
        "commit" => {
            world.state().branches.extend([("main".to_owned(), base), ("bump".to_owned(), head)]);
            return Some(Box::new(|world| {
                let inputs = [("INPUT_BASE", "main"), ("INPUT_HEAD", "bump"), INPUTS[0]];
                world.run_event("workflow_dispatch", &json!({}), 2, &inputs)
            }));
        }
        "pull" => {
            return Some(Box::new(|world| {
                let inputs = [("INPUT_PULL-REQUEST", "1"), INPUTS[0]];
                world.run_event("workflow_dispatch", &json!({}), 2, &inputs)
            }));
        }
        "pulls" => {
            return Some(Box::new(move |world| {
                let run = json!({ "head_sha": head, "head_repository": { "full_name": "acme/login" } });
                world.run_event("workflow_run", &json!({ "workflow_run": run }), 2, &INPUTS[..1])
            }));
        }
        "sub-tree" => world.state().tree_limit = 2,
        "blob" => always("blobs"),
        "file" => always("conversation"),
        "edit-comment" | "delete-comment" => {
            succeeded(&world.run(pull, 1, &[]));
            let first = only(world, pull).body;
            push(&mut world.state(), pull, "7.0.8");
            if operation == "delete-comment" {
                world.state().say(pull, ROBOT, &first);
            }
        }
        _ => {}
    }
    None
}

fn ends(world: &World, pull: u64) -> (String, String) {
    let mut state = world.state();
    let pull = state.pull(pull);
    (pull.base.clone(), pull.head.clone())
}

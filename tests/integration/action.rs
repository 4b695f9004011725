//! The action, run as the real binary against the world.

use std::collections::BTreeSet;

use identityserver_upgrade::settings::{ConfigFile, FILE, Given, Settings};
use serde_json::json;

use crate::world::{Comment, Fault, FaultKind, ROBOT, Ran, State, World};

pub const MANIFEST: &str = "src/Host/Host.csproj";

pub fn project(version: &str) -> String {
    format!(
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n  <PropertyGroup>\n    <TargetFramework>net8.0</TargetFramework>\n  </PropertyGroup>\n  \
         <ItemGroup>\n    <PackageReference Include=\"Duende.IdentityServer\" Version=\"{version}\" />\n  </ItemGroup>\n</Project>\n"
    )
}

/// A pull request that moves from one version to another, and its number.
pub fn bump(from: &str, to: &str) -> (World, u64) {
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let base = state.commit(None, &[(MANIFEST, &project(from)), ("README.md", "# Login\n")]);
        let head = state.commit(Some(&base), &[(MANIFEST, &project(to)), ("README.md", "# Login\n")]);
        state.open(&base, &head)
    };
    (world, pull)
}

/// A pull request that moves the version in a repository with these files beside the project; each holds its own path.
pub fn bump_among(state: &mut State, paths: &[String], from: &str, to: &str) -> u64 {
    let mut commit = |parent: Option<&str>, version: &str| {
        let project = project(version);
        let mut files = vec![(MANIFEST, project.as_str())];
        files.extend(paths.iter().map(|path| (path.as_str(), path.as_str())));
        state.commit(parent, &files)
    };
    let base = commit(None, from);
    let head = commit(Some(&base), to);
    state.open(&base, &head)
}

/// Moves the head of a pull request to a new commit with this version.
pub fn push(state: &mut State, pull: u64, version: &str) {
    let before = state.pull(pull).head.clone();
    let head = state.commit(Some(&before), &[(MANIFEST, &project(version)), ("README.md", "# Login, again\n")]);
    state.pull(pull).head = head;
}

#[track_caller]
pub fn only(world: &World, pull: u64) -> Comment {
    let comments = world.comments(pull);
    assert_eq!(comments.len(), 1, "one comment, not {comments:#?}");
    comments.into_iter().next().expect("one")
}

#[track_caller]
pub fn succeeded(ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn a_jump_becomes_one_comment_with_outputs_and_summary() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    let comment = only(&world, pull);
    assert!(comment.body.starts_with("<!-- identityserver-upgrade {\"v\":1,\"key\":\"default\""), "{}", comment.body);
    assert!(comment.body.contains("6.0.4 → 7.1.2"), "{}", comment.body);
    assert_eq!((ran.outputs["from"].as_str(), ran.outputs["to"].as_str()), ("6.0.4", "7.1.2"));
    assert_eq!((ran.outputs["jump"].as_str(), ran.outputs["safe-to-auto-merge"].as_str()), ("bump", "false"));
    assert!(ran.outputs["comment-url"].ends_with(&format!("issuecomment-{}", comment.id)));
    assert!(ran.summary.contains("6.0.4 → 7.1.2"), "{}", ran.summary);
    assert!(ran.log.contains("::warning title="), "{}", ran.log);
    assert!(ran.asked.len() <= 10, "{:?}", ran.asked);
}

#[test]
fn without_a_jump_nothing_is_said_in_at_most_six_requests() {
    let (world, pull) = bump("7.1.2", "7.1.2");
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    assert_eq!(world.comments(pull), []);
    assert_eq!(ran.outputs["verdict"], "none");
    assert!(ran.asked.len() <= 6, "{:?}", ran.asked);
}

#[test]
fn requests_that_need_not_wait_for_each_other_do_not() {
    let (world, pull) = bump("7.1.2", "7.1.2");
    world.state().latency = 300;
    let ran = world.run(pull, 1, &[("IDENTITYSERVER_UPGRADE_REQUEST_MS", "9000")]);
    succeeded(&ran);
    assert!(ran.rounds <= 3, "{} round trips: {:?}", ran.rounds, ran.asked);
}

#[test]
fn the_comment_lives_with_the_pull_request() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    let created = only(&world, pull);

    succeeded(&world.run(pull, 2, &[]));
    assert_eq!(only(&world, pull), created, "an equal report writes nothing");

    push(&mut world.state(), pull, "7.1.2");
    succeeded(&world.run(pull, 3, &[]));
    assert_eq!(only(&world, pull).writes, 1, "a commit that changes nothing for the reader writes nothing");

    push(&mut world.state(), pull, "7.0.8");
    succeeded(&world.run(pull, 4, &[]));
    let updated = only(&world, pull);
    assert_eq!((updated.id, updated.writes), (created.id, 2));
    assert!(updated.body.contains("6.0.4 → 7.0.8"), "{}", updated.body);

    push(&mut world.state(), pull, "6.0.4");
    succeeded(&world.run(pull, 5, &[]));
    let resolved = only(&world, pull);
    assert_eq!(resolved.id, created.id);
    assert!(resolved.body.lines().nth(1).is_some_and(|line| line.starts_with("Resolved")), "{}", resolved.body);
    assert_eq!(resolved.body.lines().count(), 2);

    succeeded(&world.run(pull, 6, &[]));
    assert_eq!(only(&world, pull), resolved, "resolved once is enough");
}

#[test]
fn a_deleted_comment_comes_back_and_ticks_stay() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    world.state().comments.clear();
    succeeded(&world.run(pull, 2, &[]));
    let box_line = {
        let mut state = world.state();
        let body = &mut state.comments[0].body;
        *body = body.replacen("- [ ] ", "- [x] ", 1);
        body.lines().find(|line| line.starts_with("- [x] ")).expect("a box").to_owned()
    };
    let id = box_line.split("<!--box:").nth(1).expect("a hidden id").to_owned();
    push(&mut world.state(), pull, "7.2.0");
    succeeded(&world.run(pull, 3, &[]));
    let body = only(&world, pull).body;
    let same = body.lines().find(|line| line.contains(&format!("<!--box:{id}"))).expect("the box is still there");
    assert!(same.starts_with("- [x] "), "{same}");
}

#[test]
fn an_older_run_yields_to_a_newer_one() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 9, &[]));
    let newer = only(&world, pull);
    push(&mut world.state(), pull, "7.0.8");
    let ran = world.run(pull, 8, &[]);
    succeeded(&ran);
    assert_eq!(only(&world, pull), newer);
    assert!(ran.log.contains("a later run has written already"), "{}", ran.log);
}

#[test]
fn a_run_whose_commit_is_no_longer_the_head_yields() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let payload = json!({ "pull_request": {
        "number": pull, "state": "open",
        "base": { "sha": world.state().pull(pull).base, "repo": { "full_name": "acme/login" } },
        "head": { "sha": world.state().pull(pull).head, "repo": { "full_name": "acme/login" } },
    } });
    push(&mut world.state(), pull, "7.0.8");
    let ran = world.run_event("pull_request", &payload, 1, &[]);
    succeeded(&ran);
    assert_eq!(world.comments(pull), []);
    assert!(ran.log.contains("the branch has a newer commit"), "{}", ran.log);
    assert!(ran.summary.contains("6.0.4 → 7.1.2"), "the summary has the report all the same");
}

#[test]
fn two_runs_at_once_leave_one_comment() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    // The other run posts right before we do.
    world.state().meanwhile = Some(Box::new(move |operation, state| {
        if operation == "post-comment" && state.comments.is_empty() {
            let marker = r#"<!-- identityserver-upgrade {"v":1,"key":"default","head":"x","run":4,"report":"x"} -->"#;
            state.say(pull, ROBOT, &format!("{marker}\nthe other run\n"));
        }
    }));
    succeeded(&world.run(pull, 5, &[]));
    assert!(only(&world, pull).body.contains("6.0.4 → 7.1.2"));
}

#[test]
fn only_our_own_comment_is_touched() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    let copied = world.comments(pull)[0].body.clone();
    let other_key = copied.replace("\"key\":\"default\"", "\"key\":\"other\"");
    {
        let mut state = world.state();
        state.comments.clear();
        state.say(pull, "mallory", &copied);
        state.say(pull, ROBOT, "Another robot's words\n");
        state.say(pull, ROBOT, &other_key);
        state.page = 2;
    }
    succeeded(&world.run(pull, 2, &[]));
    let comments = world.comments(pull);
    assert_eq!(comments.len(), 4, "{comments:#?}");
    assert_eq!(comments[0].body, copied);
    assert!(comments.iter().all(|comment| comment.writes == 1));
    succeeded(&world.run(pull, 3, &[]));
    assert_eq!(world.comments(pull), comments, "the own comment is found on the second page");
}

#[test]
fn a_token_that_may_only_read_is_normal() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().read_only = true;
    let ran = world.run(pull, 1, &[("INPUT_CHECK", "upgrade"), ("INPUT_LABELS", "upgrade")]);
    succeeded(&ran);
    assert!(ran.summary.contains("6.0.4 → 7.1.2"), "{}", ran.summary);
    for words in ["permissions:", "pull-requests: write", "checks: write", ".github/workflows/upgrade.yml"] {
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
    world.state().pull(pull).from = "stranger/login".into();
    let ran = world.run(pull, 2, &[]);
    succeeded(&ran);
    assert!(
        ran.summary.contains("pull_request_target") && !ran.summary.contains("pull-requests: write"),
        "{}",
        ran.summary
    );
}

#[test]
fn a_locked_conversation_is_normal() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().pull(pull).locked = true;
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    assert!(ran.summary.contains("locked"), "{}", ran.summary);
}

#[test]
fn a_lost_answer_makes_no_second_comment() {
    for kind in
        [FaultKind::Cut, FaultKind::Silence, FaultKind::Garbage, FaultKind::Status(502, Vec::new(), "Bad Gateway")]
    {
        let (world, pull) = bump("6.0.4", "7.1.2");
        let fault = Fault { after: true, ..Fault::of("post-comment", 1, kind) };
        world.state().faults.push(fault.clone());
        let ran = world.run(pull, 1, &[]);
        succeeded(&ran);
        only(&world, pull);
        assert!(ran.outputs["comment-url"].contains("issuecomment-"), "{fault:?}: {ran:#?}");
    }
}

#[test]
fn the_configuration_counts_from_the_base_only() {
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let file = ".github/identityserver-upgrade.yml";
        let base = state.commit(None, &[(MANIFEST, &project("6.0.4")), (file, "check: upgrades\nfail-on: check\n")]);
        let head = state.commit(Some(&base), &[(MANIFEST, &project("7.1.2")), (file, "comment: never\n")]);
        state.open(&base, &head)
    };
    let ran = world.run(pull, 1, &[]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    only(&world, pull);
    let state = world.state();
    let [check] = state.checks.as_slice() else { panic!("one check run: {:?}", state.checks) };
    assert_eq!((check.name.as_str(), check.conclusion.as_str()), ("upgrades", "failure"));
    assert!(ran.log.contains("fail-on: [\"check\"] (.github/identityserver-upgrade.yml:2)"), "{}", ran.log);
    let body = &state.comments[0].body;
    assert!(body.contains("`comment` would be `\"never\"` instead of `\"auto\"`"), "what it would do: {body}");
}

#[test]
fn a_conversation_that_cannot_be_read_costs_the_comment_and_nothing_else() {
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let file = ".github/identityserver-upgrade.yml";
        let base = state.commit(None, &[(MANIFEST, &project("6.0.4")), (file, "fail-on: check\n")]);
        let head = state.commit(Some(&base), &[(MANIFEST, &project("7.1.2")), (file, "fail-on: never\ncoment: no\n")]);
        state.open(&base, &head)
    };
    let kind = FaultKind::Status(403, Vec::new(), "Resource not accessible by integration");
    world.state().faults.push(Fault::of("conversation", 1000, kind));
    let ran = world.run(pull, 1, &[]);
    assert_eq!(ran.code, Some(1), "the base's `fail-on` counts: {ran:#?}");
    assert!(ran.summary.contains("6.0.4 → 7.1.2") && ran.summary.contains("pull-requests: write"), "{}", ran.summary);
    assert!(ran.log.contains("file=.github/identityserver-upgrade.yml,line=2::bad-configuration"), "{}", ran.log);
}

#[test]
fn names_in_a_repository_cannot_speak_to_the_runner_or_to_people() {
    let world = World::new();
    let path = "src/a\n::error::owned @octocat <!-- identityserver-upgrade -->/[x](http://evil)/Host.csproj";
    let pull = {
        let mut state = world.state();
        let base = state.commit(None, &[(path, &project("6.0.4"))]);
        let head = state.commit(Some(&base), &[(path, &project("7.1.2 ::warning::owned @octocat"))]);
        state.open(&base, &head)
    };
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    let commands: Vec<&str> = ran.log.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    assert!(!commands.is_empty(), "{}", ran.log);
    for command in commands {
        let known = ["::group::", "::endgroup::", "::notice", "::warning title="];
        assert!(known.iter().any(|name| command.starts_with(name)) && !command.starts_with("::warning::"), "{command}");
    }
    let body = only(&world, pull).body;
    let mut options = comrak::Options::default();
    options.render.r#unsafe = true;
    let html = comrak::markdown_to_html(&body, &options);
    assert!(!html.contains("href=\"http://evil"), "{html}");
    assert_eq!(html.matches("<!-- identityserver-upgrade ").count(), 1, "{html}");
    let outside_code: String =
        html.split("<code>").map(|part| part.rsplit("</code>").next().unwrap_or_default()).collect();
    assert!(!outside_code.contains("@octocat"), "{outside_code}");
}

#[test]
fn proxies_of_the_environment_count() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let nowhere = ("HTTP_PROXY", "http://127.0.0.1:9");
    let lost = world.run(pull, 1, &[nowhere]);
    assert_eq!((lost.code, lost.asked.len()), (Some(2), 0), "{lost:#?}");
    succeeded(&world.run(pull, 2, &[nowhere, ("NO_PROXY", "localhost,127.0.0.1")]));
}

#[test]
fn a_closed_pull_request_is_left_as_it_is() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    let open = only(&world, pull);
    push(&mut world.state(), pull, "6.0.4");
    let (base, head) = {
        let mut state = world.state();
        let pull = state.pull(pull);
        (pull.base.clone(), pull.head.clone())
    };
    let end = |sha: &str| json!({ "sha": sha, "repo": { "full_name": "acme/login" } });
    let payload = json!({
        "action": "closed",
        "pull_request": { "number": pull, "state": "closed", "base": end(&base), "head": end(&head) },
    });
    succeeded(&world.run_event("pull_request", &payload, 2, &[]));
    assert_eq!(only(&world, pull), open);
}

#[test]
fn other_events_reach_the_same_check() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let (base, head) = {
        let mut state = world.state();
        let pull = state.pull(pull);
        (pull.base.clone(), pull.head.clone())
    };
    let variables = [("INPUT_CHECK", "upgrade")];
    let group = json!({ "merge_group": { "base_sha": base, "head_sha": head } });
    succeeded(&world.run_event("merge_group", &group, 1, &variables));
    let nothing = "0".repeat(40);
    succeeded(&world.run_event("push", &json!({ "before": base, "after": head }), 2, &variables));
    let fresh = world.run_event("push", &json!({ "before": nothing, "after": head }), 3, &variables);
    succeeded(&fresh);
    assert_eq!(fresh.outputs["verdict"], "none");
    assert_eq!(world.comments(pull), []);
    let conclusions: Vec<String> = world.state().checks.iter().map(|check| check.conclusion.clone()).collect();
    assert_eq!(conclusions, ["neutral", "neutral", "success"]);

    let dispatch = world.run_event("workflow_dispatch", &json!({}), 4, &[("INPUT_PULL-REQUEST", "1")]);
    succeeded(&dispatch);
    only(&world, pull);
    let lost = world.run_event("schedule", &json!({}), 5, &[]);
    assert_eq!(lost.code, Some(2));
    assert!(lost.summary.contains("names no commits"), "{}", lost.summary);
}

#[test]
fn a_privileged_run_finds_the_pull_request_of_a_fork_by_commit_and_repository() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().pull(pull).from = "stranger/login".into();
    let head = world.state().pull(pull).head.clone();
    let event = |repository: &str| json!({ "workflow_run": { "head_sha": head, "head_branch": "bump", "head_repository": { "full_name": repository } } });
    succeeded(&world.run_event("workflow_run", &event("mallory/login"), 1, &[]));
    assert_eq!(world.comments(pull), []);
    succeeded(&world.run_event("workflow_run", &event("stranger/login"), 2, &[]));
    only(&world, pull);
}

#[test]
fn large_and_broken_trees_are_read() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().tree_limit = 2;
    succeeded(&world.run(pull, 1, &[]));
    assert!(only(&world, pull).body.contains("6.0.4 → 7.1.2"));

    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().lose(&project("7.1.2"));
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    assert!(ran.summary.contains("its blob is gone"), "{}", ran.summary);
    // What cannot be read is no removal: nobody may merge on it.
    assert_eq!(ran.outputs["safe-to-auto-merge"], "false", "{}", ran.summary);
}

#[test]
fn a_jump_takes_at_most_eight_round_trips() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().latency = 300;
    let ran = world.run(pull, 1, &[("IDENTITYSERVER_UPGRADE_REQUEST_MS", "9000")]);
    succeeded(&ran);
    only(&world, pull);
    assert!(ran.rounds <= 8, "{} round trips: {:?}", ran.rounds, ran.asked);
}

#[test]
fn who_asks_for_silence_or_for_more_gets_it() {
    #[track_caller]
    fn case(from: &str, to: &str, comment: &str, expected: usize) {
        let (world, pull) = bump(from, to);
        let ran = world.run(pull, 1, &[("INPUT_COMMENT", comment)]);
        succeeded(&ran);
        assert_eq!(world.comments(pull).len(), expected, "{ran:#?}");
        assert!(ran.outputs["verdict"] != "clear" || ran.outputs["safe-to-auto-merge"] == "true");
    }
    case("6.0.4", "7.1.2", "auto", 1);
    case("6.0.4", "7.1.2", "never", 0);
    case("8.0.1", "8.0.2", "auto", 0);
    case("8.0.1", "8.0.2", "always", 1);
    case("7.0.8", "7.0.8", "always", 0);
}

#[test]
fn the_label_comes_and_goes_and_the_log_can_be_loud() {
    let (world, pull) = bump("6.0.4", "6.0.4");
    world.state().pull(pull).labels = vec!["upgrade".into(), "other".into()];
    let ran = world.run(pull, 1, &[("INPUT_LABELS", "upgrade"), ("RUNNER_DEBUG", "1")]);
    succeeded(&ran);
    assert_eq!(world.state().pull(pull).labels, ["other"]);
    assert!(ran.errors.contains("/repos/acme/login/compare/"), "{}", ran.errors);
}

/// `action.yml` names what the action reads and writes, no more and no less.
#[test]
fn the_manifest_of_the_action_is_true() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml")).expect("action.yml");
    let manifest: serde_json::Value = serde_yaml::from_str(&text).expect("is YAML");
    let names = |part: &str| -> BTreeSet<String> {
        let all = manifest[part].as_object().expect("a map").iter();
        // What is for audits only is held by the tests of audits.
        let own = all.filter(|(_, it)| !it["description"].as_str().unwrap_or_default().starts_with("Audit: "));
        own.map(|(name, _)| name.clone()).collect()
    };
    let (world, pull) = bump("6.0.4", "7.1.2");
    let written: BTreeSet<String> = world.run(pull, 1, &[]).outputs.into_keys().collect();
    assert_eq!(names("outputs"), written);
    let (settings, _) =
        Settings::of(&Given { called: "input", get: &|_| None }, &ConfigFile { path: FILE, text: None });
    let settings = settings.explain().into_iter().map(|setting| setting.name);
    let others = ["github-token", "pull-request", "base", "head", "today"];
    let read: BTreeSet<String> =
        settings.filter(|name| !["ignore", "wording"].contains(name)).chain(others).map(str::to_owned).collect();
    assert_eq!(names("inputs"), read);
}

#[test]
fn many_files_come_as_one_archive() {
    let world = World::new();
    let paths: Vec<String> = (0..200).map(|index| format!("src/P{index}/P{index}.csproj")).collect();
    let pull = {
        let mut state = world.state();
        let commit = |state: &mut State, parent: Option<&str>, version: &str| {
            let text =
                |index: usize| project(version).replace("  <ItemGroup>", &format!("  <!-- {index} -->\n  <ItemGroup>"));
            let texts: Vec<String> = (0..paths.len()).map(text).collect();
            let files: Vec<(&str, &str)> =
                paths.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
            state.commit(parent, &files)
        };
        let base = commit(&mut state, None, "7.1.2");
        let head = commit(&mut state, Some(&base), "7.2.0");
        state.open(&base, &head)
    };
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    assert!(ran.asked.contains(&"archive".to_owned()), "{:?}", ran.asked);
    assert!(ran.asked.len() <= 10, "{:?}", ran.asked);
    assert!(only(&world, pull).body.contains("200 projects") || ran.summary.contains("P199"), "{}", ran.summary);
    world.state().faults.push(Fault::of("archive", 1, FaultKind::Cut));
    let again = world.run(pull, 2, &[]);
    succeeded(&again);
    assert_eq!(again.outputs["verdict"], ran.outputs["verdict"]);
}

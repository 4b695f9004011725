//! The action in every situation: events, tokens, checks and settings, through the real binary.

use serde_json::{Value, json};

use crate::action::{MANIFEST, bump, only, project, push, succeeded};
use crate::world::{Fault, FaultKind, OLD_ROBOT, ROBOT, Ran, State, World};

const FILE: &str = ".github/identityserver-upgrade.yml";

/// A pull request from 6.0.4 to 7.1.2 with a configuration at both ends.
fn configured(file: &str) -> (World, u64) {
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let base = state.commit(None, &[(MANIFEST, &project("6.0.4")), (FILE, file)]);
        let head = state.commit(Some(&base), &[(MANIFEST, &project("7.1.2")), (FILE, file)]);
        state.open(&base, &head)
    };
    (world, pull)
}

/// The payload of an event of a pull request, and the two commits.
fn payload(world: &World, pull: u64, action: &str) -> (Value, String, String) {
    let mut state = world.state();
    let pull_request = state.pull(pull).clone();
    let end = |sha: &str, repository: &str| json!({ "sha": sha, "repo": { "full_name": repository } });
    let payload = json!({ "action": action, "pull_request": {
        "number": pull, "state": "open",
        "base": end(&pull_request.base, "acme/login"), "head": end(&pull_request.head, &pull_request.from),
    } });
    (payload, pull_request.base, pull_request.head)
}

fn notices(ran: &Ran) -> Vec<&str> {
    ran.log.lines().filter(|line| line.starts_with("::notice::")).collect()
}

#[test]
fn what_the_team_ignores_stays_in_sight() {
    let (world, pull) = configured("ignore:\n  - {rule: '*', reason: our own stores, until: 9999-12-31}\n");
    let ran = world.run(pull, 1, &[("INPUT_FAIL-ON", "check")]);
    succeeded(&ran);
    assert_eq!((ran.outputs["verdict"].as_str(), ran.outputs["safe-to-auto-merge"].as_str()), ("clear", "true"));
    let body = only(&world, pull).body;
    assert!(body.contains("<b>Ignored</b>") && body.contains("ignored: our own stores, until `9999-12-31`"), "{body}");
    // A patch whose only demand is ignored is told as well.
    assert!(ran.files["identityserver-upgrade.json"].contains("\"ignored\""), "{:?}", ran.files.keys());
}

#[test]
fn rules_of_ones_own_come_from_the_tip_of_the_base() {
    let rule = |id: &str| {
        format!(
            "title: ours\npackage: Duende.IdentityServer\nchanges:\n  - {{ id: {id}, kind: behaviour, impact: behaviour, summary: Ours., advice: A. }}\n"
        )
    };
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let (path, config) = ("ci/rules/identityserver/7.0.yaml", "rules: ./ci/rules/\n");
        let fork = state.commit(None, &[(MANIFEST, &project("6.0.4")), (FILE, config), (path, &rule("old"))]);
        let tip = state.commit(Some(&fork), &[(MANIFEST, &project("6.0.4")), (FILE, config), (path, &rule("tip"))]);
        let head = state.commit(Some(&fork), &[(MANIFEST, &project("7.1.2")), (FILE, config), (path, &rule("theirs"))]);
        state.open(&tip, &head)
    };
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    let report = &ran.files["identityserver-upgrade.json"];
    assert!(report.contains("identityserver/7.0/tip"), "{report}");
    assert!(!report.contains("identityserver/7.0/old") && !report.contains("identityserver/7.0/theirs"), "{report}");

    world.state().faults.push(Fault::of("tree", 1000, FaultKind::Status(404, Vec::new(), "Not Found")));
    let failed = world.run(pull, 2, &[]);
    assert_eq!(failed.code, Some(2), "without trees there is no report");
}

#[test]
fn own_rules_that_are_not_there_are_told_and_nothing_is_safe_without_them() {
    let (world, pull) = configured("rules: ci/rules\nignore: [{rule: '*', reason: all of it}]\n");
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    assert_eq!(ran.outputs["verdict"], "check");
    assert!(ran.log.contains(&format!("file={FILE},line=1::own-rules: `ci/rules` holds no rules")), "{}", ran.log);
    only(&world, pull);
}

#[test]
fn labels_follow_the_outcome() {
    let (world, pull) =
        configured("labels:\n  check: please look\n  action: needs work\n  clear: fine\n  identityserver/7.0: seven\n");
    world.state().pull(pull).labels = vec!["needs work".into(), "Fine".into(), "theirs".into()];
    succeeded(&world.run(pull, 1, &[]));
    assert_eq!(world.state().pull(pull).labels, ["theirs", "please look", "seven"]);
    push(&mut world.state(), pull, "6.0.4");
    succeeded(&world.run(pull, 2, &[]));
    assert_eq!(world.state().pull(pull).labels, ["theirs"], "without a jump nothing of ours is left");
}

#[test]
fn a_former_identity_is_known_by_its_login() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    world.state().comments[0].author = OLD_ROBOT.into();
    push(&mut world.state(), pull, "7.0.8");
    succeeded(&world.run(pull, 2, &[("INPUT_LOGINS", OLD_ROBOT)]));
    let kept = only(&world, pull);
    assert!(kept.author == OLD_ROBOT && kept.body.contains("6.0.4 → 7.0.8"), "{kept:?}");

    // Where the new identity may not edit the old one's words, it writes once, and keeps to that.
    push(&mut world.state(), pull, "7.2.0");
    let refused = || FaultKind::Status(403, Vec::new(), "Must have admin rights");
    world.state().faults = vec![Fault::of("edit-comment", 1, refused()), Fault::of("delete-comment", 1000, refused())];
    succeeded(&world.run(pull, 3, &[("INPUT_LOGINS", OLD_ROBOT)]));
    for run in 4..6 {
        push(&mut world.state(), pull, if run == 4 { "7.3.0" } else { "7.4.0" });
        succeeded(&world.run(pull, run, &[("INPUT_LOGINS", OLD_ROBOT)]));
    }
    let authors: Vec<String> = world.comments(pull).into_iter().map(|comment| comment.author).collect();
    assert_eq!(authors, [OLD_ROBOT, ROBOT]);
    assert!(world.comments(pull)[1].body.contains("6.0.4 → 7.4.0"));
}

#[test]
fn two_configurations_keep_two_comments() {
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let other = ("ci/api.yml", "comment: always\n");
        let base = state.commit(None, &[(MANIFEST, &project("6.0.4")), other]);
        let head = state.commit(Some(&base), &[(MANIFEST, &project("7.1.2")), other]);
        state.open(&base, &head)
    };
    for run in [1, 2] {
        succeeded(&world.run(pull, run, &[]));
        let ran = world.run(pull, run, &[("INPUT_CONFIG", "ci/api.yml")]);
        succeeded(&ran);
        assert!(ran.log.contains("comment: \"always\" (ci/api.yml:1)"), "{}", ran.log);
        assert_eq!(world.comments(pull).len(), 2);
    }
    let lost = world.run(pull, 3, &[("INPUT_CONFIG", "ci/none.yml"), ("INPUT_COMMENT", "never")]);
    succeeded(&lost);
    assert!(lost.log.contains("the base has no file `ci/none.yml`"), "{}", lost.log);
}

#[test]
fn every_event_of_a_pull_request_keeps_the_comment_true() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    for (run, action) in ["opened", "ready_for_review", "reopened", "synchronize"].into_iter().enumerate() {
        let (payload, ..) = payload(&world, pull, action);
        succeeded(&world.run_event("pull_request", &payload, run as u64 + 1, &[]));
        only(&world, pull);
    }
    // Somebody points the pull request at another branch, which stands higher already.
    let other = world.state().commit(None, &[(MANIFEST, &project("7.0.8"))]);
    {
        let mut state = world.state();
        let head = state.commit(Some(&other), &[(MANIFEST, &project("7.1.2"))]);
        let pull = state.pull(pull);
        (pull.base, pull.head) = (other, head);
    }
    let (payload, ..) = payload(&world, pull, "edited");
    succeeded(&world.run_event("pull_request_target", &payload, 9, &[]));
    assert!(only(&world, pull).body.contains("7.0.8 → 7.1.2"));
}

#[test]
fn a_fork_gets_its_comment_from_a_run_that_takes_nothing_from_it() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().pull(pull).from = "stranger/login".into();
    let (payload, _, head) = payload(&world, pull, "opened");
    // The run that the fork starts may only read.
    world.state().read_only = true;
    let first = world.run_event("pull_request", &payload, 1, &[]);
    succeeded(&first);
    assert!(first.summary.contains("6.0.4 → 7.1.2") && first.summary.contains("workflow_run"), "{}", first.summary);
    assert_eq!(world.comments(pull), []);

    world.state().read_only = false;
    let event = |head: &str, repository: Value| {
        json!({ "action": "completed", "workflow_run": {
            "head_sha": head, "head_branch": "bump", "head_repository": repository,
            // What the fork's run says of itself counts for nothing.
            "pull_requests": [{ "number": 999 }],
        } })
    };
    let stranger = json!({ "full_name": "stranger/login" });
    for (what, event) in [
        ("another commit", event(&"d".repeat(40), stranger.clone())),
        ("another repository", event(&head, json!({ "full_name": "mallory/login" }))),
        ("a fork that is gone", event(&head, Value::Null)),
    ] {
        let ran = world.run_event("workflow_run", &event, 2, &[]);
        succeeded(&ran);
        assert!(ran.log.contains("nothing to do"), "{what}: {}", ran.log);
        assert_eq!(world.comments(pull), [], "{what}");
    }
    succeeded(&world.run_event("workflow_run", &event(&head, stranger), 3, &[("INPUT_CHECK", "upgrade")]));
    assert!(only(&world, pull).body.contains("6.0.4 → 7.1.2"));
    assert_eq!(world.state().checks[0].head, head, "the check stands on the commit of the fork");
}

#[test]
fn the_check_has_one_name_in_every_event_and_never_waits() {
    let (world, pull) = configured("check: upgrade\nfail-on: [identityserver/7.0]\n");
    let (of_pull, base, head) = payload(&world, pull, "opened");
    let events = [
        ("pull_request", of_pull.clone()),
        ("pull_request_target", of_pull),
        ("merge_group", json!({ "merge_group": { "base_sha": base, "head_sha": head } })),
        ("push", json!({ "before": base, "after": head })),
    ];
    for (run, (event, payload)) in events.iter().enumerate() {
        let ran = world.run_event(event, payload, run as u64, &[]);
        assert_eq!(ran.code, Some(1), "{event}: {ran:#?}");
    }
    let dispatch = [("INPUT_BASE", base.as_str()), ("INPUT_HEAD", head.as_str())];
    assert_eq!(world.run_event("workflow_dispatch", &json!({}), 8, &dispatch).code, Some(1));
    // The tool itself fails: the check says so, and does not pass.
    world.state().faults.push(Fault::of("compare", 1000, FaultKind::Status(401, Vec::new(), "Bad credentials")));
    assert_eq!(world.run(pull, 9, &[]).code, Some(2));
    let state = world.state();
    assert_eq!(state.checks.len(), 6);
    for check in &state.checks {
        let seen = (check.name.as_str(), check.conclusion.as_str(), check.head.as_str());
        assert_eq!(seen, ("upgrade", "failure", head.as_str()));
    }
}

#[test]
fn fail_on_knows_kinds_and_rules() {
    #[track_caller]
    fn case(words: &str, expected: i32) {
        let (world, pull) = bump("6.0.4", "7.1.2");
        let ran = world.run(pull, 1, &[("INPUT_FAIL-ON", words), ("INPUT_COMMENT", "never")]);
        assert_eq!(ran.code, Some(expected), "{words}: {:?}", ran.outputs);
    }
    case("never", 0);
    case("action", 0);
    case("check", 1);
    case("database", 0);
    case("database, identityserver/7.0", 1);
    case("*/support", 1);
    case("*/licence", 0);
    case("identityserver/9.9", 0);
}

#[test]
fn one_notice_says_what_to_add_for_this_event_and_actor() {
    #[track_caller]
    fn case(ran: &Ran, has: &[&str], lacks: &[&str]) {
        succeeded(ran);
        let [notice] = notices(ran)[..] else { panic!("one notice: {}", ran.log) };
        for word in has {
            assert!(notice.contains(word) && ran.summary.contains(word), "{word}: {notice}\n{}", ran.summary);
        }
        for word in lacks {
            assert!(!notice.contains(word) && !ran.summary.contains(word), "{word}: {notice}\n{}", ran.summary);
        }
    }
    let (world, pull) = bump("6.0.4", "7.1.2");
    world.state().read_only = true;
    let (of_pull, base, head) = payload(&world, pull, "opened");
    let check = ("INPUT_CHECK", "upgrade");
    let all = ["contents: read", "pull-requests: write", "checks: write", ".github/workflows/upgrade.yml"];
    case(&world.run(pull, 1, &[check]), &[&all[..], &["the comment and the check run"]].concat(), &["Dependabot"]);
    case(&world.run(pull, 1, &[]), &["pull-requests: write"], &["checks: write"]);
    case(
        &world.run(pull, 1, &[("GITHUB_ACTOR", "dependabot[bot]")]),
        &["Dependabot", "pull-requests: write"],
        &["fork"],
    );
    case(&world.run(pull, 1, &[check, ("INPUT_COMMENT", "never")]), &["checks: write"], &["pull-requests: write"]);
    case(&world.run_event("pull_request_target", &of_pull, 1, &[]), &["pull-requests: write"], &["fork"]);
    for (event, payload) in [
        ("merge_group", json!({ "merge_group": { "base_sha": base, "head_sha": head } })),
        ("push", json!({ "before": base, "after": head })),
    ] {
        case(&world.run_event(event, &payload, 1, &[check]), &["checks: write"], &["pull-requests: write"]);
    }
    world.state().pull(pull).from = "stranger/login".into();
    let (of_fork, _, head) = payload(&world, pull, "opened");
    case(
        &world.run_event("pull_request", &of_fork, 1, &[]),
        &["fork", "pull_request_target"],
        &["pull-requests: write"],
    );
    case(
        &world.run_event("pull_request_target", &of_fork, 1, &[]),
        &["pull-requests: write"],
        &["read-only token, whatever"],
    );
    let event = json!({ "workflow_run": { "head_sha": head, "head_branch": "bump", "head_repository": { "full_name": "stranger/login" } } });
    case(&world.run_event("workflow_run", &event, 1, &[]), &["pull-requests: write"], &["whatever `permissions:` say"]);
}

#[test]
fn many_remarks_keep_to_the_limits() {
    let world = World::new();
    let paths: Vec<String> = (0..120).map(|index| format!("src/P{index}/P{index}.csproj")).collect();
    let pull = {
        let mut state = world.state();
        let commit = |state: &mut State, parent: Option<&str>, version: &str| {
            let texts: Vec<String> =
                (0..paths.len()).map(|index| format!("<!-- {index} -->{}", project(version))).collect();
            let files: Vec<(&str, &str)> =
                paths.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
            state.commit(parent, &files)
        };
        let base = commit(&mut state, None, "6.0.4");
        let head = commit(&mut state, Some(&base), "7.1.2");
        state.open(&base, &head)
    };
    let ran = world.run(pull, 1, &[("INPUT_CHECK", "upgrade"), ("INPUT_COMMENT", "loud")]);
    succeeded(&ran);
    for level in ["::warning", "::error", "::notice"] {
        let shown = ran.log.lines().filter(|line| line.starts_with(level)).count();
        assert!(shown <= 10, "{level}: {shown}\n{}", ran.log);
    }
    assert!(ran.log.contains("more remarks are in the job summary"), "{}", ran.log);
    assert!(ran.log.contains("::notice file=src/P") || ran.log.contains("::warning title="), "{}", ran.log);
    let annotations = world.state().checks[0].annotations;
    assert!((100..=500).contains(&annotations), "{annotations}");
    assert!(ran.outputs.values().map(String::len).sum::<usize>() < 1_000_000);
}

#[test]
fn a_sarif_file_is_written_where_it_is_asked_for() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let ran = world.run(pull, 1, &[("INPUT_SARIF-FILE", "upgrade.sarif")]);
    succeeded(&ran);
    let sarif: Value = serde_json::from_str(&ran.files["upgrade.sarif"]).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert!(!world.run(pull, 2, &[]).files.contains_key("upgrade.sarif"));
}

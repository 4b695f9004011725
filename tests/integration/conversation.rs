//! The comment while others act: pushes, deletions and locks in mid-run, answers with gaps, trees beyond every limit.

use crate::action::{MANIFEST, bump, bump_among, only, project, push, succeeded};
use crate::world::{Fault, FaultKind, ROBOT, World};

/// Does something once, right before an operation is done.
fn before(world: &World, operation: &'static str, mut act: impl FnMut(&mut crate::world::State) + Send + 'static) {
    let mut done = false;
    world.state().meanwhile = Some(Box::new(move |asked, state| {
        if asked == operation && !std::mem::replace(&mut done, true) {
            act(state);
        }
    }));
}

#[test]
fn a_force_push_in_mid_run_makes_the_run_yield() {
    // The branch moves while the commits are read; while the report is made; and to a commit that shares nothing with the old one.
    for operation in ["tree", "blobs"] {
        let (world, pull) = bump("6.0.4", "7.1.2");
        world.state().pull(pull).labels = vec!["needs work".into()];
        before(&world, operation, move |state| {
            let base = state.pull(pull).base.clone();
            let head = state.commit(Some(&base), &[(MANIFEST, &project("6.0.5"))]);
            state.pull(pull).head = head;
        });
        let inputs = [("INPUT_LABELS", "needs work, check=look"), ("INPUT_CHECK", "upgrade")];
        let old = world.state().pull(pull).head.clone();
        let ran = world.run(pull, 1, &inputs);
        succeeded(&ran);
        assert_eq!(world.comments(pull), [], "{operation}: nothing is said of a commit that is gone");
        assert!(ran.log.contains("the branch has a newer commit"), "{operation}: {}", ran.log);
        assert_eq!(world.state().pull(pull).labels, ["needs work"], "labels have no commit: they are left alone");
        assert_eq!(world.state().checks[0].head, old, "the check run stands on the commit that it speaks of");
        assert!(ran.summary.contains("6.0.4 → 7.1.2"), "{}", ran.summary);
        // The run of the new head has the last word, whichever ends first.
        succeeded(&world.run(pull, 2, &[("INPUT_COMMENT", "always")]));
        assert!(only(&world, pull).body.contains("6.0.4 → 6.0.5"));
    }
}

#[test]
fn labels_of_an_older_head_are_left_alone_without_a_comment_too() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    before(&world, "blobs", move |state| push(state, pull, "6.0.4"));
    let ran = world.run(pull, 1, &[("INPUT_LABELS", "check=look"), ("INPUT_COMMENT", "never")]);
    succeeded(&ran);
    assert_eq!(world.state().pull(pull).labels, [""; 0]);
    assert!(ran.log.contains("The labels are left alone"), "{}", ran.log);
}

#[test]
fn an_answer_that_lacks_comments_is_no_reason_to_write_a_second_one() {
    const BROKE: &str = "Something went wrong while executing your query. Please include `0` when reporting this.";
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    let first = only(&world, pull);
    push(&mut world.state(), pull, "7.0.8");
    let gap = ["/repository/pullRequest/comments/nodes/0"];
    // Once: the question is asked again.
    world.state().faults = vec![Fault::gaps("conversation", 1, &gap, "", BROKE)];
    succeeded(&world.run(pull, 2, &[]));
    let second = only(&world, pull);
    assert!(second.id == first.id && second.body.contains("7.0.8"), "{second:?}");
    // For good: the report is in the summary, and no comment is written on a guess.
    push(&mut world.state(), pull, "7.2.0");
    for (kind, message) in [("", BROKE), ("FORBIDDEN", "Resource not accessible by integration")] {
        world.state().faults = vec![Fault::gaps("conversation", 1000, &gap, kind, message)];
        let ran = world.run(pull, 3, &[]);
        succeeded(&ran);
        assert_eq!(only(&world, pull), second, "{message}");
        assert!(
            ran.summary.contains("6.0.4 → 7.2.0") && ran.summary.contains("Could not write the comment"),
            "{ran:#?}"
        );
    }
}

#[test]
fn an_answer_that_lacks_texts_costs_one_request_each() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let gaps = ["/repository/b0", "/repository/b1"];
    world.state().faults = vec![Fault::gaps("blobs", 1000, &gaps, "SERVICE_UNAVAILABLE", "Timeout on object")];
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    assert!(only(&world, pull).body.contains("6.0.4 → 7.1.2"));
    assert!(ran.asked.contains(&"blob".to_owned()) && ran.outputs["verdict"] == "check", "{ran:#?}");
}

/// A configuration that GraphQL does not give must not count as one that nobody wrote.
#[test]
fn a_configuration_that_graphql_lacks_is_read_again() {
    let world = World::new();
    let file = ".github/identityserver-upgrade.yml";
    let pull = {
        let mut state = world.state();
        let base = state.commit(None, &[(MANIFEST, &project("6.0.4")), (file, "fail-on: check\n")]);
        let head = state.commit(Some(&base), &[(MANIFEST, &project("7.1.2")), (file, "fail-on: check\n")]);
        state.open(&base, &head)
    };
    for place in ["/repository/file", "/repository/file/text"] {
        world.state().faults = vec![Fault::gaps("conversation", 1, &[place], "FORBIDDEN", "no")];
        let ran = world.run(pull, 1, &[]);
        assert_eq!(ran.code, Some(1), "{place}: `fail-on` of the base counts: {ran:#?}");
        assert!(ran.asked.contains(&"file".to_owned()), "{:?}", ran.asked);
        only(&world, pull);
    }
}

#[test]
fn a_hidden_comment_is_kept_true_and_stays_hidden() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    world.state().comments[0].hidden = true;
    push(&mut world.state(), pull, "7.0.8");
    succeeded(&world.run(pull, 2, &[]));
    let comment = only(&world, pull);
    assert!(comment.hidden && comment.body.contains("6.0.4 → 7.0.8"), "{comment:?}");
}

#[test]
fn a_comment_that_is_deleted_in_mid_run_comes_back_once() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    push(&mut world.state(), pull, "7.0.8");
    before(&world, "edit-comment", |state| state.comments.clear());
    succeeded(&world.run(pull, 2, &[]));
    assert!(only(&world, pull).body.contains("6.0.4 → 7.0.8"));
}

#[test]
fn a_conversation_that_is_locked_later_keeps_its_comment_as_it_is() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    let first = only(&world, pull);
    push(&mut world.state(), pull, "7.0.8");
    let locked = FaultKind::Status(403, Vec::new(), "Unable to edit comment because issue is locked.");
    world.state().faults = vec![Fault::of("edit-comment", 1000, locked)];
    let ran = world.run(pull, 2, &[]);
    succeeded(&ran);
    assert_eq!(only(&world, pull), first);
    assert!(
        ran.summary.contains("6.0.4 → 7.0.8") && ran.summary.contains("nothing has to be changed"),
        "{}",
        ran.summary
    );
    assert!(!ran.summary.contains("permissions:"), "no permission would help: {}", ran.summary);
}

#[test]
fn several_duplicates_become_one_and_only_ours_go() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    succeeded(&world.run(pull, 1, &[]));
    let first = only(&world, pull);
    {
        let mut state = world.state();
        for author in [ROBOT, "mallory", ROBOT] {
            state.say(pull, author, &first.body);
        }
    }
    push(&mut world.state(), pull, "7.0.8");
    succeeded(&world.run(pull, 2, &[]));
    let left: Vec<(u64, String)> = world.comments(pull).into_iter().map(|it| (it.id, it.author)).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left[0] == (first.id, ROBOT.to_owned()) && left[1].1 == "mallory", "{left:?}");
}

#[test]
fn a_base_branch_that_is_deleted_does_no_harm_and_is_named_where_somebody_asks_for_it() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let base = world.state().pull(pull).base.clone();
    world.state().branches.insert("main".into(), base);
    world.state().branches.clear();
    // A pull request names its base by commit.
    succeeded(&world.run(pull, 1, &[]));
    assert!(only(&world, pull).body.contains("6.0.4 → 7.1.2"));
    let head = world.state().pull(pull).head.clone();
    let inputs = [("INPUT_BASE", "main"), ("INPUT_HEAD", head.as_str())];
    let ran = world.run_event("workflow_dispatch", &serde_json::json!({}), 2, &inputs);
    assert_eq!(ran.code, Some(2));
    assert!(ran.summary.contains("/commits/main") && ran.summary.contains("not found"), "{}", ran.summary);
}

/// A tree that is truncated again and again is walked, and what lies beyond the walk is told: nobody may merge on it.
#[test]
fn a_tree_beyond_the_walk_is_told() {
    let world = World::new();
    let paths: Vec<String> = (0..330).map(|index| format!("f{index:03}/a/b/file{index}.txt")).collect();
    let pull = bump_among(&mut world.state(), &paths, "7.1.2", "7.1.3");
    world.state().tree_limit = 1;
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    let walked = ran.asked.iter().filter(|asked| asked.contains("tree")).count();
    assert!((300..=2 * 302).contains(&walked), "{walked}");
    assert_eq!(ran.outputs["safe-to-auto-merge"], "false", "{:?}", ran.outputs);
    assert!(ran.summary.contains("could not be listed"), "{}", ran.summary);
}

/// Limits are waited for as the server asks; what takes too long is said at once.
#[test]
fn limits_are_waited_for_as_the_server_asks() {
    let in_seconds = |seconds: u64| -> &'static str {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        (now + seconds).to_string().leak()
    };
    let limit = |headers: Vec<(&'static str, &'static str)>| FaultKind::Status(403, headers, "API rate limit exceeded");
    let run = |headers: Vec<(&'static str, &'static str)>, times: u32| {
        let (world, pull) = bump("6.0.4", "7.1.2");
        world.state().faults.push(Fault::of("tree", times, limit(headers)));
        (world.run(pull, 1, &[]), world)
    };
    for reset in [false, true] {
        let headers = if reset {
            vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", in_seconds(3))]
        } else {
            vec![("retry-after", "2")]
        };
        let (ran, world) = run(headers, 1);
        succeeded(&ran);
        only(&world, 1);
        assert!(ran.took.as_millis() >= 1900, "{:?}", ran.took);
    }
    for headers in
        [vec![("retry-after", "3600")], vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", in_seconds(3600))]]
    {
        let (ran, world) = run(headers, 1000);
        assert_eq!((ran.code, world.comments(1).len()), (Some(2), 0), "{ran:#?}");
        assert!(ran.summary.contains("rate limit of the token is used up"), "{}", ran.summary);
        let tries = ran.asked.iter().filter(|asked| *asked == "tree").count();
        assert!(tries <= 2, "nobody knocks at a door that stays shut for an hour: {:?}", ran.asked);
    }
}

/// GitHub Enterprise Server: other roots, and nothing is asked beside them.
#[test]
fn an_enterprise_server_is_found_by_the_environment() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let root = format!("http://{}", world.address());
    let (api, graphql) = (format!("{root}/api/v3"), format!("{root}/api/graphql"));
    let variables = [
        ("GITHUB_API_URL", api.as_str()),
        ("GITHUB_GRAPHQL_URL", graphql.as_str()),
        ("GITHUB_SERVER_URL", "https://git.acme.example"),
    ];
    let ran = world.run(pull, 1, &[&variables[..], &[("INPUT_CHECK", "upgrade")]].concat());
    succeeded(&ran);
    assert!(only(&world, pull).body.contains("https://git.acme.example/acme/login/blob/"), "links lead to the server");
    let state = world.state();
    assert_eq!((state.enterprise, state.checks.len()), (ran.asked.len(), 1), "{:?}", ran.asked);
}

//! A pull request that edits the configuration or the team's own rules: it sees what they would do, and is not obeyed.

use crate::action::{MANIFEST, only, project, succeeded};
use crate::world::{Ran, World};

const FILE: &str = ".github/identityserver-upgrade.yml";
const RULES: &str = "ci/rules/identityserver/7.0.yaml";

/// Runs a pull request from 6.0.4 to 7.1.2 with these files beside the manifest at its base and at its head.
fn run(base: &[(&str, &str)], head: &[(&str, &str)]) -> (Ran, String) {
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let (before, after) = (project("6.0.4"), project("7.1.2").replace("net8.0", "net6.0"));
        let base = state.commit(None, &[&[(MANIFEST, before.as_str())], base].concat());
        let head = state.commit(Some(&base), &[&[(MANIFEST, after.as_str())], head].concat());
        state.open(&base, &head)
    };
    let ran = world.run(pull, 1, &[]);
    let body = only(&world, pull).body;
    (ran, body)
}

fn rule(id: &str, impact: &str) -> String {
    format!(
        "title: ours\npackage: Duende.IdentityServer\nchanges:\n  - {{ id: {id}, kind: behaviour, impact: {impact}, summary: Ours., advice: A. }}\n"
    )
}

#[track_caller]
fn case(base: &str, head: &str, has: &[&str]) {
    let (ran, body) = run(&[(FILE, base)], &[(FILE, head)]);
    assert_eq!(ran.outputs["verdict"], "action", "it is not obeyed: {ran:#?}");
    for words in has {
        assert!(body.contains(words), "{words}: {body}");
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
}

#[test]
fn every_key_is_tried_and_none_is_obeyed() {
    case(
        "comment: auto\n",
        "comment: never\n",
        &["`comment` would be `\"never\"` instead of `\"auto\"`", "verdict of this change would stay `action`"],
    );
    case(
        "comment: auto\n",
        "exclude: src\n",
        &[
            "`exclude` would be `[\"src\"]`",
            "would be `none` instead of `action`",
            "no longer asked for: `identityserver/",
        ],
    );
    case("comment: auto\n", "paths: [lib]\n", &["would be `none` instead of `action`"]);
    case("paths: [src]\n", "paths: ['**']\n", &["verdict of this change would stay `action`"]);
    case(
        "comment: auto\n",
        "ignore:\n  - {rule: '*', reason: all of it}\n",
        &["would be `clear` instead of `action`", "no longer asked for: "],
    );
    case("comment: auto\n", "fail-on: check\n", &["would end with status 1 instead of 0"]);
    case(
        "comment: auto\n",
        "coment: never\nfail-on: databse\n",
        &["`.github/identityserver-upgrade.yml:1`: unknown field `coment`", "`.github/identityserver-upgrade.yml:2`: "],
    );
    case("rules: ci/rules\n", "comment: always\n", &["`rules` would be `\"\"` instead of `\"ci/rules\"`"]);
}

#[test]
fn proposed_rules_are_tried_from_the_head() {
    let (config, ours) = ((FILE, "rules: ci/rules\n"), rule("our-gateway", "breaks"));
    // The file names them for the first time.
    let (ran, body) = run(&[], &[config, (RULES, &ours)]);
    succeeded(&ran);
    let added = "asked for as well: `identityserver/7.0/our-gateway`";
    assert!(body.contains(added) && body.contains("the rules of your own would be those of this change"), "{body}");
    assert!(!ran.files["identityserver-upgrade.json"].contains("our-gateway"), "they do not count");
    // Only the rules change: the file stands as it stood.
    let theirs = rule("their-gateway", "breaks");
    let (ran, body) = run(&[config, (RULES, &ours)], &[config, (RULES, &theirs)]);
    succeeded(&ran);
    assert!(body.contains("asked for as well: `identityserver/7.0/their-gateway`"), "{body}");
    assert!(body.contains("no longer asked for: `identityserver/7.0/our-gateway`"), "{body}");
    let report = &ran.files["identityserver-upgrade.json"];
    assert!(report.contains("7.0/our-gateway") && !report.contains("7.0/their-gateway"), "{report}");
    // A rule that cannot be read is told.
    let (_, body) = run(&[config, (RULES, &ours)], &[config, (RULES, "title: x\nguidance: y\n")]);
    assert!(body.contains("`ci/rules/identityserver/7.0.yaml:2`: ") && body.contains("guidance"), "{body}");
}

#[test]
fn hostile_proposals_end() {
    let config = (FILE, "rules: ci/rules\n");
    let bomb = format!("title: &a {}\npackage: x\nguides: [{}]\n", "x".repeat(100_000), "*a,".repeat(30_000));
    let huge = "# nothing\n".repeat(200_000);
    let many: Vec<String> = (0..150).map(|index| format!("ci/rules/identityserver/9.{index}.yaml")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|path| (path.as_str(), "title: x\npackage: x\n")).collect();
    for (head, words) in [
        (vec![config, (RULES, bomb.as_str())], "anchors"),
        (vec![config, (RULES, huge.as_str())], "too many to be tried"),
        ([&[config], many.as_slice()].concat(), "too many to be tried"),
    ] {
        let (ran, body) = run(&[], &head);
        succeeded(&ran);
        assert!(body.contains(words), "{words}: {body}");
        assert_eq!(ran.outputs["verdict"], "action");
    }
    let bomb = format!("check: &a {}\nlabels: [{}]\n", "x".repeat(100_000), "*a,".repeat(30_000));
    let (ran, body) = run(&[(FILE, "comment: auto\n")], &[(FILE, &bomb)]);
    succeeded(&ran);
    assert!(body.contains("anchors") && ran.log.len() < 1_000_000, "{body}");
}

//! Whole objects, with every field that GitHub's description calls required: what the world answers, and what it writes as payloads.

use serde_json::{Value, json};

use super::REPOSITORY;

const API: &str = "https://api.github.com";
const WEB: &str = "https://github.com";
const DAY: &str = "2026-11-03T09:26:53Z";

/// Below a repository's address; its objects carry one field `…_url` for each.
const PARTS: &str = "archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads \
    events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages merges milestones \
    notifications pulls releases stargazers statuses subscribers subscription tags teams trees";

/// `over` laid over `under`, objects field by field.
pub fn merged(under: Value, over: &Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            for (key, value) in over {
                let below = under.remove(key).unwrap_or(Value::Null);
                under.insert(key.clone(), merged(below, value));
            }
            Value::Object(under)
        }
        (_, over) => over.clone(),
    }
}

fn with_addresses(mut value: Value, parts: &str, root: &str) -> Value {
    for part in parts.split_whitespace() {
        value[format!("{part}_url")] = format!("{root}/{part}").into();
    }
    value
}

pub fn user(login: &str) -> Value {
    let slug = login.replace('[', "%5B").replace(']', "%5D");
    let root = format!("{API}/users/{slug}");
    let value = json!({
        "login": login, "id": 7, "node_id": "U_7", "gravatar_id": "", "site_admin": false,
        "type": if login.ends_with("[bot]") { "Bot" } else { "User" },
        "avatar_url": format!("{WEB}/{slug}.png"), "html_url": format!("{WEB}/{slug}"), "url": root,
    });
    with_addresses(
        value,
        "events followers following gists organizations received_events repos starred subscriptions",
        &root,
    )
}

pub fn repository(full_name: &str) -> Value {
    let (owner, name) = full_name.split_once('/').expect("OWNER/NAME");
    let root = format!("{API}/repos/{full_name}");
    let names = json!({
        "id": 11, "node_id": "R_11", "name": name, "full_name": full_name, "owner": user(owner), "private": true,
        "fork": full_name != REPOSITORY, "description": null, "homepage": null, "language": "C#", "license": null,
        "mirror_url": null, "topics": [], "visibility": "private", "default_branch": "main",
        "created_at": DAY, "updated_at": DAY, "pushed_at": DAY,
    });
    let counts = json!({
        "size": 1, "forks": 0, "forks_count": 0, "open_issues": 1, "open_issues_count": 1, "stargazers_count": 0,
        "watchers": 0, "watchers_count": 0, "network_count": 0, "subscribers_count": 0,
    });
    let flags = json!({
        "archived": false, "disabled": false, "has_issues": true, "has_projects": false, "has_downloads": false,
        "has_wiki": false, "has_pages": false, "has_discussions": false,
    });
    let addresses = json!({
        "url": root, "html_url": format!("{WEB}/{full_name}"), "clone_url": format!("{WEB}/{full_name}.git"),
        "svn_url": format!("{WEB}/{full_name}"), "git_url": format!("git://github.com/{full_name}.git"),
        "ssh_url": format!("git@github.com:{full_name}.git"),
    });
    let all = [counts, flags, addresses].iter().fold(names, merged);
    with_addresses(all, PARTS, &root)
}

/// A pull request of [`REPOSITORY`] from the repository `from`.
pub fn pull(number: u64, pull: &super::Pull) -> Value {
    let root = format!("{API}/repos/{REPOSITORY}");
    let (url, issue) = (format!("{root}/pulls/{number}"), format!("{root}/issues/{number}"));
    let web = format!("{WEB}/{REPOSITORY}/pull/{number}");
    let side = |branch: &str, sha: &str, repo: &str| {
        let owner = repo.split('/').next().unwrap_or_default();
        json!({
            "label": format!("{owner}:{branch}"), "ref": branch, "sha": sha, "user": user(owner), "repo": repository(repo),
        })
    };
    let label = |name: &String| {
        json!({
            "id": 1, "node_id": "LA_1", "name": name, "url": format!("{root}/labels/{}", name.replace(' ', "%20")), "color": "ededed",
            "default": false, "description": null,
        })
    };
    let owner = pull.from.split('/').next().unwrap_or_default();
    let words = json!({
        "id": 5000 + number, "node_id": format!("PR_{number}"), "number": number, "state": "open", "locked": pull.locked,
        "draft": false, "title": "Raise the login", "body": null, "user": user(owner),
        "labels": pull.labels.iter().map(label).collect::<Vec<_>>(),
        "assignee": null, "assignees": [], "requested_reviewers": [], "requested_teams": [], "milestone": null,
        "author_association": "CONTRIBUTOR", "auto_merge": null, "active_lock_reason": null,
        "created_at": DAY, "updated_at": DAY, "closed_at": null, "merged_at": null, "merge_commit_sha": null,
    });
    let counts = json!({
        "merged": false, "mergeable": null, "mergeable_state": "unknown", "merged_by": null, "maintainer_can_modify": false,
        "additions": 1, "deletions": 1, "changed_files": 1, "commits": 1, "comments": 0, "review_comments": 0,
        "base": side("main", &pull.base, REPOSITORY), "head": side("bump", &pull.head, &pull.from),
    });
    let addresses = json!({
        "url": url, "html_url": web, "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
        "issue_url": issue, "comments_url": format!("{issue}/comments"), "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"), "review_comment_url": format!("{root}/pulls/comments"),
        "statuses_url": format!("{root}/statuses/{}", pull.head),
    });
    let links = json!({ "_links": {
        "self": { "href": url }, "html": { "href": web }, "issue": { "href": issue },
        "comments": { "href": format!("{issue}/comments") }, "commits": { "href": format!("{url}/commits") },
        "review_comments": { "href": format!("{url}/comments") },
        "review_comment": { "href": format!("{root}/pulls/comments") },
        "statuses": { "href": format!("{root}/statuses/{}", pull.head) },
    } });
    [counts, addresses, links].iter().fold(words, merged)
}

pub fn commit(sha: &str) -> Value {
    let url = format!("{API}/repos/{REPOSITORY}/commits/{sha}");
    let who = json!({ "name": "Dev", "email": "dev@example.com", "date": DAY });
    json!({
        "sha": sha, "node_id": "C_1", "url": url, "html_url": format!("{WEB}/{REPOSITORY}/commit/{sha}"),
        "comments_url": format!("{url}/comments"), "author": user("dev"), "committer": user("dev"), "parents": [],
        "commit": {
            "url": url, "message": "Work", "comment_count": 0, "author": who, "committer": who,
            "tree": { "sha": sha, "url": format!("{API}/repos/{REPOSITORY}/git/trees/{sha}") },
        },
    })
}

pub fn comparison(base: &str, head: &str, merge_base: &str) -> Value {
    let web = format!("{WEB}/{REPOSITORY}/compare/{base}...{head}");
    json!({
        "url": format!("{API}/repos/{REPOSITORY}/compare/{base}...{head}"), "html_url": web, "permalink_url": web,
        "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
        "base_commit": commit(base), "merge_base_commit": commit(merge_base),
        "status": "ahead", "ahead_by": 1, "behind_by": 0, "total_commits": 1, "commits": [], "files": [],
    })
}

pub fn comment(pull: u64, id: u64, author: &str, body: &str) -> Value {
    let root = format!("{API}/repos/{REPOSITORY}/issues");
    json!({
        "id": id, "node_id": format!("IC_{id}"), "url": format!("{root}/comments/{id}"),
        "html_url": format!("{WEB}/{REPOSITORY}/pull/{pull}#issuecomment-{id}"), "issue_url": format!("{root}/{pull}"),
        "body": body, "user": user(&format!("{author}[bot]")), "created_at": DAY, "updated_at": DAY,
        "author_association": "NONE", "performed_via_github_app": null,
    })
}

/// A file as `contents` gives it: base64 in lines.
pub fn file(path: &str, bytes: &[u8]) -> Value {
    use base64::Engine;
    let plain = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> = plain.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    let (sha, url) = (super::blob_id(bytes), format!("{API}/repos/{REPOSITORY}/contents/{path}"));
    json!({
        "type": "file", "encoding": "base64", "size": bytes.len(), "name": path.rsplit('/').next(), "path": path,
        "content": lines.join("\n"), "sha": sha, "url": url, "git_url": url, "html_url": url, "download_url": null,
        "_links": { "self": url, "git": url, "html": url },
    })
}

pub fn check(check: &super::Check) -> Value {
    let id = check.id;
    let url = format!("{API}/repos/{REPOSITORY}/check-runs/{id}");
    json!({
        "id": id, "node_id": format!("CR_{id}"), "head_sha": check.head, "name": check.name, "url": url,
        "html_url": format!("{WEB}/{REPOSITORY}/runs/{id}"), "details_url": null, "external_id": null,
        "status": "completed", "conclusion": check.conclusion, "started_at": DAY, "completed_at": DAY,
        "check_suite": null, "app": null, "pull_requests": [],
        "output": {
            "title": null, "summary": null, "text": null, "annotations_count": check.annotations,
            "annotations_url": format!("{url}/annotations"),
        },
    })
}

fn pushed_commit(sha: &str) -> Value {
    let who = json!({ "name": "Dev", "email": "dev@example.com" });
    json!({ "id": sha, "tree_id": sha, "message": "Work", "timestamp": DAY, "author": who, "committer": who })
}

/// A pull request as payloads of other things name it.
fn named_pull(said: &Value) -> Value {
    let number = said["number"].as_u64().unwrap_or(1);
    let url = format!("{API}/repos/{REPOSITORY}");
    let side = json!({ "ref": "main", "sha": "1".repeat(40), "repo": { "id": 11, "name": "login", "url": url } });
    let all = json!({ "id": 5000 + number, "url": format!("{url}/pulls/{number}"), "base": side, "head": side });
    merged(all, said)
}

/// The payload of an event: what the test says of it, on top of what every payload of its kind has.
pub fn payload(event: &str, said: &Value) -> Value {
    let (one, two) = ("1".repeat(40), "2".repeat(40));
    let sender = user("octocat");
    let both = json!({ "repository": repository(REPOSITORY), "sender": sender });
    let own = match event {
        "pull_request" | "pull_request_target" => {
            let template =
                super::Pull { base: one.clone(), head: two.clone(), from: REPOSITORY.into(), ..super::Pull::default() };
            let (number, action) = (said["pull_request"]["number"].as_u64().unwrap_or(1), said["action"].as_str());
            let mut own = json!({
                "action": action.unwrap_or("opened"), "number": number, "pull_request": pull(number, &template),
            });
            if action == Some("synchronize") {
                own = merged(own, &json!({ "before": one, "after": two }));
            }
            if action == Some("edited") {
                own["changes"] = json!({});
            }
            own
        }
        "merge_group" => json!({ "action": "checks_requested", "merge_group": {
            "base_sha": one, "base_ref": "refs/heads/main", "head_sha": two,
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-1", "head_commit": pushed_commit(&two),
        } }),
        "push" => json!({
            "ref": "refs/heads/main", "before": one, "after": two, "base_ref": null, "created": false, "deleted": false,
            "forced": false, "compare": format!("{WEB}/{REPOSITORY}/compare/a...b"), "commits": [], "head_commit": null,
            "pusher": { "name": "dev" },
        }),
        "workflow_dispatch" => {
            json!({ "inputs": null, "ref": "refs/heads/main", "workflow": ".github/workflows/upgrade.yml" })
        }
        "workflow_run" => workflow_run(&two, &sender),
        _ => json!({}),
    };
    let mut all = merged(merged(both, &own), said);
    if let Some(pulls) = all.pointer_mut("/workflow_run/pull_requests").and_then(Value::as_array_mut) {
        for pull in pulls {
            *pull = named_pull(pull);
        }
    }
    all
}

fn workflow_run(head: &str, sender: &Value) -> Value {
    let actions = format!("{API}/repos/{REPOSITORY}/actions");
    let (run, flow) = (format!("{actions}/runs/3"), format!("{actions}/workflows/4"));
    let of_run = json!({
        "id": 3, "node_id": "WR_3", "name": "build", "path": ".github/workflows/build.yml", "event": "pull_request",
        "status": "completed", "conclusion": "success", "run_number": 1, "run_attempt": 1, "workflow_id": 4,
        "check_suite_id": 5, "check_suite_node_id": "CS_5", "head_branch": "bump", "head_sha": head,
        "head_commit": pushed_commit(head), "head_repository": repository("stranger/login"),
        "repository": repository(REPOSITORY), "pull_requests": [], "actor": sender, "triggering_actor": sender,
        "previous_attempt_url": null, "created_at": DAY, "updated_at": DAY, "run_started_at": DAY,
    });
    let addresses = json!({
        "url": run, "html_url": format!("{WEB}/{REPOSITORY}/actions/runs/3"), "workflow_url": flow,
        "check_suite_url": format!("{API}/repos/{REPOSITORY}/check-suites/5"), "rerun_url": format!("{run}/rerun"),
    });
    let all = with_addresses(merged(of_run, &addresses), "artifacts cancel jobs logs", &run);
    let workflow = json!({
        "id": 4, "node_id": "W_4", "name": "build", "path": ".github/workflows/build.yml", "state": "active",
        "created_at": DAY, "updated_at": DAY, "url": flow, "html_url": format!("{WEB}/{REPOSITORY}/actions"),
        "badge_url": format!("{WEB}/{REPOSITORY}/badge.svg"),
    });
    json!({ "action": "completed", "workflow": workflow, "workflow_run": all })
}

//! The sections of the comment, in reading order.

use super::shared::Shared;
use super::{Detail, Frame};
use crate::render::headline::headline;
use crate::render::markdown::{Markdown, permalink};
use crate::report::{Finding, Report, Route, Sighting, Status, Unread};

/// Where the configuration is explained.
const CONFIGURATION: &str =
    "https://github.com/identityserver-upgrade/identityserver-upgrade/blob/main/docs/configuration.md";

/// Files that are named in the line of the way up.
const CARRIERS: usize = 3;

/// From as many places on one more is no matter.
const FEW: usize = 5;

pub(super) fn all(report: &Report, frame: &Frame, detail: Detail) -> Markdown {
    let mut body = Markdown::new();
    body.ours("## ").prose(&headline(report)).ours("\n");
    body.add(&paragraph(frame.lead.as_deref()));
    for route in report.routes.iter().take(detail.named) {
        body.add(&way_up(route, frame));
    }
    body.add(&legend(report));
    body.add(&todo(report, frame, detail));
    body.add(&check(report, frame, detail));
    body.add(&settled(report, frame, detail));
    body.add(&ignored(report, detail));
    body.add(&reading_order(report));
    body.add(&unread("Could not be read or told", &report.problems, frame, detail));
    body.add(&unread("Configuration: what does not count as it stands", &report.remarks, frame, detail));
    body.add(&proposal(frame, detail));
    body.add(&paragraph(frame.foot.as_deref()));
    body.add(&foot(report, frame));
    body
}

/// `6.0` → `6.1` 🗄 → … in `src/Host`, set in `Directory.Packages.props:14`.
fn way_up(route: &Route, frame: &Frame) -> Markdown {
    let mut line = Markdown::new();
    line.ours("\n");
    for (index, rung) in route.rungs.iter().enumerate() {
        if index > 0 {
            line.ours(" → ");
        }
        let last = index + 1 == route.rungs.len();
        line.ours(if last { "**" } else { "" }).code(&rung.line).ours(if last { "**" } else { "" });
        line.ours(if rung.database { " 🗄" } else { "" }).ours(if rung.framework { " ⬆" } else { "" });
    }
    // A plan by itself is of no repository.
    if !route.jump.places.is_empty() {
        line.ours(if route.rungs.is_empty() { "" } else { "  ·  " }).add(&carriers(route, frame));
    }
    line.ours("\n");
    if !route.known {
        line.ours("\n> [!NOTE]\n> The rulebook does not know every version of this jump: what it says below may not be whole.\n");
    }
    line
}

/// Which projects jump, and where their version is set.
fn carriers(route: &Route, frame: &Frame) -> Markdown {
    let mut line = Markdown::new();
    // Projects that set the version themselves need no naming twice.
    if !route.jump.projects.iter().all(|project| route.jump.places.iter().any(|place| place.path == *project)) {
        line.ours("in ");
        listed(&mut line, &route.jump.projects, CARRIERS, |line, project| {
            line.code(project);
        });
        line.ours(", ");
    }
    line.ours("set in ");
    listed(&mut line, &route.jump.places, CARRIERS, |line, place| {
        line.add(&linked(frame, &place.path, place.line));
    });
    line
}

/// What the marks of the ways up mean, where there are any.
fn legend(report: &Report) -> Markdown {
    let rungs = || report.routes.iter().flat_map(|route| &route.rungs);
    let mut line = Markdown::new();
    line.ours(match (rungs().any(|rung| rung.database), rungs().any(|rung| rung.framework)) {
        (true, true) => "\n🗄 database migration · ⬆ newer target framework\n",
        (true, false) => "\n🗄 database migration\n",
        (false, true) => "\n⬆ newer target framework\n",
        (false, false) => "",
    });
    line
}

/// Items joined by commas, the first `most` of them, the rest counted.
fn listed<T>(line: &mut Markdown, items: &[T], most: usize, show: impl Fn(&mut Markdown, &T)) {
    for (index, item) in items.iter().take(most).enumerate() {
        if index > 0 {
            line.ours(", ");
        }
        show(line, item);
    }
    if items.len() > most {
        line.ours(" and ").number(items.len() - most).ours(" more");
    }
}

/// A place as a code span, linked where the files have an address.
fn linked(frame: &Frame, path: &str, line: u32) -> Markdown {
    let mut label = Markdown::new();
    if line == 0 {
        label.code(path);
    } else {
        label.code(&format!("{path}:{line}"));
    }
    let Some(files) = &frame.files else { return label };
    let mut place = Markdown::new();
    place.link(&label, &permalink(files, path, line));
    place
}

fn todo(report: &Report, frame: &Frame, detail: Detail) -> Markdown {
    let mut section = Markdown::new();
    let findings: Vec<&Finding> = report.of(Status::Todo).collect();
    if findings.is_empty() {
        return section;
    }
    section.ours("\n### To do\n\n");
    tasks(&mut section, &findings, frame, detail, detail.named);
    section
}

fn check(report: &Report, frame: &Frame, detail: Detail) -> Markdown {
    let mut section = Markdown::new();
    let findings: Vec<&Finding> = report.of(Status::Check).collect();
    if findings.is_empty() {
        return section;
    }
    section.ours("\n### Only you can tell\n\n");
    let (open, folded) = findings.split_at(detail.open.min(findings.len()));
    tasks(&mut section, open, frame, detail, detail.named);
    if !folded.is_empty() {
        section.ours("\n<details>\n<summary>").number(folded.len()).ours(" more, rarer</summary>\n\n");
        tasks(&mut section, folded, frame, detail, detail.named.saturating_sub(open.len()));
        section.ours("\n</details>\n");
    }
    section
}

/// Task boxes; each carries a hidden id so that a tick survives an update.
fn tasks(section: &mut Markdown, findings: &[&Finding], frame: &Frame, detail: Detail, most: usize) {
    for finding in findings.iter().take(most) {
        let stop = if finding.title.ends_with(['.', '?', '!']) { "**" } else { ".**" };
        section.ours("- [ ] **").prose(&finding.title).ours(stop);
        if detail.advice && !finding.advice.is_empty() {
            section.ours(" ").prose(&finding.advice);
        }
        if let Some(url) = &finding.url {
            let mut label = Markdown::new();
            label.prose(rung_of(&finding.rule));
            section.ours(" ").link(&label, url);
        }
        seen_in(section, &finding.places, frame, detail.places);
        section.ours(" <!--box:").add(&hidden_id(finding)).ours("-->\n");
        if detail.advice && !finding.commands.is_empty() {
            section.shell(&finding.commands, "  ");
        }
    }
    if findings.len() > most {
        section.ours("- and ").number(findings.len() - most).ours(" more, in the job summary\n");
    }
}

fn seen_in(section: &mut Markdown, places: &[Sighting], frame: &Frame, most: usize) {
    if places.is_empty() || most == 0 {
        return;
    }
    section.ours(" Seen in ");
    // A place of each file before a second one of the same.
    let first = |(at, place): &(usize, &Sighting)| !places.iter().take(*at).any(|before| before.path == place.path);
    let (firsts, others): (Vec<_>, Vec<_>) = places.iter().enumerate().partition(first);
    let places: Vec<&Sighting> = firsts.into_iter().chain(others).map(|(_, place)| place).collect();
    // "and 1 more" is as long as the one.
    let most = if most >= FEW && places.len() == most + 1 { places.len() } else { most };
    // A link keeps the whole path; what all places share is said once.
    let paths: Vec<&str> = places.iter().map(|place| place.path.as_str()).collect();
    let shared = frame.files.as_deref().and_then(|files| Some((files, Shared::of(&paths)?)));
    if let Some((_, shared)) = &shared {
        shared.say(section);
    }
    listed(section, &places, most, |section, place| match &shared {
        Some((files, shared)) => {
            let mut label = Markdown::new();
            label.code(&shared.rest(&place.path, place.line));
            section.link(&label, &permalink(files, &place.path, place.line));
        }
        None => {
            section.add(&linked(frame, &place.path, place.line));
        }
    });
    section.ours(".");
}

/// The part of a rule's id that names its rung: `7.0` of `identityserver/7.0/par-columns`.
fn rung_of(rule: &str) -> &str {
    rule.split('/').nth(1).unwrap_or(rule)
}

/// Rule and context, with nothing in it that could end the HTML comment.
fn hidden_id(finding: &Finding) -> Markdown {
    let context = finding.context.as_deref().unwrap_or_default();
    let kept = |c: &char| c.is_ascii_alphanumeric() || "./_-".contains(*c);
    let id: String = format!("{}/{context}", finding.rule).chars().filter(kept).collect();
    let mut text = Markdown::new();
    text.prose(id.replace("--", "-").trim_end_matches('/'));
    text
}

/// Done and clear, folded.
fn settled(report: &Report, frame: &Frame, detail: Detail) -> Markdown {
    let mut section = Markdown::new();
    let done: Vec<&Finding> = report.of(Status::Done).collect();
    let clear: Vec<&Finding> = report.of(Status::Clear).collect();
    if done.is_empty() && clear.is_empty() {
        return section;
    }
    section.ours("\n<details>\n<summary><b>Done here</b> (").number(done.len());
    section.ours(") · <b>does not apply</b> (").number(clear.len()).ours(")</summary>\n\n");
    section.ours("| | | looked at |\n|---|---|---|\n");
    for finding in done.iter().chain(&clear).take(detail.rows) {
        section.ours(if finding.status == Status::Done { "| ✅ | " } else { "| – | " });
        section.prose(&finding.title).ours(" | ").prose(&finding.searched);
        if let Some(place) = finding.places.first() {
            section.ours(" ").add(&linked(frame, &place.path, place.line));
        }
        section.ours(" |\n");
    }
    if done.len() + clear.len() > detail.rows {
        section.ours("| | the rest is in the job summary | |\n");
    }
    section.ours("\n</details>\n");
    section
}

/// Decisions of the team: folded, never out of sight.
fn ignored(report: &Report, detail: Detail) -> Markdown {
    let mut section = Markdown::new();
    if report.ignored.is_empty() {
        return section;
    }
    section.ours("\n<details>\n<summary><b>Ignored</b> (").number(report.ignored.len());
    section.ours("), as the configuration asks</summary>\n\n");
    for ignored in report.ignored.iter().take(detail.named) {
        section.ours("- ").prose(&ignored.finding.title).ours(" (").code(&ignored.finding.rule).ours("), ignored: ");
        section.prose(&ignored.reason);
        if let Some(until) = &ignored.until {
            section.ours(", until ").code(until);
        }
        section.ours("\n");
    }
    if report.ignored.len() > detail.named {
        section.ours("- and ").number(report.ignored.len() - detail.named).ours(" more, in the job summary\n");
    }
    section.ours("\n</details>\n");
    section
}

/// What a change of the configuration would do.
fn proposal(frame: &Frame, detail: Detail) -> Markdown {
    let mut section = Markdown::new();
    if frame.proposal.is_empty() {
        return section;
    }
    section
        .ours("\n<details>\n<summary>This change edits the configuration; that of the base counts here</summary>\n\n");
    for line in frame.proposal.iter().take(detail.named.min(20)) {
        section.ours("- ").prose(line).ours("\n");
    }
    section.ours("\n</details>\n");
    section
}

/// A team's own words.
fn paragraph(text: Option<&str>) -> Markdown {
    let mut section = Markdown::new();
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        section.ours("\n").prose(text.trim()).ours("\n");
    }
    section
}

fn reading_order(report: &Report) -> Markdown {
    let mut section = Markdown::new();
    if report.guides.is_empty() {
        return section;
    }
    section.ours("\n**Read in this order**: ");
    for (index, guide) in report.guides.iter().enumerate() {
        let mut label = Markdown::new();
        label.prose(&guide.title);
        section.ours(if index > 0 { " · " } else { "" }).link(&label, &guide.url);
    }
    section.ours("\n");
    section
}

/// What could not be read, never silent.
fn unread(title: &'static str, problems: &[Unread], frame: &Frame, detail: Detail) -> Markdown {
    let mut section = Markdown::new();
    if problems.is_empty() {
        return section;
    }
    let most = detail.named.min(50);
    section.ours("\n<details>\n<summary>").ours(title).ours(" (").number(problems.len()).ours(")</summary>\n\n");
    for problem in problems.iter().take(most) {
        section.ours("- ");
        if !problem.path.is_empty() {
            section.add(&linked(frame, &problem.path, problem.line)).ours(": ");
        }
        section.code(&problem.message).ours("\n");
    }
    if problems.len() > most {
        section.ours("- and ").number(problems.len() - most).ours(" more, in the job summary\n");
    }
    section.ours("\n</details>\n");
    section
}

/// What was compared, and what was read for it.
fn looked(report: &Report) -> Markdown {
    let looked = &report.looked;
    let mut line = Markdown::new();
    line.ours("Compared ").code(short(&report.base)).ours(" with ").code(short(&report.head)).ours("; read ");
    line.number(looked.projects).ours(if looked.projects == 1 { " project" } else { " projects" });
    if looked.snapshots + looked.code > 0 {
        line.ours(", ").number(looked.snapshots);
        line.ours(if looked.snapshots == 1 { " model snapshot, " } else { " model snapshots, " });
        line.number(looked.code).ours(if looked.code == 1 { " C# file" } else { " C# files" });
    }
    if looked.left_out > 0 {
        line.ours("; ").number(looked.left_out).ours(" left out by the configuration");
    }
    line.ours(".");
    line
}

/// One line: commit, what was searched, how fresh the rulebook is, how to configure.
fn foot(report: &Report, frame: &Frame) -> Markdown {
    let mut line = Markdown::new();
    line.ours("\n---\n\n");
    let compared = !report.head.is_empty();
    if compared {
        line.add(&looked(report));
    }
    if !report.book.verified.is_empty() {
        line.ours(if compared { " " } else { "" }).ours("Rulebook verified ").prose(&report.book.verified);
        for (index, tag) in report.book.tags.iter().enumerate() {
            line.ours(if index == 0 { " at " } else { ", " }).code(tag);
        }
        line.ours(", knows up to ").prose(&report.book.newest).ours(".");
    }
    let links =
        [("How to configure or silence this", Some(CONFIGURATION)), ("Help from this team", frame.help.as_deref())];
    for (words, address) in links {
        let Some(address) = address else { continue };
        let mut label = Markdown::new();
        label.ours(words);
        line.ours(" ").link(&label, address);
    }
    line.ours("\n");
    line
}

/// The first seven digits of a commit id; any other name as it is.
fn short(name: &str) -> &str {
    let id = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if id { name.get(..7).unwrap_or(name) } else { name }
}

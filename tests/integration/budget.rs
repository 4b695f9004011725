//! Whatever the report, what is written fits where it goes, and its Markdown is whole and harmless.

use identityserver_upgrade::jump::{Jump, JumpKind, Stand};
use identityserver_upgrade::place::Place;
use identityserver_upgrade::publish::{MAX_COMMENT, Marker, Run};
use identityserver_upgrade::render::comment::{self, Frame};
use identityserver_upgrade::report::{
    Book, Finding, Ignored, Kind, Looked, Report, Route, RouteRung, Sighting, Status, Unread, Verdict,
};
use proptest::prelude::*;

/// What somebody might write who wants to break a page.
const HOSTILE: [&str; 22] = [
    "`",
    "```",
    "\n",
    "\n\n",
    "|",
    "<!--",
    "-->",
    "</details>",
    "<details>",
    "</summary>",
    "@octocat",
    "&commat;octocat",
    "[x](http://evil.example)",
    "![x](http://evil.example)",
    "http://evil.example",
    "www.evil.example",
    "<i id=evil>",
    "\u{202e}",
    "<!-- identityserver-upgrade {}",
    "\\",
    "é🗄 wörter",
    "- [x] ",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => (0..HOSTILE.len()).prop_map(|index| HOSTILE[index].to_owned()),
        2 => "[a-zA-Z./ *_~#]{0,12}".prop_map(|text| text),
        1 => (1_usize..3000).prop_map(|length| "x".repeat(length)),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn finding(status: Status, texts: &[String; 4], index: usize, places: usize) -> Finding {
    let [title, advice, path, saw] = texts.clone();
    let place = |line: usize| Sighting { path: path.clone(), line: u32::try_from(line).unwrap_or(0), saw: saw.clone() };
    Finding {
        rule: format!("{path}/{index}"),
        kind: Kind::Change,
        status,
        context: Some(saw.clone()),
        title,
        advice: advice.clone(),
        url: None,
        impact: None,
        commands: vec![format!("dotnet ef migrations add X --project '{path}'")],
        places: (0..places).map(place).collect(),
        searched: advice,
    }
}

prop_compose! {
    fn report()(
        texts in [text(), text(), text(), text()],
        counts in [0_usize..400, 0_usize..400, 0_usize..400, 0_usize..400, 0_usize..200],
        places in 0_usize..60,
        routes in 0_usize..40,
    ) -> Report {
        let [todo, check, done, clear, others] = counts;
        let many = |status, count: usize| (0..count).map(|index| finding(status, &texts, index, places)).collect::<Vec<_>>();
        let findings = [many(Status::Todo, todo), many(Status::Check, check), many(Status::Done, done), many(Status::Clear, clear)].concat();
        let unread = || Unread { path: texts[2].clone(), line: 3, message: texts[3].clone() };
        let stand = |text: &String| Some(Stand { package: "P".into(), version: text.clone(), line: None });
        let jump = Jump {
            product: "p".into(),
            kind: JumpKind::Bump,
            prerelease: false,
            from: stand(&texts[3]),
            to: stand(&texts[2]),
            projects: vec![texts[2].clone(); places],
            places: vec![Place::new(texts[2].clone(), 4); places],
        };
        let rung = RouteRung { line: texts[3].clone(), database: true, framework: true };
        let route = Route { title: "P".into(), jump, rungs: vec![rung; 20], known: false };
        Report {
            base: texts[2].clone(),
            head: "9c41f0e".repeat(6)[..40].to_owned(),
            verdict: Verdict::Action,
            reasons: vec![texts[0].clone(); todo],
            changes: Vec::new(),
            routes: vec![route; routes],
            ignored: many(Status::Todo, others)
                .into_iter()
                .map(|finding| Ignored { finding, reason: texts[1].clone(), until: Some(texts[3].clone()) })
                .collect(),
            findings,
            guides: Vec::new(),
            problems: vec![unread(); others],
            remarks: vec![unread(); others],
            looked: Looked { projects: 1, ..Looked::default() },
            book: Book { verified: "2026-11-25".into(), tags: vec!["is-8.0.3".into()], newest: "8.0.3".into() },
        }
    }
}

/// A report of nothing.
pub fn nothing() -> Report {
    Report {
        base: String::new(),
        head: String::new(),
        verdict: Verdict::None,
        reasons: Vec::new(),
        changes: Vec::new(),
        routes: Vec::new(),
        findings: Vec::new(),
        ignored: Vec::new(),
        guides: Vec::new(),
        problems: Vec::new(),
        remarks: Vec::new(),
        looked: Looked::default(),
        book: Book::default(),
    }
}

fn html(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.alerts = true;
    options.render.r#unsafe = true;
    comrak::markdown_to_html(markdown, &options)
}

/// Everything that must hold for a piece of Markdown of ours; `Err` says what does not.
fn whole_and_harmless(markdown: &str) -> Result<(), String> {
    let html = html(markdown);
    let count = |text: &str| html.matches(text).count();
    let hold = |what: &str, holds: bool| if holds { Ok(()) } else { Err(format!("{what}:\n{markdown}\n\n{html}")) };
    hold("details are balanced", count("<details>") == count("</details>"))?;
    hold("summaries are balanced", count("<summary>") == count("</summary>"))?;
    hold("no links arise but our own", count("<a ") == count("docs/configuration.md\">"))?;
    hold("no images arise", count("<img") == 0)?;
    hold("no HTML comes in", count("<i id") == 0)?;
    hold("no marker comes in", count("<!-- identityserver-upgrade") == 0)?;
    let outside: String = html.split("<code").map(|part| part.rsplit("</code>").next().unwrap_or_default()).collect();
    hold("nobody is mentioned", !outside.contains("@octocat"))?;
    // A fence or comment that stays open would swallow the end.
    let last = html.trim_end().rsplit("<p>").next().unwrap_or_default();
    hold("the end is there", last.contains("Compared ") || last.contains("too long to be shown"))?;
    for line in markdown.lines().filter(|line| line.starts_with("| ")) {
        let bars = line.replace("\\|", "").matches('|').count();
        hold("rows have three cells", bars == 4)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn every_report_fits_whole_and_harmless(report in report(), word in text(), key in "\\PC{0,100}") {
        let frame = Frame { lead: Some(word.clone()), foot: Some(word.clone()), proposal: vec![word; 30], ..Frame::default() };
        let body = comment::comment(&report, &frame);
        prop_assert!(body.len() <= comment::LIMIT);
        let marker = Marker { key, head: report.head.clone(), run: Run { id: u64::MAX, attempt: u64::MAX }, report: "0".repeat(16) };
        let comment = format!("{marker}\n{body}");
        prop_assert!(comment.len() <= MAX_COMMENT, "bytes");
        prop_assert!(comment.encode_utf16().count() <= MAX_COMMENT, "UTF-16 units");
        prop_assert!(comment.chars().count() <= MAX_COMMENT, "characters");
        prop_assert_eq!(Marker::of(&comment), Some(marker));
        whole_and_harmless(&body).map_err(TestCaseError::fail)?;
        let summary = comment::summary(&report, &frame);
        prop_assert!(summary.len() <= 1_000_000);
        if summary.len() < 200_000 {
            whole_and_harmless(&summary).map_err(TestCaseError::fail)?;
        }
    }
}

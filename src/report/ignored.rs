//! What a team's decisions take out of a report, and what they cannot.

use super::{Finding, Ignore, Ignored, Report, Status, Unread, Verdict};
use crate::day::Day;
use crate::ignore::names;
use crate::place::Problem;

impl Report {
    /// Sets aside what the team decided not to be asked for, and tells decisions that have expired or match nothing.
    ///
    /// What is not known stays: an unknown version, a jump that the rulebook does not know and files that could not be read are no
    /// demands that somebody can have settled, so no decision makes such a report safe.
    pub fn ignore(&mut self, ignores: &[Ignore], today: Day) {
        let (kept, aside, used) = set_aside(std::mem::take(&mut self.findings), ignores, today);
        self.findings = kept;
        self.remarks.extend(told(ignores, &used, !self.routes.is_empty(), today));
        if !aside.is_empty() {
            self.ignored = aside;
            self.judge_again();
        }
    }

    /// The verdict of what is left.
    fn judge_again(&mut self) {
        let titles = |status: Status| self.of(status).map(|finding| finding.title.clone()).collect::<Vec<_>>();
        let (todo, check) = (titles(Status::Todo), titles(Status::Check));
        let unknown: Vec<String> = self.changes.iter().filter_map(|change| change.problem.clone()).collect();
        (self.verdict, self.reasons) = if !todo.is_empty() {
            (Verdict::Action, todo)
        } else if !check.is_empty() {
            (Verdict::Check, check)
        } else if !unknown.is_empty() {
            (Verdict::Check, unknown)
        } else if !self.problems.is_empty() || self.routes.iter().any(|route| !route.known) {
            (Verdict::Check, vec!["Not everything could be read or is known, and that cannot be ignored".into()])
        } else {
            (Verdict::Clear, Vec::new())
        };
    }
}

/// The findings that stay, those that a decision settles on this day, and which decisions name any.
pub fn set_aside(findings: Vec<Finding>, ignores: &[Ignore], today: Day) -> (Vec<Finding>, Vec<Ignored>, Vec<bool>) {
    let mut used = vec![false; ignores.len()];
    let (mut kept, mut aside) = (Vec::new(), Vec::new());
    for finding in findings {
        let mut decision = None;
        for (ignore, used) in ignores.iter().zip(&mut used).filter(|(ignore, _)| names(&ignore.rule, &finding.rule)) {
            *used = true;
            if !ignore.is_expired(today) {
                decision = decision.or(Some(ignore));
            }
        }
        let open = matches!(finding.status, Status::Todo | Status::Check);
        match decision {
            Some(ignore) if open && !tells_unknown(&finding) => aside.push(Ignored {
                finding,
                reason: ignore.reason.clone(),
                until: ignore.until.map(|day| day.to_string()),
            }),
            _ => kept.push(finding),
        }
    }
    (kept, aside, used)
}

/// Whether a finding says that something is not known, rather than that something is asked.
fn tells_unknown(finding: &Finding) -> bool {
    let is = |end: &str| finding.rule.ends_with(end);
    is("/unknown") || is("/unknown-version") || finding.rule.starts_with("requirement/")
}

/// Decisions that have expired; and, where `jumps` says that there is a jump, those that match nothing.
pub fn told(ignores: &[Ignore], used: &[bool], jumps: bool, today: Day) -> Vec<Unread> {
    let told = |(ignore, used): (&Ignore, &bool)| {
        let rule = &ignore.rule;
        let (code, message) = match ignore.until {
            Some(until) if ignore.is_expired(today) => {
                ("expired-ignore", format!("the ignore of `{rule}` ended on {until}: renew or remove it"))
            }
            _ if jumps && !used => ("unused-ignore", format!("the ignore of `{rule}` matches nothing here")),
            _ => return None,
        };
        Some(Unread::from(&Problem::at(code, message, ignore.place.clone())))
    };
    ignores.iter().zip(used).filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use crate::report::{Book, Kind, Looked};

    fn finding(rule: &str, status: Status) -> Finding {
        Finding {
            rule: rule.into(),
            kind: Kind::Change,
            status,
            context: None,
            title: format!("title of {rule}"),
            advice: String::new(),
            url: None,
            impact: None,
            commands: Vec::new(),
            places: Vec::new(),
            searched: String::new(),
        }
    }

    fn report(findings: Vec<Finding>, problems: Vec<Unread>) -> Report {
        Report {
            base: String::new(),
            head: String::new(),
            verdict: Verdict::Action,
            reasons: vec!["before".into()],
            changes: Vec::new(),
            routes: Vec::new(),
            findings,
            ignored: Vec::new(),
            guides: Vec::new(),
            problems,
            remarks: Vec::new(),
            looked: Looked::default(),
            book: Book::default(),
        }
    }

    fn ignore(rule: &str, until: Option<&str>) -> Ignore {
        Ignore {
            rule: rule.into(),
            reason: "because".into(),
            until: until.map(|day| day.parse().expect("a day")),
            place: Place::new("f.yml", 3),
        }
    }

    fn today() -> Day {
        "2026-11-25".parse().expect("a day")
    }

    #[test]
    fn a_decision_takes_a_demand_out_and_keeps_it_in_sight() {
        let mut report = report(vec![finding("p/1.0/a", Status::Todo), finding("p/1.0/b", Status::Done)], Vec::new());
        report.ignore(&[ignore("p/1.0", Some("2026-11-25"))], today());
        assert_eq!((report.verdict, report.reasons.len()), (Verdict::Clear, 0));
        assert_eq!(report.findings.len(), 1, "what is done stays");
        let [ignored] = report.ignored.as_slice() else { panic!("one is ignored") };
        assert_eq!((ignored.reason.as_str(), ignored.until.as_deref()), ("because", Some("2026-11-25")));
        assert_eq!(report.remarks, []);
    }

    #[test]
    fn what_is_left_decides() {
        let mut report = report(vec![finding("p/1.0/a", Status::Todo), finding("p/1.1/b", Status::Check)], Vec::new());
        report.ignore(&[ignore("p/1.0", None)], today());
        assert_eq!((report.verdict, report.reasons), (Verdict::Check, vec!["title of p/1.1/b".to_owned()]));
    }

    #[test]
    fn what_matches_nothing_is_told_where_there_is_a_jump() {
        let ignores = [ignore("a/1.0/b", None), ignore("a/1.0/c", None)];
        let messages = |jumps: bool| {
            let told = told(&ignores, &[true, false], jumps, today());
            told.into_iter().map(|it| it.message).collect::<Vec<_>>()
        };
        assert_eq!(messages(true), ["unused-ignore: the ignore of `a/1.0/c` matches nothing here"]);
        assert_eq!(messages(false), [""; 0]);
    }

    #[test]
    fn an_expired_decision_counts_for_nothing_and_is_told() {
        let mut report = report(vec![finding("p/1.0/a", Status::Todo)], Vec::new());
        report.ignore(&[ignore("p/1.0", Some("2026-11-24"))], today());
        assert_eq!((report.verdict, report.ignored.len()), (Verdict::Action, 0));
        assert_eq!((report.remarks[0].path.as_str(), report.remarks[0].line), ("f.yml", 3));
        assert!(report.remarks[0].message.contains("ended on 2026-11-24"), "{:?}", report.remarks);
    }

    #[test]
    fn nothing_unknown_can_be_ignored() {
        for rule in ["p/unknown", "p/unknown-version", "requirement/x"] {
            let mut report = report(vec![finding(rule, Status::Check)], Vec::new());
            report.ignore(&[ignore("*", None)], today());
            assert_eq!((report.findings.len(), report.ignored.len()), (1, 0), "{rule}");
            assert_eq!(report.verdict, Verdict::Action, "nothing was taken out, so nothing is judged again");
        }
        let unread = Unread { path: "a".into(), line: 1, message: "cannot be read".into() };
        let mut report = report(vec![finding("p/1.0/a", Status::Todo)], vec![unread]);
        report.ignore(&[ignore("*", None)], today());
        assert_eq!((report.verdict, report.ignored.len()), (Verdict::Check, 1));
        assert!(!report.safe_to_auto_merge());
    }
}

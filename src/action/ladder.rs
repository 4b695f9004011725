//! The rungs by which a report reaches people: comment, label, check run, annotations in the log, job summary, outputs.
//!
//! A rung that breaks is told and never ends the run: the job summary is always reached.

use super::advice::{self, Missed};
use super::environment::Environment;
use super::runner::{self, Runner};
use super::target::Target;
use crate::github::checks::{Annotation, Check, Conclusion, Level, MAX_SUMMARY};
use crate::github::client::{Client, Error};
use crate::github::comments::Conversation;
use crate::policy;
use crate::publish::{self, Draft, MAX_COMMENT, Outcome, Thread};
use crate::render::comment::{self, Frame};
use crate::render::{headline, json, sarif};
use crate::report::{Finding, Kind, Report, Status, Verdict};
use crate::rules::Rulebook;
use crate::settings::{Comment, Settings};

/// Annotations of a check run: ten requests' worth. The summary has all of them.
const MOST_REMARKS: usize = 500;

/// Bytes of one output; a job may have 1 MB of all.
const LONGEST_OUTPUT: usize = 50_000;

// The marker stands before the body: a key or a commit id is far shorter than what is left.
const _: () = assert!(comment::LIMIT + 2048 <= MAX_COMMENT, "a body leaves room for its marker");

/// One report and everything that is needed to bring it to people.
pub(super) struct Job<'a> {
    pub environment: &'a Environment,
    pub runner: &'a Runner,
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub target: &'a Target,
    pub report: &'a Report,
    /// The rules that it was made with.
    pub rules: &'a Rulebook,
    /// What the change would make of the configuration.
    pub proposal: Vec<String>,
}

impl Job<'_> {
    /// Climbs all rungs. Writes are serial, as GitHub asks.
    pub async fn publish(&self, conversation: &Result<Conversation, Error>) {
        let frame = self.frame();
        let mut missed: Vec<Missed> = Vec::new();
        let outcome = self.comment(&frame, conversation).await.unwrap_or_else(|error| {
            missed.push(("the comment", error));
            None
        });
        // A run that has yielded knows less than another one: it leaves the labels alone, too.
        if !matches!(outcome, Some(Outcome::Yielded(_)))
            && let Err(error) = self.labels(conversation).await
        {
            missed.push(("the labels", error));
        }
        let check = self.check(&frame).await.unwrap_or_else(|error| {
            missed.push(("the check run", error));
            None
        });
        for (what, error) in &missed {
            tracing::warn!(%error, "could not write {what}");
        }
        let advice = advice::not_written(self.environment, self.target, self.settings, &missed);
        self.hand_out(&frame, outcome.as_ref(), check.as_deref(), &advice);
    }

    /// Reaches the rungs that need no request: for a run that may not write, and says why.
    pub fn only_tell(&self, why: &str) {
        let advice = format!("> [!WARNING]\n> {why}\n");
        self.hand_out(&self.frame(), None, None, &advice);
    }

    fn frame(&self) -> Frame {
        let files = format!("{}/{}/blob/{}", self.client.server(), self.environment.repository, self.report.head);
        let wording = self.settings.wording.value.clone();
        Frame {
            files: Some(files),
            help: wording.help,
            lead: wording.lead,
            foot: wording.foot,
            proposal: self.proposal.clone(),
        }
    }

    fn hand_out(&self, frame: &Frame, outcome: Option<&Outcome>, check: Option<&str>, advice: &str) {
        let url = outcome.and_then(Outcome::url).unwrap_or_default().to_owned();
        self.annotate();
        let mut summary = comment::summary(self.report, frame);
        summary.push('\n');
        summary.push_str(advice);
        self.runner.summary(&summary);
        self.outputs(&url);
        self.tell(outcome, check, advice);
    }

    async fn comment(&self, frame: &Frame, seen: &Result<Conversation, Error>) -> Result<Option<Outcome>, Error> {
        let policy = self.settings.comment.value;
        let Some(pull) = self.target.pull.as_ref().filter(|pull| !pull.closed && policy != Comment::Never) else {
            return Ok(None);
        };
        let body = policy::speaks(policy, self.report).then(|| comment::comment(self.report, frame));
        let draft = Draft {
            key: &self.settings.key.value,
            run: self.environment.run,
            head: &self.report.head,
            base: &self.report.base,
            body: body.as_deref(),
            logins: &self.settings.logins.value,
            resolved: self.settings.wording.value.resolved.as_deref(),
        };
        let thread = Thread { client: self.client, repository: &self.environment.repository, number: pull.number };
        publish::comment(&thread, &draft, seen.as_ref().map_err(Clone::clone)?).await.map(Some)
    }

    async fn labels(&self, seen: &Result<Conversation, Error>) -> Result<(), Error> {
        let labels = &self.settings.labels.value;
        let Some(pull) = self.target.pull.as_ref().filter(|pull| !pull.closed && !labels.is_empty()) else {
            return Ok(());
        };
        let repository = &self.environment.repository;
        let (set, removed) = policy::labels(labels, self.report, &seen.as_ref().map_err(Clone::clone)?.labels);
        if set.is_empty() && removed.is_empty() {
            return Ok(());
        }
        // Reading took a while, and labels do not say of which commit they speak.
        let now = self.client.conversation(repository, pull.number, None).await?;
        if now.head != self.report.head {
            runner::say("The labels are left alone: the branch has a newer commit.");
            return Ok(());
        }
        let (set, removed) = policy::labels(labels, self.report, &now.labels);
        if !set.is_empty() {
            self.client.add_labels(repository, pull.number, &set).await?;
        }
        for name in removed {
            self.client.remove_label(repository, pull.number, name).await?;
        }
        Ok(())
    }

    /// Creates the check run, if one is wanted; gives its address. It is born finished, so that nobody ever waits for it.
    async fn check(&self, frame: &Frame) -> Result<Option<String>, Error> {
        let name = self.settings.check.value.as_str();
        if name.is_empty() {
            return Ok(None);
        }
        let conclusion = match self.report.verdict {
            _ if policy::fails(&self.settings.fail_on.value, self.report) => Conclusion::Failure,
            Verdict::None | Verdict::Clear => Conclusion::Success,
            Verdict::Check | Verdict::Action => Conclusion::Neutral,
        };
        let summary = Some(comment::summary(self.report, frame)).filter(|summary| summary.len() <= MAX_SUMMARY);
        let check = Check {
            name: name.to_owned(),
            head: self.report.head.clone(),
            conclusion,
            title: headline::headline(self.report),
            summary: summary.unwrap_or_else(|| comment::comment(self.report, frame)),
            annotations: annotations(self.report).into_iter().take(MOST_REMARKS).collect(),
        };
        self.client.create_check(&self.environment.repository, &check).await.map(Some)
    }

    fn annotate(&self) {
        if !self.settings.annotations.value {
            return;
        }
        let left_out = self.runner.annotations(&annotations(self.report));
        if left_out > 0 {
            runner::say(&format!("{left_out} more remarks are in the job summary."));
        }
    }

    fn outputs(&self, comment_url: &str) {
        let report = self.report;
        let count = |status| report.of(status).count().to_string();
        let route = report.routes.first();
        let version = |stand: Option<&crate::jump::Stand>| stand.map(|stand| stand.version.clone()).unwrap_or_default();
        let migrations =
            report.findings.iter().any(|finding| finding.kind == Kind::Database && finding.status == Status::Todo);
        let values = [
            ("verdict", policy::name(report.verdict)),
            ("from", version(route.and_then(|route| route.jump.from.as_ref()))),
            ("to", version(route.and_then(|route| route.jump.to.as_ref()))),
            ("product", route.map(|route| route.jump.product.clone()).unwrap_or_default()),
            ("jump", route.map(|route| policy::name(route.jump.kind)).unwrap_or_default()),
            ("migrations-required", migrations.to_string()),
            ("todo", count(Status::Todo)),
            ("check", count(Status::Check)),
            ("safe-to-auto-merge", report.safe_to_auto_merge().to_string()),
            ("reasons", report.reasons.join("\n")),
            ("comment-url", comment_url.to_owned()),
            ("report", self.files()),
        ];
        for (name, value) in values {
            self.runner.output(name, cut(&value, LONGEST_OUTPUT));
        }
    }

    /// Writes the reports for machines into the workspace; gives the path of the JSON one from there, empty when it could not be written.
    fn files(&self) -> String {
        let sarif_file = &self.settings.sarif_file.value;
        if !sarif_file.is_empty() {
            self.write("SARIF", sarif_file, sarif::sarif(self.report, self.rules));
        }
        let path = &self.settings.json_file.value;
        if self.write("JSON", path, json::json(self.report)) { path.clone() } else { String::new() }
    }

    fn write(&self, what: &str, path: &str, text: serde_json::Result<String>) -> bool {
        let place = self.environment.in_workspace(path);
        let written = text.map_err(std::io::Error::from).and_then(|text| {
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&place, text)
        });
        if let Err(error) = &written {
            runner::notice(&format!("could not write the {what} report to {path}: {error}"));
        }
        written.is_ok()
    }

    /// One notice that says which rung was reached, and what to do for a higher one.
    fn tell(&self, outcome: Option<&Outcome>, check: Option<&str>, advice: &str) {
        let reached = match (outcome, check) {
            (Some(Outcome::Created(url)), _) => format!("comment written: {url}"),
            (Some(Outcome::Updated(url)), _) => format!("comment updated: {url}"),
            (Some(Outcome::Unchanged(url)), _) => format!("the comment says it already: {url}"),
            (Some(Outcome::Resolved(url)), _) => format!("comment resolved: {url}"),
            (Some(Outcome::Yielded(reason)), _) => format!("no comment, because {reason}"),
            (Some(Outcome::Silent), _) => "no comment is due".to_owned(),
            (None, Some(url)) => format!("the check run has the report: {url}"),
            (None, None) => "the job summary has the report".to_owned(),
        };
        let plain = advice.replace("> [!NOTE]\n", "").replace("> ", "").replace('>', "");
        runner::notice(format!("{} ({reached})\n{plain}", headline::headline(self.report)).trim_end());
    }
}

/// The beginning of a text, at most so many bytes of it.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// Remarks: what must be done at its evidence, else at the lines that carry the new version; there, the headline too.
fn annotations(report: &Report) -> Vec<Annotation> {
    let loudest = match report.verdict {
        Verdict::None => return Vec::new(),
        Verdict::Clear => Level::Notice,
        Verdict::Check | Verdict::Action => Level::Warning,
    };
    let remark = |path: &str, line: u32, level: Level, title: &str, message: &str| Annotation {
        path: path.to_owned(),
        line,
        level,
        title: title.to_owned(),
        message: message.to_owned(),
    };
    let heading = headline::headline(report);
    let reasons = report.reasons.join("\n");
    let words = if reasons.is_empty() { heading.as_str() } else { reasons.as_str() };
    let jumps = report.routes.iter().flat_map(|route| &route.jump.places);
    let of_jumps = jumps.map(|place| remark(&place.path, place.line, loudest, &heading, words));
    let of_finding = |finding: &Finding| {
        let level = if finding.status == Status::Todo { Level::Warning } else { Level::Notice };
        let (title, advice) = (finding.title.clone(), finding.advice.clone());
        finding.places.iter().map(|place| remark(&place.path, place.line, level, &title, &advice)).collect::<Vec<_>>()
    };
    let open = report.of(Status::Todo).chain(report.of(Status::Check));
    of_jumps.chain(open.flat_map(of_finding)).collect()
}

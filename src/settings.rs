//! How a run is configured: what is given to this run, else the file of the base commit, else the default; and where each value came from.
//!
//! The file is read from the base: a pull request that changes it sees what would become of it, and is not obeyed. What is wrong in
//! it is a [`Problem`] with its line and costs that key or entry alone: a broken file must neither silence a report nor fail it.

mod explain;
mod file;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ignore::Ignore;
use crate::place::{Place, Problem};
use crate::scope::{self, Scope};

pub use explain::{Explained, schema};
use file::{Entries, Labels, Words};

/// Path of the configuration file when nobody names another.
pub const FILE: &str = ".github/identityserver-upgrade.yml";

/// Where the JSON report goes when nobody says otherwise.
pub const JSON_FILE: &str = "identityserver-upgrade.json";

/// Name of a configuration that has none.
pub const KEY: &str = "default";

/// Problems that are told before the rest is counted.
const MOST_PROBLEMS: usize = 40;

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// What a change asks for.
    #[default]
    PullRequest,
    /// Where the repository stands.
    Audit,
}

/// When a comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comment {
    /// When the jump asks for something, or is more than a patch.
    #[default]
    Auto,
    /// Whenever there is a jump.
    Always,
    /// Not at all.
    Never,
}

/// A label, and when a pull request has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// A verdict (`action`, `check`, `clear`), or a kind or rule that is not done.
    pub when: String,
    /// Its name.
    pub name: String,
}

/// Words of the team in the comment. They are shown as text: no links, no mentions, no HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Wording {
    /// A paragraph below the headline.
    pub lead: Option<String>,
    /// A paragraph above the last line.
    pub foot: Option<String>,
    /// What a comment says when nothing is asked any more, instead of the usual line.
    pub resolved: Option<String>,
    /// Address of a page of the team's own on upgrades: `https://…`. Linked in the last line.
    pub help: Option<String>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Given to this run; the word is `input` or `command line`.
    Given(&'static str),
    /// The configuration file, at this line.
    File(Place),
    /// Nobody said anything.
    Default,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// What is given to a run: the inputs of the action, or the options of a command line.
pub struct Given<'a> {
    /// What to call it: `input` or `command line`.
    pub called: &'static str,
    /// The value of a setting, by its name; `None` or empty when it is not given.
    pub get: &'a dyn Fn(&str) -> Option<String>,
}

/// A configuration file.
#[derive(Debug, Clone, Copy)]
pub struct ConfigFile<'a> {
    /// Where it stands.
    pub path: &'a str,
    /// What stands in it; `None` when it does not exist.
    pub text: Option<&'a str>,
}

/// The configuration of a run. Names of fields are names of settings, with `-` for `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the run is for.
    pub mode: Told<Mode>,
    /// Path of the configuration file.
    pub config: Told<String>,
    /// When a comment is written.
    pub comment: Told<Comment>,
    /// What ends the run with status 1: `never`, `action`, `check`, kinds such as `database`, or ids of rules.
    pub fail_on: Told<Vec<String>>,
    /// Name of the check run; empty for none.
    pub check: Told<String>,
    /// Whether lines are annotated in the log.
    pub annotations: Told<bool>,
    /// Labels that come and go with the outcome.
    pub labels: Told<Vec<Label>>,
    /// Patterns of the paths that are looked at; all when empty.
    pub paths: Told<Vec<String>>,
    /// Patterns of paths that are left out.
    pub exclude: Told<Vec<String>>,
    /// What the team decided not to be told of.
    pub ignore: Told<Vec<Ignore>>,
    /// Folder with rules of the team's own; empty for none.
    pub rules: Told<String>,
    /// Words of the team's own.
    pub wording: Told<Wording>,
    /// Which comment is this configuration's.
    pub key: Told<String>,
    /// Logins whose comments are ours as well.
    pub logins: Told<Vec<String>>,
    /// Where the JSON report goes, from the workspace.
    pub json_file: Told<String>,
    /// Where the SARIF report goes; empty for none.
    pub sarif_file: Told<String>,
    /// Where the HTML report goes; empty for none.
    pub html_file: Told<String>,
}

impl Settings {
    /// Puts what is given, file and defaults together.
    pub fn of(given: &Given<'_>, file: &ConfigFile<'_>) -> (Self, Vec<Problem>) {
        let (read, lines, problems) = file::read(file);
        let mut reader = Reader { given, file, lines: &lines, problems };
        let text = |value: &str| Ok(value.to_owned());
        let words = |value: &str| Ok(file::list(value));
        let config = reader.told("config", text, None, FILE.to_owned());
        // Two configurations must not fight over one comment.
        let key = if config.origin == Origin::Default { KEY.to_owned() } else { config.value.clone() };
        let file_key = read.key.as_deref().map(short).transpose().unwrap_or_else(|expected| {
            let place = Place::new(file.path, lines.of("key"));
            reader.problems.push(Problem::at("bad-configuration", format!("`key` {expected}"), place));
            None
        });
        let many = |words: Option<Words>| words.map(Words::list);
        let (entries, more) =
            read.ignore.map(|entries: Entries| file::ignores(entries, file, &lines)).unwrap_or_default();
        reader.problems.extend(more);
        let settings = Self {
            mode: reader.told("mode", mode, None, Mode::default()),
            comment: reader.told("comment", comment, read.comment, Comment::default()),
            fail_on: reader.told("fail-on", words, many(read.fail_on), Vec::new()),
            check: reader.told("check", text, read.check, String::new()),
            annotations: reader.told("annotations", boolean, read.annotations, true),
            labels: reader.told("labels", |value| Ok(file::labels(value)), read.labels.map(Labels::list), Vec::new()),
            paths: reader.told("paths", words, many(read.paths), Vec::new()),
            exclude: reader.told("exclude", words, many(read.exclude), Vec::new()),
            ignore: reader.told(
                "ignore",
                |_| Err("is for the file only".into()),
                lines.has("ignore").then_some(entries),
                Vec::new(),
            ),
            rules: reader.told("rules", text, read.rules, String::new()),
            wording: reader.told("wording", |_| Err("is for the file only".into()), read.wording, Wording::default()),
            key: reader.told("key", short, file_key, key),
            logins: reader.told("logins", words, many(read.logins), Vec::new()),
            json_file: reader.told("json-file", text, None, JSON_FILE.to_owned()),
            sarif_file: reader.told("sarif-file", text, None, String::new()),
            html_file: reader.told("html-file", text, None, String::new()),
            config,
        };
        let mut problems = reader.problems;
        problems.extend(settings.bad_patterns());
        if problems.len() > MOST_PROBLEMS {
            let more = problems.split_off(MOST_PROBLEMS).len();
            let message = format!("and {more} more faults");
            problems.push(Problem::at("bad-configuration", message, Place::new(file.path, 0)));
        }
        (settings, problems)
    }

    /// The paths that are looked at.
    pub fn scope(&self) -> Scope {
        Scope::of(&self.paths.value, &self.exclude.value)
    }

    fn bad_patterns(&self) -> Vec<Problem> {
        let of = |name: &'static str, told: &Told<Vec<String>>| -> Vec<Problem> {
            let fault = |pattern: &String| Some((pattern.clone(), scope::fault(pattern)?));
            let problem = |(pattern, reason): (String, String)| Problem {
                code: "bad-pattern".into(),
                message: format!("`{name}`: the pattern `{pattern}` cannot be read ({reason}) and counts for nothing"),
                place: told.origin.place(),
            };
            told.value.iter().filter_map(fault).map(problem).collect()
        };
        [of("paths", &self.paths), of("exclude", &self.exclude)].concat()
    }
}

impl Origin {
    /// The line of the file, when it came from there.
    pub fn place(&self) -> Option<Place> {
        if let Self::File(place) = self { Some(place.clone()) } else { None }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(called) => formatter.write_str(called),
            Self::File(place) => write!(formatter, "{place}"),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// Puts one setting after the other together.
struct Reader<'a> {
    given: &'a Given<'a>,
    file: &'a ConfigFile<'a>,
    lines: &'a file::Lines,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// `parse` says what it expected when it cannot read a given value, which then counts for nothing.
    fn told<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
        of_file: Option<T>,
        default: T,
    ) -> Told<T> {
        let given = (self.given.get)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        if let Some(text) = given {
            match parse(&text) {
                Ok(value) => return Told { value, origin: Origin::Given(self.given.called) },
                Err(expected) => self.problems.push(Problem {
                    code: "unknown-input".into(),
                    message: format!("`{name}` ({}) is `{text}`, but {expected}", self.given.called),
                    place: None,
                }),
            }
        }
        match of_file {
            Some(value) => Told { value, origin: Origin::File(Place::new(self.file.path, self.lines.of(name))) },
            None => Told { value: default, origin: Origin::Default },
        }
    }
}

/// The marker of a comment has room for so many characters.
fn short(text: &str) -> Result<String, String> {
    if text.chars().count() <= 100 { Ok(text.to_owned()) } else { Err("takes at most 100 characters".into()) }
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "pull-request" => Ok(Mode::PullRequest),
        "audit" => Ok(Mode::Audit),
        _ => Err("knows pull-request and audit only".into()),
    }
}

fn comment(text: &str) -> Result<Comment, String> {
    match text {
        "auto" => Ok(Comment::Auto),
        "always" => Ok(Comment::Always),
        "never" => Ok(Comment::Never),
        _ => Err("knows auto, always and never only".into()),
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    text.to_ascii_lowercase().parse().map_err(|_| "knows true and false only".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(inputs: &[(&str, &str)], text: Option<&str>) -> (Settings, Vec<Problem>) {
        let get = |name: &str| inputs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::of(&Given { called: "input", get: &get }, &ConfigFile { path: FILE, text })
    }

    fn at(line: u32) -> Origin {
        Origin::File(Place::new(FILE, line))
    }

    #[test]
    fn what_is_given_beats_the_file_and_the_file_the_default() {
        let (told, problems) =
            settings(&[("comment", "never"), ("check", " ")], Some("# ours\ncomment: always\ncheck: upgrade\n"));
        assert_eq!(problems, []);
        assert_eq!(told.comment, Told { value: Comment::Never, origin: Origin::Given("input") });
        assert_eq!(told.check, Told { value: "upgrade".into(), origin: at(3) });
        assert_eq!(told.annotations, Told { value: true, origin: Origin::Default });
        let lines: Vec<String> = told.explain().iter().map(ToString::to_string).collect();
        assert!(lines.contains(&"check: \"upgrade\" (.github/identityserver-upgrade.yml:3)".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"comment: \"never\" (input)".to_owned()), "{lines:#?}");
    }

    #[test]
    fn lists_may_be_written_in_one_line() {
        #[track_caller]
        fn case(file: &str, expected: &[&str]) {
            assert_eq!(settings(&[], Some(file)).0.fail_on.value, expected);
        }
        case("fail-on: action", &["action"]);
        case("fail-on: database, framework", &["database", "framework"]);
        case("fail-on: [database, framework]", &["database", "framework"]);
        case("{ fail-on: [database] }", &["database"]);
        case("# nothing\n", &[]);
        case("", &[]);
        let (given, _) = settings(&[("paths", "src/{a,b}, lib\ntools")], None);
        assert_eq!(given.paths.value, ["src/{a,b}", "lib", "tools"]);
    }

    #[test]
    fn a_fault_is_told_with_its_line_and_costs_its_key_alone() {
        #[track_caller]
        fn case(file: &str, line: u32, word: &str) {
            let (told, problems) = settings(&[], Some(file));
            let [problem] = problems.as_slice() else { panic!("one problem, not {problems:?}") };
            assert_eq!(problem.place, Some(Place::new(FILE, line)), "{problem:?}");
            assert!(problem.message.contains(word), "{problem:?}");
            assert_eq!(told.check.value, "upgrade", "a sound key counts: {problem:?}");
        }
        case("check: upgrade\ncomments: never\n", 2, "comments");
        case("comment: sometimes\ncheck: upgrade\n", 1, "sometimes");
        case("# a\n\nfail-on: {a: b}\ncheck: upgrade\n", 3, "a word or a list");
        case("check: upgrade\nnonsense\ncomment: always\n", 2, "");
        case("check: upgrade\nignore:\n  - rule: a\n    reasons: b\n  - {rule: c, reason: d}\n", 4, "reasons");
        case("check: upgrade\ncheck: other\n", 2, "twice");
        case("check: upgrade\npaths: ['src/{a']\n", 2, "src/{a");
        case("check: upgrade\nwording:\n  lead: [a]\n", 3, "string");
        case("check: upgrade\nrules: [a\ncomment: never\n", 2, "");
        case("check: upgrade\ncomment:\r\r\u{85}\r\u{2028} sometimes\n", 2, "sometimes");
    }

    #[test]
    fn a_file_that_is_no_map_leaves_the_defaults() {
        for file in ["- a\n- b\n", "just words", "[1, 2", "\u{0}", "a: &x [*x]"] {
            let (told, problems) = settings(&[], Some(file));
            assert_eq!(told, settings(&[], None).0, "{file:?}");
            assert!(!problems.is_empty(), "{file:?}");
        }
        let huge = "check: a\n".repeat(100_000);
        let (told, problems) = settings(&[], Some(&huge));
        assert_eq!((told.check.origin, problems.len()), (Origin::Default, 1));
    }

    #[test]
    fn entries_of_ignore_have_lines_reasons_and_days() {
        let file = "ignore:\n  - rule: a/1.0\n    reason: one store\n    until: 2027-03-31\n\n  - rule: b\n  - rule: c\n    reason: r\n    until: soon\n  - {rule: '*/support', reason: we know}\n";
        let (told, problems) = settings(&[], Some(file));
        let kept: Vec<(&str, u32)> = told.ignore.value.iter().map(|it| (it.rule.as_str(), it.place.line)).collect();
        assert_eq!(kept, [("a/1.0", 2), ("*/support", 10)]);
        assert_eq!(told.ignore.value[0].until, "2027-03-31".parse().ok());
        let told: Vec<(u32, bool)> = problems
            .iter()
            .map(|it| (it.place.as_ref().map_or(0, |place| place.line), it.message.contains("reason")))
            .collect();
        assert_eq!(told, [(6, true), (7, false)], "{problems:#?}");
    }

    #[test]
    fn labels_go_by_outcome() {
        #[track_caller]
        fn case(file: &str, expected: &[(&str, &str)]) {
            let (told, problems) = settings(&[], Some(file));
            assert_eq!(problems, []);
            let labels: Vec<(&str, &str)> =
                told.labels.value.iter().map(|label| (label.when.as_str(), label.name.as_str())).collect();
            assert_eq!(labels, expected);
        }
        case("labels: needs work", &[("action", "needs work")]);
        case("labels: [a, b]", &[("action", "a"), ("action", "b")]);
        case("labels:\n  action: a\n  database: [b, c]\n", &[("action", "a"), ("database", "b"), ("database", "c")]);
        let (given, _) = settings(&[("labels", "action=needs work, clear=fine\nplain")], None);
        let labels: Vec<String> =
            given.labels.value.iter().map(|label| format!("{}={}", label.when, label.name)).collect();
        assert_eq!(labels, ["action=needs work", "clear=fine", "action=plain"]);
    }

    #[test]
    fn another_file_has_another_comment() {
        let key = |inputs: &[(&str, &str)], file| settings(inputs, file).0.key.value;
        assert_eq!(key(&[], None), "default");
        assert_eq!(key(&[("config", "ci/api.yml")], None), "ci/api.yml");
        assert_eq!(key(&[("config", "ci/api.yml")], Some("key: api")), "api");
        let long = format!("key: {}", "x".repeat(101));
        assert_eq!((key(&[], Some(&long)).as_str(), settings(&[], Some(&long)).1.len()), ("default", 1));
    }

    proptest::proptest! {
        #[test]
        fn any_file_is_read_without_harm(text in "(ignore:\n|  - |rule: |reason: |[a-z-]{1,8}: |[\\[{\"'&*|>]|\\PC{0,8}|\n){0,30}") {
            let (told, problems) = settings(&[], Some(&text));
            proptest::prop_assert!(problems.len() <= 60);
            proptest::prop_assert!(told.ignore.value.iter().all(|ignore| !ignore.reason.is_empty()));
        }
    }

    #[test]
    fn a_wrong_input_is_told() {
        let (told, problems) = settings(&[("comment", "loud"), ("annotations", "yes"), ("mode", "x")], None);
        assert_eq!((told.comment.value, told.annotations.value), (Comment::Auto, true));
        assert_eq!(problems.len(), 3);
    }
}

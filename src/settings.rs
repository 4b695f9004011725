//! How a run is configured: an input, else the file of the base commit, else the default; and where each value came from.
//!
//! The file is [`FILE`], read from the base: a pull request that changes it sees what would become of it, and is not obeyed.
//! An unknown key or a value of the wrong kind is a [`Problem`] with its line, and leaves the defaults: a broken file must neither
//! silence a report nor fail it.

use std::fmt;

use serde::Deserialize;

use crate::place::{Place, Problem};

/// Path of the configuration file.
pub const FILE: &str = ".github/identityserver-upgrade.yml";

/// When a comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comment {
    /// When the jump asks for something.
    #[default]
    Auto,
    /// Whenever there is a jump, too.
    Always,
    /// Not at all.
    Never,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An input of the action.
    Input,
    /// The file of the base commit.
    File,
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

/// The configuration of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// When a comment is written.
    pub comment: Told<Comment>,
    /// What ends the run with status 1: `never`, `action`, `check`, kinds such as `database`, or ids of rules.
    pub fail_on: Told<Vec<String>>,
    /// Name of the check run; empty for none.
    pub check: Told<String>,
    /// Whether lines are annotated in the log.
    pub annotations: Told<bool>,
    /// The label of a pull request that owes something; empty for none.
    pub label: Told<String>,
    /// Which comment is this configuration's.
    pub key: Told<String>,
    /// Logins whose comments are ours as well.
    pub logins: Told<Vec<String>>,
}

/// The file's shape. Every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    comment: Option<Comment>,
    fail_on: Option<OneOrMany>,
    check: Option<String>,
    annotations: Option<bool>,
    label: Option<String>,
    key: Option<String>,
    logins: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Settings {
    /// Puts inputs, file and defaults together. `input` gives the value of an input, empty or `None` when it is not set.
    pub fn of(input: impl Fn(&str) -> Option<String>, file: Option<&str>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let file = file.map_or_else(File::default, |text| {
            read(text).unwrap_or_else(|problem| {
                problems.push(problem);
                File::default()
            })
        });
        let input = |name: &str| input(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut wrong = |name: &str, value: &str, expected: &str| {
            problems.push(Problem {
                code: "unknown-input".into(),
                message: format!("the input `{name}` is `{value}`, but knows {expected} only"),
                place: None,
            });
        };
        let comment = input("comment").and_then(|value| {
            let known = match value.as_str() {
                "auto" => Some(Comment::Auto),
                "always" => Some(Comment::Always),
                "never" => Some(Comment::Never),
                _ => None,
            };
            if known.is_none() {
                wrong("comment", &value, "auto, always and never");
            }
            known
        });
        let annotations = input("annotations").and_then(|value| {
            let known = value.to_ascii_lowercase().parse().ok();
            if known.is_none() {
                wrong("annotations", &value, "true and false");
            }
            known
        });
        let many = |given: OneOrMany| match given {
            OneOrMany::One(one) => list(&one),
            OneOrMany::Many(many) => many,
        };
        let settings = Self {
            comment: told(comment, file.comment),
            fail_on: told(input("fail-on").map(|value| list(&value)), file.fail_on.map(many)),
            check: told(input("check"), file.check),
            annotations: told_or(annotations, file.annotations, true),
            label: told(input("label"), file.label),
            key: told(input("key"), file.key),
            logins: told(input("logins").map(|value| list(&value)), file.logins),
        };
        (settings, problems)
    }

    /// One line a setting: name, value, origin.
    pub fn explain(&self) -> Vec<String> {
        fn line<T: fmt::Debug>(name: &str, told: &Told<T>) -> String {
            format!("{name}: {:?} ({})", told.value, told.origin)
        }
        vec![
            line("comment", &self.comment),
            line("fail-on", &self.fail_on),
            line("check", &self.check),
            line("annotations", &self.annotations),
            line("label", &self.label),
            line("key", &self.key),
            line("logins", &self.logins),
        ]
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Input => "input",
            Self::File => FILE,
            Self::Default => "default",
        })
    }
}

fn told<T: Default>(input: Option<T>, file: Option<T>) -> Told<T> {
    told_or(input, file, T::default())
}

fn told_or<T>(input: Option<T>, file: Option<T>, default: T) -> Told<T> {
    match (input, file) {
        (Some(value), _) => Told { value, origin: Origin::Input },
        (None, Some(value)) => Told { value, origin: Origin::File },
        (None, None) => Told { value: default, origin: Origin::Default },
    }
}

/// Words between commas or white space.
fn list(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n', '\t']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn read(text: &str) -> Result<File, Problem> {
    if text.trim().is_empty() {
        return Ok(File::default());
    }
    serde_yaml::from_str::<Option<File>>(text).map(Option::unwrap_or_default).map_err(|error| {
        let line = error.location().and_then(|location| u32::try_from(location.line()).ok()).unwrap_or_default();
        Problem::at("bad-configuration", format!("{error}; the defaults count"), Place::new(FILE, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(inputs: &[(&str, &str)], file: Option<&str>) -> (Settings, Vec<Problem>) {
        let input = |name: &str| inputs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::of(input, file)
    }

    #[test]
    fn an_input_beats_the_file_and_the_file_the_default() {
        let (told, problems) =
            settings(&[("comment", "never"), ("check", " ")], Some("comment: always\ncheck: upgrade\n"));
        assert_eq!(problems, []);
        assert_eq!(told.comment, Told { value: Comment::Never, origin: Origin::Input });
        assert_eq!(told.check, Told { value: "upgrade".into(), origin: Origin::File });
        assert_eq!(told.annotations, Told { value: true, origin: Origin::Default });
        assert!(told.explain().contains(&"check: \"upgrade\" (.github/identityserver-upgrade.yml)".to_owned()));
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
        case("# nothing\n", &[]);
        case("", &[]);
    }

    #[test]
    fn a_broken_file_is_told_with_its_line_and_not_obeyed() {
        #[track_caller]
        fn case(file: &str, line: u32, word: &str) {
            let (told, problems) = settings(&[], Some(file));
            assert_eq!(told, settings(&[], None).0);
            let [problem] = problems.as_slice() else { panic!("one problem, not {problems:?}") };
            assert_eq!(problem.place, Some(Place::new(FILE, line)), "{problem:?}");
            assert!(problem.message.contains(word), "{problem:?}");
        }
        case("comment: always\ncomments: never\n", 2, "comments");
        case("comment: sometimes\n", 1, "sometimes");
        case("check: [a\n", 1, "");
    }

    #[test]
    fn the_example_of_the_guide_is_understood() {
        let blocks = include_str!("../docs/github.md").split("```").filter_map(|block| block.strip_prefix("yaml\n"));
        let example = blocks.filter(|block| block.contains("fail-on:")).last().expect("an example");
        let (told, problems) = settings(&[], Some(example));
        assert_eq!(problems, []);
        assert_eq!((told.check.value.as_str(), told.label.origin), ("upgrade", Origin::File));
    }

    #[test]
    fn a_wrong_input_is_told() {
        let (told, problems) = settings(&[("comment", "loud"), ("annotations", "yes")], None);
        assert_eq!((told.comment.value, told.annotations.value), (Comment::Auto, true));
        assert_eq!(problems.len(), 2);
    }
}

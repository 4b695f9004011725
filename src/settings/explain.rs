//! Settings told to people: each value with its origin, and the JSON Schema of the file.

use std::fmt;

use serde::Serialize;

use super::{Settings, Told};
use crate::ignore::Ignore;

/// A setting as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Its name.
    pub name: &'static str,
    /// Its value, as JSON.
    pub value: String,
    /// Where it came from, in words.
    pub origin: String,
}

impl fmt::Display for Explained {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.name, self.value, self.origin)
    }
}

impl Settings {
    /// Every setting, in the order of the guide.
    pub fn explain(&self) -> Vec<Explained> {
        fn told<T: Serialize>(name: &'static str, told: &Told<T>) -> Explained {
            let value = serde_json::to_string(&told.value).unwrap_or_default();
            Explained { name, value, origin: told.origin.to_string() }
        }
        let ignores: Vec<String> = self.ignore.value.iter().map(ignored).collect();
        vec![
            told("mode", &self.mode),
            told("config", &self.config),
            told("comment", &self.comment),
            told("fail-on", &self.fail_on),
            told("check", &self.check),
            told("annotations", &self.annotations),
            told("labels", &self.labels),
            told("paths", &self.paths),
            told("exclude", &self.exclude),
            told("ignore", &Told { value: ignores, origin: self.ignore.origin.clone() }),
            told("rules", &self.rules),
            told("wording", &self.wording),
            told("key", &self.key),
            told("logins", &self.logins),
            told("json-file", &self.json_file),
            told("sarif-file", &self.sarif_file),
            told("html-file", &self.html_file),
        ]
    }

    /// The settings whose value would be another one, each before and after.
    pub fn differences(&self, other: &Self) -> Vec<(Explained, Explained)> {
        let both = self.explain().into_iter().zip(other.explain());
        both.filter(|(one, other)| one.value != other.value).collect()
    }
}

fn ignored(ignore: &Ignore) -> String {
    let until = ignore.until.map(|day| format!(", until {day}")).unwrap_or_default();
    format!("{}: {}{until}", ignore.rule, ignore.reason)
}

/// The JSON Schema of the configuration file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(super::file::File)
}

//! What an expression sees: the properties, the tree, the file it stands in, and how much work is left.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::inventory::msbuild::files::Files;
use crate::inventory::msbuild::path::{self, SDK};
use crate::inventory::msbuild::value::{Fault, Value, escape};
use crate::tree::{file_name, folder};

/// A value may be this long (bytes): properties that double each other end here.
pub const LONGEST_VALUE: usize = 4 * 1024 * 1024;

/// The work one project may cost: about one unit a property, item or expression, and one for each 64 bytes of text.
const MOST_WORK: u64 = 20_000_000;

/// The work of an item in a list, high enough that a list cannot fill the memory.
const ITEM_WORK: u64 = 16;

/// The properties of an evaluation, by name without regard to case.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    values: HashMap<Arc<str>, Value>,
}

impl Properties {
    /// The value of the property whose lower-case name is given.
    pub fn get(&self, lower: &str) -> Option<&Value> {
        self.values.get(lower)
    }

    /// Sets the property whose lower-case name is given.
    pub fn set(&mut self, lower: impl Into<Arc<str>>, value: Value) {
        self.values.insert(lower.into(), value);
    }

    /// Sets the property whose lower-case name is given to a text, unless it has one.
    pub fn set_default(&mut self, lower: &'static str, text: &'static str) {
        if self.is_empty_at(lower) {
            self.set(lower, Value::known(text));
        }
    }

    /// Whether the property is missing, or known to be empty.
    pub fn is_empty_at(&self, lower: &str) -> bool {
        self.get(lower).is_none_or(|value| value.unknown.is_none() && value.text.is_empty())
    }

    /// The unescaped, trimmed text of a property; empty when it is missing or unknown.
    pub fn text(&self, lower: &str) -> String {
        self.get(lower).map(|value| value.unescaped().trim().to_owned()).unwrap_or_default()
    }

    /// Whether a property is `true`, as most conditions of the SDK ask.
    pub fn is_true(&self, lower: &str) -> bool {
        self.text(lower).eq_ignore_ascii_case("true")
    }
}

/// The work left to a project.
#[derive(Debug)]
pub struct Budget(Cell<u64>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MOST_WORK))
    }
}

impl Budget {
    /// Takes the work that a text of this length (bytes) costs.
    pub fn spend(&self, length: usize) -> Result<(), Fault> {
        if length > LONGEST_VALUE {
            return Err(Fault::new("value-too-large", format!("a value is longer than {LONGEST_VALUE} bytes")));
        }
        self.take(1 + length as u64 / 64)
    }

    /// Takes the work that a list of so many items costs.
    pub fn spend_items(&self, count: usize) -> Result<(), Fault> {
        self.take(ITEM_WORK * count as u64)
    }

    fn take(&self, cost: u64) -> Result<(), Fault> {
        let left = self.0.get().checked_sub(cost);
        left.map(|left| self.0.set(left)).ok_or_else(|| {
            Fault::new("too-much-work", "the project costs more work to evaluate than any real one does")
        })
    }
}

/// What an expression sees.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The properties so far.
    pub properties: &'a Properties,
    /// The tree.
    pub files: &'a Files<'a>,
    /// The path of the project file, relative to the root.
    pub project: &'a str,
    /// The path of the file in which the expression stands, relative to the root.
    pub file: &'a str,
    /// The work left.
    pub budget: &'a Budget,
}

impl<'a> Scope<'a> {
    /// The absolute folder of the project: what relative paths of conditions and functions start from.
    pub fn project_folder(&self) -> String {
        path::absolute(folder(self.project))
    }

    /// The property whose lower-case name is given; `None` when it is not defined.
    pub fn property(&self, lower: &str) -> Option<Cow<'a, Value>> {
        if let Some(value) = self.properties.get(lower) {
            return Some(Cow::Borrowed(value));
        }
        if let Some(rest) = lower.strip_prefix("msbuild") {
            return self.reserved(rest).map(Cow::Owned);
        }
        if lower.starts_with("solution") {
            return self.solution(lower).map(Cow::Owned);
        }
        machine(lower).map(Cow::Owned)
    }

    /// The reserved properties, by their lower-case name without `MSBuild`.
    fn reserved(&self, name: &str) -> Option<Value> {
        if let Some(part) = name.strip_prefix("thisfile") {
            return path_property(self.file, if part.is_empty() { "file" } else { part }, true);
        }
        if let Some(part) = name.strip_prefix("project") {
            return path_property(self.project, part, false);
        }
        let text = match name {
            "extensionspath" | "extensionspath32" | "extensionspath64" => format!("{SDK}/"),
            "toolspath" | "toolspath32" | "toolspath64" | "binpath" | "toolsroot" | "frameworktoolspath" => {
                SDK.to_owned()
            }
            "sdkspath" => format!("{SDK}/Sdks"),
            "toolsversion" => "Current".to_owned(),
            "runtimetype" => "Core".to_owned(),
            "isrestoring" => "true".to_owned(),
            "nodecount" => "1".to_owned(),
            "version" | "assemblyversion" | "fileversion" | "semanticversion" | "startupdirectory"
            | "restoresessionid" | "overridetaskspath" | "userextensionspath" => {
                return Some(Value::unknown("it belongs to the machine that builds"));
            }
            _ => return None,
        };
        Some(Value::known(text))
    }

    /// The properties that a build of the solution sets, where a solution of the tree holds the project.
    fn solution(&self, lower: &str) -> Option<Value> {
        let wanted = lower.strip_prefix("solution")?;
        if !["dir", "path", "name", "filename", "ext"].contains(&wanted) {
            return None;
        }
        let solution = self.files.solution_of(self.project)?;
        let text = match wanted {
            "dir" => with_slash(path::absolute(folder(&solution))),
            "path" => path::absolute(&solution),
            "name" => path::stem(&solution).to_owned(),
            "filename" => file_name(&solution).to_owned(),
            _ => path::extension(&solution).to_owned(),
        };
        Some(Value::known(escape(&text)))
    }
}

/// One of the parts of a file's path that `MSBuildThisFile…` and `MSBuildProject…` name.
fn path_property(file: &str, part: &str, slash: bool) -> Option<Value> {
    let in_folder = |absolute: String| if slash { with_slash(absolute) } else { absolute };
    let text = match part {
        "file" => file_name(file).to_owned(),
        "name" => path::stem(file).to_owned(),
        "extension" => path::extension(file).to_owned(),
        "fullpath" => path::absolute(file),
        "directory" => in_folder(path::absolute(folder(file))),
        "directorynoroot" => in_folder(path::absolute(folder(file))).trim_start_matches('/').to_owned(),
        _ => return None,
    };
    Some(Value::known(escape(&text)))
}

fn with_slash(mut path: String) -> String {
    path.push('/');
    path
}

/// Properties that come from the toolset or the machine, not from any file of the repository.
fn machine(lower: &str) -> Option<Value> {
    match lower {
        "os" => Some(Value::known("Unix")),
        "netcoresdkversion"
        | "netcoresdkruntimeidentifier"
        | "bundlednetcoreapptargetframeworkversion"
        | "bundlednetcoreapppackageversion"
        | "netcoreappmaximumversion"
        | "netcoretargetingpackroot"
        | "netcoreroot"
        | "dotnet_host_path"
        | "microsoftnetbuildtasksassembly"
        | "roslyntargetspath"
        | "nugetversion" => Some(Value::unknown("it is set by the SDK that builds")),
        "visualstudioversion" => Some(Value::known("17.0")),
        _ => None,
    }
}

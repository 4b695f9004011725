//! Places outside of projects that pin a .NET version: Dockerfiles, `global.json`, CI workflows.

use std::collections::HashMap;

use crate::tree::file_name;

/// What pins a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A base image of a Dockerfile.
    Image,
    /// The SDK of `global.json`.
    GlobalJson,
    /// `dotnet-version` of a workflow.
    Workflow,
}

/// One pinned version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// What pins it.
    pub source: Source,
    /// 1-based line.
    pub line: u32,
    /// Major version of .NET.
    pub major: u32,
    /// What stands there.
    pub saw: String,
}

/// Whether a path can pin a version.
pub(super) fn wants(path: &str) -> bool {
    is_dockerfile(path) || file_name(path) == "global.json" || is_workflow(path)
}

fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    name.starts_with("dockerfile") || name.ends_with(".dockerfile") || name == "containerfile"
}

fn is_workflow(path: &str) -> bool {
    let yaml = path.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "yml" | "yaml"));
    yaml && (path.starts_with(".github/workflows/") || file_name(path).contains("azure-pipelines"))
}

/// The versions that a file pins.
pub(super) fn read(path: &str, text: &str) -> Vec<Pin> {
    if is_dockerfile(path) {
        images(text)
    } else if is_workflow(path) {
        workflow(text)
    } else {
        global_json(text)
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}

/// `FROM mcr.microsoft.com/dotnet/aspnet:6.0`, with `ARG` values put in.
fn images(text: &str) -> Vec<Pin> {
    let mut values: HashMap<String, String> = HashMap::new();
    let mut pins = Vec::new();
    for (line, written) in numbered(text) {
        let mut words = written.split_whitespace();
        let Some(instruction) = words.next() else { continue };
        if instruction.eq_ignore_ascii_case("ARG") {
            let pairs = words.filter_map(|word| word.split_once('='));
            values.extend(pairs.map(|(name, value)| (name.to_owned(), value.trim_matches(['"', '\'']).to_owned())));
        } else if instruction.eq_ignore_ascii_case("FROM") {
            let image = words.find(|word| !word.starts_with("--")).map(|image| expanded(image, &values));
            let tag =
                image.as_deref().filter(|image| image.contains("/dotnet/")).and_then(|image| image.rsplit_once(':'));
            if let Some(major) = tag.and_then(|(_, tag)| major(tag)) {
                pins.push(Pin { source: Source::Image, line, major, saw: written.trim().to_owned() });
            }
        }
    }
    pins
}

/// `$NAME`, `${NAME}` and `${NAME:-default}` with their values.
fn expanded(text: &str, values: &HashMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (inner, left) = braced.unwrap_or_else(|| {
            let end = after.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(after.len());
            after.split_at(end)
        });
        let (name, default) = inner.split_once(":-").unwrap_or((inner, ""));
        out.push_str(values.get(name).map_or(default, String::as_str));
        rest = left;
    }
    out.push_str(rest);
    out
}

fn global_json(text: &str) -> Vec<Pin> {
    let sdk = text.find("\"sdk\"").and_then(|at| text.get(at..).map(|rest| (at, rest)));
    let version = sdk.and_then(|(at, rest)| {
        let body = rest.split('}').next()?;
        let key = body.find("\"version\"")?;
        let value = body.get(key..)?.split('"').nth(3)?;
        Some((at + key, value))
    });
    let Some((at, value)) = version else { return Vec::new() };
    let rolls = text.contains("latestMajor") || text.contains("\"major\"");
    let line = 1 + u32::try_from(text.get(..at).unwrap_or_default().matches('\n').count()).unwrap_or(0);
    let pin = major(value).filter(|_| !rolls);
    pin.map(|major| Pin { source: Source::GlobalJson, line, major, saw: format!("sdk {value}") }).into_iter().collect()
}

/// Every version listed under `dotnet-version:` (GitHub) and of `UseDotNet` tasks (Azure).
fn workflow(text: &str) -> Vec<Pin> {
    let mut pins = Vec::new();
    let mut listed_from = None;
    for (line, written) in numbered(text) {
        let indent = written.len() - written.trim_start().len();
        let content = written.split(" #").next().unwrap_or_default().trim();
        let uses_matrix = content.contains("${{");
        let mut push = |value: &str| {
            let majors = value.split([',', ' ', '[', ']', '\'', '"']).filter_map(major);
            let saw = format!("dotnet-version {}", value.trim());
            pins.extend(majors.map(|major| Pin { source: Source::Workflow, line, major, saw: saw.clone() }));
        };
        if let Some(value) = value_of(content) {
            if !uses_matrix {
                push(value);
            }
            listed_from = matches!(value.trim(), "" | "|" | "|-" | ">").then_some(indent);
        } else if let Some(start) = listed_from {
            if indent > start || content.starts_with('-') {
                push(content.trim_start_matches(['-', ' ']));
            } else if !content.is_empty() {
                listed_from = None;
            }
        }
    }
    pins
}

fn value_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['-', ' ']);
    let keys = ["dotnet-version:", "dotnet:", "dotnet_version:", "DOTNET_VERSION:"];
    keys.iter().find_map(|key| line.strip_prefix(key))
}

/// `6` of `6.0`, `6.0.x`, `6.0-alpine`, `6.0.400`.
fn major(version: &str) -> Option<u32> {
    let version = version.trim().trim_start_matches('v');
    let digits = version.split(['.', '-']).next()?;
    let number = digits.parse().ok()?;
    (version.contains('.') || version.len() <= 2).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(path: &str, text: &str, expected: &[(u32, u32)]) {
        assert!(wants(path), "{path}");
        let found: Vec<(u32, u32)> = read(path, text).iter().map(|pin| (pin.line, pin.major)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn dockerfiles() {
        case("a/Dockerfile", "FROM mcr.microsoft.com/dotnet/aspnet:6.0 AS base", &[(1, 6)]);
        case("Dockerfile.prod", "from --platform=$X mcr.microsoft.com/dotnet/sdk:8.0-alpine", &[(1, 8)]);
        case("Dockerfile", "ARG V=6.0\nARG I=mcr.microsoft.com/dotnet\nFROM $I/sdk:${V}-jammy", &[(3, 6)]);
        case("Dockerfile", "FROM mcr.microsoft.com/dotnet/sdk:${V:-7.0}\nFROM base\nFROM node:6.0", &[(1, 7)]);
        case("Dockerfile", "FROM mcr.microsoft.com/dotnet/sdk:latest\n# FROM mcr.microsoft.com/dotnet/sdk:6.0", &[]);
    }

    #[test]
    fn global_json_unless_it_rolls_on() {
        case("global.json", "{\n \"sdk\": {\n  \"version\": \"6.0.400\"\n }\n}", &[(3, 6)]);
        case("global.json", "{ \"sdk\": { \"version\": \"6.0.400\", \"rollForward\": \"latestMajor\" } }", &[]);
        case("global.json", "{ \"msbuild-sdks\": { \"X\": \"1.0\" } }", &[]);
        case("global.json", "{ \"sdk\": { \"version\": ", &[]);
    }

    #[test]
    fn workflows() {
        let path = ".github/workflows/ci.yml";
        case(path, "    - uses: a\n      with:\n        dotnet-version: '6.0.x'", &[(3, 6)]);
        case(path, "  dotnet-version: |\n    6.0.x\n    8.0.x\n  other: 7.0", &[(2, 6), (3, 8)]);
        case(path, "  dotnet-version: [ '6.0.x', 8.0.x ]", &[(1, 6), (1, 8)]);
        case(path, "  dotnet:\n    - 6.0.x\n  dotnet-version: ${{ matrix.dotnet }}", &[(2, 6)]);
        case(path, "  node-version: 6.0", &[]);
    }
}

//! An inventory as text and as JSON: what is referenced where, and the trail of each value.
//!
//! The JSON is version 1 of a shape that never breaks inside a version; its JSON Schema is published in `docs/schemas/`.

use std::collections::BTreeSet;
use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;

use crate::inventory::{Inventory, Kind, Package, Project, Via};
use crate::place::{Place, Problem};
use crate::render::markdown::one_line;

/// Version of the shape.
const VERSION: u32 = 1;

/// What `inspect --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InspectJson<'a> {
    /// Version of this shape: 1.
    schema: u32,
    /// The folder to which all paths are relative, as seen from the current folder.
    root: &'a str,
    /// Projects and manifests.
    projects: Vec<ProjectJson<'a>>,
    /// Solutions, with the paths of their projects.
    solutions: Vec<SolutionJson<'a>>,
    /// What could not be read and belongs to no project.
    problems: Vec<ProblemJson<'a>>,
}

/// A solution.
#[derive(Debug, Serialize, JsonSchema)]
struct SolutionJson<'a> {
    /// Path of the solution.
    path: &'a str,
    /// Paths of its projects.
    projects: &'a [String],
}

/// A project, or a manifest that carries references itself.
#[derive(Debug, Serialize, JsonSchema)]
struct ProjectJson<'a> {
    /// Path of the file.
    path: &'a str,
    /// The format.
    kind: Kind,
    /// The SDK it names; of a `global.json` the version of the .NET SDK.
    sdk: Option<&'a str>,
    /// Target frameworks, evaluated.
    target_frameworks: &'a [String],
    /// Whether central package management is on.
    central_package_management: bool,
    /// Whether central versions pin transitive packages.
    transitive_pinning: bool,
    /// Files of the repository that were imported, in order.
    imports: &'a [String],
    /// Projects it references.
    project_references: &'a [String],
    /// References in evaluation order, one entry for each framework.
    packages: Vec<PackageJson<'a>>,
    /// What was read but is suspicious.
    warnings: Vec<ProblemJson<'a>>,
    /// What could not be read: the answer may not be whole.
    problems: Vec<ProblemJson<'a>>,
    /// Why the project cannot be evaluated; `packages` is then empty.
    error: Option<ProblemJson<'a>>,
}

/// A reference to a package, under one target framework.
#[derive(Debug, Serialize, JsonSchema)]
struct PackageJson<'a> {
    /// The id, as written.
    id: &'a str,
    /// The group of Paket in which it stands; null for Paket's main group and outside Paket.
    group: Option<&'a str>,
    /// The target framework; null where the project names none.
    tfm: Option<&'a str>,
    /// The evaluated text, untouched; null when there is none or it could not be told.
    requirement: Option<&'a str>,
    /// The exact version, where the file holds one.
    resolved: Option<&'a str>,
    /// Where the requirement came from.
    via: Via,
    /// Where the reference stands.
    file: &'a str,
    /// Its line (1-based).
    line: u32,
    /// Where its version was written, when elsewhere.
    version_file: Option<&'a str>,
    /// The line of it.
    version_line: Option<u32>,
    /// The `PrivateAssets` metadata.
    private_assets: Option<&'a str>,
    /// Whether it is needed for development only.
    development: bool,
    /// Whether the SDK added it.
    implicit: bool,
    /// Whether it pins a transitive package without a reference of the project.
    pin: bool,
    /// NuGet's code for what is wrong, or the reason why the requirement cannot be told.
    problem: Option<&'a str>,
    /// How the version got here, from the requirement back to the line that carries the literal text.
    trail: Vec<StepJson<'a>>,
}

/// One station on the way of a value.
#[derive(Debug, Serialize, JsonSchema)]
struct StepJson<'a> {
    /// The expression that stands there, or the literal.
    text: &'a str,
    /// The file in which it stands.
    file: &'a str,
    /// Its line (1-based).
    line: u32,
}

/// Something that is wrong, or could not be read or told.
#[derive(Debug, Serialize, JsonSchema)]
struct ProblemJson<'a> {
    /// Its kind, or a code of NuGet or MSBuild.
    code: &'a str,
    /// What is wrong.
    message: &'a str,
    /// Where; null when it has no single place.
    file: Option<&'a str>,
    /// The line (1-based); 0 means the file as a whole.
    line: Option<u32>,
}

/// The JSON Schema of the shape.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(InspectJson<'_>)
}

/// The inventory as a value to be written as JSON. `root` is the folder to which paths are relative.
pub fn json<'a>(inventory: &'a Inventory, root: &'a str) -> InspectJson<'a> {
    InspectJson {
        schema: VERSION,
        root,
        projects: inventory.projects.iter().map(ProjectJson::of).collect(),
        solutions: inventory
            .solutions
            .iter()
            .map(|solution| SolutionJson { path: &solution.path, projects: &solution.projects })
            .collect(),
        problems: inventory.problems.iter().map(ProblemJson::of).collect(),
    }
}

impl<'a> ProjectJson<'a> {
    fn of(project: &'a Project) -> Self {
        Self {
            path: &project.path,
            kind: project.kind,
            sdk: project.sdk.as_deref(),
            target_frameworks: &project.target_frameworks,
            central_package_management: project.central_package_management,
            transitive_pinning: project.transitive_pinning,
            imports: &project.imports,
            project_references: &project.project_references,
            packages: project.packages.iter().map(PackageJson::of).collect(),
            warnings: project.warnings.iter().map(ProblemJson::of).collect(),
            problems: project.problems.iter().map(ProblemJson::of).collect(),
            error: project.error.as_ref().map(ProblemJson::of),
        }
    }
}

impl<'a> PackageJson<'a> {
    fn of(package: &'a Package) -> Self {
        let elsewhere = package.version_place.as_ref().filter(|place| **place != package.place);
        Self {
            id: &package.id,
            group: package.group.as_deref(),
            tfm: package.framework.as_deref(),
            requirement: package.requirement.as_deref(),
            resolved: package.resolved.as_deref(),
            via: package.via,
            file: &package.place.path,
            line: package.place.line,
            version_file: elsewhere.map(|place| place.path.as_str()),
            version_line: elsewhere.map(|place| place.line),
            private_assets: package.private_assets.as_deref(),
            development: package.development,
            implicit: package.implicit,
            pin: package.pin,
            problem: package.problem.as_deref(),
            trail: package
                .trail
                .iter()
                .map(|step| StepJson { text: &step.text, file: &step.place.path, line: step.place.line })
                .collect(),
        }
    }
}

impl<'a> ProblemJson<'a> {
    fn of(problem: &'a Problem) -> Self {
        Self {
            code: &problem.code,
            message: &problem.message,
            file: problem.place.as_ref().map(|place| place.path.as_str()),
            line: problem.place.as_ref().map(|place| place.line),
        }
    }
}

/// The inventory as plain text: one table a project.
pub fn text(inventory: &Inventory) -> String {
    let mut out = String::new();
    for (index, project) in inventory.projects.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        project_text(&mut out, project);
    }
    if !inventory.problems.is_empty() {
        out.push_str("\nCould not be read\n");
        problems_text(&mut out, "", &inventory.problems);
    }
    out
}

fn project_text(out: &mut String, project: &Project) {
    // Writing to a String cannot fail, so the results are not looked at.
    writeln!(out, "{} ({})", one_line(&project.path), traits(project)).ok();
    let (pins, packages): (Vec<&Package>, Vec<&Package>) = project.packages.iter().partition(|package| package.pin);
    let rows: Vec<[String; 4]> = packages.iter().map(|package| row(package, &project.path)).collect();
    let widths: Vec<usize> = (0..3)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    for row in &rows {
        let cells = row.iter().zip(widths.iter().chain(&[0])).filter(|(cell, width)| **width > 0 || !cell.is_empty());
        let line: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "  {}", line.join("  ").trim_end()).ok();
    }
    if rows.is_empty() && project.error.is_none() {
        out.push_str("  no packages\n");
    }
    if !pins.is_empty() {
        let ids: BTreeSet<String> = pins.iter().map(|package| package.id.to_lowercase()).collect();
        let mut files: Vec<String> = pins.iter().map(|package| one_line(&package.carrier().path)).collect();
        files.sort();
        files.dedup();
        let (count, files) = (ids.len(), files.join(", "));
        writeln!(out, "  + {count} that only pin what others bring, in {files} (--format json lists them)").ok();
    }
    problems_text(out, "error ", project.error.as_slice());
    problems_text(out, "problem ", &project.problems);
    problems_text(out, "warning ", &project.warnings);
}

/// What the head line says of a project.
fn traits(project: &Project) -> String {
    let kind = serde_json::to_value(project.kind).unwrap_or_default();
    let mut traits = vec![kind.as_str().unwrap_or_default().to_owned()];
    traits.extend(project.sdk.as_ref().map(|sdk| one_line(sdk)));
    if !project.target_frameworks.is_empty() {
        traits.push(one_line(&project.target_frameworks.join(", ")));
    }
    if project.central_package_management {
        traits.push("central package management".into());
    }
    if project.transitive_pinning {
        traits.push("transitive pinning".into());
    }
    traits.join("; ")
}

/// Id, framework, version, and the way back to where it was written; what stands in the project itself is named by its line.
fn row(package: &Package, project: &str) -> [String; 4] {
    let version = match (&package.requirement, &package.resolved) {
        (Some(requirement), Some(resolved)) if requirement != resolved => format!("{requirement} = {resolved}"),
        (Some(version), _) | (None, Some(version)) => version.clone(),
        (None, None) => "?".into(),
    };
    let mut trail = String::new();
    for step in package.trail.iter().rev().skip(1).rev() {
        write!(trail, "← {} ", step.text).ok();
    }
    match package.carrier() {
        place if place.path == project && place.line > 0 => write!(trail, "← line {}", place.line).ok(),
        place => write!(trail, "← {place}").ok(),
    };
    let marks = [(package.implicit, "added by the SDK"), (package.development, "for development")];
    if let Some(group) = &package.group {
        write!(trail, " (group {group})").ok();
    }
    for (_, mark) in marks.iter().filter(|(on, _)| *on) {
        write!(trail, " ({mark})").ok();
    }
    if let Some(problem) = &package.problem {
        write!(trail, " ! {problem}{}", meaning(problem)).ok();
    }
    let framework = package.framework.as_deref().unwrap_or_default();
    [one_line(&package.id), one_line(framework), one_line(&version), one_line(&trail)]
}

/// NuGet's codes in words; what else stands there is a sentence already.
fn meaning(problem: &str) -> &'static str {
    match problem {
        "NU1008" => " (a version beside the reference, where versions are central)",
        "NU1010" => " (no central version)",
        "NU1011" => " (a central version that floats)",
        "NU1013" => " (an override, where overrides are turned off)",
        "NU1604" => " (no version)",
        _ => "",
    }
}

fn problems_text(out: &mut String, word: &str, problems: &[Problem]) {
    for problem in problems {
        let place = problem.place.as_ref().map(Place::to_string).unwrap_or_default();
        let line = one_line(&format!("{place}: {word}{}: {}", problem.code, problem.message));
        writeln!(out, "  {line}").ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Step;

    fn inventory() -> Inventory {
        let mut project = Project::new("src/app.csproj", Kind::MsBuild);
        project.target_frameworks = vec!["net8.0".into()];
        project.central_package_management = true;
        let mut package = Package::new("My.Server", Via::PackageVersion, Place::new("src/app.csproj", 7));
        package.framework = Some("net8.0".into());
        package.requirement = Some("7.0.9".into());
        package.version_place = Some(Place::new("Directory.Packages.props", 5));
        package.trail = vec![
            Step { text: "$(ServerVersion)".into(), place: Place::new("Directory.Packages.props", 5) },
            Step { text: "7.0.9".into(), place: Place::new("Directory.Build.props", 12) },
        ];
        let mut other = Package::new("B", Via::PackageReference, Place::new("src/app.csproj", 8));
        other.problem = Some("NU1010".into());
        let mut pin = Package::new("C", Via::PackageVersion, Place::new("Directory.Packages.props", 6));
        pin.pin = true;
        project.packages = vec![package, other, pin];
        project.warnings = vec![Problem::at("NU1504", "twice\u{1b}[31m", Place::new("src/app.csproj", 9))];
        Inventory { projects: vec![project], ..Inventory::default() }
    }

    #[test]
    fn text_shows_the_trail() {
        assert_eq!(
            text(&inventory()),
            "src/app.csproj (msbuild; net8.0; central package management)\n\
             \x20 My.Server  net8.0  7.0.9  ← $(ServerVersion) ← Directory.Build.props:12\n\
             \x20 B                  ?      ← line 8 ! NU1010 (no central version)\n\
             \x20 + 1 that only pin what others bring, in Directory.Packages.props (--format json lists them)\n\
             \x20 src/app.csproj:9: warning NU1504: twice [31m\n"
        );
    }

    #[test]
    fn json_names_where_the_version_stands() {
        let value = serde_json::to_value(json(&inventory(), ".")).unwrap();
        let package = &value["projects"][0]["packages"][0];
        assert_eq!(value["schema"], 1);
        assert_eq!(
            (&package["version_file"], &package["version_line"]),
            (&"Directory.Packages.props".into(), &5.into())
        );
        assert_eq!(value["projects"][0]["packages"][1]["version_file"], serde_json::Value::Null);
        assert_eq!(value["projects"][0]["warnings"][0]["file"], "src/app.csproj");
    }

    #[test]
    fn json_is_as_its_schema_says() {
        let schema = serde_json::to_value(schema()).unwrap();
        let value = serde_json::to_value(json(&inventory(), ".")).unwrap();
        assert!(jsonschema::is_valid(&schema, &value));
    }
}

//! Every package reference of a tree, with the requirement NuGet would see, and the trail of places its value came through.
//!
//! Invariant: reading never fails. What cannot be read or told becomes a [`Problem`] with a place, or the `problem` of a
//! package; an answer is right or says that it is not whole.

pub mod declared;
pub mod deps_json;
mod file;
pub mod file_based;
pub mod global_json;
pub(crate) mod json;
pub(crate) mod lines;
pub mod lock;
mod locked;
pub mod msbuild;
pub mod nuspec;
pub mod packages_config;
pub mod paket;
pub mod project_json;
mod read;
pub mod solution;
pub mod tools;
pub mod xml;

use std::collections::HashSet;

use serde::Serialize;

use crate::place::{Place, Problem};
use crate::range::Range;
use crate::version::Version;

/// The format that carries the references of a [`Project`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
pub enum Kind {
    /// A project evaluated as MSBuild does.
    #[serde(rename = "msbuild")]
    MsBuild,
    /// `packages.config`.
    #[serde(rename = "packages.config")]
    PackagesConfig,
    /// `packages.lock.json`.
    #[serde(rename = "lock")]
    Lock,
    /// `*.deps.json`.
    #[serde(rename = "deps.json")]
    DepsJson,
    /// `paket.dependencies`, `paket.references`, `paket.lock`.
    #[serde(rename = "paket")]
    Paket,
    /// `project.json` of 2015 to 2017.
    #[serde(rename = "project.json")]
    ProjectJson,
    /// A `.nuspec`: what a package of the repository depends on.
    #[serde(rename = "nuspec")]
    Nuspec,
    /// A single C# file with `#:package` directives (.NET 10).
    #[serde(rename = "file-based-app")]
    FileBasedApp,
    /// `global.json`: SDK packages under `msbuild-sdks`.
    #[serde(rename = "global.json")]
    GlobalJson,
    /// `dotnet-tools.json`.
    #[serde(rename = "dotnet-tools.json")]
    DotnetTools,
    /// A props file on its own: what is written there, not evaluated.
    #[serde(rename = "declared")]
    Declared,
}

/// Where the requirement of a [`Package`] came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
pub enum Via {
    /// The version of the reference itself.
    PackageReference,
    /// A central `PackageVersion`.
    PackageVersion,
    /// `VersionOverride` of the reference.
    VersionOverride,
    /// A central `GlobalPackageReference`.
    GlobalPackageReference,
    /// The SDK, implicitly.
    #[serde(rename = "sdk")]
    Sdk,
    /// `packages.config`.
    #[serde(rename = "packages.config")]
    PackagesConfig,
    /// A lock file.
    #[serde(rename = "lock")]
    Lock,
    /// `*.deps.json`.
    #[serde(rename = "deps.json")]
    DepsJson,
    /// A paket file.
    #[serde(rename = "paket")]
    Paket,
    /// `project.json`.
    #[serde(rename = "project.json")]
    ProjectJson,
    /// `.nuspec`.
    #[serde(rename = "nuspec")]
    Nuspec,
    /// A `#:package` directive.
    #[serde(rename = "#:package")]
    Directive,
    /// `global.json`.
    #[serde(rename = "global.json")]
    GlobalJson,
    /// `dotnet-tools.json`.
    #[serde(rename = "dotnet-tools.json")]
    DotnetTools,
}

impl Via {
    /// What a requirement means that is written as this source writes them; `None` when nobody can tell.
    pub fn range(self, requirement: &str) -> Option<Range> {
        if self == Self::Paket { paket::range(requirement) } else { requirement.parse().ok() }
    }
}

/// All that a tree references.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Projects and manifests, by path.
    pub projects: Vec<Project>,
    /// Solutions: path of the solution, paths of its projects.
    pub solutions: Vec<Solution>,
    /// What could not be read and belongs to no project.
    pub problems: Vec<Problem>,
}

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Global properties, as `--property` gives them: name and value, the last of a name counts.
    pub properties: Vec<(String, String)>,
    /// Only this target framework; all when `None`.
    pub framework: Option<String>,
    /// Whether to list the packages that the SDK adds by itself.
    pub implicit: bool,
}

/// A solution file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Path of the `.sln`, `.slnx` or `.slnf`.
    pub path: String,
    /// Paths of its projects, relative to the root.
    pub projects: Vec<String>,
}

/// One project, or one manifest that carries references itself.
#[derive(Debug, Clone)]
pub struct Project {
    /// Path of the file.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The SDK it names, such as `Microsoft.NET.Sdk.Web`, with `/version` where it names one; of a `global.json` the version of
    /// the .NET SDK. `None` for a project of the old style.
    pub sdk: Option<String>,
    /// Where the SDK is named.
    pub sdk_place: Option<Place>,
    /// Target frameworks, as written after evaluation.
    pub target_frameworks: Vec<String>,
    /// Where the target frameworks are written.
    pub framework_place: Option<Place>,
    /// Whether central package management is on.
    pub central_package_management: bool,
    /// Whether central versions pin transitive packages.
    pub transitive_pinning: bool,
    /// Files of the repository that were imported, in order.
    pub imports: Vec<String>,
    /// Paths of projects it references.
    pub project_references: Vec<String>,
    /// Path of its lock file where the project names one (`NuGetLockFilePath`).
    pub lock_file: Option<String>,
    /// Namespaces imported for every file of the project (`<Using Include="…"/>`).
    pub usings: Vec<(String, Place)>,
    /// References in evaluation order, one entry for each framework.
    pub packages: Vec<Package>,
    /// What was read but is suspicious.
    pub warnings: Vec<Problem>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Why the project cannot be evaluated; `packages` is then empty.
    pub error: Option<Problem>,
}

impl Project {
    /// A project in which nothing was read yet.
    pub fn new(path: impl Into<String>, kind: Kind) -> Self {
        Self {
            path: path.into(),
            kind,
            sdk: None,
            sdk_place: None,
            target_frameworks: Vec::new(),
            framework_place: None,
            central_package_management: false,
            transitive_pinning: false,
            imports: Vec::new(),
            project_references: Vec::new(),
            lock_file: None,
            usings: Vec::new(),
            packages: Vec::new(),
            warnings: Vec::new(),
            problems: Vec::new(),
            error: None,
        }
    }

    /// Warns of references that stand twice in one framework, and of texts that NuGet would refuse: for manifests that are
    /// read as they stand.
    pub(crate) fn checked(mut self) -> Self {
        let mut seen = HashSet::new();
        for package in &self.packages {
            if !seen.insert((package.id.to_lowercase(), package.framework.as_deref())) {
                let message = format!("{} stands here a second time", package.id);
                self.warnings.push(Problem::at("duplicate-package", message, package.place.clone()));
            }
            let requirement = package.requirement.as_deref().filter(|text| text.parse::<Range>().is_err());
            let resolved = package.resolved.as_deref().filter(|text| text.parse::<Version>().is_err());
            if let Some(text) = requirement.or(resolved) {
                let message = format!("`{text}` is not a version that NuGet understands");
                self.warnings.push(Problem::at("invalid-version", message, package.carrier().clone()));
            }
        }
        self
    }
}

/// One reference to a package, under one target framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The id, as written.
    pub id: String,
    /// The group of Paket in which it stands; `None` for Paket's main group and outside Paket.
    pub group: Option<String>,
    /// The target framework; `None` where the project names none.
    pub framework: Option<String>,
    /// The evaluated text, untouched; `None` when there is none or it could not be told.
    pub requirement: Option<String>,
    /// The exact version, where the file holds one: a lock file, `packages.config`, `*.deps.json`, a tool manifest.
    pub resolved: Option<String>,
    /// Where `resolved` stands, when that is a lock file beside the manifest that asks for the package.
    pub locked_at: Option<Place>,
    /// Where the requirement came from.
    pub via: Via,
    /// Where the reference stands.
    pub place: Place,
    /// Where its version was written, when elsewhere.
    pub version_place: Option<Place>,
    /// How the version got here, from the requirement back to the line that carries the literal text.
    pub trail: Vec<Step>,
    /// The `PrivateAssets` metadata.
    pub private_assets: Option<String>,
    /// Whether it is needed for development only.
    pub development: bool,
    /// Whether the SDK added it.
    pub implicit: bool,
    /// Whether it pins a transitive package without a reference of the project.
    pub pin: bool,
    /// NuGet's code for what is wrong (`NU1008`), or the reason why the requirement cannot be told.
    pub problem: Option<String>,
}

impl Package {
    /// A reference of which nothing but the id is known.
    pub fn new(id: impl Into<String>, via: Via, place: Place) -> Self {
        Self {
            id: id.into(),
            group: None,
            framework: None,
            requirement: None,
            resolved: None,
            locked_at: None,
            via,
            place,
            version_place: None,
            trail: Vec::new(),
            private_assets: None,
            development: false,
            implicit: false,
            pin: false,
            problem: None,
        }
    }

    /// Takes the one version that a manifest without ranges holds; without one the requirement cannot be told.
    pub(crate) fn set_exact(&mut self, version: Option<&str>) {
        self.requirement = version.map(ToOwned::to_owned);
        self.resolved.clone_from(&self.requirement);
        if version.is_none() {
            self.problem = Some("the entry has no version".into());
        }
    }

    /// The line that carries the literal text of the version: the last step of the trail, else the version's, else the reference's.
    pub fn carrier(&self) -> &Place {
        self.trail.last().map(|step| &step.place).or(self.version_place.as_ref()).unwrap_or(&self.place)
    }
}

/// One station on the way of a value: `7.0.9 ← $(DuendeVersion) ← Directory.Build.props:12`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Step {
    /// The expression that stands there, such as `$(DuendeVersion)` or the literal `7.0.9`.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_means_what_its_format_says() {
        let range = |via: Via, text: &str| via.range(text).map(|range| range.to_string());
        assert_eq!(range(Via::PackageReference, " 7.0 ").as_deref(), Some("[7.0.0, )"));
        assert_eq!(range(Via::Paket, "~> 7.0").as_deref(), Some("[7.0.0, 8.0.0)"));
        assert_eq!(range(Via::PackageReference, "~> 7.0"), None);
    }

    #[test]
    fn manifests_tell_of_twins_and_of_what_is_no_version() {
        let mut project = Project::new("a", Kind::PackagesConfig);
        for (id, version) in [("A", "1.0"), ("a", "x")] {
            let mut package = Package::new(id, Via::PackagesConfig, Place::new("a", 1));
            package.set_exact(Some(version));
            project.packages.push(package);
        }
        let codes: Vec<_> = project.checked().warnings.into_iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["duplicate-package", "invalid-version"]);
    }
}

//! What a file is, by its name.

use crate::inventory::Kind;
use crate::tree::file_name;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A project that MSBuild evaluates.
    MsBuild,
    /// A file that projects import.
    Import,
    /// `.sln`, `.slnx` or `.slnf`.
    Solution,
    PackagesConfig,
    Lock,
    ProjectLock,
    DepsJson,
    PaketDependencies,
    PaketReferences,
    PaketLock,
    ProjectJson,
    Nuspec,
    /// A C# file, which is an application of its own when it has directives.
    CSharp,
    GlobalJson,
    DotnetTools,
}

impl Format {
    /// What a project of this format is; `None` for what is no project by itself.
    pub(crate) fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::MsBuild => Kind::MsBuild,
            Self::PackagesConfig => Kind::PackagesConfig,
            Self::Lock | Self::ProjectLock => Kind::Lock,
            Self::DepsJson => Kind::DepsJson,
            Self::PaketDependencies | Self::PaketReferences | Self::PaketLock => Kind::Paket,
            Self::ProjectJson => Kind::ProjectJson,
            Self::Nuspec => Kind::Nuspec,
            Self::CSharp => Kind::FileBasedApp,
            Self::GlobalJson => Kind::GlobalJson,
            Self::DotnetTools => Kind::DotnetTools,
            Self::Import | Self::Solution => return None,
        })
    }

    /// The format of the file at `path`; `None` when it says nothing of packages. Names count without regard to case, as on the
    /// machines on which most of these files are written.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let name = file_name(path).to_lowercase();
        let format = match name.as_str() {
            "packages.config" => Self::PackagesConfig,
            "packages.lock.json" => Self::Lock,
            "project.lock.json" => Self::ProjectLock,
            "project.json" => Self::ProjectJson,
            "global.json" => Self::GlobalJson,
            "dotnet-tools.json" => Self::DotnetTools,
            "paket.dependencies" => Self::PaketDependencies,
            "paket.lock" => Self::PaketLock,
            _ => Self::by_ending(&name)?,
        };
        Some(format)
    }

    fn by_ending(name: &str) -> Option<Self> {
        let between = |start: &str, end: &str| name.starts_with(start) && name.ends_with(end);
        if between("packages.", ".config") {
            return Some(Self::PackagesConfig);
        }
        if between("packages.", ".lock.json") {
            return Some(Self::Lock);
        }
        if name.ends_with("paket.references") {
            return Some(Self::PaketReferences);
        }
        if name.ends_with(".deps.json") {
            return Some(Self::DepsJson);
        }
        match name.rsplit_once('.')?.1 {
            "sln" | "slnx" | "slnf" => Some(Self::Solution),
            "props" | "targets" => Some(Self::Import),
            "nuspec" => Some(Self::Nuspec),
            "cs" => Some(Self::CSharp),
            // Not project files although they end like them: Visual Studio's shared items and web deployment.
            "projitems" | "deployproj" => None,
            ending if ending.ends_with("proj") => Some(Self::MsBuild),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        #[track_caller]
        fn case(path: &str, expected: Option<Format>) {
            assert_eq!(Format::of(path), expected, "{path}");
        }
        case("src/App.csproj", Some(Format::MsBuild));
        case("build.proj", Some(Format::MsBuild));
        case("Directory.Packages.props", Some(Format::Import));
        case("All.slnx", Some(Format::Solution));
        case("a/packages.config", Some(Format::PackagesConfig));
        case("a/Packages.App.config", Some(Format::PackagesConfig));
        case("packages.App.lock.json", Some(Format::Lock));
        case("bin/app.deps.json", Some(Format::DepsJson));
        case(".config/dotnet-tools.json", Some(Format::DotnetTools));
        case("src/app.csproj.paket.references", Some(Format::PaketReferences));
        case("run.cs", Some(Format::CSharp));
        case("package.json", None);
        case("web.config", None);
        case("Makefile", None);
    }
}

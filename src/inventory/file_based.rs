//! File-based apps (.NET 10): a single C# file that names its packages in directives.
//!
//! Surprises, each with the test that holds it:
//!
//! 1. Directives stand before the first token of C# and before any `#if`; later ones fail the app (`late_directives_fail`).
//! 2. `# :package` is no directive, `#:   package` is; spaces around `@` and `=` do not count (`reads_directives`).
//! 3. The version is optional and may hold properties of other directives (`versions_see_properties`).
//! 4. `#:project` may name a folder (`projects_may_be_folders`).
//! 5. The same directive twice fails the app (`what_is_wrong_fails_the_app`).

mod scan;

use std::collections::HashMap;
use std::fmt::Write;

use quick_xml::escape::escape;

use crate::inventory::file::Format;
use crate::inventory::msbuild::Workspace;
use crate::inventory::{Kind, Options, Project, Via};
use crate::place::{Place, Problem};
use crate::tree::{Tree, folder, join};

/// What a directive says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectiveKind {
    /// `#:sdk Name@Version`: the first one replaces the SDK.
    Sdk,
    /// `#:package Name@Version`.
    Package,
    /// `#:property Name=Value`.
    Property,
    /// `#:project path`.
    Project,
    /// `#:include` and `#:exclude`: which files belong to the app.
    Files,
}

/// One directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// What it says.
    pub kind: DirectiveKind,
    /// The name, or the path.
    pub name: String,
    /// The version or value; `None` when there is none.
    pub value: Option<String>,
    /// Its line (1-based).
    pub line: u32,
}

/// Whether a C# file is an app of its own: it has a directive or names its interpreter.
pub fn is_app(text: &str) -> bool {
    text.starts_with("#!") || !scan::scan(text).directives.is_empty()
}

/// The directives of a C# file in order, or why .NET would refuse them.
pub fn directives(path: &str, text: &str) -> Result<Vec<Directive>, Problem> {
    let fail = |line: u32, message: String| Problem::at("invalid-directive", message, Place::new(path, line));
    let found = scan::scan(text);
    if let Some(line) = found.late {
        return Err(fail(line, "a directive stands after the first token or after `#if`".into()));
    }
    let mut directives: Vec<Directive> = Vec::new();
    let mut lines = HashMap::new();
    for (line, content) in found.directives {
        let directive = parse(content, line).map_err(|message| fail(line, message))?;
        let key = (directive.kind, directive.name.to_lowercase());
        if let Some(first) = lines.insert(key, line).filter(|_| directive.kind != DirectiveKind::Files) {
            return Err(fail(line, format!("`{}` stands on line {first} already", directive.name)));
        }
        directives.push(directive);
    }
    Ok(directives)
}

/// Reads a directive from what stands behind `#:`.
fn parse(content: &str, line: u32) -> Result<Directive, String> {
    let content = content.trim();
    let (word, rest) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
    let (kind, separator) = match word {
        "sdk" => (DirectiveKind::Sdk, Some('@')),
        "package" => (DirectiveKind::Package, Some('@')),
        "property" => (DirectiveKind::Property, Some('=')),
        "project" => (DirectiveKind::Project, None),
        "include" | "exclude" => (DirectiveKind::Files, None),
        _ => return Err(format!("`#:{word}` is no directive that is known")),
    };
    let rest = rest.trim();
    let (name, value) = match separator.and_then(|separator| rest.split_once(separator)) {
        Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
        None => (rest, None),
    };
    let misplaced = |character: char| character.is_whitespace() || "@=/".contains(character);
    if name.is_empty() || separator.is_some() && name.contains(misplaced) {
        return Err(format!("`#:{word}` needs a name without special characters"));
    }
    if kind == DirectiveKind::Property && (value.is_none() || !is_property_name(name)) {
        return Err(format!("`{rest}` is not NAME=VALUE"));
    }
    let value = value.filter(|value| kind == DirectiveKind::Property || !value.is_empty());
    Ok(Directive { kind, name: name.to_owned(), value: value.map(ToOwned::to_owned), line })
}

fn is_property_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_alphanumeric() || "_-.".contains(character))
}

/// Reads a file-based app: .NET makes a project of its directives, which is evaluated like any other, with the
/// Directory.Build.props and Directory.Packages.props above it.
pub fn read(workspace: &Workspace<'_>, tree: &Tree, path: &str, text: &str, options: &Options) -> Project {
    let directives = match directives(path, text) {
        Ok(directives) => directives,
        Err(problem) => {
            let mut project = Project::new(path, Kind::FileBasedApp);
            project.error = Some(problem);
            return project;
        }
    };
    let mut project = workspace.evaluate_text(path, &project_text(&directives), options);
    project.kind = Kind::FileBasedApp;
    if let Some(sdk) = directives.iter().find(|directive| directive.kind == DirectiveKind::Sdk) {
        project.sdk = Some(versioned(sdk));
        project.sdk_place = Some(Place::new(path, sdk.line));
    }
    for package in project.packages.iter_mut().filter(|package| package.via == Via::PackageReference) {
        if package.place.path == path {
            package.via = Via::Directive;
        }
    }
    let mut problems = Vec::new();
    for reference in &mut project.project_references {
        match projects_at(tree, reference).as_slice() {
            [] => {}
            [found] => found.clone_into(reference),
            [_, ..] => problems.push(ambiguous(path, &directives, reference)),
        }
    }
    project.problems.extend(problems);
    project
}

fn versioned(sdk: &Directive) -> String {
    sdk.value.as_ref().map_or_else(|| sdk.name.clone(), |version| format!("{}/{version}", sdk.name))
}

/// The project that the directives stand for, with the elements of a directive on the line of that directive, so that what is said of
/// the project holds for the file.
fn project_text(directives: &[Directive]) -> String {
    let sdks: Vec<String> =
        directives.iter().filter(|directive| directive.kind == DirectiveKind::Sdk).map(versioned).collect();
    let sdks = if sdks.is_empty() { "Microsoft.NET.Sdk".to_owned() } else { sdks.join(";") };
    // What .NET sets for every such app stands on the first line. Its default framework is that of the SDK at hand, which the
    // repository does not tell.
    let mut text = format!(
        "<Project Sdk=\"{}\"><PropertyGroup><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings>\
         <Nullable>enable</Nullable></PropertyGroup>",
        escape(&sdks)
    );
    let mut line = 1;
    // Writing to a String cannot fail, so the results are not looked at.
    for directive in directives {
        while line < directive.line {
            text.push('\n');
            line += 1;
        }
        let name = escape(&directive.name);
        let value = directive.value.as_deref().map(escape);
        match (directive.kind, value) {
            (DirectiveKind::Property, value) => {
                let value = value.unwrap_or_default();
                write!(text, "<PropertyGroup><{name}>{value}</{name}></PropertyGroup>").ok();
            }
            (DirectiveKind::Package, value) => {
                let version = value.map(|version| format!(" Version=\"{version}\"")).unwrap_or_default();
                write!(text, "<ItemGroup><PackageReference Include=\"{name}\"{version}/></ItemGroup>").ok();
            }
            (DirectiveKind::Project, _) => {
                write!(text, "<ItemGroup><ProjectReference Include=\"{name}\"/></ItemGroup>").ok();
            }
            (DirectiveKind::Sdk | DirectiveKind::Files, _) => {}
        }
    }
    text + "</Project>"
}

/// The projects of a folder; none when it is a file.
fn projects_at(tree: &Tree, path: &str) -> Vec<String> {
    let is_project = |candidate: &&str| folder(candidate) == path && Format::of(candidate) == Some(Format::MsBuild);
    tree.under(path).map(|(candidate, _)| candidate).filter(is_project).map(ToOwned::to_owned).collect()
}

/// What .NET says of a `#:project` that names a folder with several projects.
fn ambiguous(path: &str, directives: &[Directive], reference: &str) -> Problem {
    let names = |directive: &&Directive| {
        directive.kind == DirectiveKind::Project
            && join(folder(path), &directive.name.replace('\\', "/")).as_deref() == Some(reference)
    };
    let line = directives.iter().find(names).map_or(0, |directive| directive.line);
    let message = format!("the folder `{reference}` holds several projects: `#:project` must name one of them");
    Problem::at("ambiguous-project", message, Place::new(path, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(tree: &Tree, path: &str, text: &str) -> Project {
        read(&Workspace::new(tree), tree, path, text, &Options::default())
    }

    fn read_text(text: &str) -> Project {
        read_in(&Tree::new(), "app.cs", text)
    }

    #[test]
    fn reads_directives() {
        let text = "#!/usr/bin/env dotnet\n   #:   sdk   My.Sdk@1.0\n// a comment\n#:package A @ 2.0 \n#:package B\n # :package C@3\n#pragma warning disable\n#:property X  =  \"a b\" \nConsole.WriteLine();";
        let project = read_text(text);
        assert_eq!(project.error, None);
        assert_eq!(project.sdk.as_deref(), Some("My.Sdk/1.0"));
        let found: Vec<_> =
            project.packages.iter().map(|it| (it.id.as_str(), it.requirement.as_deref(), it.place.line)).collect();
        assert_eq!(found, [("A", Some("2.0"), 4), ("B", None, 5)]);
        let odd = read_text("#:package P @ 1.0/a=b\n#:package Q@\n#:property TargetFramework=");
        assert_eq!(
            odd.packages.iter().map(|it| it.requirement.as_deref()).collect::<Vec<_>>(),
            [Some("1.0/a=b"), None]
        );
        assert!(odd.target_frameworks.is_empty());
        let property = directives("app.cs", text).unwrap().pop().unwrap();
        assert_eq!((property.name.as_str(), property.value.as_deref()), ("X", Some("\"a b\"")));
    }

    #[test]
    fn versions_see_properties() {
        let project = read_text(
            "#:package A@$(v)-rc\n#:property Minor=1\n#:property V=7.$(Minor)\n#:property TargetFramework=net10.0",
        );
        let package = &project.packages[0];
        assert_eq!((package.requirement.as_deref(), package.framework.as_deref()), (Some("7.1-rc"), Some("net10.0")));
        assert_eq!((package.via, &package.place), (Via::Directive, &Place::new("app.cs", 1)));
        assert_eq!(package.carrier().path, "app.cs");
    }

    #[test]
    fn files_above_apply() {
        let mut tree = Tree::new();
        tree.insert_text("Directory.Build.props", "<Project><PropertyGroup><V>5.0</V></PropertyGroup></Project>");
        tree.insert_text(
            "Directory.Packages.props",
            "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>\n\
             <ItemGroup><PackageVersion Include='A' Version='$(V)'/></ItemGroup></Project>",
        );
        let project = read_in(&tree, "tools/app.cs", "#:package A\n");
        assert_eq!(project.imports, ["Directory.Build.props", "Directory.Packages.props"]);
        assert_eq!(
            (project.packages[0].requirement.as_deref(), project.packages[0].via),
            (Some("5.0"), Via::PackageVersion)
        );
    }

    #[test]
    fn what_xml_would_read_otherwise_is_kept() {
        let project = read_text("#:property A=<1&\"2\n#:package B@$(A)");
        assert_eq!(project.packages[0].requirement.as_deref(), Some("<1&\"2"));
    }

    #[test]
    fn projects_may_be_folders() {
        let mut tree = Tree::new();
        tree.insert_text("lib/Lib.csproj", "<Project/>");
        tree.insert_text("two/A.csproj", "<Project/>");
        tree.insert_text("two/B.csproj", "<Project/>");
        let project = read_in(&tree, "src/app.cs", "#:project ../lib\n#:project ../two/A.csproj\n#:project ../two");
        assert_eq!(project.project_references, ["lib/Lib.csproj", "two/A.csproj", "two"]);
        let [problem] = project.problems.as_slice() else { panic!("{:?}", project.problems) };
        assert_eq!(
            (problem.code.as_str(), problem.place.as_ref()),
            ("ambiguous-project", Some(&Place::new("src/app.cs", 3)))
        );
    }

    #[track_caller]
    fn fails(text: &str, line: u32) {
        let project = read_text(text);
        assert_eq!(project.error.and_then(|error| error.place), Some(Place::new("app.cs", line)));
    }

    #[test]
    fn late_directives_fail() {
        fails("#:package A\nusing System;\n#:package B", 3);
        fails("#if X\n#:package B\n#endif", 2);
        fails("var text = \"#:x\";\nvar c = '\"';\n  #:package B", 3);
    }

    #[test]
    fn what_is_wrong_fails_the_app() {
        fails("#:package A\n#:package a@1", 2);
        fails("#:nope X", 1);
        fails("#:package", 1);
        fails("#:package A 1.0", 1);
        fails("#:property X", 1);
        fails("#:property =1", 1);
        fails("#:property 1A=1", 1);
        fails("#:property A\"=1", 1);
        fails("#:", 1);
    }

    #[test]
    fn ordinary_code_is_no_app() {
        assert!(is_app("#!/usr/bin/env dotnet\nreturn;") && is_app("\n#:package A"));
        assert!(!is_app("#nullable enable\nusing System;\nvar text = \"\"\"\n#:package A\n\"\"\";"));
    }
}

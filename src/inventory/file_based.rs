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

use crate::inventory::file::Format;
use crate::inventory::{Kind, Package, Project, Step, Via};
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

/// Reads a file-based app by its own directives; what Directory.Build.props adds is not in it.
pub fn read(tree: &Tree, path: &str, text: &str) -> Project {
    let mut project = Project::new(path, Kind::FileBasedApp);
    match directives(path, text) {
        Ok(directives) => Reading { tree, properties: HashMap::new() }.fill(&mut project, &directives),
        Err(problem) => project.error = Some(problem),
    }
    project
}

struct Reading<'a> {
    tree: &'a Tree,
    /// Values and places by lower-case name.
    properties: HashMap<String, (String, Place)>,
}

impl Reading<'_> {
    fn fill(mut self, project: &mut Project, directives: &[Directive]) {
        let of = |kind: DirectiveKind| directives.iter().filter(move |directive| directive.kind == kind);
        if let Some(sdk) = of(DirectiveKind::Sdk).next() {
            let named = |version: &String| format!("{}/{version}", sdk.name);
            project.sdk = Some(sdk.value.as_ref().map_or_else(|| sdk.name.clone(), named));
            project.sdk_place = Some(Place::new(&project.path, sdk.line));
        }
        for property in of(DirectiveKind::Property) {
            self.define(project, property);
        }
        for package in of(DirectiveKind::Package) {
            let package = self.package(project, package);
            project.packages.push(package);
        }
        for reference in of(DirectiveKind::Project) {
            self.reference(project, reference);
        }
    }

    fn define(&mut self, project: &mut Project, property: &Directive) {
        let place = Place::new(&project.path, property.line);
        let Ok((value, _)) = self.expand(property.value.as_deref().unwrap_or_default()) else { return };
        if property.name.eq_ignore_ascii_case("TargetFramework") && !value.is_empty() {
            project.target_frameworks = vec![value.clone()];
            project.framework_place = Some(place.clone());
        }
        self.properties.insert(property.name.to_lowercase(), (value, place));
    }

    fn package(&self, project: &Project, directive: &Directive) -> Package {
        let mut package = Package::new(&directive.name, Via::Directive, Place::new(&project.path, directive.line));
        package.framework = project.target_frameworks.first().cloned();
        let Some(version) = &directive.value else { return package };
        match self.expand(version) {
            Ok((requirement, steps)) => {
                if let Some(last) = steps.last() {
                    package.version_place = Some(last.clone());
                    package.trail.push(Step { text: version.clone(), place: package.place.clone() });
                    package.trail.push(Step { text: requirement.clone(), place: last.clone() });
                }
                package.requirement = Some(requirement);
            }
            Err(reason) => package.problem = Some(reason),
        }
        package
    }

    fn reference(&self, project: &mut Project, directive: &Directive) {
        let place = Place::new(&project.path, directive.line);
        let target = self.expand(&directive.name).ok().and_then(|(target, _)| join(folder(&project.path), &target));
        let found = target.as_deref().and_then(|target| self.project_at(target));
        if let Some(path) = found {
            project.project_references.push(path);
        } else {
            let message = format!("the project `{}` cannot be found", directive.name);
            project.problems.push(Problem::at("missing-project", message, place));
        }
    }

    /// The project at a path: the file itself, or the only project of the folder.
    fn project_at(&self, path: &str) -> Option<String> {
        if self.tree.is_file(path) {
            return Some(path.to_owned());
        }
        let is_project = |candidate: &&str| folder(candidate) == path && Format::of(candidate) == Some(Format::MsBuild);
        let mut projects = self.tree.under(path).map(|(candidate, _)| candidate).filter(is_project);
        projects.next().filter(|_| projects.next().is_none()).map(ToOwned::to_owned)
    }

    /// A text with the properties of the directives filled in, and the places they came from; or why that cannot be told.
    fn expand(&self, text: &str) -> Result<(String, Vec<Place>), String> {
        let mut expanded = String::new();
        let mut places = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("$(") {
            let Some((name, behind)) = after.split_once(')') else { break };
            let unknown = || format!("`$({name})` is set by no directive");
            let (value, place) = self.properties.get(&name.trim().to_lowercase()).ok_or_else(unknown)?;
            expanded.push_str(before);
            expanded.push_str(value);
            if expanded.len() > LONGEST {
                return Err(format!("`{text}` grows beyond {LONGEST} bytes"));
            }
            places.push(place.clone());
            rest = behind;
        }
        expanded.push_str(rest);
        Ok((expanded, places))
    }
}

/// How long a value may grow (bytes) by filling in properties; each may repeat the one before.
const LONGEST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Project {
        read(&Tree::new(), "app.cs", text)
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
        let project = read_text("#:package A@$(v)-rc\n#:property V=7.$(Minor)\n#:property TargetFramework=net10.0");
        assert!(project.packages[0].problem.is_some(), "{:?}", project.packages);
        let project = read_text(
            "#:package A@$(v)-rc\n#:property Minor=1\n#:property V=7.$(Minor)\n#:property TargetFramework=net10.0",
        );
        let package = &project.packages[0];
        assert_eq!((package.requirement.as_deref(), package.framework.as_deref()), (Some("7.1-rc"), Some("net10.0")));
        assert_eq!(package.carrier().line, 3);
    }

    #[test]
    fn values_do_not_explode() {
        let doubling = |level: u32| format!("#:property P{level}=$(P{0})$(P{0})\n", level - 1);
        let text: Vec<String> = (1..30).map(doubling).collect();
        let project = read_text(&format!("#:property P0=xxxxxxxxxx\n{}#:package A@$(P29)", text.concat()));
        assert!(project.packages[0].problem.is_some());
    }

    #[test]
    fn projects_may_be_folders() {
        let mut tree = Tree::new();
        tree.insert_text("lib/Lib.csproj", "<Project/>");
        tree.insert_text("two/A.csproj", "<Project/>");
        tree.insert_text("two/B.csproj", "<Project/>");
        let project = read(&tree, "src/app.cs", "#:project ../lib\n#:project ../two/A.csproj\n#:project ../two");
        assert_eq!(project.project_references, ["lib/Lib.csproj", "two/A.csproj"]);
        assert_eq!(project.problems[0].place, Some(Place::new("src/app.cs", 3)));
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

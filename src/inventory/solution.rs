//! Solutions: which projects belong together.
//!
//! `.sln` is a text of its own: quotes and spacing vary, and a project whose type is the one of folders is a folder
//! (`reads_sln`). `.slnx` is XML with projects anywhere below folders (`reads_slnx`). `.slnf` is JSON that names a solution
//! and some of its projects, relative to that solution (`reads_slnf`).

use crate::inventory::Solution;
use crate::inventory::file::Format;
use crate::inventory::json::{self, Value};
use crate::inventory::xml::{self, Element};
use crate::place::{Place, Problem};
use crate::tree::{folder, join};

/// The project type of a solution folder.
const FOLDER_TYPE: &str = "2150E333-8FDC-42A3-9474-1A3956D46DE8";

/// Reads a solution by the ending of its name: `.sln`, `.slnx` or `.slnf`.
pub fn read(path: &str, text: &str) -> (Solution, Vec<Problem>) {
    let mut reading =
        Reading { path, solution: Solution { path: path.to_owned(), projects: Vec::new() }, problems: Vec::new() };
    match path.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("slnx") => reading.slnx(text),
        Some("slnf") => reading.slnf(text),
        _ => reading.sln(text),
    }
    (reading.solution, reading.problems)
}

struct Reading<'a> {
    path: &'a str,
    solution: Solution,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn sln(&mut self, text: &str) {
        for (line, content) in (1..).zip(text.lines()) {
            if let Some((kind, project)) = sln_project(content)
                && !kind.eq_ignore_ascii_case(FOLDER_TYPE)
            {
                self.add(folder(self.path), project, line);
            }
        }
    }

    fn slnx(&mut self, text: &str) {
        match xml::parse(self.path, text) {
            Ok(root) => self.slnx_level(&root),
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Elements nest as deep as the XML layer allows.
    fn slnx_level(&mut self, element: &Element) {
        for child in &element.children {
            if child.local_name() == "Project"
                && let Some(path) = child.attribute("Path")
            {
                self.add(folder(self.path), &path.value, path.line);
            }
            self.slnx_level(child);
        }
    }

    fn slnf(&mut self, text: &str) {
        let root = match json::parse(self.path, text) {
            Ok(root) => root,
            Err(problem) => return self.problems.push(problem),
        };
        let Some(filter) = root.member("solution") else { return };
        let solution = filter.value.get("path").and_then(Value::text).unwrap_or_default();
        let base = join(folder(self.path), solution).map(|solution| folder(&solution).to_owned());
        for project in filter.value.get("projects").map_or(&[][..], Value::values).iter().filter_map(Value::text) {
            match &base {
                Some(base) => self.add(base, project, filter.line),
                None => self.outside(project, filter.line),
            }
        }
    }

    fn add(&mut self, base: &str, project: &str, line: u32) {
        // A web site stands in a solution by its address, and folders of files are no projects either.
        if project.contains("://") || Format::of(&project.replace('\\', "/")) != Some(Format::MsBuild) {
            return;
        }
        match join(base, project) {
            Some(path) if !self.solution.projects.contains(&path) => self.solution.projects.push(path),
            Some(_) => {}
            None => self.outside(project, line),
        }
    }

    fn outside(&mut self, project: &str, line: u32) {
        let message = format!("the project `{project}` stands outside of the repository");
        self.problems.push(Problem::at("outside-repository", message, Place::new(self.path, line)));
    }
}

/// The type and the path of the project that a line of a `.sln` declares:
/// `Project("{type}") = "name", "path", "{id}"`.
fn sln_project(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix("Project")?.trim_start().strip_prefix('(')?;
    let (kind, rest) = rest.split_once(')')?;
    let (_, rest) = rest.split_once('=')?;
    let mut quoted = rest.split('"').skip(1).step_by(2);
    let project = quoted.nth(1)?.trim();
    Some((kind.trim_matches(|character: char| character.is_whitespace() || "\"{}".contains(character)), project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(path: &str, text: &str, expected: &[&str]) {
        let (solution, problems) = read(path, text);
        assert_eq!(solution.projects, expected);
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn reads_sln() {
        case(
            "src/All.sln",
            "Microsoft Visual Studio Solution File, Format Version 12.00\r\n\
             Project(\"{9A19103F-16F7-4668-BE54-9A1E7A4F7556}\") = \"App\", \"App\\App.csproj\", \"{1}\"\r\nEndProject\r\n\
             Project(\"{2150e333-8fdc-42a3-9474-1a3956d46de8}\") = \"Items\", \"Items\", \"{2}\"\r\nEndProject\r\n\
             \tProject( \"{9A19103F-16F7-4668-BE54-9A1E7A4F7556}\" )=\"Lib\" ,  \"..\\lib\\Lib.fsproj\" , \"{3}\"\r\n\
             Project(\"{E24C65DC-7377-472B-9ABA-BC803B73C61A}\") = \"Site\", \"http://localhost/x.csproj\", \"{4}\"\r\n\
             Global\r\n\tGlobalSection(ProjectDependencies) = postProject\r\n",
            &["src/App/App.csproj", "lib/Lib.fsproj"],
        );
        case("a.sln", "Project(\"{\nProject() = \nProject(\"x\") = \"a\"", &[]);
    }

    #[test]
    fn reads_slnx() {
        case(
            "All.slnx",
            "<Solution><Project Path=\"App/App.csproj\"/><Folder Name=\"/x/\"><Project Path=\"lib\\L.csproj\"><Build/></Project></Folder><File Path=\"a.csproj\"/></Solution>",
            &["App/App.csproj", "lib/L.csproj"],
        );
        assert_eq!(read("a.slnx", "<").1[0].code, "invalid-xml");
    }

    #[test]
    fn reads_slnf() {
        case(
            "filters/Some.slnf",
            r#"{"solution": {"path": "..\\src\\All.sln", "projects": ["App\\App.csproj", "Lib/Lib.csproj"]}}"#,
            &["src/App/App.csproj", "src/Lib/Lib.csproj"],
        );
        assert_eq!(read("a.slnf", "{").1[0].code, "invalid-json");
    }

    #[test]
    fn projects_outside_are_a_problem() {
        let (solution, problems) = read("All.slnx", "<Solution>\n<Project Path='../x/x.csproj'/></Solution>");
        assert!(solution.projects.is_empty());
        assert_eq!(
            (problems[0].code.as_str(), problems[0].place.clone()),
            ("outside-repository", Some(Place::new("All.slnx", 2)))
        );
    }
}

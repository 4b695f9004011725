//! Takes an inventory: finds the files of a tree that name packages, and hands each to the reader of its format.

use rayon::prelude::*;

use crate::inventory::file::Format;
use crate::inventory::msbuild::Workspace;
use crate::inventory::{Inventory, Options, Project, Solution};
use crate::inventory::{
    declared, deps_json, file_based, global_json, lock, nuspec, packages_config, paket, project_json, solution, tools,
};
use crate::place::{Place, Problem};
use crate::tree::{Entry, Tree};

impl Inventory {
    /// Whether the text of `path` is needed to take an inventory. C# files are not among them: those that are applications of their
    /// own are read when their text happens to be there.
    pub fn wants(path: &str) -> bool {
        Format::of(path).is_some_and(|format| format != Format::CSharp)
    }

    /// Every project, manifest and solution of a tree, by path.
    pub fn of(tree: &Tree, options: &Options) -> Self {
        Self::below(tree, "", options)
    }

    /// The inventory of one path: a file, a solution with its projects, or a folder with all below it.
    pub fn at(tree: &Tree, path: &str, options: &Options) -> Self {
        if tree.is_folder(path) {
            return Self::below(tree, path, options);
        }
        let taking = Taking { tree, workspace: Workspace::new(tree), options };
        let Some(format) = Format::of(path) else {
            let problem = Problem::at("unknown-format", "is no file that names packages", Place::new(path, 0));
            return Self { problems: vec![problem], ..Self::default() };
        };
        let mut inventory = taking.all(&[(path, format)]);
        let projects: Vec<String> = inventory.solutions.iter().flat_map(|solution| solution.projects.clone()).collect();
        let projects: Vec<_> = projects.iter().map(|path| (path.as_str(), Format::MsBuild)).collect();
        inventory.join(taking.all(&projects));
        inventory.settle_locks(tree);
        inventory
    }

    fn below(tree: &Tree, folder: &str, options: &Options) -> Self {
        let wanted = |path: &str, entry: &Entry| match Format::of(path)? {
            // What projects import is read with them, and most C# is part of a project.
            Format::Import => None,
            Format::CSharp if !matches!(entry, Entry::Text(text) if file_based::is_app(text)) => None,
            format => Some(format),
        };
        let files: Vec<(&str, Format)> =
            tree.under(folder).filter_map(|(path, entry)| Some((path, wanted(path, entry)?))).collect();
        let mut inventory = Taking { tree, workspace: Workspace::new(tree), options }.all(&files);
        inventory.read_named_locks(tree);
        inventory.settle_locks(tree);
        inventory
    }

    fn join(&mut self, other: Self) {
        self.projects.extend(other.projects);
        self.solutions.extend(other.solutions);
        self.problems.extend(other.problems);
    }
}

/// What every reader may need to know.
struct Taking<'a> {
    tree: &'a Tree,
    workspace: Workspace<'a>,
    options: &'a Options,
}

/// What one file gives.
enum Read {
    Project(Box<Project>),
    Solution(Solution, Vec<Problem>),
    /// It is another tool's file of the same name.
    Nothing,
}

impl Taking<'_> {
    /// Reads files side by side, and keeps their order.
    fn all(&self, files: &[(&str, Format)]) -> Inventory {
        let read: Vec<Result<Read, Problem>> = files.par_iter().map(|(path, format)| self.one(path, *format)).collect();
        let mut inventory = Inventory::default();
        for (result, (path, format)) in read.into_iter().zip(files) {
            match result {
                Ok(Read::Project(project)) => inventory.projects.push(*project),
                Ok(Read::Solution(solution, problems)) => {
                    inventory.solutions.push(solution);
                    inventory.problems.extend(problems);
                }
                Ok(Read::Nothing) => {}
                // It may carry references all the same: a project that cannot be told, not one that is gone.
                Err(problem) => match format.kind().filter(|_| self.tree.is_file(path)) {
                    Some(kind) => {
                        inventory.projects.push(Project { error: Some(problem), ..Project::new(*path, kind) });
                    }
                    None => inventory.problems.push(problem),
                },
            }
        }
        inventory
    }

    /// Reads one file: the one place where formats and readers meet.
    fn one(&self, path: &str, format: Format) -> Result<Read, Problem> {
        let fail = |reason: &str| Err(Problem::at("unreadable-file", reason, Place::new(path, 0)));
        let text = match self.tree.entry(path) {
            Some(Entry::Text(text)) => &**text,
            Some(Entry::Unreadable(reason)) => return fail(reason),
            Some(Entry::Listed) => return fail("was not read"),
            None => return fail("does not exist"),
        };
        let project = match format {
            Format::Solution => {
                let (solution, problems) = solution::read(path, text);
                return Ok(Read::Solution(solution, problems));
            }
            Format::ProjectJson => {
                return Ok(
                    project_json::read(path, text).map_or(Read::Nothing, |project| Read::Project(Box::new(project)))
                );
            }
            Format::MsBuild => self.workspace.evaluate(path, self.options),
            Format::Import => declared::read(path, text),
            Format::PackagesConfig => packages_config::read(path, text),
            Format::Lock => lock::read(path, text),
            Format::ProjectLock => lock::read_old(path, text),
            Format::DepsJson => deps_json::read(path, text),
            Format::Nuspec => nuspec::read(path, text),
            Format::GlobalJson => global_json::read(path, text),
            Format::DotnetTools => tools::read(path, text),
            Format::PaketDependencies => paket::read_dependencies(path, text),
            Format::PaketReferences => paket::read_references(self.tree, path, text),
            Format::PaketLock => paket::read_lock(path, text),
            Format::CSharp => file_based::read(&self.workspace, self.tree, path, text, self.options),
        };
        Ok(Read::Project(Box::new(project)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::new();
        tree.insert_text("All.sln", "Project(\"{1}\") = \"A\", \"src\\A.csproj\", \"{2}\"\nProject(\"{1}\") = \"B\", \"src\\B.csproj\", \"{3}\"");
        tree.insert_text("src/A.csproj", "<Project/>");
        tree.insert_text("src/packages.config", "<packages><package id='X' version='1'/></packages>");
        tree.insert_text("src/global.json", "{}");
        tree.insert_text("Directory.Packages.props", "<Project/>");
        tree.insert_unreadable("lib/B.csproj", "is a symbolic link");
        tree.insert_text("src/Program.cs", "using System;");
        tree.insert_text("tools/run.cs", "#:package X@1");
        tree
    }

    fn paths(inventory: &Inventory) -> Vec<&str> {
        inventory.projects.iter().map(|project| project.path.as_str()).collect()
    }

    #[test]
    fn a_tree_gives_all_that_names_packages() {
        let inventory = Inventory::of(&tree(), &Options::default());
        assert_eq!(
            paths(&inventory),
            ["lib/B.csproj", "src/A.csproj", "src/global.json", "src/packages.config", "tools/run.cs"]
        );
        assert_eq!(inventory.solutions[0].projects, ["src/A.csproj", "src/B.csproj"]);
        let unread = Problem::at("unreadable-file", "is a symbolic link", Place::new("lib/B.csproj", 0));
        assert_eq!(inventory.projects[0].error, Some(unread));
    }

    #[test]
    fn a_path_gives_what_it_names() {
        #[track_caller]
        fn case(path: &str, expected: &[&str], problems: usize) {
            let inventory = Inventory::at(&tree(), path, &Options::default());
            assert_eq!((paths(&inventory).as_slice(), inventory.problems.len()), (expected, problems), "{path}");
        }
        case("src", &["src/A.csproj", "src/global.json", "src/packages.config"], 0);
        case("src/packages.config", &["src/packages.config"], 0);
        case("Directory.Packages.props", &["Directory.Packages.props"], 0);
        case("All.sln", &["src/A.csproj"], 1);
        case("src/Program.cs", &["src/Program.cs"], 0);
        case("nowhere.csproj", &[], 1);
        case("README.md", &[], 1);
    }

    #[test]
    fn code_is_not_wanted() {
        assert!(
            Inventory::wants("src/A.csproj") && Inventory::wants("Directory.Build.props") && Inventory::wants("a.sln")
        );
        assert!(!Inventory::wants("src/Program.cs") && !Inventory::wants("README.md"));
    }
}

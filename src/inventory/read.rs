//! Takes an inventory: finds the files of a tree that name packages, and hands each to the reader of its format.

use crate::inventory::file::Format;
use crate::inventory::{Inventory, Options};
use crate::inventory::{
    declared, deps_json, file_based, global_json, lock, msbuild, nuspec, packages_config, paket, project_json,
    solution, tools,
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
        let mut inventory = Self::default();
        match Format::of(path) {
            Some(format) => inventory.add(tree, path, format, options),
            None => inventory.fail("unknown-format", path, "is no file that names packages"),
        }
        let projects: Vec<String> = inventory.solutions.iter().flat_map(|solution| solution.projects.clone()).collect();
        for project in projects {
            inventory.add(tree, &project, Format::MsBuild, options);
        }
        inventory
    }

    fn below(tree: &Tree, folder: &str, options: &Options) -> Self {
        let mut inventory = Self::default();
        for (path, entry) in tree.under(folder) {
            match Format::of(path) {
                // What projects import is read with them, and most C# is part of a project.
                None | Some(Format::Import) => {}
                Some(Format::CSharp) if !matches!(entry, Entry::Text(text) if file_based::is_app(text)) => {}
                Some(format) => inventory.add(tree, path, format, options),
            }
        }
        inventory
    }

    /// Reads one file: the one place where formats and readers meet.
    fn add(&mut self, tree: &Tree, path: &str, format: Format, options: &Options) {
        let text = match tree.entry(path) {
            Some(Entry::Text(text)) => &**text,
            Some(Entry::Unreadable(reason)) => return self.fail("unreadable-file", path, reason),
            Some(Entry::Listed) => return self.fail("unreadable-file", path, "was not read"),
            None => return self.fail("unreadable-file", path, "does not exist"),
        };
        let project = match format {
            Format::Solution => {
                let (solution, problems) = solution::read(path, text);
                self.solutions.push(solution);
                self.problems.extend(problems);
                None
            }
            Format::MsBuild => Some(msbuild::evaluate(tree, path, options)),
            Format::Import => Some(declared::read(path, text)),
            Format::PackagesConfig => Some(packages_config::read(path, text)),
            Format::Lock => Some(lock::read(path, text)),
            Format::ProjectLock => Some(lock::read_old(path, text)),
            Format::DepsJson => Some(deps_json::read(path, text)),
            Format::ProjectJson => project_json::read(path, text),
            Format::Nuspec => Some(nuspec::read(path, text)),
            Format::GlobalJson => Some(global_json::read(path, text)),
            Format::DotnetTools => Some(tools::read(path, text)),
            Format::PaketDependencies => Some(paket::read_dependencies(path, text)),
            Format::PaketReferences => Some(paket::read_references(tree, path, text)),
            Format::PaketLock => Some(paket::read_lock(path, text)),
            Format::CSharp => Some(file_based::read(tree, path, text)),
        };
        self.projects.extend(project);
    }

    fn fail(&mut self, code: &str, path: &str, message: &str) {
        self.problems.push(Problem::at(code, message, Place::new(path, 0)));
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
        assert_eq!(paths(&inventory), ["src/A.csproj", "src/global.json", "src/packages.config", "tools/run.cs"]);
        assert_eq!(inventory.solutions[0].projects, ["src/A.csproj", "src/B.csproj"]);
        assert_eq!(
            inventory.problems,
            [Problem::at("unreadable-file", "is a symbolic link", Place::new("lib/B.csproj", 0))]
        );
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

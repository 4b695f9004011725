//! The `dotnet ef` command that adds a migration, with the projects and folders of the repository.

use std::collections::BTreeSet;

use crate::evidence::project_at;
use crate::inventory::{Inventory, Project};
use crate::tree::folder;

/// The program that carries the settings of a project with migrations: itself when it is one, else a program that references it;
/// of several the one that has EF Core's tools, references it itself, and has the shortest name.
fn startup_of<'a>(inventory: &'a Inventory, project: &'a Project) -> Option<&'a Project> {
    if is_program(project) {
        return Some(project);
    }
    let programs = inventory.projects.iter().filter(|other| is_program(other));
    let direct = |program: &Project| program.project_references.contains(&project.path);
    programs
        .filter(|program| reaches(inventory, program, &project.path))
        .min_by_key(|program| (!has_tools(program), !direct(program), program.path.len(), &program.path))
}

/// Whether a project can start `dotnet ef`.
fn has_tools(project: &Project) -> bool {
    let tools = ["Microsoft.EntityFrameworkCore.Design", "Microsoft.EntityFrameworkCore.Tools"];
    project.packages.iter().any(|package| tools.iter().any(|id| package.id.eq_ignore_ascii_case(id)))
}

fn is_program(project: &Project) -> bool {
    project.sdk.as_deref().is_some_and(|sdk| sdk.ends_with(".Web") || sdk.ends_with(".Worker"))
}

/// Whether a project references another, directly or through others.
fn reaches(inventory: &Inventory, from: &Project, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(project) = open.pop() {
        if project.project_references.iter().any(|path| path == to) {
            return true;
        }
        let next = project.project_references.iter().filter(|path| seen.insert(path.as_str()));
        open.extend(next.filter_map(|path| inventory.projects.iter().find(|other| other.path == *path)));
    }
    false
}

/// The command that adds a migration of a context beside its snapshot.
pub(super) fn add_migration(inventory: &Inventory, name: &str, context: &str, snapshot: &str) -> String {
    let mut command = format!("dotnet ef migrations add {name} --context {context}");
    let output = folder(snapshot);
    let Some(project) = project_at(inventory, snapshot) else {
        push(&mut command, "output-dir", output);
        return command;
    };
    let root = folder(&project.path);
    push(&mut command, "project", if root.is_empty() { "." } else { root });
    if let Some(startup) = startup_of(inventory, project).filter(|startup| startup.path != project.path) {
        push(&mut command, "startup-project", folder(&startup.path));
    }
    push(&mut command, "output-dir", output.strip_prefix(root).unwrap_or(output).trim_start_matches('/'));
    command
}

fn push(command: &mut String, option: &str, value: &str) {
    if !value.is_empty() {
        command.extend([" --", option, " ", &quoted(value)]);
    }
}

/// A word for a shell: quoted unless it is plain.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-./".contains(character);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Kind;

    fn project(path: &str, sdk: &str, references: &[&str]) -> Project {
        let mut project = Project::new(path, Kind::MsBuild);
        project.sdk = Some(sdk.to_owned());
        project.project_references = references.iter().map(|it| (*it).to_owned()).collect();
        project
    }

    #[track_caller]
    fn case(projects: Vec<Project>, snapshot: &str, expected: &str) {
        let inventory = Inventory { projects, ..Inventory::default() };
        let command = add_migration(&inventory, "V7", "StoreContext", snapshot);
        assert_eq!(command.trim_start_matches("dotnet ef migrations add V7 --context StoreContext"), expected);
    }

    #[test]
    fn names_the_projects_and_folders_of_the_repository() {
        let web = "Microsoft.NET.Sdk.Web";
        let library = "Microsoft.NET.Sdk";
        case(
            vec![project("src/Host/Host.csproj", web, &[])],
            "src/Host/Migrations/Store/XSnapshot.cs",
            " --project src/Host --output-dir Migrations/Store",
        );
        case(
            vec![
                project("src/Host/Host.csproj", web, &["src/Mid/Mid.csproj"]),
                project("src/Mid/Mid.csproj", library, &["src/My Data/D.csproj"]),
                project("src/My Data/D.csproj", library, &[]),
                project("src/Other/Other.csproj", web, &[]),
            ],
            "src/My Data/Migrations/XSnapshot.cs",
            " --project 'src/My Data' --startup-project src/Host --output-dir Migrations",
        );
        case(vec![], "a/Migrations/XSnapshot.cs", " --output-dir a/Migrations");
        case(vec![project("Host.csproj", web, &[])], "XSnapshot.cs", " --project .");
    }
}

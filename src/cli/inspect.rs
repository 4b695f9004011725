//! `inspect`: what is referenced where.
//!
//! `--get-property` and `--get-item` ask for the values of one evaluation instead, as those switches of `dotnet msbuild` do, so
//! that the two can be compared where an SDK is at hand.
//!
//! Exit codes: 0 read; 1 some project or file failed (the answer is printed all the same); 2 usage, or nothing could be read.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::cli::{complain, print};
use crate::inventory::msbuild::{ROOT, Workspace};
use crate::inventory::{Inventory, Options};
use crate::place::Problem;
use crate::render::inspect::{json, text};
use crate::render::markdown::one_line;
use crate::render::values::values;
use crate::source::folder;
use crate::tree::Tree;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A project, a solution, another manifest, or a folder; the current folder when absent
    path: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// A global property of the evaluation; may be repeated
    #[arg(long = "property", value_name = "NAME=VALUE", value_parser = property)]
    properties: Vec<(String, String)>,
    /// Short for --property Configuration=NAME
    #[arg(long, value_name = "NAME")]
    configuration: Option<String>,
    /// Only this target framework
    #[arg(long, value_name = "TFM")]
    framework: Option<String>,
    /// Also list the packages that the SDK adds by itself
    #[arg(long)]
    implicit: bool,
    /// Properties of PATH, a project, after evaluation, as `dotnet msbuild -getProperty` prints them; of a project with several
    /// frameworks those of the evaluation that --framework names, else of the outer one
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    get_property: Vec<String>,
    /// Items of PATH after evaluation, as `dotnet msbuild -getItem` prints them
    #[arg(long, value_name = "TYPE,…", value_delimiter = ',')]
    get_item: Vec<String>,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs, with a published schema
    Json,
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("is not NAME=VALUE".into()),
    }
}

/// Runs `inspect`; gives the exit code.
pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let current = std::env::current_dir().context("could not find the current folder")?;
    let path = arguments.path.as_deref().unwrap_or(Path::new("."));
    let target = Target::find(path, &current)?;
    let (tree, problems) = target.tree()?;
    if !arguments.get_property.is_empty() || !arguments.get_item.is_empty() {
        return arguments.values(&tree, &target);
    }
    let mut inventory = Inventory::at(&tree, &target.path, &arguments.options());
    inventory.problems.extend(problems);
    if let Some(framework) = &arguments.framework {
        let listed = |name: &Option<String>| name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(framework));
        inventory.projects.iter_mut().for_each(|project| project.packages.retain(|package| listed(&package.framework)));
    }
    if inventory.projects.is_empty() && inventory.solutions.is_empty() {
        match inventory.problems.first() {
            Some(problem) => bail!("could not read `{}`: {}", path.display(), problem.message),
            None => bail!("found nothing in `{}` that names packages", path.display()),
        }
    }
    let answer = match arguments.format {
        Format::Text => text(&inventory),
        Format::Json => serde_json::to_string_pretty(&json(&inventory, &target.shown))? + "\n",
    };
    print(&answer)?;
    let failed = inventory.projects.iter().any(|project| project.error.is_some()) || !inventory.problems.is_empty();
    Ok(u8::from(failed))
}

impl Arguments {
    /// Prints the values that are asked for; what cannot be told among them goes to standard error, and is status 1.
    fn values(&self, tree: &Tree, target: &Target) -> anyhow::Result<u8> {
        let names = |list: &[String]| -> Vec<String> {
            list.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        let (properties, items) = (names(&self.get_property), names(&self.get_item));
        let found = match Workspace::new(tree).values(&target.path, &properties, &items, &self.options()) {
            Ok(found) => found,
            Err(problem) => bail!("could not evaluate `{}`: {}", target.path, line(&problem)),
        };
        // The engine sees the repository at a place of its own, and whoever compares wants to see the real one.
        print(&values(&found).replace(ROOT, &target.root.display().to_string()))?;
        found.problems.iter().for_each(|problem| complain(&line(problem)));
        let untold = found.properties.iter().any(|(_, value)| value.is_none());
        Ok(u8::from(untold || !found.problems.is_empty()))
    }

    fn options(&self) -> Options {
        let configuration = self.configuration.iter().map(|name| ("Configuration".to_owned(), name.clone()));
        Options {
            properties: self.properties.iter().cloned().chain(configuration).collect(),
            framework: self.framework.clone(),
            implicit: self.implicit,
        }
    }
}

/// A problem on one line.
fn line(problem: &Problem) -> String {
    let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
    one_line(&format!("{place}: {}: {}", problem.code, problem.message))
}

/// What to inspect.
#[derive(Debug)]
struct Target {
    /// The folder above which nothing is read.
    root: PathBuf,
    /// The root as it is shown.
    shown: String,
    /// What to inspect, relative to the root, with `/`; empty for the root itself.
    path: String,
}

impl Target {
    /// The root is the current folder; or the repository that holds `path` when that lies elsewhere.
    fn find(path: &Path, current: &Path) -> anyhow::Result<Self> {
        let full = current.join(path).canonicalize().with_context(|| format!("could not find `{}`", path.display()))?;
        let current = current.canonicalize().context("could not find the current folder")?;
        let (root, shown) = if full.starts_with(&current) {
            (current, ".".to_owned())
        } else {
            let folder = if full.is_dir() { full.as_path() } else { full.parent().unwrap_or(&full) };
            let root = folder.ancestors().find(|ancestor| ancestor.join(".git").exists()).unwrap_or(folder);
            (root.to_path_buf(), root.display().to_string())
        };
        let relative = full.strip_prefix(&root).unwrap_or(&full);
        let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
        let path = parts.with_context(|| format!("the name of `{}` is not Unicode", path.display()))?.join("/");
        Ok(Self { root, shown, path })
    }

    /// The files below the root. Those that the target itself needs are in it even where folders of build outputs are not.
    fn tree(&self) -> anyhow::Result<(Tree, Vec<Problem>)> {
        let target = self.root.join(&self.path);
        let all_code = target.is_dir();
        let (mut tree, problems) =
            folder::read(&self.root, |path| Inventory::wants(path) || path == self.path || all_code && is_code(path));
        if target.is_file() && tree.text(&self.path).is_none() {
            match folder::load(&target) {
                Ok(bytes) => tree.insert_bytes(&self.path, &bytes),
                Err(reason) => bail!("could not read `{}`: it {reason}", target.display()),
            }
        }
        Ok((tree, problems))
    }
}

fn is_code(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("cs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_current_folder_or_the_repository_elsewhere() {
        let place = tempfile::tempdir().unwrap();
        let base = place.path().canonicalize().unwrap();
        for folder in ["repo/.git", "repo/src/app", "lone/a", "work"] {
            std::fs::create_dir_all(base.join(folder)).unwrap();
        }
        std::fs::write(base.join("repo/src/app/a.csproj"), "<Project/>").unwrap();
        let case = |current: &str, path: &str, root: &str, target: &str| {
            let found = Target::find(Path::new(path), &base.join(current)).unwrap();
            assert_eq!((found.root, found.path.as_str()), (base.join(root), target), "{path} from {current}");
        };
        case("repo/src", "app/a.csproj", "repo/src", "app/a.csproj");
        case("repo/src", ".", "repo/src", "");
        case("work", "../repo/src/app/a.csproj", "repo", "src/app/a.csproj");
        case("repo/src/app", "..", "repo", "src");
        case("work", "../lone/a", "lone/a", "");
        assert!(Target::find(Path::new("nowhere"), &base).is_err());
    }

    #[test]
    fn properties_are_pairs() {
        assert_eq!(property("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(property("A="), Ok(("A".into(), String::new())));
        assert!(property("A").is_err() && property("=b").is_err());
    }
}

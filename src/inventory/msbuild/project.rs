//! A project under each of its target frameworks.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::inventory::msbuild::central::{self, Restore};
use crate::inventory::msbuild::document::Document;
use crate::inventory::msbuild::evaluation::{Evaluation, Failure};
use crate::inventory::msbuild::files::{Files, Loaded};
use crate::inventory::msbuild::implicit;
use crate::inventory::msbuild::item::{Item, Items};
use crate::inventory::msbuild::path::{self, Located};
use crate::inventory::msbuild::value::Value;
use crate::inventory::{Kind, Options, Project};
use crate::place::{Place, Problem};
use crate::tree::{Tree, folder};

/// A project may name this many target frameworks.
const MOST_FRAMEWORKS: usize = 64;

/// The metadata of an item by name; one that cannot be told is `None`.
pub type Metadata = BTreeMap<String, Option<String>>;

/// Properties and items of one evaluation, as `-getProperty` and `-getItem` of the real tool print them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// The properties asked for, as asked; one that is not defined is empty, and one that cannot be told is `None`.
    pub properties: Vec<(String, Option<String>)>,
    /// The item types asked for, as asked, each item with `Identity` and its metadata.
    pub items: Vec<(String, Vec<Metadata>)>,
    /// What cannot be told among them, and what went wrong.
    pub problems: Vec<Problem>,
}

/// Projects of one tree, which share what they import.
#[derive(Debug)]
pub struct Workspace<'a> {
    files: Files<'a>,
}

/// Evaluates one project of a tree.
pub fn evaluate(tree: &Tree, path: &str, options: &Options) -> Project {
    Workspace::new(tree).evaluate(path, options)
}

impl<'a> Workspace<'a> {
    /// The projects of `tree`.
    pub fn new(tree: &'a Tree) -> Self {
        Self { files: Files::new(tree) }
    }

    /// Evaluates several projects side by side, in the order given.
    pub fn evaluate_all(&self, paths: &[&str], options: &Options) -> Vec<Project> {
        paths.par_iter().map(|path| self.evaluate(path, options)).collect()
    }

    /// Evaluates a project under each of its target frameworks.
    pub fn evaluate(&self, path: &str, options: &Options) -> Project {
        match self.files.load(path) {
            Loaded::Parsed(document) => self.evaluate_document(path, &document, options),
            Loaded::Missing => {
                failed_project(path, Problem::at("MSB1009", "the project does not exist", Place::new(path, 0)))
            }
            Loaded::Listed => failed_project(
                path,
                Problem::at("not-loaded", "the text of the project was not fetched", Place::new(path, 0)),
            ),
            Loaded::Unreadable(problem) => failed_project(path, problem),
        }
    }

    /// Evaluates a project whose text is not a file of the tree, such as the one that a file-based app stands for; relative
    /// paths start at the folder of `path`.
    pub fn evaluate_text(&self, path: &str, text: &str, options: &Options) -> Project {
        match Document::parse(path, text) {
            Ok(document) => self.evaluate_document(path, &document, options),
            Err(problem) => failed_project(path, problem),
        }
    }

    fn evaluate_document(&self, path: &str, document: &Document, options: &Options) -> Project {
        let mut project = Project::new(path, Kind::MsBuild);
        if let Err(failure) = self.fill(&mut project, document, options) {
            project.packages.clear();
            project.error = Some(*failure);
        }
        let mut known = BTreeSet::new();
        project.problems.retain(|problem| known.insert(problem.clone()));
        project.warnings.retain(|warning| known.insert(warning.clone()));
        project
    }

    fn fill(&self, project: &mut Project, document: &Document, options: &Options) -> Result<(), Failure> {
        let mut outer = self.evaluation(project, document, options, None)?;
        project.sdk = outer.sdk.take();
        let inner = frameworks(&outer, options, project);
        if inner.is_empty() {
            outer.items_pass()?;
            let framework = project.target_frameworks.first().cloned();
            let wanted = options.framework.as_ref();
            if wanted.is_none_or(|wanted| framework.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(wanted))) {
                take(project, &outer, framework.as_deref(), options);
            }
            return Ok(());
        }
        project.imports = outer.imports.iter().map(ToString::to_string).collect();
        for framework in inner {
            let mut evaluation = self.evaluation(project, document, options, Some(&framework))?;
            evaluation.items_pass()?;
            take(project, &evaluation, Some(&framework), options);
        }
        Ok(())
    }

    /// The first pass of a project, under a framework or under none.
    fn evaluation<'e>(
        &'e self,
        project: &mut Project,
        document: &Document,
        options: &Options,
        framework: Option<&str>,
    ) -> Result<Evaluation<'e>, Failure> {
        let given = options.properties.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let framework = framework.map(|text| ("TargetFramework", text));
        let mut evaluation = Evaluation::new(&self.files, &project.path, given.chain(framework));
        let result = evaluation.properties_pass(document);
        if let Err(failure) = result {
            project.problems.append(&mut evaluation.problems);
            return Err(failure);
        }
        Ok(evaluation)
    }

    /// Properties and items of one evaluation, by names in any case.
    pub fn values(
        &self,
        path: &str,
        properties: &[String],
        items: &[String],
        options: &Options,
    ) -> Result<Values, Problem> {
        let document = match self.files.load(path) {
            Loaded::Parsed(document) => document,
            Loaded::Unreadable(problem) => return Err(problem),
            Loaded::Missing | Loaded::Listed => {
                return Err(Problem::at("MSB1009", "the project does not exist", Place::new(path, 0)));
            }
        };
        let mut project = Project::new(path, Kind::MsBuild);
        let mut evaluation = self
            .evaluation(&mut project, &document, options, options.framework.as_deref())
            .map_err(|failure| *failure)?;
        evaluation.items_pass().map_err(|failure| *failure)?;
        let mut values = Values { problems: std::mem::take(&mut evaluation.problems), ..Values::default() };
        for name in properties {
            let value = evaluation.scope(path).property(&name.to_lowercase());
            if let Some(reason) = value.as_ref().and_then(|value| value.unknown.as_deref()) {
                let message = format!("$({name}) cannot be told: {reason}");
                values.problems.push(Problem::at("unknown-property", message, Place::new(path, 0)));
            }
            values.properties.push((name.clone(), value.map_or_else(|| Some(String::new()), |value| told(&value))));
        }
        for kind in items {
            let lower = kind.to_lowercase();
            if evaluation.items.is_unlisted(&lower) {
                let message = format!("not all {kind} items are listed");
                values.problems.push(Problem::at("uncertain-items", message, Place::new(path, 0)));
            }
            for item in evaluation.items.list(&lower) {
                if let Some(reason) = &item.uncertain {
                    let message = format!("it cannot be told whether {} is among the items: {reason}", item.identity());
                    values.problems.push(Problem::at("uncertain-item", message, Place::new(&*item.file, item.line)));
                }
            }
            let list = evaluation.items.list(&lower);
            values
                .items
                .push((kind.clone(), list.iter().map(|item| metadata(&evaluation.items, &lower, item)).collect()));
        }
        Ok(values)
    }
}

/// The text of a value; `None` when it cannot be told.
fn told(value: &Value) -> Option<String> {
    value.unknown.is_none().then(|| value.unescaped().into_owned())
}

/// The metadata of an item, those of the definitions of its type among them, each under the name with which it was set first.
fn metadata(items: &Items, kind: &str, item: &Item) -> Metadata {
    let defined = items.definition(kind).iter().filter(|(name, _)| item.own(name).is_none());
    let all = item.metadata.iter().chain(defined).map(|(name, value)| (name.to_string(), told(value)));
    all.chain([("Identity".to_owned(), Some(item.identity().into_owned()))]).collect()
}

fn failed_project(path: &str, problem: Problem) -> Project {
    let mut project = Project::new(path, Kind::MsBuild);
    if problem.code == "not-loaded" {
        project.problems.push(problem.clone());
    }
    project.error = Some(problem);
    project
}

/// Reads the frameworks of a project; gives those for which it must be evaluated again.
fn frameworks(outer: &Evaluation<'_>, options: &Options, project: &mut Project) -> Vec<String> {
    let place = |name: &str| outer.properties.get(name)?.origin.as_ref().map(|origin| origin.place());
    let list = outer.properties.text("targetframeworks");
    let mut names: Vec<String> = Vec::new();
    for name in list.split(';').map(str::trim).filter(|name| !name.is_empty()).take(MOST_FRAMEWORKS) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    for property in ["targetframeworks", "targetframework"] {
        if let Some(reason) = outer.properties.get(property).and_then(|value| value.unknown.as_deref()) {
            let message = format!("the target frameworks cannot be told: {reason}");
            let place = place(property).unwrap_or_else(|| Place::new(&*outer.project, 0));
            project.problems.push(Problem::at("unknown-framework", message, place));
        }
    }
    if names.is_empty() {
        project.framework_place = place("targetframework").or_else(|| place("targetframeworkversion"));
        let single = outer.properties.text("targetframework");
        project.target_frameworks.extend((!single.is_empty()).then_some(single));
        return Vec::new();
    }
    project.framework_place = place("targetframeworks");
    project.target_frameworks.clone_from(&names);
    if options.properties.iter().any(|(name, _)| name.eq_ignore_ascii_case("TargetFramework")) {
        project.target_frameworks = vec![outer.properties.text("targetframework")];
        return Vec::new();
    }
    match &options.framework {
        Some(wanted) => names.into_iter().filter(|name| name.eq_ignore_ascii_case(wanted)).collect(),
        None => names,
    }
}

/// Adds what an evaluation gave.
fn take(project: &mut Project, evaluation: &Evaluation<'_>, framework: Option<&str>, options: &Options) {
    let Restore { packages, warnings, problems, central, pinning } = central::restore(evaluation, framework);
    let listed = packages.into_iter().filter(|package| options.implicit || !package.implicit);
    project.packages.extend(listed);
    if options.implicit {
        project.packages.extend(implicit::references(evaluation, framework.unwrap_or_default()));
    }
    project.warnings.extend(warnings);
    project.problems.extend(problems);
    project.problems.extend(evaluation.problems.iter().cloned());
    if let Some(place) = &evaluation.package_target {
        let message = "a target changes packages while they are collected for a restore";
        project.problems.push(Problem::at("target-changes-packages", message, place.clone()));
    }
    project.central_package_management |= central;
    project.transitive_pinning |= pinning;
    for import in &evaluation.imports {
        if !project.imports.iter().any(|known| **known == **import) {
            project.imports.push(import.to_string());
        }
    }
    if project.lock_file.is_none() {
        project.lock_file = lock_file(evaluation, &mut project.problems);
    }
    references(project, evaluation);
}

/// The lock file that the project names: NuGet's `NuGetLockFilePath`, relative to the project. One outside the repository is given as
/// written, so that no other file is taken for it.
fn lock_file(evaluation: &Evaluation<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let named = evaluation.properties.get("nugetlockfilepath")?;
    if let Some(reason) = &named.unknown {
        let place = named.origin.as_ref().map_or_else(|| Place::new(&*evaluation.project, 0), |origin| origin.place());
        let message = format!("which lock file the project has cannot be told: {reason}");
        problems.push(Problem::at("unknown-lock-file", message, place));
        return None;
    }
    let text = named.unescaped().trim().to_owned();
    match path::locate(&path::absolute(folder(&evaluation.project)), &text) {
        _ if text.is_empty() => None,
        Located::Inside(path) => Some(path),
        Located::Sdk | Located::Outside | Located::Machine => Some(text),
    }
}

/// Adds references to projects, and namespaces that every file imports.
fn references(project: &mut Project, evaluation: &Evaluation<'_>) {
    let base = path::absolute(folder(&evaluation.project));
    for item in evaluation.items.list("projectreference") {
        if let Located::Inside(target) = path::locate(&base, &item.identity())
            && !project.project_references.contains(&target)
        {
            project.project_references.push(target);
        }
    }
    for item in evaluation.items.list("using") {
        let using = (item.identity().into_owned(), Place::new(&*item.file, item.line));
        if !project.usings.contains(&using) {
            project.usings.push(using);
        }
    }
}

//! Which hits are the product's, once the whole tree is known: usings of the project and of folders, types of one's own.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::FileFacts;
use crate::evidence::code::{Hit, is_below};
use crate::evidence::wanted::{Detector, Sign, Wanted};
use crate::inventory::{Inventory, Kind};
use crate::tree::{file_name, folder};

/// Most places kept for one rule.
const MAX_PLACES: usize = 50;

/// What a rule's detectors saw in one tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sights {
    /// How many hits there are.
    pub count: usize,
    /// How many of them are surely the product's.
    pub sure: usize,
    /// The first of them, by path and line.
    pub places: Vec<Sight>,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sight {
    /// Path of the file.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// What stands there.
    pub saw: String,
    /// Whether it is surely the product's.
    pub sure: bool,
    /// Whether the text is a signature, which changes when the code is adapted while its name stays.
    pub signature: bool,
}

/// What only the tree knows.
struct Surroundings<'a> {
    /// Namespaces imported for everything below a folder.
    shared: Vec<(&'a str, &'a str)>,
    /// Namespaces in which the repository declares a type of that name.
    declared: BTreeMap<&'a str, BTreeSet<&'a str>>,
    inventory: &'a Inventory,
}

/// The sights of every rule; rules without any are left out.
pub(in crate::evidence) fn settle(
    files: &[FileFacts],
    wanted: &Wanted,
    inventory: &Inventory,
) -> BTreeMap<String, Sights> {
    let around = Surroundings::of(files, inventory);
    let mut rules: BTreeMap<String, Sights> = BTreeMap::new();
    for file in files {
        let Some(code) = &file.code else { continue };
        for hit in &code.hits {
            let Some(detector) = wanted.detectors.get(hit.detector) else { continue };
            if around.is_products(file, hit, detector) {
                rules.entry(detector.rule.clone()).or_default().add(&file.path, hit, detector);
            }
        }
    }
    add_project_usings(&mut rules, wanted, inventory);
    for sights in rules.values_mut() {
        sights.places.sort();
        sights.places.truncate(MAX_PLACES);
    }
    rules
}

/// `<Using Include="…"/>` items of projects.
fn add_project_usings(rules: &mut BTreeMap<String, Sights>, wanted: &Wanted, inventory: &Inventory) {
    for (namespace, place) in inventory.projects.iter().flat_map(|project| &project.usings) {
        for (index, detector) in wanted.detectors.iter().enumerate() {
            if matches!(&detector.sign, Sign::Using(wanted) if is_below(namespace, wanted)) {
                let saw = format!("<Using Include=\"{namespace}\" />");
                let hit = Hit { detector: index, line: place.line, saw, qualified: true, maybe: false };
                rules.entry(detector.rule.clone()).or_default().add(&place.path, &hit, detector);
            }
        }
    }
}

impl Sights {
    fn add(&mut self, path: &str, hit: &Hit, detector: &Detector) {
        let line = (path, hit.line);
        if self.places.iter().any(|place| (place.path.as_str(), place.line) == line) {
            return;
        }
        self.count += 1;
        self.sure += usize::from(!hit.maybe);
        // Twice as many as are told, so that sorting by path decides which are.
        if self.places.len() < MAX_PLACES * 2 {
            let signature = matches!(detector.sign, Sign::Implement(..) | Sign::Override(..) | Sign::Construct(_));
            let (line, saw, sure) = (hit.line, hit.saw.clone(), !hit.maybe);
            self.places.push(Sight { path: path.to_owned(), line, saw, sure, signature });
        }
    }
}

impl<'a> Surroundings<'a> {
    fn of(files: &'a [FileFacts], inventory: &'a Inventory) -> Self {
        let mut shared = Vec::new();
        let mut declared: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for file in files {
            let Some(code) = &file.code else { continue };
            let root = if file_name(&file.path).starts_with('_') {
                folder(&file.path)
            } else {
                project_folder(inventory, &file.path)
            };
            shared.extend(code.shared_usings.iter().map(|(namespace, _)| (root, namespace.as_str())));
            for (namespace, name) in &code.declares {
                declared.entry(name).or_default().insert(namespace);
            }
        }
        for project in &inventory.projects {
            shared.extend(project.usings.iter().map(|(namespace, _)| (folder(&project.path), namespace.as_str())));
        }
        Self { shared, declared, inventory }
    }

    fn is_products(&self, file: &FileFacts, hit: &Hit, detector: &Detector) -> bool {
        hit.qualified || (self.sees(file, detector) && !self.is_own(file, detector))
    }

    /// Whether the file can see the product's namespaces. Extension methods live in namespaces of the framework, so that for
    /// a call a reference of the project is enough.
    fn sees(&self, file: &FileFacts, detector: &Detector) -> bool {
        let Some(code) = &file.code else { return false };
        let products = |namespace: &str| detector.namespaces.iter().any(|root| is_below(namespace, root));
        let shared = self.shared.iter().filter(|(root, _)| is_under(&file.path, root));
        code.usings.iter().chain(&code.namespaces).any(|namespace| products(namespace))
            || shared.into_iter().any(|(_, namespace)| products(namespace))
            || (matches!(detector.sign, Sign::Call(_)) && self.references(&file.path, detector))
    }

    /// Whether the project of a file references a package whose id starts like one of the product's namespaces.
    fn references(&self, path: &str, detector: &Detector) -> bool {
        let root = project_folder(self.inventory, path);
        let projects = self.inventory.projects.iter().filter(|project| folder(&project.path) == root);
        projects.flat_map(|project| &project.packages).any(|package| {
            let id = package.id.to_ascii_lowercase();
            detector.namespaces.iter().any(|namespace| is_below(&id, &namespace.to_ascii_lowercase()))
        })
    }

    /// Whether the name means a type that the repository declares itself, in a namespace that the file sees.
    fn is_own(&self, file: &FileFacts, detector: &Detector) -> bool {
        let name = detector.sign.of_type().unwrap_or(detector.sign.word());
        let (Some(namespaces), Some(code)) = (self.declared.get(name), &file.code) else { return false };
        let visible = |namespace: &str| {
            code.usings.iter().any(|using| using == namespace)
                || code.namespaces.iter().any(|own| is_below(own, namespace))
                || self.shared.iter().any(|(root, using)| is_under(&file.path, root) && *using == namespace)
        };
        namespaces.iter().any(|namespace| namespace.is_empty() || visible(namespace))
    }
}

fn is_under(path: &str, root: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

/// The folder of the nearest project above a file; its own when there is none.
fn project_folder<'a>(inventory: &'a Inventory, path: &'a str) -> &'a str {
    let roots = inventory.projects.iter().filter(|project| project.kind == Kind::MsBuild).map(|it| folder(&it.path));
    roots.filter(|root| is_under(path, root)).max_by_key(|root| root.len()).unwrap_or_else(|| folder(path))
}

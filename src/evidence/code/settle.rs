//! Which hits are the product's, once the whole tree is known: usings of the project and of folders, types of one's own.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::FileFacts;
use crate::evidence::code::Hit;
use crate::evidence::code::inheritance::Lineage;
use crate::evidence::wanted::{Detector, Sign, Wanted, is_below};
use crate::inventory::{Inventory, Kind};
use crate::tree::{file_name, folder, is_in};

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
    /// What kind of text `saw` is.
    pub form: Form,
    /// Whether it names what the new version asks for.
    pub adapted: bool,
}

/// What the text of a sight is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A use of a name, which goes when the code is adapted.
    Name,
    /// A signature or construction, which changes when the code is adapted while its name stays.
    Signature,
    /// A call, which may stand for what is constructed elsewhere.
    Call,
}

/// What only the tree knows.
pub(super) struct Surroundings<'a> {
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
    add_inherited(&mut rules, files, wanted, &around);
    add_project_usings(&mut rules, wanted, inventory);
    for sights in rules.values_mut() {
        sights.places.sort();
        sights.places.truncate(MAX_PLACES);
    }
    rules
}

/// Methods of types that derive from the product's through others of the repository.
fn add_inherited(
    rules: &mut BTreeMap<String, Sights>,
    files: &[FileFacts],
    wanted: &Wanted,
    around: &Surroundings<'_>,
) {
    let lineage = Lineage::of(files);
    for file in files {
        for it in file.code.iter().flat_map(|code| &code.inherited) {
            let Some(detector) = wanted.detectors.get(it.hit.detector) else { continue };
            let ancestor = detector.sign.ancestor().unwrap_or_default();
            let means = |file: &FileFacts| around.sees(file, detector) && !around.is_own(file, detector);
            if let Some(sure) = lineage.reaches(&it.bases, ancestor, means) {
                let hit = Hit { maybe: !sure, ..it.hit.clone() };
                rules.entry(detector.rule.clone()).or_default().add(&file.path, &hit, detector);
            }
        }
    }
}

/// `<Using Include="…"/>` items of projects.
fn add_project_usings(rules: &mut BTreeMap<String, Sights>, wanted: &Wanted, inventory: &Inventory) {
    for (namespace, place) in inventory.projects.iter().flat_map(|project| &project.usings) {
        for (index, detector) in wanted.detectors.iter().enumerate() {
            if matches!(&detector.sign, Sign::Using(wanted) if is_below(namespace, wanted)) {
                let saw = format!("<Using Include=\"{namespace}\" />");
                let line = place.line;
                let hit = Hit { detector: index, line, saw, qualified: true, maybe: false, adapted: false };
                rules.entry(detector.rule.clone()).or_default().add(&place.path, &hit, detector);
            }
        }
    }
}

impl Sights {
    /// Keeps the places whose path is wanted; what was not kept as a place counts no more.
    pub(in crate::evidence) fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.places.retain(|place| wanted(&place.path));
        self.count = self.places.len();
        self.sure = self.places.iter().filter(|place| place.sure).count();
    }

    fn add(&mut self, path: &str, hit: &Hit, detector: &Detector) {
        let call = matches!(detector.sign, Sign::Call(_));
        let known = self.places.iter_mut().find(|place| (place.path.as_str(), place.line) == (path, hit.line));
        if let Some(known) = known {
            // What is constructed in a call says more than the call.
            if (known.form == Form::Call && !call) || (known.adapted && !hit.adapted && !call) {
                *known = Sight::of(path, hit, detector);
            }
            return;
        }
        self.count += 1;
        self.sure += usize::from(!hit.maybe);
        // Twice as many as are told, so that sorting by path decides which are.
        if self.places.len() < MAX_PLACES * 2 {
            self.places.push(Sight::of(path, hit, detector));
        }
    }
}

impl Sight {
    fn of(path: &str, hit: &Hit, detector: &Detector) -> Self {
        Self {
            path: path.to_owned(),
            line: hit.line,
            saw: hit.saw.clone(),
            sure: !hit.maybe,
            form: match detector.sign {
                Sign::Implement(..) | Sign::Override(..) | Sign::Construct(_) => Form::Signature,
                Sign::Call(_) => Form::Call,
                _ => Form::Name,
            },
            adapted: hit.adapted,
        }
    }
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(files: &'a [FileFacts], inventory: &'a Inventory) -> Self {
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
        // A value whose type the file does not show can be the product's without its namespace.
        let may = || self.sees_product(file, detector) || self.references(&file.path, detector);
        let sees = self.sees(file, detector) || (hit.maybe && may());
        hit.qualified || (sees && !self.is_own(file, detector))
    }

    /// Whether the file can see what the detector looks for. Extension methods live in namespaces of the framework, so that for
    /// a call a reference of the project is enough.
    fn sees(&self, file: &FileFacts, detector: &Detector) -> bool {
        let Some(code) = &file.code else { return false };
        let typed = !matches!(detector.sign, Sign::Call(_) | Sign::Attribute(_) | Sign::Using(_));
        let sees = |namespace: &str, inside: bool| {
            if !typed {
                detector.is_of_product(namespace)
            } else if inside {
                detector.is_seen_from(namespace)
            } else {
                detector.lives_in(namespace)
            }
        };
        let mut shared = self.shared.iter().filter(|(root, _)| is_in(&file.path, root));
        code.usings.iter().any(|namespace| sees(namespace, false))
            || code.namespaces.iter().any(|namespace| sees(namespace, true))
            || shared.any(|(_, namespace)| sees(namespace, false))
            || (matches!(detector.sign, Sign::Call(_)) && self.references(&file.path, detector))
    }

    /// Whether a file that does not name the product may see what the detector looks for.
    pub(super) fn may_show(&self, path: &str, detector: &Detector) -> bool {
        let referenced = matches!(detector.sign, Sign::Call(_) | Sign::Member(..));
        self.shared.iter().any(|(root, namespace)| is_in(path, root) && detector.is_of_product(namespace))
            || (referenced && self.references(path, detector))
    }

    /// Whether the file sees anything of the product.
    fn sees_product(&self, file: &FileFacts, detector: &Detector) -> bool {
        let Some(code) = &file.code else { return false };
        let mut shared = self.shared.iter().filter(|(root, _)| is_in(&file.path, root));
        code.usings.iter().chain(&code.namespaces).any(|namespace| detector.is_of_product(namespace))
            || shared.any(|(_, namespace)| detector.is_of_product(namespace))
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
                || self.shared.iter().any(|(root, using)| is_in(&file.path, root) && *using == namespace)
        };
        namespaces.iter().any(|namespace| namespace.is_empty() || visible(namespace))
    }
}

/// The folder of the nearest project above a file; its own when there is none.
fn project_folder<'a>(inventory: &'a Inventory, path: &'a str) -> &'a str {
    let roots = inventory.projects.iter().filter(|project| project.kind == Kind::MsBuild).map(|it| folder(&it.path));
    roots.filter(|root| is_in(path, root)).max_by_key(|root| root.len()).unwrap_or_else(|| folder(path))
}

//! What NuGet makes of the items: references, central versions, and the codes of what is wrong with them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::inventory::msbuild::evaluation::Evaluation;
use crate::inventory::msbuild::item::Item;
use crate::inventory::msbuild::value::{Value, unescape};
use crate::inventory::{Package, Step, Via};
use crate::place::{Place, Problem};

/// What NuGet reads from an evaluation.
#[derive(Debug, Default)]
pub struct Restore {
    /// The packages, in order.
    pub packages: Vec<Package>,
    /// What is suspicious.
    pub warnings: Vec<Problem>,
    /// What cannot be told.
    pub problems: Vec<Problem>,
    /// Whether versions are managed centrally.
    pub central: bool,
    /// Whether central versions pin transitive packages.
    pub pinning: bool,
}

/// The rules by which a project gets its versions.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of NuGet's own")]
struct Rules {
    central: bool,
    overrides: bool,
    floats: bool,
    /// The older scheme with a Packages.props.
    older: bool,
}

/// Reads the packages of an evaluation under a framework.
pub fn restore(evaluation: &Evaluation<'_>, framework: Option<&str>) -> Restore {
    let properties = &evaluation.properties;
    let rules = Rules {
        central: properties.is_true("managepackageversionscentrally")
            && properties.is_true("centralpackageversionsfileimported"),
        overrides: !properties.text("centralpackageversionoverrideenabled").eq_ignore_ascii_case("false"),
        floats: properties.is_true("centralpackagefloatingversionsenabled"),
        older: evaluation.stages.central_sdk,
    };
    let pinning = rules.central && properties.is_true("centralpackagetransitivepinningenabled");
    let mut restore = Restore { central: rules.central, pinning, ..Restore::default() };
    note_unlisted(evaluation, &mut restore.problems);
    let global: &[Arc<Item>] = if (properties.is_true("managepackageversionscentrally")
        && !properties.text("restoreenableglobalpackagereference").eq_ignore_ascii_case("false"))
        || rules.older
    {
        evaluation.items.list("globalpackagereference")
    } else {
        &[]
    };
    let versions = versions(evaluation, &mut restore.warnings, rules.central);
    let mut reader = Reader { evaluation, framework, rules, versions, seen: HashSet::new(), restore };
    for item in evaluation.items.list("packagereference") {
        reader.reference(item);
    }
    for item in global {
        reader.global(item);
    }
    if pinning {
        reader.pins();
    }
    reader.restore
}

/// Says that not all items that matter could be listed.
fn note_unlisted(evaluation: &Evaluation<'_>, problems: &mut Vec<Problem>) {
    for (kind, name) in [
        ("packagereference", "PackageReference"),
        ("packageversion", "PackageVersion"),
        ("globalpackagereference", "GlobalPackageReference"),
    ] {
        if evaluation.items.is_unlisted(kind) {
            let message = format!("some {name} items cannot be told");
            problems.push(Problem::at("uncertain-items", message, Place::new(&*evaluation.project, 0)));
        }
    }
}

/// The central versions by lower-case id: the first entry of each counts.
fn versions<'e>(
    evaluation: &'e Evaluation<'_>,
    warnings: &mut Vec<Problem>,
    central: bool,
) -> HashMap<&'e str, &'e Item> {
    let mut versions: HashMap<&str, &Item> = HashMap::new();
    let global = evaluation.items.list("globalpackagereference");
    for item in evaluation.items.list("packageversion").iter().chain(global) {
        let first = *versions.entry(item.key()).or_insert(item);
        if central && !std::ptr::eq(first, Arc::as_ptr(item)) {
            let message = format!("{} has more than one central version; the first counts", item.identity());
            warnings.push(Problem::at("NU1506", message, Place::new(&*item.file, item.line)));
        }
    }
    versions
}

struct Reader<'e, 'a> {
    evaluation: &'e Evaluation<'a>,
    framework: Option<&'e str>,
    rules: Rules,
    versions: HashMap<&'e str, &'e Item>,
    seen: HashSet<&'e str>,
    restore: Restore,
}

impl<'e> Reader<'e, '_> {
    fn metadatum(&self, kind: &str, item: &'e Item, name: &str) -> Option<&'e Value> {
        let value = self.evaluation.items.metadatum(kind, item, name)?;
        (value.unknown.is_some() || !unescape(&value.text).trim().is_empty()).then_some(value)
    }

    fn reference(&mut self, item: &'e Item) {
        if !self.is_first(item) {
            return;
        }
        let version = self.metadatum("packagereference", item, "Version");
        let override_ = self.metadatum("packagereference", item, "VersionOverride");
        let implicit = self
            .metadatum("packagereference", item, "IsImplicitlyDefined")
            .is_some_and(|value| value.text.eq_ignore_ascii_case("true"));
        let mut package = self.package(item, "packagereference");
        package.implicit = implicit;
        if self.rules.central && !implicit {
            self.centrally(&mut package, version, override_);
        } else if let Some(value) = override_.filter(|_| self.rules.older) {
            set_version(&mut package, value, Via::VersionOverride);
        } else if let Some(value) = version {
            set_version(&mut package, value, Via::PackageReference);
        } else {
            package.problem = Some("NU1604".into());
        }
        self.finish(package, item);
    }

    /// Whether this is the first reference to its package.
    fn is_first(&mut self, item: &'e Item) -> bool {
        if self.seen.insert(item.key()) {
            return true;
        }
        let id = item.identity();
        let message = format!("{id} is referenced more than once; the first counts");
        self.restore.warnings.push(Problem::at("NU1504", message, Place::new(&*item.file, item.line)));
        false
    }

    fn package(&self, item: &'e Item, kind: &str) -> Package {
        let private_assets = self.metadatum(kind, item, "PrivateAssets");
        Package {
            group: None,
            locked_at: None,
            id: item.identity().into_owned(),
            framework: self.framework.map(str::to_owned),
            requirement: None,
            resolved: None,
            via: Via::PackageReference,
            place: Place::new(&*item.file, item.line),
            version_place: None,
            trail: Vec::new(),
            private_assets: private_assets.map(|value| value.unescaped().into_owned()),
            development: false,
            implicit: false,
            pin: false,
            problem: None,
        }
    }

    /// A reference under central management.
    fn centrally(&self, package: &mut Package, version: Option<&Value>, override_: Option<&Value>) {
        let central = self.versions.get(package.id.to_lowercase().as_str()).copied();
        if let Some(value) = version {
            set_version(package, value, Via::PackageReference);
            package.problem = Some(package.problem.take().unwrap_or_else(|| "NU1008".into()));
        } else if let Some(value) = override_ {
            set_version(package, value, Via::VersionOverride);
            if !self.rules.overrides && package.problem.is_none() {
                package.problem = Some("NU1013".into());
            }
        } else if let Some(central) = central {
            self.take_central(package, central);
        } else {
            package.problem = Some("NU1010".into());
        }
    }

    fn take_central(&self, package: &mut Package, central: &'e Item) {
        let kind = if self.is_global(central) { "globalpackagereference" } else { "packageversion" };
        package.via = Via::PackageVersion;
        package.version_place = Some(Place::new(&*central.file, central.line));
        if let Some(reason) = &central.uncertain {
            package.problem = Some(reason.to_string());
            return;
        }
        match self.metadatum(kind, central, "Version") {
            Some(value) => set_version(package, value, Via::PackageVersion),
            None => package.problem = Some("NU1604".into()),
        }
        let floats = package.requirement.as_deref().is_some_and(|text| text.contains('*'));
        if floats && !self.rules.floats {
            package.problem = Some("NU1011".into());
        }
    }

    fn is_global(&self, item: &Item) -> bool {
        self.evaluation.items.list("globalpackagereference").iter().any(|other| std::ptr::eq(Arc::as_ptr(other), item))
    }

    /// A package that every project gets.
    fn global(&mut self, item: &'e Item) {
        if !self.is_first(item) {
            return;
        }
        let mut package = self.package(item, "globalpackagereference");
        package.private_assets = package.private_assets.or(Some("All".into()));
        if self.rules.central {
            if let Some(central) = self.versions.get(item.key()).copied() {
                self.take_central(&mut package, central);
            }
        } else {
            // Without a file of versions NuGet's own targets make a reference of it that has none.
            match self.metadatum("globalpackagereference", item, "Version").filter(|_| self.rules.older) {
                Some(value) => set_version(&mut package, value, Via::GlobalPackageReference),
                None => package.problem = Some("NU1604".into()),
            }
        }
        package.via = Via::GlobalPackageReference;
        self.finish(package, item);
    }

    /// Central versions without a reference: they hold for packages that others bring along.
    fn pins(&mut self) {
        let evaluation = self.evaluation;
        for item in evaluation.items.list("packageversion") {
            if !self.seen.insert(item.key()) {
                continue;
            }
            let mut package = self.package(item, "packageversion");
            package.pin = true;
            self.take_central(&mut package, item);
            package.version_place = None;
            self.finish(package, item);
        }
    }

    fn finish(&mut self, mut package: Package, item: &Item) {
        if let Some(reason) = &item.uncertain {
            package.problem = Some(format!("it cannot be told whether it is referenced: {reason}"));
            package.requirement = None;
        }
        let missing = matches!(package.problem.as_deref(), Some("NU1604" | "NU1010"));
        if missing && self.evaluation.package_target.is_some() {
            package.problem = Some("a target sets versions while packages are collected".into());
        } else if missing && self.evaluation.items.is_unlisted("packageversion") {
            package.problem = Some("some central versions cannot be told".into());
        }
        self.restore.packages.push(package);
    }
}

/// Takes the requirement from a metadatum.
fn set_version(package: &mut Package, value: &Value, via: Via) {
    package.via = via;
    if let Some(origin) = &value.origin {
        package.trail = origin.trail();
        let place = origin.place();
        package.version_place = (place != package.place).then_some(place);
    }
    match &value.unknown {
        Some(reason) => package.problem = Some(unknown_text(reason, &package.trail)),
        None => package.requirement = Some(value.unescaped().into_owned()),
    }
}

fn unknown_text(reason: &Arc<str>, trail: &[Step]) -> String {
    match trail.last() {
        Some(step) => format!("`{}` cannot be told: {reason}", step.text),
        None => format!("it cannot be told: {reason}"),
    }
}

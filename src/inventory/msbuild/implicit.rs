//! The packages that the SDK references by itself.

use crate::inventory::msbuild::evaluation::Evaluation;
use crate::inventory::msbuild::framework::Framework;
use crate::inventory::{Package, Via};
use crate::place::Place;

/// Why the version of a package of the SDK is not known.
const BUNDLED: &str = "the SDK that builds brings its version along";

/// The implicit references of a project under its framework.
pub fn references(evaluation: &Evaluation<'_>, framework: &str) -> Vec<Package> {
    let properties = &evaluation.properties;
    let parsed = Framework::parse(framework);
    let mut found = Vec::new();
    if properties.is_true("usingmicrosoftnetsdk") && !properties.is_true("disableimplicitframeworkreferences") {
        match (parsed.identifier(), parsed.version(2).as_str()) {
            (".NETStandard", "2.1") => {}
            (".NETStandard", "2.0") => found.push(("NETStandard.Library", Some("2.0.3"))),
            (".NETStandard", _) => found.push(("NETStandard.Library", Some("1.6.1"))),
            (".NETCoreApp", "1.0" | "1.1" | "2.0" | "2.1" | "2.2") => found.push(("Microsoft.NETCore.App", None)),
            _ => {}
        }
    }
    let is_fsharp = evaluation.project.ends_with(".fsproj");
    if is_fsharp && !properties.is_true("disableimplicitfsharpcorereference") {
        found.push(("FSharp.Core", None));
    }
    let referenced = |id: &str| {
        evaluation.items.list("packagereference").iter().any(|item| item.identity().eq_ignore_ascii_case(id))
    };
    found.retain(|(id, _)| !referenced(id));
    found.into_iter().map(|(id, version)| package(evaluation, framework, id, version)).collect()
}

fn package(evaluation: &Evaluation<'_>, framework: &str, id: &str, version: Option<&str>) -> Package {
    Package {
        group: None,
        locked_at: None,
        id: id.to_owned(),
        framework: (!framework.is_empty()).then(|| framework.to_owned()),
        requirement: version.map(str::to_owned),
        resolved: None,
        via: Via::Sdk,
        place: Place::new(&*evaluation.project, 0),
        version_place: None,
        trail: Vec::new(),
        private_assets: None,
        development: false,
        implicit: true,
        pin: false,
        problem: version.is_none().then(|| BUNDLED.to_owned()),
    }
}

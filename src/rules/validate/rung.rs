//! What must hold in the head of a rung's file: versions, frameworks, support, guides.

use super::fact::{is_anchor, is_date, is_framework, link_fault, version_of};
use super::{Faults, path_of};
use crate::rules::schema::GuideEntry;
use crate::rules::{Product, Rung};
use crate::version::Version;

pub(super) fn check(product: &Product, rung: &Rung, faults: &mut Faults<'_>) {
    let path = path_of(rung);
    let twin = product.rungs.iter().find(|other| other.id != rung.id && other.position() == rung.position());
    if let Some(twin) = twin {
        let message =
            format!("{} {} has two files, this one and {}.yaml: merge them", rung.file.package, rung.line, twin.id);
        faults.add("rung-name", &path, "package:", "", message);
    }
    check_versions(rung, &path, faults);
    check_frameworks(rung, &path, faults);
    let support = rung.file.support.iter().map(|support| &support.source);
    let guides = rung.file.guides.iter().map(|guide| &guide.url);
    for link in rung.file.release_notes.iter().chain(support).chain(guides) {
        if let Some(fault) = link_fault(link, &product.file.hosts) {
            faults.add("link", &path, link, "", fault);
        }
    }
    for guide in &rung.file.guides {
        check_guide(product, rung, guide, &path, faults);
    }
}

fn check_versions(rung: &Rung, path: &str, faults: &mut Faults<'_>) {
    let mut last: Option<Version> = None;
    let mut released = false;
    for release in &rung.file.versions {
        let near = format!("version: {}", release.version);
        if !is_date(&release.date) {
            faults.add(
                "date",
                path,
                &format!("{near},"),
                "",
                format!("`{}` is no day: write `2025-12-02`", release.date),
            );
        }
        match version_of(&release.version, rung.line) {
            Err(fault) => faults.add("version", path, &near, "", fault),
            Ok(version) => {
                if last.as_ref().is_some_and(|last| *last >= version) {
                    let message =
                        format!("`{version}` stands after a higher version: keep them in NuGet's order, each once");
                    faults.add("version", path, &format!("{near},"), "", message);
                }
                released |= !version.is_prerelease();
                last = Some(version);
            }
        }
    }
    if rung.file.preview && released {
        let message = "`preview: true`, but `versions` has a release: take the line out".to_owned();
        faults.add("preview", path, "preview:", "", message);
    } else if !rung.file.preview && last.is_some() && !released {
        faults.add("preview", path, "versions:", "", "all versions are previews: write `preview: true`".to_owned());
    }
    if let Some(fault) = rung.file.schema_since.as_deref().and_then(|since| version_of(since, rung.line).err()) {
        faults.add("version", path, "schema_since:", "", fault);
    }
    if let Some(verified) = rung.file.verified.as_ref().filter(|verified| !is_date(&verified.date)) {
        faults.add("date", path, "verified:", "", format!("`{}` is no day: write `2026-07-23`", verified.date));
    }
}

fn check_frameworks(rung: &Rung, path: &str, faults: &mut Faults<'_>) {
    let of_patches = rung.file.versions.iter().flat_map(|release| &release.frameworks);
    for framework in rung.file.frameworks.iter().chain(rung.file.ef_core.keys()).chain(of_patches) {
        if !is_framework(framework) {
            let message = format!("`{framework}` is no target framework: write `net8.0`");
            faults.add("framework", path, framework, "", message);
        }
    }
    for (framework, version) in rung.file.ef_core.iter().filter(|(_, version)| version.parse::<Version>().is_err()) {
        faults.add("version", path, "ef_core:", framework, format!("`{version}` is no NuGet version"));
    }
    for (framework, day) in rung.file.support.iter().flat_map(|support| &support.until) {
        if !is_date(day) {
            faults.add("date", path, "until:", framework, format!("`{day}` is no day: write `2026-11-10`"));
        }
        if framework != "any" && !is_framework(framework) {
            faults.add(
                "framework",
                path,
                "until:",
                framework,
                format!("`{framework}` is no target framework: write `net8.0` or `any`"),
            );
        }
    }
}

fn check_guide(product: &Product, rung: &Rung, guide: &GuideEntry, path: &str, faults: &mut Faults<'_>) {
    let near = format!("from: {}", guide.from);
    match product.rung_named(&guide.from) {
        None => {
            let message =
                format!("no rung `{}`: a guide starts on a file of this folder, named without `.yaml`", guide.from);
            faults.add("guide", path, &near, "", message);
        }
        Some(start) if start.position() >= rung.position() => {
            let message = format!("a guide that arrives at {} must start below it, not at {}", rung.line, guide.from);
            faults.add("guide", path, &near, "", message);
        }
        Some(_) => {}
    }
    if let Some(before) = guide.before.as_deref().filter(|stem| product.rung_named(stem).is_none()) {
        faults.add("guide", path, "before:", before, format!("`before: {before}` is no rung of this folder"));
    }
    for anchor in guide.anchors.iter().filter(|anchor| !is_anchor(anchor)) {
        let message = format!("`{anchor}` is no anchor: write what follows the `#` of the address");
        faults.add("anchor", path, &near, anchor, message);
    }
}

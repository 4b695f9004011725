//! What is the case today, before anybody moves: support, advisories, mixed versions, versions that float.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::day::Day;
use crate::plan::{hits, impact_rank};
use crate::portfolio::{Ladder, LadderRung, Stand};
use crate::report::{Finding, Kind, Sighting, Status};
use crate::rules::schema::AdvisoryEntry;
use crate::rules::support::{Support, dates, support};
use crate::rules::{Product, Rulebook, Rung, parse_line};
use crate::version::Version;

/// Days before its end at which support becomes something to look at.
const SOON: u64 = 180;

/// Databases and what breaks first, as in a pull request; before them what is the case already.
pub(super) fn sort(findings: &mut [Finding]) {
    let rank = |kind: Kind| match kind {
        Kind::Advisory => 0,
        Kind::Support => 1,
        Kind::Database => 2,
        Kind::Framework | Kind::Companion => 3,
        _ => 4,
    };
    findings.sort_by_key(|finding| {
        (finding.status, rank(finding.kind), impact_rank(finding.impact.as_deref().unwrap_or_default()))
    });
}

/// The rung on which a stand is.
pub(super) fn rung<'r>(stand: &Stand, rules: &'r Rulebook) -> Option<(&'r Product, &'r Rung)> {
    let product = rules.product(&stand.product)?;
    let generation = product.file.leading.iter().position(|leader| leader.id == stand.generation)?;
    Some((product, product.rung(generation, parse_line(stand.line.as_deref()?)?)?))
}

/// Until when its line is supported, and whether it is.
pub(super) fn settle_support(stand: &mut Stand, rules: &Rulebook, today: Day) {
    let found =
        rung(stand, rules).map(|(_, rung)| support(rung, stand.framework.as_deref(), today)).unwrap_or_default();
    stand.supported = found.now;
    stand.end_of_support = found.until.map(|day| day.to_string());
}

/// Lines out of support, and lines that soon are.
pub(super) fn support_findings(stands: &[Stand], rules: &Rulebook, today: Day) -> Vec<Finding> {
    let mut lines: BTreeMap<(&str, &str, bool, Option<&str>), Vec<&Stand>> = BTreeMap::new();
    let soon = today.plus(SOON).to_string();
    for stand in stands {
        let (Some(line), Some(supported)) = (stand.line.as_deref(), stand.supported) else { continue };
        let until = stand.end_of_support.as_deref();
        if !supported || until.is_some_and(|until| until < soon.as_str()) {
            lines.entry((&stand.product, line, supported, until)).or_default().push(stand);
        }
    }
    let finding = |((_, line, supported, until), stands): ((&str, &str, bool, Option<&str>), Vec<&Stand>)| {
        let (product, rung) = rung(stands.first()?, rules)?;
        let frameworks: BTreeSet<&str> = stands.iter().filter_map(|stand| stand.framework.as_deref()).collect();
        let title = match (supported, until) {
            (true, until) => {
                format!("Support of {} {line} ends on {}", product.file.title, until.unwrap_or("a day unknown"))
            }
            (false, Some(until)) => format!("{} {line} is out of support since {until}", product.file.title),
            (false, None) => format!("{} {line} is out of support", product.file.title),
        };
        let status = if supported { Status::Check } else { Status::Todo };
        let advice = remedy(product, rung, &frameworks, today);
        Some(Finding {
            url: rung.file.support.as_ref().map(|window| window.source.clone()),
            impact: Some("behaviour".into()),
            places: places(&stands),
            ..Finding::new(format!("{}/support", rung.id), Kind::Support, status, title, advice)
        })
    };
    lines.into_iter().filter_map(finding).collect()
}

/// Where support lasts longer: the same line on a newer framework, or the lowest line above.
fn remedy(product: &Product, own: &Rung, frameworks: &BTreeSet<&str>, today: Day) -> String {
    let lasts = |rung: &Rung| {
        let dates = dates(rung).into_iter().map(|(name, day)| (day, name.to_owned()));
        dates.filter(|(day, _)| *day > today.plus(SOON)).max()
    };
    let mut advice = String::new();
    if let Some((day, framework)) = lasts(own).filter(|(_, name)| name != "any" && !frameworks.contains(name.as_str()))
    {
        advice = format!("On `{framework}` the same line is supported until {day}. ");
    }
    let mut above = product.rungs.iter().filter(|rung| rung.position() > own.position() && !rung.file.preview);
    match above.find_map(|rung| Some((rung, lasts(rung)?))) {
        Some((rung, (day, framework))) => {
            let on = if framework == "any" { String::new() } else { format!(" on `{framework}`") };
            advice + &format!("The next line that is supported is {}{on}, until {day}.", rung.line)
        }
        None if advice.is_empty() => "The rulebook knows no supported line above it.".into(),
        None => advice.trim_end().to_owned(),
    }
}

/// The advisories that apply to a version of a host, with the first version that fixes each on its own line.
pub(super) fn advisories<'r>(
    product: &'r Product,
    leader: &str,
    version: &Version,
    framework: Option<&str>,
) -> Vec<(&'r AdvisoryEntry, Option<&'r str>)> {
    let bare = framework.map(|framework| framework.split('-').next().unwrap_or(framework));
    let of = |entry: &'r AdvisoryEntry| {
        let known = |frameworks: &[String]| {
            frameworks.is_empty() || bare.is_none_or(|own| frameworks.iter().any(|it| it.eq_ignore_ascii_case(own)))
        };
        let wanted: Vec<String> = hits(product, entry, leader, version)
            .filter(|hit| known(&hit.frameworks))
            .map(|hit| hit.range.clone())
            .collect();
        let hit = entry.affected.iter().find(|affected| wanted.contains(&affected.range))?;
        Some((entry, hit.fixed.as_deref()))
    };
    product.file.advisories.iter().filter_map(of).collect()
}

/// Advisories that apply to somebody here, each once.
pub(super) fn advisory_findings(stands: &[Stand], versions: &[Option<Version>], rules: &Rulebook) -> Vec<Finding> {
    let mut found: BTreeMap<(&str, &str), Vec<(&Stand, &Version)>> = BTreeMap::new();
    for (stand, version) in stands.iter().zip(versions) {
        for id in &stand.advisories {
            let Some(version) = version else { continue };
            found.entry((&stand.product, id)).or_default().push((stand, version));
        }
    }
    let finding = |((product, id), hit): ((&str, &str), Vec<(&Stand, &Version)>)| {
        let product = rules.product(product)?;
        let entry = product.file.advisories.iter().find(|entry| entry.id == id)?;
        let shown: BTreeSet<String> = hit.iter().map(|(_, version)| version.to_string()).collect();
        let fixes: BTreeSet<&str> =
            hit.iter().filter_map(|(stand, version)| fix(product, entry, stand, version)).collect();
        let name = entry.cve.as_deref().unwrap_or(&entry.id);
        let versions: Vec<String> = shown.into_iter().collect();
        let title = format!("{name} applies to {}: {}", versions.join(", "), entry.title);
        let mut advice = format!("Published {}, severity {}.", entry.published, entry.severity);
        let fixes: Vec<String> = fixes.into_iter().map(|version| format!("`{version}`")).collect();
        match fixes.as_slice() {
            [] => advice.push_str(" No release of the line fixes it: move up."),
            fixes => advice.extend([" It is fixed in ", &fixes.join(", "), "."]),
        }
        advice.extend(entry.only_if.iter().map(|when| format!(" It matters only if {}.", when.trim_end_matches('.'))));
        advice.extend(entry.note.iter().map(|note| format!(" {note}")));
        let status = if entry.only_if.is_some() { Status::Check } else { Status::Todo };
        let stands: Vec<&Stand> = hit.iter().map(|(stand, _)| *stand).collect();
        Some(Finding {
            url: Some(entry.url.clone()),
            impact: Some(entry.severity.clone()),
            places: places(&stands),
            searched: "the versions that are declared or locked against the advisory's ranges".into(),
            ..Finding::new(format!("{}/advisory/{id}", product.id), Kind::Advisory, status, title, advice)
        })
    };
    found.into_iter().filter_map(finding).collect()
}

fn fix<'r>(product: &'r Product, entry: &AdvisoryEntry, stand: &Stand, version: &Version) -> Option<&'r str> {
    let found = advisories(product, &stand.generation, version, stand.framework.as_deref());
    found.into_iter().find(|(other, _)| other.id == entry.id)?.1
}

/// One product at several versions in one repository.
pub(super) fn mixed(stands: &[Stand], rules: &Rulebook) -> Vec<Finding> {
    let mut products: BTreeMap<&str, Vec<&Stand>> = BTreeMap::new();
    for stand in stands {
        products.entry(&stand.product).or_default().push(stand);
    }
    let finding = |(product, stands): (&str, Vec<&Stand>)| {
        let versions: BTreeSet<(Option<Version>, &str)> = stands
            .iter()
            .filter_map(|stand| stand.version.as_deref())
            .map(|version| (Version::from_str(version).ok(), version))
            .collect();
        let projects: BTreeSet<&str> = stands.iter().map(|stand| stand.path.as_str()).collect();
        if versions.len() < 2 || projects.len() < 2 {
            return None;
        }
        let title = rules.product(product).map_or(product, |product| product.file.title.as_str());
        let versions: Vec<String> =
            versions.into_iter().map(|(_, text)| format!("`{}`", text.replace('`', "'"))).collect();
        let title = format!("{title} stands at several versions here: {}", versions.join(", "));
        let advice = "Projects that share a database, tokens or a deployment should move together.".to_owned();
        Some(Finding {
            impact: Some("behaviour".into()),
            places: places(&stands),
            ..Finding::new(format!("{product}/mixed-versions"), Kind::Companion, Status::Check, title, advice)
        })
    };
    products.into_iter().filter_map(finding).collect()
}

/// The lines that carry the versions, each once.
pub(super) fn places(stands: &[&Stand]) -> Vec<Sighting> {
    let sighting = |stand: &&Stand| Sighting {
        path: stand.file.clone(),
        line: stand.at,
        saw: format!("{} {}", stand.package, stand.version.as_deref().unwrap_or("of an unknown version")),
    };
    let places: BTreeSet<Sighting> = stands.iter().map(sighting).collect();
    places.into_iter().collect()
}

/// The ladder as the picture of a fleet shows it.
pub(super) fn ladder(product: &Product, today: Day) -> Ladder {
    let rung = |rung: &Rung| {
        let dates = rung.file.support.iter().flat_map(|window| window.until.values());
        let last = dates.filter_map(|day| day.parse::<Day>().ok()).max();
        let Support { until, now } = Support { until: last, now: last.map(|day| day >= today) };
        LadderRung {
            line: rung.line.to_string(),
            package: product.leader(rung.generation).map(|leader| leader.id.clone()).unwrap_or_default(),
            preview: rung.file.preview,
            supported: now,
            end_of_support: until.map(|day| day.to_string()),
        }
    };
    let rungs = product.rungs.iter().map(rung).collect();
    Ladder { product: product.id.clone(), title: product.file.title.clone(), rungs }
}

//! A plan as findings that nobody has held against a repository yet: every status is `check`, but for what is merely told.

use std::str::FromStr;

use super::{ContextPlan, Fact, Plan, Rule, Trap, rung_of, support};
use crate::range::Range;
use crate::report::{Finding, Kind, Status};
use crate::rules::schema::{AdvisoryEntry, ChangeEntry, DatabaseEntry};
use crate::rules::{Rulebook, Rung};
use crate::schema::Difference;
use crate::version::Version;

/// Columns and tables that a sentence names before it counts the rest.
const NAMED: usize = 8;

/// Longest effect (bytes) that is told with names.
const READABLE: usize = 320;

/// In order of urgency: databases, traps, frameworks, changes by impact, licence, advisories, support.
pub(super) fn all(plan: &Plan, rules: &Rulebook) -> Vec<Finding> {
    let mut found = Vec::new();
    if plan.down {
        found.extend(
            plan.contexts.iter().filter(|context| context.needs_migration()).map(|context| kept(plan, context)),
        );
    } else {
        found.extend(plan.contexts.iter().filter(|context| context.needs_migration()).map(|it| migration(plan, it)));
        found.extend(plan.traps().iter().map(trap));
    }
    found.extend(framework(plan));
    let mut changes: Vec<Finding> = plan.rules.iter().filter_map(change).collect();
    changes.sort_by_key(|finding| impact_rank(finding.impact.as_deref().unwrap_or_default()));
    found.extend(changes);
    found.extend(licence(plan));
    found.extend(plan.open.iter().map(|entry| advisory(plan, entry, false)));
    found.extend(plan.fixed.iter().map(|entry| advisory(plan, entry, true)));
    found.extend(support::finding(plan));
    found.extend(unknown(plan, rules));
    found.extend(preview(plan));
    found
}

/// How pressing an impact is, most first.
pub fn impact_rank(impact: &str) -> usize {
    const ORDER: [&str; 6] = ["breaks", "behaviour", "removed", "customisation", "deprecated", "rare"];
    ORDER.iter().position(|known| *known == impact).unwrap_or(ORDER.len())
}

/// One migration of one context covers the whole way. Its rule is the last that touches the context.
fn migration(plan: &Plan, context: &ContextPlan) -> Finding {
    let touches = |trap: bool| {
        let mut rules = plan.rules.iter().rev();
        rules.find(|rule| {
            let of = |entry: &DatabaseEntry| entry.context == context.name && entry.hazard.is_some() == trap;
            matches!(rule.fact, Fact::Database(entry) if of(entry))
        })
    };
    // Traps are findings of their own and keep their ids for themselves where another rule can lend its name.
    let last = touches(false).or_else(|| touches(true));
    let rule = last.map_or_else(|| format!("{}/database/{}", plan.product.id, context.name), Rule::id);
    let change = if context.known {
        effect(&context.difference)
    } else {
        "the book does not know the schema at the start".into()
    };
    let title = format!("Migrate `{}`: {change}", context.name);
    let advice = "Add one migration for the whole way and apply it before the new version serves requests.".to_owned();
    Finding {
        context: Some(context.name.clone()),
        url: last.and_then(Rule::url),
        impact: Some("breaks".into()),
        ..Finding::new(rule, Kind::Database, Status::Check, title, advice)
    }
}

/// What a difference does, in words: `2 new tables (…), 3 new columns on `Clients` (…)`.
pub fn effect(difference: &Difference) -> String {
    let mut parts = Vec::new();
    let tables = |names: &[String], word: &str| {
        (!names.is_empty())
            .then(|| format!("{} {word} {} ({})", names.len(), plural("table", names.len()), ticked(names)))
    };
    parts.extend(tables(&difference.tables_created, "new"));
    let renamed: Vec<String> =
        difference.tables_renamed.iter().map(|it| format!("{}` to `{}", it.from, it.to)).collect();
    parts.extend(tables(&renamed, "renamed"));
    parts.extend(tables(&difference.tables_dropped, "dropped"));
    let columns = |by_table: &mut dyn Iterator<Item = (&String, Vec<String>)>, word: &str| -> Vec<String> {
        by_table
            .map(|(table, names)| {
                format!("{} {word} {} on `{table}` ({})", names.len(), plural("column", names.len()), ticked(&names))
            })
            .collect()
    };
    parts.extend(columns(&mut difference.columns_added.iter().map(|(table, names)| (table, names.clone())), "new"));
    let altered = |(table, list): (_, &Vec<crate::schema::Alteration>)| {
        (table, list.iter().map(|it| it.column.clone()).collect::<Vec<_>>())
    };
    parts.extend(columns(&mut difference.columns_altered.iter().map(altered), "altered"));
    parts.extend(columns(
        &mut difference.columns_dropped.iter().map(|(table, names)| (table, names.clone())),
        "dropped",
    ));
    let (keys, indexes) =
        (difference.keys_changed.len(), difference.indexes_added.len() + difference.indexes_dropped.len());
    if keys > 0 {
        let names: Vec<String> = difference.keys_changed.iter().map(|change| change.table.clone()).collect();
        parts.push(format!("a new primary key on {}", ticked(&names)));
    }
    if indexes > 0 {
        parts.push(format!("{indexes} {} changed", if indexes == 1 { "index" } else { "indexes" }));
    }
    let named = shortened(&parts);
    if named.len() <= READABLE { named } else { counted(difference) }
}

/// The same in numbers, for ways so long that nobody reads the names in a title.
fn counted(difference: &Difference) -> String {
    let tables = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word} {}", plural("table", count)));
    let columns = |lists: Vec<usize>, word: &str| {
        let (count, on) = (lists.iter().sum::<usize>(), lists.len());
        (count > 0).then(|| format!("{count} {word} {} on {on} {}", plural("column", count), plural("table", on)))
    };
    let (keys, indexes) =
        (difference.keys_changed.len(), difference.indexes_added.len() + difference.indexes_dropped.len());
    let parts = [
        tables(difference.tables_created.len(), "new"),
        tables(difference.tables_renamed.len(), "renamed"),
        tables(difference.tables_dropped.len(), "dropped"),
        columns(difference.columns_added.values().map(Vec::len).collect(), "new"),
        columns(difference.columns_altered.values().map(Vec::len).collect(), "altered"),
        columns(difference.columns_dropped.values().map(Vec::len).collect(), "dropped"),
        (keys > 0).then(|| format!("{keys} new primary {}", plural("key", keys))),
        (indexes > 0).then(|| format!("{indexes} {} changed", if indexes == 1 { "index" } else { "indexes" })),
    ];
    parts.into_iter().flatten().collect::<Vec<String>>().join(", ")
}

fn shortened(parts: &[String]) -> String {
    match parts.split_at_checked(4) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more {}", first.join(", "), rest.len(), plural("change", rest.len()))
        }
        _ => parts.join(", "),
    }
}

fn plural(noun: &str, count: usize) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

fn ticked(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    if names.len() > NAMED {
        shown.push(format!("{} more", names.len() - NAMED));
    }
    shown.join(", ")
}

/// On the way down the database keeps what the higher version added.
fn kept(plan: &Plan, context: &ContextPlan) -> Finding {
    let title = format!("The database of `{}` may be newer than the code", context.name);
    let advice = format!(
        "If the migrations of the higher version were applied, the lower one meets a schema it does not know: {}. Apply their `Down` \
         or check that the older code lives with it.",
        effect(&context.difference)
    );
    let rule = format!("{}/downgrade/{}", plan.product.id, context.name);
    Finding {
        context: Some(context.name.clone()),
        impact: Some("breaks".into()),
        ..Finding::new(rule, Kind::Database, Status::Check, title, advice)
    }
}

fn trap(trap: &Trap) -> Finding {
    let advice = format!("{} {}", trap.hazard.summary, trap.hazard.advice);
    Finding {
        context: Some(trap.entry.context.clone()),
        url: trap.rule.url(),
        impact: Some("breaks".into()),
        ..Finding::new(trap.rule.id(), Kind::Database, Status::Check, trap.entry.summary.clone(), advice)
    }
}

fn framework(plan: &Plan) -> Option<Finding> {
    let minimum = plan.framework.minimum().filter(|_| plan.framework.raised && !plan.down)?;
    let (title, advice) = if minimum.starts_with("netstandard") {
        let advice =
            format!("Give every project that references the packages a target framework that implements `{minimum}`.");
        (format!("Projects need a framework that implements `{minimum}`"), advice)
    } else {
        let advice =
            format!("Set the target framework of every project that references the packages to `{minimum}` or later.");
        (format!("Hosts need `{minimum}` or later"), advice)
    };
    // The rung that raised it has the page about it.
    let raises = |rung: &&&Rung| rung.file.frameworks.first().is_some_and(|lowest| lowest == minimum);
    // A patch can raise it as well: then nothing is climbed.
    let rung =
        plan.rungs.iter().find(raises).or(plan.rungs.last()).copied().or_else(|| rung_of(plan.product, &plan.to))?;
    let url = rung.file.guides.first().map(|guide| guide.url.clone());
    let rule = format!("{}/framework", rung.id);
    Some(Finding {
        url,
        impact: Some("breaks".into()),
        ..Finding::new(rule, Kind::Framework, Status::Check, title, advice)
    })
}

fn change(rule: &Rule) -> Option<Finding> {
    let Fact::Change(entry) = rule.fact else { return None };
    Some(Finding {
        url: rule.url(),
        impact: Some(entry.impact.clone()),
        ..Finding::new(rule.id(), kind_of(entry), Status::Check, entry.summary.clone(), entry.advice.clone())
    })
}

fn kind_of(entry: &ChangeEntry) -> Kind {
    match entry.kind.as_str() {
        "licence" => Kind::Licence,
        "framework" => Kind::Framework,
        _ => Kind::Change,
    }
}

/// A change of terms along the ladder that no rule of a rung tells.
fn licence(plan: &Plan) -> Option<Finding> {
    let told = plan.rules.iter().any(|rule| matches!(rule.fact, Fact::Change(entry) if entry.kind == "licence"));
    let of = |package: &str| {
        let leader = plan.product.file.leading.iter().find(|leader| leader.id.eq_ignore_ascii_case(package))?;
        leader.licence.as_deref()
    };
    let (before, after) = (of(&plan.from.package)?, of(&plan.to.package)?);
    if told || before == after {
        return None;
    }
    let title = format!("The licence changes: {after}");
    let advice = format!("It was {before}. See to it that the new terms fit before you deploy.");
    Some(Finding {
        impact: Some("behaviour".into()),
        ..Finding::new(format!("{}/licence", plan.product.id), Kind::Licence, Status::Check, title, advice)
    })
}

fn advisory(plan: &Plan, entry: &AdvisoryEntry, fixed: bool) -> Finding {
    let name = entry.cve.as_deref().unwrap_or(&entry.id);
    let (status, title) = if fixed {
        (Status::Done, format!("{name} is fixed: {}", entry.title))
    } else {
        (Status::Check, format!("{name} is still open: {}", entry.title))
    };
    let mut advice = if fixed { "This jump leaves the affected versions.".to_owned() } else { remedy(plan, entry) };
    let condition = entry.only_if.iter().filter(|_| !fixed);
    advice.extend(condition.map(|more| format!(" It matters only if {}.", more.trim_end_matches('.'))));
    advice.extend(entry.note.iter().map(|note| format!(" {note}")));
    Finding {
        status,
        url: Some(entry.url.clone()),
        impact: Some(entry.severity.clone()),
        searched: if fixed { "the versions of both sides against the advisory's ranges".into() } else { String::new() },
        ..Finding::new(
            format!("{}/advisory/{}", plan.product.id, entry.id),
            Kind::Advisory,
            Status::Check,
            title,
            advice,
        )
    }
}

/// Where an advisory that affects the arrival is fixed: on its own line, else at the lowest version above.
fn remedy(plan: &Plan, entry: &AdvisoryEntry) -> String {
    let arrival = Version::from_str(&plan.to.version).ok();
    let holds =
        |range: &str| Range::from_str(range).ok().zip(arrival.as_ref()).is_some_and(|(it, at)| it.satisfies(at));
    let here = entry.affected.iter().find(|it| holds(&it.range));
    let above = entry.affected.iter().filter_map(|it| it.fixed.as_deref()?.parse::<Version>().ok());
    let lowest = above.filter(|version| arrival.as_ref().is_some_and(|at| version > at)).min();
    let mut text = match (here.and_then(|it| it.fixed.as_deref()), lowest) {
        (Some(version), _) => format!("It is fixed in `{version}`."),
        (None, Some(version)) => format!("This line has no fix; the lowest version above that has one is `{version}`."),
        (None, None) => "There is no version with a fix.".to_owned(),
    };
    if here.is_some_and(|it| !it.listed) {
        text.push_str(" Public databases do not list this version, so scanners stay silent about it.");
    }
    text
}

/// A release that is still being made: what it asks may change with the next one, so nobody but a person goes there.
fn preview(plan: &Plan) -> Option<Finding> {
    let arrives = plan.from.version != plan.to.version && !plan.down;
    let preview = Version::from_str(&plan.to.version).is_ok_and(|version| version.is_prerelease());
    (arrives && preview).then(|| {
        let title = format!("{} `{}` is a preview", plan.product.file.title, plan.to.version);
        let advice =
            "Its database and its interfaces may change until the release. Keep it away from data that has to last.";
        Finding {
            impact: Some("behaviour".into()),
            ..Finding::new(
                format!("{}/preview", plan.product.id),
                Kind::Change,
                Status::Check,
                title,
                advice.to_owned(),
            )
        }
    })
}

/// What the book does not know is said, with how far it knows; an end that nobody can tell is no matter of the book. A release
/// of a known line that came after the book may change anything: patches do, too.
fn unknown(plan: &Plan, rules: &Rulebook) -> Option<Finding> {
    if plan.knows_arrival() || plan.from.line.is_none() || plan.to.line.is_none() {
        return None;
    }
    let (what, newest) = if plan.known {
        (format!("{} `{}`", plan.product.file.title, plan.to.version), rung_of(plan.product, &plan.to))
    } else {
        (format!("this jump of {}", plan.product.file.title), plan.product.newest())
    };
    let title = format!("The rulebook does not know {what}");
    let newest = newest.and_then(Rung::newest);
    let newest = newest.map(|version| version.to_string()).unwrap_or_default();
    let advice = format!(
        "It knows up to {newest}, verified {}. Read the vendor's release notes for the rest, or update this tool.",
        rules.verified()
    );
    Some(Finding {
        impact: Some("breaks".into()),
        ..Finding::new(format!("{}/unknown", plan.product.id), Kind::Change, Status::Check, title, advice)
    })
}

//! Every change of the vendor's public surface is told by a rule, or left out for a reason; and so is every change that a guide or
//! a release note tells (`tests/data/changes.tsv`).
//!
//! `tests/data/surface.tsv` is the table, derived from the surfaces at both tags of every step (docs/facts.md). A rule tells of a
//! change when it looks for the name, or says it. Where the facts themselves are at hand, the table is held against them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use identityserver_upgrade::rules::Rulebook;
use identityserver_upgrade::rules::schema::SeenEntry;
use serde_yaml::Value;

/// Why a change needs no rule.
const REASONS: [&str; 6] = [
    // Only the way it is written differs: a namespace in front, the name of a type parameter, white space.
    "same",
    // One more parameter that has a default: who calls it compiles again.
    "optional",
    // A base class has the member now.
    "inherited",
    // Allows more than it did.
    "wider",
    // Only the name of a parameter is another, and only named arguments notice.
    "argument name",
    // Called by the pipeline of ASP.NET Core, with services as arguments.
    "pipeline",
];

/// One member of a type, or the type itself where the member is empty.
type Key = (String, String, String, String);

struct Row<'a> {
    step: &'a str,
    of: &'a str,
    change: &'a str,
    members: Vec<&'a str>,
    told: &'a str,
    note: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let lines = include_str!("../data/surface.tsv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [step, of, change, members, told, note] = columns[..] else { unreachable!("six columns: {line}") };
        Row { step, of, change, members: members.split(' ').collect(), told, note }
    };
    lines.map(row).collect()
}

/// A rule in the one shape that changes and databases share: its words, what it looks for.
struct Telling {
    words: BTreeSet<String>,
    seen: SeenEntry,
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
}

fn tellings() -> BTreeMap<String, Telling> {
    let mut all = BTreeMap::new();
    for rung in Rulebook::embedded().products.iter().flat_map(|product| &product.rungs) {
        for entry in &rung.file.changes {
            let telling = Telling {
                words: words(&format!("{} {}", entry.summary, entry.advice)),
                seen: entry.seen.clone().unwrap_or_default(),
            };
            all.insert(format!("{}/{}", rung.id, entry.id), telling);
        }
        for entry in &rung.file.database {
            let text = serde_yaml::to_string(entry).expect("an entry is YAML");
            let telling = Telling { words: words(&text), seen: SeenEntry::default() };
            all.insert(format!("{}/{}", rung.id, entry.id), telling);
        }
    }
    all
}

impl Telling {
    /// Whether the rule looks for a type as a whole, whatever of it is used.
    fn whole(&self, of: &str) -> bool {
        self.seen.types.iter().any(|it| it == of) || self.seen.implements.get(of).is_some_and(Vec::is_empty)
    }

    /// Whether the rule looks for anything of a type.
    fn looks_at(&self, of: &str) -> bool {
        let outer = |it: &String| it.split('.').rev().skip(1).any(|part| part == of);
        self.built(of) || self.seen.implements.contains_key(of) || self.pairs().any(outer)
    }

    fn built(&self, of: &str) -> bool {
        self.seen.constructs.iter().chain(&self.seen.derives).any(|it| it == of)
    }

    fn pairs(&self) -> impl Iterator<Item = &String> {
        self.seen.members.iter().chain(&self.seen.overrides)
    }

    /// Whether the rule tells of a member: a constructor, the modifiers or the type itself go by the name of the type.
    fn tells(&self, of: &str, member: &str) -> bool {
        let said = self.words.contains(of);
        if self.whole(of) {
            return true;
        }
        if matches!(member, "" | "constructor" | "modifiers") {
            return said || self.built(of);
        }
        let meant = |it: &String| {
            let mut parts = it.split('.').rev();
            parts.next() == Some(member) && parts.any(|part| part == of)
        };
        self.pairs().any(meant)
            || self.seen.implements.get(of).is_some_and(|methods| methods.iter().any(|it| it == member))
            || self.seen.calls.iter().any(|it| it == member)
            || (self.words.contains(member) && (said || self.looks_at(of)))
    }

    /// Whether the rule names something that stands for the change.
    fn names(&self, note: &str) -> bool {
        let mut parts = note.split('.');
        let (last, before) = (parts.next_back().unwrap_or_default(), parts.next_back());
        let attribute = self.seen.attributes.iter().any(|it| it == last);
        attribute
            || before.map_or_else(|| self.tells(last, ""), |of| self.tells(of, last))
            || self.seen.calls.iter().any(|it| it == last)
    }
}

#[test]
fn every_change_of_the_public_surface_is_told_or_left_out_for_a_reason() {
    let tellings = tellings();
    let mut wrong = Vec::new();
    let mut reasons = BTreeSet::new();
    for row in rows() {
        let of = row.of.rsplit('.').next().unwrap_or(row.of);
        if row.told == "left out" {
            reasons.insert(row.note);
            continue;
        }
        let Some(telling) = tellings.get(row.told) else {
            wrong.push(format!("{} {}: there is no rule {}", row.step, row.of, row.told));
            continue;
        };
        for member in row.members {
            let told = if row.note.is_empty() { telling.tells(of, member) } else { telling.names(row.note) };
            if !told {
                wrong.push(format!("{} {} {member}: {} does not tell of it", row.step, row.of, row.told));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(reasons, BTreeSet::from(REASONS));
}

/// Whether the rung of a rule lies on a step: `duende-7.4-to-duende-8.0` ends at 8.0 and crosses nothing else.
#[test]
fn rules_that_tell_of_a_step_stand_on_the_rungs_that_it_crosses() {
    for row in rows().iter().filter(|row| row.told != "left out") {
        let mut ends =
            row.step.split("-to-").map(|end| end.rsplit('-').find(|part| part.contains('.')).expect("a line"));
        let line = |text: &str| text.parse::<identityserver_upgrade::version::Version>().expect("a version").line();
        let (from, to) = (line(ends.next().expect("a start")), line(ends.next().expect("an end")));
        let rung = row.told.split('/').nth(1).and_then(|stem| stem.rsplit('-').next()).expect("a rung");
        let at = line(rung);
        // The first version of another package goes on from the last of the one before.
        assert!((from < at || from == to) && at <= to, "{}: {} is not on that way", row.step, row.told);
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_sequence().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// What the facts say of one step.
fn computed(step: &str, facts: &Value) -> Vec<Key> {
    let mut found = Vec::new();
    let mut add = |name: &Value, member: &str, change: &str| {
        // A generic type is written with the number of its parameters: `Outer`1.Inner`.
        let name = text(name);
        let of: Vec<&str> = name.split('.').map(|part| part.split('`').next().unwrap_or(part)).collect();
        found.push((step.to_owned(), of.join("."), change.to_owned(), member.to_owned()));
    };
    for (key, change) in [("types_removed", "gone"), ("types_obsoleted", "obsolete")] {
        list(facts, key).for_each(|name| add(name, "", change));
    }
    for one in list(facts, "interfaces_changed") {
        for member in list(one, "members") {
            let change = match text(&member["change"]).as_str() {
                "added" => "added",
                "removed" => "gone",
                _ => "changed",
            };
            add(&one["name"], &text(&member["name"]), change);
        }
        if list(one, "members").next().is_none() {
            add(&one["name"], "", "changed");
        }
    }
    for one in list(facts, "classes_changed") {
        for (key, change) in
            [("members_removed", "gone"), ("members_changed", "changed"), ("members_obsoleted", "obsolete")]
        {
            list(one, key).for_each(|member| add(&one["name"], &text(member), change));
        }
        list(one, "defaults_changed").for_each(|it| add(&one["name"], &text(&it["member"]), "default"));
        if list(one, "constructors_removed").next().is_some() {
            add(&one["name"], "constructor", "changed");
        }
        if !one["modifiers"].is_null() {
            add(&one["name"], "modifiers", "changed");
        }
    }
    found
}

#[test]
fn the_table_has_what_the_facts_have() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/api_changes.yml");
    // A fresh clone has the table only, and holds the rules against it.
    let Ok(whole) = std::fs::read_to_string(&path) else { return };
    let facts: Value = serde_yaml::from_str(&whole).expect("the facts are YAML");
    let steps = facts.as_mapping().expect("steps");
    let expected: BTreeSet<Key> = steps.iter().flat_map(|(step, facts)| computed(&text(step), facts)).collect();
    let keys = |row: Row<'static>| {
        let key =
            move |member: &str| (row.step.to_owned(), row.of.to_owned(), row.change.to_owned(), member.to_owned());
        row.members.iter().map(|member| key(member)).collect::<Vec<_>>()
    };
    let table: BTreeSet<Key> = rows().into_iter().flat_map(keys).collect();
    let lacking: Vec<&Key> = expected.difference(&table).collect();
    let surplus: Vec<&Key> = table.difference(&expected).collect();
    assert!(lacking.is_empty() && surplus.is_empty(), "not in the table: {lacking:#?}\nnot in the facts: {surplus:#?}");
}

/// The changes of guides, release notes and patches: step, change, and what tells of it.
fn announced() -> Vec<[&'static str; 3]> {
    let lines = include_str!("../data/changes.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect::<Vec<_>>().try_into().expect("three columns")).collect()
}

#[test]
fn every_change_of_guides_and_release_notes_is_told() {
    let tellings = tellings();
    let rungs = || Rulebook::embedded().products.iter().flat_map(|product| &product.rungs);
    let told = |by: &str| match by.strip_prefix("frameworks ") {
        // The frameworks that a line ships are data, from which the finding follows.
        Some(rung) => rungs().any(|it| it.id == rung && !it.file.frameworks.is_empty()),
        None => by == "addition" || tellings.contains_key(by),
    };
    let wrong: Vec<[&str; 3]> = announced().into_iter().filter(|[_, _, by]| !told(by)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_of_announced_changes_has_what_the_facts_have() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/steps.yml");
    let Ok(whole) = std::fs::read_to_string(&path) else { return };
    let facts: Value = serde_yaml::from_str(&whole).expect("the facts are YAML");
    let of_step = |step: &Value| {
        let id = text(&step["id"]);
        list(step, "changes").map(|change| (id.clone(), text(&change["id"]))).collect::<Vec<_>>()
    };
    let patches = list(&facts, "patch_level_changes").map(|patch| ("patch".to_owned(), text(&patch["id"])));
    let expected: BTreeSet<(String, String)> = list(&facts, "steps").flat_map(of_step).chain(patches).collect();
    let table: BTreeSet<(String, String)> =
        announced().into_iter().map(|[step, change, _]| (step.to_owned(), change.to_owned())).collect();
    let lacking: Vec<_> = expected.difference(&table).collect();
    let surplus: Vec<_> = table.difference(&expected).collect();
    assert!(lacking.is_empty() && surplus.is_empty(), "not in the table: {lacking:#?}\nnot in the facts: {surplus:#?}");
}

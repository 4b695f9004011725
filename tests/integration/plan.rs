//! The way from any line to any other: what one combined migration does, which pages to read, which rules apply.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use identityserver_upgrade::day::Day;
use identityserver_upgrade::jump::Stand;
use identityserver_upgrade::plan::{Plan, Rule, all_guides};
use identityserver_upgrade::rules::schema::AdvisoryEntry;
use identityserver_upgrade::rules::{Product, Rulebook, Rung, parse_line};
use identityserver_upgrade::schema::Difference;
use identityserver_upgrade::version::Version;
use serde_json::{Map, Value};

use crate::scenarios::tool;

type Names = BTreeSet<String>;

/// The day on which the tests ask.
pub fn today() -> Day {
    crate::world::TODAY.parse().expect("a day")
}

fn product(id: &str) -> &'static Product {
    Rulebook::embedded().product(id).expect("the product is in the book")
}

fn stand(product: &Product, text: &str) -> Stand {
    let (package, version) = text.split_once('@').expect("package@version");
    let line = version.parse::<Version>().expect("a version").line();
    assert!(product.file.leading.iter().any(|leader| leader.id == package), "{package} leads");
    Stand { package: package.to_owned(), version: version.to_owned(), line: Some(line) }
}

fn plan(id: &str, from: &str, to: &str) -> Plan {
    let product = product(id);
    Plan::of(product, &stand(product, from), &stand(product, to), today())
}

/// The facts of `tests/data/schema.json`, lines that change nothing filled in.
struct Facts {
    lines: Vec<(String, Value)>,
    renamed: Map<String, Value>,
}

fn facts() -> Facts {
    let text = include_str!("../data/schema.json");
    let whole: Value = serde_json::from_str(text).expect("the facts are JSON");
    let mut lines: Vec<(String, Value)> = Vec::new();
    for (line, schema) in whole["lines"].as_object().expect("lines") {
        let schema = if schema.is_null() { lines.last().expect("a line before").1.clone() } else { schema.clone() };
        lines.push((line.clone(), schema));
    }
    Facts { lines, renamed: whole["renamed_tables"]["4.0"].as_object().expect("renames").clone() }
}

/// What differs between two schemas by plain comparison of sets, which knows nothing of how the rulebook is written.
fn expected(from: &Value, to: &Value, renamed: &Map<String, Value>) -> BTreeMap<&'static str, Names> {
    let mut found: BTreeMap<&'static str, Names> = BTreeMap::new();
    let mut note = |what, name: String| {
        found.entry(what).or_default().insert(name);
    };
    let (from, to) = (from.as_object().expect("tables"), to.as_object().expect("tables"));
    let new_name = |old: &str| {
        renamed.get(old).and_then(Value::as_str).filter(|new| to.contains_key(*new)).unwrap_or(old).to_owned()
    };
    let kept: BTreeMap<String, &Value> = from.iter().map(|(old, table)| (new_name(old), table)).collect();
    for (old, _) in from {
        let new = new_name(old);
        if !to.contains_key(&new) {
            note("tables_dropped", old.clone());
        } else if new != *old {
            note("tables_renamed", format!("{old} > {new}"));
        }
    }
    for (name, table) in to {
        let Some(before) = kept.get(name) else {
            note("tables_created", name.clone());
            continue;
        };
        let columns = |table: &Value| table["columns"].as_object().expect("columns").clone();
        let indexes = |table: &Value| -> Names {
            table["indexes"]
                .as_array()
                .expect("indexes")
                .iter()
                .filter_map(|index| Some(index.as_str()?.to_owned()))
                .collect()
        };
        let (old, new) = (columns(before), columns(table));
        for (column, definition) in &new {
            match old.get(column) {
                None => note("columns_added", format!("{name}.{column}")),
                Some(other) if other != definition => {
                    note("columns_altered", format!("{name}.{column} {other} > {definition}"));
                }
                Some(_) => {}
            }
        }
        old.keys()
            .filter(|column| !new.contains_key(*column))
            .for_each(|column| note("columns_dropped", format!("{name}.{column}")));
        let (old, new) = (indexes(before), indexes(table));
        new.difference(&old).for_each(|index| note("indexes_added", format!("{name}.{index}")));
        old.difference(&new).for_each(|index| note("indexes_dropped", format!("{name}.{index}")));
        if before["key"] != table["key"] {
            note("keys_changed", name.clone());
        }
    }
    found
}

/// The same shape, from the answer of the plan.
fn answered(difference: &Difference) -> BTreeMap<&'static str, Names> {
    let mut found: BTreeMap<&'static str, Names> = BTreeMap::new();
    let mut note = |what, names: Names| {
        if !names.is_empty() {
            found.insert(what, names);
        }
    };
    let columns = |by_table: &BTreeMap<String, Vec<String>>| -> Names {
        by_table.iter().flat_map(|(table, names)| names.iter().map(move |name| format!("{table}.{name}"))).collect()
    };
    note("tables_created", difference.tables_created.iter().cloned().collect());
    note("tables_dropped", difference.tables_dropped.iter().cloned().collect());
    note(
        "tables_renamed",
        difference.tables_renamed.iter().map(|rename| format!("{} > {}", rename.from, rename.to)).collect(),
    );
    note("columns_added", columns(&difference.columns_added));
    note("columns_dropped", columns(&difference.columns_dropped));
    let altered = difference.columns_altered.iter().flat_map(|(table, list)| list.iter().map(move |one| (table, one)));
    note(
        "columns_altered",
        altered.map(|(table, one)| format!("{table}.{} \"{}\" > \"{}\"", one.column, one.from, one.to)).collect(),
    );
    note("indexes_added", difference.indexes_added.iter().map(ToString::to_string).collect());
    note("indexes_dropped", difference.indexes_dropped.iter().map(ToString::to_string).collect());
    note("keys_changed", difference.keys_changed.iter().map(|change| change.table.clone()).collect());
    assert!(difference.columns_renamed.is_empty(), "no column of these lines was ever renamed");
    found
}

/// The version that stands for a line: its newest release, else its newest preview.
fn version_of(line: &str) -> String {
    let product = product("identityserver");
    let line = parse_line(line).expect("a line");
    let rung = product.rungs.iter().find(|rung| rung.line == line).expect("a rung");
    format!("{}@{}", rung.file.package, rung.newest().expect("a version"))
}

#[test]
fn every_pair_of_lines_has_the_net_effect_of_its_schemas() {
    let facts = facts();
    let mut pairs = 0;
    for (from_line, from) in &facts.lines {
        for (to_line, to) in facts.lines.iter().skip_while(|(line, _)| line != from_line).skip(1) {
            let plan = plan("identityserver", &version_of(from_line), &version_of(to_line));
            assert!(plan.known, "{from_line} to {to_line}");
            for context in ["ConfigurationDbContext", "PersistedGrantDbContext"] {
                let expected = expected(&from[context], &to[context], &facts.renamed);
                let planned =
                    plan.contexts.iter().find(|planned| planned.name == context).expect("the context is planned");
                assert_eq!(answered(&planned.difference), expected, "{context}, {from_line} to {to_line}");
                assert_eq!(planned.needs_migration(), !expected.is_empty(), "{context}, {from_line} to {to_line}");
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 2 * 30 * 29 / 2);
}

/// Where the full facts lie beside the repository, the derived ones must say the same.
#[test]
fn the_derived_facts_are_those_of_the_tags() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/schema_full.json");
    let Ok(text) = fs::read_to_string(path) else { return };
    let full: Map<String, Value> = serde_json::from_str(&text).expect("the full facts are JSON");
    let facts = facts();
    for (name, whole) in &full {
        // They begin at 2.4; what is below was read from the models of the EF packages.
        let is = |(line, _): &&(String, Value)| name.rsplit(' ').next() == Some(line.as_str());
        let (line, derived) = facts.lines.iter().find(is).expect("a line");
        for context in ["ConfigurationDbContext", "PersistedGrantDbContext"] {
            for (table, shape) in whole[context].as_object().expect("tables") {
                let columns = shape["columns"].as_object().expect("columns").iter().map(|(column, definition)| {
                    let identity = if definition["identity"] == true { " IDENTITY" } else { "" };
                    let null = if definition["nullable"] == true { "NULL" } else { "NOT NULL" };
                    let text = format!("{}{identity} {null}", definition["type"].as_str().unwrap_or_default());
                    (column.clone(), Value::from(text))
                });
                let columns: Map<String, Value> = columns.collect();
                assert_eq!(derived[context][table]["columns"], Value::from(columns), "{line} {table}");
            }
        }
    }
}

#[test]
fn the_day_decides_what_is_out_of_support() {
    #[track_caller]
    fn case(day: &str, to: &str, expected: Option<(&str, &str)>) {
        let product = product("identityserver");
        let (from, to) = (stand(product, "Duende.IdentityServer@6.0.0"), stand(product, to));
        let plan = Plan::of(product, &from, &to, day.parse().expect("a day"));
        let found = plan.findings(Rulebook::embedded());
        let support = found.iter().find(|it| it.rule.ends_with("/support"));
        assert_eq!(support.map(|it| (it.title.as_str(), it.advice.as_str())), expected, "{day}");
    }
    let to = "Duende.IdentityServer@7.4.8";
    case("2026-11-10", to, None);
    case(
        "2026-11-11",
        to,
        Some((
            "IdentityServer 7.4 is out of support on `net8.0` and `net9.0` since 2026-11-10",
            "Move the host to `net10.0`, on which this line is supported until 2028-11-14.",
        )),
    );
    case(
        "2028-11-15",
        to,
        Some((
            "IdentityServer 7.4 is out of support since 2028-11-14",
            "There is no supported line above it in the rulebook.",
        )),
    );
    case(
        "2026-11-11",
        "Duende.IdentityServer@7.0.9",
        Some(("IdentityServer 7.0 is out of support since 2026-11-10", "Go on to a supported line, such as 7.4.")),
    );
}

#[test]
fn patches_never_need_a_migration() {
    for rung in &product("identityserver").rungs {
        let releases: Vec<&str> = rung
            .file
            .versions
            .iter()
            .map(|release| release.version.as_str())
            .filter(|version| !version.contains('-'))
            .collect();
        let (Some(first), Some(last)) = (releases.first(), releases.last()) else { continue };
        let package = &rung.file.package;
        let plan = plan("identityserver", &format!("{package}@{first}"), &format!("{package}@{last}"));
        assert!(plan.contexts.iter().all(|context| !context.needs_migration()), "{}", rung.id);
        assert!(plan.guides.is_empty(), "{}", rung.id);
    }
}

/// `schema_since` of a rung says from which preview on its line is what its release is.
#[test]
fn an_early_preview_stands_below_its_line() {
    let crossed = |from: &str, to: &str| {
        let plan =
            plan("identityserver", &format!("Duende.IdentityServer@{from}"), &format!("Duende.IdentityServer@{to}"));
        let rungs: Vec<&str> = plan.rungs.iter().map(|rung| rung.id.as_str()).collect();
        rungs.join(" ")
    };
    assert_eq!(crossed("7.4.0", "8.0.0"), "identityserver/8.0");
    assert_eq!(crossed("8.0.0-preview.1", "8.0.0"), "identityserver/8.0");
    assert_eq!(crossed("8.0.0-preview.2", "8.0.0"), "");
    assert_eq!(crossed("8.0.0", "8.0.1"), "");
}

/// `since` of a rule says with which patch it came.
#[test]
fn a_patch_brings_what_it_changed_once() {
    let brings = |from: &str, to: &str| {
        let plan =
            plan("identityserver", &format!("Duende.IdentityServer@{from}"), &format!("Duende.IdentityServer@{to}"));
        plan.rules.iter().any(|rule| rule.id() == "identityserver/7.0/log-filters-widened")
    };
    assert!(brings("7.0.8", "7.0.9"));
    assert!(brings("6.3.0", "7.0.10"));
    assert!(!brings("7.0.9", "7.0.10"));
    assert!(!brings("7.0.0", "7.0.8"));
    assert!(!brings("6.3.0", "7.0.8"));
    assert!(!brings("7.0.0", "7.1.0"), "it is about the line");
}

#[test]
fn pages_of_several_products_say_of_which() {
    let server = plan("identityserver", "Duende.IdentityServer@6.3.0", "Duende.IdentityServer@7.0.0");
    let titles = |plans: &[&Plan]| all_guides(plans.iter().copied()).into_iter().map(|it| it.title).collect::<Vec<_>>();
    assert_eq!(titles(&[&server, &server]), ["6.3 → 7.0"]);
    let bff = plan("bff", "Duende.BFF@2.3.0", "Duende.BFF@3.0.0");
    let both = titles(&[&server, &bff]);
    assert_eq!(both, ["IdentityServer 6.3 → 7.0", "Duende BFF 2.3 → 3.0"]);
}

#[test]
fn advisories_are_fixed_by_a_way_or_stay_open() {
    let ids = |from: &str, to: &str| {
        let plan =
            plan("identityserver", &format!("Duende.IdentityServer@{from}"), &format!("Duende.IdentityServer@{to}"));
        let ids = |list: &[&AdvisoryEntry]| list.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
        (ids(&plan.fixed), ids(&plan.open))
    };
    let (fixed, open) = ids("7.0.0", "8.0.0");
    assert!(!fixed.is_empty() && open.is_empty());
    assert_eq!(ids("7.0.0", "7.0.1"), (Vec::new(), fixed.clone()));
    assert_eq!(ids("8.0.0", "8.0.1"), (Vec::new(), Vec::new()));
}

#[test]
fn pages_come_in_the_shortest_right_order() {
    #[track_caller]
    fn case(id: &str, from: &str, to: &str, expected: &[&str]) {
        let pages = plan(id, from, to).guides;
        let names = pages.iter().map(|page| page.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
        assert_eq!(names.collect::<Vec<_>>(), expected, "{from} to {to}");
    }
    let duende = "identityserver";
    case(
        duende,
        "IdentityServer4@3.1.4",
        "Duende.IdentityServer@8.0.3",
        &["identityserver4-to-duende-identityserver-v8"],
    );
    case(
        duende,
        "IdentityServer4@4.1.2",
        "Duende.IdentityServer@8.0.3",
        &["identityserver4-to-duende-identityserver-v8"],
    );
    case(
        duende,
        "IdentityServer4@4.1.2",
        "Duende.IdentityServer@7.0.0",
        &[
            "identityserver4-v4-to-duende-identityserver-v6",
            "v6_0-to-v6_1",
            "v6_1-to-v6_2",
            "v6_2-to-v6_3",
            "v6_3-to-v7_0",
        ],
    );
    case(
        duende,
        "IdentityServer4@3.1.0",
        "Duende.IdentityServer@6.0.0",
        &["identityserver4-v3-to-identityserver4-v4", "identityserver4-v4-to-duende-identityserver-v6"],
    );
    case(duende, "IdentityServer4@4.0.0", "IdentityServer4@4.1.2", &[]);
    case(duende, "Duende.IdentityServer@5.1.0", "Duende.IdentityServer@6.0.0", &["v5_1-to-v5_2", "v5_2-to-v6_0"]);
    case(duende, "Duende.IdentityServer@7.3.0", "Duende.IdentityServer@8.0.0", &["v7_3-to-v7_4", "v7_4-to-v8_0"]);
    case(duende, "Duende.IdentityServer@8.0.3", "Duende.IdentityServer@7.0.0", &[]);
    case("bff", "Duende.BFF@2.2.0", "Duende.BFF@4.2.0", &["bff-v2-to-v3", "bff-v3-to-v4"]);
}

#[test]
fn the_session_key_is_edited_only_where_it_is() {
    #[track_caller]
    fn case(from: &str, to: &str, expected: bool) {
        let plan = plan("identityserver", from, to);
        let warned = plan.traps().iter().any(|trap| trap.rule.id().ends_with("/session-key-widened"));
        assert_eq!(warned, expected, "{from} to {to}");
    }
    case("Duende.IdentityServer@6.0.5", "Duende.IdentityServer@7.0.0", false);
    case("IdentityServer4@4.1.2", "Duende.IdentityServer@8.0.0", false);
    case("Duende.IdentityServer@6.1.0", "Duende.IdentityServer@7.0.0", true);
    case("Duende.IdentityServer@6.3.10", "Duende.IdentityServer@8.0.3", true);
    case("Duende.IdentityServer@7.0.0", "Duende.IdentityServer@8.0.3", false);
}

#[test]
fn a_superseded_rule_gives_way() {
    let book = Rulebook::embedded();
    let mut seen = 0;
    for product in &book.products {
        for (index, rung) in product.rungs.iter().enumerate().skip(1) {
            for entry in &rung.file.changes {
                let Some(later) = &entry.superseded_by else { continue };
                let Some(top) = product.rungs.iter().find(|rung| later.starts_with(&format!("{}/", rung.id))) else {
                    continue;
                };
                let at = |rung: &Rung| {
                    format!(
                        "{}@{}",
                        rung.file.package,
                        rung.newest().map_or_else(|| format!("{}.0", rung.line), |newest| newest.to_string())
                    )
                };
                let ids: Vec<String> =
                    plan(&product.id, &at(&product.rungs[index - 1]), &at(top)).rules.iter().map(Rule::id).collect();
                let own = format!("{}/{}", rung.id, entry.id);
                assert!(!ids.contains(later) || !ids.contains(&own), "{own} gives way to {later}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "no rule is superseded: the test would show nothing");
}

#[test]
fn the_book_says_where_its_knowledge_ends() {
    #[track_caller]
    fn case(from: &str, to: &str, known: bool) {
        let plan = plan("identityserver", from, to);
        assert_eq!(plan.known, known, "{from} to {to}");
        if !known {
            assert!(
                plan.findings(Rulebook::embedded()).iter().any(|finding| finding.rule.ends_with("/unknown")),
                "{from} to {to}"
            );
        }
    }
    // A line that is known may get releases that are not.
    let unknown = |from: &str, to: &str| {
        let rules: Vec<String> =
            plan("identityserver", from, to).findings(Rulebook::embedded()).into_iter().map(|it| it.rule).collect();
        ["identityserver/unknown", "identityserver/preview"].map(|rule| rules.iter().any(|it| it == rule))
    };
    assert_eq!(unknown("Duende.IdentityServer@8.0.2", "Duende.IdentityServer@8.0.3"), [false, false]);
    assert_eq!(unknown("Duende.IdentityServer@8.0.3", "Duende.IdentityServer@8.0.9"), [true, false]);
    assert_eq!(unknown("Duende.IdentityServer@7.4.8", "Duende.IdentityServer@7.5.0"), [true, false]);
    assert_eq!(unknown("Duende.IdentityServer@7.4.8", "Duende.IdentityServer@7.5.0-alpha.0"), [false, true]);
    assert_eq!(unknown("Duende.IdentityServer@8.0.0-preview.5", "Duende.IdentityServer@8.0.0"), [false, false]);
    case("Duende.IdentityServer@7.4.0", "Duende.IdentityServer@8.0.9", true);
    case("Duende.IdentityServer@7.4.0", "Duende.IdentityServer@9.0.0", false);
    case("Duende.IdentityServer@9.0.0", "Duende.IdentityServer@10.0.0", false);
    case("Duende.IdentityServer@6.0.0", "Duende.IdentityServer@6.9.0", false);
}

#[test]
fn a_terminal_hears_at_once_what_is_not_known() {
    for (to, known) in [("8.0.3", true), ("9.9.9", false)] {
        let output = tool().args(["plan", "7.4.0", to]).output().expect("the tool runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let head: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        assert_eq!(!head.iter().any(|line| line.contains("does not know every version")), known, "{text}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = tool().arg("diff").args([folder.path(), &folder.path().join("none")]).output().expect("the tool runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(2) && error.contains("is a folder and") && error.contains("none is none"),
        "{error}"
    );
}

//! Every rule is made to fire and kept silent, and every name it looks for is proved.
//!
//! `tests/rules/<product>/<rung>.yaml` holds code for each rule that looks at files: `fires` is what a user of the old version
//! has, `silent` a near miss. A text is a C# file; a map gives files by their paths. What no file can show (a rule without
//! `seen`, databases, frameworks, advisories, support, licences) is told by the jump alone, so these follow from the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use identityserver_upgrade::evidence::{Changed, Gatherer, hold};
use identityserver_upgrade::inventory::{Inventory, Options};
use identityserver_upgrade::jump::Stand;
use identityserver_upgrade::plan::{Fact, Plan, Rule, rung_of};
use identityserver_upgrade::range::Range;
use identityserver_upgrade::report::{Finding, Kind, Status};
use identityserver_upgrade::rules::schema::{AdvisoryEntry, ChangeEntry, SeenEntry, WhenEntry};
use identityserver_upgrade::rules::{Product, Rulebook, Rung};
use identityserver_upgrade::tree::Tree;
use identityserver_upgrade::version::Version;
use serde_yaml::Value;

use crate::evidence::{Provider, snapshot};
use crate::plan::today;

fn products() -> &'static [Product] {
    &Rulebook::embedded().products
}

/// A released version, with where it stands.
#[derive(Clone)]
struct Release {
    rung: &'static Rung,
    version: Version,
    stand: Stand,
}

/// All versions of a ladder that the book lists, lowest first; a line without any is known by its number alone.
fn ladder(product: &'static Product) -> Vec<Release> {
    let mut all = Vec::new();
    for rung in &product.rungs {
        let mut versions: Vec<Version> =
            rung.file.versions.iter().map(|it| it.version.parse().expect("a version")).collect();
        if versions.is_empty() {
            versions.push(format!("{}.0", rung.line).parse().expect("a version"));
        }
        versions.sort();
        let package = &rung.file.package;
        all.extend(versions.into_iter().map(|version| {
            let stand = Stand { package: package.clone(), version: version.to_string(), line: Some(version.line()) };
            Release { rung, version, stand }
        }));
    }
    all
}

/// The releases without previews, but for lines that have nothing else.
fn stable(product: &'static Product) -> Vec<Release> {
    let all = ladder(product);
    let only_previews =
        |rung: &Rung| all.iter().filter(|it| it.rung.id == rung.id).all(|it| it.version.is_prerelease());
    all.iter().filter(|it| !it.version.is_prerelease() || only_previews(it.rung)).cloned().collect()
}

/// Every change of the book with its rung and product.
fn changes() -> impl Iterator<Item = (&'static Product, &'static Rung, &'static ChangeEntry)> {
    let rungs = products().iter().flat_map(|product| product.rungs.iter().map(move |rung| (product, rung)));
    rungs.flat_map(|(product, rung)| rung.file.changes.iter().map(move |entry| (product, rung, entry)))
}

fn has(plan: &Plan, id: &str) -> bool {
    plan.rules.iter().map(Rule::id).any(|it| it == id)
}

/// The arrival at which a change is new: its patch release, else the last release of its rung.
fn arrival(releases: &[Release], rung: &Rung, since: Option<&str>) -> usize {
    let of = |it: &Release| it.rung.id == rung.id;
    match since {
        Some(since) => {
            let since: Version = since.parse().expect("a version");
            releases.iter().position(|it| of(it) && it.version == since).expect("`since` is a release that is listed")
        }
        None => releases.iter().rposition(of).expect("the rung has a release"),
    }
}

/// The shortest jump on which a rule matters: from the nearest release below it.
fn shortest(product: &'static Product, rung: &Rung, since: Option<&str>, id: &str) -> (Plan, usize, usize) {
    let releases = stable(product);
    let end = arrival(&releases, rung, since);
    for start in (0..end).rev() {
        let plan = Plan::of(product, &releases[start].stand, &releases[end].stand, today());
        if has(&plan, id) {
            return (plan, start, end);
        }
    }
    // A rule of the lowest line speaks to whoever comes from below the book.
    unreachable!("{id}: no jump of released versions crosses it")
}

/// The project that the code of a rule stands in, at the old version.
fn project(plan: &Plan, entry: &ChangeEntry) -> String {
    let leading = [plan.from.package.as_str(), plan.to.package.as_str()].map(str::to_owned);
    let packages: BTreeSet<String> = leading.into_iter().chain(entry.packages.iter().cloned()).collect();
    let reference = |id: &String| format!("<PackageReference Include=\"{id}\" Version=\"1.0.0\" />");
    let references = packages.iter().map(reference).collect::<Vec<_>>().concat();
    format!("<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ItemGroup>{references}</ItemGroup></Project>")
}

/// A jump with what its rules look for.
struct Way {
    plan: Plan,
    gatherer: Gatherer,
}

impl Way {
    fn new(plan: Plan) -> Self {
        let gatherer = Gatherer::new(Rulebook::embedded(), &[&plan]);
        Self { plan, gatherer }
    }

    /// What the jump asks of files.
    fn held(&self, files: &BTreeMap<String, String>) -> Vec<Finding> {
        let mut tree = Tree::new();
        let mut facts = Vec::new();
        for (path, text) in files {
            tree.insert_text(path, text);
            if self.gatherer.wants(path) {
                facts.push(self.gatherer.file(path, text.as_bytes()));
            }
        }
        let inventory = Inventory::of(&tree, &Options::default());
        let facts = self.gatherer.finish(facts, &inventory, Some(Changed::default()));
        hold(&self.plan, self.plan.findings(Rulebook::embedded()), &facts, &inventory)
    }
}

/// The shortest ways of many rules: most rules of a rung share one.
#[derive(Default)]
struct Ways {
    made: BTreeMap<(String, usize, usize), Way>,
}

impl Ways {
    fn of(&mut self, product: &'static Product, rung: &Rung, since: Option<&str>, id: &str) -> &Way {
        let (plan, start, end) = shortest(product, rung, since, id);
        let key = (product.id.clone(), start, end);
        self.made.entry(key).or_insert_with(|| Way::new(plan))
    }
}

/// The names that a rule looks for, as `list:name`.
fn names(seen: &SeenEntry) -> BTreeSet<String> {
    let lists = [
        ("usings", &seen.usings),
        ("types", &seen.types),
        ("members", &seen.members),
        ("constructs", &seen.constructs),
        ("derives", &seen.derives),
        ("overrides", &seen.overrides),
        ("calls", &seen.calls),
        ("attributes", &seen.attributes),
    ];
    let mut all: BTreeSet<String> =
        lists.into_iter().flat_map(|(list, names)| names.iter().map(move |it| format!("{list}:{it}"))).collect();
    for (interface, methods) in &seen.implements {
        if methods.is_empty() {
            all.insert(format!("implements:{interface}"));
        }
        all.extend(methods.iter().map(|method| format!("implements:{interface}.{method}")));
    }
    all
}

/// The code for and against each rule, by its id.
fn snippets() -> BTreeMap<String, Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut all = BTreeMap::new();
    for folder in fs::read_dir(&root).expect("tests/rules is readable").flatten() {
        for file in fs::read_dir(folder.path()).expect("a folder for each product").flatten() {
            let text = fs::read_to_string(file.path()).expect("a readable file");
            let rules: BTreeMap<String, Value> =
                serde_yaml::from_str(&text).unwrap_or_else(|error| unreachable!("{}: {error}", file.path().display()));
            let product = folder.file_name().to_string_lossy().into_owned();
            let stem = file.path().file_stem().expect("a name").to_string_lossy().into_owned();
            all.extend(rules.into_iter().map(|(id, code)| (format!("{product}/{stem}/{id}"), code)));
        }
    }
    all
}

/// The files of one side of a snippet, with a project when it brings none.
fn files(code: &Value, side: &str, project: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    match &code[side] {
        Value::String(text) => {
            files.insert("src/Code.cs".to_owned(), text.clone());
        }
        Value::Mapping(map) => {
            for (path, text) in map {
                files.insert(path.as_str().expect("a path").to_owned(), text.as_str().expect("a text").to_owned());
            }
        }
        _ => {}
    }
    let own = |path: &String| Path::new(path).extension().is_some_and(|ending| ending == "csproj");
    if !files.is_empty() && !files.keys().any(own) {
        files.insert("src/App.csproj".to_owned(), project.to_owned());
    }
    files
}

/// What is wrong with the code of one rule.
fn faults(way: &Way, id: &str, entry: &ChangeEntry, code: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let seen = entry.seen.as_ref().expect("a rule that looks at files");
    let project = project(&way.plan, entry);
    let find = |files: &BTreeMap<String, String>| {
        way.held(files).into_iter().find(|it| it.rule == id).unwrap_or_else(|| unreachable!("{id} is in the plan"))
    };
    let (fires, silent) = (files(code, "fires", &project), files(code, "silent", &project));
    if fires.is_empty() || silent.is_empty() {
        return vec![format!("{id}: give it code that `fires`, and code that keeps it `silent`")];
    }
    let loud = find(&fires);
    if !matches!(loud.status, Status::Todo | Status::Check) || loud.places.is_empty() {
        faults.push(format!("{id}: should fire, and is {:?}", loud.status));
    }
    let words: BTreeSet<String> = names(seen)
        .iter()
        .chain(&seen.packages)
        .flat_map(|it| it.rsplit([':', '.']).take(2).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let near = silent.values().any(|text| words.iter().any(|word| text.contains(word.as_str())));
    if !near {
        faults.push(format!("{id}: the silent code names nothing that the rule looks for: that is no near miss"));
    }
    let quiet = find(&silent);
    if !matches!(quiet.status, Status::Clear | Status::Done) {
        let places: Vec<String> = quiet.places.iter().map(|it| format!("{}:{} {}", it.path, it.line, it.saw)).collect();
        faults.push(format!("{id}: should be silent, and is {:?} at {places:?}", quiet.status));
    }
    faults
}

#[test]
fn every_rule_that_looks_at_files_fires_and_keeps_silent() {
    let snippets = snippets();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    let mut ways = Ways::default();
    for (product, rung, entry) in changes().filter(|(_, _, entry)| entry.seen.is_some()) {
        let id = format!("{}/{}", rung.id, entry.id);
        let way = ways.of(product, rung, entry.since.as_deref(), &id);
        match snippets.get(&id) {
            Some(code) => wrong.extend(faults(way, &id, entry, code)),
            None => wrong.push(format!("{id}: has no code in tests/rules/{}.yaml", rung.id)),
        }
        known.insert(id);
    }
    wrong.extend(
        snippets.keys().filter(|id| !known.contains(*id)).map(|id| format!("{id}: no rule looks at this code")),
    );
    assert!(wrong.is_empty(), "{}\n{} faults", wrong.join("\n"), wrong.len());
}

/// Whether every release of a jump that leaves a rule out does so: below it, above it, and outside its window.
#[test]
fn every_rule_matters_to_the_jumps_that_cross_it_and_to_no_other() {
    for (product, rung, entry) in changes() {
        let id = format!("{}/{}", rung.id, entry.id);
        crossed_only(product, rung, entry.since.as_deref(), entry.when.as_ref(), &id);
        if let Some(later) = &entry.superseded_by {
            let (_, start, end) = shortest(product, rung, entry.since.as_deref(), &id);
            let releases = stable(product);
            let reaches = |it: &&Release| {
                let plan = Plan::of(product, &releases[start].stand, &it.stand, today());
                has(&plan, later)
            };
            let far = releases[end..].iter().find(reaches).unwrap_or_else(|| unreachable!("{id}: reaches {later}"));
            assert!(
                !has(&Plan::of(product, &releases[start].stand, &far.stand, today()), &id),
                "{id} is moot with {later}"
            );
        }
    }
    for product in products() {
        for rung in &product.rungs {
            for entry in &rung.file.database {
                crossed_only(product, rung, None, entry.when.as_ref(), &format!("{}/{}", rung.id, entry.id));
            }
        }
    }
}

#[track_caller]
fn crossed_only(product: &'static Product, rung: &Rung, since: Option<&str>, when: Option<&WhenEntry>, id: &str) {
    let releases = stable(product);
    if releases.first().is_some_and(|lowest| lowest.rung.id == rung.id && since.is_none()) {
        // What the lowest rung brings is the ground that everybody stands on.
        let all = releases.iter().map(|it| Plan::of(product, &releases[0].stand, &it.stand, today()));
        assert!(all.into_iter().all(|plan| !has(&plan, id)), "{id}");
        return;
    }
    let (_, start, end) = shortest(product, rung, since, id);
    let crosses =
        |from: usize, to: usize| has(&Plan::of(product, &releases[from].stand, &releases[to].stand, today()), id);
    // Ends below it: the release before, or the line before when the change came with the line.
    let first = if since.is_some() { end } else { releases.iter().position(|it| it.rung.id == rung.id).unwrap_or(end) };
    if first > start + 1 || (first > 0 && start < first - 1) {
        assert!(!crosses(start, first - 1), "{id} before it is reached");
    }
    // A preview counts as standing below its line until it is known to have all of it.
    let has_it = if releases[end].version.is_prerelease() { end..=end } else { end..=releases.len() - 1 };
    for above in [*has_it.start(), (end + 1).min(*has_it.end()), *has_it.end()] {
        assert!(!crosses(end, above), "{id} for whoever has it already");
    }
    assert!(!crosses(end, start), "{id} on the way down");
    let line = |text: &Option<String>| text.as_ref().map(|it| it.parse::<Version>().expect("a line").line());
    let Some(when) = when else { return };
    let at = |from: usize| releases[from].version.line();
    // One release of a line is as good as another.
    for from in (0..end).filter(|from| at(*from) != at(from + 1)) {
        let outside = line(&when.from_at_least).is_some_and(|least| at(from) < least)
            || line(&when.from_below).is_some_and(|limit| at(from) >= limit)
            || (!when.from_packages.is_empty() && !when.from_packages.contains(&releases[from].stand.package));
        assert!(!(outside && crosses(from, end)), "{id} from {}", releases[from].version);
    }
    if let Some(limit) = line(&when.to_below) {
        let far = releases.iter().position(|it| it.version.line() >= limit && it.rung.position() > rung.position());
        assert!(far.is_none_or(|far| !crosses(start, far)), "{id} beyond {limit}");
    }
}

#[test]
fn rules_for_certain_packages_are_clear_without_them() {
    let mut ways = Ways::default();
    for (product, rung, entry) in changes().filter(|(_, _, entry)| !entry.packages.is_empty()) {
        let id = format!("{}/{}", rung.id, entry.id);
        let way = ways.of(product, rung, entry.since.as_deref(), &id);
        let files = |entry| BTreeMap::from([("src/App.csproj".to_owned(), project(&way.plan, entry))]);
        let none = ChangeEntry { packages: Vec::new(), ..entry.clone() };
        let status = |entry| way.held(&files(entry)).into_iter().find(|it| it.rule == id).map(|it| it.status);
        let leads = |id: &String| [&way.plan.from.package, &way.plan.to.package].contains(&id);
        assert!(!entry.packages.iter().any(leads), "{id}: everybody has the package");
        assert_eq!(status(&none), Some(Status::Clear), "{id}");
        if entry.seen.is_none() {
            assert_eq!(status(entry), Some(Status::Check), "{id}");
        }
    }
}

#[test]
fn every_database_change_is_owed_below_its_rung_and_done_at_it() {
    for product in products() {
        for rung in product.rungs.iter().filter(|rung| !rung.file.database.is_empty()) {
            let contexts: BTreeSet<&str> = rung.file.database.iter().map(|entry| entry.context.as_str()).collect();
            let below = product.rungs.iter().rev().find(|it| it.position() < rung.position());
            for (context, below) in contexts.into_iter().filter_map(|context| Some((context, below?))) {
                if !product.knows_schema(below, context) || product.schema_at(below, context).tables.is_empty() {
                    continue;
                }
                let stand = |rung: &'static Rung| {
                    let of = |it: &&Release| it.rung.id == rung.id;
                    stable(product).iter().rfind(of).expect("a release").stand.clone()
                };
                let way = Way::new(Plan::of(product, &stand(below), &stand(rung), today()));
                let status = |rung| {
                    let text = snapshot(context, &product.schema_at(rung, context), Provider::SqlServer);
                    let files = BTreeMap::from([
                        ("src/App.csproj".to_owned(), project(&way.plan, &ChangeEntry::default())),
                        (format!("src/Migrations/{context}ModelSnapshot.cs"), text),
                    ]);
                    let asks = |it: &Finding| {
                        it.kind == Kind::Database
                            && it.title.starts_with("Migrate")
                            && it.context.as_deref() == Some(context)
                    };
                    way.held(&files).into_iter().find(asks).expect("a migration is asked for").status
                };
                assert!(matches!(status(below), Status::Todo | Status::Check), "{} {context}", rung.id);
                assert!(matches!(status(rung), Status::Done | Status::Clear), "{} {context}", rung.id);
            }
        }
    }
}

#[test]
fn advisories_are_open_inside_their_ranges_and_fixed_when_left() {
    for product in products() {
        for advisory in &product.file.advisories {
            let hit = |it: &Release| {
                let member = |id: &str| Rulebook::embedded().product_of(id).expect("a package of the book");
                let mut ranges = advisory.affected.iter();
                ranges.any(|of| {
                    let range: Range = of.range.parse().expect("a range");
                    member(&of.package).generation == Some(it.rung.generation) && range.satisfies(&it.version)
                })
            };
            let releases = ladder(product);
            assert!(releases.iter().any(hit), "{}: no release that the book lists is affected", advisory.id);
            for pair in releases.windows(2) {
                let plan = Plan::of(product, &pair[0].stand, &pair[1].stand, today());
                let told = |list: &[&AdvisoryEntry]| list.iter().any(|it| it.id == advisory.id);
                let jump = format!("{} {} to {}", advisory.id, pair[0].version, pair[1].version);
                assert_eq!(told(&plan.open), hit(&pair[1]), "{jump}: open");
                assert_eq!(told(&plan.fixed), hit(&pair[0]) && !hit(&pair[1]), "{jump}: fixed");
            }
        }
    }
}

#[test]
fn frameworks_support_and_licences_are_told_where_they_change() {
    let day = today().to_string();
    for product in products() {
        let releases = stable(product);
        for pair in releases.windows(2) {
            let plan = Plan::of(product, &pair[0].stand, &pair[1].stand, today());
            let jump = format!("{} {} to {}", product.id, pair[0].version, pair[1].version);
            let found = plan.findings(Rulebook::embedded());
            let is = |kind| found.iter().any(|it| it.kind == kind);
            let raised = found.iter().any(|it| it.kind == Kind::Framework && it.rule.ends_with("/framework"));
            let lowest = |it: &Release| it.rung.frameworks(&it.version).first().cloned();
            let (before, after) = (lowest(&pair[0]), lowest(&pair[1]));
            assert_eq!(raised, plan.framework.raised, "{jump}");
            assert!(!raised || before != after, "{jump}");
            let licence = |it: &Release| product.leader(it.rung.generation).and_then(|leader| leader.licence.clone());
            let told = plan.rules.iter().any(|it| matches!(it.fact, Fact::Change(entry) if entry.kind == "licence"));
            assert_eq!(is(Kind::Licence), told || licence(&pair[0]) != licence(&pair[1]), "{jump}");
            let rung = rung_of(product, &pair[1].stand).expect("a rung");
            let ended = rung.file.support.as_ref().is_some_and(|it| it.until.values().any(|last| *last < day));
            assert_eq!(is(Kind::Support), ended, "{jump}");
        }
    }
}

/// What the tags show of a name at the new version.
const PROVED: [&str; 7] = ["gone", "moved", "changed", "obsolete", "sealed", "static", "stays"];

#[test]
fn every_name_that_a_rule_looks_for_is_proved_at_the_tags() {
    let mut proved: BTreeMap<(String, String), &str> = BTreeMap::new();
    for line in include_str!("../data/names.tsv").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [rule, old, new, verdict, list] = columns[..] else { unreachable!("five columns: {line}") };
        assert!(PROVED.contains(&verdict) || verdict.starts_with("outside: "), "{line}");
        assert!(old != new, "{line}");
        proved.extend(list.split(' ').map(|name| ((rule.to_owned(), name.to_owned()), verdict)));
    }
    let mut wrong = Vec::new();
    for (_, rung, entry) in changes() {
        let id = format!("{}/{}", rung.id, entry.id);
        for name in entry.seen.iter().flat_map(names) {
            match proved.remove(&(id.clone(), name.clone())) {
                None => wrong.push(format!("{id}: `{name}` has no line in tests/data/names.tsv: see docs/facts.md")),
                Some("stays") if !points(entry) => {
                    wrong.push(format!("{id}: `{name}` is the same at both tags, so nobody has to change it"));
                }
                Some(_) => {}
            }
        }
    }
    wrong.extend(proved.keys().map(|(id, name)| format!("{id}: looks for no `{name}`")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a rule points to code that acts otherwise, and asks nobody to change a name: such a name may stay what it was.
fn points(entry: &ChangeEntry) -> bool {
    let told = matches!(entry.impact.as_str(), "behaviour" | "deprecated" | "rare") || entry.kind == "behaviour";
    told && (!entry.kind.starts_with("api-") || entry.impact == "deprecated")
}

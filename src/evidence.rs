//! What a tree shows of what a jump asks: the databases, the code, the projects.
//!
//! Two steps, so that a large tree streams: [`Gatherer::file`] turns one file into a small value, in parallel and in any
//! order, and the text can go; [`Gatherer::finish`] puts the values together. [`hold`] then judges the findings of a plan.
//!
//! Invariants: `clear` always says what was looked at; what a file cannot show is `check`, never `clear`; text in comments,
//! strings and dead branches is no evidence; places are capped, counts are not.

mod code;
mod companions;
pub mod database;
mod frameworks;
mod judge;
mod pins;
mod scope;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::csharp::migration::{self, Migration};
use crate::csharp::names::{TYPES, bases};
use crate::csharp::{Syntax, parse, parse_around, snapshot};
use crate::inventory::{Inventory, Kind, Project};
use crate::place::{Place, Problem};
use crate::plan::{Fact, Plan};
use crate::report::{Sighting, Status};
use crate::rules::Rulebook;
use crate::tree::{file_name, is_in};
use code::CodeFacts;
use code::held;
use code::settle::{Sights, settle};
use database::script::Step;
use database::{Cast, MigrationFile, Scripted, Standing};
use pins::Pin;
use wanted::{Search, Wanted};

pub use judge::{hold, hold_support, of_projects};
pub use scope::scoped;

/// Folders of what others wrote or tools made.
const FOREIGN_FOLDERS: [&str; 5] = ["node_modules", "bin", "obj", "packages", ".git"];

/// Words of files that matter whatever the rules look for: EF Core's, and imports for a whole project.
const MARKS: [&str; 4] = ["ModelSnapshot", "MigrationBuilder", "BuildTargetModel", "global using"];

/// Most bytes of code that are held until all files are known; what comes after is parsed at once, which only takes longer.
const MAX_HELD: usize = 32 * 1024 * 1024;

/// Most problems that are kept; each is a file that could not be read.
const MAX_PROBLEMS: usize = 100;

/// Turns files into facts. Made once for all plans of a run; shared between threads.
pub struct Gatherer {
    wanted: Wanted,
    cast: Cast,
    /// Class names and interfaces of the products' contexts: name to roles.
    contexts: BTreeMap<String, Vec<String>>,
    /// Bytes of texts that are held.
    held: AtomicUsize,
}

/// What one file shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Path of the file.
    pub path: String,
    code: Option<CodeFacts>,
    /// Text of code that names no product: other files say whether it sees one.
    held: Option<String>,
    standings: Vec<Standing>,
    is_snapshot: bool,
    migration: Option<Migration>,
    script: Vec<Step>,
    contexts: Vec<OwnContext>,
    pins: Vec<Pin>,
    problem: Option<Problem>,
    generated: bool,
}

/// A context of the repository that plays the part of a product's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnContext {
    /// Class name.
    pub name: String,
    /// The product's contexts whose class or interface it derives from.
    pub roles: Vec<String>,
    /// Where it is declared.
    pub place: Place,
}

/// What a change did to a tree.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Paths of the head that the base does not have.
    pub added: BTreeSet<String>,
    /// Facts of those files of the base that the change edits or removes, as they were.
    pub before: Vec<FileFacts>,
}

/// Everything that judging needs, from one tree.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Model snapshots in the parts of the products' contexts.
    pub standings: Vec<Standing>,
    /// How many model snapshots there are, of whatever context.
    pub snapshots: usize,
    /// Migrations, by path.
    pub migrations: Vec<MigrationFile>,
    /// SQL scripts that make, change or drop tables.
    pub scripts: Vec<(String, Vec<Step>)>,
    /// What the scripts make of the tables of the products' contexts.
    scripted: Vec<Scripted>,
    /// Own contexts.
    pub contexts: Vec<OwnContext>,
    /// Paths that the change adds.
    pub added: BTreeSet<String>,
    /// How many C# and Razor files were searched.
    pub searched: usize,
    /// How many files were left out because a tool made them.
    pub generated: usize,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
    code: BTreeMap<String, Sights>,
    before: BTreeMap<String, Sights>,
    pins: Vec<(String, Vec<Pin>)>,
}

/// How one finding came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// What is known.
    status: Status,
    /// The evidence.
    places: Vec<Sighting>,
    /// What was looked at.
    searched: String,
    /// What to add to the advice for this repository.
    note: String,
    /// Commands, ready to copy.
    commands: Vec<String>,
    /// Title and advice, where those of the rule do not fit this repository.
    told: Option<(String, String)>,
}

impl Judgement {
    fn new(status: Status, searched: String) -> Self {
        Self { status, places: Vec::new(), searched, note: String::new(), commands: Vec::new(), told: None }
    }

    /// Takes a more pressing status; the evidence of the less pressing one goes.
    fn worsen(&mut self, status: Status) {
        if status < self.status {
            self.status = status;
            self.places.clear();
        }
    }

    fn see(&mut self, place: &Place, saw: String) {
        self.places.push(Sighting { path: place.path.clone(), line: place.line, saw });
    }

    /// Evidence for a status, which a more pressing one makes moot.
    fn see_as(&mut self, status: Status, place: &Place, saw: String) {
        if self.status == status {
            self.see(place, saw);
        }
    }

    fn add_note(&mut self, note: &str) {
        if !self.note.is_empty() {
            self.note.push(' ');
        }
        self.note.push_str(note);
    }
}

impl Gatherer {
    /// A gatherer of what the rules of these plans look for.
    pub fn new(rules: &Rulebook, plans: &[&Plan]) -> Self {
        let mut contexts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for context in rules.products.iter().flat_map(|product| &product.file.contexts) {
            for name in std::iter::once(&context.name).chain(&context.interface) {
                contexts.entry(name.clone()).or_default().push(context.name.clone());
            }
        }
        let searches = plans.iter().flat_map(|plan| {
            let product = &plan.product.file;
            plan.rules.iter().filter_map(move |rule| match rule.fact {
                Fact::Change(entry) => entry.seen.as_ref().map(|seen| Search { rule: rule.id(), product, seen }),
                Fact::Database(_) => None,
            })
        });
        let stores = database::stores::searches(plans);
        let stores = stores.iter().map(|(rule, product, seen)| Search { rule: rule.clone(), product, seen });
        let words = MARKS.map(str::to_owned).into_iter().chain(contexts.keys().cloned());
        let wanted = Wanted::new(searches.chain(stores), words);
        Self { wanted, cast: Cast::of(rules), contexts, held: AtomicUsize::new(0) }
    }

    /// Whether a file of that path can show anything. Cheap: only the path is looked at.
    pub fn wants(&self, path: &str) -> bool {
        can_show(path)
    }

    /// What a file shows. Pure, and made to run in parallel.
    pub fn file(&self, path: &str, bytes: &[u8]) -> FileFacts {
        let mut facts = FileFacts { path: path.to_owned(), ..FileFacts::default() };
        // Texts of two bytes a character, which old editors wrote, cannot be scanned before they are decoded.
        let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        if is_code(path) && !wide && !self.can_matter(path, &self.wanted.find(bytes).words) {
            return facts;
        }
        let Some(text) = crate::tree::decode(bytes) else { return facts };
        match ending(path) {
            "sql" => facts.script = database::script::read(path, &text),
            "cs" => self.csharp(&text, &mut facts),
            "cshtml" | "razor" => facts.code = Some(code::read_razor(path, &text, &self.wanted)),
            _ => facts.pins = pins::read(path, &text),
        }
        facts
    }

    /// Whether a file of code with these words can show anything. Razor imports hold for other files.
    fn can_matter(&self, path: &str, words: &BTreeSet<&str>) -> bool {
        let special = |word: &&str| MARKS.contains(word) || self.contexts.contains_key(*word);
        self.wanted.can_matter(words) || words.iter().any(special) || file_name(path).starts_with('_')
    }

    fn csharp(&self, text: &str, facts: &mut FileFacts) {
        let found = self.wanted.find(text.as_bytes());
        let words = &found.words;
        if words.contains("BuildTargetModel") {
            facts.migration = migration::read_designer(text);
            return;
        }
        facts.generated = is_generated(&facts.path, text);
        let ef_core = words.contains("ModelSnapshot") || words.contains("MigrationBuilder");
        let context = words.iter().any(|word| self.contexts.contains_key(*word));
        let shares = words.contains("global using");
        let code = !facts.generated && (self.wanted.can_matter(words) || shares);
        if !(ef_core || context || code) {
            return;
        }
        if !(ef_core || context || shares || held::shows(text, &self.wanted, &found)) && self.hold(text.len()) {
            facts.held = Some(text.to_owned());
            return;
        }
        // What EF Core wrote, and contexts, are read from their bodies; of other code the words alone count.
        let syntax = if ef_core || context { parse(text) } else { parse_around(text, &self.wanted.telling(&found)) };
        let Some(syntax) = syntax else {
            facts.problem = Some(tangled(&facts.path));
            return;
        };
        if ef_core && let Some(snapshot) = snapshot::read(&syntax) {
            facts.is_snapshot = true;
            facts.standings = self.cast.parts(&facts.path, &snapshot);
            return;
        }
        if words.contains("MigrationBuilder") {
            facts.migration = migration::read(&syntax);
        }
        if context {
            facts.contexts = self.own_contexts(&facts.path, &syntax);
        }
        if code && facts.migration.is_none() {
            facts.code = Some(code::read(&syntax, &self.wanted));
        }
    }

    /// Whether a text of that length (bytes) can be held.
    fn hold(&self, length: usize) -> bool {
        let fits = self.held.fetch_add(length, Ordering::Relaxed) + length <= MAX_HELD;
        if !fits {
            self.held.fetch_sub(length, Ordering::Relaxed);
        }
        fits
    }

    /// Reads those of the held files that can show something, and lets the others go.
    fn settle_held(&self, files: &mut [FileFacts], inventory: &Inventory) {
        let length: usize = files.iter().filter_map(|file| file.held.as_ref()).map(String::len).sum();
        held::read(files, &self.wanted, inventory);
        self.held.fetch_sub(length, Ordering::Relaxed);
    }

    fn own_contexts(&self, path: &str, syntax: &Syntax) -> Vec<OwnContext> {
        let declarations = syntax.nodes().filter(|node| TYPES.contains(&syntax.kind(*node)));
        declarations
            .filter(|node| syntax.kind(*node) == "class_declaration")
            .filter_map(|class| {
                let roles: BTreeSet<String> = bases(syntax, class)
                    .into_iter()
                    .filter_map(|(base, _)| self.contexts.get(base))
                    .flatten()
                    .cloned()
                    .collect();
                let name = syntax.source(syntax.child(class, "name")?).to_owned();
                let place = Place::new(path, syntax.line(class));
                (!roles.is_empty()).then(|| OwnContext { name, roles: roles.into_iter().collect(), place })
            })
            .collect()
    }

    /// Puts the facts of all files of the head together; `changed` is absent when there is no change to speak of (an audit).
    pub fn finish(&self, mut files: Vec<FileFacts>, inventory: &Inventory, changed: Option<Changed>) -> Facts {
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let mut changed = changed.unwrap_or_default();
        self.settle_held(&mut files, inventory);
        self.settle_held(&mut changed.before, inventory);
        let is_searched = |file: &&FileFacts| is_code(&file.path) && !file.generated;
        let mut facts = Facts {
            searched: files.iter().filter(is_searched).count(),
            generated: files.iter().filter(|file| file.generated).count(),
            snapshots: files.iter().filter(|file| file.is_snapshot).count(),
            code: settle(&files, &self.wanted, inventory),
            before: settle(&changed.before, &self.wanted, inventory),
            added: changed.added,
            migrations: migrations(&files),
            ..Facts::default()
        };
        for file in files {
            facts.standings.extend(file.standings);
            facts.contexts.extend(file.contexts);
            if !file.script.is_empty() {
                facts.scripts.push((file.path.clone(), file.script));
            }
            if !file.pins.is_empty() {
                facts.pins.push((file.path, file.pins));
            }
            if facts.problems.len() < MAX_PROBLEMS {
                facts.problems.extend(file.problem);
            }
        }
        facts.scripted = Scripted::all(&facts.scripts, &self.cast, inventory);
        facts
    }
}

/// Whether a file of that path can show anything of any plan: code, migrations, scripts, pins.
pub fn can_show(path: &str) -> bool {
    let kind = matches!(ending(path), "cs" | "cshtml" | "razor" | "sql") || pins::wants(path);
    kind && !path.split('/').any(|part| FOREIGN_FOLDERS.contains(&part))
}

/// What follows the last dot of a path.
fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The project that a file belongs to: the nearest one above it.
fn project_at<'a>(inventory: &'a Inventory, path: &str) -> Option<&'a Project> {
    let above = |project: &&Project| {
        let names_a_project = file_name(&project.path).ends_with("proj");
        project.kind == Kind::MsBuild && names_a_project && is_in(path, crate::tree::folder(&project.path))
    };
    inventory.projects.iter().filter(above).max_by_key(|project| crate::tree::folder(&project.path).len())
}

fn is_code(path: &str) -> bool {
    matches!(ending(path), "cs" | "cshtml" | "razor")
}

/// Migrations with the context that their designer half says: the halves share folder and class name.
fn migrations(files: &[FileFacts]) -> Vec<MigrationFile> {
    let halves = || files.iter().filter_map(|file| file.migration.as_ref().map(|migration| (file, migration)));
    let key =
        |file: &FileFacts, migration: &Migration| (crate::tree::folder(&file.path).to_owned(), migration.name.clone());
    let contexts: BTreeMap<(String, String), &String> = halves()
        .filter_map(|(file, migration)| migration.context.as_ref().map(|context| (key(file, migration), context)))
        .collect();
    let whole = halves().filter(|(_, migration)| !migration.operations.is_empty());
    whole
        .map(|(file, migration)| MigrationFile {
            path: file.path.clone(),
            name: migration.name.clone(),
            context: contexts.get(&key(file, migration)).map(|context| (*context).clone()),
            operations: migration.operations.clone(),
        })
        .collect()
}

fn tangled(path: &str) -> Problem {
    Problem::at("unreadable-code", "is too tangled to be parsed as C#".to_owned(), Place::new(path, 0))
}

/// Whether a tool made a file: by its name, or by what its first lines say.
fn is_generated(path: &str, text: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let head: String = text.lines().take(5).collect();
    name.ends_with(".g.cs") || name.ends_with(".designer.cs") || head.contains("<auto-generated")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jump::Stand;
    use crate::version::Version;

    /// Beyond what may be held, files are read at once, and show the same.
    #[test]
    fn what_cannot_be_held_is_read_at_once() {
        let rules = Rulebook::embedded();
        let product = rules.product("identityserver").expect("a product");
        let stand = |version: &str| {
            let line = version.parse::<Version>().expect("a version").line();
            Stand { package: "Duende.IdentityServer".into(), version: version.into(), line: Some(line) }
        };
        let day = "2026-11-25".parse().expect("a day");
        let plan = Plan::of(product, &stand("7.4.0"), &stand("8.0.0"), day);
        let gatherer = Gatherer::new(rules, &[&plan]);
        let files = [("A.cs", "class A { IClock c; }"), ("B.cs", "global using Duende.IdentityServer;")];
        let gather = || files.map(|(path, text)| gatherer.file(path, text.as_bytes())).to_vec();
        let (held, read) = (gather(), {
            gatherer.held.fetch_add(MAX_HELD, Ordering::Relaxed);
            gather()
        });
        assert_eq!(held.iter().map(|file| file.code.is_some()).collect::<Vec<_>>(), [false, true]);
        assert_eq!(read.iter().map(|file| file.code.is_some()).collect::<Vec<_>>(), [true, true]);
        let finish = |files| gatherer.finish(files, &Inventory::default(), None).code;
        let (held, read) = (finish(held), finish(read));
        assert!(!held.is_empty());
        assert_eq!(held, read);
        assert_eq!(gatherer.held.load(Ordering::Relaxed), MAX_HELD);
    }
}

//! What must hold in a rulebook, and where it does not: each violation has a file, a line, and says what to do.
//!
//! YAML that cannot be read never gets here (see [`Rulebook::with`]); this looks at what it says.

mod fact;
mod product;
mod rule;
mod rung;

use crate::place::{Place, Problem};
use crate::tree::Tree;

use super::{Product, Rulebook};

/// Every violation in a tree of YAML files, in order of place. `base` is the book on which the tree stands: a folder without
/// `product.yaml` adds to the product of that name.
pub fn check(tree: &Tree, base: &Rulebook) -> Vec<Problem> {
    let (book, mut problems) = base.with(tree);
    let mut faults = Faults { tree, problems: Vec::new() };
    for product in &book.products {
        if tree.is_folder(&product.id) {
            check_product(product, &book, &mut faults);
        }
    }
    problems.append(&mut faults.problems);
    for place in problems.iter_mut().filter(|it| it.code == "rung-package").filter_map(|it| it.place.as_mut()) {
        // The book is put together from values, which know no lines.
        place.line = tree.text(&place.path).map_or(place.line, |text| line_of(text, "package:", ""));
    }
    problems
        .sort_by(|one, other| (&one.place, &one.code, &one.message).cmp(&(&other.place, &other.code, &other.message)));
    problems.dedup();
    problems
}

fn check_product(product: &Product, book: &Rulebook, faults: &mut Faults<'_>) {
    product::check(product, book, faults);
    for rung in &product.rungs {
        rung::check(product, rung, faults);
        rule::check(product, book, rung, faults);
    }
    rule::check_operations(product, faults);
}

/// The violations so far, and the texts in which their lines are looked up.
struct Faults<'tree> {
    tree: &'tree Tree,
    problems: Vec<Problem>,
}

impl Faults<'_> {
    /// Adds a violation at the line of `path` that holds `near` and, from there on, `exact`.
    fn add(&mut self, code: &str, path: &str, near: &str, exact: &str, message: String) {
        let line = self.tree.text(path).map_or(0, |text| line_of(text, near, exact));
        self.problems.push(Problem::at(code, message, Place::new(path, line)));
    }
}

/// The 1-based line of `exact` at or after that of `near`; the line of `near` when there is none; 0 when there is neither.
fn line_of(text: &str, near: &str, exact: &str) -> u32 {
    let find = |from: usize, needle: &str| text.lines().enumerate().skip(from).find(|(_, line)| line.contains(needle));
    let start = find(0, near).map(|(index, _)| index);
    let line = start.and_then(|start| find(start, exact).map(|(index, _)| index)).or(start);
    line.map_or(0, |index| u32::try_from(index + 1).unwrap_or(0))
}

/// The path of a rung's file.
fn path_of(rung: &super::Rung) -> String {
    format!("{}.yaml", rung.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRODUCT: &str = "\
title: Sample
leading:
  - { id: Old.Sample }
  - { id: Sample }
packages:
  - { id: Sample.Store, follows: Sample, contexts: [StoreContext] }
hosts: [docs.example.org]
contexts:
  - { name: StoreContext, tables: [Rows] }
";

    const RUNG: &str = "\
title: Sample 1.0
package: Sample
versions:
  - { version: 1.0.0-rc.1, date: 2024-01-31 }
  - { version: 1.0.0, date: 2024-02-29 }
database:
  - id: rows
    context: StoreContext
    summary: Rows are stored.
    advice: Add a migration.
    create_tables:
      Rows: { columns: { Id: int IDENTITY NOT NULL }, primary_key: [Id] }
changes: []
";

    const NEXT: &str = "\
title: Sample 1.1
package: Sample
frameworks: [net8.0]
guides:
  - from: 1.0
    url: https://docs.example.org/up/
    anchors: [step-1]
database:
  - id: name-column
    context: StoreContext
    summary: Rows have names.
    advice: Add a migration.
    guide: '#step-1'
    add_columns:
      Rows: { Name: nvarchar(200) NULL }
changes:
  - id: store-renamed
    kind: api-signature
    impact: breaks
    summary: The store is called `Stock`.
    advice: Rename it.
    guide: '#step-1'
    seen: { types: [Store] }
";

    fn tree(product: &str, rung: &str, next: &str) -> Tree {
        let mut tree = Tree::new();
        for (path, text) in [("s/product.yaml", product), ("s/1.0.yaml", rung), ("s/1.1.yaml", next)] {
            tree.insert_text(path, text);
        }
        tree
    }

    fn faults(tree: &Tree) -> Vec<String> {
        let said = |problem: Problem| {
            format!(
                "{} {}: {}",
                problem.place.map(|place| place.to_string()).unwrap_or_default(),
                problem.code,
                problem.message
            )
        };
        check(tree, &Rulebook::default()).into_iter().map(said).collect()
    }

    #[test]
    fn a_sound_book_has_no_faults() {
        assert_eq!(faults(&tree(PRODUCT, RUNG, NEXT)), Vec::<String>::new());
    }

    /// Replaces one text in the sound book, and expects one fault that begins so.
    #[track_caller]
    fn case(old: &str, new: &str, expected: &str) {
        let files = [PRODUCT, RUNG, NEXT];
        assert!(files.iter().any(|file| file.contains(old)), "nothing to replace: {old}");
        let [product, rung, next] = files.map(|file| file.replacen(old, new, 1));
        let found = faults(&tree(&product, &rung, &next));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:#?}");
    }

    #[test]
    fn each_fault_of_a_product_has_its_line() {
        case("follows: Sample,", "follows: Simple,", "s/product.yaml:6 package: `follows: Simple`");
        case("contexts: [StoreContext]", "contexts: [ShopContext]", "s/product.yaml:6 context:");
        case(
            "- { id: Sample.Store,",
            "- { id: Sample, contexts: [] }\n  - { id: Sample.Store,",
            "s/product.yaml:4 package: `Sample`",
        );
        case("hosts:", "pages: [https://example.com/]\nhosts:", "s/product.yaml:7 link: ");
        case("hosts:", "pages: [http://docs.example.org/]\nhosts:", "s/product.yaml:7 link: ");
        let advisory = "advisories:\n  - { id: X-1, title: t, severity: huge, published: 2024-01-01, url: https://docs.example.org/, affected: [{ package: Sample, range: '[1,2)' }] }\nhosts:";
        case("hosts:", advisory, "s/product.yaml:8 severity: ");
        case("hosts:", &advisory.replace("huge", "low").replace("'[1,2)'", "'[2,1'"), "s/product.yaml:8 range: ");
        case("hosts:", &advisory.replace("huge", "low").replace("01-01", "02-30"), "s/product.yaml:8 date: ");
        case(
            "hosts:",
            &advisory.replace("huge", "low").replace("package: Sample", "package: Other"),
            "s/product.yaml:8 package: ",
        );
    }

    #[test]
    fn each_fault_of_a_rung_has_its_line() {
        case("date: 2024-02-29", "date: 2023-02-29", "s/1.0.yaml:5 date: ");
        case("version: 1.0.0-rc.1,", "version: 0.9.0,", "s/1.0.yaml:4 version: ");
        case("version: 1.0.0-rc.1", "version: 1.0.0.0-x..y", "s/1.0.yaml:4 version: ");
        case("version: 1.0.0-rc.1", "version: 1.0.1", "s/1.0.yaml:5 version: ");
        case("title: Sample 1.0\n", "title: Sample 1.0\npreview: true\n", "s/1.0.yaml:2 preview: ");
        case("from: 1.0\n", "from: 0.9\n", "s/1.1.yaml:5 guide: ");
        case("from: 1.0\n", "from: 1.1\n", "s/1.1.yaml:5 guide: ");
        case("anchors: [step-1]", "anchors: [step-1, 'Step 2']", "s/1.1.yaml:7 anchor: ");
        case("url: https://docs.example.org/up/", "url: https://docs.example.net/up/", "s/1.1.yaml:6 link: ");
        case("frameworks: [net8.0]", "frameworks: [NET 8]", "s/1.1.yaml:3 framework: ");
    }

    #[test]
    fn each_fault_of_a_rule_has_its_line() {
        case("id: store-renamed", "id: Store_Renamed", "s/1.1.yaml:17 id: ");
        case("id: store-renamed", "id: name-column", "s/1.1.yaml:9 id: ");
        case("kind: api-signature", "kind: api", "s/1.1.yaml:18 kind: ");
        case("impact: breaks", "impact: much", "s/1.1.yaml:19 impact: ");
        case(
            "summary: The store is called `Stock`.",
            &format!("summary: {}", "x".repeat(121)),
            "s/1.1.yaml:20 summary: ",
        );
        case("advice: Rename it.", "advice: ' '", "s/1.1.yaml:21 advice: ");
        case("    guide: '#step-1'\n    seen", "    guide: '#step-9'\n    seen", "s/1.1.yaml:22 guide: ");
        case("seen: { types: [Store] }", "seen: {}", "s/1.1.yaml:23 seen: ");
        case("seen: { types: [Store] }", "seen: { members: [Store] }", "s/1.1.yaml:23 seen: ");
        case("    seen: {", "    superseded_by: s/1.2/gone\n    seen: {", "s/1.1.yaml:23 superseded: ");
        case("    seen: {", "    superseded_by: s/1.0/rows\n    seen: {", "s/1.1.yaml:23 superseded: ");
        case("    seen: {", "    since: 1.0.3\n    seen: {", "s/1.1.yaml:23 since: ");
        case("    seen: {", "    when: { from_below: one }\n    seen: {", "s/1.1.yaml:23 when: ");
        case("    seen: {", "    when: { from_packages: [Sample.Store] }\n    seen: {", "s/1.1.yaml:23 when: ");
        case("    seen: {", "    packages: [Some Thing]\n    seen: {", "s/1.1.yaml:23 package: ");
        case("    seen: {", "    sources: [http://docs.example.org/]\n    seen: {", "s/1.1.yaml:23 link: ");
        case(
            "    context: StoreContext\n    summary: Rows have",
            "    context: ShopContext\n    summary: Rows have",
            "s/1.1.yaml:10 context: ",
        );
        case(
            "    guide: '#step-1'\n    add_columns:",
            "    hazard: { kind: bad, summary: s, advice: a }\n    guide: '#step-1'\n    add_columns:",
            "s/1.1.yaml:13 hazard: ",
        );
    }

    #[test]
    fn operations_must_apply() {
        case(
            "Rows: { Name: nvarchar(200) NULL }",
            "Row: { Name: nvarchar(200) NULL }",
            "s/1.1.yaml:9 operation: there is no table `Row`",
        );
        case(
            "Name: nvarchar(200) NULL",
            "Name: nvarchar(200)",
            "s/1.1.yaml:9 operation: `nvarchar(200)` is no column definition",
        );
        case(
            "    add_columns:\n      Rows: { Name: nvarchar(200) NULL }\n",
            "",
            "s/1.1.yaml:9 operation: the entry changes nothing",
        );
    }

    #[test]
    fn the_embedded_book_is_sound() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
        let mut tree = Tree::new();
        for folder in std::fs::read_dir(root).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
            for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
                let path = file.path();
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                tree.insert_bytes(name, &std::fs::read(&path).unwrap());
            }
        }
        assert_eq!(faults(&tree), Vec::<String>::new());
    }
}

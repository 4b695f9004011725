//! Making a book: from the JSON that the build script embeds, from a folder of YAML, or from both.
//!
//! A folder with a `product.yaml` defines that product whole; one without adds its rungs, and rules for rungs that exist, to the
//! product of the same name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::schema::{ProductFile, RungFile};
use super::{Product, Rulebook, Rung};
use crate::place::{Place, Problem};
use crate::tree::Tree;
use crate::version::Line;
use crate::yaml;

/// What the files of one product say, before the ladder is put together.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Source {
    /// Name of its folder.
    pub id: String,
    /// Its `product.yaml`.
    pub file: ProductFile,
    /// Its rungs, by file name without `.yaml`.
    pub rungs: BTreeMap<String, RungFile>,
    /// Whether a book has the product already, so that these are additions.
    #[serde(skip)]
    pub is_known: bool,
}

#[expect(clippy::expect_used, reason = "the build script wrote the text through the same structs")]
pub(super) fn embedded() -> Rulebook {
    let text = include_str!(concat!(env!("OUT_DIR"), "/rulebook.json"));
    let sources: Vec<Source> = serde_json::from_str(text).expect("the embedded rulebook is readable");
    assemble(sources).0
}

impl Rulebook {
    /// The book that stands in a tree of YAML files (`<product>/product.yaml`, `<product>/<line>.yaml`), and what is wrong in it.
    pub fn of(tree: &Tree) -> (Self, Vec<Problem>) {
        Self::default().with(tree)
    }

    /// This book with a tree of one's own on top, and what is wrong in the tree.
    pub fn with(&self, tree: &Tree) -> (Self, Vec<Problem>) {
        let mut sources: BTreeMap<String, Source> = BTreeMap::new();
        let mut problems = Vec::new();
        for (path, _) in tree.iter() {
            let Some((id, name)) = path.split_once('/') else { continue };
            let fault = |code: &str, message: String| Problem::at(code, message, Place::new(path, 0));
            let Some(stem) = name.strip_suffix(".yaml") else {
                if !name.contains('/') && name.rsplit('.').next() == Some("yml") {
                    problems.push(fault(
                        "rung-name",
                        "files of rules end in `.yaml`: rename it, or it says nothing".into(),
                    ));
                }
                continue;
            };
            if self.product(id).is_none() && !tree.is_file(&format!("{id}/product.yaml")) {
                problems.push(fault("product", self.no_product(id)));
                continue;
            }
            let source = sources.entry(id.to_owned()).or_insert_with(|| self.start(id, tree));
            if stem == "product" {
                if let Some(file) = read(tree, path, &mut problems) {
                    source.file = file;
                }
            } else if let Some(file) = read(tree, path, &mut problems) {
                problems.extend(source.add(stem, file).map(|(code, message)| fault(code, message)));
            }
        }
        for product in &self.products {
            sources.entry(product.id.clone()).or_insert_with(|| product.source());
        }
        let (book, more) = assemble(sources.into_values().collect());
        problems.extend(more);
        (book, problems)
    }

    fn no_product(&self, id: &str) -> String {
        let known: Vec<&str> = self.products.iter().map(|product| product.id.as_str()).collect();
        let known = if known.is_empty() { String::new() } else { format!(" (there are {})", known.join(", ")) };
        format!("no product is called `{id}`{known}: correct the folder's name, or define it in `{id}/product.yaml`")
    }

    /// What a folder starts from: nothing when it defines the product, else the product of that name.
    fn start(&self, id: &str, tree: &Tree) -> Source {
        let whole = tree.is_file(&format!("{id}/product.yaml"));
        let product = self.product(id).filter(|_| !whole);
        product.map_or_else(|| Source { id: id.to_owned(), ..Source::default() }, Product::source)
    }
}

impl Product {
    fn source(&self) -> Source {
        let rungs = self.rungs.iter().map(|rung| (rung.stem().to_owned(), rung.file.clone())).collect();
        Source { id: self.id.clone(), file: self.file.clone(), rungs, is_known: true }
    }
}

impl Source {
    /// Adds a rung, or the rules of `file` to the rung that has the name already; gives code and message of what is wrong with that.
    ///
    /// A name that is mistyped would make a line of which there is no release, and whose rules apply to nothing.
    fn add(&mut self, stem: &str, file: RungFile) -> Option<(&'static str, String)> {
        match self.rungs.get_mut(stem) {
            Some(known) if known.package != file.package => {
                let message =
                    format!("`package: {}` is not that of this line: write `{}`", file.package, known.package);
                return Some(("rung-package", message));
            }
            Some(known) => {
                known.guides.extend(file.guides);
                known.database.extend(file.database);
                known.changes.extend(file.changes);
                known.versions.extend(file.versions);
            }
            None if self.is_known && file.versions.is_empty() => {
                let message = format!(
                    "the product has no line `{stem}`, and `versions` names no release of it: correct the file's name, or add them"
                );
                return Some(("rung-name", message));
            }
            None => {
                self.rungs.insert(stem.to_owned(), file);
            }
        }
        None
    }
}

fn assemble(sources: Vec<Source>) -> (Rulebook, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut products: Vec<Product> = sources.into_iter().map(|source| ladder(source, &mut problems)).collect();
    products.sort_by(|a, b| a.id.cmp(&b.id));
    (Rulebook::new(products), problems)
}

fn ladder(source: Source, problems: &mut Vec<Problem>) -> Product {
    let Source { id, file: product, rungs: files, .. } = source;
    let mut rungs = Vec::new();
    for (stem, file) in files {
        let place = Place::new(format!("{id}/{stem}.yaml"), 0);
        let Some(line) = parse_line(stem.rsplit_once('-').map_or(stem.as_str(), |(_, line)| line)) else {
            let message = format!(
                "`{stem}` is no rung: name the file `<major>.<minor>.yaml` or `<package>-<major>.<minor>.yaml`"
            );
            problems.push(Problem::at("rung-name", message, place));
            continue;
        };
        let Some(generation) = product.leading.iter().position(|leading| leading.id == file.package) else {
            let message = format!(
                "`package: {}` does not lead this product: use an id of `leading` in product.yaml",
                file.package
            );
            problems.push(Problem::at("rung-package", message, place));
            continue;
        };
        rungs.push(Rung { id: format!("{id}/{stem}"), generation, line, file });
    }
    rungs.sort_by_key(Rung::position);
    Product { id, file: product, rungs }
}

/// A `major.minor` such as `7.10`; `None` when the text is anything else.
pub fn parse_line(text: &str) -> Option<Line> {
    let number = |digits: &str| digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let (major, minor) = text.split_once('.')?;
    Some(Line { major: number(major)?, minor: number(minor)? })
}

fn read<T: DeserializeOwned>(tree: &Tree, path: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let text = tree.text(path)?;
    match yaml::read(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let line = error.location().map_or(0, |location| u32::try_from(location.line()).unwrap_or(0));
            problems.push(Problem::at("yaml", error.to_string(), Place::new(path, line)));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::new();
        for (path, text) in files {
            tree.insert_text(*path, text);
        }
        tree
    }

    const PRODUCT: &str = "title: T\nleading: [{ id: Old }, { id: New }]\nhosts: [example.org]\n";

    #[test]
    fn rungs_sort_by_generation_then_line() {
        let (book, problems) = Rulebook::of(&tree(&[
            ("p/product.yaml", PRODUCT),
            ("p/7.10.yaml", "{ title: a, package: New }"),
            ("p/7.9.yaml", "{ title: b, package: New }"),
            ("p/Old-8.0.yaml", "{ title: c, package: Old }"),
            ("README.md", "not a rule"),
        ]));
        assert_eq!(problems, []);
        let ids: Vec<&str> = book.products[0].rungs.iter().map(|rung| rung.id.as_str()).collect();
        assert_eq!(ids, ["p/Old-8.0", "p/7.9", "p/7.10"]);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let (_, problems) = Rulebook::of(&tree(&[
            ("p/product.yaml", PRODUCT),
            ("p/seven.yaml", "{ title: a, package: New }"),
            ("p/7.0.yaml", "{ title: a, package: Other }"),
            ("p/7.1.yaml", "title: a\npackage: New\nguidance: x\n"),
        ]));
        let mut codes: Vec<_> =
            problems.iter().map(|one| (one.code.as_str(), one.place.clone().unwrap().to_string())).collect();
        codes.sort();
        assert_eq!(
            codes,
            [
                ("rung-name", "p/seven.yaml".to_owned()),
                ("rung-package", "p/7.0.yaml".to_owned()),
                ("yaml", "p/7.1.yaml:3".to_owned()),
            ]
        );
    }

    #[test]
    fn a_folder_without_product_file_adds_to_the_product() {
        let (base, _) =
            Rulebook::of(&tree(&[("p/product.yaml", PRODUCT), ("p/7.0.yaml", "{ title: a, package: New }")]));
        let own =
            "title: ours\npackage: New\nchanges: [{ id: x, kind: behaviour, impact: rare, summary: s, advice: a }]\n";
        let (book, problems) = base.with(&tree(&[
            ("p/7.0.yaml", own),
            ("p/7.1.yaml", "{ title: b, package: New, versions: [{ version: 7.1.0, date: 2026-01-31 }] }"),
        ]));
        assert_eq!(problems, []);
        let product = book.product("p").unwrap();
        assert_eq!(product.rungs.iter().map(|rung| rung.file.changes.len()).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(product.rungs[0].file.title, "a");
    }

    #[test]
    fn what_would_never_apply_is_told() {
        let (base, _) =
            Rulebook::of(&tree(&[("p/product.yaml", PRODUCT), ("p/7.0.yaml", "{ title: a, package: New }")]));
        for (path, text, expected) in [
            ("p/7.0.yml", "{ title: a, package: New }", "files of rules end in `.yaml`: rename it, or it says nothing"),
            (
                "p/70.yaml",
                "{ title: a, package: New }",
                "the product has no line `70`, and `versions` names no release of it: correct the file's name, or add them",
            ),
            ("p/7.0.yaml", "{ title: a, package: Old }", "`package: Old` is not that of this line: write `New`"),
            (
                "q/7.0.yaml",
                "{ title: a, package: New }",
                "no product is called `q` (there are p): correct the folder's name, or define it in `q/product.yaml`",
            ),
        ] {
            let (book, problems) = base.with(&tree(&[(path, text)]));
            let told: Vec<&str> = problems.iter().map(|one| one.message.as_str()).collect();
            assert_eq!(told, [expected], "{path}");
            assert_eq!(book.products.len(), 1, "{path}");
        }
    }

    #[test]
    fn lines_are_two_plain_numbers() {
        assert_eq!(parse_line("7.10"), Some(Line { major: 7, minor: 10 }));
        for text in ["7", "7.", ".1", "7.1.0", "+7.1", "a.b", ""] {
            assert_eq!(parse_line(text), None);
        }
    }
}

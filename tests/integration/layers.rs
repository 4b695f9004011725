//! Holds the layer table of `src/lib.rs`, the size of files, and that the Rust knows no product by name.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules by layer, lowest first; siblings in one layer may use those before them, and 0, 1, 3 and 7 each other in order.
const LAYERS: [&[&str]; 8] = [
    &["day", "place", "version", "range", "schema", "tree", "scope", "ignore", "yaml"],
    &["rules"],
    &["csharp", "inventory"],
    &["jump", "report", "plan", "evidence", "check", "portfolio"],
    &["render"],
    &["settings", "github", "source"],
    &["policy", "publish", "run", "audit"],
    &["action", "cli"],
];

/// Production lines (before `#[cfg(test)]`) that one file may have.
const LONGEST_FILE: usize = 400;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("src is readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn production(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("source is UTF-8");
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

fn module_of(path: &Path) -> String {
    let relative = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("below src");
    let first = relative.components().next().expect("not empty").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn layer_of(module: &str) -> Option<(usize, usize)> {
    LAYERS
        .iter()
        .enumerate()
        .find_map(|(layer, modules)| Some((layer, modules.iter().position(|name| *name == module)?)))
}

fn used(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.split("crate::").skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn modules_use_only_lower_layers() {
    let mut faults = Vec::new();
    for path in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let module = module_of(&path);
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let own = layer_of(&module).unwrap_or_else(|| panic!("{module} stands in no layer"));
        for name in used(&production(&path)) {
            let Some(other) = layer_of(&name) else { panic!("{}: crate::{name} stands in no layer", path.display()) };
            let reading_knows_no_rules = own.0 == 2 && other.0 == 1;
            let world_knows_no_domain = own.0 == 5 && (1..=4).contains(&other.0);
            if name != module && (other >= own || reading_knows_no_rules || world_knows_no_domain) {
                faults.push(format!("{}: {module} may not use {name}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_stay_readable() {
    for path in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let lines = production(&path).lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: split it by what it knows", path.display());
    }
}

#[test]
fn the_rust_knows_no_product() {
    for path in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        for (index, line) in production(&path).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let named = ["Duende", "IdentityServer4", "IdentityModel"].iter().any(|name| code.contains(name));
            assert!(!named, "{}:{}: product names belong to rules/", path.display(), index + 1);
        }
    }
}

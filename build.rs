//! Embeds the rulebook: turns the YAML below `rules/` into one compact JSON file, through the same structs that read it at run
//! time, so that starting the program parses no YAML.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/rules/schema.rs"]
pub mod schema;

/// The same as `rules::book::ProductSource`, borrowed: the product's file and its rungs by file name.
#[derive(serde::Serialize)]
struct Product {
    id: String,
    file: schema::ProductFile,
    rungs: BTreeMap<String, schema::RungFile>,
}

fn main() -> Result<(), String> {
    // Cargo looks at everything below a folder, so that a new file is seen as well.
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rules/schema.rs");
    println!("cargo::rerun-if-changed=src/rules/schema");
    let products = folders(Path::new("rules"))?.iter().map(|folder| product(folder)).collect::<Result<Vec<_>, _>>()?;
    let text = serde_json::to_string(&products).map_err(|error| error.to_string())?;
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&folder).join("rulebook.json"), text).map_err(|error| error.to_string())
}

fn product(folder: &Path) -> Result<Product, String> {
    let mut rungs = BTreeMap::new();
    for path in entries(folder)? {
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "yaml") && stem != "product" {
            rungs.insert(stem.to_owned(), read(&path)?);
        }
    }
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Product { id, file: read(&folder.join("product.yaml"))?, rungs })
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn folders(root: &Path) -> Result<Vec<PathBuf>, String> {
    Ok(entries(root)?.into_iter().filter(|path| path.is_dir()).collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = listed
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| e.to_string())?;
    paths.sort();
    Ok(paths)
}

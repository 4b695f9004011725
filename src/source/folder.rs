//! A folder on disk as a [`Tree`].
//!
//! Symbolic links are not followed: a link in a repository may point anywhere. Folders that hold no sources are not entered.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::place::{Place, Problem};
use crate::tree::{LINK, MAX_FILE_BYTES, Tree, too_large};

/// Folders of tools and build outputs: never part of a commit, or never with manifests of the repository's own.
const SKIPPED: [&str; 5] = [".git", "node_modules", "bin", "obj", ".vs"];

/// How deep folders may nest.
const MAX_DEPTH: usize = 64;

/// All paths below `root`, with the text of those that `wanted` asks for.
///
/// What cannot be read is in the tree with its reason; a folder that cannot be listed is a problem.
pub fn read(root: &Path, wanted: impl Fn(&str) -> bool + Sync) -> (Tree, Vec<Problem>) {
    let mut found = Listing::default();
    list(root, "", 0, &mut found);
    let loaded: Vec<(String, Result<Vec<u8>, String>)> = found
        .files
        .into_par_iter()
        .map(|file| match file.problem {
            Some(reason) => (file.path, Err(reason)),
            None if wanted(&file.path) => {
                let bytes = load(&file.location);
                (file.path, bytes)
            }
            None => (file.path, Ok(Vec::new())),
        })
        .collect();
    let mut tree = Tree::new();
    for (path, content) in loaded {
        match content {
            Ok(bytes) if wanted(&path) => tree.insert_bytes(path, &bytes),
            Ok(_) => tree.insert_listed(path),
            Err(reason) => tree.insert_unreadable(path, reason),
        }
    }
    (tree, found.problems)
}

/// The bytes of a file; an error names the reason in words that follow its name.
///
/// # Errors
/// When the file is larger than [`MAX_FILE_BYTES`] or the system refuses it.
pub fn load(location: &Path) -> Result<Vec<u8>, String> {
    let refused = |error: std::io::Error| format!("cannot be read ({error})");
    let size = fs::metadata(location).map_err(refused)?.len();
    if size > MAX_FILE_BYTES as u64 {
        return Err(too_large());
    }
    fs::read(location).map_err(refused)
}

#[derive(Default)]
struct Listing {
    files: Vec<Listed>,
    problems: Vec<Problem>,
}

struct Listed {
    path: String,
    location: PathBuf,
    problem: Option<String>,
}

fn list(folder: &Path, prefix: &str, depth: usize, found: &mut Listing) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) if depth < MAX_DEPTH => entries,
        Ok(_) => return found.problems.push(unlisted(prefix, "nests too deep")),
        Err(error) => return found.problems.push(unlisted(prefix, &error.to_string())),
    };
    for entry in entries {
        let Ok(entry) = entry else {
            found.problems.push(unlisted(prefix, "an entry cannot be read"));
            continue;
        };
        let Ok(name) = entry.file_name().into_string() else {
            found.problems.push(unlisted(prefix, "holds a name that is not UTF-8"));
            continue;
        };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                list(&entry.path(), &format!("{prefix}{name}/"), depth + 1, found);
            }
        } else {
            let other = if kind.is_symlink() { LINK } else { "is no regular file" };
            let problem = (!kind.is_file()).then(|| other.to_owned());
            found.files.push(Listed { path: format!("{prefix}{name}"), location: entry.path(), problem });
        }
    }
}

fn unlisted(prefix: &str, reason: &str) -> Problem {
    Problem::at("unreadable-folder", format!("the folder cannot be listed: {reason}"), Place::new(prefix, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_wanted_and_lists_the_rest() {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("src/obj")).expect("folders");
        fs::write(root.path().join("src/a.csproj"), "<Project/>").expect("a file");
        fs::write(root.path().join("src/b.png"), "x").expect("a file");
        fs::write(root.path().join("src/obj/c.csproj"), "x").expect("a file");
        std::os::unix::fs::symlink("/etc/passwd", root.path().join("src/link.csproj")).expect("a link");
        let (tree, problems) = read(root.path(), |path| path.ends_with(".csproj"));
        assert_eq!(tree.text("src/a.csproj"), Some("<Project/>"));
        assert!(tree.is_file("src/b.png") && tree.text("src/b.png").is_none());
        assert!(!tree.is_file("src/obj/c.csproj"));
        assert!(tree.text("src/link.csproj").is_none());
        assert_eq!(problems, []);
    }
}

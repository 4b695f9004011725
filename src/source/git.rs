//! Two refs of a local git repository, bare or not, read through one `git cat-file --batch` child.
//!
//! Only the command line does this: the action starts no process. Blobs are read once, whatever the number of paths and sides.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::tree::{self, MAX_FILE_BYTES, Tree};

/// A repository and the commits that were asked for.
#[derive(Debug)]
pub struct Repository {
    folder: PathBuf,
}

/// One path of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the root.
    pub path: String,
    /// Object id of the blob.
    pub sha: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What stands at a path of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file, with its size in bytes.
    File(u64),
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Submodule,
}

impl Repository {
    /// A repository at `folder`, with or without a work tree.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The full id of the commit that `name` means.
    ///
    /// # Errors
    /// When there is no such commit, or git does not answer.
    pub fn commit(&self, name: &str) -> Result<String> {
        ensure!(!name.starts_with('-'), "`{name}` is no ref");
        let text = self
            .run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])
            .with_context(|| format!("could not find the commit `{name}` in {}", self.folder.display()))?;
        Ok(String::from_utf8_lossy(&text).trim().to_owned())
    }

    /// All paths of a commit, in order.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn list(&self, commit: &str) -> Result<Vec<Entry>> {
        let listing = self.run(&["ls-tree", "-r", "-z", "--long", "--full-tree", commit])?;
        Ok(listing.split(|byte| *byte == 0).filter_map(|record| entry(&String::from_utf8_lossy(record))).collect())
    }

    /// Trees of several commits, with the texts that `wanted` asks for. The same blob is read and held once.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn trees<const N: usize>(&self, commits: [&str; N], wanted: impl Fn(&str) -> bool) -> Result<[Tree; N]> {
        let mut listings = Vec::with_capacity(N);
        for commit in commits {
            listings.push(self.list(commit)?);
        }
        let mut texts = HashMap::new();
        let asked = listings.iter().flatten().filter(|entry| entry.is_readable() && wanted(&entry.path));
        self.blobs(asked.map(|entry| entry.sha.as_str()), |sha, bytes| {
            texts.insert(sha.to_owned(), tree::Entry::of_bytes(bytes));
        })?;
        let known = |entry: &Entry| match entry.kind {
            EntryKind::Link => tree::Entry::Unreadable(tree::LINK.into()),
            EntryKind::Submodule => tree::Entry::Unreadable(tree::SUBMODULE.into()),
            EntryKind::File(_) if !wanted(&entry.path) => tree::Entry::Listed,
            EntryKind::File(_) if !entry.is_readable() => tree::Entry::Unreadable(tree::too_large()),
            EntryKind::File(_) => texts
                .get(&entry.sha)
                .cloned()
                .unwrap_or_else(|| tree::Entry::Unreadable("is not in the object store".into())),
        };
        let tree = |listing: &Vec<Entry>| {
            let mut tree = Tree::new();
            for entry in listing {
                tree.insert(entry.path.as_str(), known(entry));
            }
            tree
        };
        let trees: Vec<Tree> = listings.iter().map(tree).collect();
        trees.try_into().map_err(|_| anyhow::anyhow!("a tree is missing"))
    }

    /// Hands over the bytes of blobs, each once, in the order asked for; one that is missing is passed over.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn blobs<'a>(&self, shas: impl Iterator<Item = &'a str>, mut take: impl FnMut(&str, &[u8])) -> Result<()> {
        let mut seen = HashSet::new();
        let asked: Vec<&str> = shas.filter(|sha| seen.insert(*sha)).collect();
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(["cat-file", "--batch", "--buffer"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start git: is it installed?")?;
        let mut questions = child.stdin.take().context("git has no input")?;
        let mut answers = BufReader::with_capacity(1 << 16, child.stdout.take().context("git has no output")?);
        // Asked from a thread of its own: git blocks on its output while we would block on its input.
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let text: String = asked.iter().flat_map(|sha| [*sha, "\n"]).collect();
                // A broken pipe shows as a missing answer below.
                questions.write_all(text.as_bytes()).ok();
            });
            read_batch(&mut answers, &mut take)
        })?;
        child.wait().context("git did not end")?;
        Ok(())
    }

    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .context("could not start git: is it installed?")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = if said.trim().is_empty() { "found nothing" } else { said.trim() };
            bail!("git {}: {said}", arguments.first().unwrap_or(&""));
        }
        Ok(output.stdout)
    }
}

impl Entry {
    /// Whether it is a file of a size that is read.
    pub fn is_readable(&self) -> bool {
        matches!(self.kind, EntryKind::File(size) if size <= MAX_FILE_BYTES as u64)
    }
}

fn entry(record: &str) -> Option<Entry> {
    let (head, path) = record.split_once('\t')?;
    let mut words = head.split_whitespace();
    let (mode, _, sha, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let kind = match mode {
        "120000" => EntryKind::Link,
        "160000" => EntryKind::Submodule,
        _ => EntryKind::File(size.parse().unwrap_or_default()),
    };
    Some(Entry { path: path.to_owned(), sha: sha.to_owned(), kind })
}

/// Reads `<sha> <type> <size>` lines, each followed by that many bytes and a line feed, until the end.
fn read_batch(answers: &mut impl BufRead, take: &mut impl FnMut(&str, &[u8])) -> Result<()> {
    let (mut head, mut bytes) = (String::new(), Vec::new());
    loop {
        head.clear();
        if answers.read_line(&mut head)? == 0 {
            return Ok(());
        }
        let mut words = head.split_whitespace();
        let (Some(sha), Some(_), Some(size)) = (words.next(), words.next(), words.next()) else { continue };
        let size: usize = size.parse().with_context(|| format!("git answered `{}`", head.trim()))?;
        bytes.resize(size + 1, 0);
        answers.read_exact(&mut bytes)?;
        take(sha, bytes.get(..size).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let status = Command::new("git").arg("-C").arg(folder).args(arguments).output().expect("git runs").status;
        assert!(status.success(), "git {arguments:?}");
    }

    #[test]
    fn reads_two_commits_of_a_repository() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |text: &str| std::fs::write(root.path().join("a.csproj"), text).expect("a file");
        let commit = || {
            git(root.path(), &["add", "-A"]);
            git(root.path(), &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]);
        };
        git(root.path(), &["init", "-q"]);
        std::fs::write(root.path().join("b.txt"), "same").expect("a file");
        std::os::unix::fs::symlink("b.txt", root.path().join("l.csproj")).expect("a link");
        write("one");
        commit();
        write("two");
        commit();
        let repository = Repository::at(root.path());
        let (base, head) = (repository.commit("HEAD~1").expect("base"), repository.commit("HEAD").expect("head"));
        let [before, after] = repository.trees([&base, &head], |path| path.ends_with(".csproj")).expect("trees");
        assert_eq!((before.text("a.csproj"), after.text("a.csproj")), (Some("one"), Some("two")));
        assert_eq!(after.entry("b.txt"), Some(&tree::Entry::Listed));
        assert_eq!(after.entry("l.csproj"), Some(&tree::Entry::Unreadable("is a symbolic link".into())));
        assert!(repository.commit("--all").is_err() && repository.commit("nowhere").is_err());
    }
}

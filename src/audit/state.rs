//! What an audit of many repositories found so far: a file of JSON lines that survives a run which is killed.
//!
//! Only ever appended to; a line that was torn is cut off before the next one is written. A repository is known as long as its
//! default branch stands at the same commit, the rulebook is the same, and its configuration is looked for at the same path; the day does not matter, as support is told anew.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::portfolio::Standing;
use crate::rules::Rulebook;

/// A state file that is open for appending.
#[derive(Debug)]
pub struct State {
    key: String,
    known: HashMap<String, Standing>,
    lines: Option<mpsc::Sender<Vec<u8>>>,
    writer: Option<JoinHandle<io::Result<()>>>,
}

#[derive(Serialize, Deserialize)]
struct Record<'a> {
    /// Which rulebook and version of the tool.
    key: Cow<'a, str>,
    standing: Cow<'a, Standing>,
}

impl State {
    /// Opens a state file, or begins one, for audits with these rules and the configuration at this path in each repository.
    ///
    /// # Errors
    /// Those of the file.
    pub fn open(path: &Path, rules: &Rulebook, configuration: Option<&str>) -> io::Result<Self> {
        let key = key(rules, configuration);
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let (known, whole) = read(&file, &key)?;
        file.set_len(whole)?;
        let (lines, waiting) = mpsc::channel();
        let writer = std::thread::spawn(move || write(file, &waiting));
        Ok(Self { key, known, lines: Some(lines), writer: Some(writer) })
    }

    /// What is known of a repository at this commit; it is handed over, as nobody asks twice.
    pub fn take(&mut self, repository: &str, commit: &str) -> Option<Standing> {
        let known = self.known.get(repository).is_some_and(|standing| standing.commit == commit);
        known.then(|| self.known.remove(repository)).flatten()
    }

    /// Notes a repository. One that could not be audited is not noted: the next run asks again; nor is an empty one, which costs
    /// nothing.
    pub fn add(&self, standing: &Standing) {
        let record = Record { key: Cow::Borrowed(&self.key), standing: Cow::Borrowed(standing) };
        if standing.error.is_none()
            && !standing.commit.is_empty()
            && let Ok(mut line) = serde_json::to_vec(&record)
            && let Some(lines) = &self.lines
        {
            line.push(b'\n');
            // A writer that failed tells so at the end.
            lines.send(line).ok();
        }
    }

    /// Waits until all is on disk.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(mut self) -> io::Result<()> {
        drop(self.lines.take());
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(io::Error::other("the writer of the state file ended early")),
            None => Ok(()),
        }
    }
}

/// The records of this key, the last of each repository, and the length of the file without a torn line.
fn read(file: &File, key: &str) -> io::Result<(HashMap<String, Standing>, u64)> {
    let (mut known, mut whole) = (HashMap::new(), 0);
    let (mut lines, mut line) = (BufReader::new(file), Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        whole += line.len() as u64;
        if let Ok(record) = serde_json::from_slice::<Record<'_>>(&line)
            && record.key == key
        {
            let standing = record.standing.into_owned();
            known.insert(standing.repository.clone(), standing);
        }
        line.clear();
    }
    Ok((known, whole))
}

/// Writes lines as they come; those that wait together share one trip to the disk.
fn write(mut file: File, lines: &mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    while let Ok(mut batch) = lines.recv() {
        while let Ok(line) = lines.try_recv() {
            batch.extend(line);
        }
        file.write_all(&batch)?;
        file.sync_data()?;
    }
    Ok(())
}

/// A hash of everything that an answer depends on beside the files: the rulebook, the version of the tool, and which file of a repository
/// is its configuration.
fn key(rules: &Rulebook, configuration: Option<&str>) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(configuration.unwrap_or_default());
    for product in &rules.products {
        hash.update(&product.id);
        hash.update(serde_json::to_vec(&product.file).unwrap_or_default());
        for rung in &product.rungs {
            hash.update(&rung.id);
            hash.update(serde_json::to_vec(&rung.file).unwrap_or_default());
        }
    }
    hash.finalize().iter().take(12).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portfolio::Whose;

    fn standing(name: &str, commit: &str) -> Standing {
        Standing::bare(Whose { repository: name.into(), url: None, commit: commit.into() })
    }

    #[test]
    fn a_torn_line_costs_one_repository() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.jsonl");
        let state = State::open(&path, Rulebook::embedded(), None).unwrap();
        state.add(&standing("a/a", "1"));
        state.add(&standing("a/b", "1"));
        state.add(&Standing::failed(Whose { repository: "a/c".into(), ..Whose::default() }, "no".into()));
        state.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        std::fs::write(&path, &text[..text.len() - 9]).unwrap();
        let mut state = State::open(&path, Rulebook::embedded(), None).unwrap();
        assert!(state.take("a/b", "1").is_none() && state.take("a/a", "2").is_none());
        assert!(state.take("a/a", "1").is_some() && state.take("a/a", "1").is_none());
        state.add(&standing("a/b", "2"));
        state.finish().unwrap();
        let mut state = State::open(&path, Rulebook::embedded(), None).unwrap();
        assert!(state.take("a/b", "2").is_some() && state.take("a/a", "1").is_some());
        let (other, _) = Rulebook::embedded().with(&crate::tree::Tree::new());
        assert_eq!(key(&other, None), key(Rulebook::embedded(), None));
        assert_ne!(key(&Rulebook::default(), None), key(&other, None));
        assert_ne!(key(&other, Some("a.yml")), key(&other, None));
    }
}

//! Two commits of a repository on GitHub, read without a checkout.
//!
//! Both trees are listed whole, so the number of changed files does not matter; texts come by blob id, each once, and only those
//! asked for. What cannot be had stays in the tree with its reason.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::github::client::{Client, Error};
use crate::github::objects::{Listing, Object, ObjectKind, Repository, is_blob};
use crate::place::Problem;
use crate::tree::{self, Entry, LINK, MAX_FILE_BYTES, SUBMODULE, Tree};

/// From this number of missing files on, the archive of the head is read instead of single blobs.
const ARCHIVE_FROM: usize = 150;

/// Files whose bytes are held at a time while they are handed over, and the bytes they may have together.
const PORTION: (usize, u64) = (500, 32 * 1024 * 1024);

/// Bytes of texts that are held for both commits together. Nobody has manifests of that size; a stranger may.
const MOST_HELD: u64 = 256 * 1024 * 1024;

/// Where the base of a comparison stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// Where the head left the history of this commit or branch: what a pull request changes.
    MergeBaseWith(String),
    /// At this commit: what a push changes.
    Exactly(String),
    /// Nowhere: the first push of a branch, or one commit to look at.
    Nothing,
}

/// Two commits and what was read of them so far.
#[derive(Debug)]
pub struct RemoteSource<'c> {
    client: &'c Client,
    repository: Repository,
    base: Side,
    head: Side,
    known: HashMap<String, Entry>,
    /// Bytes of the texts that are held, or were asked for.
    held: u64,
    problems: Vec<Problem>,
}

/// One of the two commits.
#[derive(Debug, Default)]
struct Side {
    sha: String,
    objects: BTreeMap<String, Object>,
    tree: Tree,
}

impl<'c> RemoteSource<'c> {
    /// Finds the commits and lists their files: three requests, two one after the other.
    ///
    /// # Errors
    /// When a commit is gone or a request fails. A base whose common history with the head cannot be had is read as it
    /// stands, with a problem.
    pub async fn open(client: &'c Client, repository: Repository, base: Base, head: &str) -> Result<Self, Error> {
        let (base, head) = tokio::join!(
            async {
                match &base {
                    Base::Nothing => Ok((None, None)),
                    Base::Exactly(name) => client.commit(&repository, name).await.map(|sha| (Some(sha), None)),
                    Base::MergeBaseWith(name) => match client.merge_base(&repository, name, head).await {
                        Err(error) if !error.is_hopeless() => {
                            let sha = client.commit(&repository, name).await?;
                            Ok((Some(sha), Some(no_merge_base(name, &error))))
                        }
                        found => found.map(|sha| (Some(sha), None)),
                    },
                }
            },
            async {
                let sha = client.commit(&repository, head).await?;
                let listing = client.tree(&repository, &sha).await?;
                Ok::<_, Error>((sha, listing))
            }
        );
        let ((base, problem), (head, listing)) = (base?, head?);
        let mut problems = Vec::from_iter(problem);
        let head = Side::new(head, listing, &mut problems);
        let base = match base {
            None => Side::default(),
            Some(sha) if sha == head.sha => Side { sha, objects: head.objects.clone(), tree: head.tree.clone() },
            Some(sha) => {
                let listing = client.tree(&repository, &sha).await?;
                Side::new(sha, listing, &mut problems)
            }
        };
        Ok(Self { client, repository, base, head, known: HashMap::new(), held: 0, problems })
    }

    /// Id of the commit that is compared with; empty when there is none.
    pub fn base_sha(&self) -> &str {
        &self.base.sha
    }

    /// Id of the commit that is looked at.
    pub fn head_sha(&self) -> &str {
        &self.head.sha
    }

    /// The base, with the texts read so far.
    pub fn base(&self) -> &Tree {
        &self.base.tree
    }

    /// The head, with the texts read so far.
    pub fn head(&self) -> &Tree {
        &self.head.tree
    }

    /// Paths that were added, removed or changed, in order.
    pub fn changed(&self) -> BTreeSet<&str> {
        let sha = |side: &Side, path: &str| side.objects.get(path).map(|object| object.sha.clone());
        let paths = self.base.objects.keys().chain(self.head.objects.keys());
        paths.map(String::as_str).filter(|path| sha(&self.base, path) != sha(&self.head, path)).collect()
    }

    /// Sizes (bytes) of the wanted files of the head.
    pub fn sizes(&self, wanted: impl Fn(&str) -> bool) -> Vec<u64> {
        self.head.objects.values().filter(|object| wanted(&object.path)).map(|object| blob(object).1).collect()
    }

    /// What could not be listed.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Reads the wanted files of both commits, each blob once: few of a commit as blobs, many as one archive.
    ///
    /// # Errors
    /// When not one of the files can be had; a single blob that is gone is no error but an unreadable entry.
    pub async fn read(&mut self, wanted: impl Fn(&str) -> bool) -> Result<(), Error> {
        self.spare(&wanted);
        for side in [&self.head, &self.base] {
            let missing = side.missing(&wanted).filter(|object| !self.known.contains_key(&object.sha));
            let shas: HashMap<&str, &str> = missing.map(|object| (object.path.as_str(), object.sha.as_str())).collect();
            if shas.len() < ARCHIVE_FROM {
                continue;
            }
            let paths: HashSet<String> = shas.keys().map(|path| (*path).to_owned()).collect();
            let known = &mut self.known;
            let take = |path: &str, bytes: Vec<u8>| {
                if let Some(sha) = shas.get(path).filter(|sha| is_blob(sha, &bytes)) {
                    known.insert((*sha).to_owned(), Entry::of_bytes(&bytes));
                }
            };
            if let Err(error) = self.client.archive(&self.repository, &side.sha, paths, take).await {
                tracing::debug!(%error, "the archive ended early: the rest is read one by one");
            }
        }
        // An archive lacks what `.gitattributes` marks `export-ignore`, may change what it marks `export-subst`, and may be cut.
        let missing = [&self.base, &self.head].into_iter().flat_map(|side| side.missing(&wanted)).map(blob);
        let missing: Vec<(String, u64)> =
            missing.collect::<BTreeMap<_, _>>().into_iter().filter(|(sha, _)| !self.known.contains_key(sha)).collect();
        if !missing.is_empty() {
            let found = self.client.blobs(&self.repository, &missing).await?;
            if let Some(Err(error)) = found.values().find(|_| found.values().all(Result::is_err)) {
                // Nothing at all was read: a report of gaps only would look like an answer.
                return Err(error.clone());
            }
            for (sha, bytes) in found {
                let entry = bytes.map_or_else(|error| Entry::Unreadable(lost(&error)), |bytes| Entry::of_bytes(&bytes));
                self.known.insert(sha, entry);
            }
        }
        self.base.take_texts(&self.known);
        self.head.take_texts(&self.known);
        Ok(())
    }

    /// Gives up the wanted texts for which there is no room; each is told.
    fn spare(&mut self, wanted: &impl Fn(&str) -> bool) {
        let missing = [&self.head, &self.base].into_iter().flat_map(|side| side.missing(wanted));
        let missing: BTreeMap<&str, &Object> = missing.map(|object| (object.sha.as_str(), object)).collect();
        for object in missing.into_values() {
            let size = blob(object).1;
            if self.known.contains_key(&object.sha) {
                continue;
            }
            if self.held + size <= MOST_HELD {
                self.held += size;
                continue;
            }
            let reason =
                format!("was not read: with it, the files would have more than {} MB", MOST_HELD / 1024 / 1024);
            self.problems.push(Problem::unreadable(&object.path, &reason));
            self.known.insert(object.sha.clone(), Entry::Unreadable(reason));
        }
    }

    /// Hands over the wanted files of the head, and those of the base that the head edits or lacks, as they come: whether it is the
    /// head's, path and bytes. Nothing of them is kept, so that a large repository needs no large memory.
    ///
    /// # Errors
    /// When the token is not accepted; a file that cannot be had is a problem.
    pub async fn files(
        &mut self,
        wanted: impl Fn(&str) -> bool,
        mut take: impl FnMut(bool, &str, &[u8]),
    ) -> Result<(), Error> {
        let sha_at_head = |path: &str| self.head.objects.get(path).map(|object| object.sha.as_str());
        let edited = |object: &&Object| sha_at_head(&object.path) != Some(object.sha.as_str());
        let head = self.head.files(&wanted).map(|object| (true, object));
        let base = self.base.files(&wanted).filter(edited).map(|object| (false, object));
        // By blob: a text that stands at several paths comes once.
        let mut users: BTreeMap<&str, Vec<(bool, &Object)>> = BTreeMap::new();
        for (of_head, object) in head.chain(base) {
            match self.known.get(&object.sha) {
                Some(Entry::Text(text)) => take(of_head, &object.path, text.as_bytes()),
                Some(_) => {}
                None => users.entry(&object.sha).or_default().push((of_head, object)),
            }
        }
        let of_head = |users: &Vec<(bool, &Object)>| users.iter().any(|(of_head, _)| *of_head);
        if users.values().filter(|users| of_head(users)).count() >= ARCHIVE_FROM {
            let all = users.values().flatten().filter(|(of_head, _)| *of_head);
            let paths: HashSet<String> = all.map(|(_, object)| object.path.clone()).collect();
            let hand_over = |path: &str, bytes: Vec<u8>| {
                let sha = sha_at_head(path).filter(|sha| is_blob(sha, &bytes));
                for (of_head, object) in sha.and_then(|sha| users.remove(sha)).unwrap_or_default() {
                    take(of_head, &object.path, &bytes);
                }
            };
            if let Err(error) = self.client.archive(&self.repository, &self.head.sha, paths, hand_over).await {
                tracing::debug!(%error, "the archive ended early: the rest is read one by one");
            }
        }
        let oversized = self.head.objects.values().filter(|object| blob(object).1 > MAX_FILE_BYTES as u64);
        let oversized = oversized.filter(|object| wanted(&object.path));
        let mut problems: Vec<Problem> =
            oversized.map(|object| Problem::unreadable(&object.path, &tree::too_large())).collect();
        let mut given_up: Option<Error> = None;
        for portion in portions(users.values().filter_map(|users| users.first()).map(|(_, object)| blob(object))) {
            let found = match &given_up {
                None => self.client.blobs(&self.repository, &portion).await?,
                Some(error) => portion.into_iter().map(|(sha, _)| (sha, Err(error.clone()))).collect(),
            };
            // When nothing of a portion came, the next ones are not asked for: a run must end.
            let all_failed = found.values().all(Result::is_err);
            given_up = found.values().find_map(|answer| answer.as_ref().err()).filter(|_| all_failed).cloned();
            for (sha, bytes) in found {
                for (of_head, object) in users.get(sha.as_str()).into_iter().flatten() {
                    match &bytes {
                        Ok(bytes) => take(*of_head, &object.path, bytes),
                        Err(error) => problems.push(Problem::unreadable(&object.path, &lost(error))),
                    }
                }
            }
        }
        self.problems.extend(problems);
        Ok(())
    }
}

/// Blobs in portions that fit into memory.
fn portions(blobs: impl Iterator<Item = (String, u64)>) -> Vec<Vec<(String, u64)>> {
    let mut portions: Vec<Vec<(String, u64)>> = Vec::new();
    let mut bytes = 0;
    for blob in blobs {
        bytes += blob.1;
        match portions.last_mut() {
            Some(portion) if portion.len() < PORTION.0 && bytes <= PORTION.1 => portion.push(blob),
            _ => {
                bytes = blob.1;
                portions.push(vec![blob]);
            }
        }
    }
    portions
}

/// What to say of a file whose blob could not be had, after its name.
fn lost(error: &Error) -> String {
    if error.is_not_found() {
        "could not be fetched: its blob is gone".into()
    } else {
        format!("could not be fetched: {}", error.failure)
    }
}

impl Side {
    fn new(sha: String, listing: Listing, problems: &mut Vec<Problem>) -> Self {
        let mut tree = Tree::new();
        let mut objects = BTreeMap::new();
        for object in listing.objects {
            let path = object.path.as_str();
            match object.kind {
                ObjectKind::Link => tree.insert_unreadable(path, LINK),
                ObjectKind::Submodule => tree.insert_unreadable(path, SUBMODULE),
                ObjectKind::File(size) if size > MAX_FILE_BYTES as u64 => {
                    tree.insert_unreadable(path, tree::too_large());
                }
                ObjectKind::File(_) => tree.insert_listed(path),
            }
            objects.insert(object.path.clone(), object);
        }
        problems.extend(listing.unlisted.into_iter().map(|folder| Problem {
            code: "unlisted-folder".into(),
            message: format!("the folder `{folder}` of commit {sha} could not be listed: the tree is too large"),
            place: None,
        }));
        Self { sha, objects, tree }
    }

    /// Wanted files of a size that is read.
    fn files<'a>(&'a self, wanted: &'a impl Fn(&str) -> bool) -> impl Iterator<Item = &'a Object> {
        let readable =
            |object: &&Object| matches!(object.kind, ObjectKind::File(size) if size <= MAX_FILE_BYTES as u64);
        self.objects.values().filter(readable).filter(|object| wanted(&object.path))
    }

    /// Files that are wanted and only listed so far.
    fn missing<'a>(&'a self, wanted: &'a impl Fn(&str) -> bool) -> impl Iterator<Item = &'a Object> {
        let listed = |object: &&Object| self.tree.entry(&object.path) == Some(&Entry::Listed);
        self.objects.values().filter(listed).filter(|object| wanted(&object.path))
    }

    fn take_texts(&mut self, known: &HashMap<String, Entry>) {
        for object in self.objects.values() {
            if let Some(entry) = known.get(&object.sha)
                && self.tree.entry(&object.path) == Some(&Entry::Listed)
            {
                self.tree.insert(object.path.as_str(), entry.clone());
            }
        }
    }
}

/// Id and size of an object, as [`Client::blobs`] asks for it.
fn blob(object: &Object) -> (String, u64) {
    let size = if let ObjectKind::File(size) = object.kind { size } else { 0 };
    (object.sha.clone(), size)
}

fn no_merge_base(name: &str, error: &Error) -> Problem {
    let why = if error.is_not_found() { String::new() } else { format!(" ({})", error.failure) };
    Problem {
        code: "no-merge-base".into(),
        message: format!("no common ancestor with `{name}` could be found{why}: compared with it as it stands"),
        place: None,
    }
}

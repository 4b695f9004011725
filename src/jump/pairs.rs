//! Which project of the base is which project of the head: by path, and for projects that moved by their text, as git tells renames.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::inventory::{Inventory, Project};
use crate::tree::{Tree, file_name};

/// Both sides of one project; at least one is there.
pub type Pair<'a> = (Option<&'a Project>, Option<&'a Project>);

/// Shared part of the text from which on two projects are one that moved: git's own threshold.
const ALIKE: f64 = 0.5;

/// Beyond this many comparisons only files of one name are held against each other.
const COMPARISONS: usize = 250_000;

/// A chunk of a line never is longer than this, as in git, so that one long line does not hide its likeness. In bytes.
const CHUNK: usize = 64;

/// All projects of both sides, matched.
pub fn pairs<'a>(before: &'a Inventory, base: &Tree, after: &'a Inventory, head: &Tree) -> Vec<Pair<'a>> {
    let index = |inventory: &'a Inventory| -> BTreeMap<_, &'a Project> {
        inventory.projects.iter().map(|project| ((project.path.as_str(), project.kind), project)).collect()
    };
    let (mut old, new) = (index(before), index(after));
    let mut pairs = Vec::with_capacity(new.len());
    let mut fresh = Vec::new();
    for (key, project) in new {
        match old.remove(&key) {
            Some(twin) => pairs.push((Some(twin), Some(project))),
            None => fresh.push(Candidate::of(project, head)),
        }
    }
    let gone: Vec<Candidate> = old.into_values().map(|project| Candidate::of(project, base)).collect();
    pairs.extend(moved(&gone, &fresh));
    pairs
}

/// A project without a twin of its path, with its text in chunks.
struct Candidate<'a> {
    project: &'a Project,
    /// Length of the text in bytes.
    size: usize,
    /// Chunks of lines, with the bytes that they make up in all.
    chunks: HashMap<String, usize>,
}

impl<'a> Candidate<'a> {
    fn of(project: &'a Project, tree: &Tree) -> Self {
        let mut chunks: HashMap<String, usize> = HashMap::new();
        let text = tree.text(&project.path).unwrap_or_default();
        for line in text.lines().map(str::as_bytes) {
            for chunk in line.chunks(CHUNK).chain(line.is_empty().then_some(line)) {
                *chunks.entry(String::from_utf8_lossy(chunk).into_owned()).or_default() += chunk.len() + 1;
            }
        }
        Self { project, size: chunks.values().sum(), chunks }
    }

    /// Between 0 and 1: the bytes that both texts share, of the longer one.
    #[expect(clippy::cast_precision_loss, reason = "manifests are small")]
    fn likeness(&self, other: &Self) -> f64 {
        if self.project.kind != other.project.kind || self.size == 0 || other.size == 0 {
            return 0.0;
        }
        let (few, many) = if self.chunks.len() < other.chunks.len() { (self, other) } else { (other, self) };
        let shared = |(chunk, bytes): (&String, &usize)| many.chunks.get(chunk).map_or(0, |other| *bytes.min(other));
        few.chunks.iter().map(shared).sum::<usize>() as f64 / self.size.max(other.size) as f64
    }
}

/// Pairs up what is gone with what is new, most alike first; the rest stays alone.
fn moved<'a>(gone: &[Candidate<'a>], fresh: &[Candidate<'a>]) -> Vec<Pair<'a>> {
    let many = gone.len().saturating_mul(fresh.len()) > COMPARISONS;
    let mut candidates = Vec::new();
    for (old_index, old) in gone.iter().enumerate() {
        for (new_index, new) in fresh.iter().enumerate() {
            let namesake = file_name(&old.project.path) == file_name(&new.project.path);
            let likeness = if namesake || !many { old.likeness(new) } else { 0.0 };
            if likeness >= ALIKE {
                candidates.push((likeness, namesake, old_index, new_index));
            }
        }
    }
    candidates.sort_by(|one, other| {
        other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)).then((one.2, one.3).cmp(&(other.2, other.3)))
    });
    let (mut taken_old, mut taken_new) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, _, old, new) in candidates {
        if !taken_old.contains(&old) && !taken_new.contains(&new) {
            taken_old.insert(old);
            taken_new.insert(new);
            pairs.push((gone.get(old).map(|it| it.project), fresh.get(new).map(|it| it.project)));
        }
    }
    pairs.extend(rest(gone, &taken_old).map(|project| (Some(project), None)));
    pairs.extend(rest(fresh, &taken_new).map(|project| (None, Some(project))));
    pairs
}

fn rest<'a>(projects: &[Candidate<'a>], taken: &BTreeSet<usize>) -> impl Iterator<Item = &'a Project> {
    projects.iter().enumerate().filter(|(index, _)| !taken.contains(index)).map(|(_, it)| it.project)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Kind;

    fn side(files: &[(&str, &str)]) -> (Inventory, Tree) {
        let (mut inventory, mut tree) = (Inventory::default(), Tree::new());
        for (path, text) in files {
            inventory.projects.push(Project::new(*path, Kind::MsBuild));
            tree.insert_text(*path, text);
        }
        (inventory, tree)
    }

    #[track_caller]
    fn case(base: &[(&str, &str)], head: &[(&str, &str)], expected: &[(Option<&str>, Option<&str>)]) {
        let ((before, base), (after, head)) = (side(base), side(head));
        let found = pairs(&before, &base, &after, &head);
        let path = |project: Option<&Project>| project.map(|project| project.path.clone());
        let found: Vec<_> = found.into_iter().map(|(old, new)| (path(old), path(new))).collect();
        let owned = |name: Option<&str>| name.map(ToOwned::to_owned);
        let expected: Vec<_> = expected.iter().map(|(old, new)| (owned(*old), owned(*new))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_project_that_moved_keeps_its_identity() {
        let (one, two) = ("<Project>\n<A/>\n<B/>\n<C/>\n</Project>", "<Project>\n<X/>\n<Y/>\n</Project>");
        case(&[("a.csproj", one)], &[("a.csproj", two)], &[(Some("a.csproj"), Some("a.csproj"))]);
        case(&[("a.csproj", one)], &[("b/c.csproj", one)], &[(Some("a.csproj"), Some("b/c.csproj"))]);
        let edited = "<Project>\n<A/>\n<B/>\n<D/>\n</Project>";
        case(&[("a.csproj", one)], &[("b/a.csproj", edited)], &[(Some("a.csproj"), Some("b/a.csproj"))]);
        case(
            &[("a.csproj", "one\ntwo\nthree\n")],
            &[("b/a.csproj", "four\nfive\nsix\n")],
            &[(Some("a.csproj"), None), (None, Some("b/a.csproj"))],
        );
        case(
            &[("a.csproj", one)],
            &[("x.csproj", two), ("y.csproj", edited)],
            &[(Some("a.csproj"), Some("y.csproj")), (None, Some("x.csproj"))],
        );
    }

    #[test]
    fn what_is_of_another_kind_or_empty_is_no_move() {
        let (base, head) = (side(&[("a.csproj", "<Project />\n")]), side(&[("b/a.lock", "<Project />\n")]));
        let mut after = head.0.clone();
        after.projects[0].kind = Kind::Lock;
        let found = pairs(&base.0, &base.1, &after, &head.1);
        assert!(found.iter().all(|(old, new)| old.is_none() || new.is_none()));
        case(&[("a.csproj", "")], &[("b/a.csproj", "")], &[(Some("a.csproj"), None), (None, Some("b/a.csproj"))]);
    }
}

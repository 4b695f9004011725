//! What the paths of several places share, so that a sentence says it once.

use crate::render::markdown::Markdown;
use crate::tree::{file_name, folder};

/// Fewest characters of a shared folder that are worth a word of their own.
const WORTH: usize = 16;

/// What several paths share.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shared<'a> {
    /// The name of the file, and what stands before it below folders that differ: `Migrations/` of `a/Migrations/S.cs`.
    File(&'a str, usize),
    /// The folder below which all of them are.
    Folder(&'a str),
}

impl<'a> Shared<'a> {
    /// What paths share; `None` when that is nothing, or too little.
    pub(super) fn of(paths: &[&'a str]) -> Option<Self> {
        let (first, rest) = paths.split_first()?;
        let differ = rest.iter().any(|path| path != first);
        let distinct =
            rest.iter().enumerate().all(|(at, path)| path != first && !rest.iter().take(at).any(|it| it == path));
        let name = file_name(first);
        if differ && distinct && paths.iter().all(|path| file_name(path) == name && !folder(path).is_empty()) {
            return Some(Self::File(name, shared_tail(paths)));
        }
        let mut common = folder(first);
        while !rest.iter().all(|path| path.strip_prefix(common).is_some_and(|it| it.starts_with('/'))) {
            common = folder(common);
            if common.is_empty() {
                return None;
            }
        }
        (differ && common.len() >= WORTH).then_some(Self::Folder(common))
    }

    /// Says it: the places follow.
    pub(super) fn say(&self, section: &mut Markdown) {
        match self {
            Self::File(name, _) => section.code(name).ours(" of "),
            Self::Folder(folder) => section.code(folder).ours(": "),
        };
    }

    /// What a place has for itself. The line of a file that is named already stands in the link.
    pub(super) fn rest(&self, path: &str, line: u32) -> String {
        match self {
            Self::File(_, tail) => path.get(..path.len().saturating_sub(*tail)).unwrap_or(path).to_owned(),
            Self::Folder(folder) => {
                let rest = path.strip_prefix(folder).map_or(path, |it| it.trim_start_matches('/'));
                if line == 0 { rest.to_owned() } else { format!("{rest}:{line}") }
            }
        }
    }
}

/// Bytes at the end of all paths that are the same, from the slash on; at least one folder of each path stays.
fn shared_tail(paths: &[&str]) -> usize {
    let Some((first, rest)) = paths.split_first() else { return 0 };
    let tails =
        first.char_indices().filter(|(at, character)| *at > 0 && *character == '/').map(|(at, _)| first.len() - at);
    let same = |length: usize| {
        let tail = end(first, length);
        tail.is_some() && rest.iter().all(|path| end(path, length) == tail)
    };
    tails.filter(|length| same(*length)).max().unwrap_or_default()
}

/// The last bytes of a path, when some of it stays before them.
fn end(path: &str, length: usize) -> Option<&str> {
    path.len().checked_sub(length).filter(|at| *at > 0).and_then(|at| path.get(at..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(paths: &[&str], expected: Option<(Shared<'_>, &[&str])>) {
        let found = Shared::of(paths);
        let rests = found.as_ref().map(|it| paths.iter().map(|path| it.rest(path, 7)).collect::<Vec<_>>());
        assert_eq!(rests, expected.as_ref().map(|(_, rests)| rests.iter().map(|it| (*it).to_owned()).collect()));
        assert_eq!(found, expected.map(|(shared, _)| shared));
    }

    #[test]
    fn a_file_of_many_folders_is_named_once() {
        case(&["src/A/M/S.cs", "b/M/S.cs"], Some((Shared::File("S.cs", 7), &["src/A", "b"])));
        case(&["src/A/S.cs", "src/B/S.cs"], Some((Shared::File("S.cs", 5), &["src/A", "src/B"])));
        case(&["a/S.cs", "b/a/S.cs"], Some((Shared::File("S.cs", 5), &["a", "b/a"])));
    }

    #[test]
    fn a_long_folder_of_many_files_is_named_once() {
        let paths =
            ["src/Login.Host/Services/A.cs", "src/Login.Host/Services/B.cs", "src/Login.Host/Services/Own/A.cs"];
        case(&paths, Some((Shared::Folder("src/Login.Host/Services"), &["A.cs:7", "B.cs:7", "Own/A.cs:7"])));
    }

    #[test]
    fn one_file_short_folders_and_strangers_share_nothing() {
        for paths in [
            &["src/Login.Host/Services/A.cs"; 2][..],
            &["a/A.cs", "a/B.cs"],
            &["A.cs", "b/A.cs"],
            &["a/X.cs", "b/Y.cs"],
            &[],
        ] {
            case(paths, None);
        }
    }
}

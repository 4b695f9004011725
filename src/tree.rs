//! One commit as a value: every path of it, and the text of the files that are of interest.
//!
//! Invariants: paths are relative to the root, use `/`, hold neither `.` nor `..` segments, and are case-sensitive.
//! Bytes are decoded once, here: UTF-8 with or without a byte-order mark, UTF-16 with one, else as an XML declaration says,
//! else as Windows-1252. What cannot be read stays in the tree with its reason, so that readers can say so.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// Files above this size (bytes) are listed but not read: no manifest written by a person is that large.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Why there is no text of a symbolic link.
pub const LINK: &str = "is a symbolic link";

/// Why there is no text of a commit of another repository.
pub const SUBMODULE: &str = "is a submodule";

/// Why there is no text of a file above [`MAX_FILE_BYTES`].
pub fn too_large() -> String {
    format!("is larger than {} MB", MAX_FILE_BYTES / 1024 / 1024)
}

/// What is known of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The decoded text, without byte-order mark.
    Text(Arc<str>),
    /// It exists; its text was not asked for.
    Listed,
    /// It exists and cannot be read; the reason, such as `is a symbolic link`.
    Unreadable(String),
}

impl Entry {
    /// A file with these bytes, decoded.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        if bytes.len() > MAX_FILE_BYTES {
            return Self::Unreadable(too_large());
        }
        decode(bytes).map_or_else(|| Self::Unreadable("is not text".into()), |text| Self::Text(text.into()))
    }

    /// Why there is no text where one should be. A link and a submodule have none of their own, and nothing is lost with them.
    pub fn loss(&self) -> Option<&str> {
        match self {
            Self::Unreadable(reason) if ![LINK, SUBMODULE].contains(&reason.as_str()) => Some(reason),
            _ => None,
        }
    }
}

/// The paths of one commit, and the text of some of them.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    entries: BTreeMap<String, Entry>,
}

impl Tree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a path with what is known of it.
    pub fn insert(&mut self, path: impl Into<String>, entry: Entry) {
        self.entries.insert(path.into(), entry);
    }

    /// Adds a file with its bytes, decoding them.
    pub fn insert_bytes(&mut self, path: impl Into<String>, bytes: &[u8]) {
        self.insert(path, Entry::of_bytes(bytes));
    }

    /// Adds a file with its text.
    pub fn insert_text(&mut self, path: impl Into<String>, text: &str) {
        self.insert_bytes(path, text.as_bytes());
    }

    /// Adds a path whose text is not loaded.
    pub fn insert_listed(&mut self, path: impl Into<String>) {
        self.entries.entry(path.into()).or_insert(Entry::Listed);
    }

    /// Adds a path that cannot be read, with the reason in words that follow its name (`is a submodule`).
    pub fn insert_unreadable(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        self.insert(path, Entry::Unreadable(reason.into()));
    }

    /// What is known of `path`; `None` when it does not exist.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The text of `path`, when it was loaded.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.entries.get(path) {
            Some(Entry::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether `path` is a file of the commit, loaded or not.
    pub fn is_file(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Whether `path` is a folder of the commit; the root is the empty path.
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.under(path).next().is_some()
    }

    /// All paths with what is known of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// The paths below a folder, in order, at any depth.
    pub fn under<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_end_matches('/')) };
        let start = prefix.clone();
        self.entries
            .range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded))
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// Number of paths.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no path at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// `base` joined with a relative path written with `/` or `\`, normalised; `None` when it leaves the root.
///
/// ```
/// use identityserver_upgrade::tree::join;
/// assert_eq!(join("src/app", r"..\Common.props").as_deref(), Some("src/Common.props"));
/// assert_eq!(join("", "../x"), None);
/// ```
pub fn join(base: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in relative.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a path; empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a path lies in a folder or deeper; everything lies in the root, which is empty.
pub fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The last segment of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The text of a file; `None` when it is not text.
pub fn decode(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return Some(encoding.decode_without_bom_handling(bytes.get(mark..)?).0.into_owned());
    }
    if bytes.iter().take(8000).any(|byte| *byte == 0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => Some(declared_encoding(bytes).decode_without_bom_handling(bytes).0.into_owned()),
    }
}

/// The encoding that an XML declaration names; Windows-1252, what old editors wrote, when it names none.
fn declared_encoding(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or_default()).into_owned();
    head.split_once("encoding=")
        .and_then(|(_, rest)| rest.get(1..)?.split(['"', '\'']).next())
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .filter(|encoding| *encoding != encoding_rs::UTF_8)
        .unwrap_or(encoding_rs::WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_editors_write() {
        #[track_caller]
        fn case(bytes: &[u8], expected: Option<&str>) {
            let mut tree = Tree::new();
            tree.insert_bytes("f", bytes);
            assert_eq!(tree.text("f"), expected);
        }
        case(b"\xEF\xBB\xBF<a/>", Some("<a/>"));
        case(b"\xFF\xFE<\0a\0", Some("<a"));
        case(b"\xFE\xFF\0<\0a", Some("<a"));
        case(b"caf\xE9", Some("café"));
        case(b"<?xml version='1.0' encoding='iso-8859-2'?>\xB1", Some("<?xml version='1.0' encoding='iso-8859-2'?>ą"));
        case(b"\x7FELF\0\0", None);
    }

    #[test]
    fn folders_are_those_of_the_paths() {
        let mut tree = Tree::new();
        tree.insert_listed("src/app/a.cs");
        tree.insert_listed("src-other/b.cs");
        assert!(tree.is_folder("src") && tree.is_folder("src/app") && tree.is_folder(""));
        assert!(!tree.is_folder("src/ap") && !tree.is_folder("src/app/a.cs"));
        assert_eq!(tree.under("src").count(), 1);
    }
}

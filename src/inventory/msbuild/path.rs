//! Paths as the engine sees them: absolute, with `/`, below a root that stands for the repository.
//!
//! No path of the machine is ever seen: the repository lies at [`ROOT`] and the SDK at [`SDK`], both invented, so that an
//! evaluation gives the same answer everywhere.

use std::borrow::Cow;

/// Where the repository seems to lie. A few folders deep, so that a path out of it can be told from one below `/`.
pub const ROOT: &str = "/home/runner/work/repository";

/// Where the SDK's own files seem to lie. What is below it is not known, except for the files that the engine models.
pub const SDK: &str = "/usr/share/dotnet/sdk/current";

/// What an absolute path points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// A path of the tree, relative to the root; empty for the root itself.
    Inside(String),
    /// A path of the SDK.
    Sdk,
    /// A path beside or above the repository: nobody knows what is there.
    Outside,
    /// A path of the machine that no repository can count on.
    Machine,
}

/// The absolute form of a path of the tree.
pub fn absolute(relative: &str) -> String {
    if relative.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{relative}") }
}

/// What `text` (absolute, or relative to the absolute folder `base`) points to.
pub fn locate(base: &str, text: &str) -> Located {
    let full = full_path(base, text);
    let path = full.trim_end_matches('/');
    if path == ROOT {
        Located::Inside(String::new())
    } else if let Some(relative) = path.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix('/')) {
        Located::Inside(relative.to_owned())
    } else if path.starts_with(SDK) {
        Located::Sdk
    } else if path.starts_with("/home/") {
        Located::Outside
    } else {
        Located::Machine
    }
}

/// `text` with the separators of the system.
pub fn with_slashes(text: &str) -> Cow<'_, str> {
    if text.contains('\\') { Cow::Owned(text.replace('\\', "/")) } else { Cow::Borrowed(text) }
}

/// `Path.GetFullPath`: joined with `base` unless it is absolute, without `.`, `..` and doubled slashes; a slash at the end stays.
pub fn full_path(base: &str, text: &str) -> String {
    let text = with_slashes(text);
    let base = if text.starts_with('/') { "" } else { base };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(text.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let end = if parts.is_empty() || !text.ends_with('/') { "" } else { "/" };
    format!("/{}{end}", parts.join("/"))
}

/// `Path.Combine`: a later absolute path replaces what stands before it.
pub fn combine<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut combined = String::new();
    for part in parts {
        if part.is_empty() {
            continue;
        }
        if part.starts_with('/') {
            combined.clear();
        } else if !combined.is_empty() && !combined.ends_with('/') {
            combined.push('/');
        }
        combined.push_str(part);
    }
    combined
}

/// `Path.GetDirectoryName`: `None` for the root and for an empty path, empty for a bare name.
pub fn directory_name(path: &str) -> Option<String> {
    if path.trim_end_matches('/').is_empty() {
        return None;
    }
    let cut = path.rfind('/').unwrap_or(0);
    let folder = path.get(..cut).unwrap_or_default().trim_end_matches('/');
    let folder = if folder.is_empty() && path.starts_with('/') { "/" } else { folder };
    Some(collapse(folder))
}

/// `path` with doubled slashes made single.
pub fn collapse(path: &str) -> String {
    let mut result = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !result.ends_with('/') {
            result.push(character);
        }
    }
    result
}

/// `Path.GetFileName`: what stands behind the last slash.
pub fn file_name(path: &str) -> &str {
    crate::tree::file_name(path)
}

/// `Path.GetExtension`: from the last point of the name on; empty when there is none or nothing behind it.
pub fn extension(path: &str) -> &str {
    let name = file_name(path);
    match name.rfind('.') {
        Some(point) if point + 1 < name.len() => name.get(point..).unwrap_or_default(),
        _ => "",
    }
}

/// `Path.GetFileNameWithoutExtension`: the name up to its last point.
pub fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rfind('.').and_then(|point| name.get(..point)).unwrap_or(name)
}

/// `[MSBuild]::MakeRelative` and `Path.GetRelativePath`: the way from the folder `base` to `path`, both absolute.
pub fn relative(base: &str, path: &str) -> String {
    let segments = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (segments(base), segments(path));
    let common = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
    let mut parts = vec![".."; from.len() - common];
    parts.extend(to.iter().skip(common).map(String::as_str));
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_paths_have_no_dots() {
        #[track_caller]
        fn case(base: &str, text: &str, expected: &str) {
            assert_eq!(full_path(base, text), expected);
        }
        case("/a/b", "c", "/a/b/c");
        case("/a/b", r"..\c\", "/a/c/");
        case("/a/b", "/x/./y//z", "/x/y/z");
        case("/a", "../../..", "/");
        case("/a/b/", "", "/a/b");
    }

    #[test]
    fn a_path_lies_inside_or_not() {
        assert_eq!(locate(&absolute("src/app"), "../x.props"), Located::Inside("src/x.props".into()));
        assert_eq!(locate(&absolute("src"), ".."), Located::Inside(String::new()));
        assert_eq!(locate(ROOT, "../other/x.props"), Located::Outside);
        assert_eq!(locate(ROOT, "/opt/x.props"), Located::Machine);
        assert_eq!(locate(ROOT, &format!("{SDK}/Microsoft.Common.props")), Located::Sdk);
    }

    #[test]
    fn names_are_those_of_dotnet() {
        assert_eq!(directory_name("/a/b/c.txt").as_deref(), Some("/a/b"));
        assert_eq!(directory_name("/a").as_deref(), Some("/"));
        assert_eq!(directory_name("a").as_deref(), Some(""));
        assert_eq!(directory_name("/"), None);
        assert_eq!((stem("a/x.tar.gz"), extension("a/x.tar.gz"), extension("a.")), ("x.tar", ".gz", ""));
        assert_eq!(combine(["a/", "", "b", "/c", "d"]), "/c/d");
        assert_eq!(relative("/repo/src/", "/repo/lib/x"), "../lib/x");
    }
}

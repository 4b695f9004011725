//! Which paths of a repository a comparison looks at: glob patterns from the root, some wanted, some left out.
//!
//! `*` and `?` stay within a segment, `**` crosses them, `{a,b}` is either. A pattern that names a folder means everything below it.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// A set of paths. The default holds all.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    only: Option<GlobSet>,
    not: Option<GlobSet>,
}

impl Scope {
    /// The paths that match one of `paths` (all, when there are none) and none of `exclude`. Patterns that cannot be read count for
    /// nothing; [`fault`] tells them.
    pub fn of(paths: &[String], exclude: &[String]) -> Self {
        Self { only: set(paths), not: set(exclude) }
    }

    /// Whether a path is looked at.
    pub fn includes(&self, path: &str) -> bool {
        self.only.as_ref().is_none_or(|set| set.is_match(path)) && !self.excludes(path)
    }

    /// Whether a path is left out by name, whatever is wanted.
    pub fn excludes(&self, path: &str) -> bool {
        self.not.as_ref().is_some_and(|set| set.is_match(path))
    }
}

/// What is wrong with a pattern, in words; `None` when nothing is.
pub fn fault(pattern: &str) -> Option<String> {
    glob(pattern).err().map(|error| error.kind().to_string())
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

fn set(patterns: &[String]) -> Option<GlobSet> {
    let mut builder = GlobSetBuilder::new();
    let mut some = false;
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_matches('/');
        for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
            if let Ok(glob) = glob(&pattern) {
                builder.add(glob);
                some = true;
            }
        }
    }
    some.then(|| builder.build().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_globs_from_the_root_and_folders_are_all_below() {
        #[track_caller]
        fn case(paths: &[&str], exclude: &[&str], path: &str, expected: bool) {
            let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            assert_eq!(
                Scope::of(&owned(paths), &owned(exclude)).includes(path),
                expected,
                "{paths:?} {exclude:?} {path}"
            );
        }
        case(&[], &[], "src/Host/Host.csproj", true);
        case(&["src"], &[], "src/Host/Host.csproj", true);
        case(&["./src/"], &[], "src/Host/Host.csproj", true);
        case(&["src"], &[], "source/Host.csproj", false);
        case(&["src/*"], &[], "src/Host.csproj", true);
        case(&["src/*/*.csproj"], &[], "src/a/b/c.csproj", false);
        case(&["**/Host.csproj"], &[], "Host.csproj", true);
        case(&[], &["**/*.Tests"], "src/A.Tests/A.Tests.csproj", false);
        case(&["src"], &["src/{samples,old}"], "src/old/x.csproj", false);
        case(&["["], &[], "a", true);
    }

    #[test]
    fn a_pattern_that_cannot_be_read_has_a_reason() {
        assert_eq!(fault("src/**"), None);
        assert!(fault("src/{a").is_some_and(|reason| reason.contains("alternate")), "{:?}", fault("src/{a"));
    }
}

//! The three texts of Paket, each as a list of entries.

/// A package that a file of Paket names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its group; `Main` when it stands in none.
    pub(super) group: String,
    /// The id, as written.
    pub(super) id: String,
    /// The resolved version or the requirement, as written; `None` when there is none.
    pub(super) version: Option<String>,
    /// The line (1-based).
    pub(super) line: u32,
}

/// The group of what stands before the first `group`.
pub(super) const MAIN: &str = "Main";

/// The packages of a `paket.lock`: four spaces deep in a `NUGET` section, as `Name (version)`. What stands deeper is what a
/// package depends on.
pub(super) fn locked(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut group = MAIN.to_owned();
    let mut in_nuget = false;
    for (line, content) in (1..).zip(text.lines()) {
        let trimmed = content.trim();
        match content.len() - content.trim_start().len() {
            0 => match keyword(trimmed) {
                Some(("group", name)) => {
                    name.clone_into(&mut group);
                    in_nuget = false;
                }
                _ if trimmed.contains(':') || trimmed.is_empty() => {}
                _ => in_nuget = trimmed.eq_ignore_ascii_case("nuget"),
            },
            4 if in_nuget => {
                if let Some((id, rest)) = trimmed.split_once(" (")
                    && let Some((version, _)) = rest.split_once(')')
                {
                    let version = Some(version.trim().to_owned());
                    entries.push(Entry { group: group.clone(), id: id.trim().to_owned(), version, line });
                }
            }
            _ => {}
        }
    }
    entries
}

/// The packages of a `paket.dependencies`.
pub(super) fn dependencies(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut group = MAIN.to_owned();
    for (line, content) in (1..).zip(text.lines()) {
        match keyword(without_comment(content)) {
            Some(("group", name)) => name.clone_into(&mut group),
            Some(("nuget" | "clitool", rest)) => {
                let (id, rest) = first_word(rest);
                let version = requirement_text(rest);
                entries.push(Entry { group: group.clone(), id: id.to_owned(), version, line });
            }
            _ => {}
        }
    }
    entries
}

/// The packages of a `paket.references`; their versions stand elsewhere.
pub(super) fn referenced(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut group = MAIN.to_owned();
    for (line, content) in (1..).zip(text.lines()) {
        let content = without_comment(content);
        match keyword(content) {
            Some(("group", name)) => name.clone_into(&mut group),
            // What refines the package above, and files that are linked.
            Some(("exclude" | "alias", _)) => {}
            _ if content.is_empty() || content.to_ascii_lowercase().starts_with("file:") => {}
            _ => {
                let id = first_word(content).0.to_owned();
                entries.push(Entry { group: group.clone(), id, version: None, line });
            }
        }
    }
    entries
}

/// The line without the comment at its end. Addresses hold `//` too, but no line that names a package has one.
fn without_comment(line: &str) -> &str {
    let end = [line.find("//"), line.find('#')].into_iter().flatten().min();
    line.get(..end.unwrap_or(line.len())).unwrap_or(line).trim()
}

/// A keyword of Paket at the beginning of a trimmed line, and what follows it.
fn keyword(line: &str) -> Option<(&'static str, &str)> {
    let (word, rest) = line.split_once(char::is_whitespace)?;
    let known = ["group", "nuget", "clitool", "exclude", "alias"];
    known.into_iter().find(|known| word.eq_ignore_ascii_case(known)).map(|known| (known, rest.trim()))
}

/// The first word, without the quotes that older files have, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    let (word, rest) = match text.strip_prefix('"').and_then(|text| text.split_once('"')) {
        Some(quoted) => quoted,
        None => text.split_once(char::is_whitespace).unwrap_or((text, "")),
    };
    (word.trim_end_matches(','), rest.trim())
}

/// The requirement at the beginning of a text: all before the first option, which is a word with a colon.
fn requirement_text(text: &str) -> Option<String> {
    let end = text.find(':').map_or(text.len(), |colon| {
        text.get(..colon).and_then(|before| before.rfind(char::is_whitespace)).map_or(0, |space| space + 1)
    });
    let requirement = text.get(..end).unwrap_or_default().trim().trim_end_matches(',').trim();
    let requirement = requirement.trim_matches('"').trim();
    (!requirement.is_empty()).then(|| requirement.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_end_a_requirement() {
        #[track_caller]
        fn case(text: &str, expected: Option<&str>) {
            assert_eq!(requirement_text(text).as_deref(), expected);
        }
        case(">= 8.0.5 lowest_matching: true", Some(">= 8.0.5"));
        case("lowest_matching: true", None);
        case("1.0 content: none, framework: net40", Some("1.0"));
        case("\"~> 3.2\"", Some("~> 3.2"));
        case("", None);
    }

    #[test]
    fn a_lock_without_section_holds_nothing() {
        assert!(locked("    A (1.0)\n").is_empty());
        assert!(locked("GIT\n  remote: x\n    A (1.0)\n").is_empty());
        assert!(locked("NUGET\n  remote: x\n    A\n    specs:\n").is_empty());
    }
}

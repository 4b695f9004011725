//! The small things that facts are made of: ids, dates, links, versions.

use crate::rules::parse_line;
use crate::version::{Line, Version};

/// Whether a text is an id such as `par-columns`.
pub(super) fn is_kebab(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.split('-').all(word)
}

/// Whether a text can be an anchor: a slug of a heading, which may have doubled hyphens and underscores.
pub(super) fn is_anchor(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || c == '-' || c == '_')
}

/// Whether a text is a day of the calendar, `2024-02-29`.
pub(super) fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| part.parse::<u32>().ok().map(|number| (number, part.len())));
    let (Some(Some((year, 4))), Some(Some((month, 2))), Some(Some((day, 2))), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=days).contains(&day)
}

/// What is wrong with a link; `None` when it is https and on one of the hosts.
pub(super) fn link_fault(link: &str, hosts: &[String]) -> Option<String> {
    let Some(rest) = link.strip_prefix("https://") else {
        return Some(format!("`{link}` does not begin with https://"));
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let known = hosts.iter().any(|known| known == host);
    (!known).then(|| {
        format!("`{link}` is on no host of this product: correct it, or add `{host}` to `hosts` in product.yaml")
    })
}

/// Whether a text names a target framework, such as `net8.0` or `netstandard2.0`.
pub(super) fn is_framework(text: &str) -> bool {
    let version = ["netstandard", "netcoreapp", "net"].iter().find_map(|family| text.strip_prefix(family));
    version.is_some_and(|version| {
        version.starts_with(|c: char| c.is_ascii_digit())
            && version.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-')
    })
}

/// A version that belongs to a line; else what is wrong with it.
pub(super) fn version_of(text: &str, line: Line) -> Result<Version, String> {
    let version: Version = text.parse().map_err(|_| format!("`{text}` is no NuGet version"))?;
    if version.line() == line {
        Ok(version)
    } else {
        Err(format!("`{text}` is not a version of {line}: it belongs to another file"))
    }
}

/// What is wrong with the name of a line; `None` when it is one.
pub(super) fn line_fault(text: &str) -> Option<String> {
    parse_line(text).is_none().then(|| format!("`{text}` is no line: write `<major>.<minor>`"))
}

/// Whether a name is that of a type or a method alone.
pub(super) fn is_simple(name: &str) -> bool {
    !name.is_empty() && !name.contains(['.', ' ', '<', '(', '`'])
}

/// What to do about a name that is more.
pub(super) fn not_simple(name: &str) -> String {
    format!("`{name}` is not a simple name: leave namespaces, type parameters and brackets out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in ["2024-02-29", "2000-02-29", "2026-12-31"] {
            assert!(is_date(day), "{day}");
        }
        for day in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "24-04-01",
            "2024-4-1",
            "2024-04-01-01",
            "",
        ] {
            assert!(!is_date(day), "{day}");
        }
    }

    #[test]
    fn ids_are_kebab_case() {
        assert!(
            is_kebab("par-columns")
                && is_kebab("net8")
                && !is_kebab("Par")
                && !is_kebab("a--b")
                && !is_kebab("-a")
                && !is_kebab("")
        );
        assert!(
            is_anchor("icachet--defaultcachet-replaced")
                && is_anchor("response_mode-x")
                && !is_anchor("Step-1")
                && !is_anchor("#a")
        );
    }

    #[test]
    fn links_are_secure_and_on_known_hosts() {
        let hosts = ["docs.example.org".to_owned()];
        assert_eq!(link_fault("https://docs.example.org/a#b", &hosts), None);
        for link in ["http://docs.example.org/", "https://docs.example.org.evil.com/", "https://example.org/", "docs"] {
            assert!(link_fault(link, &hosts).is_some(), "{link}");
        }
    }

    #[test]
    fn frameworks_have_a_family_and_a_version() {
        assert!(["net8.0", "netstandard2.0", "net472", "net8.0-windows"].iter().all(|name| is_framework(name)));
        assert!(["net", "NET8.0", "8.0", "netx"].iter().all(|name| !is_framework(name)));
    }
}

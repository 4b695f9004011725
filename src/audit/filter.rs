//! Which repositories of an owner are audited.

use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};
use sha2::{Digest, Sha256};

use crate::github::repositories::Listed;

/// What narrows a list of repositories; what is empty narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Names, one of which must match.
    pub names: Vec<Name>,
    /// Topics, one of which it must have.
    pub topics: Vec<String>,
    /// Languages, one of which must be among its own.
    pub languages: Vec<String>,
    /// `public`, `private` or `internal`.
    pub visibility: Vec<String>,
    /// Whether archived repositories are audited too.
    pub archived: bool,
    /// The part of the list that this run takes.
    pub shard: Option<Shard>,
}

/// A pattern of repository names, without the owner: `login-*`.
#[derive(Debug, Clone)]
pub struct Name(GlobMatcher);

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(text).case_insensitive(true).build().map_err(|error| error.to_string())?;
        Ok(Self(glob.compile_matcher()))
    }
}

/// One of several parts of a list, told apart by a stable hash of the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    number: u64,
    of: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no part such as 3/8");
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of) = (number.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
        if number == 0 || number > of { Err(wrong()) } else { Ok(Self { number, of }) }
    }
}

impl Shard {
    fn takes(self, name: &str) -> bool {
        let hash = Sha256::digest(name.to_ascii_lowercase().as_bytes());
        let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number % self.of == self.number - 1
    }
}

impl Filter {
    /// Whether a repository is audited.
    pub fn takes(&self, listed: &Listed) -> bool {
        let name = listed.name.split_once('/').map_or(listed.name.as_str(), |(_, name)| name);
        let one_of = |wanted: &[String], own: &[String]| {
            wanted.is_empty() || wanted.iter().any(|wanted| own.iter().any(|own| own.eq_ignore_ascii_case(wanted)))
        };
        (self.names.is_empty() || self.names.iter().any(|pattern| pattern.0.is_match(name)))
            && one_of(&self.topics, &listed.topics)
            && one_of(&self.languages, &listed.languages)
            && one_of(&self.visibility, std::slice::from_ref(&listed.visibility))
            && (self.archived || !listed.archived)
            && self.shard.is_none_or(|shard| shard.takes(&listed.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str) -> Listed {
        Listed {
            name: format!("acme/{name}"),
            visibility: "private".into(),
            topics: vec!["auth".into()],
            languages: vec!["C#".into(), "HTML".into()],
            ..Listed::default()
        }
    }

    #[test]
    fn every_filter_narrows() {
        let filter = Filter {
            names: vec!["login-*".parse().unwrap()],
            topics: vec!["AUTH".into()],
            languages: vec!["c#".into()],
            visibility: vec!["private".into()],
            ..Filter::default()
        };
        assert!(filter.takes(&listed("Login-web")));
        assert!(!filter.takes(&listed("shop")));
        assert!(!filter.takes(&Listed { topics: Vec::new(), ..listed("login-web") }));
        assert!(!filter.takes(&Listed { languages: vec!["Go".into()], ..listed("login-web") }));
        assert!(!filter.takes(&Listed { visibility: "public".into(), ..listed("login-web") }));
        assert!(!filter.takes(&Listed { archived: true, ..listed("login-web") }));
        assert!(Filter { archived: true, ..filter }.takes(&Listed { archived: true, ..listed("login-web") }));
    }

    #[test]
    fn shards_share_out_every_name_once() {
        let shards: Vec<Shard> = (1..=4).map(|number| format!("{number}/4").parse().unwrap()).collect();
        let mut sizes = [0; 4];
        for number in 0..400 {
            let name = format!("acme/r{number}");
            let takers: Vec<usize> = (0..4).filter(|index| shards[*index].takes(&name)).collect();
            assert_eq!(takers.len(), 1, "{name}");
            sizes[takers[0]] += 1;
        }
        assert!(sizes.iter().all(|size| (60..140).contains(size)), "{sizes:?}");
        for text in ["0/4", "5/4", "1", "a/b", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}

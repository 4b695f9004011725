//! What the page's script reads: every text once, every finding once, and repositories as lists of numbers.
//!
//! Two thousand repositories on the same rung share nearly all their findings, so a page stays small. `page.js` decodes it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::fleet::Row;
use super::ladder::{Key, keys};
use super::{Detail, state_of};
use crate::portfolio::{Portfolio, Stand, Standing};
use crate::report::{Finding, Sighting, Status};

/// Values by number, each once.
#[derive(Debug, Default)]
struct Interner {
    numbers: HashMap<String, usize>,
    values: Vec<Value>,
}

impl Interner {
    fn number(&mut self, value: Value) -> usize {
        let Self { numbers, values } = self;
        *numbers.entry(value.to_string()).or_insert_with(|| {
            values.push(value);
            values.len() - 1
        })
    }
}

/// Texts by number, each once.
#[derive(Debug, Default)]
struct Texts<'a> {
    numbers: HashMap<&'a str, usize>,
    values: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    fn number(&mut self, text: &'a str) -> usize {
        *self.numbers.entry(text).or_insert_with(|| {
            self.values.push(text);
            self.values.len() - 1
        })
    }
}

/// Builds the data.
#[derive(Debug)]
struct Encoder<'a> {
    portfolio: &'a Portfolio,
    detail: Detail,
    keys: Vec<Key>,
    texts: Texts<'a>,
    stands: Interner,
    /// What findings of one rule share.
    rules: Interner,
    findings: Interner,
    guides: Interner,
}

/// The data of these rows, in their order.
pub(super) fn data<'a>(portfolio: &'a Portfolio, rows: &[Row<'a>], detail: Detail) -> Value {
    let mut encoder = Encoder {
        portfolio,
        detail,
        keys: keys(&portfolio.ladders),
        texts: Texts::default(),
        stands: Interner::default(),
        rules: Interner::default(),
        findings: Interner::default(),
        guides: Interner::default(),
    };
    let rows: Vec<Value> = rows.iter().map(|row| encoder.row(row)).collect();
    json!({
        "texts": encoder.texts.values,
        "stands": encoder.stands.values,
        "rules": encoder.rules.values,
        "findings": encoder.findings.values,
        "guides": encoder.guides.values,
        "keys": encoder.keys,
        "ladders": portfolio.ladders,
        "rows": rows,
    })
}

impl<'a> Encoder<'a> {
    fn text(&mut self, text: &'a str) -> usize {
        self.texts.number(text)
    }

    fn maybe(&mut self, text: Option<&'a str>) -> Option<usize> {
        text.map(|text| self.text(text))
    }

    fn row(&mut self, row: &Row<'a>) -> Value {
        let standing = row.standing;
        let on: Vec<usize> = self.keys.iter().enumerate().filter(|(_, key)| key.is_of(row)).map(|(at, _)| at).collect();
        let problems: Vec<Value> = standing
            .problems
            .iter()
            .map(|unread| json!([self.text(&unread.path), unread.line, self.text(&unread.message)]))
            .collect();
        json!([
            standing.repository,
            standing.url.as_deref().filter(|url| is_web(url)),
            standing.commit,
            [row.state.id(), row.until, row.behind, row.advisories, row.todo, row.check, row.effort],
            on,
            standing.stands.iter().map(|stand| self.stand(stand)).collect::<Vec<_>>(),
            self.findings_of(standing),
            standing.guides.iter().map(|guide| self.guide(&guide.title, &guide.url)).collect::<Vec<_>>(),
            problems,
            self.maybe(standing.error.as_deref()),
        ])
    }

    fn stand(&mut self, stand: &'a Stand) -> Value {
        let advisories: Vec<usize> = stand.advisories.iter().map(|id| self.text(id)).collect();
        let shared = json!([
            self.text(&stand.product),
            self.text(&stand.package),
            self.maybe(stand.version.as_deref()),
            self.maybe(stand.framework.as_deref()),
            self.maybe(stand.line.as_deref()),
            self.maybe(stand.newest.as_deref()),
            stand.behind,
            state_of(stand, self.portfolio).id(),
            stand.end_of_support,
            advisories,
            self.text(&stand.generation),
        ]);
        json!([self.stands.number(shared), self.text(&stand.path), self.text(&stand.file), stand.at])
    }

    fn guide(&mut self, title: &'a str, url: &'a str) -> usize {
        let value = json!([self.text(title), is_web(url).then_some(url)]);
        self.guides.number(value)
    }

    /// Numbers of findings; a negative number -n-1 says that n things were searched for those that follow.
    fn findings_of(&mut self, standing: &'a Standing) -> Vec<i64> {
        let mut found = Vec::new();
        let mut searched = None;
        for finding in &standing.findings {
            let shown = self.detail.settled || matches!(finding.status, Status::Todo | Status::Check);
            if !shown {
                continue;
            }
            let (count, rest) = counted(&finding.searched);
            if count.is_some() && count != searched {
                searched = count;
                found.push(-i64::from(count.unwrap_or_default()) - 1);
            }
            let number = self.finding(finding, rest);
            found.push(i64::try_from(number).unwrap_or(i64::MAX));
        }
        found
    }

    fn finding(&mut self, finding: &'a Finding, searched: &'a str) -> usize {
        let places: Vec<Value> =
            finding.places.iter().take(self.detail.places).map(|place| self.place(place)).collect();
        let commands: Vec<usize> = finding.commands.iter().map(|command| self.text(command)).collect();
        let rule = json!([
            self.text(&finding.rule),
            finding.kind,
            self.maybe(finding.context.as_deref()),
            self.text(&finding.title),
            self.text(&finding.advice),
            self.maybe(finding.url.as_deref().filter(|url| is_web(url))),
            commands,
            self.text(searched),
        ]);
        let value = json!([self.rules.number(rule), finding.status, finding.places.len(), places]);
        self.findings.number(value)
    }

    fn place(&mut self, place: &'a Sighting) -> Value {
        json!([self.text(&place.path), place.line, self.text(&place.saw)])
    }
}

/// Addresses that may become links.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The number that `412 C# files for …` starts with, and the rest with its space: the rest is the same for many repositories.
fn counted(searched: &str) -> (Option<u32>, &str) {
    let digits = searched.find(|c: char| !c.is_ascii_digit()).unwrap_or_default();
    match searched.split_at_checked(digits) {
        Some((count, rest)) if rest.starts_with(' ') && !count.is_empty() => match count.parse() {
            Ok(count) => (Some(count), rest),
            Err(_) => (None, searched),
        },
        _ => (None, searched),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_is_split_after_its_count() {
        #[track_caller]
        fn case(searched: &str, count: Option<u32>, rest: &str) {
            assert_eq!(counted(searched), (count, rest));
        }
        case("412 C# files for `A`", Some(412), " C# files for `A`");
        case("the versions of both sides", None, "the versions of both sides");
        case("412", None, "412");
        case("4K files", None, "4K files");
        case("99999999999 files", None, "99999999999 files");
        case("", None, "");
    }
}

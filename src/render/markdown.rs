//! Markdown that raw text cannot reach: the only way into a comment, a summary or a check run.
//!
//! Paths, ids, versions, property values and branch names are written by strangers: they become code spans, in which nobody is
//! mentioned, nothing links and no HTML lives. GitHub looks for mentions after entities are decoded, so escaping alone would not do.
//! Sentences of the rulebook keep their code spans and emphasis and nothing else. Only `&'static str` goes in as it is.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a path keeps in an address.
pub(super) const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The longest piece of foreign text that is shown, in characters.
const LONGEST: usize = 200;

/// Growing Markdown text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown(String);

impl Markdown {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds Markdown of our own.
    pub fn ours(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// Adds a number.
    pub fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Adds what was built elsewhere.
    pub fn add(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds foreign text as a code span. Safe in table cells and link labels as well.
    pub fn code(&mut self, foreign: &str) -> &mut Self {
        let text = harmless(foreign).replace('|', "¦");
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let fence = "`".repeat(longest + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
        for part in [fence.as_str(), pad, text.as_str(), pad, fence.as_str()] {
            self.0.push_str(part);
        }
        self
    }

    /// Adds a sentence of the rulebook: code spans and emphasis stay; HTML, mentions, references, links and images cannot arise,
    /// because a team's own rules are as foreign as its paths.
    pub fn prose(&mut self, sentence: &str) -> &mut Self {
        let text = one_line(sentence);
        let mut parts = text.split('`').peekable();
        let mut code = false;
        while let Some(part) = parts.next() {
            if code && parts.peek().is_some() {
                self.code(part);
            } else {
                self.words(part);
            }
            code = !code;
        }
        self
    }

    fn words(&mut self, text: &str) {
        let text = text.replace("://", ": //").replace("www.", "www .");
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let named = characters.peek().is_some_and(|next| next.is_alphanumeric());
            match character {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                // `&commat;` would be a mention.
                '&' if named => self.0.push_str("&amp;"),
                // Apart from the name that follows, neither mentions nor refers.
                '@' if named => self.0.push_str("`@`"),
                '#' if named => self.0.push_str("`#`"),
                '[' | ']' | '|' | '!' | '\\' | '~' => self.0.extend(['\\', character]),
                _ => self.0.push(character),
            }
        }
    }

    /// Adds a link. The label is Markdown; an address that is not plainly one leaves the label alone.
    pub fn link(&mut self, label: &Self, address: &str) -> &mut Self {
        let plain = address.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c));
        if plain && (address.starts_with("https://") || address.starts_with("http://")) {
            // Writing to a String cannot fail.
            write!(self.0, "[{}]({address})", label.0).ok();
        } else {
            self.add(label);
        }
        self
    }

    /// Adds a fenced block of shell commands; whoever built them has quoted the foreign words in them.
    pub fn shell(&mut self, commands: &[String], indent: &'static str) -> &mut Self {
        writeln!(self.0, "{indent}```sh").ok();
        for command in commands {
            writeln!(self.0, "{indent}{}", one_line(command).replace("```", "")).ok();
        }
        writeln!(self.0, "{indent}```").ok();
        self
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A path for an address, percent-encoded.
pub fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// An address of a line in a file: `base/path#L12`, with the path percent-encoded; line 0 is the file.
pub fn permalink(base: &str, path: &str, line: u32) -> String {
    let anchor = if line == 0 { String::new() } else { format!("#L{line}") };
    format!("{}/{}{anchor}", base.trim_end_matches('/'), encoded(path))
}

/// On one line, without control characters, bidirectional overrides and zero-width characters.
pub fn one_line(text: &str) -> String {
    let shown = |c: char| if c.is_whitespace() || c.is_control() { ' ' } else { c };
    let hidden = |c: &char| matches!(*c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    text.chars().filter(|c| !hidden(c)).map(shown).collect()
}

fn harmless(foreign: &str) -> String {
    let text = one_line(foreign);
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(build: impl Fn(&mut Markdown) -> &mut Markdown) -> String {
        build(&mut Markdown::new()).as_str().to_owned()
    }

    #[test]
    fn code_spans_hold_what_they_are_given() {
        #[track_caller]
        fn case(foreign: &str, expected: &str) {
            assert_eq!(built(|it| it.code(foreign)), expected);
        }
        case("a", "`a`");
        case("a`b", "``a`b``");
        case("`", "`` ` ``");
        case("a|b\nc", "`a¦b c`");
        case("\u{202E}x", "`x`");
        case("<!-- identityserver-upgrade", "`<!-- identityserver-upgrade`");
    }

    #[test]
    fn prose_keeps_code_and_disarms_the_rest() {
        #[track_caller]
        fn case(sentence: &str, expected: &str) {
            assert_eq!(built(|it| it.prose(sentence)), expected);
        }
        case("Use `ICache<T>` *now*.", "Use `ICache<T>` *now*.");
        case("a lone ` tick", "a lone  tick");
        case("R & D &commat;team", "R & D &amp;commat;team");
        case("@team <b> #12", "`@`team &lt;b&gt; `#`12");
        case("![x](https://a.b)", "\\!\\[x\\](https: //a.b)");
    }

    #[test]
    fn links_are_plain_addresses_or_nothing() {
        #[track_caller]
        fn case(address: &str, expected: &str) {
            let label = Markdown("x".into());
            assert_eq!(built(|it| it.link(&label, address)), expected);
        }
        case("https://a.b/c#d", "[x](https://a.b/c#d)");
        case("javascript:alert(1)", "x");
        case("https://a.b/)[", "x");
        let address = permalink("https://g/o/r/blob/s", "a b/(c)@d.cs", 3);
        assert_eq!(address, "https://g/o/r/blob/s/a%20b/%28c%29%40d.cs#L3");
    }
}

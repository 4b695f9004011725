//! The words of a condition.

use super::Allowed;
use crate::inventory::msbuild::value::Fault;

/// A word of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `!`
    Not,
    /// `and`
    And,
    /// `or`
    Or,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`
    Relation(Relation),
    /// A name with a parenthesis behind it.
    Function(String),
    /// A number as written.
    Number(String),
    /// A property with spaces in its name, on which versions of MSBuild differ.
    Untold,
    /// A string, or a property, item list or metadatum; with what may be expanded in it.
    Text(String),
    /// The end.
    End,
}

/// A relation of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Reads words one by one.
#[derive(Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    allowed: Allowed,
}

impl<'a> Scanner<'a> {
    /// A scanner at the beginning of `text`.
    pub fn new(text: &'a str, allowed: Allowed) -> Self {
        Self { text, at: 0, allowed }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|other| !wanted(other)).unwrap_or(rest.len());
    }

    fn from(&self, start: usize) -> String {
        self.text.get(start..self.at).unwrap_or_default().to_owned()
    }

    fn fault<T>(&self, code: &'static str, detail: &str) -> Result<T, Fault> {
        Err(Fault::new(code, format!("the condition `{}` {detail}", self.text)))
    }

    /// The next word.
    pub fn next(&mut self) -> Result<Token, Fault> {
        self.skip(char::is_whitespace);
        let Some(first) = self.peek() else { return Ok(Token::End) };
        let second = self.rest().chars().nth(1);
        let relation = |relation| Token::Relation(relation);
        let (token, length) = match (first, second) {
            (',', _) => (Token::Comma, 1),
            ('(', _) => (Token::Open, 1),
            (')', _) => (Token::Close, 1),
            ('!', Some('=')) => (relation(Relation::NotEqual), 2),
            ('!', _) => (Token::Not, 1),
            ('<', Some('=')) => (relation(Relation::LessOrEqual), 2),
            ('<', _) => (relation(Relation::Less), 1),
            ('>', Some('=')) => (relation(Relation::GreaterOrEqual), 2),
            ('>', _) => (relation(Relation::Greater), 1),
            ('=', Some('=')) => (relation(Relation::Equal), 2),
            ('=', _) => return self.fault("MSB4105", "holds a single `=`"),
            ('$', _) => return self.property(),
            ('%', _) => return self.metadata(),
            ('@', _) => return self.items(),
            ('\'', _) => return self.quoted(),
            ('+' | '-' | '.', _) => return Ok(self.number()),
            (other, _) if other.is_ascii_digit() => return Ok(self.number()),
            (other, _) if other.is_alphabetic() || other == '_' => return Ok(self.word()),
            (other, _) => return self.fault("MSB4090", &format!("holds an unexpected `{other}`")),
        };
        self.at += length;
        Ok(token)
    }

    fn property(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        self.at += 1;
        if self.peek() != Some('(') {
            return self.fault("MSB4109", "holds a `$` without parenthesis");
        }
        let (mut open, mut spaces, mut others) = (0_u32, false, false);
        for (offset, character) in self.rest().char_indices() {
            match character {
                '(' => open += 1,
                ')' => open -= 1,
                other if other.is_whitespace() => spaces = true,
                other if !other.is_alphanumeric() && !"_-".contains(other) => others = true,
                _ => {}
            }
            if open == 0 {
                self.at += offset + 1;
                if spaces && !others {
                    return Ok(Token::Untold);
                }
                return Ok(Token::Text(self.from(start)));
            }
        }
        self.fault("MSB4109", "holds a `$(` that is not closed")
    }

    fn metadata(&mut self) -> Result<Token, Fault> {
        if self.allowed != Allowed::All {
            return self.fault("MSB4191", "uses metadata, which has no value here");
        }
        let start = self.at;
        match self.rest().find(')') {
            Some(end) if self.rest().starts_with("%(") => {
                self.at += end + 1;
                Ok(Token::Text(self.from(start)))
            }
            _ => self.fault("MSB4110", "holds a `%` without name"),
        }
    }

    fn items(&mut self) -> Result<Token, Fault> {
        if self.allowed == Allowed::Properties && self.rest().starts_with("@(") {
            return self.fault("MSB4099", "uses items, which have no value here");
        }
        let start = self.at;
        self.skip_items()?;
        Ok(Token::Text(self.from(start)))
    }

    /// Steps over `@(…)`, whose parts may be quoted.
    fn skip_items(&mut self) -> Result<(), Fault> {
        if !self.rest().starts_with("@(") {
            return self.fault("MSB4106", "holds an `@` without parenthesis");
        }
        self.at += 2;
        let (mut open, mut in_quotes) = (0_u32, false);
        for (offset, byte) in self.rest().bytes().enumerate() {
            match byte {
                b'\'' => in_quotes = !in_quotes,
                b'(' if !in_quotes => open += 1,
                b')' if !in_quotes && open == 0 => {
                    self.at += offset + 1;
                    return Ok(());
                }
                b')' if !in_quotes => open -= 1,
                _ => {}
            }
        }
        self.fault("MSB4106", "holds an `@(` that is not closed")
    }

    fn quoted(&mut self) -> Result<Token, Fault> {
        self.at += 1;
        let start = self.at;
        while let Some(character) = self.peek() {
            let rest = self.rest();
            if character == '\'' {
                let text = self.from(start);
                self.at += 1;
                return Ok(Token::Text(text));
            }
            if rest.starts_with("%(") && self.allowed != Allowed::All {
                return self.fault("MSB4191", "uses metadata, which has no value here");
            }
            if rest.starts_with("@(") {
                if self.allowed == Allowed::Properties {
                    return self.fault("MSB4099", "uses items, which have no value here");
                }
                self.skip_items()?;
            } else {
                self.at += character.len_utf8();
            }
        }
        self.fault("MSB4101", "holds a quote that is not closed")
    }

    fn number(&mut self) -> Token {
        let start = self.at;
        let lower = self.rest().get(..2).unwrap_or_default().to_ascii_lowercase();
        if lower == "0x" && self.rest().len() > 2 {
            self.at += 2;
            self.skip(|other| other.is_ascii_hexdigit());
            return Token::Number(self.from(start));
        }
        if self.rest().starts_with(['+', '-']) {
            self.at += 1;
        }
        loop {
            self.skip(|other| other.is_ascii_digit());
            if self.peek() != Some('.') {
                return Token::Number(self.from(start));
            }
            self.at += 1;
        }
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        self.skip(|other| other.is_alphanumeric() || other == '_');
        let word = self.from(start);
        if word.eq_ignore_ascii_case("and") {
            return Token::And;
        }
        if word.eq_ignore_ascii_case("or") {
            return Token::Or;
        }
        self.skip(char::is_whitespace);
        if self.peek() == Some('(') { Token::Function(word) } else { Token::Text(word) }
    }
}

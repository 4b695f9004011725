//! Words, symbols and texts of SQL, outside comments.

/// A piece of a script.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// The word without its quotes, the symbol, or what stands between the quotes of a text.
    pub(super) text: &'a str,
    /// 1-based line.
    pub(super) line: u32,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a plain name.
    Word,
    /// `[a]`, `"a"` or `` `a` ``: a name, whatever it says.
    Quoted,
    /// `'a'` or `N'a'`.
    Text,
    /// One character.
    Symbol,
}

impl Token<'_> {
    /// Whether it may be the name of something.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }

    /// Whether it is this keyword.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this symbol.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

/// The pieces of a script that starts on a line.
pub(super) fn tokens(text: &str, mut line: u32) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, token) = piece(rest, first);
        if let Some((text, kind)) = token {
            tokens.push(Token { text, line, kind });
        }
        let (read, left) = rest.split_at(length.max(1).min(rest.len()));
        line = line.saturating_add(u32::try_from(read.matches('\n').count()).unwrap_or(0));
        rest = left;
    }
    tokens
}

/// The length of the piece at the start of a text, and what it is; blanks and comments are nothing.
fn piece(rest: &str, first: char) -> (usize, Option<(&str, Kind)>) {
    match first {
        '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
        '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), None),
        '\'' => quoted(rest, 0, '\'', Kind::Text),
        'N' | 'n' if rest.get(1..).is_some_and(|rest| rest.starts_with('\'')) => quoted(rest, 1, '\'', Kind::Text),
        '[' => quoted(rest, 0, ']', Kind::Quoted),
        '"' | '`' => quoted(rest, 0, first, Kind::Quoted),
        _ if first.is_alphabetic() || first == '_' => {
            let inside = |character: char| character.is_alphanumeric() || "_$".contains(character);
            let length = rest.find(|character| !inside(character)).unwrap_or(rest.len());
            (length, rest.get(..length).map(|word| (word, Kind::Word)))
        }
        _ if first.is_whitespace() => (first.len_utf8(), None),
        _ => (first.len_utf8(), rest.get(..first.len_utf8()).map(|symbol| (symbol, Kind::Symbol))),
    }
}

/// A quoted piece whose opening quote stands at a position; to the end when it does not close. A doubled quote is inside.
fn quoted(text: &str, open: usize, close: char, kind: Kind) -> (usize, Option<(&str, Kind)>) {
    let from = open + 1;
    let mut end = from;
    let mut length = text.len();
    while let Some(at) = text.get(end..).and_then(|rest| rest.find(close)).map(|at| end + at) {
        if text.get(at + 1..).is_some_and(|rest| rest.starts_with(close)) {
            end = at + 2;
            continue;
        }
        length = at + 1;
        break;
    }
    let inner = text.get(from..length.saturating_sub(1).max(from));
    (length, inner.map(|inner| (inner, kind)))
}

//! SQL scripts: the tables and columns that `CREATE TABLE` and `ALTER TABLE … ADD` name, in any dialect.
//!
//! A second witness: scripts may never have run, so what they name is told and never proves anything done.

/// Most names that one script is asked for; beyond that it is a dump, not a migration.
const MAX_NAMES: usize = 5_000;

/// A column that a script makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Table, without schema.
    pub table: String,
    /// Column; `None` for the table itself.
    pub column: Option<String>,
    /// 1-based line.
    pub line: u32,
}

struct Token<'a> {
    text: &'a str,
    line: u32,
    name: bool,
}

/// The tables and columns that a script makes, in order.
pub fn read(text: &str) -> Vec<Made> {
    let tokens = tokens(text);
    let mut made = Vec::new();
    let mut at = 0;
    while at < tokens.len() && made.len() < MAX_NAMES {
        at = if word(&tokens, at, "create") && word(&tokens, at + 1, "table") {
            create(&tokens, at + 2, &mut made)
        } else if word(&tokens, at, "alter") && word(&tokens, at + 1, "table") {
            alter(&tokens, at + 2, &mut made)
        } else {
            at + 1
        };
    }
    made
}

fn word(tokens: &[Token<'_>], at: usize, expected: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.name && token.text.eq_ignore_ascii_case(expected))
}

fn symbol(tokens: &[Token<'_>], at: usize, expected: &str) -> bool {
    tokens.get(at).is_some_and(|token| !token.name && token.text == expected)
}

/// `[schema].[Table]` from `at`: the table, its line and the index after it.
fn table<'a>(tokens: &[Token<'a>], mut at: usize) -> Option<(&'a str, u32, usize)> {
    for skipped in ["if", "not", "exists", "only"] {
        at += usize::from(word(tokens, at, skipped));
    }
    let mut found = tokens.get(at).filter(|token| token.name)?;
    at += 1;
    while symbol(tokens, at, ".") {
        found = tokens.get(at + 1).filter(|token| token.name)?;
        at += 2;
    }
    Some((found.text, found.line, at))
}

fn create(tokens: &[Token<'_>], at: usize, made: &mut Vec<Made>) -> usize {
    let Some((name, line, mut at)) = table(tokens, at) else { return at };
    made.push(Made { table: name.to_owned(), column: None, line });
    if !symbol(tokens, at, "(") {
        return at;
    }
    let mut depth = 0_usize;
    let mut starts = false;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "(" if !token.name => {
                depth += 1;
                starts = depth == 1;
            }
            ")" if !token.name => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            "," if depth == 1 => starts = true,
            text => {
                if starts && token.name && !is_constraint(text) {
                    made.push(Made { table: name.to_owned(), column: Some(text.to_owned()), line: token.line });
                }
                starts = false;
            }
        }
        at += 1;
    }
    at
}

fn is_constraint(word: &str) -> bool {
    ["constraint", "primary", "foreign", "unique", "index", "key", "check"]
        .iter()
        .any(|it| word.eq_ignore_ascii_case(it))
}

/// `ALTER TABLE t ADD [COLUMN] a int, [ADD] b int;`
fn alter(tokens: &[Token<'_>], at: usize, made: &mut Vec<Made>) -> usize {
    let Some((name, _, mut at)) = table(tokens, at) else { return at };
    if !word(tokens, at, "add") {
        return at;
    }
    let mut starts = true;
    let mut depth = 0_usize;
    at += 1;
    while let Some(token) = tokens.get(at) {
        let skipped = ["add", "column", "if", "not", "exists"].iter().any(|it| word(tokens, at, it));
        match token.text {
            ";" if !token.name => return at + 1,
            "(" if !token.name => depth += 1,
            ")" if !token.name => depth = depth.saturating_sub(1),
            "," if depth == 0 => starts = true,
            _ if word(tokens, at, "go") || word(tokens, at, "alter") || word(tokens, at, "create") => return at,
            _ if starts && skipped => {}
            text => {
                if starts && token.name && !is_constraint(text) {
                    made.push(Made { table: name.to_owned(), column: Some(text.to_owned()), line: token.line });
                }
                starts = false;
            }
        }
        at += 1;
    }
    at
}

/// Words and symbols outside comments and strings. `[a]`, `"a"` and `` `a` `` are names.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, token) = match first {
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
            '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), None),
            '\'' => (quoted(rest, '\''), None),
            '[' | '"' | '`' => {
                let close = if first == '[' { ']' } else { first };
                let length = quoted(rest, close);
                (length, rest.get(1..length.saturating_sub(1)).map(|name| (name, true)))
            }
            _ if first.is_alphabetic() || first == '_' => {
                let inside = |character: char| character.is_alphanumeric() || "_$".contains(character);
                let length = rest.find(|character| !inside(character)).unwrap_or(rest.len());
                (length, rest.get(..length).map(|name| (name, true)))
            }
            _ if first.is_whitespace() => (first.len_utf8(), None),
            _ => (first.len_utf8(), rest.get(..first.len_utf8()).map(|symbol| (symbol, false))),
        };
        if let Some((text, name)) = token {
            tokens.push(Token { text, line, name });
        }
        let (read, left) = rest.split_at(length.max(1).min(rest.len()));
        line += u32::try_from(read.matches('\n').count()).unwrap_or(0);
        rest = left;
    }
    tokens
}

/// Length of a quoted text with its quotes; to the end when it does not close.
fn quoted(text: &str, close: char) -> usize {
    text.char_indices().skip(1).find(|(_, character)| *character == close).map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let found: Vec<String> = read(text)
            .into_iter()
            .map(|it| format!("{}{}@{}", it.table, it.column.map(|it| format!(".{it}")).unwrap_or_default(), it.line))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_what_scripts_make() {
        case(
            "CREATE TABLE [dbo].[T] (\n [Id] int NOT NULL IDENTITY(1, 1),\n [A] decimal(1, 2),\n CONSTRAINT x PRIMARY KEY ([Id])\n);",
            &["T@1", "T.Id@2", "T.A@3"],
        );
        case("alter table \"S\".\"T\" add column \"A\" int, add column b text; x", &["T.A@1", "T.b@1"]);
        case("ALTER TABLE `T` ADD `A` int NULL, `B` bit\nGO", &["T.A@1", "T.B@1"]);
        case("ALTER TABLE T ADD CONSTRAINT pk PRIMARY KEY (Id);", &[]);
        case("-- CREATE TABLE A (b int)\n/* ALTER TABLE A ADD b int */ SELECT 'CREATE TABLE A (b int)'", &[]);
        case("CREATE TABLE IF NOT EXISTS t (a int)", &["t@1", "t.a@1"]);
        case("CREATE TABLE", &[]);
        case("CREATE TABLE t (((", &["t@1"]);
        case("ALTER TABLE [T", &[]);
        case("€ [é", &[]);
    }
}

//! The statements of a script that make, change and drop tables.

use super::token::{Kind, Token, tokens};
use super::{Act, MAX_STEPS, Step};

/// How deep texts that are executed may nest.
const MAX_DEPTH: u32 = 3;

/// Words that start what is no column in the parentheses of a table.
const CONSTRAINTS: [&str; 12] = [
    "constraint",
    "primary",
    "foreign",
    "unique",
    "index",
    "key",
    "check",
    "exclude",
    "fulltext",
    "spatial",
    "period",
    "like",
];

/// Words that start another statement where no semicolon ends the one before.
const STARTS: [&str; 16] = [
    "go", "alter", "create", "drop", "exec", "execute", "insert", "select", "print", "declare", "begin", "end",
    "grant", "commit", "merge", "truncate",
];

/// Words that start another clause of `ALTER TABLE` behind a comma.
const CLAUSES: [&str; 7] = ["add", "drop", "rename", "change", "modify", "alter", "with"];

struct Reader<'a, 's> {
    tokens: Vec<Token<'a>>,
    depth: u32,
    steps: &'s mut Vec<Step>,
}

/// Adds what the statements of a text do.
pub(super) fn read(text: &str, line: u32, depth: u32, steps: &mut Vec<Step>) {
    let mut reader = Reader { tokens: tokens(text, line), depth, steps };
    let mut at = 0;
    while at < reader.tokens.len() && reader.steps.len() < MAX_STEPS {
        at = reader.statement(at).max(at + 1);
    }
}

impl<'a> Reader<'a, '_> {
    fn word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word(word))
    }

    fn any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.word(at, word))
    }

    fn symbol(&self, at: usize, symbol: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_symbol(symbol))
    }

    fn name(&self, at: usize) -> Option<Token<'a>> {
        self.tokens.get(at).copied().filter(Token::is_name)
    }

    /// The position behind any of these words.
    fn skip(&self, mut at: usize, words: &[&str]) -> usize {
        while self.any(at, words) {
            at += 1;
        }
        at
    }

    fn push(&mut self, table: Token<'_>, line: u32, act: Act) {
        self.steps.push(Step { table: table.text.to_owned(), line, act });
    }

    /// The statement at a position; the position behind it, or the same when there is none.
    fn statement(&mut self, at: usize) -> usize {
        if self.word(at, "create") {
            self.create(at + 1)
        } else if self.any(at, &["alter", "drop", "rename"]) && self.word(at + 1, "table") {
            match self.tokens.get(at).map(|token| token.text.to_ascii_lowercase()).as_deref() {
                Some("alter") => self.alter(at + 2),
                Some("drop") => self.drop_tables(at + 2),
                _ => self.rename_tables(at + 2),
            }
        } else if self.word(at, "sp_rename") {
            self.sp_rename(at + 1)
        } else if self.any(at, &["exec", "execute"]) {
            self.execute(at + 1)
        } else {
            at
        }
    }

    /// `[schema].[Table]` from a position: the table and the position behind it.
    fn table(&self, at: usize) -> Option<(Token<'a>, usize)> {
        let mut at = self.skip(at, &["if", "not", "exists", "only"]);
        let mut found = self.name(at)?;
        at += 1;
        while self.symbol(at, ".") {
            // `db..T` leaves the schema out.
            at = if self.symbol(at + 1, ".") { at + 1 } else { at };
            found = self.name(at + 1)?;
            at += 2;
        }
        Some((found, at))
    }

    fn create(&mut self, at: usize) -> usize {
        let passing = ["temp", "temporary"];
        let start = self.skip(at, &["or", "replace", "global", "local", "unlogged"]);
        let kept = self.skip(start, &passing);
        let Some((name, mut at)) = Some(kept).filter(|at| self.word(*at, "table")).and_then(|at| self.table(at + 1))
        else {
            return at;
        };
        let mut columns = Vec::new();
        let mut depth = 0_usize;
        let mut starts = false;
        let opens = self.symbol(at, "(");
        while let Some(token) = self.tokens.get(at).copied().filter(|_| opens) {
            at += 1;
            if token.is_symbol("(") {
                depth += 1;
                starts = depth == 1;
            } else if token.is_symbol(")") {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            } else if token.is_symbol(",") && depth == 1 {
                starts = true;
            } else {
                if starts && token.is_name() && !self.is_constraint(at - 1) {
                    columns.push((token.text.to_owned(), token.line));
                }
                starts = false;
            }
        }
        if kept == start {
            self.push(name, name.line, Act::Create(columns));
        }
        at
    }

    /// Whether what starts at a position is no column. `key` and `index` may be the name of one: then a type follows.
    fn is_constraint(&self, at: usize) -> bool {
        if self.any(at, &["key", "index"]) {
            let list = if self.symbol(at + 1, "(") { at + 2 } else { at + 3 };
            let opens = self.symbol(list - 1, "(");
            return opens && self.name(list).is_some_and(|name| !name.is_word("max"));
        }
        self.any(at, &CONSTRAINTS)
    }

    /// `ALTER TABLE t ADD [COLUMN] a int, [ADD] b int, DROP c, RENAME TO u`.
    fn alter(&mut self, at: usize) -> usize {
        let Some((table, mut at)) = self.table(at) else { return at };
        let mut last = at;
        let mut first = true;
        loop {
            let clause = if first || self.any(at, &CLAUSES) { at } else { last };
            let body = if clause == at { at + 1 } else { at };
            last = clause;
            first = false;
            at = self.clause(table, clause, body);
            while !self.symbol(at, ",") {
                let Some(token) = self.tokens.get(at) else { return at };
                if token.is_symbol(";") {
                    return at + 1;
                }
                if self.any(at, &STARTS) {
                    return at;
                }
                if self.word(at, "add") {
                    break;
                }
                at = if token.is_symbol("(") { self.behind(at) } else { at + 1 };
            }
            at += usize::from(self.symbol(at, ","));
        }
    }

    /// The position behind the parenthesis that opens at one.
    fn behind(&self, mut at: usize) -> usize {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(at) {
            at += 1;
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
        }
        at
    }

    /// One clause of `ALTER TABLE`: its word stands at `clause`, what it is about from `at` on. The position to go on from.
    fn clause(&mut self, table: Token<'_>, clause: usize, at: usize) -> usize {
        if self.word(clause, "add") {
            self.add(table, at)
        } else if self.word(clause, "drop") {
            let at = self.skip(at, &["column", "if", "exists"]);
            let Some(name) = self.name(at).filter(|_| !self.any(at, &CONSTRAINTS)) else { return at };
            self.push(table, name.line, Act::Remove(name.text.to_owned()));
            at + 1
        } else if self.word(clause, "rename") {
            let column = self.skip(at, &["column"]);
            let renamed = (self.name(column), self.name(column + 2));
            if let (Some(from), Some(to), true) = (renamed.0, renamed.1, self.word(column + 1, "to")) {
                self.push(table, from.line, Act::RenameColumn(from.text.to_owned(), to.text.to_owned()));
                return column + 3;
            }
            let whole = self.skip(at, &["to", "as"]);
            let Some(to) = self.name(whole).filter(|_| whole > at) else { return at };
            self.push(table, to.line, Act::Rename(to.text.to_owned()));
            whole + 1
        } else if self.word(clause, "change") {
            let at = self.skip(at, &["column"]);
            let (Some(from), Some(to)) = (self.name(at), self.name(at + 1)) else { return at };
            self.push(table, from.line, Act::RenameColumn(from.text.to_owned(), to.text.to_owned()));
            at + 2
        } else if self.any(clause, &["with", "alter"]) && self.word(at + 1, "add") {
            at + 1
        } else {
            at
        }
    }

    /// What is added: one column, or a list of them in parentheses.
    fn add(&mut self, table: Token<'_>, at: usize) -> usize {
        let mut at = self.skip(at, &["column", "if", "not", "exists"]);
        if !self.symbol(at, "(") {
            return self.added(table, at);
        }
        let end = self.behind(at);
        at += 1;
        while at < end {
            at = self.added(table, at);
            while at < end && !self.symbol(at, ",") {
                at = if self.symbol(at, "(") { self.behind(at) } else { at + 1 };
            }
            at += 1;
        }
        end
    }

    fn added(&mut self, table: Token<'_>, at: usize) -> usize {
        match self.name(at) {
            Some(name) if !self.is_constraint(at) => {
                self.push(table, name.line, Act::Add(name.text.to_owned()));
                at + 1
            }
            _ => at,
        }
    }

    fn drop_tables(&mut self, mut at: usize) -> usize {
        while let Some((table, next)) = self.table(at) {
            self.push(table, table.line, Act::Drop);
            at = next;
            if !self.symbol(at, ",") {
                break;
            }
            at += 1;
        }
        at
    }

    fn rename_tables(&mut self, mut at: usize) -> usize {
        while let Some((table, next)) = self.table(at).filter(|(_, next)| self.word(*next, "to")) {
            let Some((to, next)) = self.table(next + 1) else { return next };
            self.push(table, table.line, Act::Rename(to.text.to_owned()));
            at = next;
            if !self.symbol(at, ",") {
                break;
            }
            at += 1;
        }
        at
    }

    /// `sp_rename 'dbo.T.A', 'B', 'COLUMN'`, with or without the names of its parameters.
    fn sp_rename(&mut self, from: usize) -> usize {
        let mut texts: Vec<Token<'a>> = Vec::new();
        let mut at = from;
        while let Some(token) = self.tokens.get(at).filter(|_| texts.len() < 3) {
            match token.kind {
                Kind::Text => texts.push(*token),
                Kind::Symbol if [",", "@", "=", "("].contains(&token.text) => {}
                Kind::Word if self.symbol(at.saturating_sub(1), "@") => {}
                _ => break,
            }
            at += 1;
        }
        let [old, new, kind @ ..] = texts.as_slice() else { return at };
        let is = |word: &str| kind.first().is_some_and(|kind| kind.text.eq_ignore_ascii_case(word));
        let parts: Vec<Token<'_>> = tokens(old.text, old.line).into_iter().filter(Token::is_name).collect();
        let act = match parts.as_slice() {
            [.., table, column] if is("column") => {
                Some((*table, Act::RenameColumn(column.text.to_owned(), new.text.to_owned())))
            }
            [.., table] if !is("index") => Some((*table, Act::Rename(new.text.to_owned()))),
            _ => None,
        };
        if let Some((table, act)) = act {
            self.push(table, old.line, act);
        }
        at
    }

    /// `EXEC(N'…')` and `EXEC sp_executesql N'…'`: what the text does.
    fn execute(&mut self, from: usize) -> usize {
        let at = self.skip(from, &["sp_executesql", "immediate"]);
        let at = at + usize::from(self.symbol(at, "("));
        let Some(token) = self.tokens.get(at).copied().filter(|token| token.kind == Kind::Text) else { return from };
        if self.depth < MAX_DEPTH {
            read(&token.text.replace("''", "'"), token.line, self.depth + 1, self.steps);
        }
        at + 1
    }
}

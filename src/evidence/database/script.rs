//! SQL scripts: what they make of tables and columns, in any dialect.
//!
//! `CREATE`, `ALTER`, `DROP` and `RENAME TABLE`, and `sp_rename`; also inside procedures, blocks and texts that are executed.
//! Ways back (`U1__x.sql`, `x.down.sql`, what follows `-- migrate:down`) say nothing of where a database stands.

mod statement;
mod token;

/// Most statements that one script is asked for; beyond that it is a dump, not a migration.
const MAX_STEPS: usize = 5_000;

/// Lines from which on a script says how to undo it.
const WAY_BACK: [&str; 4] = ["-- migrate:down", "-- +goose down", "--//@undo", "-- //@undo"];

/// What a script does to one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Table, without schema.
    pub table: String,
    /// 1-based line.
    pub line: u32,
    /// What happens.
    pub act: Act,
}

/// What happens to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It is made, with these columns and their lines.
    Create(Vec<(String, u32)>),
    /// It goes.
    Drop,
    /// It gets another name.
    Rename(String),
    /// A column comes.
    Add(String),
    /// A column goes.
    Remove(String),
    /// A column gets another name.
    RenameColumn(String, String),
}

impl Step {
    /// The line on which it makes a table, or a column of it; names are compared as `same` does.
    pub fn makes(&self, column: Option<&str>, same: impl Fn(&str, &str) -> bool) -> Option<u32> {
        match (&self.act, column) {
            (Act::Create(_), None) => Some(self.line),
            (Act::Create(columns), Some(wanted)) => {
                columns.iter().find(|(own, _)| same(own, wanted)).map(|(_, line)| *line)
            }
            (Act::Add(own) | Act::RenameColumn(_, own), Some(wanted)) => same(own, wanted).then_some(self.line),
            _ => None,
        }
    }
}

/// What a script does, in order; nothing when it is a way back.
pub fn read(path: &str, text: &str) -> Vec<Step> {
    if is_way_back(path) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    statement::read(way_up(text), 1, 0, &mut steps);
    steps
}

/// Whether the name of a script says that it undoes another.
fn is_way_back(path: &str) -> bool {
    let name = crate::tree::file_name(path).to_ascii_lowercase();
    let undo = name
        .strip_prefix('u')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains("__"));
    undo || [".down.sql", ".undo.sql", ".rollback.sql"].iter().any(|ending| name.ends_with(ending))
}

/// The text before the part that undoes it.
fn way_up(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim_start();
        if WAY_BACK.iter().any(|mark| words.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))) {
            return text.get(..at).unwrap_or(text);
        }
        at += line.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(step: Step) -> String {
        let Step { table, line, act } = step;
        match act {
            Act::Create(columns) => {
                let columns: Vec<String> = columns.iter().map(|(name, line)| format!("{name}@{line}")).collect();
                format!("{table}@{line}({})", columns.join(" "))
            }
            Act::Drop => format!("-{table}@{line}"),
            Act::Rename(to) => format!("{table}>{to}@{line}"),
            Act::Add(column) => format!("{table}.{column}@{line}"),
            Act::Remove(column) => format!("-{table}.{column}@{line}"),
            Act::RenameColumn(from, to) => format!("{table}.{from}>{to}@{line}"),
        }
    }

    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        assert_eq!(read("a.sql", text).into_iter().map(told).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn tables_are_made_in_every_dialect() {
        case(
            "CREATE TABLE [dbo].[T] (\n [Id] int NOT NULL IDENTITY(1, 1),\n [Key] decimal(1, 2),\n CONSTRAINT x PRIMARY KEY ([Id])\n);",
            &["T@1(Id@2 Key@3)"],
        );
        case("create table if not exists auth.\"S\"\n(a text primary key, primary key (a))", &["S@1(a@2)"]);
        case("CREATE TABLE `T` (`Key` int, KEY `IX` (`Key`), UNIQUE KEY u (`Key`)) ENGINE=InnoDB;", &["T@1(Key@1)"]);
        case("create table t (key varchar(9) not null, key ix (key), index text)", &["t@1(key@1 index@1)"]);
        case("CREATE GLOBAL TEMPORARY TABLE t (a int); CREATE TABLE #t (a int)", &[]);
        case("CREATE OR REPLACE TABLE t (a int)", &["t@1(a@1)"]);
    }

    #[test]
    fn columns_come_go_and_change_their_names() {
        case("alter table \"S\".\"T\" add column \"A\" int, add column b text; x", &["T.A@1", "T.b@1"]);
        case("ALTER TABLE `T` ADD `A` int NULL, `B` bit\nGO", &["T.A@1", "T.B@1"]);
        case("ALTER TABLE t ADD (a number(1), b varchar2(9))", &["t.a@1", "t.b@1"]);
        case("ALTER TABLE t ADD a int DEFAULT (1), DROP COLUMN IF EXISTS b, ADD c int", &["t.a@1", "-t.b@1", "t.c@1"]);
        case("ALTER TABLE t DROP COLUMN a, b; ALTER TABLE t DROP CONSTRAINT c, PRIMARY KEY", &["-t.a@1", "-t.b@1"]);
        case("ALTER TABLE ONLY t RENAME COLUMN a TO b; alter table t rename c to d", &["t.a>b@1", "t.c>d@1"]);
        case("ALTER TABLE t CHANGE COLUMN a b int, MODIFY c int", &["t.a>b@1"]);
        case("ALTER TABLE T WITH CHECK ADD CONSTRAINT pk PRIMARY KEY (Id)\nALTER TABLE T ALTER COLUMN A bigint", &[]);
        case("ALTER TABLE T ADD A int\nEXEC p 1, x\nALTER TABLE T ADD B int", &["T.A@1", "T.B@3"]);
    }

    #[test]
    fn tables_go_and_change_their_names() {
        case("DROP TABLE IF EXISTS a, [dbo].[b];", &["-a@1", "-b@1"]);
        case("ALTER TABLE a RENAME TO b; RENAME TABLE `c` TO `d`, e TO f", &["a>b@1", "c>d@1", "e>f@1"]);
        case("EXEC sp_rename N'[dbo].[T]', N'U'\nGO\nexec sp_rename 'dbo.T.A', 'B', 'COLUMN';", &["T>U@1", "T.A>B@3"]);
        case("EXEC sp_rename @objname = N'T.IX', @newname = N'IX2', @objtype = N'INDEX'", &[]);
    }

    #[test]
    fn blocks_and_executed_texts_are_read_and_other_texts_are_not() {
        case("IF NOT EXISTS (SELECT 1)\nBEGIN\n ALTER TABLE [T] ADD [A] int;\nEND", &["T.A@3"]);
        case("DO $$ BEGIN\nALTER TABLE \"T\" ADD \"A\" int; END $$;", &["T.A@2"]);
        case("CREATE PROCEDURE p AS\nBEGIN\nALTER TABLE T ADD A int\nEND", &["T.A@3"]);
        case("EXEC(N'ALTER TABLE [T]\n ADD [A] int DEFAULT ''x''');", &["T.A@2"]);
        case("EXEC sp_executesql N'DROP TABLE T'", &["-T@1"]);
        case("-- CREATE TABLE A (b int)\n/* ALTER TABLE A ADD b int */ SELECT 'CREATE TABLE A (b int)'", &[]);
    }

    #[test]
    fn ways_back_say_nothing() {
        case("CREATE TABLE a (b int);\n-- migrate:down\nDROP TABLE a;", &["a@1(b@1)"]);
        case(
            "--liquibase formatted sql\n--changeset x:1\nCREATE TABLE a (b int);\n--rollback DROP TABLE a;",
            &["a@3(b@3)"],
        );
        assert_eq!(read("db/U2__x.sql", "DROP TABLE a"), []);
        assert_eq!(read("db/2_x.down.sql", "DROP TABLE a"), []);
        assert_eq!(read("db/users__x.sql", "DROP TABLE a").len(), 1);
    }

    #[test]
    fn torn_scripts_do_no_harm() {
        case("CREATE TABLE", &[]);
        case("CREATE TABLE t (((", &["t@1()"]);
        for text in
            ["ALTER TABLE [T", "€ [é", "sp_rename", "exec (", "exec(N'", "alter table t rename", "drop table a,", "/* "]
        {
            case(text, if text.starts_with("drop") { &["-a@1"] } else { &[] });
        }
        let whole = "CREATE TABLE [a].[b] (c int, \"d\" text); ALTER TABLE b ADD (e int, f int), DROP g, RENAME h TO i;\
                     EXEC sp_rename N'b.j', 'k', 'COLUMN' EXEC(N'DROP TABLE `l`, m') RENAME TABLE n TO o /* p */ -- q";
        for end in 0..whole.len() {
            read("a.sql", &whole[..end]);
            read("a.sql", &whole[end..]);
        }
        let deep = "EXEC('".repeat(200);
        assert_eq!(read("a.sql", &deep), []);
    }
}

//! Conditions: parsed once, evaluated as often as needed.
//!
//! Surprises, each held by a test below:
//! 1. `and` binds tighter than `or`; `!` binds to the next operand alone (`operators_bind`).
//! 2. A quoted operand ends at the next `'`, even inside `$(…)` (`a_quote_ends_at_the_next_one`).
//! 3. Two numbers compare as numbers; a version of three or more parts makes it a comparison of versions
//!    (`numbers_and_versions_compare`).
//! 4. Nothing behind a decided `and` or `or` is evaluated, but all of it must parse (`stops_where_it_is_decided`).
//! 5. A bare operand that is not a boolean is an error, so an unset `$(X)` alone fails (`a_bare_operand_is_a_boolean`).
//!
//! A condition that depends on what cannot be told is itself unknown, unless the rest decides it.

mod operand;
mod parser;
mod scanner;

use std::sync::Arc;

use crate::inventory::msbuild::context::Context;
use crate::inventory::msbuild::value::Fault;

use parser::Node;

/// What a condition may refer to besides properties, which depends on where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Properties only: outside item groups.
    Properties,
    /// Items too: on an item.
    Items,
    /// Items and metadata: on a metadatum.
    All,
}

/// What came of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be told, for this reason.
    Unknown(Arc<str>),
}

impl From<bool> for Verdict {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A condition, parsed.
#[derive(Debug, Clone)]
pub struct Condition {
    /// `None` for the empty one, which always holds.
    parsed: Result<Option<Node>, Fault>,
}

impl Condition {
    /// Parses a condition. One that is malformed fails when it is evaluated.
    pub fn new(text: &str, allowed: Allowed) -> Self {
        Self { parsed: if text.is_empty() { Ok(None) } else { parser::parse(text, allowed).map(Some) } }
    }

    /// Whether there is none, so that it always holds.
    pub fn is_empty(&self) -> bool {
        matches!(self.parsed, Ok(None))
    }

    /// Whether the condition holds.
    pub fn evaluate(&self, context: &Context<'_>) -> Result<Verdict, Fault> {
        context.scope.budget.spend(0)?;
        match &self.parsed {
            Ok(None) => Ok(Verdict::True),
            Ok(Some(node)) => operand::decide(node, context),
            Err(fault) => Err(fault.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::inventory::msbuild::questions::{Answer, Level, condition};
    use crate::tree::Tree;

    fn ask(text: &str, level: Level) -> Answer<bool> {
        let mut tree = Tree::new();
        tree.insert_text("sub/a.txt", "");
        let props = [("Flag", "on"), ("Text", "it's"), ("Tfm", "net8.0"), ("Now", "$([System.DateTime]::Now)")];
        let props: Vec<_> = props.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        condition(text, &tree, &props, level, &[("Thing".to_owned(), "a;b".to_owned())])
    }

    #[track_caller]
    fn case(text: &str, expected: bool) {
        assert_eq!(ask(text, Level::Property), Answer::Known(expected), "{text}");
    }

    #[track_caller]
    fn fails(text: &str, code: &str) {
        let answer = ask(text, Level::Property);
        assert!(matches!(&answer, Answer::Failed(message) if message.contains(code)), "{text}: {answer:?}");
    }

    #[test]
    fn operators_bind() {
        case("true or false and false", true);
        case("(true or false) and false", false);
        case("!false and true", true);
        case("!(false or true)", false);
        case("!true == false", true);
        case("'a'=='a'and'b'=='b'", true);
    }

    #[test]
    fn a_quote_ends_at_the_next_one() {
        fails("'$(Tfm.Replace('net','x'))' == 'x8.0'", "MSB4092");
        case("'$(Tfm.Replace(`net`, `x`))' == 'x8.0'", true);
        case("$(Tfm.Replace('net','x')) == 'x8.0'", true);
        fails("'a", "MSB4101");
    }

    #[test]
    fn numbers_and_versions_compare() {
        case("'1.10' > '1.9'", false);
        case("'1.10.0' > '1.9.0'", true);
        case("4 == '4.00'", true);
        case("'0x10' == 16", true);
        case("'8.0.0' == '8.0'", false);
        case("'2' >= '2.0.0'", false);
        case("'1.2.3' < '1.2.3.0'", true);
        case("'4294967296' > '1.0.0'", true);
        fails("'1.2.3-beta' > '1.0'", "MSB4086");
        fails("' 4 ' > 1", "MSB4086");
    }

    #[test]
    fn stops_where_it_is_decided() {
        case("true or NoFunc('x')", true);
        case("false and 'a' < 'b'", false);
        fails("true or (", "MSB4092");
        fails("false and NoFunc('x') = 1", "MSB4105");
    }

    #[test]
    fn a_bare_operand_is_a_boolean() {
        case("$(Flag)", true);
        case("!off", true);
        case("'on' == 'YES'", true);
        fails("$(Unset)", "MSB4113");
        fails("1", "MSB4113");
        case("$(Unset) == ''", true);
        fails("  ", "MSB4092");
        case("", true);
    }

    #[test]
    fn files_are_those_of_the_tree() {
        case(r"Exists('sub\a.txt')", true);
        case("Exists('SUB/a.txt')", false);
        case("Exists('sub;sub/a.txt')", true);
        case("Exists('sub;nope')", false);
        case("Exists('')", false);
        case("HasTrailingSlash('a/ ')", true);
        fails("Exists('a', 'b')", "MSB4089");
    }

    #[test]
    fn items_have_their_places() {
        assert_eq!(ask("'@(Thing)' == 'a;b'", Level::Item), Answer::Known(true));
        assert_eq!(ask("'@(Thing, '|')' == 'a|b'", Level::Item), Answer::Known(true));
        fails("'@(Thing)' == ''", "MSB4099");
        fails("'%(Identity)' == ''", "MSB4191");
        assert!(matches!(ask("'%(Identity)' == ''", Level::Item), Answer::Failed(_)));
    }

    #[test]
    fn the_unknown_stays_unknown_unless_the_rest_decides() {
        for text in ["'$(Now)' == 'x'", "$( Flag ) == 'on'", "Exists('sub') == ''"] {
            assert!(matches!(ask(text, Level::Property), Answer::Unknown(_)), "{text}");
        }
        case("'$(Now)' == 'x' and false", false);
        case("'$(Now)' == 'x' or true", true);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in r"(\(|\)|'|==|!=|!|<|>=|and|or| |\$\(|Flag|@\(|%\(|Exists|0x1|1\.2|,|=){0,20}") {
            let _ = ask(&text, Level::Property);
            let _ = ask(&text, Level::Item);
        }
    }
}

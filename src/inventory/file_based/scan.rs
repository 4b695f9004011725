//! Finds the directives of a C# file without compiling it: enough of the language to know where its first token stands, and what is
//! a string or a comment behind it.

/// What stands in a C# file.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// The lines (1-based) of directives, with what follows `#:`.
    pub(super) directives: Vec<(u32, &'a str)>,
    /// The line of the first directive that stands after `#if` or after the first token.
    pub(super) late: Option<u32>,
}

/// Finds the directives of `text`.
pub(super) fn scan(text: &str) -> Found<'_> {
    let mut scan = Scan { text, position: 0, line: 1, fresh: true };
    let mut found = Found::default();
    let mut late = false;
    while let Some(byte) = scan.peek(0) {
        match (byte, scan.peek(1)) {
            (b'#', _) if scan.fresh => {
                let (line, content) = (scan.line, scan.rest_of_line());
                match content.strip_prefix("#:") {
                    Some(_) if late => found.late = found.late.or(Some(line)),
                    Some(directive) => found.directives.push((line, directive)),
                    None => late |= is_if(content),
                }
            }
            (b'/', Some(b'/')) => {
                scan.rest_of_line();
            }
            (b'/', Some(b'*')) => scan.skip_past("*/", 2),
            (byte, _) if byte.is_ascii_whitespace() => scan.advance(1),
            (b'"', _) => {
                late = true;
                scan.skip_string();
            }
            (b'\'', _) => {
                late = true;
                scan.skip_quoted(b'\'');
            }
            _ => {
                late = true;
                scan.advance(1);
            }
        }
    }
    found
}

fn is_if(content: &str) -> bool {
    let word = content.trim_start_matches('#').trim_start();
    word.strip_prefix("if").is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
}

struct Scan<'a> {
    text: &'a str,
    /// In bytes.
    position: usize,
    line: u32,
    /// Whether only white space stands before the position on its line.
    fresh: bool,
}

impl<'a> Scan<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + ahead).copied()
    }

    fn advance(&mut self, count: usize) {
        for _ in 0..count {
            match self.peek(0) {
                Some(b'\n') => {
                    self.line = self.line.saturating_add(1);
                    self.fresh = true;
                }
                Some(byte) => self.fresh &= byte.is_ascii_whitespace(),
                None => return,
            }
            self.position += 1;
        }
    }

    /// Takes what is left of the line, without its end.
    fn rest_of_line(&mut self) -> &'a str {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        self.advance(line.len());
        line.trim_end()
    }

    /// Skips past the next `end` that begins `offset` bytes ahead or later; to the end of the text when there is none.
    fn skip_past(&mut self, end: &str, offset: usize) {
        let rest = self.text.get(self.position + offset..).unwrap_or_default();
        let length = rest.find(end).map_or(rest.len(), |found| found + end.len());
        self.advance(offset + length);
    }

    fn skip_string(&mut self) {
        let before = self.text.get(..self.position).unwrap_or_default();
        let quotes = self.text.bytes().skip(self.position).take_while(|byte| *byte == b'"').count();
        if before.ends_with('@') || before.ends_with("@$") {
            self.skip_verbatim();
        } else if quotes >= 3 {
            self.skip_past(&"\"".repeat(quotes), quotes);
        } else {
            self.skip_quoted(b'"');
        }
    }

    /// A string in which only a doubled quote is no end.
    fn skip_verbatim(&mut self) {
        self.advance(1);
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'"', Some(b'"')) => self.advance(2),
                (b'"', _) => return self.advance(1),
                _ => self.advance(1),
            }
        }
    }

    /// A string or character on one line, with escapes.
    fn skip_quoted(&mut self, quote: u8) {
        self.advance(1);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return,
                b'\\' => self.advance(2),
                _ if byte == quote => return self.advance(1),
                _ => self.advance(1),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(text: &str, directives: &[(u32, &str)], late: Option<u32>) {
        let found = scan(text);
        assert_eq!((found.directives.as_slice(), found.late), (directives, late));
    }

    #[test]
    fn strings_and_comments_hold_no_directives() {
        case("/* a\n#:x\n*/\n#:b c\r\n", &[(4, "b c")], None);
        case("/* a */ #:b", &[], None);
        case("var a = @\"\"\"\n#:x\n\"\"\n\";\n", &[], None);
        case("var a = $@\"\n#:x\n\";\n#:y", &[], Some(4));
        case("var a = \"\"\"\"\n\"\"\"\n#:x\n\"\"\"\";", &[], None);
        case("var a = \"\\\"\";\n#:y", &[], Some(2));
        case("var a = \"\";\n#:y", &[], Some(2));
        case("#if\n#:y", &[], Some(2));
        case("#iffy\n#:y", &[(2, "y")], None);
        case("#define X\n#:y", &[(2, "y")], None);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(#:|#if|\"|'|@|//|/\\*|\\*/|[a\u{e9}\\\\\r\n ]){0,40}") {
            let found = scan(&text);
            let lines = u32::try_from(text.split('\n').count()).unwrap();
            prop_assert!(found.directives.iter().all(|(line, _)| (1..=lines).contains(line)));
        }
    }
}

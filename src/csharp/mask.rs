//! Blanks what need not be parsed, keeping every offset and line: what the preprocessor reads, and bodies that nobody asks about.

use crate::csharp::names::TYPE_KEYWORDS;

/// Whether the condition of a branch is plain.
fn plain(condition: &str) -> Option<bool> {
    match condition.split("//").next().unwrap_or_default().trim().trim_matches(['(', ')']).trim() {
        "true" | "!false" => Some(true),
        "false" | "!true" => Some(false),
        _ => None,
    }
}

/// One open `#if`.
struct Branches {
    /// The present branch is plainly off.
    off: bool,
    /// A branch before was plainly on, so that all others are off.
    taken: bool,
}

/// The text with directive lines, and the lines of branches that are plainly off, replaced by blanks of the same length.
pub(super) fn blank_directives(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut open: Vec<Branches> = Vec::new();
    for line in text.split_inclusive('\n') {
        let directive = line.trim_start_matches(['\u{feff}', ' ', '\t']).strip_prefix('#');
        if let Some(directive) = directive {
            follow(directive.trim(), &mut open);
        }
        if directive.is_some() || open.iter().any(|branches| branches.off) {
            masked.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            masked.push_str(line);
        }
    }
    masked
}

fn follow(directive: &str, open: &mut Vec<Branches>) {
    let (word, condition) = directive.split_once([' ', '\t', '(']).unwrap_or((directive, ""));
    match word {
        "if" => {
            let plain = plain(condition);
            open.push(Branches { off: plain == Some(false), taken: plain == Some(true) });
        }
        "elif" => {
            if let Some(branches) = open.last_mut() {
                let plain = plain(condition);
                branches.off = branches.taken || plain == Some(false);
                branches.taken |= plain == Some(true);
            }
        }
        "else" => {
            if let Some(branches) = open.last_mut() {
                branches.off = branches.taken;
            }
        }
        "endif" => {
            open.pop();
        }
        _ => {}
    }
}

/// What was opened and is not closed yet.
enum Open {
    /// A `{` of the code.
    Brace {
        at: usize,
        /// It follows a `)`: the body of a method, a statement or a lambda, or an initialiser.
        body: bool,
        /// A type is declared in it.
        types: bool,
    },
    /// The `{` of a value in an interpolated string.
    Hole { verbatim: bool },
}

/// Where reading a string came to.
#[derive(Clone, Copy)]
enum Stop {
    End(usize),
    Hole(usize),
}

/// The text with the content of every body blanked that holds none of these offsets (ascending) and declares no type.
///
/// The language's words are only told apart as far as braces need it. `None` where that does not work out, and where a name
/// is given another name (`using X = …`), under which it may be meant in any body.
pub(super) fn blank_bodies(text: &str, offsets: &[usize]) -> Option<String> {
    let bodies = idle_bodies(text.as_bytes(), offsets)?;
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in bodies {
        masked.push_str(text.get(done..start)?);
        masked.extend(text.get(start..end)?.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        done = end;
    }
    masked.push_str(text.get(done..)?);
    Some(masked)
}

/// Where the outermost bodies without an offset start and end, in order.
fn idle_bodies(text: &[u8], offsets: &[usize]) -> Option<Vec<(usize, usize)>> {
    let mut bodies: Vec<(usize, usize)> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // The last word or sign before, and the word before that one.
    let (mut last, mut before): (&[u8], &[u8]) = (b"", b"");
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        let start = at;
        at += 1;
        match byte {
            b'/' if text.get(at) == Some(&b'/') => at = find(text, at, b"\n").unwrap_or(text.len()),
            b'/' if text.get(at) == Some(&b'*') => at = find(text, at + 1, b"*/")? + 2,
            b'"' | b'$' | b'@' => at = literal(text, start, &mut open)?,
            b'\'' => at = character(text, at)?,
            b'{' => open.push(Open::Brace { at, body: last == b")", types: false }),
            b'}' => match open.pop()? {
                Open::Hole { verbatim } => at = go_on(string(text, at, verbatim, true)?, verbatim, &mut open),
                Open::Brace { at: from, body, types } => {
                    let idle =
                        offsets.get(offsets.partition_point(|offset| *offset < from)).is_none_or(|it| *it >= start);
                    if body && idle && !types {
                        bodies.truncate(bodies.partition_point(|(inner, _)| *inner < from));
                        bodies.push((from, start));
                    }
                    if let (true, Some(Open::Brace { types, .. })) = (types, open.last_mut()) {
                        *types = true;
                    }
                }
            },
            b'=' if before == b"using" => return None,
            _ if is_word(byte) => at += text.iter().skip(at).take_while(|byte| is_word(**byte)).count(),
            _ => {}
        }
        let word = text.get(start..at)?;
        if byte.is_ascii_whitespace() || word.starts_with(b"//") || word.starts_with(b"/*") {
            continue;
        }
        if let (true, Some(Open::Brace { types, .. })) =
            (TYPE_KEYWORDS.iter().any(|keyword| keyword.as_bytes() == word), open.last_mut())
        {
            *types = true;
        }
        (before, last) = (last, word);
    }
    open.is_empty().then_some(bodies)
}

/// Goes past a string that starts here, or past the first part of an interpolated one; past `@` and `$` of anything else.
fn literal(text: &[u8], start: usize, open: &mut Vec<Open>) -> Option<usize> {
    let prefix = text.iter().skip(start).take_while(|byte| matches!(**byte, b'$' | b'@')).count();
    let verbatim = text.get(start..start + prefix)?.contains(&b'@');
    let interpolated = text.get(start..start + prefix)?.contains(&b'$');
    let first = start + prefix;
    let quotes = text.iter().skip(first).take_while(|byte| **byte == b'"').count();
    match quotes {
        0 => Some(first),
        2 if !verbatim => Some(first + 2),
        3.. if !verbatim => {
            // A raw string: as many quotes end it.
            let mut at = first + quotes;
            loop {
                at = find(text, at, b"\"")?;
                let run = text.iter().skip(at).take_while(|byte| **byte == b'"').count();
                at += run;
                if run >= quotes {
                    return Some(at);
                }
            }
        }
        _ => Some(go_on(string(text, first + 1, verbatim, interpolated)?, verbatim, open)),
    }
}

fn go_on(stop: Stop, verbatim: bool, open: &mut Vec<Open>) -> usize {
    match stop {
        Stop::End(at) => at,
        Stop::Hole(at) => {
            open.push(Open::Hole { verbatim });
            at
        }
    }
}

/// Goes through a string, up to its end or to a value in it.
fn string(text: &[u8], mut at: usize, verbatim: bool, interpolated: bool) -> Option<Stop> {
    loop {
        let next = text.get(at + 1).copied();
        at += match text.get(at)? {
            b'\\' if !verbatim => 2,
            b'"' if verbatim && next == Some(b'"') => 2,
            b'"' => return Some(Stop::End(at + 1)),
            b'{' if interpolated && next == Some(b'{') => 2,
            b'{' if interpolated => return Some(Stop::Hole(at + 1)),
            b'\n' if !verbatim => return None,
            _ => 1,
        };
    }
}

/// Goes past `'x'` and `'\x'`, from after the first quote.
fn character(text: &[u8], start: usize) -> Option<usize> {
    let escape = usize::from(text.get(start) == Some(&b'\\'));
    let rest = text.get(start + escape + 1..)?;
    // The longest, `\U` with eight digits, ends within nine more bytes.
    rest.iter().take(10).position(|byte| *byte == b'\'').map(|length| start + escape + 1 + length + 1)
}

fn find(text: &[u8], start: usize, wanted: &[u8]) -> Option<usize> {
    text.get(start..)?.windows(wanted.len()).position(|it| it == wanted).map(|at| start + at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &str) {
        let masked = blank_directives(text);
        assert_eq!(masked.len(), text.len(), "offsets must stay");
        let left: Vec<&str> = masked.split_whitespace().collect();
        assert_eq!(left.join(" "), expected);
    }

    #[test]
    fn plainly_off_branches_go_and_unknown_ones_stay() {
        case("#if false\na\n#endif\nb", "b");
        case("#if true\na\n#else\nb\n#endif", "a");
        case("#if NET48\na\n#else\nb\n#endif", "a b");
        case("#if X\na\n#elif false\nb\n#elif true\nc\n#else\nd\n#endif", "a c");
        case("#if (false) // off\na\n#if X\nb\n#endif\nc\n#endif\nd", "d");
        case("  #region x\na\n#endregion\n#pragma warning disable\nb", "a b");
        case("#endif\n#else\na", "a");
        case("#if false\nä€\n#endif\nb", "b");
    }

    /// Blanks bodies without an `X` and compares what is left, without white space.
    #[track_caller]
    fn bodies(text: &str, expected: Option<&str>) {
        let offsets: Vec<usize> = text.match_indices('X').map(|(at, _)| at).collect();
        let masked = blank_bodies(text, &offsets);
        assert!(masked.iter().all(|masked| masked.len() == text.len()), "offsets must stay");
        let left = masked.map(|masked| masked.split_whitespace().collect::<String>());
        assert_eq!(left.as_deref(), expected, "{text}");
    }

    #[test]
    fn bodies_that_nobody_asks_about_go() {
        bodies("class A { int F() { a } X G() { b { c } } }", Some("classA{intF(){}XG(){}}"));
        bodies("void F() { if (a) { b } else if (c) { X } }", Some("voidF(){if(a){}elseif(c){X}}"));
        bodies("void F() { a\n{ b }\nc }", Some("voidF(){}"));
        bodies("int P { get { a } } int[] Q = { 1 };", Some("intP{get{a}}int[]Q={1};"));
        bodies("class A : X { A() : base() // (\n { a } }", Some("classA:X{A():base()//({}}"));
        // Types of a body are types of the file.
        bodies("record A(int B) { class C : D { void F() { e } } }", Some("recordA(intB){classC:D{voidF(){}}}"));
        // Any body may mean what has two names.
        bodies("using B = N.X; class A { void F() { B } }", None);
        bodies("using N; class A { void F() { using var b = c; } }", Some("usingN;classA{voidF(){}}"));
    }

    #[test]
    fn braces_of_texts_and_comments_open_nothing() {
        for inside in [
            r#""}""#,
            r#""\"}""#,
            r#"@"\""#,
            r#"@"a""}""#,
            "'}'",
            r"'\''",
            r"'\u007d'",
            "'é'",
            "// }\n",
            "/* } */",
            "@if",
            r#"$"}}{{{a}""#,
            r#"$"{b["}"]}}}""#,
            r#"$@"{{""{c}\""#,
            r#"@$"\{d:x}""#,
            r#"$"{(e ? $"{f}" : "{")}""#,
            r#""""#,
            "\"\"\"}\"}\"\"\"",
            "$$\"\"\"\"{{a}}}\"\"\"}\"\"\"\"",
        ] {
            bodies(&format!("void F() {{ {inside} }} X"), Some("voidF(){}X"));
        }
        for broken in [
            "void F() { \" }",
            "void F() { ' }",
            "void F() { /* }",
            "F() { @\"",
            "F() { \"\"\" }",
            "}",
            "F() {",
            "$\"{",
        ] {
            bodies(broken, None);
        }
    }
}

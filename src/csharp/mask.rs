//! Blanks what the preprocessor reads, keeping every offset and line.

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
}

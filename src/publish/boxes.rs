//! Task boxes that people tick: a tick stays when the comment is written again, for as long as its box is there.

use std::collections::HashSet;

/// What names a box, hidden at the end of its line: `<!--box:ID-->`.
const START: &str = "<!--box:";

/// `new`, with the boxes ticked that are ticked in `old`.
pub(super) fn keep_ticks(old: &str, new: &str) -> String {
    let ticked: HashSet<&str> = old.lines().filter(|line| is_ticked(line)).filter_map(id).collect();
    let mut text = String::with_capacity(new.len());
    for line in new.split_inclusive('\n') {
        match line.split_once("- [ ] ") {
            Some((indent, rest)) if indent.trim().is_empty() && id(line).is_some_and(|id| ticked.contains(id)) => {
                text.push_str(indent);
                text.push_str("- [x] ");
                text.push_str(rest);
            }
            _ => text.push_str(line),
        }
    }
    text
}

fn is_ticked(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("- [x] ") || line.starts_with("- [X] ")
}

fn id(line: &str) -> Option<&str> {
    Some(line.rsplit_once(START)?.1.split_once("-->")?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_follow_their_box() {
        #[track_caller]
        fn case(old: &str, new: &str, expected: &str) {
            assert_eq!(keep_ticks(old, new), expected);
        }
        let (open, done) =
            ("- [ ] a <!--box:a-->\n- [ ] b <!--box:b-->\n", "- [ ] a <!--box:a-->\n- [x] b <!--box:b-->\n");
        case(done, open, done);
        case(&done.replace("[x]", "[X]"), open, done);
        case("- [x] b, in other words <!--box:b-->\r\n", open, done);
        case("- [x] c <!--box:c-->\n", open, open);
        case("- [x] no box\n", "- [ ] no box\n", "- [ ] no box\n");
        case("", open, open);
    }
}

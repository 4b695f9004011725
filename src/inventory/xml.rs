//! XML as a tree with lines, for project files and the other manifests written in it.
//!
//! Invariants: depth, number of elements and text are bounded, and no entity of a DTD is ever expanded, so that a hostile
//! file costs no more than its length. What .NET refuses to read is refused here too, because a project that does not load
//! has no packages. The surprises, each with the test that holds it:
//!
//! 1. Comments split text without effect, CDATA counts (`text_ignores_comments_and_keeps_cdata`).
//! 2. Text of only white space is no value, other white space is kept (`blank_text_is_no_value`).
//! 3. An attribute may stand lines below its element (`lines_are_those_of_the_file`).
//! 4. A document type is skipped; a reference to an entity it declares is a problem (`entities_are_not_expanded`).

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::inventory::lines::Lines;
use crate::place::{Place, Problem};

/// Elements may nest this deep. Real project files stay below 20.
const DEEPEST: usize = 200;

/// A file may have this many elements. The largest real project files have some ten thousand.
const MOST_ELEMENTS: usize = 500_000;

/// An element of an XML file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name as written, with a prefix if it has one.
    pub name: String,
    /// The line (1-based) of its start tag.
    pub line: u32,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// The elements directly inside, in order.
    pub children: Vec<Element>,
    /// The text directly inside, comments left out and references resolved, white space as written.
    pub text: String,
}

/// An attribute of an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name as written.
    pub name: String,
    /// Its value, references resolved, white space as written.
    pub value: String,
    /// The line (1-based) of its name.
    pub line: u32,
}

impl Element {
    /// The attribute of this name, in this case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The children of this name, in this case.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The name without its prefix.
    pub fn local_name(&self) -> &str {
        self.name.split_once(':').map_or(&self.name, |(_, local)| local)
    }

    /// The text as a value: empty when it is only white space.
    pub fn value(&self) -> &str {
        if self.text.trim().is_empty() { "" } else { &self.text }
    }
}

/// The root element of `text`, or the reason (`invalid-xml`) why it is not XML that can be read.
pub fn parse(path: &str, text: &str) -> Result<Element, Problem> {
    Parser { text, lines: Lines::of(text), open: Vec::new(), root: None, elements: 0 }
        .run()
        .map_err(|(line, message)| Problem::at("invalid-xml", message, Place::new(path, line)))
}

/// A line, and what is wrong there.
type Fault = (u32, String);

struct Parser<'a> {
    text: &'a str,
    lines: Lines,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Parser<'_> {
    fn run(mut self) -> Result<Element, Fault> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_comments = true;
        loop {
            let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let line = self.lines.at(start);
            match reader.read_event().map_err(|error| self.fault_of(&reader, &error))? {
                Event::Start(tag) => self.enter(&tag, line)?,
                Event::Empty(tag) => {
                    self.enter(&tag, line)?;
                    self.leave();
                }
                Event::End(_) => self.leave(),
                Event::Text(text) => self.push(&text.into_inner(), line)?,
                Event::CData(text) if self.open.is_empty() => {
                    return Err((line, format!("text outside the root: `{}`", &*text)));
                }
                Event::CData(text) => self.push(&text.into_inner(), line)?,
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference).ok_or_else(|| unknown_entity(&reference, line))?;
                    self.push(character.encode_utf8(&mut [0; 4]), line)?;
                }
                Event::Decl(_) if start > 0 => {
                    return Err((line, "the XML declaration is not at the beginning".into()));
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return self.finish(line),
            }
        }
    }

    fn fault_of(&self, reader: &Reader<&[u8]>, error: &quick_xml::Error) -> Fault {
        let offset = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
        (self.lines.at(offset), error.to_string())
    }

    fn enter(&mut self, tag: &BytesStart<'_>, line: u32) -> Result<(), Fault> {
        self.elements += 1;
        if self.open.len() >= DEEPEST {
            return Err((line, format!("elements nest deeper than {DEEPEST}")));
        }
        if self.elements > MOST_ELEMENTS {
            return Err((line, format!("more than {MOST_ELEMENTS} elements")));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err((line, "a second root element".into()));
        }
        let qualified = tag.name();
        let name = checked_name(qualified.as_ref(), line)?;
        let attributes = self.attributes(tag, line)?;
        self.open.push(Element { name, line, attributes, ..Element::default() });
        Ok(())
    }

    fn attributes(&self, tag: &BytesStart<'_>, line: u32) -> Result<Vec<Attribute>, Fault> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| (line, error.to_string()))?;
            let key: &str = attribute.key.as_ref();
            // The event borrows from the text, so the distance of the two tells where the attribute stands.
            let line = self.lines.at(key.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()));
            if attribute.value.contains('<') {
                return Err((line, format!("`<` in the value of the attribute `{key}`")));
            }
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| (line, error.to_string()))?;
            attributes.push(Attribute { name: checked_name(key, line)?, value: value.into_owned(), line });
        }
        Ok(attributes)
    }

    fn leave(&mut self) {
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn push(&mut self, text: &str, line: u32) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err((line, format!("text outside the root: `{}`", first_word(text)))),
        }
        Ok(())
    }

    fn finish(self, line: u32) -> Result<Element, Fault> {
        if let Some(element) = self.open.last() {
            return Err((element.line, format!("`<{}>` is not closed", element.name)));
        }
        self.root.ok_or((line, "no root element".into()))
    }
}

/// The character that a reference stands for, when it needs no document type.
fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        Ok(None) => match &**reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        },
        Err(_) => None,
    }
}

fn unknown_entity(reference: &BytesRef<'_>, line: u32) -> Fault {
    (
        line,
        format!("`&{};` is no entity of XML itself; those of a document type are not expanded", first_word(reference)),
    )
}

fn checked_name(name: &str, line: u32) -> Result<String, Fault> {
    let starts = |first: char| first.is_alphabetic() || first == '_' || first == ':';
    let continues = |other: char| other.is_alphanumeric() || "_:-.\u{b7}".contains(other);
    let mut characters = name.chars();
    if characters.next().is_some_and(starts) && characters.all(continues) {
        Ok(name.to_owned())
    } else {
        Err((line, format!("`{}` is no name", first_word(name))))
    }
}

/// The beginning of a text, short enough for a message.
fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn root(text: &str) -> Element {
        parse("a.xml", text).unwrap()
    }

    #[track_caller]
    fn fails(text: &str, line: u32, message: &str) {
        let problem = parse("a.xml", text).unwrap_err();
        assert_eq!(problem.place, Some(Place::new("a.xml", line)), "{}", problem.message);
        assert!(problem.message.contains(message), "{}", problem.message);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let root = root("<?xml version=\"1.0\"?>\r\n<!-- two\nthree --><P\n  A='1'\n\n  B='2'>\n<C/></P>");
        assert_eq!((root.name.as_str(), root.line), ("P", 3));
        let lines: Vec<_> = root.attributes.iter().map(|attribute| (attribute.name.as_str(), attribute.line)).collect();
        assert_eq!(lines, [("A", 4), ("B", 6)]);
        assert_eq!(root.children_named("C").map(|child| child.line).collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn text_ignores_comments_and_keeps_cdata() {
        assert_eq!(root("<V>1.<!-- x -->2<![CDATA[.<3>]]>&amp;&#52;</V>").text, "1.2.<3>&4");
        assert_eq!(root("<V a='&lt;&#x41;&quot;'/>").attribute("a").unwrap().value, "<A\"");
    }

    #[test]
    fn blank_text_is_no_value() {
        assert_eq!(root("<V> \n </V>").value(), "");
        assert_eq!(root("<V> 1.0 </V>").value(), " 1.0 ");
    }

    #[test]
    fn names_keep_their_case_and_prefix() {
        let root = root("<m:P Include='a' include='b'/>");
        assert_eq!((root.name.as_str(), root.local_name()), ("m:P", "P"));
        assert_eq!(root.attribute("include").unwrap().value, "b");
        assert!(root.attribute("INCLUDE").is_none());
    }

    #[test]
    fn entities_are_not_expanded() {
        let bomb = "<!DOCTYPE p [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<p>&b;</p>";
        fails(bomb, 2, "`&b;`");
        fails("<p a='&b;'/>", 1, "b");
        assert_eq!(root("<!DOCTYPE p [<!ENTITY a \"aaaa\">]><p>x</p>").text, "x");
    }

    #[test]
    fn refuses_what_is_no_xml() {
        fails("not\nxml", 1, "text outside the root");
        fails("", 1, "no root");
        fails("<a>\n<b></a>", 2, "expected");
        fails("<a>\n<b>", 2, "not closed");
        fails("<a/>\n<b/>", 2, "second root");
        fails("<a/>\nx", 1, "outside");
        fails("<a x='1' x='2'/>", 1, "duplicate");
        fails("<a x=1/>", 1, "");
        fails("<a x='<'/>", 1, "`<`");
        fails("<1a/>", 1, "no name");
        fails("\n<?xml version='1.0'?><a/>", 2, "declaration");
        fails(&"<a>".repeat(DEEPEST + 1), 1, "deeper");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(<[/a-c!?]|[a-c]+|[= '\">/&;#x0-9\n]|<!\\[CDATA\\[|]]>|<!--|-->){0,30}") {
            if let Err(problem) = parse("a.xml", &text) {
                prop_assert_eq!(problem.code, "invalid-xml");
            }
        }
    }
}

//! HTML that raw text cannot reach: the only way into the page of an audit.
//!
//! Paths, names and versions are written by strangers: they are escaped, and what reorders or hides text is left out. Only
//! `&'static str` goes in as it is.

use crate::render::markdown::one_line;

/// Growing HTML.
#[derive(Debug, Clone, Default)]
pub(super) struct Html(String);

impl Html {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds HTML of our own.
    pub fn ours(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// Adds a number.
    pub fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Adds a number for people, `2,000`.
    pub fn count(&mut self, number: usize) -> &mut Self {
        let digits = number.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                self.0.push(',');
            }
            self.0.push(digit);
        }
        self
    }

    /// Adds foreign text. Safe as content and inside a quoted attribute.
    pub fn text(&mut self, foreign: &str) -> &mut Self {
        for character in one_line(foreign).chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Adds what was built elsewhere.
    pub fn add(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds a value as the content of a `<script type="application/json">`: nothing in it ends the script or starts a comment.
    pub fn json(&mut self, value: &serde_json::Value) -> &mut Self {
        // What reorders, hides or ends a line stands in strings only, so the whole can be cleaned at once.
        for character in one_line(&value.to_string()).chars() {
            match character {
                '<' => self.0.push_str("\\u003c"),
                '>' => self.0.push_str("\\u003e"),
                '&' => self.0.push_str("\\u0026"),
                other => self.0.push(other),
            }
        }
        self
    }

    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let mut html = Html::new();
        html.text("</script><b title='a' id=\"b\">&\u{202E}\n");
        assert_eq!(html.finish(), "&lt;/script&gt;&lt;b title=&#39;a&#39; id=&quot;b&quot;&gt;&amp; ");
    }

    #[test]
    fn large_numbers_are_grouped() {
        let mut html = Html::new();
        html.count(0).ours(" ").count(999).ours(" ").count(2_000).ours(" ").count(1_234_567);
        assert_eq!(html.finish(), "0 999 2,000 1,234,567");
    }

    #[test]
    fn json_stays_in_its_script() {
        let value = serde_json::json!({ "<!--": "</script>\u{2028}&\u{202E}" });
        let mut html = Html::new();
        html.json(&value);
        let text = html.finish();
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{202E}']), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).expect("still JSON");
        assert_eq!(read, serde_json::json!({ "<!--": "</script> &" }));
    }
}

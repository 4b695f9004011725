//! What functions take and give: the few .NET types that real projects use.

use std::cmp::Ordering;

use crate::inventory::msbuild::value::escape;

/// A .NET object.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    /// `null`.
    Null,
    /// A string, escaped as the engine keeps it.
    Text(String),
    /// `System.Boolean`.
    Bool(bool),
    /// `System.Int32` or `System.Int64`.
    Int(i64),
    /// `System.Double`.
    Double(f64),
    /// `System.Char`.
    Char(char),
    /// An array of strings, not escaped.
    List(Vec<String>),
    /// `System.Version`.
    Version(SystemVersion),
    /// A match of a regular expression, or one of its groups, not escaped: its text, when it matched.
    Match {
        /// The groups by number, the whole match first.
        groups: Vec<Option<String>>,
        /// The groups that have a name, with their number.
        names: Vec<(String, usize)>,
        /// Where the match starts, in characters.
        index: i64,
    },
    /// The groups of a match.
    Groups {
        /// The groups by number, the whole match first.
        groups: Vec<Option<String>>,
        /// The groups that have a name, with their number.
        names: Vec<(String, usize)>,
    },
}

impl Object {
    /// A string that is not escaped yet.
    pub fn plain(text: &str) -> Self {
        Self::Text(escape(text).into_owned())
    }

    /// The text of the object as one of several pieces of a text, escaped: there a list is not spelled out.
    pub fn into_piece(self) -> String {
        match self {
            Self::Text(text) => text,
            other => other.to_plain(),
        }
    }

    /// The text of the object when it stands alone, escaped.
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::List(list) => joined(&list),
            other => other.to_plain(),
        }
    }

    /// `ToString()`.
    pub fn to_plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Double(number) => double_text(*number),
            Self::Char(character) => character.to_string(),
            Self::List(_) => "System.String[]".to_owned(),
            Self::Version(version) => version.to_string(),
            Self::Match { groups, .. } => groups.first().cloned().flatten().unwrap_or_default(),
            Self::Groups { .. } => "System.Text.RegularExpressions.GroupCollection".to_owned(),
        }
    }
}

/// The texts of a list, escaped. The engine puts a `;` only where something stands before it, so empty texts at the beginning
/// leave nothing.
fn joined(list: &[String]) -> String {
    let mut joined = String::new();
    for text in list {
        if !joined.is_empty() {
            joined.push(';');
        }
        joined.push_str(&escape(text));
    }
    joined
}

/// A double as .NET writes it.
fn double_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = number.abs();
    if number != 0.0 && !(1e-5..1e15).contains(&magnitude) {
        return scientific(number);
    }
    format!("{number}")
}

/// `1E+20`, the form of very large and very small numbers.
fn scientific(number: f64) -> String {
    let text = format!("{number:E}");
    let Some((mantissa, exponent)) = text.split_once('E') else { return text };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}E{sign}{digits:0>2}")
}

/// `System.Version`: two to four numbers; one that is missing is less than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemVersion([i32; 4]);

impl SystemVersion {
    /// `Version.Parse`: two to four parts of an int32 each, white space and a plus around them allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = [-1; 4];
        let parts: Vec<&str> = text.split('.').collect();
        if !(2..=4).contains(&parts.len()) {
            return None;
        }
        for (number, part) in numbers.iter_mut().zip(parts) {
            *number = integer(part).and_then(|value| i32::try_from(value).ok()).filter(|value| *value >= 0)?;
        }
        Some(Self(numbers))
    }

    /// A part by its number, the major one first; minus one when it is missing.
    pub fn part(self, index: usize) -> i32 {
        self.0.get(index).copied().unwrap_or(-1)
    }

    /// `ToString(fields)`; `None` when the version has fewer.
    pub fn fields(self, fields: usize) -> Option<String> {
        let parts = self.0.get(..fields)?;
        parts.iter().all(|part| *part >= 0).then(|| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."))
    }

    /// Compared with a bare number: the major parts decide, then the version is the greater one.
    pub fn compare_number(self, number: f64) -> Ordering {
        f64::from(self.0[0]).partial_cmp(&number).filter(|order| order.is_ne()).unwrap_or(Ordering::Greater)
    }
}

impl std::fmt::Display for SystemVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.0.iter().filter(|part| **part >= 0).map(ToString::to_string).collect();
        formatter.write_str(&parts.join("."))
    }
}

/// `Int64.Parse` with the style `Integer`: white space around, a sign in front.
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim_matches(is_dotnet_space);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// White space that .NET's number parsers skip.
fn is_dotnet_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

/// A number with a sign and a point but no exponent, as conditions accept it; `NaN` and `Infinity` count.
pub fn decimal(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("NaN") {
        return Some(f64::NAN);
    }
    if unsigned.eq_ignore_ascii_case("Infinity") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    text.parse().ok()
}

/// A number as `Double.Parse` reads it: white space around, thousands separated, an exponent.
pub fn double(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_dotnet_space);
    if let Some(number) = decimal(text) {
        return Some(number);
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, "0"),
    };
    let point = mantissa.find('.').unwrap_or(mantissa.len());
    let (whole, fraction) = mantissa.split_at(point);
    if !whole.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '+')
        || fraction.contains(',')
    {
        return None;
    }
    let plain = format!("{}{fraction}", whole.replace(',', ""));
    decimal(&plain)?;
    integer(exponent).filter(|_| !exponent.contains(is_dotnet_space))?;
    format!("{plain}e{exponent}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_order_as_dotnet_does() {
        let version = |text| SystemVersion::parse(text).unwrap();
        assert!(version("1.2.3") < version("1.2.3.0"));
        assert!(version("1.10") > version("1.9"));
        assert_eq!(version("10.0").part(2), -1);
        assert_eq!(version(" 1 .+2").to_string(), "1.2");
        assert_eq!(version("1.2.3").fields(2).as_deref(), Some("1.2"));
        assert_eq!(version("1.2").fields(3), None);
        for text in ["1", "1.2.3.4.5", "1.x", "1.-2", "1.2.3-beta", "1.99999999999", ""] {
            assert_eq!(SystemVersion::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_dotnet() {
        assert_eq!(decimal("-1.50"), Some(-1.5));
        assert_eq!(decimal(".5"), Some(0.5));
        assert_eq!(decimal("5."), Some(5.0));
        for text in ["", ".", "1e3", " 4", "0x10", "1,000", "+", "--1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(double("1,000.5e1"), Some(10005.0));
        assert_eq!(integer(" +7 "), Some(7));
        assert_eq!(integer("7.0"), None);
        assert_eq!(double_text(1e20), "1E+20");
        assert_eq!(double_text(0.1 + 0.2), "0.30000000000000004");
    }
}

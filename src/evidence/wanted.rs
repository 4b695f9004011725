//! What code is searched for: the detectors of all rules, and one pattern machine that finds their words in raw bytes.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::rules::schema::{ProductFile, SeenEntry};

/// The keyword without which a class cannot change what its base class does.
const OVERRIDE: &str = "override";

/// One thing that a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sign {
    /// A namespace.
    Using(String),
    /// A type, wherever it is named.
    Type(String),
    /// A member of a type.
    Member(String, String),
    /// A class that is derived from or constructed.
    Construct(String),
    /// A class that is derived from.
    Derive(String),
    /// An interface that is implemented, with the methods that changed.
    Implement(String, Vec<String>),
    /// A method of a type that is overridden.
    Override(String, String),
    /// A method that is called.
    Call(String),
    /// An attribute.
    Attribute(String),
}

/// A sign with the rule it speaks for.
#[derive(Debug, Clone)]
pub(super) struct Detector {
    /// Id of the rule.
    pub(super) rule: String,
    /// Root namespaces of the product.
    pub(super) namespaces: Vec<String>,
    /// Namespaces in which the type lives; empty when it may be any below the roots.
    pub(super) homes: Vec<String>,
    /// Types whose name shows that a signature or construction is adapted already.
    pub(super) adapted: Vec<String>,
    /// Methods that hand a value of the type to a lambda.
    pub(super) handed_by: Vec<String>,
    /// What it looks for.
    pub(super) sign: Sign,
}

/// What one rule looks for, with what its product says of names.
pub(super) struct Search<'a> {
    /// Id of the rule.
    pub(super) rule: String,
    /// The product's file.
    pub(super) product: &'a ProductFile,
    /// The signs.
    pub(super) seen: &'a SeenEntry,
}

impl Search<'_> {
    fn detectors(&self) -> impl Iterator<Item = Detector> {
        Sign::all(self.seen).into_iter().map(|sign| Detector {
            rule: self.rule.clone(),
            namespaces: self.roots().to_vec(),
            homes: self.homes(sign.of_type().unwrap_or(sign.word())),
            adapted: self.seen.adapted.clone(),
            handed_by: self.handed_by(&sign),
            sign,
        })
    }

    /// The methods that hand a value of the sign's type to a lambda.
    fn handed_by(&self, sign: &Sign) -> Vec<String> {
        let of = sign.of_type().filter(|_| matches!(sign, Sign::Member(..)) && self.seen.namespaces.is_empty());
        of.and_then(|of| self.product.handed_by.get(of)).cloned().unwrap_or_default()
    }

    /// The root namespaces of the names: the product's, unless the rule says where else they live.
    fn roots(&self) -> &[String] {
        if self.seen.namespaces.is_empty() { &self.product.namespaces } else { &self.seen.namespaces }
    }

    /// The namespaces in which the product has a type of that name, under each of its roots.
    fn homes(&self, name: &str) -> Vec<String> {
        if !self.seen.namespaces.is_empty() {
            return Vec::new();
        }
        let simple = name.rsplit('.').next().unwrap_or(name);
        let homes = self.product.homes.iter().filter(|(_, names)| names.iter().any(|own| own == simple));
        let below = |home: &String| {
            let roots = self.product.namespaces.iter();
            roots.map(|root| if home.is_empty() { root.clone() } else { format!("{root}.{home}") }).collect::<Vec<_>>()
        };
        homes.flat_map(|(home, _)| below(home)).collect()
    }
}

impl Detector {
    /// Whether a namespace is one of the product's.
    pub(super) fn is_of_product(&self, namespace: &str) -> bool {
        self.namespaces.iter().any(|root| is_below(namespace, root))
    }

    /// Whether a namespace is where the type lives.
    pub(super) fn lives_in(&self, namespace: &str) -> bool {
        if self.homes.is_empty() {
            return self.is_of_product(namespace);
        }
        self.homes.iter().any(|home| home == namespace)
    }

    /// Whether code inside a namespace sees the type without importing it.
    pub(super) fn is_seen_from(&self, namespace: &str) -> bool {
        if self.homes.is_empty() {
            return self.is_of_product(namespace);
        }
        self.homes.iter().any(|home| is_below(namespace, home))
    }
}

/// Whether a name is a namespace or something in it.
pub(super) fn is_below(name: &str, namespace: &str) -> bool {
    name.strip_prefix(namespace).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What stands in one file.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// The words.
    pub(super) words: BTreeSet<&'a str>,
    /// Where each of them starts (bytes), ascending.
    pub(super) hits: Vec<(usize, &'a str)>,
}

/// All detectors, by the word that must stand in a file.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) detectors: Vec<Detector>,
    /// Detectors by the identifier that shows them.
    by_word: HashMap<String, Vec<usize>>,
    /// Detectors by the methods that their types hand down.
    by_method: HashMap<String, Vec<usize>>,
    /// Types that show that something is adapted.
    adapted: BTreeSet<String>,
    machine: Option<AhoCorasick>,
    words: Vec<String>,
}

impl Sign {
    fn all(seen: &SeenEntry) -> Vec<Self> {
        let pair = |text: &String| text.rsplit_once('.').map(|(of, name)| (of.to_owned(), name.to_owned()));
        let mut signs: Vec<Self> = Vec::new();
        signs.extend(seen.usings.iter().cloned().map(Self::Using));
        signs.extend(seen.types.iter().cloned().map(Self::Type));
        signs.extend(seen.members.iter().filter_map(pair).map(|(of, name)| Self::Member(of, name)));
        signs.extend(seen.constructs.iter().cloned().map(Self::Construct));
        signs.extend(seen.derives.iter().cloned().map(Self::Derive));
        signs.extend(seen.implements.iter().map(|(name, methods)| Self::Implement(name.clone(), methods.clone())));
        signs.extend(seen.overrides.iter().filter_map(pair).map(|(of, name)| Self::Override(of, name)));
        signs.extend(seen.calls.iter().cloned().map(Self::Call));
        signs.extend(seen.attributes.iter().cloned().map(Self::Attribute));
        signs
    }

    /// The identifier at which a reader meets the sign.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Using(namespace) => namespace.rsplit('.').next().unwrap_or(namespace),
            Self::Type(name)
            | Self::Construct(name)
            | Self::Derive(name)
            | Self::Call(name)
            | Self::Attribute(name)
            | Self::Implement(name, _)
            | Self::Member(_, name)
            | Self::Override(_, name) => name,
        }
    }

    /// The methods that a class or interface hands down to those that derive from it.
    pub(super) fn methods(&self) -> &[String] {
        match self {
            Self::Override(_, name) => std::slice::from_ref(name),
            Self::Implement(_, names) => names,
            _ => &[],
        }
    }

    /// The type that hands them down.
    pub(super) fn ancestor(&self) -> Option<&str> {
        match self {
            Self::Override(of, _) => Some(of),
            Self::Implement(name, _) => Some(name),
            _ => None,
        }
    }

    /// The type it is about, when that is not the word itself.
    pub(super) fn of_type(&self) -> Option<&str> {
        match self {
            Self::Member(of, _) | Self::Override(of, _) => Some(of.rsplit('.').next().unwrap_or(of)),
            _ => None,
        }
    }
}

impl Wanted {
    /// The machine for these searches, and for further words.
    pub(super) fn new<'a>(
        searches: impl IntoIterator<Item = Search<'a>>,
        more: impl IntoIterator<Item = String>,
    ) -> Self {
        let detectors: Vec<Detector> =
            searches.into_iter().flat_map(|search| search.detectors().collect::<Vec<_>>()).collect();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_method: HashMap<String, Vec<usize>> = HashMap::new();
        let mut words: BTreeSet<String> = more.into_iter().collect();
        for (index, detector) in detectors.iter().enumerate() {
            by_word.entry(detector.sign.word().to_owned()).or_default().push(index);
            words.insert(detector.sign.word().to_owned());
            words.extend(detector.sign.of_type().map(str::to_owned));
            words.extend(detector.namespaces.iter().chain(&detector.handed_by).chain(&detector.adapted).cloned());
            for method in detector.sign.methods() {
                by_method.entry(method.clone()).or_default().push(index);
                words.insert(method.clone());
            }
        }
        words.insert(OVERRIDE.to_owned());
        let words: Vec<String> = words.into_iter().collect();
        // A full automaton, because it scans nearly twice as fast and takes 3 MB and 20 ms for all rules. Only patterns beyond
        // the machine's limits (gigabytes of them) make this fail; without a machine all files match.
        let machine = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&words).ok();
        let adapted = detectors.iter().flat_map(|detector| &detector.adapted).cloned().collect();
        Self { detectors, by_word, by_method, adapted, machine, words }
    }

    /// The words that stand in a file as whole identifiers, attributes also by their long names.
    pub(super) fn find(&self, bytes: &[u8]) -> Found<'_> {
        let mut found = Found::default();
        let Some(machine) = &self.machine else {
            let words = || self.words.iter().map(String::as_str);
            found.words = words().collect();
            found.hits = (0..bytes.len()).flat_map(|at| words().map(move |word| (at, word))).collect();
            return found;
        };
        let inside =
            |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
        for hit in machine.find_overlapping_iter(bytes) {
            let before = hit.start().checked_sub(1).and_then(|at| bytes.get(at));
            let after = bytes.get(hit.end()..).unwrap_or_default();
            let ends = |after: &[u8]| !inside(after.first());
            if !inside(before)
                && (ends(after) || after.strip_prefix(b"Attribute").is_some_and(ends))
                && let Some(word) = self.words.get(hit.pattern().as_usize())
            {
                found.words.insert(word);
                found.hits.push((hit.start(), word));
            }
        }
        found.hits.sort_unstable();
        found
    }

    /// Whether a file with these words can show any sign.
    pub(super) fn can_matter(&self, words: &BTreeSet<&str>) -> bool {
        words.iter().any(|word| self.tells(word, words))
    }

    /// Where a file can show a sign: the offsets of its names, and of the types that show that something is adapted already.
    pub(super) fn telling(&self, found: &Found) -> Vec<usize> {
        let telling = |word: &&str| self.adapted.contains(*word) || self.tells(word, &found.words);
        let words: BTreeSet<&str> = found.words.iter().copied().filter(telling).collect();
        found.hits.iter().filter(|(_, word)| words.contains(word)).map(|(offset, _)| *offset).collect()
    }

    /// Whether a word can show a sign in a file with these words.
    fn tells(&self, word: &str, words: &BTreeSet<&str>) -> bool {
        let shown = |detector: &Detector| {
            let handed = detector.handed_by.iter().any(|method| words.contains(method.as_str()));
            handed || detector.sign.of_type().is_none_or(|of| words.contains(of) || is_options(of))
        };
        self.at(word).any(|(_, detector)| shown(detector))
            || self.handed_down(word).any(|(_, detector)| may_inherit(detector, words))
    }

    /// Whether some detector looks for a type of this name.
    pub(super) fn is_type(&self, name: &str) -> bool {
        let signs = || self.detectors.iter().map(|detector| &detector.sign);
        signs().any(|sign| {
            let by_word = !matches!(sign, Sign::Using(_) | Sign::Member(..) | Sign::Override(..) | Sign::Call(_));
            (by_word && sign.word() == name) || sign.of_type() == Some(name)
        })
    }

    /// The detectors of a method that a class or interface hands down.
    pub(super) fn handed_down(&self, method: &str) -> impl Iterator<Item = (usize, &Detector)> {
        let indices = self.by_method.get(method).into_iter().flatten();
        indices.filter_map(|index| self.detectors.get(*index).map(|detector| (*index, detector)))
    }

    /// The detectors that are met at an identifier.
    pub(super) fn at(&self, word: &str) -> impl Iterator<Item = (usize, &Detector)> {
        let indices = self.by_word.get(word).into_iter().flatten();
        indices.filter_map(|index| self.detectors.get(*index).map(|detector| (*index, detector)))
    }
}

/// Whether a file with these words, one of them a method that is handed down, may have a class that gets it through a class or
/// interface of the repository: then the product's type need not stand in it.
fn may_inherit(detector: &Detector, words: &BTreeSet<&str>) -> bool {
    words.contains(OVERRIDE) || detector.namespaces.iter().any(|root| words.contains(root.as_str()))
}

/// Whether a type is made to be configured in lambdas of methods that are called like it, where files do not name the type.
pub(super) fn is_options(type_name: &str) -> bool {
    type_name.ends_with("Options")
}

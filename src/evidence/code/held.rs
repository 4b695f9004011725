//! Files that do not name the product. Their words are everyday words (`Client`, `Scope`, `override`), and most of them are not
//! the product's; parsing them all would be nearly all the time of a search. Whether such a file sees the product stands
//! elsewhere: in the usings of its project, in its references, in a base class. So its text waits until the others are known.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use crate::csharp::names::TYPE_KEYWORDS;
use crate::csharp::parse_around;
use crate::evidence::code::inheritance::bases_of;
use crate::evidence::code::settle::Surroundings;
use crate::evidence::wanted::{Detector, Found, Sign, Wanted};
use crate::evidence::{FileFacts, tangled};
use crate::inventory::Inventory;

/// Whether a file can show something by itself: it names a product's namespace, or declares what has one of the names.
pub(in crate::evidence) fn shows(text: &str, wanted: &Wanted, found: &Found) -> bool {
    let names = |detector: &Detector| {
        let named = |root: &String| found.words.contains(root.as_str());
        matches!(&detector.sign, Sign::Using(namespace) if text.contains(namespace.as_str()))
            || detector.namespaces.iter().any(named)
    };
    let words = || found.words.iter();
    words().flat_map(|word| wanted.at(word)).any(|(_, detector)| names(detector))
        || words().flat_map(|word| wanted.handed_down(word)).any(|(_, detector)| names(detector))
        || found.hits.iter().any(|(offset, _)| declares(text, *offset))
}

/// Whether the name at an offset is that of a type, or of a method that extends one, where it is declared.
fn declares(text: &str, offset: usize) -> bool {
    let Some((before, from)) = text.split_at_checked(offset) else { return true };
    let before = before.trim_end();
    let keyword = before.rsplit(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
    let after = from.trim_start_matches(|it: char| it.is_alphanumeric() || it == '_');
    let parameters = after.split_once('(').filter(|(generic, _)| generic.trim().is_empty() || after.starts_with('<'));
    TYPE_KEYWORDS.contains(&keyword) || parameters.is_some_and(|(_, it)| it.trim_start().starts_with("this "))
}

/// Reads those of the held files that can show something now that all files are known; no text is held after it.
pub(in crate::evidence) fn read(files: &mut [FileFacts], wanted: &Wanted, inventory: &Inventory) {
    let around = Surroundings::of(files, inventory);
    let sees = |file: &FileFacts, found: &Found| {
        let mut detectors = found.words.iter().flat_map(|word| wanted.at(word));
        detectors.any(|(_, detector)| around.may_show(&file.path, detector))
    };
    let mut asked = chosen(files, wanted, sees);
    loop {
        parse(files, wanted, &asked);
        // Methods that a class gets from the product through classes of other files.
        let (bases, open) = bases_of(files);
        let open = AhoCorasick::new(&open).ok().filter(|_| !open.is_empty());
        asked = chosen(files, wanted, |file, found| {
            let mut detectors = found.words.iter().flat_map(|word| wanted.handed_down(word));
            detectors.any(|(_, it)| it.sign.ancestor().is_some_and(|ancestor| bases.contains(ancestor)))
                || open.as_ref().is_some_and(|open| declares_one(file, open))
        });
        if asked.is_empty() {
            break;
        }
    }
    for file in files {
        file.held = None;
    }
}

/// Which of the held files are wanted.
fn chosen(
    files: &[FileFacts],
    wanted: &Wanted,
    is_wanted: impl Fn(&FileFacts, &Found) -> bool + Sync,
) -> BTreeSet<usize> {
    let held = files.par_iter().enumerate().filter(|(_, file)| file.held.is_some());
    let held = held.filter(|(_, file)| {
        let text = file.held.as_deref().unwrap_or_default();
        is_wanted(file, &wanted.find(text.as_bytes()))
    });
    held.map(|(index, _)| index).collect()
}

/// Whether a held file declares a type of one of these names.
fn declares_one(file: &FileFacts, names: &AhoCorasick) -> bool {
    let text = file.held.as_deref().unwrap_or_default();
    names.find_overlapping_iter(text).any(|hit| declares(text, hit.start()))
}

fn parse(files: &mut [FileFacts], wanted: &Wanted, asked: &BTreeSet<usize>) {
    files.par_iter_mut().enumerate().filter(|(index, _)| asked.contains(index)).for_each(|(_, file)| {
        let Some(text) = file.held.take() else { return };
        match parse_around(&text, &wanted.telling(&wanted.find(text.as_bytes()))) {
            Some(syntax) => file.code = Some(super::read(&syntax, wanted)),
            None => file.problem = Some(tangled(&file.path)),
        }
    });
}

//! `audit merge`: the answers of several runs as one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};

use crate::day::Day;
use crate::portfolio::{Portfolio, Standing};
use crate::render::audit::json;
use crate::rules::Rulebook;

/// The audit that the files hold together. A repository that stands in several is taken from the last.
pub(super) fn merge(files: &[PathBuf], rules: &Rulebook) -> Result<Portfolio> {
    let mut standings: BTreeMap<String, Standing> = BTreeMap::new();
    let (mut days, mut subjects) = (Vec::new(), Vec::new());
    for path in files {
        let text = std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        let part = json::read(&text).map_err(|reason| anyhow!("{} {reason}", path.display()))?;
        days.push(part.date.parse::<Day>().with_context(|| format!("could not read {}", path.display()))?);
        subjects.push(part.subject);
        standings.extend(part.standings.into_iter().map(|standing| (standing.repository.clone(), standing)));
    }
    subjects.dedup();
    let Some(last) = days.iter().max() else { bail!("name the files to merge") };
    let mut standings: Vec<Standing> = standings.into_values().collect();
    // Parts of two days are told as of the later one.
    if days.iter().any(|day| day != last) {
        for standing in &mut standings {
            standing.turn_to(*last, rules);
        }
    }
    Ok(Portfolio::of(*last, subjects.join(", "), standings, rules))
}

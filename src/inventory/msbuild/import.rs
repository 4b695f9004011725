//! Imports: of files, of patterns, of the SDK's own files.

use std::sync::Arc;

use crate::inventory::msbuild::condition::Verdict;
use crate::inventory::msbuild::context::Context;
use crate::inventory::msbuild::document::Import;
use crate::inventory::msbuild::evaluation::{Evaluation, Failure, failed};
use crate::inventory::msbuild::files::Loaded;
use crate::inventory::msbuild::item::pattern::{fixed_folder, has_wildcard, matches};
use crate::inventory::msbuild::path::{self, Located};
use crate::inventory::msbuild::value::{Fault, unescape};
use crate::place::{Place, Problem};
use crate::tree::{file_name, folder};

/// Imports may nest this deep.
const DEEPEST: u32 = 64;

impl Evaluation<'_> {
    /// Evaluates an import element.
    pub(super) fn import(&mut self, import: &Import, file: &Arc<str>) -> Result<(), Failure> {
        match self.verdict_beside(&import.condition, file, import.line)? {
            Verdict::False => return Ok(()),
            Verdict::True => {}
            Verdict::Unknown(reason) => {
                // An SDK's own file that may be missing is imported when it exists, as `Exists` asks nearly always.
                let value = Context::of_properties(self.scope(file)).expand(&import.project);
                let target = value.map(|value| path::locate(&path::absolute(folder(file)), &unescape(&value.text)));
                if target != Ok(Located::Sdk) {
                    self.uncertain_import(&reason, file, import.line);
                    return Ok(());
                }
            }
        }
        if let Some(sdk) = &import.sdk {
            return self.sdk_import(sdk, &unescape(import.project.source()), file, import.line);
        }
        let value = import.project.expand(&self.scope(file)).map_err(|fault| failed(fault, file, import.line))?;
        if let Some(reason) = &value.unknown
            && !value.text.starts_with(path::SDK)
        {
            self.uncertain_import(&reason.clone(), file, import.line);
            return Ok(());
        }
        if value.text.trim().is_empty() {
            return Err(failed(Fault::new("MSB4020", "the `Project` of an import is empty"), file, import.line));
        }
        for text in value.text.split(';').map(str::trim).filter(|text| !text.is_empty()) {
            if has_wildcard(text) {
                self.import_pattern(&unescape(text), file, import.line)?;
            } else {
                self.import_text(&unescape(text), file, import)?;
            }
        }
        Ok(())
    }

    fn import_text(&mut self, text: &str, file: &Arc<str>, import: &Import) -> Result<(), Failure> {
        let base = path::absolute(folder(file));
        match path::locate(&base, text) {
            Located::Inside(target) => {
                if !self.import_file(&target, file, import.line)? {
                    let message = format!("{target} is imported and does not exist");
                    self.problem("missing-import", message, file, import.line);
                }
            }
            Located::Sdk => self.toolset_import(file_name(&path::with_slashes(text)), file, import.line)?,
            Located::Outside => {
                let message = format!("`{text}` lies outside of the repository");
                self.problem("outside-import", message, file, import.line);
            }
            Located::Machine => {
                self.problem(
                    "missing-import",
                    format!("`{text}` is imported and not in the repository"),
                    file,
                    import.line,
                );
            }
        }
        Ok(())
    }

    fn import_pattern(&mut self, text: &str, file: &Arc<str>, line: u32) -> Result<(), Failure> {
        let slashed = path::with_slashes(text).into_owned();
        let (fixed, rest) = fixed_folder(&slashed);
        let Located::Inside(start) = path::locate(&path::absolute(folder(file)), fixed) else { return Ok(()) };
        let mut found = Vec::new();
        for (candidate, _) in self.files.tree().under(&start) {
            self.scope(file).budget.spend(0).map_err(|fault| failed(fault, file, line))?;
            let below = candidate.get(start.len()..).unwrap_or_default().trim_start_matches('/');
            if matches(rest, below, false) {
                found.push(candidate.to_owned());
            }
        }
        found.sort_by_key(|candidate| candidate.to_lowercase());
        found.iter().try_for_each(|candidate| self.import_file(candidate, file, line).map(drop))
    }

    /// Imports a file of the tree, unless it was imported before; whether it exists.
    pub(super) fn import_file(&mut self, target: &str, file: &str, line: u32) -> Result<bool, Failure> {
        if self.seen.contains(target) {
            return Ok(true);
        }
        let document = match self.files.shared(target) {
            Loaded::Missing => return Ok(false),
            Loaded::Listed => {
                let message = format!("{target} is imported, and its text was not fetched");
                self.problems.push(Problem::at("not-loaded", message, Place::new(target, 0)));
                return Ok(true);
            }
            Loaded::Unreadable(problem) if problem.code == "unreadable-file" => {
                self.problem("unreadable-import", problem.message, file, line);
                return Ok(true);
            }
            Loaded::Unreadable(problem) => return Err(Box::new(problem)),
            Loaded::Parsed(document) => document,
        };
        if self.depth >= DEEPEST {
            return Err(failed(Fault::new("too-deep", format!("imports nest deeper than {DEEPEST}")), file, line));
        }
        self.seen.insert(target.to_owned());
        self.imports.push(document.path.clone());
        self.depth += 1;
        let result = self.properties_pass(&document);
        self.depth -= 1;
        result.map(|()| true)
    }

    /// Says that nobody can tell whether a file is imported.
    pub(super) fn uncertain_import(&mut self, reason: &str, file: &str, line: u32) {
        self.problem("uncertain-import", format!("it cannot be told what is imported: {reason}"), file, line);
    }

    /// Adds a problem at a line.
    pub(super) fn problem(&mut self, code: &str, message: String, file: &str, line: u32) {
        self.problems.push(Problem::at(code, message, Place::new(file, line)));
    }
}

//! The audit of one repository as SARIF, for code scanning: the same log as that of a pull request, with what is the case today.

use crate::portfolio::{Portfolio, Standing};
use crate::render::audit::headline;
use crate::render::sarif;
use crate::report::{Book, Looked, Report, Verdict};
use crate::rules::Rulebook;

/// The log; `None` when the portfolio is not that of one repository, to which code scanning belongs.
///
/// # Errors
/// None in practice: every value has a JSON form.
pub fn log(portfolio: &Portfolio, rules: &Rulebook) -> Option<serde_json::Result<String>> {
    let [standing] = portfolio.standings.as_slice() else { return None };
    Some(sarif::sarif(&report(portfolio, standing), rules))
}

/// An audit reads like the report of a change that touched nothing.
fn report(portfolio: &Portfolio, standing: &Standing) -> Report {
    Report {
        base: String::new(),
        head: standing.commit.clone(),
        verdict: if standing.owes() { Verdict::Action } else { Verdict::Clear },
        reasons: vec![headline(portfolio)],
        changes: Vec::new(),
        routes: Vec::new(),
        findings: standing.findings.clone(),
        ignored: standing.ignored.clone(),
        guides: standing.guides.clone(),
        problems: standing.problems.clone(),
        remarks: Vec::new(),
        looked: Looked::default(),
        book: Book { verified: portfolio.verified.clone(), ..Book::default() },
    }
}

//! The verdict in one line of words, for headings, check runs, notices and terminals.

use crate::jump::JumpKind;
use crate::report::{Report, Route, Status, Verdict};

/// How many jumps are named before the rest is counted.
const NAMED: usize = 2;

/// Such as `IdentityServer 6.0.4 → 7.1.2: 4 things to do before merging`. Foreign text stands in backticks.
pub fn headline(report: &Report) -> String {
    if report.routes.is_empty() && report.verdict == Verdict::None {
        return "No version jump".into();
    }
    format!("{}: {}", jumps(&report.routes), owed(report))
}

fn jumps(routes: &[Route]) -> String {
    let mut names: Vec<String> = routes.iter().take(NAMED).map(jump).collect();
    if routes.len() > NAMED {
        names.push(format!("{} more", routes.len() - NAMED));
    }
    if names.is_empty() { "Versions changed".into() } else { names.join(", ") }
}

/// Such as `IdentityServer 6.0.4 → 7.1.2`, or `IdentityServer goes down, 7.1.2 → 7.0.8`.
pub fn jump(route: &Route) -> String {
    let title = &route.title;
    let version = |text: &str| {
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
        if plain { text.to_owned() } else { format!("`{}`", text.replace('`', "'")) }
    };
    match (&route.jump.from, &route.jump.to) {
        (Some(from), Some(to)) if route.jump.kind == JumpKind::Downgrade => {
            format!("{title} goes down, {} → {}", version(&from.version), version(&to.version))
        }
        (Some(from), Some(to)) if from.package != to.package => {
            format!("{} {} → {} {}", from.package, version(&from.version), to.package, version(&to.version))
        }
        (Some(from), Some(to)) => format!("{title} {} → {}", version(&from.version), version(&to.version)),
        (None, Some(to)) => format!("{title} {} comes in", version(&to.version)),
        (Some(from), None) => format!("{title} {} goes out", version(&from.version)),
        (None, None) => title.clone(),
    }
}

fn owed(report: &Report) -> String {
    let (todo, check) = (report.of(Status::Todo).count(), report.of(Status::Check).count());
    match report.verdict {
        Verdict::Action => format!("{} to do before merging", things(todo)),
        // A plan without a repository: nothing has looked.
        Verdict::Check if report.looked.projects == 0 => format!("{} to look at", things(check)),
        Verdict::Check if check == 0 => "not everything could be read".into(),
        Verdict::Check => format!("nothing seen missing, {} only you can tell", things(check)),
        Verdict::Clear | Verdict::None => "nothing to do".into(),
    }
}

fn things(count: usize) -> String {
    if count == 1 { "1 thing".into() } else { format!("{count} things") }
}

//! What lock files hold, told to the projects beside them: a restore that finds a lock takes its versions.

use std::collections::HashMap;

use crate::inventory::{Inventory, Kind, Project};
use crate::place::Problem;
use crate::tree::folder;

/// Package id in lower case, and framework in lower case, to the locked version.
type Locked = HashMap<(String, String), String>;

impl Inventory {
    /// Sets `resolved` of every reference whose project has a `packages.lock.json` beside it. A locked version that the
    /// requirement excludes is told as a warning: the lock is stale.
    pub(super) fn settle_locks(&mut self) {
        let mut locks: HashMap<String, Locked> = HashMap::new();
        for lock in self.projects.iter().filter(|project| project.kind == Kind::Lock) {
            locks.insert(folder(&lock.path).to_owned(), versions(lock));
        }
        if locks.is_empty() {
            return;
        }
        for project in self.projects.iter_mut().filter(|project| project.kind == Kind::MsBuild) {
            if let Some(lock) = locks.get(folder(&project.path)) {
                settle(project, lock);
            }
        }
    }
}

/// The direct and transitive versions of a lock file.
fn versions(lock: &Project) -> Locked {
    let entry = |package: &crate::inventory::Package| {
        let framework = package.framework.as_deref().unwrap_or_default().to_lowercase();
        Some(((package.id.to_lowercase(), framework), package.resolved.clone()?))
    };
    lock.packages.iter().filter_map(entry).collect()
}

fn settle(project: &mut Project, lock: &Locked) {
    let mut stale = Vec::new();
    for package in project.packages.iter_mut().filter(|package| package.resolved.is_none()) {
        let id = package.id.to_lowercase();
        let framework = package.framework.as_deref().unwrap_or_default().to_lowercase();
        let own = lock.get(&(id.clone(), framework));
        // Old locks write frameworks in long form: one version for all frameworks leaves no doubt either.
        let any = || {
            let mut versions: Vec<&String> =
                lock.iter().filter(|((other, _), _)| *other == id).map(|(_, it)| it).collect();
            versions.dedup();
            if versions.len() == 1 { versions.pop() } else { None }
        };
        let Some(version) = own.or_else(any) else { continue };
        let range = package.requirement.as_deref().and_then(|text| text.trim().parse::<crate::range::Range>().ok());
        let parsed = version.parse::<crate::version::Version>().ok();
        if let (Some(range), Some(parsed)) = (range, parsed)
            && !range.satisfies(&parsed)
        {
            let text = format!("{} asks for {}, the lock file holds {version}: it is stale", package.id, range);
            stale.push(Problem::at("stale-lock", text, package.place.clone()));
        }
        package.resolved = Some(version.clone());
    }
    project.warnings.extend(stale);
}

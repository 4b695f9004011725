//! What lock files hold, told to the projects beside them: a restore that finds a lock takes its versions.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::inventory::{Inventory, Kind, Project, lock};
use crate::place::{Place, Problem};
use crate::tree::{Entry, Tree, file_name, folder, join};

/// Package id in lower case, and framework in lower case, to the locked version and its place.
type Locked = HashMap<(String, String), (String, Place)>;

impl Inventory {
    /// Adds the lock files that only their projects know as such, because they have names of their own. One whose text is not at hand
    /// is a problem of its project.
    pub(super) fn read_named_locks(&mut self, tree: &Tree) {
        let known: HashSet<&str> = self.projects.iter().map(|project| project.path.as_str()).collect();
        let named = self.projects.iter().filter_map(|project| project.lock_file.as_deref());
        let new: BTreeSet<String> = named.filter(|path| !known.contains(path)).map(ToOwned::to_owned).collect();
        self.projects.extend(new.iter().filter_map(|path| Some(lock::read(path, tree.text(path)?))));
    }

    /// Sets `resolved` of every reference whose project has a lock file. A locked version that the requirement excludes is told as a
    /// warning: the lock is stale.
    pub(super) fn settle_locks(&mut self, tree: &Tree) {
        let read = self.projects.iter().filter(|project| project.kind == Kind::Lock);
        let mut locks: HashMap<String, Locked> = read.map(|lock| (lock.path.clone(), versions(lock))).collect();
        for project in self.projects.iter_mut().filter(|project| project.kind == Kind::MsBuild) {
            let Some(path) = lock_path(project, tree) else { continue };
            if let Some(text) = tree.text(&path).filter(|_| !locks.contains_key(&path)) {
                locks.insert(path.clone(), versions(&lock::read(&path, text)));
            }
            match locks.get(&path) {
                Some(lock) => settle(project, lock),
                None => project.problems.push(unread(tree, &path)),
            }
        }
    }
}

/// The lock file of a project, as NuGet looks for it: the one that it names, `packages.<project>.lock.json` beside it, or
/// `packages.lock.json`. Source: `PackagesLockFileUtilities.GetNuGetLockFilePath` of NuGet.Client.
fn lock_path(project: &Project, tree: &Tree) -> Option<String> {
    if let Some(named) = &project.lock_file {
        return tree.is_file(named).then(|| named.clone());
    }
    let name = file_name(&project.path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace(' ', "_");
    [format!("packages.{stem}.lock.json"), "packages.lock.json".to_owned()]
        .into_iter()
        .filter_map(|name| join(folder(&project.path), &name))
        .find(|path| tree.is_file(path))
}

/// Why a lock file that is there says nothing.
fn unread(tree: &Tree, path: &str) -> Problem {
    match tree.entry(path) {
        Some(Entry::Unreadable(reason)) => Problem::unreadable(path, reason),
        _ => Problem::at("not-loaded", "the text of the lock file was not fetched", Place::new(path, 0)),
    }
}

/// The direct and transitive versions of a lock file.
fn versions(lock: &Project) -> Locked {
    let entry = |package: &crate::inventory::Package| {
        let framework = package.framework.as_deref().unwrap_or_default().to_lowercase();
        let version = (package.resolved.clone()?, package.carrier().clone());
        Some(((package.id.to_lowercase(), framework), version))
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
            let mut versions = lock.iter().filter(|((other, _), _)| *other == id).map(|(_, it)| it);
            let first = versions.next()?;
            versions.all(|(version, _)| *version == first.0).then_some(first)
        };
        let Some((version, place)) = own.or_else(any) else { continue };
        let range = package.requirement.as_deref().and_then(|text| text.trim().parse::<crate::range::Range>().ok());
        let parsed = version.parse::<crate::version::Version>().ok();
        if let (Some(range), Some(parsed)) = (range, parsed)
            && !range.satisfies(&parsed)
        {
            let text = format!("{} asks for {}, the lock file holds {version}: it is stale", package.id, range);
            stale.push(Problem::at("stale-lock", text, package.place.clone()));
        }
        package.resolved = Some(version.clone());
        package.locked_at = Some(place.clone());
    }
    project.warnings.extend(stale);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Options;

    fn lock(version: &str) -> String {
        format!(
            "{{\"dependencies\": {{\"net8.0\": {{\n\"A\": {{\"type\": \"Direct\", \"resolved\": \"{version}\"}}}}}}}}"
        )
    }

    fn resolved(properties: &str, files: &[(&str, &str)]) -> (Option<String>, Option<Place>, Vec<String>) {
        let mut tree = Tree::new();
        let project = format!(
            "<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework>{properties}</PropertyGroup>\
             <ItemGroup><PackageReference Include='A' Version='[1,4)'/></ItemGroup></Project>"
        );
        tree.insert_text("src/My App.csproj", &project);
        for (path, version) in files {
            tree.insert_text(*path, &lock(version));
        }
        let inventory = Inventory::at(&tree, "src/My App.csproj", &Options::default());
        let project = &inventory.projects[0];
        let codes = project.problems.iter().chain(&project.warnings).map(|problem| problem.code.clone()).collect();
        (project.packages[0].resolved.clone(), project.packages[0].locked_at.clone(), codes)
    }

    #[test]
    fn a_project_has_the_lock_file_that_nuget_would_take() {
        #[track_caller]
        fn case(properties: &str, files: &[(&str, &str)], version: Option<&str>, path: &str) {
            let (found, place, codes) = resolved(properties, files);
            assert_eq!((found.as_deref(), codes.len()), (version, 0), "{codes:?}");
            assert_eq!(place, version.map(|_| Place::new(path, 2)));
        }
        let (own, plain) = ("src/packages.My_App.lock.json", "src/packages.lock.json");
        case("", &[(plain, "1.1.0")], Some("1.1.0"), plain);
        case("", &[(plain, "1.1.0"), (own, "2.2.0")], Some("2.2.0"), own);
        let named = "<NuGetLockFilePath>..\\locks\\app.json</NuGetLockFilePath>";
        case(named, &[(plain, "1.1.0"), ("locks/app.json", "3.3.0")], Some("3.3.0"), "locks/app.json");
        case(named, &[(plain, "1.1.0")], None, "");
        case("<NuGetLockFilePath>../../out.json</NuGetLockFilePath>", &[(plain, "1.1.0")], None, "");
    }

    #[test]
    fn what_a_lock_file_cannot_tell_is_said() {
        let plain = "src/packages.lock.json";
        assert_eq!(resolved("", &[(plain, "4.0.0")]).2, ["stale-lock"]);
        let named = "<NuGetLockFilePath>$([System.DateTime]::Now.Ticks).json</NuGetLockFilePath>";
        assert_eq!(resolved(named, &[]).2, ["unknown-lock-file"]);
    }
}

//! Memory: code passes through, whatever its size, and what is beyond the limits is told.

use crate::action::{MANIFEST, only, project, succeeded};
use crate::scenarios::tool;
use crate::world::{Ran, World};

const MB: u64 = 1024 * 1024;

/// A pull request that jumps beside so many files of code of so many bytes.
fn run(files: usize, bytes: usize) -> (Ran, World) {
    run_with(files, bytes, |index| (format!("src/Code/C{index}.cs"), format!("class C{index} {{ }}\n"), ""))
}

/// The same with files of any kind: path, beginning and end.
fn run_with(files: usize, bytes: usize, file: impl Fn(usize) -> (String, String, &'static str)) -> (Ran, World) {
    let world = World::new();
    {
        let mut state = world.state();
        let line = "// nothing to see in this line of code, which is here for its length\n";
        let padding = line.repeat(bytes / line.len());
        let whole = |index| {
            let (path, start, end) = file(index);
            (path, format!("{start}{padding}{end}"))
        };
        let code: Vec<(String, String)> = (0..files).map(whole).collect();
        let mut commit = |parent: Option<&str>, version: &str| {
            let project = project(version);
            let mut all = vec![(MANIFEST, project.as_str())];
            all.extend(code.iter().map(|(path, text)| (path.as_str(), text.as_str())));
            state.commit(parent, &all)
        };
        let base = commit(None, "6.0.4");
        let head = commit(Some(&base), "7.1.2");
        state.open(&base, &head);
    }
    let ran = world.run(1, 1, &[("IDENTITYSERVER_UPGRADE_REQUEST_MS", "120000")]);
    succeeded(&ran);
    (ran, world)
}

/// As one archive, and as blobs: much code needs little more memory than little code. `MB=200 cargo test memory -- --nocapture` measures.
#[test]
fn much_code_needs_no_more_memory_than_little() {
    let size: u64 = std::env::var("MB").ok().and_then(|size| size.parse().ok()).unwrap_or(48);
    let little = run(200, 1000).0;
    assert!(little.asked.contains(&"archive".to_owned()), "{:?}", little.asked);
    let archive = run(usize::try_from(size).expect("small") * 4, 256 * 1024).0;
    let blobs = run(usize::try_from(size / 6).expect("small"), 6 * 1024 * 1024).0;
    assert!(!blobs.asked.contains(&"archive".to_owned()), "{:?}", blobs.asked);
    eprintln!(
        "{} MB, {size} MB as archive: {} MB, as blobs: {} MB",
        little.peak / MB,
        archive.peak / MB,
        blobs.peak / MB
    );
    assert!(archive.peak < little.peak + 80 * MB, "{} MB", archive.peak / MB);
    assert!(blobs.peak < little.peak + 150 * MB, "{} MB", blobs.peak / MB);
}

/// A file beyond the limit is told, and nobody may merge on it.
#[test]
fn a_file_that_is_too_large_is_told() {
    let (ran, world) = run(1, 17 * 1024 * 1024);
    assert!(only(&world, 1).body.contains("src/Code/C0.cs is larger than 16 MB"), "{}", ran.summary);
    assert_eq!(ran.outputs["safe-to-auto-merge"], "false");
}

/// The same through the command line, for folders; a link to code is followed by nobody.
#[test]
fn code_that_a_folder_cannot_give_is_told() {
    let root = tempfile::tempdir().expect("a folder");
    for (side, version) in [("base", "6.0.4"), ("head", "7.1.2")] {
        let folder = root.path().join(side);
        std::fs::create_dir_all(folder.join("src/Host")).expect("folders");
        std::fs::write(folder.join(MANIFEST), project(version)).expect("a project");
        std::fs::write(folder.join("src/Host/Large.cs"), "// large\n".repeat(2_000_000)).expect("code");
        std::os::unix::fs::symlink("/etc/passwd", folder.join("src/Host/Link.cs")).expect("a link");
    }
    for arguments in [&["diff", "base", "head"][..], &["audit", "head", "--today", "2026-11-25"]] {
        let output =
            tool().current_dir(root.path()).args(arguments).args(["--format", "json"]).output().expect("it runs");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let problems = answer["problems"].to_string();
        assert!(problems.contains("src/Host/Large.cs is larger than 16 MB"), "{arguments:?}: {problems}");
        assert!(!problems.contains("Link.cs"), "{arguments:?}: {problems}");
    }
}

/// Manifests are held while they are evaluated, up to a limit; those beyond it are told.
#[test]
fn manifests_are_held_up_to_a_limit() {
    let props = |index| (format!("src/Code/P{index}.props"), format!("<Project><!-- {index}\n"), "--></Project>");
    let (ran, world) = run_with(18, 15 * 1024 * 1024, props);
    assert!(only(&world, 1).body.contains("the files would have more than 256 MB"), "{}", ran.summary);
    assert_eq!(ran.outputs["safe-to-auto-merge"], "false");
    assert!(ran.peak < 900 * MB, "{} MB", ran.peak / MB);
    eprintln!("{} MB", ran.peak / MB);
}

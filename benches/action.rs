//! What a run of the action costs a pull request: requests, round trips and wall time, when the server takes 0, 50 or 200 ms to answer;
//! and what there is before and after the requests: starting the program, and writing the comment. `cargo bench --bench action`.
//!
//! The server is the world of the tests, on this machine; each request waits for the latency, whatever else is on its way.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and fails by panicking")]

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use identityserver_upgrade::check::Sides;
use identityserver_upgrade::render::comment::{Frame, comment};
use identityserver_upgrade::report::Report;
use identityserver_upgrade::rules::Rulebook;
use identityserver_upgrade::run::{self, File, Side, Source, Take, Wanted};
use identityserver_upgrade::scope::Scope;
use identityserver_upgrade::source::folder;

use integration::world::World;

#[path = "../tests/integration"]
#[expect(dead_code, unused_imports, reason = "the tests ask more of the world")]
mod integration {
    pub(crate) mod world;
}

/// Runs of each kind; the median counts.
const RUNS: usize = 9;

const BASE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/upgrade/base");
const HEAD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/upgrade/head");

fn main() {
    println!("{:<34} {:>9} {:>12} {:>10}", "pull request", "requests", "round trips", "wall");
    for latency in [0, 50, 200] {
        action("without a jump", latency, BASE, BASE);
        action("with a jump, first comment", latency, BASE, HEAD);
    }
    start();
    rendering();
}

/// The action on a pull request between two folders, each time in a new world.
fn action(name: &str, latency: u64, base: &str, head: &str) {
    let (before, after) = (files(base), files(head));
    let mut times = Vec::new();
    let (mut requests, mut rounds) = (0, 0);
    for _ in 0..RUNS {
        let world = World::new();
        let pull = {
            let mut state = world.state();
            let before = state.commit(None, &borrowed(&before));
            let after = state.commit(Some(&before), &borrowed(&after));
            state.latency = latency;
            state.open(&before, &after)
        };
        let ran = world.run(pull, 1, &[("IDENTITYSERVER_UPGRADE_REQUEST_MS", "9000")]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        assert_eq!(world.comments(pull).len(), usize::from(base != head), "{ran:#?}");
        (requests, rounds) = (ran.asked.len(), ran.rounds);
        times.push(ran.took);
    }
    let name = format!("{name}, {latency} ms");
    println!("{name:<34} {requests:>9} {rounds:>12} {:>7.1} ms", milliseconds(median(times)));
}

/// Starting the program and ending it at once, beside starting git.
fn start() {
    let time = |program: &str| {
        let run = || {
            let begun = Instant::now();
            let status = Command::new(program).arg("--version").stdout(Stdio::null()).status();
            assert!(status.expect("it starts").success(), "{program}");
            begun.elapsed()
        };
        median((0..31).map(|_| run()).collect())
    };
    let (ours, git) = (time(env!("CARGO_BIN_EXE_identityserver-upgrade")), time("git"));
    let ratio = ours.as_secs_f64() / git.as_secs_f64();
    println!("start: {:.1} ms, {ratio:.2} times `git --version`", milliseconds(ours));
}

/// Writing the comment of the example, beside finding out what stands in it.
fn rendering() {
    let begun = Instant::now();
    let report = report();
    let reasoning = begun.elapsed();
    let frame = Frame::default();
    let times = (0..1000).map(|_| {
        let begun = Instant::now();
        black_box(comment(black_box(&report), &frame));
        begun.elapsed()
    });
    let rendering = median(times.collect());
    let share = 100.0 * rendering.as_secs_f64() / reasoning.as_secs_f64();
    let bytes = comment(&report, &frame).len();
    println!(
        "comment: {bytes} bytes in {:.0} µs, {share:.1} % of reading and judging",
        milliseconds(rendering) * 1000.0
    );
}

fn report() -> Report {
    let (base, head) = (Path::new(BASE), Path::new(HEAD));
    let trees = |wanted: Wanted| Ok((folder::read(base, wanted).0, folder::read(head, wanted).0));
    let files = |wanted: Wanted, take: Take| {
        for (path, _) in folder::read(head, |_| false).0.iter().filter(|(path, _)| wanted(path)) {
            take(File {
                side: Side::Head,
                path: path.to_owned(),
                bytes: folder::load(&head.join(path)).expect("loads"),
            });
        }
        Ok(())
    };
    let source = Source { trees: &trees, files: &files };
    run::report(
        &source,
        &Sides::default(),
        Rulebook::embedded(),
        &Scope::default(),
        "2026-11-25".parse().expect("a day"),
    )
    .expect("a report")
}

fn files(root: &str) -> Vec<(String, String)> {
    let root = Path::new(root);
    let (tree, _) = folder::read(root, |_| false);
    let text = |path: &str| String::from_utf8(folder::load(&root.join(path)).expect("loads")).expect("text");
    tree.iter().map(|(path, _)| (path.to_owned(), text(path))).collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

//! What the tool says of its own work, on standard error: spans of stages and requests with their times.

use std::io::IsTerminal;
use std::time::Instant;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts logging: `RUST_LOG` decides; else `-v` shows stages and `-vv` (or `RUNNER_DEBUG=1`) everything of ours. Without any of
/// them nothing is set up at all.
pub(super) fn start(verbose: u8) {
    let asked = std::env::var("RUST_LOG").ok().filter(|filter| !filter.is_empty());
    let debug = std::env::var_os("RUNNER_DEBUG").is_some_and(|value| value == "1");
    let filter = match (asked, verbose) {
        (Some(filter), _) => filter,
        (None, 0) if !debug => return,
        (None, 1) if !debug => "warn,identityserver_upgrade=info".into(),
        (None, _) => "warn,identityserver_upgrade=debug".into(),
    };
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let started = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(color)
        .with_target(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// The last line of verbose output: wall time, and where the system tells it peak memory.
pub(super) fn foot(begun: Instant) {
    let peak = std::fs::read_to_string("/proc/self/status").ok().and_then(|status| {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()
    });
    tracing::info!(milliseconds = begun.elapsed().as_millis(), peak_kilobytes = peak, "done");
}

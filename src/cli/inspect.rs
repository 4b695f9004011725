//! `inspect`.

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `inspect`; gives the exit code.
pub fn run(_arguments: &Arguments) -> anyhow::Result<u8> {
    anyhow::bail!("`inspect` is not built yet")
}

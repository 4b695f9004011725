//! `diff`.

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `diff`; gives the exit code.
pub fn run(_arguments: &Arguments) -> anyhow::Result<u8> {
    anyhow::bail!("`diff` is not built yet")
}

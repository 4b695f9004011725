//! `rules`.

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `rules`; gives the exit code.
pub fn run(_arguments: &Arguments) -> anyhow::Result<u8> {
    anyhow::bail!("`rules` is not built yet")
}

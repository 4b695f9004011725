//! `plan`.

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `plan`; gives the exit code.
pub fn run(_arguments: &Arguments) -> anyhow::Result<u8> {
    anyhow::bail!("`plan` is not built yet")
}

//! The GitHub action's door.

/// Runs the action; gives the exit code.
pub fn run() -> anyhow::Result<u8> {
    anyhow::bail!("`action` is not built yet")
}

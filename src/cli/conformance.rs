//! `conformance`: a JSON request per line on standard input, a JSON reply per line on standard output.

/// Runs until the end of standard input; gives the exit code.
pub fn run() -> anyhow::Result<u8> {
    anyhow::bail!("`conformance` is not built yet")
}

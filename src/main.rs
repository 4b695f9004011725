//! Parse, run, exit code; nothing else.

fn main() -> std::process::ExitCode {
    identityserver_upgrade::cli::main().into()
}

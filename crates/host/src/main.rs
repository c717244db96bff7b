//! `moydom`: runs the suite without Spin.

use std::process::ExitCode;

fn main() -> ExitCode {
    host::cli::run()
}

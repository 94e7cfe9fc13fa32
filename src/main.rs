//! The `footnote` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    footnote::cli::run(std::env::args_os())
}

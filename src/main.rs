//! The entry point of the `footnote` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    footnote::cli::run(std::env::args_os())
}

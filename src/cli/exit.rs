//! Exit codes of the `footnote` program.

use std::process::ExitCode;

use crate::store::StoreError;
use crate::telegram::ApiError;

/// The result of a command, which determines the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Exit code 0: the command succeeded.
    Success,
    /// Exit code 1: the command ran, but the result is negative. For example, the knowledge base
    /// has errors, or the bot's inbox worker panicked.
    Failure,
    /// Exit code 75 (`EX_TEMPFAIL` in BSD's `sysexits.h`): a later start may succeed. For example,
    /// another process polls with the same token, or the database is down.
    NotNow,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => ExitCode::SUCCESS,
            Exit::Failure => ExitCode::FAILURE,
            Exit::NotNow => ExitCode::from(75),
        }
    }
}

/// Exit code 2: the command could not run because of wrong arguments, variables or files.
const UNUSABLE: u8 = 2;

/// Converts the result of a command to an exit code. Prints the error to standard error, if there
/// is one.
pub(super) fn report(result: anyhow::Result<Exit>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        // The program that reads the output of `footnote`, such as `head`, closed the pipe. This is
        // not an error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("footnote: {error:#}");
            if is_transient(&error) { Exit::NotNow.into() } else { ExitCode::from(UNUSABLE) }
        }
    }
}

/// Returns true if a later start may succeed, because the database, a port or the network is only
/// temporarily unavailable.
fn is_transient(error: &anyhow::Error) -> bool {
    let is_port_taken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::AddrInUse;
    error.downcast_ref::<StoreError>().is_some_and(StoreError::is_transient)
        || error.downcast_ref::<ApiError>().is_some_and(ApiError::is_transient)
        || error.downcast_ref::<std::io::Error>().is_some_and(is_port_taken)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

//! Exit codes.

use std::process::ExitCode;

use crate::store::StoreError;
use crate::telegram::ApiError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0.
    Success,
    /// 1: the command ran, and the result is bad: the base has errors, or the bot had to stop.
    Failure,
    /// 75, `EX_TEMPFAIL` of BSD's `sysexits`: a later start may succeed. Another process polls with
    /// the same token, or a service is down.
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

/// The exit code of a command that could not run: wrong arguments, variables or files.
const UNUSABLE: u8 = 2;

/// The exit code of a result; prints the error, if there is one.
pub(super) fn report(result: anyhow::Result<Exit>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        // The reader of our output has closed it: no error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("footnote: {error:#}");
            if is_transient(&error) { Exit::NotNow.into() } else { ExitCode::from(UNUSABLE) }
        }
    }
}

/// May a later start succeed: is a database, a port or the network unavailable?
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

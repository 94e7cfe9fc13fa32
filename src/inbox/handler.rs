//! The interface between the inbox worker and the code that handles inbox rows.

use std::time::Duration;

use crate::store::{Effects, Lease, StoreError};

/// The reason why an inbox row could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Telegram's rate limit, or the bot's own, requires a wait of this duration. The attempt is
    /// not counted in the row's number of attempts.
    Throttled(Duration),
    /// Telegram's server, the network or the database is unavailable. The row is retried until its
    /// expiry time. Such an attempt is not counted in the row's number of attempts, so the row does
    /// not become a dead letter.
    Unavailable(String),
    /// The attempt failed, or the bot does not know whether it succeeded. A retry may succeed.
    Retryable(String),
    /// The attempt failed, and every retry will fail too.
    Permanent(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Unavailable(error.to_string())
    }
}

pub trait Handler: Send + Sync + 'static {
    /// Handles a leased inbox row. Returns the changes that the worker writes to the database when
    /// it completes the row. May be called several times for the same row, because a failed attempt
    /// is repeated.
    fn handle(&self, lease: &Lease) -> impl Future<Output = Result<Effects, Failure>> + Send;
}

//! The interface between the inbox worker and the code that handles inbox rows.

use std::time::Duration;

use crate::store::{Effects, Lease, StoreError};

/// The reason why an inbox row could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Telegram's rate limit, or the bot's own, requires a wait of this duration. The row itself is
    /// not at fault.
    Throttled(Duration),
    /// Telegram's server, the network or the database is unavailable. The row is retried until it
    /// expires. These attempts do not count towards the row's limit of attempts.
    Unavailable(String),
    /// The attempt failed, or nobody knows whether it succeeded. A retry may succeed.
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
    /// Handles a leased inbox row, and returns the effects to store. May be called several times
    /// for the same row.
    fn handle(&self, lease: &Lease) -> impl Future<Output = Result<Effects, Failure>> + Send;
}

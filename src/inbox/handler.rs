//! The interface between the inbox worker and the code that handles rows.

use std::time::Duration;

use crate::store::{Effects, Lease, StoreError};

/// The reason why a row could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Telegram's rate limit requires a wait of this duration. The row itself is not at fault.
    Throttled(Duration),
    /// A server, the network or the database is unavailable. The row is retried until the row
    /// expires, and the attempts do not count.
    Unavailable(String),
    /// The attempt failed, or its result is unknown. A retry may succeed.
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
    /// Handles a row, and returns the effects to store. May be called several times for the same
    /// row.
    fn handle(&self, lease: &Lease) -> impl Future<Output = Result<Effects, Failure>> + Send;
}

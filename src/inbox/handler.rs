//! What the worker asks of a handler.

use std::time::Duration;

use crate::store::{Effects, Lease, StoreError};

/// Why a row could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// We were told to wait this long (rate limit). The row is fine.
    Throttled(Duration),
    /// A server, the network or the database is unavailable. The row is fine, however long that
    /// takes.
    Unavailable(String),
    /// The row failed, or may have been handled unknown to us. A retry may succeed.
    Retryable(String),
    /// No retry will succeed.
    Permanent(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Unavailable(error.to_string())
    }
}

pub trait Handler: Send + Sync + 'static {
    /// Handles a row and returns its effects. It may be called again for the same row.
    fn handle(&self, lease: &Lease) -> impl Future<Output = Result<Effects, Failure>> + Send;
}

//! The message queue's worker: leases rows of the inbox, has them handled, and completes them.
//! Knows nothing of Telegram.
//!
//! Delivery is at least once. A row stays open until its handler has succeeded and its effects are
//! stored, in one transaction. If the process dies before that, the row is handled again. So a
//! reply is repeated only if it is unknown whether it was sent.

mod handler;
mod retry;
mod ack_batcher;
mod grace_period;
mod maintenance;
mod worker;

pub use handler::{Failure, Handler};
pub use retry::MAX_ATTEMPTS;
pub use worker::run;

//! The inbox worker. The worker leases rows of the inbox, passes them to a handler, and completes
//! them. An inbox row contains one update. This module does not depend on Telegram.
//!
//! Delivery is at least once. A row stays open until its handler has succeeded and the row's
//! effects are stored. The effects and the completion share one transaction. If the process crashes
//! before this transaction, the row is handled again. A reply is therefore repeated only if the bot
//! cannot know whether it was sent.

mod handler;
mod retry;
mod ack_batcher;
mod grace_period;
mod maintenance;
mod worker;

pub use handler::{Failure, Handler};
pub use retry::MAX_ATTEMPTS;
pub use worker::run;

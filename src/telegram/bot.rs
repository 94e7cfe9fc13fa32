//! The state that all handlers of updates share.

use std::sync::Arc;

use super::api::{Api, Me};
use super::buttons::Signer;
use super::in_memory_state::InMemoryState;
use super::retention::Retention;
use crate::store::Store;
use footnote_engine::engine::Engine;

/// The dependencies of the handlers of updates. `send.rs` adds the methods that send replies.
pub(super) struct Bot {
    pub me: Me,
    pub engine: Arc<Engine>,
    pub store: Store,
    pub api: Arc<Api>,
    pub signer: Signer,
    pub in_memory: InMemoryState,
    pub retention: Retention,
}

//! What every handler works with.

use std::sync::Arc;

use super::Me;
use super::api::Api;
use super::buttons::Signer;
use super::in_memory_state::Moment;
use super::retention::Keeping;
use crate::store::Store;
use footnote_engine::engine::Engine;

/// The bot: who it is, what it knows, and what it speaks and remembers with.
pub(super) struct Bot {
    pub me: Me,
    pub engine: Arc<Engine>,
    pub store: Store,
    pub api: Arc<Api>,
    pub signer: Signer,
    pub moment: Moment,
    pub keeping: Keeping,
}

//! What every handler works with.

use std::sync::Arc;

use super::Me;
use super::api::Api;
use super::buttons::Signer;
use super::moment::Moment;
use super::send::{self, Sent, To};
use crate::engine::Engine;
use crate::inbox::Failure;
use crate::reply::Reply;
use crate::store::Store;

/// The bot: who it is, what it knows, and what it speaks and remembers with.
pub(super) struct Bot {
    pub me: Me,
    pub engine: Arc<Engine>,
    pub store: Store,
    pub api: Arc<Api>,
    pub signer: Signer,
    pub moment: Moment,
}

impl Bot {
    /// Sends a reply as a new message.
    pub async fn send(&self, to: &To, reply: &Reply) -> Result<Sent, Failure> {
        send::send(&self.api, &self.signer, to, reply).await
    }

    /// Makes a message of ours show this reply instead.
    pub async fn edit(&self, chat_id: i64, message_id: i64, reply: &Reply) -> Result<Sent, Failure> {
        send::edit(&self.api, &self.signer, chat_id, message_id, reply).await
    }
}

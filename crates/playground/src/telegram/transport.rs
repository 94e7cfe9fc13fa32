//! Transports updates to the bot, through `getUpdates` or through the webhook.

use std::time::Duration;

use serde_json::{Value, json};

use super::errors::ApiError;
use super::state::FakeTelegram;
use super::webhook::{Delivery, Webhook};

impl FakeTelegram {
    /// Sets which kinds of updates the bot gets from now on.
    pub(crate) fn allow_updates(&self, kinds: Vec<String>) {
        self.change(|state| state.updates.allow(kinds));
    }

    /// Confirms the updates before `offset` and waits up to `timeout` for new updates. If another
    /// `getUpdates` call is already waiting, that older call ends with an error.
    pub(crate) async fn poll(&self, offset: i64, limit: usize, timeout: Duration) -> Result<Vec<Value>, ApiError> {
        let ready = self.change(|state| {
            state.updates.confirm(offset);
            state.updates.first(limit)
        });
        if !ready.is_empty() || timeout.is_zero() {
            return Ok(ready);
        }
        let ticket = self.change(|state| state.updates.start_poll());
        let polled = self.wait_until(timeout, |telegram| {
            telegram.read(|state| {
                if !state.updates.is_newest_poll(ticket) {
                    return Some(Err(ApiError::OtherPoll));
                }
                Some(state.updates.first(limit)).filter(|updates| !updates.is_empty()).map(Ok)
            })
        });
        polled.await.unwrap_or_else(|| Ok(Vec::new()))
    }

    /// Discards all updates in the queue.
    pub(crate) fn drop_updates(&self) {
        self.change(|state| state.updates.clear());
    }

    /// Sets the webhook for new updates. `None` removes the webhook.
    pub(crate) fn set_webhook(&self, webhook: Option<Webhook>) {
        self.change(|state| state.delivery.set_webhook(webhook));
    }

    pub(crate) fn has_webhook(&self) -> bool {
        self.read(|state| state.delivery.webhook().is_some())
    }

    /// Returns the Bot API object `WebhookInfo`.
    pub(crate) fn webhook_info(&self) -> Value {
        self.read(|state| {
            let url = state.delivery.webhook().map_or("", |webhook| &webhook.url);
            let mut info = json!({
                "url": url,
                "has_custom_certificate": false,
                "pending_update_count": state.updates.len(),
            });
            if let Some(webhook) = state.delivery.webhook() {
                info["max_connections"] = webhook.max_connections.into();
            }
            if let Some((at, message)) = state.delivery.last_error() {
                info["last_error_date"] = (*at).into();
                info["last_error_message"] = message.as_str().into();
            }
            info
        })
    }

    /// Takes the updates that can be sent to the webhook now, and marks them as in flight. Each
    /// ordering key (chat id, or else user id) yields at most one update: its oldest, unless the
    /// key has an update in flight or waits for a retry.
    pub(crate) fn take_deliveries(&self) -> Vec<Delivery> {
        let deliveries = self.read(|state| state.delivery.ready(&state.updates));
        if !deliveries.is_empty() {
            self.change(|state| state.delivery.start(&deliveries));
        }
        deliveries
    }

    /// Records the result of sending an update to the webhook. An error contains the reason, and
    /// the retry delay if the webhook sent one.
    pub(crate) fn complete(&self, delivery: &Delivery, outcome: Result<(), (String, Option<Duration>)>) {
        let key = delivery.ordering_key;
        self.change(|state| match outcome {
            Ok(()) => {
                state.delivery.succeed(key);
                state.updates.remove(delivery.update_id);
            }
            Err((reason, again)) => state.delivery.fail(key, reason, again),
        });
    }
}

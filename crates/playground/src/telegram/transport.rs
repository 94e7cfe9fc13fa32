//! How updates reach the bot: by `getUpdates`, or over the webhook.

use std::time::Duration;

use serde_json::{Value, json};

use super::errors::ApiError;
use super::state::FakeTelegram;
use super::webhook::{Delivery, Webhook};

impl FakeTelegram {
    /// Remembers which kinds of update the bot wants from now on.
    pub(crate) fn allow_updates(&self, kinds: Vec<String>) {
        self.change(|state| state.updates.allow(kinds));
    }

    /// Confirms what `offset` says and waits up to `timeout` for updates. A poll that starts to
    /// wait ends the one that already does.
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

    /// Throws away the updates that wait.
    pub(crate) fn drop_updates(&self) {
        self.change(|state| state.updates.clear());
    }

    /// Has updates brought from now on, or no longer.
    pub(crate) fn set_webhook(&self, webhook: Option<Webhook>) {
        self.change(|state| state.delivery.set_webhook(webhook));
    }

    /// Is there somewhere to bring updates to?
    pub(crate) fn has_webhook(&self) -> bool {
        self.read(|state| state.delivery.webhook().is_some())
    }

    /// `WebhookInfo`.
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

    /// Takes the next updates that can be brought: of each ordering key the oldest, if none of it
    /// is in flight.
    pub(crate) fn take_deliveries(&self) -> Vec<Delivery> {
        let deliveries = self.read(|state| state.delivery.ready(&state.updates));
        if !deliveries.is_empty() {
            self.change(|state| state.delivery.start(&deliveries));
        }
        deliveries
    }

    /// Records whether an update was taken; if it was not, when its receiver wants it again.
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

//! Delivery of updates to the bot's webhook: which updates are in flight, and how long failed
//! deliveries wait for a retry.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::clock::unix_time;
use super::updates::Updates;

/// Parameters of the last `setWebhook` call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub url: String,
    pub secret: String,
    pub max_connections: usize,
}

/// State of the delivery of updates to the webhook.
#[derive(Default)]
pub(super) struct DeliveryQueue {
    webhook: Option<Webhook>,
    /// Ordering keys (chat ids, or else user ids) with an update in flight. The next update with
    /// such a key must wait.
    busy: HashSet<i64>,
    /// Ordering keys whose last delivery failed. The value contains the earliest time of the retry,
    /// and the delay to use if the retry fails too.
    waiting: HashMap<i64, (Instant, Duration)>,
    last_error: Option<(i64, String)>,
}

/// Delay before the first retry of a failed delivery. The delay doubles after each failure, up to
/// `LONGEST_WAIT`.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// An update that must be sent to the webhook now.
pub(crate) struct Delivery {
    pub update_id: i64,
    pub ordering_key: i64,
    pub update: Value,
    pub webhook: Webhook,
}

impl DeliveryQueue {
    /// Sets or removes the webhook, and resets the delivery state.
    pub fn set_webhook(&mut self, webhook: Option<Webhook>) {
        *self = DeliveryQueue { webhook, ..DeliveryQueue::default() };
    }

    pub fn webhook(&self) -> Option<&Webhook> {
        self.webhook.as_ref()
    }

    pub fn last_error(&self) -> Option<&(i64, String)> {
        self.last_error.as_ref()
    }

    /// Returns the updates to send to the webhook now: the oldest update of each ordering key, up
    /// to `max_connections` updates in flight. Skips keys that have an update in flight or wait for
    /// a retry.
    pub fn ready(&self, updates: &Updates) -> Vec<Delivery> {
        let Some(webhook) = &self.webhook else { return Vec::new() };
        let free = webhook.max_connections.saturating_sub(self.busy.len());
        let now = Instant::now();
        let mut passed = HashSet::new();
        let mut deliveries = Vec::new();
        for (update_id, update) in updates.iter() {
            if deliveries.len() == free {
                break;
            }
            let key = ordering_key(update).unwrap_or(update_id);
            let is_waiting = self.waiting.get(&key).is_some_and(|(until, _)| *until > now);
            if passed.insert(key) && !is_waiting && !self.busy.contains(&key) {
                let (update, webhook) = (update.clone(), webhook.clone());
                deliveries.push(Delivery { update_id, ordering_key: key, update, webhook });
            }
        }
        deliveries
    }

    pub fn start(&mut self, deliveries: &[Delivery]) {
        self.busy.extend(deliveries.iter().map(|delivery| delivery.ordering_key));
    }

    /// Records that the webhook accepted an update with this ordering key.
    pub fn succeed(&mut self, key: i64) {
        self.busy.remove(&key);
        self.waiting.remove(&key);
    }

    /// Records that the webhook did not accept an update. `again` is the retry delay from the
    /// webhook's header `Retry-After`, if any.
    pub fn fail(&mut self, key: i64, reason: String, again: Option<Duration>) {
        self.busy.remove(&key);
        let wait = self.waiting.get(&key).map_or(FIRST_WAIT, |(_, wait)| *wait);
        let until = Instant::now() + again.unwrap_or(wait);
        self.waiting.insert(key, (until, (wait * 2).min(LONGEST_WAIT)));
        self.last_error = Some((unix_time(), reason));
    }
}

/// Returns the ordering key of an update: the chat id, or else the user id. Updates with the same
/// key are delivered in order.
fn ordering_key(update: &Value) -> Option<i64> {
    let body = update.as_object()?.values().find(|value| value.is_object())?;
    let chat = body["chat"]["id"].as_i64().or_else(|| body["message"]["chat"]["id"].as_i64());
    chat.or_else(|| body["from"]["id"].as_i64())
}

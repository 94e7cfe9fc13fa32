//! Where updates are brought instead of being fetched, and which of them are on their way.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::clock::unix_time;
use super::updates::Updates;

/// What `setWebhook` has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub url: String,
    pub secret: String,
    pub max_connections: usize,
}

/// What is known of bringing.
#[derive(Default)]
pub(super) struct DeliveryQueue {
    webhook: Option<Webhook>,
    /// Lanes of which an update is on its way: the next one waits for it.
    busy: HashSet<i64>,
    /// Lanes whose last update was not taken: not before this, and how long the wait is next time.
    waiting: HashMap<i64, (Instant, Duration)>,
    last_error: Option<(i64, String)>,
}

/// The waits after an update was not taken, the first and the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// An update that is to be brought now.
pub(crate) struct Delivery {
    pub update_id: i64,
    pub ordering_key: i64,
    pub update: Value,
    pub webhook: Webhook,
}

impl DeliveryQueue {
    /// Has updates brought to this address from now on, or no longer.
    pub fn set_webhook(&mut self, webhook: Option<Webhook>) {
        *self = DeliveryQueue { webhook, ..DeliveryQueue::default() };
    }

    pub fn webhook(&self) -> Option<&Webhook> {
        self.webhook.as_ref()
    }

    pub fn last_error(&self) -> Option<&(i64, String)> {
        self.last_error.as_ref()
    }

    /// The oldest update of each key that has none in flight and none to wait for.
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

    /// The receiver took the update.
    pub fn succeed(&mut self, key: i64) {
        self.busy.remove(&key);
        self.waiting.remove(&key);
    }

    /// The receiver did not take the update, and may have said when to send it again.
    pub fn fail(&mut self, key: i64, reason: String, again: Option<Duration>) {
        self.busy.remove(&key);
        let wait = self.waiting.get(&key).map_or(FIRST_WAIT, |(_, wait)| *wait);
        let until = Instant::now() + again.unwrap_or(wait);
        self.waiting.insert(key, (until, (wait * 2).min(LONGEST_WAIT)));
        self.last_error = Some((unix_time(), reason));
    }
}

/// Whose updates keep their order among themselves: a chat's, or else a person's.
fn ordering_key(update: &Value) -> Option<i64> {
    let body = update.as_object()?.values().find(|value| value.is_object())?;
    let chat = body["chat"]["id"].as_i64().or_else(|| body["message"]["chat"]["id"].as_i64());
    chat.or_else(|| body["from"]["id"].as_i64())
}

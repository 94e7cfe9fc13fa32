//! Where updates are brought instead of being fetched, and which of them are on their way.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{FakeTelegram, State, unix_time};

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
    pub lane: i64,
    pub update: Value,
    pub webhook: Webhook,
}

impl FakeTelegram {
    /// Has updates brought from now on, or no longer.
    pub(crate) fn set_webhook(&self, webhook: Option<Webhook>) {
        self.change(|state| state.delivery = DeliveryQueue { webhook, ..DeliveryQueue::default() });
    }

    /// Is there somewhere to bring updates to?
    pub(crate) fn has_webhook(&self) -> bool {
        self.read(|state| state.delivery.webhook.is_some())
    }

    /// `WebhookInfo`.
    pub(crate) fn webhook_info(&self) -> Value {
        self.read(|state| {
            let url = state.delivery.webhook.as_ref().map_or("", |webhook| &webhook.url);
            let mut info = json!({
                "url": url,
                "has_custom_certificate": false,
                "pending_update_count": state.updates.len(),
            });
            if let Some(webhook) = &state.delivery.webhook {
                info["max_connections"] = webhook.max_connections.into();
            }
            if let Some((at, message)) = &state.delivery.last_error {
                info["last_error_date"] = (*at).into();
                info["last_error_message"] = message.as_str().into();
            }
            info
        })
    }

    /// Takes the next updates that can be brought: of each lane the oldest, if none of it is on its way.
    pub(crate) fn next_parcels(&self) -> Vec<Delivery> {
        let parcels = self.read(State::parcels);
        if !parcels.is_empty() {
            self.change(|state| state.delivery.busy.extend(parcels.iter().map(|parcel| parcel.lane)));
        }
        parcels
    }

    /// Takes note of whether an update was taken; if it was not, when its receiver wants it again.
    pub(crate) fn settle(&self, parcel: &Delivery, taken: Result<(), (String, Option<Duration>)>) {
        self.change(|state| {
            let delivery = &mut state.delivery;
            delivery.busy.remove(&parcel.lane);
            match taken {
                Ok(()) => {
                    delivery.waiting.remove(&parcel.lane);
                    state.updates.remove(parcel.update_id);
                }
                Err((reason, again)) => {
                    let wait = delivery.waiting.get(&parcel.lane).map_or(FIRST_WAIT, |(_, wait)| *wait);
                    let until = Instant::now() + again.unwrap_or(wait);
                    delivery.waiting.insert(parcel.lane, (until, (wait * 2).min(LONGEST_WAIT)));
                    delivery.last_error = Some((unix_time(), reason));
                }
            }
        });
    }
}

impl State {
    fn parcels(&self) -> Vec<Delivery> {
        let delivery = &self.delivery;
        let Some(webhook) = &delivery.webhook else { return Vec::new() };
        let room = webhook.max_connections.saturating_sub(delivery.busy.len());
        let now = Instant::now();
        let mut passed = HashSet::new();
        let mut parcels = Vec::new();
        for (update_id, update) in self.updates.iter() {
            if parcels.len() == room {
                break;
            }
            let lane = lane(update).unwrap_or(update_id);
            let is_waiting = delivery.waiting.get(&lane).is_some_and(|(until, _)| *until > now);
            if passed.insert(lane) && !is_waiting && !delivery.busy.contains(&lane) {
                parcels.push(Delivery { update_id, lane, update: update.clone(), webhook: webhook.clone() });
            }
        }
        parcels
    }
}

/// Whose updates keep their order among themselves: a chat's, or else a person's.
fn lane(update: &Value) -> Option<i64> {
    let body = update.as_object()?.values().find(|value| value.is_object())?;
    let chat = body["chat"]["id"].as_i64().or_else(|| body["message"]["chat"]["id"].as_i64());
    chat.or_else(|| body["from"]["id"].as_i64())
}

//! Stores updates from Telegram in the inbox, both from long polling and from the webhook. The
//! updates are on disk when `Intake::take` returns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::bot::Bot;
use super::destination::Destination;
use super::update;
use crate::health::metrics;
use crate::store::{ConversationKey, Dropped, Millis, StoreError};
use footnote_engine::reply;

/// Minimum time between two "slow down" notices from the bot to one private chat, in milliseconds.
const NOTICE_EVERY: Millis = 60_000;
/// Number of chats in `told` above which chats without a recent notice are removed from it.
const MAX_ENTRIES: usize = 10_000;

/// The way in which the bot received an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UpdateSource {
    /// Long polling: one process fetches the updates for all processes of the bot.
    Fetching,
    /// The webhook: each process of the bot receives a part of the updates.
    Webhook,
}

pub(super) struct Intake {
    bot: Arc<Bot>,
    wake: Arc<Notify>,
    /// The time of the last "slow down" notice to each private chat, by chat id.
    told: Mutex<HashMap<i64, Millis>>,
}

/// The result of storing a batch of updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IntakeResult {
    /// The highest `update_id` in the batch.
    pub last: i64,
    /// The number of inbox rows that wait or are being handled.
    pub open: i64,
}

impl Intake {
    pub fn new(bot: Arc<Bot>, wake: Arc<Notify>) -> Intake {
        Intake { bot, wake, told: Mutex::default() }
    }

    /// Returns the current time by the clock of the store.
    pub fn now(&self) -> Millis {
        self.bot.store.now()
    }

    /// Stores a batch of updates, all or none, and wakes the inbox worker. Returns `None` if no
    /// update has an `update_id`, because such updates can be neither stored nor confirmed.
    pub async fn take(&self, updates: &[&str], by: UpdateSource) -> Result<Option<IntakeResult>, StoreError> {
        let now = self.now();
        let rows: Vec<_> = updates.iter().filter_map(|raw| update::received(raw, update::digest(raw), now)).collect();
        if rows.len() < updates.len() {
            tracing::warn!(updates = updates.len() - rows.len(), "ignoring updates without an update_id");
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let (put, by) = match by {
            UpdateSource::Fetching => (self.bot.store.enqueue_and_notify(&rows, now).await?, "polling"),
            UpdateSource::Webhook => (self.bot.store.enqueue(&rows, now).await?, "webhook"),
        };
        self.wake.notify_one();
        let dropped: u64 = put.dropped.iter().map(|dropped| dropped.rows).sum();
        let known = (rows.len() as u64).saturating_sub(put.new + dropped);
        metrics::updates_stored(by, put.new);
        metrics::duplicates_avoided(known);
        if dropped > 0 {
            tracing::warn!(
                rows = dropped,
                lanes = put.dropped.len(),
                "too many updates wait in the inbox; dropping new ones"
            );
            metrics::updates_dropped(dropped);
            self.tell(&put.dropped, now);
        }
        Ok(rows.iter().map(|row| row.update_id).max().map(|last| IntakeResult { last, open: put.open }))
    }

    /// Sends an occasional "slow down" notice to private chats that have too many open inbox rows.
    /// A background task sends the notice, so that no caller waits.
    ///
    /// Groups get no notice, since their other members did not ask too fast. Chats get no notice if
    /// their updates were dropped because the whole inbox is full.
    fn tell(&self, dropped: &[Dropped], now: Millis) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() > MAX_ENTRIES {
            told.retain(|_, at| now - *at < NOTICE_EVERY);
        }
        for Dropped { ordering_key, .. } in dropped.iter().filter(|dropped| dropped.is_key_full) {
            let is_new = told.get(ordering_key).is_none_or(|at| now - *at >= NOTICE_EVERY);
            let Some(asker) = update::private_chat(*ordering_key).filter(|_| is_new) else { continue };
            told.insert(*ordering_key, now);
            tokio::spawn(notice(Arc::clone(&self.bot), ConversationKey { chat_id: asker, person_id: asker }));
        }
    }
}

async fn notice(bot: Arc<Bot>, asker: ConversationKey) {
    let chat = bot.store.chat(asker).await.unwrap_or_default();
    let language = bot.engine.language(chat.locale.language);
    let to = Destination { is_traditional: chat.locale.is_traditional, ..Destination::asker(asker) };
    if let Err(failure) = bot.send(&to, reply::slow_down(language)).await {
        tracing::debug!(?failure, "could not tell a user to slow down; dropping the notice");
    }
}

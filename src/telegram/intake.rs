//! Takes in what Telegram hands over, whether it is fetched or brought: once this returns, it is on
//! the disk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::bot::Bot;
use super::destination::Destination;
use super::update;
use crate::health::metrics;
use crate::store::{ConversationKey, Dropped, Millis, StoreError};
use footnote_engine::reply;

/// How often somebody is told at most that they ask faster than anybody can answer.
const NOTICE_EVERY: Millis = 60_000;
const MAX_ENTRIES: usize = 10_000;

/// How updates come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UpdateSource {
    /// One process fetches them for all.
    Fetching,
    /// Each process has some brought.
    Webhook,
}

pub(super) struct Intake {
    bot: Arc<Bot>,
    wake: Arc<Notify>,
    /// When which private chat was told.
    told: Mutex<HashMap<i64, Millis>>,
}

/// What was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Enqueued {
    /// The highest number among the updates.
    pub last: i64,
    /// Rows that are open now.
    pub open: i64,
}

impl Intake {
    pub fn new(bot: Arc<Bot>, wake: Arc<Notify>) -> Intake {
        Intake { bot, wake, told: Mutex::default() }
    }

    /// What time it is for the rows of the inbox.
    pub fn now(&self) -> Millis {
        self.bot.store.now()
    }

    /// Keeps updates, all or none, and has them worked on. None where no update has a number: such
    /// can neither be kept nor confirmed.
    pub async fn take(&self, updates: &[&str], by: UpdateSource) -> Result<Option<Enqueued>, StoreError> {
        let now = self.now();
        let rows: Vec<_> = updates.iter().filter_map(|raw| update::received(raw, update::digest(raw), now)).collect();
        if rows.len() < updates.len() {
            tracing::warn!(updates = updates.len() - rows.len(), "left out: updates without a number");
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
            tracing::warn!(rows = dropped, lanes = put.dropped.len(), "dropped: too many are waiting");
            metrics::updates_dropped(dropped);
            self.tell(&put.dropped, now);
        }
        Ok(rows.iter().map(|row| row.update_id).max().map(|last| Enqueued { last, open: put.open }))
    }

    /// Tells whoever asks too fast in private, seldom, and without anybody waiting for it. In a
    /// group nobody is told: the others have done nothing. Nor is who was dropped because of all
    /// others.
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
        tracing::debug!(?failure, "nobody was told to slow down");
    }
}

//! Receives updates by long polling (`getUpdates`). A batch of updates is stored in the inbox
//! before the offset advances, because the new offset tells Telegram to delete the batch.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::api_errors::ApiError;
use super::intake::{Intake, IntakeResult, UpdateSource};
use super::stopped::Stopped;
use super::update::ALLOWED_UPDATES;
use crate::health::HealthState;
use crate::store::{LeaderLock, MAX_OPEN, Millis, Store};

/// How long Telegram may hold a `getUpdates` call while there are no updates. Telegram allows up to
/// 50 seconds. A shorter time detects a dead connection sooner, since the call times out ten
/// seconds after this time.
const LONG_POLL_TIMEOUT: Duration = Duration::from_secs(25);
/// Delay before `getUpdates` is called again with the same offset, for example because a batch
/// could not be stored. Telegram slows down bots that repeat an offset faster.
const COMMIT_RETRY_DELAY: Duration = Duration::from_secs(3);
/// How long another program may poll with the same token (error 409) before this process stops, in
/// milliseconds. A shorter conflict may end by itself.
const MAX_CONFLICT: Millis = 60_000;
const CONFLICT_RETRY_DELAY: Duration = Duration::from_secs(5);
/// Number of times in a row that Telegram must reject the token before this process stops.
const MAX_TOKEN_REFUSALS: u32 = 3;
const MIN_BACKOFF: Duration = Duration::from_millis(500);
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Maximum number of updates in one `getUpdates` response. Telegram allows at most 100.
const LIMIT: u8 = 100;
/// Interval between two checks whether a full inbox has room for a batch again.
const QUEUE_FULL_POLL: Duration = Duration::from_secs(1);
/// Interval at which a process that does not poll tries to become the polling process.
const STANDBY_POLL: Duration = Duration::from_secs(1);

/// The `getUpdates` call, with updates as raw JSON in the result. teloxide's own payload loses the
/// whole batch if one update cannot be parsed.
#[derive(Serialize)]
struct GetUpdates {
    offset: i64,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; ALLOWED_UPDATES.len()],
}

impl Payload for GetUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "GetUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.timeout))
    }
}

/// True if the inbox has room for one more batch of updates. `open` is the number of open inbox
/// rows.
fn has_room(open: i64) -> bool {
    open + i64::from(LIMIT) <= MAX_OPEN
}

/// The long poller: fetches updates from Telegram and stores them in the inbox.
pub(super) struct Poll<'a> {
    pub api: &'a Api,
    pub store: &'a Store,
    pub intake: &'a Intake,
    pub health: &'a HealthState,
    pub stop: &'a CancellationToken,
}

impl Poll<'_> {
    /// Polls until `stop` is cancelled, but only while this process holds the leader lock. Of
    /// several processes of one bot, one polls and all handle updates.
    pub async fn run(&self) -> Result<(), Stopped> {
        while let Some(mut lead) = self.acquire_lead().await {
            tokio::select! {
                fetched = self.fetch() => {
                    lead.release().await;
                    return fetched;
                }
                // The loss of the leader lock may interrupt the storage of a batch. Telegram sends
                // that batch again, because no later offset has confirmed it.
                () = lead.lost() => tracing::warn!("lost the polling lock with its database connection; waiting to get the lock again"),
            }
        }
        Ok(())
    }

    /// Waits until this process gets the leader lock, so that only one process polls. Returns
    /// `None` if `stop` is cancelled first.
    async fn acquire_lead(&self) -> Option<LeaderLock> {
        let Poll { store, health, stop, .. } = self;
        let mut said = false;
        loop {
            let tried = tokio::select! {
                () = stop.cancelled() => return None,
                tried = store.try_become_leader() => tried,
            };
            match tried {
                Ok(Some(lead)) => return Some(lead),
                Ok(None) if said => health.fetched(store.now()),
                Ok(None) => {
                    said = true;
                    health.fetched(store.now());
                    tracing::info!("another process polls for updates; this process handles updates and stands by");
                }
                Err(error) => {
                    tracing::error!(%error, "could not check whether another process is polling; trying again")
                }
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(STANDBY_POLL) => {}
            }
        }
    }

    /// Waits while the inbox has no room for a batch. Telegram keeps unfetched updates for a day,
    /// but a full inbox would drop fetched updates.
    async fn wait_for_queue_room(&self) {
        let Poll { store, health, stop, .. } = self;
        loop {
            // If the database does not answer in time, polling continues. Storing the next batch
            // will show whether the database works.
            match tokio::time::timeout(QUEUE_FULL_POLL, store.depth(store.now())).await {
                Ok(Ok(depth)) if !has_room(depth.open) => {
                    tracing::warn!(
                        rows = depth.open,
                        "too many updates wait in the inbox; polling pauses until there is room"
                    );
                }
                _ => return,
            }
            health.fetched(store.now());
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(QUEUE_FULL_POLL) => {}
            }
        }
    }

    /// Calls `getUpdates` until `stop` is cancelled. Retries after errors with growing delays, but
    /// stops if the token stays rejected or another program keeps polling.
    async fn fetch(&self) -> Result<(), Stopped> {
        let Poll { api, store, intake, health, stop } = self;
        self.wait_for_queue_room().await;
        let mut offset = 0;
        let mut wait = MIN_BACKOFF;
        let mut refusals = 0;
        loop {
            let call = GetUpdates {
                offset,
                limit: LIMIT,
                timeout: LONG_POLL_TIMEOUT.as_secs(),
                allowed_updates: ALLOWED_UPDATES,
            };
            let fetched = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                fetched = api.call::<_, Vec<Box<RawValue>>>(&call) => fetched,
            };
            if fetched.is_ok() {
                refusals = 0;
                health.fetched(store.now());
            }
            let pause = match fetched {
                Ok(batch) => {
                    match intake
                        .take(&batch.iter().map(|raw| raw.get()).collect::<Vec<_>>(), UpdateSource::Fetching)
                        .await
                    {
                        Ok(Some(IntakeResult { last, open })) => {
                            health.stored(true, store.now());
                            offset = last.saturating_add(1);
                            wait = MIN_BACKOFF;
                            if !has_room(open) {
                                self.wait_for_queue_room().await;
                            }
                            continue;
                        }
                        Ok(None) if batch.is_empty() => continue,
                        // No update in this batch has an `update_id`, so the batch cannot be
                        // confirmed. Telegram will send the batch again.
                        Ok(None) => COMMIT_RETRY_DELAY,
                        Err(error) => {
                            health.stored(false, store.now());
                            tracing::error!(%error, "could not store updates; Telegram keeps them and will send them again");
                            COMMIT_RETRY_DELAY
                        }
                    }
                }
                Err(error) if error.is_about_the_token() => {
                    // Telegram accepted the token when the bot started. A single rejection may come
                    // from a proxy, or from a Bot API server that restarts.
                    refusals += 1;
                    if refusals == MAX_TOKEN_REFUSALS {
                        return Err(Stopped::TokenRefused(error));
                    }
                    tracing::error!(%error, "Telegram rejected the token; trying again, and stopping after three rejections in a row");
                    COMMIT_RETRY_DELAY
                }
                Err(ApiError::Refused { retry_after: Some(after), .. }) => after,
                Err(error @ ApiError::Refused { code: 409, .. }) => {
                    tracing::error!(%error, "another program fetches this bot's updates; trying again, and stopping if this lasts a minute");
                    if health.conflicted(store.now()) >= MAX_CONFLICT {
                        return Err(Stopped::Conflict);
                    }
                    CONFLICT_RETRY_DELAY
                }
                Err(error) => {
                    tracing::warn!(%error, ?wait, "could not fetch updates; trying again");
                    let pause = wait;
                    wait = (wait * 2).min(MAX_BACKOFF);
                    pause
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

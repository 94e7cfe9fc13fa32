//! Long polling: updates into the inbox first, and only then the offset moves, which tells Telegram
//! to forget them.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::api_errors::ApiError;
use super::intake::{Enqueued, Intake, UpdateSource};
use super::stopped::Stopped;
use super::update::ALLOWED_UPDATES;
use crate::health::HealthState;
use crate::store::{LeaderLock, MAX_OPEN, Millis, Store};

/// How long Telegram may hold a call that has nothing to tell. It takes up to 50 seconds; but for
/// as long as this and ten seconds more, a connection that has died without a sign goes unnoticed.
const LONG_POLL_TIMEOUT: Duration = Duration::from_secs(25);
/// Telegram slows down whoever repeats an offset faster.
const COMMIT_RETRY_DELAY: Duration = Duration::from_secs(3);
/// Another poller has our token; after so long, it is meant to have it.
const MAX_CONFLICT: Millis = 60_000;
const CONFLICT_RETRY_DELAY: Duration = Duration::from_secs(5);
/// As many refusals of the token in a row are meant.
const MAX_TOKEN_REFUSALS: u32 = 3;
const MIN_BACKOFF: Duration = Duration::from_millis(500);
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// How many updates are fetched at once: as many as Telegram gives.
const LIMIT: u8 = 100;
/// How often it is looked whether there is room for more.
const QUEUE_FULL_POLL: Duration = Duration::from_secs(1);
/// How often who stands by looks whether nobody fetches any more.
const STANDBY_POLL: Duration = Duration::from_secs(1);

/// `getUpdates` with updates as they come. teloxide's own gives up a whole batch at one update it
/// cannot read.
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

/// Is there room for as many more as are fetched at once?
fn has_room(open: i64) -> bool {
    open + i64::from(LIMIT) <= MAX_OPEN
}

/// What fetching needs.
pub(super) struct Poll<'a> {
    pub api: &'a Api,
    pub store: &'a Store,
    pub intake: &'a Intake,
    pub health: &'a HealthState,
    pub stop: &'a CancellationToken,
}

impl Poll<'_> {
    /// Fetches until it is told to stop, whenever it is this process's turn: of several that serve
    /// one bot, one fetches, and all answer.
    pub async fn run(&self) -> Result<(), Stopped> {
        while let Some(mut lead) = self.acquire_lead().await {
            tokio::select! {
                fetched = self.fetch() => {
                    lead.release().await;
                    return fetched;
                }
                // A batch that is being kept is kept or not; Telegram has not been told to forget
                // it.
                () = lead.lost() => tracing::warn!("the right to fetch is lost with the connection that held it"),
            }
        }
        Ok(())
    }

    /// Waits for the right to fetch; `None` when told to stop meanwhile.
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
                    tracing::info!("another process fetches; this one answers with it and stands by");
                }
                Err(error) => tracing::error!(%error, "could not check whether another process is polling"),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(STANDBY_POLL) => {}
            }
        }
    }

    /// Leaves what there is no room for where it is: Telegram keeps it for a day, and here it would
    /// be dropped.
    async fn wait_for_queue_room(&self) {
        let Poll { store, health, stop, .. } = self;
        loop {
            // Where that cannot be told soon, fetching goes on: what is handed over will show
            // whether it can be kept.
            match tokio::time::timeout(QUEUE_FULL_POLL, store.depth(store.now())).await {
                Ok(Ok(depth)) if !has_room(depth.open) => {
                    tracing::warn!(rows = depth.open, "too many are waiting: no more are fetched until there is room");
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

    /// Fetches until it is told to stop. Failures are waited out, with growing pauses, except the
    /// one that no waiting mends.
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
                        Ok(Some(Enqueued { last, open })) => {
                            health.stored(true, store.now());
                            offset = last.saturating_add(1);
                            wait = MIN_BACKOFF;
                            if !has_room(open) {
                                self.wait_for_queue_room().await;
                            }
                            continue;
                        }
                        Ok(None) if batch.is_empty() => continue,
                        // Nothing of it can be confirmed; it will come again.
                        Ok(None) => COMMIT_RETRY_DELAY,
                        Err(error) => {
                            health.stored(false, store.now());
                            tracing::error!(%error, "updates could not be kept; Telegram keeps them");
                            COMMIT_RETRY_DELAY
                        }
                    }
                }
                Err(error) if error.is_about_the_token() => {
                    // It was accepted at the start, so one such answer may be somebody else's: a
                    // proxy, a server that restarts.
                    refusals += 1;
                    if refusals == MAX_TOKEN_REFUSALS {
                        return Err(Stopped::TokenRefused(error));
                    }
                    tracing::error!(%error, "the token is refused");
                    COMMIT_RETRY_DELAY
                }
                Err(ApiError::Refused { retry_after: Some(after), .. }) => after,
                Err(error @ ApiError::Refused { code: 409, .. }) => {
                    tracing::error!(%error, "another program fetches this bot's updates");
                    if health.conflicted(store.now()) >= MAX_CONFLICT {
                        return Err(Stopped::Conflict);
                    }
                    CONFLICT_RETRY_DELAY
                }
                Err(error) => {
                    tracing::warn!(%error, ?wait, "updates could not be fetched");
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

//! Long polling: updates into the inbox first, and only then the offset moves, which tells Telegram to forget them.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use tokio_util::sync::CancellationToken;

use super::Stopped;
use super::api::{Api, ApiError};
use super::intake::{By, Intake, Taken};
use crate::health::HealthState;
use crate::store::{LeaderLock, MAX_OPEN, Millis, Store};

/// How long Telegram may hold a call that has nothing to tell. It takes up to 50 seconds; but for as long as this and ten seconds more, a connection that has died without a sign
/// goes unnoticed.
const HOLD: Duration = Duration::from_secs(25);
/// Telegram slows down whoever repeats an offset faster.
const AFTER_FAILED_COMMIT: Duration = Duration::from_secs(3);
/// Another poller has our token; after so long, it is meant to have it.
const LONGEST_CONFLICT: Millis = 60_000;
const AFTER_CONFLICT: Duration = Duration::from_secs(5);
/// As many refusals of the token in a row are meant.
const MAX_TOKEN_REFUSALS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How many updates are fetched at once: as many as Telegram gives.
const LIMIT: u8 = 100;
/// How often it is looked whether there is room for more.
const NO_ROOM: Duration = Duration::from_secs(1);
/// How often who stands by looks whether nobody fetches any more.
const STAND_BY: Duration = Duration::from_secs(1);

/// What we want to hear of.
pub(super) const KINDS: [&str; 6] =
    ["message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "my_chat_member"];

/// `getUpdates` with updates as they come. teloxide's own gives up a whole batch at one update it cannot read.
#[derive(Serialize)]
struct GetUpdates {
    offset: i64,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; KINDS.len()],
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
    pub vitals: &'a HealthState,
    pub stop: &'a CancellationToken,
}

impl Poll<'_> {
    /// Fetches until it is told to stop, whenever it is this process's turn: of several that serve one bot, one fetches, and all answer.
    pub async fn run(&self) -> Result<(), Stopped> {
        while let Some(mut lead) = self.take_lead().await {
            tokio::select! {
                fetched = self.fetch() => {
                    lead.release().await;
                    return fetched;
                }
                // A batch that is being kept is kept or not; Telegram has not been told to forget it.
                () = lead.lost() => tracing::warn!("the right to fetch is lost with the connection that held it"),
            }
        }
        Ok(())
    }

    /// Waits for the right to fetch; `None` when told to stop meanwhile.
    async fn take_lead(&self) -> Option<LeaderLock> {
        let Poll { store, vitals, stop, .. } = self;
        let mut said = false;
        loop {
            let tried = tokio::select! {
                () = stop.cancelled() => return None,
                tried = store.try_become_leader() => tried,
            };
            match tried {
                Ok(Some(lead)) => return Some(lead),
                Ok(None) if said => vitals.fetched(store.now()),
                Ok(None) => {
                    said = true;
                    vitals.fetched(store.now());
                    tracing::info!("another process fetches; this one answers with it and stands by");
                }
                Err(error) => tracing::error!(%error, "whether anybody fetches cannot be seen"),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(STAND_BY) => {}
            }
        }
    }

    /// Leaves what there is no room for where it is: Telegram keeps it for a day, and here it would be dropped.
    async fn wait_for_room(&self) {
        let Poll { store, vitals, stop, .. } = self;
        loop {
            // Where that cannot be told soon, fetching goes on: what is handed over will show whether it can be kept.
            match tokio::time::timeout(NO_ROOM, store.depth(store.now())).await {
                Ok(Ok(depth)) if !has_room(depth.open) => {
                    tracing::warn!(rows = depth.open, "too many are waiting: no more are fetched until there is room");
                }
                _ => return,
            }
            vitals.fetched(store.now());
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(NO_ROOM) => {}
            }
        }
    }

    /// Fetches until it is told to stop. Failures are waited out, with growing pauses, except the one that no waiting mends.
    async fn fetch(&self) -> Result<(), Stopped> {
        let Poll { api, store, intake, vitals, stop } = self;
        self.wait_for_room().await;
        let mut offset = 0;
        let mut wait = FIRST_WAIT;
        let mut refusals = 0;
        loop {
            let call = GetUpdates { offset, limit: LIMIT, timeout: HOLD.as_secs(), allowed_updates: KINDS };
            let fetched = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                fetched = api.call::<_, Vec<Box<RawValue>>>(&call) => fetched,
            };
            if fetched.is_ok() {
                refusals = 0;
                vitals.fetched(store.now());
            }
            let pause = match fetched {
                Ok(batch) => {
                    match intake.take(&batch.iter().map(|raw| raw.get()).collect::<Vec<_>>(), By::Fetching).await {
                        Ok(Some(Taken { last, open })) => {
                            vitals.stored(true, store.now());
                            offset = last.saturating_add(1);
                            wait = FIRST_WAIT;
                            if !has_room(open) {
                                self.wait_for_room().await;
                            }
                            continue;
                        }
                        Ok(None) if batch.is_empty() => continue,
                        // Nothing of it can be confirmed; it will come again.
                        Ok(None) => AFTER_FAILED_COMMIT,
                        Err(error) => {
                            vitals.stored(false, store.now());
                            tracing::error!(%error, "updates could not be kept; Telegram keeps them");
                            AFTER_FAILED_COMMIT
                        }
                    }
                }
                Err(error) if error.is_about_the_token() => {
                    // It was accepted at the start, so one such answer may be somebody else's: a proxy, a server that restarts.
                    refusals += 1;
                    if refusals == MAX_TOKEN_REFUSALS {
                        return Err(Stopped::TokenRefused(error));
                    }
                    tracing::error!(%error, "the token is refused");
                    AFTER_FAILED_COMMIT
                }
                Err(ApiError::Refused { retry_after: Some(after), .. }) => after,
                Err(error @ ApiError::Refused { code: 409, .. }) => {
                    tracing::error!(%error, "another program fetches this bot's updates");
                    if vitals.conflicted(store.now()) >= LONGEST_CONFLICT {
                        return Err(Stopped::Conflict);
                    }
                    AFTER_CONFLICT
                }
                Err(error) => {
                    tracing::warn!(%error, ?wait, "updates could not be fetched");
                    let pause = wait;
                    wait = (wait * 2).min(LONGEST_WAIT);
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

//! Long polling: updates into the inbox first, and only then the offset moves, which tells Telegram to forget them.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::api::{Api, ApiError};
use super::{Stopped, update};
use crate::health::Vitals;
use crate::inbox::now;
use crate::store::{Millis, Store};

/// How long Telegram may hold a call that has nothing to tell: its own maximum.
const HOLD: Duration = Duration::from_secs(50);
/// Telegram slows down whoever repeats an offset faster.
const AFTER_FAILED_COMMIT: Duration = Duration::from_secs(3);
/// Another poller has our token; after so long, it is meant to have it.
const LONGEST_CONFLICT: Millis = 60_000;
const AFTER_CONFLICT: Duration = Duration::from_secs(5);
/// As many refusals of the token in a row are meant.
const MAX_TOKEN_REFUSALS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

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

/// Fetches until `stop`. Failures are waited out, with growing pauses, except the one that no waiting mends.
pub(super) async fn run(
    api: &Api,
    store: &Store,
    wake: &Notify,
    vitals: &Vitals,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let mut offset = 0;
    let mut wait = FIRST_WAIT;
    let mut refusals = 0;
    loop {
        let call = GetUpdates { offset, limit: 100, timeout: HOLD.as_secs(), allowed_updates: KINDS };
        let fetched = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            fetched = api.call::<_, Vec<Box<RawValue>>>(&call) => fetched,
        };
        if fetched.is_ok() {
            refusals = 0;
            vitals.fetched(now());
        }
        let pause = match fetched {
            Ok(batch) => match keep(&batch, store).await {
                Ok(Some(next)) => {
                    offset = next;
                    wait = FIRST_WAIT;
                    wake.notify_one();
                    metrics::counter!("footnote_updates_total", "by" => "polling").increment(batch.len() as u64);
                    continue;
                }
                Ok(None) if batch.is_empty() => continue,
                // Nothing of it can be confirmed; it will come again.
                Ok(None) => AFTER_FAILED_COMMIT,
                Err(error) => {
                    tracing::error!(%error, "updates could not be kept; Telegram keeps them");
                    AFTER_FAILED_COMMIT
                }
            },
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
                if vitals.conflicted(now()) >= LONGEST_CONFLICT {
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

/// Keeps a batch and gives the offset that confirms it; `None` if there was nothing in it.
async fn keep(batch: &[Box<RawValue>], store: &Store) -> Result<Option<i64>, crate::store::StoreError> {
    let now = now();
    let rows: Vec<_> =
        batch.iter().filter_map(|raw| update::received(raw.get(), update::digest(raw.get()), now)).collect();
    if rows.len() < batch.len() {
        tracing::warn!(updates = batch.len() - rows.len(), "left out: updates without a number");
    }
    if !rows.is_empty() {
        store.put(&rows).await?;
    }
    Ok(rows.iter().map(|row| row.update_id).max().map(|id| id.saturating_add(1)))
}

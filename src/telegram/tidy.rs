//! Deletes answers that do not stay, in groups that want it so.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::bot::Bot;
use crate::inbox::{Failure, now};

/// How often it looks for messages whose time has come.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Telegram does not like many at once, and nobody waits for these.
const AT_ONCE: i64 = 20;

/// Deletes what is due until it is told to stop. What cannot be deleted now is tried again; what never can is left.
pub(super) async fn keep(bot: Arc<Bot>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let due = match bot.store.due_deletions(now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "what is to be deleted cannot be read");
                continue;
            }
        };
        for deletion in due {
            match bot.delete(deletion.chat_id, deletion.message_id).await {
                Err(failure @ (Failure::Wait(_) | Failure::Away(_))) => {
                    tracing::info!(?failure, "deleting waits");
                    break;
                }
                Err(Failure::Again(_)) => continue,
                Err(failure @ Failure::Hopeless(_)) => tracing::warn!(?failure, "an answer stays"),
                Ok(()) => {}
            }
            if let Err(error) = bot.store.forget_deletion(&deletion).await {
                tracing::warn!(%error, "a message was deleted, and will be again");
            }
        }
    }
}

//! Deletes what has had its time: answers in groups where they do not stay, and questions that the
//! owner keeps for a while.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::bot::Bot;
use crate::inbox::Failure;

/// How often it looks for messages whose time has come.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How often it deletes questions that were kept for their time.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Telegram does not like many at once, and nobody waits for these.
const AT_ONCE: i64 = 20;

/// Deletes what is due until it is told to stop. What cannot be deleted now is tried again; what
/// never can is left.
pub(super) async fn run(bot: Arc<Bot>, stop: CancellationToken) {
    let (mut pruned_at, mut rest) = (None, LOOK_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(rest) => {}
        }
        rest = LOOK_EVERY;
        if pruned_at.is_none_or(|at: Instant| at.elapsed() >= PRUNE_EVERY) {
            pruned_at = Some(Instant::now());
            if let Err(error) = bot.store.prune_questions(bot.retention.cutoff(bot.store.now())).await {
                tracing::warn!(%error, "old questions could not be deleted");
            }
        }
        let due = match bot.store.due_deletions(bot.store.now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "what is to be deleted cannot be read");
                continue;
            }
        };
        for deletion in due {
            match bot.delete(deletion.chat_id, deletion.message_id).await {
                Err(failure @ (Failure::Throttled(_) | Failure::Unavailable(_))) => {
                    tracing::info!(?failure, "deleting waits");
                    if let Failure::Throttled(wait) = failure {
                        rest = rest.max(wait);
                    }
                    break;
                }
                Err(Failure::Retryable(_)) => continue,
                Err(failure @ Failure::Permanent(_)) => tracing::warn!(?failure, "an answer stays"),
                Ok(()) => {}
            }
            if let Err(error) = bot.store.forget_deletion(&deletion).await {
                tracing::warn!(%error, "a message was deleted, and will be again");
            }
        }
    }
}

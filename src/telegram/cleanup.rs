//! Deletes the bot's expired answers in groups that enabled automatic deletion, and stored
//! questions after their retention period.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::bot::Bot;
use crate::inbox::Failure;

/// Interval between two checks for expired answers in groups.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Interval between two deletions of stored questions that are past their retention period.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Maximum number of answers deleted per check. The number is small because Telegram limits the
/// rate of calls, and nobody waits for a deletion.
const AT_ONCE: i64 = 20;

/// Deletes expired answers in groups and expired stored questions until `stop` is cancelled.
/// Retries failed deletions, but gives up on an answer that can never be deleted.
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
                tracing::warn!(%error, "could not delete questions past their retention period; trying again later");
            }
        }
        let due = match bot.store.due_deletions(bot.store.now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "could not look up expired answers; trying again");
                continue;
            }
        };
        for deletion in due {
            match bot.delete(deletion.chat_id, deletion.message_id).await {
                Err(failure @ (Failure::Throttled(_) | Failure::Unavailable(_))) => {
                    tracing::info!(?failure, "could not delete an expired answer now; trying again later");
                    if let Failure::Throttled(wait) = failure {
                        rest = rest.max(wait);
                    }
                    break;
                }
                Err(Failure::Retryable(_)) => continue,
                Err(failure @ Failure::Permanent(_)) => {
                    tracing::warn!(?failure, "could not delete an expired answer; giving up")
                }
                Ok(()) => {}
            }
            if let Err(error) = bot.store.forget_deletion(&deletion).await {
                tracing::warn!(%error, "could not remove a finished deletion from the database; it will be repeated");
            }
        }
    }
}

//! Helpers for the bot's replies in groups: the rate limit, and the automatic deletion of answers.

use super::conversation::{asker, link, sent_at};
use crate::inbox::Failure;
use crate::store::{Deletion, Effects, Group, Millis};
use crate::telegram::bot::Bot;
use crate::telegram::destination::{Destination, SendOutcome};
use crate::telegram::rate_limiter::Admission;
use crate::telegram::update::Message;
use footnote_engine::reply::{self, Reply, reading_seconds};
use footnote_engine::text::Language;

/// Applies the rate limit for users to a group message. Returns `None` if the bot should answer the
/// message.
///
/// Otherwise sends a "slow down" notice or ignores the message, and returns the effects to store.
pub async fn check_rate_limit(
    message: &Message,
    to: &Destination,
    language: Language,
    group: &Group,
    bot: &Bot,
) -> Result<Option<Effects>, Failure> {
    Ok(match bot.in_memory.rate_limiter.admit(asker(message), message.id, sent_at(message, bot)) {
        Admission::Answer => None,
        Admission::Notice => {
            let (sent, deletion) = send_with_expiry(bot, to, reply::slow_down(language), group).await?;
            Some(Effects { answer: link(message, sent), deletion, ..Effects::default() })
        }
        Admission::Silence => Some(Effects::default()),
    })
}

/// Sends a reply to a group. If the group enabled automatic deletion, also returns when the reply
/// must be deleted.
pub async fn send_with_expiry(
    bot: &Bot,
    to: &Destination,
    reply: Reply,
    group: &Group,
) -> Result<(SendOutcome, Option<Deletion>), Failure> {
    let expires_in =
        Millis::try_from(reading_seconds(&reply)).map_or(Millis::MAX, |seconds| seconds.saturating_mul(1000));
    let sent = bot.send(to, reply).await?;
    let deletion = match sent {
        SendOutcome::Message(message_id) if group.tidy => {
            Some(Deletion { chat_id: to.asker.chat_id, message_id, due: bot.store.now().saturating_add(expires_in) })
        }
        _ => None,
    };
    Ok((sent, deletion))
}

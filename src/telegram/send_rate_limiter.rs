//! Limits the rate of messages that the bot sends, so that Telegram refuses none with error 429
//! (too many requests).
//!
//! The bot sends one message a second to a chat, with short bursts. To a group it also sends at
//! most twenty messages a minute on average (Bot FAQ, "My bot is hitting limits"). If Telegram
//! still refuses a message, only messages to the same chat wait. If Telegram refuses messages to
//! several chats at once, all messages wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::store::Millis;

/// Maximum number of messages that the bot sends at once to a chat, after a pause.
const BURST: u32 = 5;
/// Time after which the bot may send one more message to a chat, once it has used up `BURST`, in
/// milliseconds.
const EVERY: Millis = 1_000;
/// Maximum number of messages that the extra limit for groups lets the bot send to a group at once.
/// The limit for all chats applies to groups too.
const GROUP_BURST: u32 = 20;
/// Time after which the extra limit for groups allows one more message to a group, in milliseconds.
/// 3,000 ms make twenty messages a minute.
const GROUP_EVERY: Millis = 3_000;
/// If Telegram refuses messages to this many chats within `REFUSED_WITHIN`, with error 429, the bot
/// pauses messages to all chats. Refused messages in several chats indicate that the bot as a whole
/// sends too fast.
const CHATS_REFUSED: usize = 3;
/// Period in which the chats with refused messages are counted towards `CHATS_REFUSED`, in
/// milliseconds.
const REFUSED_WITHIN: Millis = 1_000;
/// Maximum number of chats in the limiter. Above this number, the limiter forgets the chats to
/// which the bot may send at once.
const MAX_ENTRIES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct SendRateLimiter(Mutex<Limits>);

#[derive(Debug, Default)]
struct Limits {
    chats: HashMap<i64, TokenBucket>,
    /// The ids of the chats to which Telegram refused a message within the last `REFUSED_WITHIN`
    /// milliseconds, with the time at which Telegram refused the message.
    refused: Vec<(i64, Millis)>,
    /// The bot sends no message to any chat before this time, because Telegram refused messages to
    /// several chats.
    paused_until: Millis,
}

#[derive(Debug, Clone, Copy)]
struct TokenBucket {
    /// The time at which the chat may get a whole burst of messages again. This is the theoretical
    /// arrival time of the generic cell rate algorithm (ITU-T I.371).
    free_at: Millis,
    /// The theoretical arrival time of the extra limit for groups: when the group may get a whole
    /// burst of messages again.
    group_free_at: Millis,
    /// The bot sends no message to this chat before this time, because Telegram refused an earlier
    /// message and asked the bot to wait.
    not_before: Millis,
}

impl SendRateLimiter {
    /// Allows the bot to send a message to a chat now, or returns how long the message has to wait.
    pub fn admit(&self, chat_id: i64, now: Millis) -> Result<(), Duration> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.chats.len() > MAX_ENTRIES {
            state.chats.retain(|_, chat| chat.free_at.max(chat.group_free_at).max(chat.not_before) > now);
        }
        let paused_until = state.paused_until;
        let chat = state.chats.entry(chat_id).or_insert(TokenBucket { free_at: 0, group_free_at: 0, not_before: 0 });
        let free_at = chat.free_at.max(now);
        let group_free_at = chat.group_free_at.max(now);
        let is_group = chat_id < 0;
        let room = free_at - (Millis::from(BURST) - 1) * EVERY;
        let group_room = group_free_at - (Millis::from(GROUP_BURST) - 1) * GROUP_EVERY;
        let earliest = paused_until.max(chat.not_before).max(room).max(if is_group { group_room } else { 0 });
        if earliest > now {
            return Err(Duration::from_millis((earliest - now).unsigned_abs()));
        }
        chat.free_at = free_at + EVERY;
        if is_group {
            chat.group_free_at = group_free_at + GROUP_EVERY;
        }
        Ok(())
    }

    /// Records that Telegram refused a message to a chat (error 429) and asked the bot to wait this
    /// long.
    pub fn refused(&self, chat_id: i64, wait: Duration, now: Millis) {
        let until = now.saturating_add(Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX));
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Limits { chats, refused, paused_until } = &mut *state;
        if let Some(chat) = chats.get_mut(&chat_id) {
            chat.not_before = chat.not_before.max(until);
        }
        refused.retain(|(other, at)| *other != chat_id && now - at < REFUSED_WITHIN);
        refused.push((chat_id, now));
        if refused.len() >= CHATS_REFUSED {
            tracing::warn!(?wait, "Telegram rate-limited several chats at once; pausing all messages");
            *paused_until = (*paused_until).max(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(send_rate_limiter: &SendRateLimiter, chat_id: i64, now: Millis) -> u128 {
        send_rate_limiter.admit(chat_id, now).map_or_else(|wait| wait.as_millis(), |()| 0)
    }

    #[test]
    fn a_burst_then_one_a_second() {
        let send_rate_limiter = SendRateLimiter::default();
        assert!((0..5).all(|_| wait(&send_rate_limiter, 7, 10_000) == 0));
        assert_eq!(wait(&send_rate_limiter, 7, 10_000), 1_000);
        assert_eq!(wait(&send_rate_limiter, 7, 10_400), 600);
        assert_eq!((wait(&send_rate_limiter, 7, 11_000), wait(&send_rate_limiter, 7, 11_000)), (0, 1_000));
        assert_eq!(wait(&send_rate_limiter, 8, 10_000), 0, "another chat");
        assert!((0..5).all(|_| wait(&send_rate_limiter, 7, 60_000) == 0), "rested");
    }

    #[test]
    fn twenty_a_minute_in_a_group() {
        let send_rate_limiter = SendRateLimiter::default();
        let sent = (0..60).filter(|second| wait(&send_rate_limiter, -7, 100_000 + second * 1_000) == 0).count();
        assert!((20..=40).contains(&sent), "{sent}");
        let sent = (60..120).filter(|second| wait(&send_rate_limiter, -7, 100_000 + second * 1_000) == 0).count();
        assert_eq!(sent, 20);
    }

    #[test]
    fn one_refusal_holds_up_one_chat_and_several_all() {
        let send_rate_limiter = SendRateLimiter::default();
        for chat in 1..=4 {
            assert_eq!(wait(&send_rate_limiter, chat, 1_000), 0);
        }
        send_rate_limiter.refused(1, Duration::from_secs(9), 1_000);
        assert_eq!((wait(&send_rate_limiter, 1, 2_000), wait(&send_rate_limiter, 2, 2_000)), (8_000, 0));
        send_rate_limiter.refused(1, Duration::from_secs(9), 2_000);
        send_rate_limiter.refused(2, Duration::from_secs(5), 2_100);
        assert_eq!(wait(&send_rate_limiter, 4, 2_100), 0, "two chats are not all");
        send_rate_limiter.refused(3, Duration::from_secs(5), 2_200);
        assert_eq!(wait(&send_rate_limiter, 4, 2_200), 5_000);
        assert_eq!(wait(&send_rate_limiter, 4, 7_200), 0);
    }
}

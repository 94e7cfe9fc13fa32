//! Limits proactive answers, which the bot gives in a group to messages not addressed to the bot.
//! Such answers are rare, and do not repeat a section within an hour.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::store::Millis;

/// Minimum number of other messages in a group between two proactive answers.
const MESSAGES_BETWEEN: usize = 10;
/// Minimum time between two proactive answers in a group, in milliseconds.
const TIME_BETWEEN: Millis = 5 * 60_000;
/// Minimum time before a proactive answer in a group shows the same section again, in milliseconds.
const SAME_SECTION: Millis = 60 * 60_000;
/// Number of groups above which the limiter forgets all groups.
const MAX_ENTRIES: usize = 10_000;

/// The activity in each group since the bot's last proactive answer in that group.
#[derive(Debug, Default)]
pub(super) struct ProactiveLimiter(Mutex<HashMap<i64, GroupActivity>>);

#[derive(Debug, Default)]
struct GroupActivity {
    messages: usize,
    /// The id of the last recorded message.
    heard: i64,
    /// The time of the last proactive answer, and the id of the message to which the bot replied.
    spoke: Option<(Millis, i64)>,
    shown: HashMap<usize, Millis>,
}

impl ProactiveLimiter {
    /// Counts a message in a group. If the inbox retries the message, the message is counted once.
    pub fn record_message(&self, chat_id: i64, message_id: i64) {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.len() > MAX_ENTRIES {
            groups.clear();
        }
        let group = groups.entry(chat_id).or_default();
        group.messages += usize::from(group.heard != message_id);
        group.heard = message_id;
    }

    /// Returns whether a proactive answer to this message may show this section now. If so, records
    /// the answer. A retry of the same message gets the same decision, because the inbox may have
    /// to send the answer again.
    pub fn admit(&self, chat_id: i64, message_id: i64, section: usize, now: Millis) -> bool {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let group = groups.entry(chat_id).or_default();
        if group.spoke.is_some_and(|(_, after)| after == message_id) {
            return group.shown.contains_key(&section);
        }
        group.shown.retain(|_, at| *at > now - SAME_SECTION);
        let rested = group.spoke.is_none_or(|(at, _)| now - at >= TIME_BETWEEN && group.messages >= MESSAGES_BETWEEN);
        if !rested || group.shown.contains_key(&section) {
            return false;
        }
        group.messages = 0;
        group.spoke = Some((now, message_id));
        group.shown.insert(section, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seldom_and_never_the_same_twice() {
        let proactive_limiter = ProactiveLimiter::default();
        let hear = |messages: std::ops::Range<i64>| messages.for_each(|id| proactive_limiter.record_message(-1, id));
        assert!(proactive_limiter.admit(-1, 1, 3, 0));
        assert!(proactive_limiter.admit(-1, 1, 3, 2_000), "the same message, tried again");
        assert!(!proactive_limiter.admit(-1, 2, 4, TIME_BETWEEN), "nobody else has said anything");
        (0..20).for_each(|_| hear(2..3));
        assert!(!proactive_limiter.admit(-1, 2, 4, TIME_BETWEEN), "nobody but one, again and again");
        hear(3..12);
        assert!(!proactive_limiter.admit(-1, 11, 4, TIME_BETWEEN - 1), "too soon");
        assert!(!proactive_limiter.admit(-1, 11, 3, TIME_BETWEEN), "shown within the hour");
        assert!(proactive_limiter.admit(-1, 11, 4, TIME_BETWEEN));
        hear(12..22);
        assert!(proactive_limiter.admit(-1, 22, 3, SAME_SECTION + 1));
        assert!(proactive_limiter.admit(-2, 1, 3, 0), "another group");
    }
}

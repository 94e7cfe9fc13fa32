//! Limits proactive answers: the bot's answers to group messages that are not addressed to it. Such
//! answers are rare, and do not repeat a section within an hour.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::store::Millis;

/// Minimum number of messages from users in a group between two proactive answers.
const MESSAGES_BETWEEN: usize = 10;
/// Minimum time between two proactive answers of the bot in a group, in milliseconds.
const TIME_BETWEEN: Millis = 5 * 60_000;
/// Minimum time after which proactive answers in a group may show the same section again, in
/// milliseconds.
const SAME_SECTION: Millis = 60 * 60_000;
/// Number of groups above which the limiter forgets all groups, to limit its memory.
const MAX_ENTRIES: usize = 10_000;

/// Records for each group what happened since the bot's last proactive answer in that group.
#[derive(Debug, Default)]
pub(super) struct ProactiveLimiter(Mutex<HashMap<i64, GroupActivity>>);

#[derive(Debug, Default)]
struct GroupActivity {
    messages: usize,
    /// The id of the last counted message, so that a retry of the same message is not counted
    /// again.
    heard: i64,
    /// The time of the bot's last proactive answer, and the id of the message that it answered.
    spoke: Option<(Millis, i64)>,
    shown: HashMap<usize, Millis>,
}

impl ProactiveLimiter {
    /// Counts a user's message in a group. If the inbox retries the message, the message is counted
    /// only once.
    pub fn record_message(&self, chat_id: i64, message_id: i64) {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.len() > MAX_ENTRIES {
            groups.clear();
        }
        let group = groups.entry(chat_id).or_default();
        group.messages += usize::from(group.heard != message_id);
        group.heard = message_id;
    }

    /// Returns whether the bot may now answer this message proactively with this section. If so,
    /// records the answer. A retry of the same message gets the same decision, because the inbox
    /// may have to send the answer again.
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

//! When the bot may speak unasked, in a group that wants it to: seldom, and never the same twice.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::store::Millis;

/// So many messages of others, and so much time, lie between two answers that nobody asked for.
const MESSAGES_BETWEEN: usize = 10;
const TIME_BETWEEN: Millis = 5 * 60_000;
/// In this time no section is shown twice.
const SAME_SECTION: Millis = 60 * 60_000;
const MAX_REMEMBERED: usize = 10_000;

/// What was heard in each group since the bot last spoke there unasked.
#[derive(Debug, Default)]
pub(super) struct Overheard(Mutex<HashMap<i64, Group>>);

#[derive(Debug, Default)]
struct Group {
    messages: usize,
    spoke_at: Option<Millis>,
    shown: HashMap<usize, Millis>,
}

impl Overheard {
    /// Takes note of a message.
    pub fn hear(&self, chat_id: i64) {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.len() > MAX_REMEMBERED {
            groups.clear();
        }
        groups.entry(chat_id).or_default().messages += 1;
    }

    /// May this section be shown now? If so, it counts as shown.
    pub fn may_show(&self, chat_id: i64, section: usize, now: Millis) -> bool {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let group = groups.entry(chat_id).or_default();
        group.shown.retain(|_, at| *at > now - SAME_SECTION);
        let rested = group.spoke_at.is_none_or(|at| now - at >= TIME_BETWEEN && group.messages >= MESSAGES_BETWEEN);
        if !rested || group.shown.contains_key(&section) {
            return false;
        }
        *group = Group { messages: 0, spoke_at: Some(now), shown: std::mem::take(&mut group.shown) };
        group.shown.insert(section, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seldom_and_never_the_same_twice() {
        let overheard = Overheard::default();
        assert!(overheard.may_show(-1, 3, 0));
        assert!(!overheard.may_show(-1, 4, TIME_BETWEEN), "nobody else has said anything");
        (0..MESSAGES_BETWEEN).for_each(|_| overheard.hear(-1));
        assert!(!overheard.may_show(-1, 4, TIME_BETWEEN - 1), "too soon");
        assert!(!overheard.may_show(-1, 3, TIME_BETWEEN), "shown within the hour");
        assert!(overheard.may_show(-1, 4, TIME_BETWEEN));
        (0..MESSAGES_BETWEEN).for_each(|_| overheard.hear(-1));
        assert!(overheard.may_show(-1, 3, SAME_SECTION + 1));
        assert!(overheard.may_show(-2, 3, 0), "another group");
    }
}

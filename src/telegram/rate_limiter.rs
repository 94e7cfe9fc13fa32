//! Limits how often the bot answers each person and each group. One person can neither use up the
//! answers of a group nor make the bot flood the group.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::store::{ConversationKey, Millis};

/// Maximum number of one person's questions that the bot answers within `PERSON_WINDOW`.
const PER_PERSON: usize = 6;
/// Length of the sliding window in which one person's questions are counted, in milliseconds.
const PERSON_WINDOW: Millis = 10_000;
/// Maximum number of questions that the bot answers in one group within `GROUP_WINDOW`.
const PER_GROUP: usize = 20;
/// Maximum number of one person's questions that the bot answers in one group within
/// `GROUP_WINDOW`.
const PER_PERSON_IN_GROUP: usize = 10;
/// Length of the sliding window in which a group's questions are counted, in milliseconds.
const GROUP_WINDOW: Millis = 60_000;
/// Minimum time between two "slow down" notices to one person, in milliseconds.
const NOTICE_EVERY: Millis = 60_000;
/// Number of people, or of groups, above which the limiter forgets those without recent questions.
const MAX_ENTRIES: usize = 10_000;

/// The rate limiter's decision about a question in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// The bot answers the question.
    Answer,
    /// The bot replies with a notice that the person asks too fast.
    Notice,
    /// The bot ignores the question without a reply.
    Silence,
}

/// A sliding-window rate limiter, with one window for each person and one for each group.
#[derive(Debug, Default)]
pub(super) struct RateLimiter(Mutex<Windows>);

#[derive(Debug, Default)]
struct Windows {
    people: HashMap<i64, SlidingWindow>,
    groups: HashMap<i64, SlidingWindow>,
}

#[derive(Debug, Default)]
struct SlidingWindow {
    asked: VecDeque<RecentRequest>,
    /// The person's last question to which the bot replied with a "slow down" notice.
    noticed: Option<RecentRequest>,
}

#[derive(Debug, Clone, Copy)]
struct RecentRequest {
    asker: ConversationKey,
    message_id: i64,
    at: Millis,
}

impl RecentRequest {
    /// True if both requests come from the same message. The inbox may handle a message again, and
    /// the retry must not count twice.
    fn is(&self, other: &RecentRequest) -> bool {
        (self.asker.chat_id, self.message_id) == (other.asker.chat_id, other.message_id)
    }
}

impl SlidingWindow {
    /// Removes requests that are not within `window` of the time `at`, and returns whether one more
    /// request is allowed. Requests may arrive out of order, since a message in one chat may wait
    /// longer than in another.
    fn has_room(&mut self, at: Millis, window: Millis, most: usize) -> bool {
        self.asked.retain(|before| is_within(before.at, at, window));
        self.asked.len() < most
    }

    fn by(&self, person_id: i64) -> usize {
        self.asked.iter().filter(|question| question.asker.person_id == person_id).count()
    }
}

fn is_within(one: Millis, other: Millis, window: Millis) -> bool {
    one.abs_diff(other) < window.unsigned_abs()
}

impl RateLimiter {
    /// Decides whether the bot answers a question in a group, and records the question. `at` is the
    /// time at which the user sent it. If the inbox retries a question that got an answer or a
    /// notice, the decision is the same.
    pub fn admit(&self, asker: ConversationKey, message_id: i64, at: Millis) -> Admission {
        let question = RecentRequest { asker, message_id, at };
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Windows { people, groups } = &mut *lately;
        for times in [&mut *people, &mut *groups] {
            if times.len() > MAX_ENTRIES {
                times.retain(|_, t| t.asked.back().is_some_and(|before| is_within(before.at, at, GROUP_WINDOW)));
            }
        }
        let (person, group) = (people.entry(asker.person_id).or_default(), groups.entry(asker.chat_id).or_default());
        if group.asked.iter().any(|other| other.is(&question)) {
            return Admission::Answer;
        }
        if person.noticed.is_some_and(|other| other.is(&question)) {
            return Admission::Notice;
        }
        if !group.has_room(at, GROUP_WINDOW, PER_GROUP) {
            return Admission::Silence;
        }
        if !person.has_room(at, PERSON_WINDOW, PER_PERSON) || group.by(asker.person_id) >= PER_PERSON_IN_GROUP {
            if person.noticed.is_some_and(|before| is_within(before.at, at, NOTICE_EVERY)) {
                return Admission::Silence;
            }
            person.noticed = Some(question);
            return Admission::Notice;
        }
        person.asked.push_back(question);
        group.asked.push_back(question);
        Admission::Answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_in_ten_seconds_then_one_notice_a_minute() {
        let rate_limiter = RateLimiter::default();
        let admit = |at| rate_limiter.admit(ConversationKey { chat_id: -1, person_id: 1 }, at, at);
        assert!((0..6).all(|i| admit(i) == Admission::Answer));
        assert_eq!((admit(7), admit(7), admit(8)), (Admission::Notice, Admission::Notice, Admission::Silence));
        assert_eq!(
            rate_limiter.admit(ConversationKey { chat_id: -1, person_id: 2 }, 9, 9),
            Admission::Answer,
            "others are not held up"
        );
        assert_eq!(admit(10_000), Admission::Answer, "the first is ten seconds ago");
        assert!((10_001..10_004).all(|at| admit(at) == Admission::Answer));
        assert_eq!(admit(10_004), Admission::Silence, "told less than a minute ago");
        assert_eq!(admit(60_007), Admission::Answer);
        assert!((0..20).all(|_| admit(60_007) == Admission::Answer), "the same question, tried again");
    }

    #[test]
    fn what_waited_in_one_group_is_not_held_against_what_was_asked_later_in_another() {
        let rate_limiter = RateLimiter::default();
        let admit = |chat_id, at| rate_limiter.admit(ConversationKey { chat_id, person_id: 1 }, at, at);
        assert!((50_000..50_006).all(|at| admit(-2, at) == Admission::Answer));
        assert_eq!(
            (admit(-1, 0), admit(-1, Millis::MAX), admit(-1, Millis::MIN)),
            (Admission::Answer, Admission::Answer, Admission::Answer)
        );
    }

    #[test]
    fn one_person_does_not_use_up_a_group() {
        let rate_limiter = RateLimiter::default();
        let admit = |person_id, at| rate_limiter.admit(ConversationKey { chat_id: -1, person_id }, at, at);
        let answered = (0..50).filter(|i| admit(1, i * 1_100) == Admission::Answer).count();
        assert_eq!(answered, 10, "as many as may be in a minute");
        assert!(
            (0..10).all(|person| admit(2 + person, 55_000 + person) == Admission::Answer),
            "ten are left for others"
        );
        assert_eq!(admit(99, 55_020), Admission::Silence);
    }

    #[test]
    fn twenty_a_minute_in_a_group() {
        let rate_limiter = RateLimiter::default();
        assert!(
            (0..20)
                .all(|i| rate_limiter.admit(ConversationKey { chat_id: -1, person_id: i }, i, i) == Admission::Answer)
        );
        assert_eq!(rate_limiter.admit(ConversationKey { chat_id: -1, person_id: 99 }, 30, 30), Admission::Silence);
        assert_eq!(
            rate_limiter.admit(ConversationKey { chat_id: -2, person_id: 99 }, 30, 30),
            Admission::Answer,
            "another group"
        );
        assert_eq!(rate_limiter.admit(ConversationKey { chat_id: -1, person_id: 99 }, 31, 60_001), Admission::Answer);
    }
}

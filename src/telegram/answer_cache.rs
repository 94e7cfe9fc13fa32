//! Caches the questions of the bot's latest answers. The bot needs a question again to explain its
//! answer, or to offer other sections after a 👎. The cache is in memory only, so that no question
//! is stored on disk.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::store::ConversationKey;
use footnote_engine::question::Context;

/// Maximum number of answers in the cache. If a user wants an older answer explained, the bot asks
/// the user to repeat the question.
const MAX_ENTRIES: usize = 4_096;
/// Maximum length of a cached question, in bytes. A longer text is unlikely to be a real question.
const MAX_BYTES: usize = 2_048;

/// A question that the bot has answered, with the person who asked and the context of the
/// conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AnsweredQuestion {
    pub person_id: i64,
    pub question: String,
    pub context: Context,
}

/// Identifies an answer of the bot by chat id and message id.
type AnswerId = (i64, i64);

/// Maps the bot's latest answers to the questions that they answer.
#[derive(Debug, Default)]
pub(super) struct AnswerCache(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    asked: HashMap<AnswerId, AnsweredQuestion>,
    order: VecDeque<AnswerId>,
    /// The message id of the bot's latest answer in each conversation.
    latest: HashMap<ConversationKey, i64>,
}

impl AnswerCache {
    /// Caches the question to which the message `answer_id` of the bot is the answer. If the cache
    /// is full, removes the oldest answers.
    pub fn insert(&self, asker: ConversationKey, answer_id: i64, question: &str, context: &Context) {
        if question.len() > MAX_BYTES {
            return;
        }
        let answer = (asker.chat_id, answer_id);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked =
            AnsweredQuestion { person_id: asker.person_id, question: question.to_owned(), context: context.clone() };
        if kept.asked.insert(answer, asked).is_none() {
            kept.order.push_back(answer);
        }
        kept.latest.insert(asker, answer_id);
        while kept.order.len() > MAX_ENTRIES {
            let Some(oldest) = kept.order.pop_front() else { break };
            let Some(AnsweredQuestion { person_id, .. }) = kept.asked.remove(&oldest) else { continue };
            let asker = ConversationKey { chat_id: oldest.0, person_id };
            if kept.latest.get(&asker) == Some(&oldest.1) {
                kept.latest.remove(&asker);
            }
        }
    }

    /// Returns the question to which the message `answer_id` of the bot is the answer. Returns
    /// `None` if the question is not in the cache.
    pub fn get(&self, chat_id: i64, answer_id: i64) -> Option<AnsweredQuestion> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).asked.get(&(chat_id, answer_id)).cloned()
    }

    /// Returns the question to which the bot's latest answer in a conversation belongs, or `None`
    /// if that question is not in the cache.
    pub fn latest(&self, asker: ConversationKey) -> Option<AnsweredQuestion> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked.get(&(asker.chat_id, *kept.latest.get(&asker)?)).cloned()
    }

    /// Removes all questions of a person, or all questions asked in a group. `whom` is the id of
    /// the person or group.
    pub fn forget(&self, whom: i64) {
        let is_theirs = |chat: i64, person: i64| chat == whom || person == whom;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Entries { asked, order, latest } = &mut *kept;
        asked.retain(|(chat, _), asked| !is_theirs(*chat, asked.person_id));
        order.retain(|answer| asked.contains_key(answer));
        latest.retain(|asker, _| !is_theirs(asker.chat_id, asker.person_id));
    }

    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Entries::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered_and_no_more() {
        let answer_cache = AnswerCache::default();
        let me = ConversationKey { chat_id: 1, person_id: 1 };
        for id in 0..MAX_ENTRIES as i64 + 1 {
            answer_cache.insert(me, id, &format!("question {id}"), &Context::default());
        }
        assert_eq!(answer_cache.get(1, 0), None, "the oldest is gone");
        assert_eq!(answer_cache.get(1, 1).expect("kept").question, "question 1");
        assert_eq!(answer_cache.latest(me).expect("kept").question, format!("question {MAX_ENTRIES}"));
        let group = ConversationKey { chat_id: -5, person_id: 1 };
        answer_cache.insert(group, 3, "in a group", &Context::default());
        answer_cache.insert(ConversationKey { person_id: 2, ..group }, 4, "by another", &Context::default());
        answer_cache.forget(1);
        assert_eq!(
            (answer_cache.get(-5, 3), answer_cache.get(-5, 4).map(|a| a.question)),
            (None, Some("by another".to_owned()))
        );
        assert_eq!((answer_cache.get(1, 1), answer_cache.latest(me)), (None, None));
        answer_cache.forget(-5);
        assert_eq!(answer_cache.get(-5, 4), None);
    }
}

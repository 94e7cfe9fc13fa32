//! Retention of the text of users' questions. Pseudonyms replace the ids of people and chats.

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::token::BotToken;
use crate::store::{ConversationKey, ErasureRequest, KeptQuestion, Millis};
use footnote_engine::engine::{Engine, Turn};

/// Creates the database rows that store the text of questions, and computes when these rows expire.
pub(super) struct Retention {
    key: Hmac<Sha256>,
    period: Option<Duration>,
}

impl Retention {
    pub fn new(token: &BotToken, period: Option<Duration>) -> Retention {
        let mut key = Hmac::<Sha256>::new_from_slice(token.reveal().as_bytes()).expect("HMAC takes keys of any length");
        key.update(b"footnote people 1");
        Retention { key, period }
    }

    /// Returns the retention period of question text in days, rounded up. `None` if no question
    /// text is stored.
    pub fn days(&self) -> Option<u64> {
        self.period.map(|time| time.as_secs().div_ceil(24 * 60 * 60))
    }

    /// Returns the current limit of the retention period. Questions stored at or before this time
    /// are due for deletion.
    pub fn cutoff(&self, now: Millis) -> Millis {
        let kept = self.period.map_or(0, |time| Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX));
        now.saturating_sub(kept)
    }

    /// Returns the database row that stores a question. Returns `None` if no question text is
    /// stored.
    pub fn question(&self, asker: ConversationKey, asked: &str, turn: &Turn, engine: &Engine) -> Option<KeptQuestion> {
        self.period?;
        Some(KeptQuestion {
            person: self.pseudonym(asker.person_id),
            place: self.pseudonym(asker.chat_id),
            asked: asked.to_owned(),
            language: turn.question.language.to_string(),
            decision: turn.matched.decision.name(),
            section: turn.matched.sections.first().map(|c| engine.id(c.section).to_string()),
        })
    }

    pub fn person_erasure(&self, id: i64) -> ErasureRequest {
        ErasureRequest::Person(id, self.pseudonym(id))
    }

    pub fn group_erasure(&self, id: i64) -> ErasureRequest {
        ErasureRequest::Group(id, self.pseudonym(id))
    }

    /// Returns the pseudonym for the id of a person or chat. The same id always gets the same
    /// pseudonym. Only a holder of the bot's token can compute the pseudonym.
    pub fn pseudonym(&self, id: i64) -> String {
        let mac = self.key.clone().chain_update(id.to_be_bytes()).finalize().into_bytes();
        mac[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

//! Retention of question text, under pseudonyms.

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::token::BotToken;
use crate::store::{ConversationKey, ErasureRequest, KeptQuestion, Millis};
use footnote_engine::engine::{Engine, Turn};

/// Keeps question text for the configured period, or not at all.
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

    /// The retention period in days; `None` if no text is kept.
    pub fn days(&self) -> Option<u64> {
        self.period.map(|time| time.as_secs().div_ceil(24 * 60 * 60))
    }

    /// Questions kept before this time are due for deletion.
    pub fn cutoff(&self, now: Millis) -> Millis {
        let kept = self.period.map_or(0, |time| Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX));
        now.saturating_sub(kept)
    }

    /// The row to keep for a question; `None` if no text is kept.
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

    /// A stable pseudonym for an id. Only the holder of the token can recompute it.
    pub fn pseudonym(&self, id: i64) -> String {
        let mac = self.key.clone().chain_update(id.to_be_bytes()).finalize().into_bytes();
        mac[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

//! Whether the words of questions are kept, and under which names.

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::api::Token;
use crate::store::{ConversationKey, ErasureRequest, KeptQuestion, Millis};
use footnote_engine::engine::{Engine, Turn};

/// Keeps questions for as long as the owner wants, or not at all.
pub(super) struct Keeping {
    names: Hmac<Sha256>,
    time: Option<Duration>,
}

impl Keeping {
    pub fn new(token: &Token, time: Option<Duration>) -> Keeping {
        let mut names = Hmac::<Sha256>::new_from_slice(token.secret()).expect("HMAC takes keys of any length");
        names.update(b"footnote people 1");
        Keeping { names, time }
    }

    /// For how many days questions are kept, if they are.
    pub fn days(&self) -> Option<u64> {
        self.time.map(|time| time.as_secs().div_ceil(24 * 60 * 60))
    }

    /// Up to which time questions are to be deleted now.
    pub fn until(&self, now: Millis) -> Millis {
        let kept = self.time.map_or(0, |time| Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX));
        now.saturating_sub(kept)
    }

    /// What is kept of a question.
    pub fn question(&self, asker: ConversationKey, asked: &str, turn: &Turn, engine: &Engine) -> Option<KeptQuestion> {
        self.time?;
        Some(KeptQuestion {
            person: self.name(asker.person_id),
            place: self.name(asker.chat_id),
            asked: asked.to_owned(),
            language: turn.question.language.to_string(),
            decision: turn.matched.decision.name(),
            section: turn.matched.sections.first().map(|c| engine.id(c.section).to_string()),
        })
    }

    /// A person, to be forgotten.
    pub fn person(&self, id: i64) -> ErasureRequest {
        ErasureRequest::Person(id, self.name(id))
    }

    /// A group, to be forgotten.
    pub fn group(&self, id: i64) -> ErasureRequest {
        ErasureRequest::Group(id, self.name(id))
    }

    /// The name of a number: always the same, and nobody without the token can tell of which number it is.
    pub fn name(&self, id: i64) -> String {
        let mac = self.names.clone().chain_update(id.to_be_bytes()).finalize().into_bytes();
        mac[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

//! One file for each thing the bot understands.

pub mod ask;
pub mod buttons;
pub mod commands;
pub mod group;
pub mod inline;
pub mod other;
pub mod settings;

use super::send::Sent;
use super::update::Message;
use crate::engine::{Engine, Turn};
use crate::inbox::{Failure, now};
use crate::knowledge::SectionId;
use crate::matching::Decision;
use crate::question::Context;
use crate::store::{AnswerLink, Asker, Chat, Millis, Record, TurnLog};
use crate::text::Language;

/// What handling an update comes to.
pub type Outcome = Result<Record, Failure>;

/// After this a new question no longer leans on the section shown before.
const CONTEXT_LIVES: Millis = 30 * 60 * 1000;

/// Who asks in a message.
fn asker(message: &Message) -> Asker {
    Asker { chat_id: message.chat_id, person_id: message.person_id }
}

/// The context of a chat: what it remembers, or else the language of the sender's app.
fn context(chat: &Chat, app_language: Option<Language>) -> Context {
    let fresh = now() - chat.last_at < CONTEXT_LIVES;
    let last_section = chat.last_section.as_deref().filter(|_| fresh).and_then(SectionId::parse);
    Context { last_section, language: language(chat, app_language) }
}

/// The language of a chat: the one it was last answered in, or else that of the sender's app.
fn language(chat: &Chat, app_language: Option<Language>) -> Option<Language> {
    chat.language.as_deref().and_then(|l| l.parse().ok()).or(app_language)
}

/// The chat after a reply in a language, which may have shown a section.
fn moved_on(chat: Chat, language: Language, shown: Option<&SectionId>) -> Chat {
    let language = Some(language.as_str().to_owned());
    match shown {
        Some(id) => Chat { language, last_section: Some(id.as_str().to_owned()), last_at: now(), ..chat },
        None => Chat { language, ..chat },
    }
}

/// Which message of ours answers this one.
fn link(message: &Message, sent: Sent) -> Option<AnswerLink> {
    match sent {
        Sent::Message(answer_id) => Some(AnswerLink { chat_id: message.chat_id, question_id: message.id, answer_id }),
        Sent::Nowhere => None,
    }
}

/// What is written down of a turn.
fn log(engine: &Engine, turn: &Turn, door: &'static str) -> TurnLog {
    TurnLog {
        door,
        language: turn.question.language.to_string(),
        decision: turn.matched.decision.name(),
        section: turn
            .matched
            .sections
            .first()
            .filter(|_| !matches!(turn.matched.decision, Decision::Decline))
            .map(|c| engine.id(c.section).to_string()),
        confidence: turn.matched.confidence,
    }
}

/// The text of a message, as the handlers see it.
fn text(message: &Message) -> &str {
    message.text.as_deref().unwrap_or_default()
}

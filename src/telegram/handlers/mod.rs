//! One file for each thing the bot understands.

pub mod ask;
pub mod buttons;
pub mod commands;
pub mod group;
pub mod inline;
pub mod other;
pub mod settings;

use super::bot::Bot;
use super::send::{Destination, Sent};
use super::update::Message;
use crate::inbox::Failure;
use crate::store::{AnswerLink, Chat, ConversationKey, Effects, Millis, TurnLog};
use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::SectionId;
use footnote_engine::matching::Decision;
use footnote_engine::question::Context;
use footnote_engine::text::{Language, Locale};

/// What handling an update comes to.
pub type Outcome = Result<Effects, Failure>;

/// After this a new question no longer leans on the section shown before.
const CONTEXT_LIVES: Millis = 30 * 60 * 1000;

/// Who asks in a message.
fn asker(message: &Message) -> ConversationKey {
    ConversationKey { chat_id: message.chat_id, person_id: message.person_id }
}

/// How somebody is spoken to: as they were answered last, or else as their app is set.
fn locale(chat: &Chat, app: Locale) -> Locale {
    if chat.locale.language.is_some() { chat.locale } else { app }
}

/// When a message was sent, which is what counts for how fast somebody asks and what they have just read: it may have waited, here or at Telegram.
fn sent_at(message: &Message, bot: &Bot) -> Millis {
    message.sent_at.unwrap_or_else(|| bot.store.now())
}

/// The context of a conversation at a time: what it remembers, or else how the asker's app is set.
fn context(chat: &Chat, app: Locale, at: Millis) -> Context {
    let fresh = at.saturating_sub(chat.last_at) < CONTEXT_LIVES;
    let last_section = chat.last_section.as_deref().filter(|_| fresh).and_then(SectionId::parse);
    let Locale { language, is_traditional } = locale(chat, app);
    Context { last_section, language, is_traditional }
}

/// The conversation after a reply in a language, which may have shown a section, to what was sent at a time.
fn moved_on(chat: Chat, locale: Locale, shown: Option<&SectionId>, at: Millis) -> Chat {
    let chat = Chat { locale, ..chat };
    match shown {
        Some(id) => Chat { last_section: Some(id.as_str().to_owned()), last_at: at, ..chat },
        None => chat,
    }
}

/// The conversation after a turn.
fn after(bot: &Bot, chat: Chat, context: &Context, turn: &Turn, at: Millis) -> Chat {
    let question = &turn.question;
    // What is asked in another language says nothing of how somebody writes Chinese.
    let is_traditional =
        if question.language == Language::ZH { question.is_traditional } else { context.is_traditional };
    let locale = Locale { language: Some(question.language), is_traditional };
    moved_on(chat, locale, turn.shown().map(|s| bot.engine.id(s)), at)
}

/// Where a reply to a message in a group goes.
fn in_reply(message: &Message, locale: Locale) -> Destination {
    let to = Destination {
        thread: message.thread,
        is_traditional: locale.is_traditional,
        ..Destination::asker(asker(message))
    };
    to.replying(message.id)
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

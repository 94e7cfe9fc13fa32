//! Helpers that the handlers share, mainly to load and update the state of a conversation.

use crate::inbox::Failure;
use crate::store::{AnswerLink, Chat, ConversationKey, Effects, Millis, TurnLog};
use crate::telegram::bot::Bot;
use crate::telegram::destination::{Destination, SendOutcome};
use crate::telegram::update::Message;
use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::SectionId;
use footnote_engine::matching::Decision;
use footnote_engine::question::Context;
use footnote_engine::text::Locale;

/// The effects of handling an update, or the reason for its failure.
pub type HandlerResult = Result<Effects, Failure>;

/// How long after a section was shown a follow-up question may refer to it: 30 minutes, in
/// milliseconds.
const CONTEXT_TTL: Millis = 30 * 60 * 1000;

pub fn asker(message: &Message) -> ConversationKey {
    ConversationKey { chat_id: message.chat_id, person_id: message.person_id }
}

/// Returns the language and Chinese script of the bot's last reply. Before the first reply, returns
/// `app`, the locale of the user's Telegram app.
pub fn user_locale(chat: &Chat, app: Locale) -> Locale {
    if chat.locale.language.is_some() { chat.locale } else { app }
}

/// Returns the time at which the user sent the message. Rate limits and follow-up questions use
/// this time, because the message may have waited in the inbox.
pub fn sent_at(message: &Message, bot: &Bot) -> Millis {
    message.sent_at.unwrap_or_else(|| bot.store.now())
}

/// Returns the context in which the engine answers a question: the section shown last, if recent,
/// and the language. `app` is the locale of the user's Telegram app.
pub fn context(chat: &Chat, app: Locale, at: Millis) -> Context {
    let fresh = at.saturating_sub(chat.last_at) < CONTEXT_TTL;
    let last_section = chat.last_section.as_deref().filter(|_| fresh).and_then(SectionId::parse);
    let Locale { language, is_traditional } = user_locale(chat, app);
    Context { last_section, language, is_traditional }
}

/// Returns the new state of a conversation after the bot's reply. `shown` is the section in the
/// reply, and `at` is the time of the user's message or button press.
pub fn conversation_after(chat: Chat, locale: Locale, shown: Option<&SectionId>, at: Millis) -> Chat {
    let chat = Chat { locale, ..chat };
    match shown {
        Some(id) => Chat { last_section: Some(id.as_str().to_owned()), last_at: at, ..chat },
        None => chat,
    }
}

/// Returns the new state of a conversation after the bot answered a question. `at` is the time of
/// the question.
pub fn after(bot: &Bot, chat: Chat, context: &Context, turn: &Turn, at: Millis) -> Chat {
    let Context { language, is_traditional, .. } = bot.engine.context_after(context, turn);
    let locale = Locale { language, is_traditional };
    conversation_after(chat, locale, turn.shown().map(|s| bot.engine.id(s)), at)
}

/// Returns the destination for a reply to a group message: in the same forum topic, and replying to
/// that message.
pub fn in_reply(message: &Message, locale: Locale) -> Destination {
    let to = Destination {
        thread: message.thread,
        is_traditional: locale.is_traditional,
        ..Destination::asker(asker(message))
    };
    to.replying(message.id)
}

/// Returns the link from the user's message to the bot's message that answers it. Returns `None` if
/// the bot sent no message.
pub fn link(message: &Message, sent: SendOutcome) -> Option<AnswerLink> {
    match sent {
        SendOutcome::Message(answer_id) => {
            Some(AnswerLink { chat_id: message.chat_id, question_id: message.id, answer_id })
        }
        SendOutcome::Nowhere => None,
    }
}

/// Creates the log entry for the bot's decision about a question. The entry does not contain the
/// question's text. `door` says where the user asked.
pub fn log(engine: &Engine, turn: &Turn, door: &'static str) -> TurnLog {
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

pub fn text(message: &Message) -> &str {
    message.text.as_deref().unwrap_or_default()
}

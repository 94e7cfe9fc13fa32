//! Bot API methods that read and change the fake Telegram. The module `bot_api` has already checked
//! the parameters.

use serde_json::{Value, json};

use super::errors::ApiError;
use super::group::GroupState;
use super::inline::InlineAnswer;
use super::profile::About;
use super::quotes;
use super::state::{CALLBACK_LIFE, FakeTelegram, State};
use super::text::Text;
use super::threads::Answered;

/// Checked content of a message that the bot sends or edits.
pub(crate) struct Draft {
    pub text: Text,
    pub reply_markup: Option<Value>,
    pub link_preview: Option<Value>,
}

/// Reply parameters of a message that the bot sends.
pub(crate) struct Reply {
    pub message_id: i64,
    /// Id of the chat that contains the message to reply to. `None` means the chat to which the
    /// reply is sent.
    pub chat_id: Option<i64>,
    /// Whether to send the reply even if the message to reply to no longer exists
    /// (`allow_sending_without_reply`).
    pub optional: bool,
    /// Quoted part of the message to reply to, and the approximate position of the quote in that
    /// message, in UTF-16 code units.
    pub quote: Option<(Text, usize)>,
}

/// Message that the bot edits: a message in one of the bot's chats, or a message that a user sent
/// by choosing an inline result of the bot.
pub(crate) enum Target {
    Chat { chat_id: i64, message_id: i64 },
    Inline(String),
}

impl FakeTelegram {
    /// Sends a message from the bot to a chat, or to the topic `thread` of a forum.
    pub(crate) fn send(
        &self,
        chat_id: i64,
        thread: Option<i64>,
        draft: Draft,
        reply: Option<Reply>,
        is_protected: bool,
    ) -> Result<Value, ApiError> {
        self.change(|state| {
            state.admit_work(chat_id)?;
            state.check_topic(chat_id, thread)?;
            let mut content = json!({"from": state.bot});
            draft.text.write_to(&mut content, "text");
            set(&mut content, "reply_markup", draft.reply_markup);
            set(&mut content, "link_preview_options", draft.link_preview);
            if is_protected {
                content["has_protected_content"] = true.into();
            }
            let answered = match reply {
                Some(reply) => state.replied(chat_id, &reply)?,
                None => None,
            };
            state.chats.place(chat_id, &mut content, thread, answered);
            if let Some(group) = state.chats.group_mut(chat_id) {
                group.count_send().map_err(ApiError::Flooded)?;
                group.is_other_bot_last = false;
            }
            let message = state.chats.add(chat_id, content).ok_or(ApiError::ChatNotFound)?;
            state.session.sent(&message);
            state.tell_page(chat_id, json!({"kind": "message", "message": message}));
            Ok(message)
        })
    }

    /// Replaces the text of one of the bot's messages. Removes the old keyboard if `draft` has no
    /// keyboard.
    pub(crate) fn edit_draft(&self, target: &Target, draft: Draft) -> Result<Value, ApiError> {
        self.change(|state| {
            state.edit(target, |message| {
                draft.text.replace_in(message);
                set(message, "reply_markup", draft.reply_markup);
                set(message, "link_preview_options", draft.link_preview);
            })
        })
    }

    /// Replaces or removes the keyboard of one of the bot's messages.
    pub(crate) fn edit_markup(&self, target: &Target, markup: Option<Value>) -> Result<Value, ApiError> {
        // Telegram shows no "edited" mark after a keyboard change, so `edit_date` is not set.
        self.change(|state| state.edit(target, |message| set(message, "reply_markup", markup)))
    }

    /// Deletes a message on behalf of the bot. The author of the message may be the bot or a user.
    pub(crate) fn delete(&self, chat_id: i64, message_id: i64) -> Result<(), ApiError> {
        self.change(|state| {
            state.admit_work(chat_id)?;
            state.may_delete(chat_id, message_id)?;
            state.chats.delete(chat_id, message_id).ok_or(ApiError::MessageToDeleteNotFound)?;
            state.tell_page(chat_id, json!({"kind": "deleted", "message_id": message_id}));
            Ok(())
        })
    }

    /// Shows a chat action of the bot, such as `typing`, in a chat. The page displays only
    /// `typing`.
    pub(crate) fn show_action(&self, chat_id: i64, thread: Option<i64>, action: &str) -> Result<(), ApiError> {
        self.change(|state| {
            state.admit_work(chat_id)?;
            state.check_topic(chat_id, thread)?;
            if action == "typing" {
                state.tell_page(chat_id, json!({"kind": "typing", "thread": thread}));
            }
            Ok(())
        })
    }

    /// Stores the bot's answer to a callback query (a button press). Each query can be answered
    /// only once. `answer` contains the fields that the user's app shows.
    pub(crate) fn answer_callback(&self, id: &str, mut answer: Value) -> Result<(), ApiError> {
        self.change(|state| {
            let callback = state.callbacks.remove(id).ok_or(ApiError::QueryTooOld)?;
            if callback.pressed.elapsed() > CALLBACK_LIFE {
                return Err(ApiError::QueryTooOld);
            }
            let place = callback.place;
            let under = place.and_then(|(chat_id, message_id)| state.chats.message(chat_id, message_id)).cloned();
            state.session.answered(id, answer["text"].as_str(), under);
            answer["kind"] = "callback_answer".into();
            answer["callback_query_id"] = id.into();
            state.tell_page(place.map_or(callback.person_id, |(chat_id, _)| chat_id), answer);
            Ok(())
        })
    }

    /// Stores the bot's answer to an inline query. Each query can be answered only once.
    pub(crate) fn answer_inline(&self, id: &str, answer: InlineAnswer) -> Result<(), ApiError> {
        self.change(|state| state.inline.answer(id, answer).then_some(()).ok_or(ApiError::QueryTooOld))
    }

    pub(crate) fn set_commands(&self, scope: String, language: String, commands: Vec<Value>) {
        self.change(|state| state.profile.set_commands(scope, language, commands));
    }

    pub(crate) fn commands(&self, scope: String, language: String) -> Vec<Value> {
        self.read(|state| state.profile.commands(scope, language))
    }

    pub(crate) fn describe(&self, about: About, language: String, text: String) {
        self.change(|state| state.profile.set_text(about, language, text));
    }

    pub(crate) fn description(&self, about: About, language: String) -> String {
        self.read(|state| state.profile.text(about, language))
    }

    /// Returns a chat as the Bot API object `Chat`.
    pub(crate) fn chat(&self, chat_id: i64) -> Result<Value, ApiError> {
        self.read(|state| {
            state.admit(chat_id)?;
            state.chats.about(chat_id).cloned().ok_or(ApiError::ChatNotFound)
        })
    }
}

impl State {
    fn check_topic(&self, chat_id: i64, thread: Option<i64>) -> Result<(), ApiError> {
        let is_there = thread.is_none_or(|thread| self.chats.has_topic(chat_id, thread));
        is_there.then_some(()).ok_or(ApiError::ThreadNotFound)
    }

    /// Finds the message that the bot replies to. Returns `None` if the message no longer exists
    /// and `reply.optional` is set.
    fn replied(&self, chat_id: i64, reply: &Reply) -> Result<Option<Answered>, ApiError> {
        let elsewhere = reply.chat_id.filter(|other| *other != chat_id);
        let place = elsewhere.unwrap_or(chat_id);
        self.admit(place)?;
        let Some(message) = self.chats.message(place, reply.message_id).cloned() else {
            // `reply.optional` has no effect if the message to reply to is in another chat. Such a
            // message must exist.
            let is_fine = reply.optional && elsewhere.is_none();
            return if is_fine { Ok(None) } else { Err(ApiError::MessageToReplyNotFound) };
        };
        let quote = match &reply.quote {
            Some((text, at)) => Some(quotes::find(&message, text, *at).ok_or(ApiError::QuoteInvalid)?),
            None => None,
        };
        Ok(Some(Answered { message, quote }))
    }

    /// Checks that the bot may delete a message. In a group, only an administrator may delete
    /// messages of other members.
    fn may_delete(&self, chat_id: i64, message_id: i64) -> Result<(), ApiError> {
        let message = self.chats.message(chat_id, message_id).ok_or(ApiError::MessageToDeleteNotFound)?;
        let is_free = self.chats.group(chat_id).is_none_or(GroupState::is_bot_administrator);
        if is_free || message["from"]["id"] == self.bot["id"] { Ok(()) } else { Err(ApiError::CantDelete) }
    }

    /// Applies `change` to one of the bot's messages. Returns the changed message, or `true` for a
    /// message that a user sent by choosing an inline result.
    fn edit(&mut self, target: &Target, change: impl FnOnce(&mut Value)) -> Result<Value, ApiError> {
        let (chat_id, message_id) = match target {
            Target::Chat { chat_id, message_id } => {
                self.admit_work(*chat_id)?;
                (*chat_id, *message_id)
            }
            // If a user sent the message by choosing an inline result of the bot, the bot may edit
            // the message in any chat, even without being a member.
            Target::Inline(name) => self.chats.find_inline(name).ok_or(ApiError::UnknownInlineMessage)?,
        };
        let bot_id = self.bot["id"].clone();
        let message = self.chats.message_mut(chat_id, message_id).ok_or(ApiError::MessageToEditNotFound)?;
        if matches!(target, Target::Chat { .. }) && message["from"]["id"] != bot_id {
            return Err(ApiError::NotTheBots);
        }
        let mut edited = message.clone();
        change(&mut edited);
        let is_same = ["text", "entities", "reply_markup", "link_preview_options"]
            .iter()
            .all(|name| message.get(name) == edited.get(name));
        if is_same {
            return Err(ApiError::NotModified);
        }
        *message = edited.clone();
        self.session.changed(&edited);
        self.tell_page(chat_id, json!({"kind": "edited", "message": edited}));
        Ok(if matches!(target, Target::Inline(_)) { true.into() } else { edited })
    }
}

/// Sets a field of a JSON object, or removes the field if `value` is `None`.
fn set(object: &mut Value, name: &str, value: Option<Value>) {
    let Some(fields) = object.as_object_mut() else { return };
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
}

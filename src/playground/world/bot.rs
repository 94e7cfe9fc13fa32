//! What the bot does through the Bot API, after its request has been checked for form.

use std::time::Duration;

use serde_json::{Value, json};

use super::text::Text;
use super::{CALLBACK_LIFE, InlineAnswer, State, World, people};

/// Why the world cannot do what the bot asks; the Bot API has a text for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playground) enum Trouble {
    ChatNotFound,
    MessageToEditNotFound,
    MessageToDeleteNotFound,
    MessageToReplyNotFound,
    UnknownInlineMessage,
    NotTheBots,
    NotModified,
    QueryTooOld,
    MemberNotFound,
    OtherPoll,
}

/// A checked text with all that may stand around it.
pub(in crate::playground) struct Draft {
    pub text: Text,
    pub reply_markup: Option<Value>,
    pub link_preview: Option<Value>,
}

/// The message that a new one answers.
pub(in crate::playground) struct Reply {
    pub message_id: i64,
    /// Whether the new message may stand alone if that one is gone.
    pub optional: bool,
}

/// The message to edit.
pub(in crate::playground) enum Target {
    Chat { chat_id: i64, message_id: i64 },
    Inline(String),
}

impl World {
    /// The bot writes into a chat.
    pub(in crate::playground) fn send(
        &self,
        chat_id: i64,
        draft: Draft,
        reply: Option<Reply>,
        is_protected: bool,
    ) -> Result<Value, Trouble> {
        self.change(|state| {
            state.chats.about(chat_id).ok_or(Trouble::ChatNotFound)?;
            let mut content = json!({"from": state.bot});
            draft.text.write_to(&mut content, "text");
            set(&mut content, "reply_markup", draft.reply_markup);
            set(&mut content, "link_preview_options", draft.link_preview);
            if is_protected {
                content["has_protected_content"] = true.into();
            }
            if let Some(reply) = reply {
                let answered = state.chats.message(chat_id, reply.message_id).cloned().map(without_reply);
                if answered.is_none() && !reply.optional {
                    return Err(Trouble::MessageToReplyNotFound);
                }
                set(&mut content, "reply_to_message", answered);
            }
            let message = state.chats.add(chat_id, content).ok_or(Trouble::ChatNotFound)?;
            state.tell_page(chat_id, json!({"kind": "message", "message": message}));
            Ok(message)
        })
    }

    /// The bot gives one of its messages a new text; without a keyboard the old one goes.
    pub(in crate::playground) fn edit_draft(&self, target: &Target, draft: Draft) -> Result<Value, Trouble> {
        self.change(|state| {
            state.edit(target, |message| {
                people::replace_text(message, &draft.text);
                set(message, "reply_markup", draft.reply_markup);
                set(message, "link_preview_options", draft.link_preview);
            })
        })
    }

    /// The bot changes or takes away the keyboard of one of its messages.
    pub(in crate::playground) fn edit_markup(&self, target: &Target, markup: Option<Value>) -> Result<Value, Trouble> {
        // Telegram shows no "edited" mark for this, so the date stays.
        self.change(|state| state.edit(target, |message| set(message, "reply_markup", markup)))
    }

    /// The bot deletes a message, its own or the person's.
    pub(in crate::playground) fn delete(&self, chat_id: i64, message_id: i64) -> Result<(), Trouble> {
        self.change(|state| {
            state.chats.about(chat_id).ok_or(Trouble::ChatNotFound)?;
            state.chats.delete(chat_id, message_id).ok_or(Trouble::MessageToDeleteNotFound)?;
            state.tell_page(chat_id, json!({"kind": "deleted", "message_id": message_id}));
            Ok(())
        })
    }

    /// The bot shows that it is at work.
    pub(in crate::playground) fn show_action(&self, chat_id: i64, action: &str) -> Result<(), Trouble> {
        self.change(|state| {
            state.chats.about(chat_id).ok_or(Trouble::ChatNotFound)?;
            if action == "typing" {
                state.tell_page(chat_id, json!({"kind": "typing"}));
            }
            Ok(())
        })
    }

    /// The bot answers a pressed button, once; `answer` has the parts that the person sees.
    pub(in crate::playground) fn answer_callback(&self, id: &str, mut answer: Value) -> Result<(), Trouble> {
        self.change(|state| {
            let callback = state.callbacks.remove(id).ok_or(Trouble::QueryTooOld)?;
            if callback.pressed.elapsed() > CALLBACK_LIFE {
                return Err(Trouble::QueryTooOld);
            }
            answer["kind"] = "callback_answer".into();
            answer["callback_query_id"] = id.into();
            state.tell_page(callback.person_id, answer);
            Ok(())
        })
    }

    /// The bot answers an inline query, once.
    pub(in crate::playground) fn answer_inline(&self, id: &str, answer: InlineAnswer) -> Result<(), Trouble> {
        self.change(|state| state.inline.answer(id, answer).then_some(()).ok_or(Trouble::QueryTooOld))
    }

    /// A chat as `Chat`.
    pub(in crate::playground) fn chat(&self, chat_id: i64) -> Result<Value, Trouble> {
        self.read(|state| state.chats.about(chat_id).cloned()).ok_or(Trouble::ChatNotFound)
    }

    /// A member of a chat as `User`: the bot itself, or the person of a private chat.
    pub(in crate::playground) fn member(&self, chat_id: i64, user_id: i64) -> Result<Value, Trouble> {
        self.read(|state| {
            state.chats.about(chat_id).ok_or(Trouble::ChatNotFound)?;
            [Some(&state.bot), state.chats.person(chat_id)]
                .into_iter()
                .flatten()
                .find(|user| user["id"] == user_id)
                .cloned()
                .ok_or(Trouble::MemberNotFound)
        })
    }
}

impl State {
    /// Applies a change to one of the bot's messages; the answer is the message, or true for an inline one.
    fn edit(&mut self, target: &Target, change: impl FnOnce(&mut Value)) -> Result<Value, Trouble> {
        let (chat_id, message_id) = match target {
            Target::Chat { chat_id, message_id } => (*chat_id, *message_id),
            Target::Inline(name) => self.chats.find_inline(name).ok_or(Trouble::UnknownInlineMessage)?,
        };
        self.chats.about(chat_id).ok_or(Trouble::ChatNotFound)?;
        let bot_id = self.bot["id"].clone();
        let message = self.chats.message_mut(chat_id, message_id).ok_or(Trouble::MessageToEditNotFound)?;
        if matches!(target, Target::Chat { .. }) && message["from"]["id"] != bot_id {
            return Err(Trouble::NotTheBots);
        }
        let mut edited = message.clone();
        change(&mut edited);
        let is_same = ["text", "entities", "reply_markup", "link_preview_options"]
            .iter()
            .all(|name| message.get(name) == edited.get(name));
        if is_same {
            return Err(Trouble::NotModified);
        }
        *message = edited.clone();
        self.tell_page(chat_id, json!({"kind": "edited", "message": edited}));
        Ok(if matches!(target, Target::Inline(_)) { true.into() } else { edited })
    }
}

/// Sets or removes a field.
fn set(object: &mut Value, name: &str, value: Option<Value>) {
    let Some(fields) = object.as_object_mut() else { return };
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
}

/// A message inside another one does not carry a third.
fn without_reply(mut message: Value) -> Value {
    set(&mut message, "reply_to_message", None);
    message
}

impl InlineAnswer {
    /// An answer that is cached for `cache_time` seconds.
    pub(in crate::playground) fn new(body: Value, cache_time: u64, is_personal: bool) -> InlineAnswer {
        InlineAnswer { body, cache_time: Duration::from_secs(cache_time), is_personal }
    }
}

//! Actions of users: sending and editing messages, pressing buttons, sending inline queries and
//! choosing results.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::errors::Denied;
use super::group::Posted;
use super::person::{Attachment, Person, Sent};
use super::session::UserAction;
use super::state::{CALLBACK_LIFE, Callback, FakeTelegram, State};
use super::text::Text;

impl FakeTelegram {
    /// Opens the private chat with a person who has sent no message yet. The bot may then write
    /// first.
    pub fn meet(&self, person: &Person) {
        self.change(|state| state.chats.meet(&person.user()));
    }

    /// Sends a text message from a person to the bot.
    pub fn say(&self, person: &Person, text: &str) -> Sent {
        let mut content = json!({});
        Text::typed(text).write_to(&mut content, "text");
        self.change(|state| {
            let sent = state.send_as(person, content);
            let text = text.to_owned();
            let action = UserAction::Says { text, reply_to: None, quoting: None, thread: None };
            state.session.record(person, person.id, Some(sent.message_id), action);
            sent
        })
    }

    /// Sends a reply to a message of the private chat. The reply may quote a part of the message.
    pub fn reply(&self, person: &Person, to: i64, quote: Option<&str>, text: &str) -> Result<Sent, Denied> {
        self.change(|state| {
            let answered = state.answered(person.id, to, quote)?;
            let mut content = json!({});
            Text::typed(text).write_to(&mut content, "text");
            state.chats.place(person.id, &mut content, None, Some(answered));
            let sent = state.send_as(person, content);
            let (text, quoting) = (text.to_owned(), quote.map(str::to_owned));
            let action = UserAction::Says { text, reply_to: Some(to), quoting, thread: None };
            state.session.record(person, person.id, Some(sent.message_id), action);
            Ok(sent)
        })
    }

    /// Sends an attachment, such as a photo, from a person to the bot.
    pub fn attach(&self, person: &Person, kind: Attachment) -> Sent {
        self.change(|state| {
            let file = state.new_query_id();
            let sent = state.send_as(person, kind.content(&file));
            state.session.record(person, person.id, Some(sent.message_id), UserAction::Attaches(kind));
            sent
        })
    }

    /// Edits a text message that the person sent to the bot.
    pub fn edit(&self, person: &Person, message_id: i64, text: &str) -> Result<Sent, Denied> {
        let text = Text::typed(text);
        self.change(|state| {
            state.chats.meet(&person.user());
            let message = state.chats.message_mut(person.id, message_id).ok_or(Denied("There is no such message."))?;
            let editable = message["from"]["id"] == person.id && message["text"].is_string();
            if !editable || message.get("via_bot").is_some() {
                return Err(Denied("Only own text messages can be edited."));
            }
            if message["text"] == text.text.as_str() {
                return Err(Denied("The text is the same as before."));
            }
            text.replace_in(message);
            let edited = message.clone();
            state.tell_page(person.id, json!({"kind": "edited", "message": edited}));
            state.session.record(person, person.id, Some(message_id), UserAction::Edits(text.text.clone()));
            Ok(Sent { update_id: state.updates.push("edited_message", edited), message_id })
        })
    }

    /// Presses a button of an inline keyboard and returns the id of the callback query.
    pub fn press(&self, person: &Person, chat_id: i64, message_id: i64, data: &str) -> Result<String, Denied> {
        self.change(|state| {
            if let Some(group) = state.chats.group(chat_id) {
                group.members.get(&person.id).ok_or(Denied::NOT_A_MEMBER)?;
            }
            let message = state.chats.message(chat_id, message_id).ok_or(Denied("There is no such message."))?.clone();
            let label = label(&message, data).ok_or(Denied("The message has no such button."))?;
            state.callbacks.retain(|_, callback| callback.pressed.elapsed() < CALLBACK_LIFE);
            let id = state.new_query_id();
            let mut query =
                json!({"id": id, "from": person.user(), "chat_instance": format!("-{chat_id}"), "data": data});
            // If a user sent the message by choosing an inline result, the bot gets only the
            // `inline_message_id`. With this id, the bot can edit the message but cannot read it.
            match state.chats.inline_name((chat_id, message_id)) {
                Some(name) => query["inline_message_id"] = name.into(),
                None => query["message"] = message,
            }
            state.callbacks.insert(
                id.clone(),
                Callback { person_id: person.id, place: Some((chat_id, message_id)), pressed: Instant::now() },
            );
            let action = UserAction::Presses { under: message_id, label, query: id.clone() };
            state.session.record(person, chat_id, None, action);
            state.updates.push("callback_query", query);
            Ok(id)
        })
    }

    /// Sends an inline query in the private chat with the bot and returns the query id. If the
    /// cache has an answer, the bot gets no update.
    pub fn inline(&self, person: &Person, query: &str, offset: &str) -> String {
        self.change(|state| state.ask_inline(person, "sender", query, offset))
    }

    /// Sends an inline query in another chat, where the bot need not be a member. The update tells
    /// the bot the type of the chat.
    pub fn inline_in(&self, chat_id: i64, person: &Person, query: &str, offset: &str) -> Result<String, Denied> {
        self.change(|state| {
            let kind = state.entered(chat_id, person)?.kind.name();
            Ok(state.ask_inline(person, kind, query, offset))
        })
    }

    /// Waits for the bot's answer to an inline query. The answer is an object with `results`,
    /// `next_offset` and an optional `button`.
    pub async fn inline_answer(&self, id: &str, timeout: Duration) -> Option<Value> {
        self.wait_until(timeout, |telegram| telegram.read(|state| state.inline.answer_to(id))).await
    }

    /// Sends a chosen inline result to the private chat with the bot. As in Telegram, the bot gets
    /// an update for the message and, if inline feedback is on, an update `chosen_inline_result`.
    /// Returns the id of the latter update, or of the message's update if inline feedback is off.
    pub fn choose(&self, person: &Person, query: &str, result_id: &str) -> Result<Sent, Denied> {
        self.change(|state| {
            let result = state.inline.shown(person.id, query, result_id).ok_or(Denied::NO_RESULT)?;
            let sent = state.send_as(person, state.card(&result));
            let chosen = state.chosen((person.id, sent.message_id), person, query, &result);
            let action = UserAction::chose(query, result_id, None);
            state.session.record(person, person.id, Some(sent.message_id), action);
            Ok(Sent { update_id: chosen.unwrap_or(sent.update_id), ..sent })
        })
    }

    /// Sends a chosen inline result to another chat. The bot gets an update for the message only if
    /// the bot is a member of the chat. The returned update id is that of the update
    /// `chosen_inline_result`.
    pub fn choose_in(&self, person: &Person, chat_id: i64, query: &str, result_id: &str) -> Result<Posted, Denied> {
        self.choose_in_topic(person, chat_id, None, query, result_id)
    }

    /// Sends a chosen inline result to another chat, or to the topic `thread` of a forum.
    pub fn choose_in_topic(
        &self,
        person: &Person,
        chat_id: i64,
        thread: Option<i64>,
        query: &str,
        result_id: &str,
    ) -> Result<Posted, Denied> {
        if chat_id == person.id {
            let sent = self.choose(person, query, result_id)?;
            return Ok(Posted { message_id: sent.message_id, update_id: Some(sent.update_id) });
        }
        self.change(|state| {
            state.entered(chat_id, person)?;
            let result = state.inline.shown(person.id, query, result_id).ok_or(Denied::NO_RESULT)?;
            let mut content = state.card(&result);
            content["from"] = person.user();
            if thread.is_some_and(|thread| !state.chats.has_topic(chat_id, thread)) {
                return Err(Denied::NO_TOPIC);
            }
            state.chats.place(chat_id, &mut content, thread, None);
            let posted = state.post(chat_id, content)?;
            state.session.record(person, chat_id, Some(posted.message_id), UserAction::chose(query, result_id, thread));
            let update_id = state.chosen((chat_id, posted.message_id), person, query, &result);
            Ok(Posted { update_id, ..posted })
        })
    }
}

impl State {
    fn ask_inline(&mut self, person: &Person, chat_type: &str, query: &str, offset: &str) -> String {
        let id = self.new_query_id();
        if !self.inline.ask_cache(&id, person.id, query, offset) {
            self.inline.ask(id.clone(), person.id, query.to_owned(), offset.to_owned());
            let from = person.user();
            let body = json!({"id": id, "from": from, "query": query, "offset": offset, "chat_type": chat_type});
            self.updates.push("inline_query", body);
        }
        id
    }

    /// Builds the content of the message for a chosen inline result.
    fn card(&self, result: &Value) -> Value {
        let sent = &result["input_message_content"];
        let mut content = json!({"via_bot": self.bot, "text": sent["message_text"]});
        for name in ["entities", "link_preview_options"] {
            copy(sent, &mut content, name);
        }
        copy(result, &mut content, "reply_markup");
        content
    }

    /// Queues an update of kind `chosen_inline_result`, which tells the bot that a user has sent
    /// one of its inline results. As with Telegram, only bots with inline feedback get this update.
    /// If the result has a keyboard, registers an `inline_message_id`, so that the bot can edit the
    /// sent message.
    fn chosen(&mut self, place: (i64, i64), person: &Person, query: &str, result: &Value) -> Option<i64> {
        let mut chosen = json!({"result_id": result["id"], "from": person.user(), "query": query});
        if result.get("reply_markup").is_some() {
            let name = format!("inline{}", self.new_query_id());
            chosen["inline_message_id"] = name.as_str().into();
            self.chats.name_inline(name, place);
        }
        self.inline_feedback.then(|| self.updates.push("chosen_inline_result", chosen))
    }

    /// Adds a person's message to the private chat. Sends the message to the page and queues an
    /// update for the bot.
    fn send_as(&mut self, person: &Person, mut content: Value) -> Sent {
        let user = person.user();
        self.chats.meet(&user);
        content["from"] = user;
        let message = self.chats.add(person.id, content).unwrap_or_default();
        let message_id = message["message_id"].as_i64().unwrap_or_default();
        self.tell_page(person.id, json!({"kind": "message", "message": message}));
        Sent { update_id: self.updates.push("message", message), message_id }
    }
}

fn copy(from: &Value, to: &mut Value, name: &str) {
    if let Some(value) = from.get(name) {
        to[name] = value.clone();
    }
}

/// Returns the text of the button with this callback data.
fn label(message: &Value, data: &str) -> Option<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
    let button = rows.iter().filter_map(Value::as_array).flatten().find(|button| button["callback_data"] == data)?;
    button["text"].as_str().map(str::to_owned)
}

//! What people do: write, edit, press buttons, ask inline, choose a result, send files.

use std::fmt;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::groups::Posted;
use super::session::UserAction;
use super::text::Text;
use super::{CALLBACK_LIFE, Callback, FakeTelegram, State, unix_time};

/// The one person whose private chat the page shows.
pub const PAGE_PERSON_ID: i64 = 1001;

/// Somebody with a private chat with the bot; the chat has the person's id.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's id and the private chat's.
    pub id: i64,
    /// The name the bot sees.
    pub first_name: String,
    /// The IETF language tag of the person's app.
    pub language_code: String,
}

impl Default for Person {
    /// The person of the page.
    fn default() -> Person {
        Person::new(PAGE_PERSON_ID, "You", "en")
    }
}

impl Person {
    /// Somebody by id, name and language.
    #[must_use]
    pub fn new(id: i64, first_name: &str, language_code: &str) -> Person {
        Person { id, first_name: first_name.to_owned(), language_code: language_code.to_owned() }
    }

    pub(super) fn user(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.first_name,
            "language_code": self.language_code,
        })
    }
}

/// What became of something a person sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The update's id, used up even if the bot's `allowed_updates` keep the update away.
    pub update_id: i64,
    /// The message in the person's chat.
    pub message_id: i64,
}

/// Why a person cannot do that; a sentence for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied(pub &'static str);

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Denied {}

/// A message that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attachment {
    /// A photo in two sizes.
    Photo,
    /// A voice message.
    Voice,
    /// A sticker.
    Sticker,
    /// A PDF file.
    Document,
    /// A place on the map.
    Location,
}

impl Attachment {
    /// As the page and a scenario call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Attachment::Photo => "photo",
            Attachment::Voice => "voice",
            Attachment::Sticker => "sticker",
            Attachment::Document => "document",
            Attachment::Location => "location",
        }
    }

    fn content(self, file: &str) -> Value {
        let size = |name: &str, width: u32, height: u32| {
            json!({"file_id": format!("{file}{name}"), "file_unique_id": format!("u{file}{name}"),
                   "width": width, "height": height, "file_size": width * height / 8})
        };
        match self {
            Attachment::Photo => json!({"photo": [size("s", 90, 60), size("x", 800, 533)]}),
            Attachment::Voice => json!({"voice": {"file_id": file, "file_unique_id": format!("u{file}"),
                "duration": 3, "mime_type": "audio/ogg", "file_size": 9216}}),
            Attachment::Sticker => json!({"sticker": {"file_id": file, "file_unique_id": format!("u{file}"),
                "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": "👋"}}),
            Attachment::Document => json!({"document": {"file_id": file, "file_unique_id": format!("u{file}"),
                "file_name": "article.pdf", "mime_type": "application/pdf", "file_size": 65536}}),
            Attachment::Location => json!({"location": {"latitude": 52.52, "longitude": 13.405}}),
        }
    }
}

impl FakeTelegram {
    /// Opens a person's private chat without a message, so that the bot may write first.
    pub fn meet(&self, person: &Person) {
        self.change(|state| state.chats.meet(&person.user()));
    }

    /// A person writes to the bot.
    pub fn say(&self, person: &Person, text: &str) -> Sent {
        let mut content = json!({});
        Text::typed(text).write_to(&mut content, "text");
        self.change(|state| {
            let sent = state.send_as(person, content);
            let text = text.to_owned();
            let deed = UserAction::Says { text, reply_to: None, quoting: None, thread: None };
            state.session.did(person, person.id, Some(sent.message_id), deed);
            sent
        })
    }

    /// A person answers a message of the private chat, or a part of it.
    pub fn reply(&self, person: &Person, to: i64, quote: Option<&str>, text: &str) -> Result<Sent, Denied> {
        self.change(|state| {
            let answered = state.answered(person.id, to, quote)?;
            let mut content = json!({});
            Text::typed(text).write_to(&mut content, "text");
            state.chats.place(person.id, &mut content, None, Some(answered));
            let sent = state.send_as(person, content);
            let (text, quoting) = (text.to_owned(), quote.map(str::to_owned));
            let deed = UserAction::Says { text, reply_to: Some(to), quoting, thread: None };
            state.session.did(person, person.id, Some(sent.message_id), deed);
            Ok(sent)
        })
    }

    /// A person sends something that is not text.
    pub fn attach(&self, person: &Person, kind: Attachment) -> Sent {
        self.change(|state| {
            let file = state.new_query_id();
            let sent = state.send_as(person, kind.content(&file));
            state.session.did(person, person.id, Some(sent.message_id), UserAction::Attaches(kind));
            sent
        })
    }

    /// A person edits an own text message.
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
            replace_text(message, &text);
            let edited = message.clone();
            state.tell_page(person.id, json!({"kind": "edited", "message": edited}));
            state.session.did(person, person.id, Some(message_id), UserAction::Edits(text.text.clone()));
            Ok(Sent { update_id: state.updates.push("edited_message", edited), message_id })
        })
    }

    /// A person presses a button; returns the callback query's id.
    pub fn press(&self, person: &Person, chat_id: i64, message_id: i64, data: &str) -> Result<String, Denied> {
        self.change(|state| {
            if let Some(room) = state.chats.room(chat_id) {
                room.member(person)?;
            }
            let message = state.chats.message(chat_id, message_id).ok_or(Denied("There is no such message."))?.clone();
            let label = label(&message, data).ok_or(Denied("The message has no such button."))?;
            state.callbacks.retain(|_, callback| callback.pressed.elapsed() < CALLBACK_LIFE);
            let id = state.new_query_id();
            let mut query =
                json!({"id": id, "from": person.user(), "chat_instance": format!("-{chat_id}"), "data": data});
            // The bot has no access to a message that was sent through it, only a name for editing it.
            match state.chats.inline_name((chat_id, message_id)) {
                Some(name) => query["inline_message_id"] = name.into(),
                None => query["message"] = message,
            }
            state.callbacks.insert(
                id.clone(),
                Callback { person_id: person.id, place: Some((chat_id, message_id)), pressed: Instant::now() },
            );
            let deed = UserAction::Presses { under: message_id, label, query: id.clone() };
            state.session.did(person, chat_id, None, deed);
            state.updates.push("callback_query", query);
            Ok(id)
        })
    }

    /// A person asks the bot inline in the chat with it; returns the query's id. What the cache knows does not reach
    /// the bot.
    pub fn inline(&self, person: &Person, query: &str, offset: &str) -> String {
        self.change(|state| state.ask_inline(person, "sender", query, offset))
    }

    /// A member asks the bot inline in another chat, where the bot need not be; it learns of which kind the chat is.
    pub fn inline_in(&self, chat_id: i64, person: &Person, query: &str, offset: &str) -> Result<String, Denied> {
        self.change(|state| {
            let kind = state.entered(chat_id, person)?.kind.name();
            Ok(state.ask_inline(person, kind, query, offset))
        })
    }

    /// Waits for the answer to an inline query: an object of `results`, `next_offset` and perhaps `button`.
    pub async fn inline_answer(&self, id: &str, timeout: Duration) -> Option<Value> {
        self.wait_until(timeout, |world| world.read(|state| state.inline.answer_to(id))).await
    }

    /// A person sends a result of an inline query into the chat with the bot. As with Telegram the bot sees the message
    /// (`via_bot`) and the choice; the update id is the choice's, or the message's if nobody tells of choices.
    pub fn choose(&self, person: &Person, query: &str, result_id: &str) -> Result<Sent, Denied> {
        self.change(|state| {
            let result = state.inline.shown(person.id, query, result_id).ok_or(NO_RESULT)?;
            let sent = state.send_as(person, state.card(&result));
            let chosen = state.chosen((person.id, sent.message_id), person, query, &result);
            let deed = UserAction::chose(query, result_id, None);
            state.session.did(person, person.id, Some(sent.message_id), deed);
            Ok(Sent { update_id: chosen.unwrap_or(sent.update_id), ..sent })
        })
    }

    /// A person sends a result of an inline query into another chat. The bot sees the message only where it is a
    /// member; the update is the choice's.
    pub fn choose_in(&self, person: &Person, chat_id: i64, query: &str, result_id: &str) -> Result<Posted, Denied> {
        self.choose_in_topic(person, chat_id, None, query, result_id)
    }

    /// The same in a topic of a forum.
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
            let result = state.inline.shown(person.id, query, result_id).ok_or(NO_RESULT)?;
            let mut content = state.card(&result);
            content["from"] = person.user();
            if thread.is_some_and(|thread| !state.chats.has_topic(chat_id, thread)) {
                return Err(Denied("There is no such topic."));
            }
            state.chats.place(chat_id, &mut content, thread, None);
            let posted = state.post(chat_id, content)?;
            state.session.did(person, chat_id, Some(posted.message_id), UserAction::chose(query, result_id, thread));
            let update_id = state.chosen((chat_id, posted.message_id), person, query, &result);
            Ok(Posted { update_id, ..posted })
        })
    }

    /// Switches inline feedback: whether the bot is told which result was chosen. It is on here; with Telegram the
    /// bot's owner has to turn it on.
    pub fn set_inline_feedback(&self, is_on: bool) {
        self.change(|state| state.inline_feedback = is_on);
    }
}

const NO_RESULT: Denied = Denied("There is no such result.");

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

    /// The message that a result becomes.
    fn card(&self, result: &Value) -> Value {
        let sent = &result["input_message_content"];
        let mut content = json!({"via_bot": self.bot, "text": sent["message_text"]});
        for name in ["entities", "link_preview_options"] {
            copy(sent, &mut content, name);
        }
        copy(result, &mut content, "reply_markup");
        content
    }

    /// Names the message of a result with a keyboard, so that the bot can edit it, and tells the bot of the choice.
    fn chosen(&mut self, place: (i64, i64), person: &Person, query: &str, result: &Value) -> Option<i64> {
        let mut chosen = json!({"result_id": result["id"], "from": person.user(), "query": query});
        if result.get("reply_markup").is_some() {
            let name = format!("inline{}", self.new_query_id());
            chosen["inline_message_id"] = name.as_str().into();
            self.chats.name_inline(name, place);
        }
        self.inline_feedback.then(|| self.updates.push("chosen_inline_result", chosen))
    }

    /// Puts a person's message into the private chat, on the page and into the bot's updates.
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

/// Gives a message a new text and an edit date.
pub(super) fn replace_text(message: &mut Value, text: &Text) {
    if let Some(fields) = message.as_object_mut() {
        fields.remove("entities");
    }
    text.write_to(message, "text");
    message["edit_date"] = unix_time().into();
}

fn copy(from: &Value, to: &mut Value, name: &str) {
    if let Some(value) = from.get(name) {
        to[name] = value.clone();
    }
}

/// What stands on the button that sends `data`.
fn label(message: &Value, data: &str) -> Option<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
    let button = rows.iter().filter_map(Value::as_array).flatten().find(|button| button["callback_data"] == data)?;
    button["text"].as_str().map(str::to_owned)
}

//! What tests and the HTTP server control from outside: calls and their faults, raw updates,
//! switches.

use std::time::Instant;

use serde_json::Value;

use super::calls::{Call, Fault, FaultKind};
use super::errors::Denied;
use super::state::{Callback, FakeTelegram};

impl FakeTelegram {
    /// The last 20,000 calls, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.read(|state| state.calls.all().cloned().collect())
    }

    /// Plans a failure. Several for one method are used up in the order in which they were planned.
    pub fn fail(&self, fault: Fault) {
        self.change(|state| state.calls.plan(fault));
    }

    pub(crate) fn record(&self, method: &str, params: Value, result: Value, at: Instant) {
        self.change(|state| state.calls.record(method, params, result, at));
    }

    pub(crate) fn take_fault(&self, method: &str, chat_id: Option<i64>) -> Option<FaultKind> {
        self.change(|state| state.calls.take_fault(method, chat_id))
    }

    /// The messages of a chat as they stand now, oldest first.
    pub fn history(&self, chat_id: i64) -> Vec<Value> {
        self.read(|state| state.chats.history(chat_id))
    }

    /// How many updates the bot has not confirmed yet.
    pub fn unconfirmed(&self) -> usize {
        self.read(|state| state.updates.len())
    }

    /// Puts any raw update into the queue, with the next `update_id` put in; returns that id.
    /// Nothing is checked and `allowed_updates` does not apply. What the update names becomes
    /// known, so that the bot can react to it: the chat and message of a message, the ids of a
    /// callback query or an inline query.
    pub fn inject(&self, update: Value) -> i64 {
        self.change(|state| {
            for message in update.as_object().into_iter().flat_map(|object| object.values()) {
                state.chats.remember(message);
                state.chats.remember(&message["message"]);
            }
            let callback = &update["callback_query"];
            if let (Some(id), Some(person_id)) = (callback["id"].as_str(), callback["from"]["id"].as_i64()) {
                state.callbacks.insert(id.to_owned(), Callback { person_id, place: None, pressed: Instant::now() });
            }
            let inline = &update["inline_query"];
            if let (Some(id), Some(person_id)) = (inline["id"].as_str(), inline["from"]["id"].as_i64()) {
                let part = |name: &str| inline[name].as_str().unwrap_or_default().to_owned();
                state.inline.ask(id.to_owned(), person_id, part("query"), part("offset"));
            }
            state.updates.inject(update)
        })
    }

    /// Makes every waiting callback query and inline query too old to be answered.
    pub fn expire_queries(&self) {
        self.change(|state| {
            state.callbacks.clear();
            state.inline.expire();
        });
    }

    /// Lets the bot send only so many messages a minute into a group; Telegram's limit is 20.
    /// Without it there is none.
    pub fn limit_sending(&self, chat_id: i64, messages: Option<usize>) -> Result<(), Denied> {
        self.change(|state| {
            state.chats.group_mut(chat_id).ok_or(Denied::NO_GROUP)?.limit = messages;
            Ok(())
        })
    }

    /// Switches inline feedback: whether the bot is told which result was chosen. It is on here;
    /// with Telegram the bot's owner has to turn it on.
    pub fn set_inline_feedback(&self, is_on: bool) {
        self.change(|state| state.inline_feedback = is_on);
    }
}

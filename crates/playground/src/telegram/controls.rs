//! Functions for tests and the HTTP server: read the log of Bot API calls, plan faults, inject
//! updates, and change settings of the fake Telegram.

use std::time::Instant;

use serde_json::Value;

use super::calls::{Call, Fault, FaultKind};
use super::errors::Denied;
use super::state::{Callback, FakeTelegram};

impl FakeTelegram {
    /// Returns the last 20,000 Bot API calls (the size of the log), oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.read(|state| state.calls.all().cloned().collect())
    }

    /// Plans a fault for later Bot API calls. Faults for the same method apply in the order in
    /// which they were planned.
    pub fn fail(&self, fault: Fault) {
        self.change(|state| state.calls.plan(fault));
    }

    pub(crate) fn record(&self, method: &str, params: Value, result: Value, at: Instant) {
        self.change(|state| state.calls.record(method, params, result, at));
    }

    pub(crate) fn take_fault(&self, method: &str, chat_id: Option<i64>) -> Option<FaultKind> {
        self.change(|state| state.calls.take_fault(method, chat_id))
    }

    /// Returns the messages of a chat in their current version, oldest first. Deleted messages are
    /// missing.
    pub fn history(&self, chat_id: i64) -> Vec<Value> {
        self.read(|state| state.chats.history(chat_id))
    }

    /// Returns the number of updates that the bot has not confirmed yet.
    pub fn unconfirmed(&self) -> usize {
        self.read(|state| state.updates.len())
    }

    /// Adds any update to the queue of updates for the bot, and returns the `update_id` that the
    /// update gets. The update is not checked, and `allowed_updates` does not apply.
    ///
    /// Registers the chat, message, callback query or inline query in the update, so that the bot
    /// can respond to the update.
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

    /// Makes all open callback queries and inline queries too old, so that the bot's answers fail.
    pub fn expire_queries(&self) {
        self.change(|state| {
            state.callbacks.clear();
            state.inline.expire();
        });
    }

    /// Limits the number of messages per minute that the bot may send to a group. `None` removes
    /// the limit. Telegram's own limit is 20 messages per minute.
    pub fn limit_sending(&self, chat_id: i64, messages: Option<usize>) -> Result<(), Denied> {
        self.change(|state| {
            state.chats.group_mut(chat_id).ok_or(Denied::NO_GROUP)?.limit = messages;
            Ok(())
        })
    }

    /// Switches inline feedback: whether the bot gets an update when a user chooses an inline
    /// result. The playground starts with feedback on. In Telegram the bot's owner must turn
    /// feedback on.
    pub fn set_inline_feedback(&self, is_on: bool) {
        self.change(|state| state.inline_feedback = is_on);
    }
}

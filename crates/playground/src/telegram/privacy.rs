//! Which messages of a group the bot gets to see.

use serde_json::{Value, json};

use super::errors::Denied;
use super::group::{BotMembership, GroupState, Role};
use super::state::{FakeTelegram, State};

/// The fields that make a message one of the service, which everybody sees.
const SERVICE: [&str; 5] =
    ["new_chat_members", "left_chat_member", "forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"];

impl FakeTelegram {
    /// Switches the bot's privacy mode, which is on unless its owner turns it off. Here it holds at
    /// once; with Telegram the bot must leave a group and come back.
    pub fn set_privacy(&self, is_on: bool) {
        self.change(|state| {
            state.privacy = is_on;
            state.session.privacy(is_on);
        });
    }

    /// Another bot writes into a group; returns the message's id. No bot sees what another one
    /// writes, but commands without a name are then no longer ours.
    pub fn other_bot_says(&self, chat_id: i64, text: &str) -> Result<i64, Denied> {
        self.change(|state| {
            state.chats.group_mut(chat_id).ok_or(Denied::NO_GROUP)?.is_other_bot_last = true;
            let from = json!({"id": 77_777, "is_bot": true, "first_name": "Other", "username": "other_bot"});
            let message = state.chats.add(chat_id, json!({"from": from, "text": text})).ok_or(Denied::NO_GROUP)?;
            Ok(message["message_id"].as_i64().unwrap_or_default())
        })
    }
}

impl State {
    /// Tells the bot of a message in a group, if it may see it.
    pub(super) fn deliver(&mut self, chat_id: i64, kind: &str, message: Value) -> Option<i64> {
        let group = self.chats.group(chat_id)?;
        let is_meant = is_meant(&self.bot, group, &message);
        let is_seen = is_seen(self.privacy, group, &message, is_meant);
        if let (true, Some(id)) = (is_meant, message["message_id"].as_i64())
            && let Some(group) = self.chats.group_mut(chat_id)
        {
            group.meant.insert(id);
        }
        if !is_seen && let (Some(group), Some(id)) = (self.chats.group(chat_id), message["message_id"].as_i64()) {
            self.withheld.note((chat_id, id), group.bot);
        }
        is_seen.then(|| self.updates.push(kind, message))
    }
}

/// Whether the bot gets an update about a message: never where it is not, always as an
/// administrator or without privacy mode, and otherwise of the service's messages and of those that
/// are meant for it.
fn is_seen(privacy: bool, group: &GroupState, message: &Value, is_meant: bool) -> bool {
    match group.bot {
        BotMembership::Stranger | BotMembership::Removed => false,
        BotMembership::In(Role::Administrator | Role::Creator) => true,
        BotMembership::In(Role::Member) => {
            !privacy || is_meant || SERVICE.iter().any(|field| message.get(field).is_some())
        }
    }
}

/// Whether a message is meant for the bot, as
/// <https://core.telegram.org/bots/features#privacy-mode> has it:
///
/// - a command with the bot's name, anywhere in the text;
/// - a command without a name at the beginning, unless another bot was the last one to write here;
/// - what was sent through the bot, inline;
/// - an answer to a message of the bot, or to one that was itself meant for it;
/// - and, which the documentation does not say but Telegram does, a text that mentions the bot by
///   its name.
fn is_meant(bot: &Value, group: &GroupState, message: &Value) -> bool {
    let answered = &message["reply_to_message"];
    let is_answer = answered["from"]["id"] == bot["id"]
        || answered["message_id"].as_i64().is_some_and(|id| group.meant.contains(&id));
    is_answer || message["via_bot"]["id"] == bot["id"] || is_addressed(bot, group, message)
}

/// Whether the text itself names the bot or commands whoever listens.
fn is_addressed(bot: &Value, group: &GroupState, message: &Value) -> bool {
    let name = bot["username"].as_str().unwrap_or_default();
    let is_name = |text: &str| text.eq_ignore_ascii_case(name);
    message["entities"].as_array().into_iter().flatten().any(|entity| {
        let text = part(message["text"].as_str().unwrap_or_default(), entity);
        match (entity["type"].as_str(), text.split_once('@')) {
            (Some("mention" | "bot_command"), Some((_, named))) => is_name(named),
            (Some("bot_command"), None) => entity["offset"] == 0 && !group.is_other_bot_last,
            _ => false,
        }
    })
}

/// The text of an entity.
fn part(text: &str, entity: &Value) -> String {
    let number = |name: &str| entity[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    let range = text.encode_utf16().skip(number("offset")).take(number("length"));
    char::decode_utf16(range).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

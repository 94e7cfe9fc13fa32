//! Decides about which group messages the bot gets updates (Telegram's privacy mode).

use serde_json::{Value, json};

use super::errors::Denied;
use super::group::{BotMembership, GroupState, Role};
use super::state::{FakeTelegram, State};

/// Fields of the object `Message` that mark a service message. Privacy mode does not hide service
/// messages from the bot.
const SERVICE: [&str; 5] =
    ["new_chat_members", "left_chat_member", "forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"];

impl FakeTelegram {
    /// Switches the bot's privacy mode, which is on by default. In the playground the change takes
    /// effect at once. In Telegram the bot must first leave the group and join again.
    pub fn set_privacy(&self, is_on: bool) {
        self.change(|state| {
            state.privacy = is_on;
            state.session.privacy(is_on);
        });
    }

    /// Sends a message from another bot to a group and returns the message id. The playground's own
    /// bot gets no update. Until the own bot sends a message, a command without a bot name is not
    /// addressed to the own bot.
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
    /// Queues an update about a group message if the bot may see the message. Otherwise stores the
    /// reason, which the page's inspector shows.
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

/// True if the bot gets an update about the message. A bot outside the group gets no updates. A bot
/// that is an administrator, or has privacy mode off, gets updates about all messages. Any other
/// bot gets updates about service messages and messages addressed to the bot.
fn is_seen(privacy: bool, group: &GroupState, message: &Value, is_meant: bool) -> bool {
    match group.bot {
        BotMembership::Stranger | BotMembership::Removed => false,
        BotMembership::In(Role::Administrator | Role::Creator) => true,
        BotMembership::In(Role::Member) => {
            !privacy || is_meant || SERVICE.iter().any(|field| message.get(field).is_some())
        }
    }
}

/// True if the message is addressed to the bot, by the rules of
/// <https://core.telegram.org/bots/features#privacy-mode>. One of these rules must apply:
///
/// - The text contains a command with the bot's name.
/// - The text begins with a command without a bot name, and no other bot wrote last in the group.
/// - A user sent the message by choosing an inline result of the bot.
/// - The message is a reply to the bot, or to a message that was addressed to the bot.
/// - The text mentions the bot by name. Telegram applies this rule, but its documentation does not
///   list it.
fn is_meant(bot: &Value, group: &GroupState, message: &Value) -> bool {
    let answered = &message["reply_to_message"];
    let is_answer = answered["from"]["id"] == bot["id"]
        || answered["message_id"].as_i64().is_some_and(|id| group.meant.contains(&id));
    is_answer || message["via_bot"]["id"] == bot["id"] || is_addressed(bot, group, message)
}

/// True if the text mentions the bot, or contains a command that is addressed to the bot.
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

/// Returns the part of the text that an entity covers.
fn part(text: &str, entity: &Value) -> String {
    let number = |name: &str| entity[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    let range = text.encode_utf16().skip(number("offset")).take(number("length"));
    char::decode_utf16(range).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

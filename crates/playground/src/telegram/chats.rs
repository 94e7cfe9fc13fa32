//! All chats with the current version of their messages.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::clock::unix_time;
use super::group::{GroupKind, GroupState};

#[derive(Default)]
pub(super) struct Chats {
    chats: HashMap<i64, Chat>,
    /// Chat id and message id of each message that a user sent by choosing an inline result with a
    /// keyboard. The key is the `inline_message_id`, with which the bot can edit the message.
    inline_messages: HashMap<String, (i64, i64)>,
}

struct Chat {
    about: Value,
    /// The user of a private chat with the bot, as the Bot API object `User` with the latest known
    /// name and language. `None` for a group.
    person: Option<Value>,
    /// Members, topics and settings of a group. `None` for a private chat with the bot.
    group: Option<GroupState>,
    messages: BTreeMap<i64, Value>,
    last_id: i64,
}

impl Chats {
    /// Opens the private chat of a person with the bot, or updates the person's name and language.
    pub fn meet(&mut self, person: &Value) {
        let Some(id) = person["id"].as_i64() else { return };
        let about = json!({"id": id, "type": "private", "first_name": person["first_name"]});
        self.open(id, about).person = Some(person.clone());
    }

    /// Adds a group, or replaces the data of an existing group.
    pub fn add_group(&mut self, id: i64, about: Value, group: GroupState) {
        let chat = self.open(id, about);
        if group.kind == GroupKind::Forum {
            // Message 1 of a forum created the forum, and 1 is also the id of the topic "General".
            // Reserves this id, so that new messages get ids from 2.
            chat.last_id = chat.last_id.max(1);
        }
        chat.group = Some(group);
    }

    /// Returns the first chat id that is not in use, counting downwards from `id`.
    pub fn free_id(&self, mut id: i64) -> i64 {
        while self.chats.contains_key(&id) {
            id = id.saturating_sub(1);
        }
        id
    }

    fn open(&mut self, id: i64, about: Value) -> &mut Chat {
        let chat = self.chats.entry(id).or_insert_with(|| Chat {
            about: Value::Null,
            person: None,
            group: None,
            messages: BTreeMap::new(),
            last_id: 0,
        });
        chat.about = about;
        chat
    }

    /// Stores a complete Bot API object `Message`, and opens its chat if necessary. Ignores a JSON
    /// value that is not a message.
    pub fn remember(&mut self, message: &Value) {
        let (Some(chat_id), Some(message_id)) = (message["chat"]["id"].as_i64(), message["message_id"].as_i64()) else {
            return;
        };
        let chat = self.open(chat_id, message["chat"].clone());
        chat.last_id = chat.last_id.max(message_id);
        chat.messages.insert(message_id, message.clone());
    }

    /// Adds a message to a chat. `content` is a `Message` without the fields for id, date and chat,
    /// which this function sets.
    pub fn add(&mut self, chat_id: i64, mut content: Value) -> Option<Value> {
        let chat = self.chats.get_mut(&chat_id)?;
        chat.last_id += 1;
        content["message_id"] = chat.last_id.into();
        content["date"] = unix_time().into();
        content["chat"] = chat.about.clone();
        chat.messages.insert(chat.last_id, content.clone());
        Some(content)
    }

    pub fn about(&self, chat_id: i64) -> Option<&Value> {
        self.chats.get(&chat_id).map(|chat| &chat.about)
    }

    pub fn person(&self, chat_id: i64) -> Option<&Value> {
        self.chats.get(&chat_id)?.person.as_ref()
    }

    /// Returns the members, topics and settings of a group. Returns `None` for a private chat with
    /// the bot.
    pub fn group(&self, chat_id: i64) -> Option<&GroupState> {
        self.chats.get(&chat_id)?.group.as_ref()
    }

    pub fn group_mut(&mut self, chat_id: i64) -> Option<&mut GroupState> {
        self.chats.get_mut(&chat_id)?.group.as_mut()
    }

    /// Finds a user by id in all private chats and groups. Returns the Bot API object `User`.
    pub fn user(&self, user_id: i64) -> Option<&Value> {
        self.person(user_id).or_else(|| {
            let groups = self.chats.values().filter_map(|chat| chat.group.as_ref());
            groups.filter_map(|group| group.members.get(&user_id)).map(|member| &member.user).next()
        })
    }

    pub fn message(&self, chat_id: i64, message_id: i64) -> Option<&Value> {
        self.chats.get(&chat_id)?.messages.get(&message_id)
    }

    pub fn message_mut(&mut self, chat_id: i64, message_id: i64) -> Option<&mut Value> {
        self.chats.get_mut(&chat_id)?.messages.get_mut(&message_id)
    }

    pub fn delete(&mut self, chat_id: i64, message_id: i64) -> Option<Value> {
        self.chats.get_mut(&chat_id)?.messages.remove(&message_id)
    }

    pub fn history(&self, chat_id: i64) -> Vec<Value> {
        self.chats.get(&chat_id).map(|chat| chat.messages.values().cloned().collect()).unwrap_or_default()
    }

    /// Returns all groups, oldest first.
    pub fn groups(&self) -> impl Iterator<Item = (i64, &Value, &GroupState)> {
        let mut groups: Vec<_> =
            self.chats.iter().filter_map(|(id, chat)| Some((*id, &chat.about, chat.group.as_ref()?))).collect();
        // Group ids are negative, and older groups have ids nearer to zero. Descending order puts
        // the oldest group first.
        groups.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
        groups.into_iter()
    }

    /// Returns the id of the last text message before `message_id` that a user typed. Skips
    /// messages of the bot, and messages that a user sent by choosing an inline result.
    pub fn text_before(&self, chat_id: i64, message_id: i64, bot_id: &Value) -> Option<i64> {
        let before = self.chats.get(&chat_id)?.messages.range(..message_id).rev();
        let mut texts = before.filter(|(_, m)| m["from"]["id"] != *bot_id && m["text"].is_string());
        texts.find(|(_, m)| m.get("via_bot").is_none()).map(|(id, _)| *id)
    }

    pub fn name_inline(&mut self, inline_message_id: String, place: (i64, i64)) {
        self.inline_messages.insert(inline_message_id, place);
    }

    pub fn find_inline(&self, inline_message_id: &str) -> Option<(i64, i64)> {
        self.inline_messages.get(inline_message_id).copied()
    }

    /// Returns the `inline_message_id` of the message at `place` (chat id and message id). Returns
    /// `None` if the message has no such id.
    pub fn inline_name(&self, place: (i64, i64)) -> Option<&str> {
        self.inline_messages.iter().find(|(_, other)| **other == place).map(|(name, _)| name.as_str())
    }
}

//! The chats and their messages as they stand now.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::clock::unix_time;
use super::group::{GroupKind, GroupState};

#[derive(Default)]
pub(super) struct Chats {
    chats: HashMap<i64, Chat>,
    /// Messages sent through an inline query, by the id under which the bot may edit them.
    inline_messages: HashMap<String, (i64, i64)>,
}

struct Chat {
    about: Value,
    /// The person of a private chat, as last seen.
    person: Option<Value>,
    /// What a group has besides its messages.
    group: Option<GroupState>,
    messages: BTreeMap<i64, Value>,
    last_id: i64,
}

impl Chats {
    /// Makes the private chat of a person known to the bot.
    pub fn meet(&mut self, person: &Value) {
        let Some(id) = person["id"].as_i64() else { return };
        let about = json!({"id": id, "type": "private", "first_name": person["first_name"]});
        self.open(id, about).person = Some(person.clone());
    }

    /// Makes a group, or replaces what is known about it.
    pub fn add_group(&mut self, id: i64, about: Value, group: GroupState) {
        let chat = self.open(id, about);
        if group.kind == GroupKind::Forum {
            // The first message of a forum made it, and its id is that of "General".
            chat.last_id = chat.last_id.max(1);
        }
        chat.group = Some(group);
    }

    /// The first id from `id` downwards that no chat has.
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

    /// Takes in a message from outside, if it is one.
    pub fn remember(&mut self, message: &Value) {
        let (Some(chat_id), Some(message_id)) = (message["chat"]["id"].as_i64(), message["message_id"].as_i64()) else {
            return;
        };
        let chat = self.open(chat_id, message["chat"].clone());
        chat.last_id = chat.last_id.max(message_id);
        chat.messages.insert(message_id, message.clone());
    }

    /// Adds a message; `content` is a `Message` without id, date and chat.
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

    /// What a group has besides its messages; nothing for a private chat with the bot.
    pub fn group(&self, chat_id: i64) -> Option<&GroupState> {
        self.chats.get(&chat_id)?.group.as_ref()
    }

    pub fn group_mut(&mut self, chat_id: i64) -> Option<&mut GroupState> {
        self.chats.get_mut(&chat_id)?.group.as_mut()
    }

    /// Somebody who has been seen anywhere, as `User`.
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

    /// All groups.
    pub fn groups(&self) -> impl Iterator<Item = (i64, &Value, &GroupState)> {
        let mut groups: Vec<_> =
            self.chats.iter().filter_map(|(id, chat)| Some((*id, &chat.about, chat.group.as_ref()?))).collect();
        // Older groups have numbers nearer to zero.
        groups.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
        groups.into_iter()
    }

    /// The text that somebody other than the bot wrote last before a message.
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

    /// The id under which the bot knows a message that was sent through an inline query.
    pub fn inline_name(&self, place: (i64, i64)) -> Option<&str> {
        self.inline_messages.iter().find(|(_, other)| **other == place).map(|(name, _)| name.as_str())
    }
}

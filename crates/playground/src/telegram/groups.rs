//! Creates groups and topics, and sends and edits the messages of group members.

use serde_json::{Value, json};

use super::errors::Denied;
use super::group::{BotMembership, Group, GroupKind, GroupState, Member, Posted, Role, Say};
use super::person::Person;
use super::quotes;
use super::session::UserAction;
use super::state::{FakeTelegram, State};
use super::text::Text;
use super::threads::Answered;

/// User id of `GroupAnonymousBot`. Telegram names this user as the author when an administrator
/// writes anonymously.
const ANONYMOUS_ID: i64 = 1_087_968_824;

impl FakeTelegram {
    /// Creates a group without sending updates, as if the group had always existed. If a person is
    /// listed twice, the last role applies.
    pub fn add_group(&self, group: Group) {
        let mut about = json!({"id": group.id, "type": group.kind.name()});
        let name = if group.kind == GroupKind::Private { "first_name" } else { "title" };
        about[name] = group.title.into();
        if group.kind == GroupKind::Forum {
            about["is_forum"] = true.into();
        }
        let member = |(person, role): (Person, Role)| (person.id, Member { user: person.user(), role });
        let id = group.id;
        let group = GroupState {
            kind: group.kind,
            members: group.members.into_iter().map(member).collect(),
            ..GroupState::empty(group.bot.map_or(BotMembership::Stranger, BotMembership::In))
        };
        self.change(|state| state.chats.add_group(id, about, group));
    }

    /// Opens a topic in a forum on behalf of a member. Returns the `message_thread_id` of the
    /// topic.
    pub fn add_topic(&self, chat_id: i64, person: &Person, name: &str) -> Result<i64, Denied> {
        self.change(|state| {
            let group = state.entered(chat_id, person)?;
            if group.kind != GroupKind::Forum {
                return Err(Denied("Only a forum has topics."));
            }
            let opened = json!({"name": name, "icon_color": 7_322_096});
            let content = json!({"from": person.user(), "forum_topic_created": opened, "is_topic_message": true});
            let mut message = state.chats.add(chat_id, content).ok_or(Denied::NO_GROUP)?;
            // The id of a topic is the id of the message that opens the topic.
            let topic = message["message_id"].as_i64().unwrap_or_default();
            message["message_thread_id"] = topic.into();
            state.chats.remember(&message);
            if let Some(group) = state.chats.group_mut(chat_id) {
                group.topics.insert(topic);
            }
            state.tell_page(chat_id, json!({"kind": "message", "message": message}));
            state.deliver(chat_id, "message", message);
            Ok(topic)
        })
    }

    /// Sends a message from a member to a group.
    pub fn say_in(&self, chat_id: i64, person: &Person, say: Say) -> Result<Posted, Denied> {
        self.change(|state| {
            let mut content = state.author(chat_id, person, say.as_chat)?;
            if say.thread.is_some_and(|thread| !state.chats.has_topic(chat_id, thread)) {
                return Err(Denied::NO_TOPIC);
            }
            let answered = match say.reply_to {
                Some(id) => Some(state.answered(chat_id, id, say.quote.as_deref())?),
                None => None,
            };
            Text::typed(&say.text).write_to(&mut content, "text");
            if say.via_bot {
                content["via_bot"] = state.bot.clone();
            }
            state.chats.place(chat_id, &mut content, say.thread, answered);
            let posted = state.post(chat_id, content)?;
            let action =
                UserAction::Says { text: say.text, reply_to: say.reply_to, quoting: say.quote, thread: say.thread };
            state.session.record(person, chat_id, Some(posted.message_id), action);
            Ok(posted)
        })
    }

    /// Edits a text message in a group. A member can edit only that member's own messages.
    pub fn edit_in(&self, chat_id: i64, person: &Person, message_id: i64, text: &str) -> Result<Posted, Denied> {
        let text = Text::typed(text);
        self.change(|state| {
            state.entered(chat_id, person)?;
            let message = state.chats.message_mut(chat_id, message_id).ok_or(Denied::NO_MESSAGE)?;
            if message["from"]["id"] != person.id || !message["text"].is_string() || message.get("via_bot").is_some() {
                return Err(Denied("Only own text messages can be edited."));
            }
            text.replace_in(message);
            let edited = message.clone();
            state.tell_page(chat_id, json!({"kind": "edited", "message": edited}));
            state.session.record(person, chat_id, Some(message_id), UserAction::Edits(text.text));
            Ok(Posted { message_id, update_id: state.deliver(chat_id, "edited_message", edited) })
        })
    }
}

impl State {
    /// Returns the group if the person is a member and the group has not been converted to a
    /// supergroup.
    pub(super) fn entered(&self, chat_id: i64, person: &Person) -> Result<&GroupState, Denied> {
        let group = self.chats.group(chat_id).ok_or(Denied::NO_GROUP)?;
        group.members.get(&person.id).ok_or(Denied::NOT_A_MEMBER)?;
        if group.moved_to.is_some() {
            return Err(Denied("The group has become a supergroup."));
        }
        Ok(group)
    }

    /// Returns the message fields that name the author: the person, or the group if `as_chat` is
    /// set.
    fn author(&self, chat_id: i64, person: &Person, as_chat: bool) -> Result<Value, Denied> {
        let group = self.entered(chat_id, person)?;
        if !as_chat {
            return Ok(json!({"from": person.user()}));
        }
        if group.members.get(&person.id).ok_or(Denied::NOT_A_MEMBER)?.role == Role::Member {
            return Err(Denied("Only administrators can write as the group."));
        }
        Ok(self.as_group(chat_id))
    }

    /// Returns the author fields of a message sent in the name of the group.
    pub(super) fn as_group(&self, chat_id: i64) -> Value {
        let from = json!({"id": ANONYMOUS_ID, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
        json!({"from": from, "sender_chat": self.chats.about(chat_id)})
    }

    pub(super) fn answered(&self, chat_id: i64, message_id: i64, quote: Option<&str>) -> Result<Answered, Denied> {
        let message = self.chats.message(chat_id, message_id).cloned().ok_or(Denied::NO_MESSAGE)?;
        let quote = match quote {
            Some(text) => Some(quotes::mark(&message, text).ok_or(Denied("The message does not have this part."))?),
            None => None,
        };
        Ok(Answered { message, quote })
    }

    /// Adds a message to a group and shows the message on the page. Queues an update for the bot if
    /// the bot may see the message.
    pub(super) fn post(&mut self, chat_id: i64, content: Value) -> Result<Posted, Denied> {
        let message = self.chats.add(chat_id, content).ok_or(Denied::NO_GROUP)?;
        let message_id = message["message_id"].as_i64().unwrap_or_default();
        self.tell_page(chat_id, json!({"kind": "message", "message": message}));
        Ok(Posted { message_id, update_id: self.deliver(chat_id, "message", message) })
    }
}

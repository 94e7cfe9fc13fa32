//! Groups: who is in them, which topics they have, and what people write there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::session::UserAction;
use super::text::Text;
use super::threads::Answered;
use super::users::{Denied, Person, replace_text};
use super::{FakeTelegram, State, Trouble, quotes};

/// Who writes for an administrator who stays anonymous.
const ANONYMOUS_ID: i64 = 1_087_968_824;

/// The time over which messages are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// A group to be made with [`FakeTelegram::add_group`].
#[derive(Clone, Debug)]
pub struct Group {
    /// The chat's id, below zero; Telegram's supergroups begin with -100.
    pub id: i64,
    /// Its name.
    pub title: String,
    /// What sort of chat it is.
    pub kind: GroupKind,
    /// The people in it.
    pub members: Vec<(Person, Role)>,
    /// What the bot is in it; `None` if it is not there and has never been.
    pub bot: Option<Role>,
}

/// What sort of chat a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A basic group.
    Group,
    /// A supergroup.
    Supergroup,
    /// A supergroup with topics. "General" is always there, the others come from [`FakeTelegram::add_topic`].
    Forum,
    /// Two people between themselves, where the bot can only be called inline.
    Private,
}

impl GroupKind {
    /// The `type` of the chat.
    pub(crate) fn name(self) -> &'static str {
        match self {
            GroupKind::Group => "group",
            GroupKind::Supergroup | GroupKind::Forum => "supergroup",
            GroupKind::Private => "private",
        }
    }
}

/// What somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Anybody.
    Member,
    /// Somebody with all the rights an administrator can have.
    Administrator,
    /// The owner.
    Creator,
}

/// What somebody writes into a group; `Say { reply_to: Some(3), ..Say::new("hi") }`.
#[derive(Clone, Debug, Default)]
pub struct Say {
    /// The text.
    pub text: String,
    /// The message of the same chat that it answers.
    pub reply_to: Option<i64>,
    /// The part of that message that is shown with the answer.
    pub quote: Option<String>,
    /// The topic of a forum; none for "General", or for the topic of the message that it answers.
    pub thread: Option<i64>,
    /// Whether an administrator writes as the group, without a name.
    pub as_chat: bool,
    /// Whether the text came from the bot, inline.
    pub via_bot: bool,
}

impl Say {
    /// A text on its own.
    #[must_use]
    pub fn new(text: &str) -> Say {
        Say { text: text.to_owned(), ..Say::default() }
    }
}

/// What became of something that was sent to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The message in the group.
    pub message_id: i64,
    /// The update that tells the bot of it; `None` if the bot must not see the message.
    pub update_id: Option<i64>,
}

/// What a group has besides its messages.
pub(super) struct GroupState {
    pub kind: GroupKind,
    pub members: BTreeMap<i64, Member>,
    pub bot: BotMembership,
    /// The `message_thread_id` of every topic but "General".
    pub topics: BTreeSet<i64>,
    /// The messages that were meant for the bot, whether it was told of them or not.
    pub meant: BTreeSet<i64>,
    /// Another bot was the last one to write.
    pub is_other_bot_last: bool,
    /// The supergroup that this group has become.
    pub moved_to: Option<i64>,
    /// How many messages a minute the bot may send; any number if not set.
    pub limit: Option<usize>,
    /// When it sent the last of them.
    pub sent: VecDeque<Instant>,
}

/// Somebody in a group.
#[derive(Clone)]
pub(super) struct Member {
    pub user: Value,
    pub role: Role,
}

/// How the bot stands to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BotMembership {
    /// It has never been there and does not know the chat.
    Stranger,
    In(Role),
    Removed,
}

impl GroupState {
    /// A basic group with nobody in it but perhaps the bot.
    pub fn empty(bot: BotMembership) -> GroupState {
        GroupState {
            kind: GroupKind::Group,
            members: BTreeMap::new(),
            bot,
            topics: BTreeSet::new(),
            meant: BTreeSet::new(),
            is_other_bot_last: false,
            moved_to: None,
            limit: None,
            sent: VecDeque::new(),
        }
    }

    /// Notes that the bot sends a message, or refuses it if there were too many.
    pub fn count_send(&mut self) -> Result<(), Trouble> {
        let Some(limit) = self.limit else { return Ok(()) };
        let now = Instant::now();
        self.sent.retain(|at| now.duration_since(*at) < MINUTE);
        if self.sent.len() < limit {
            self.sent.push_back(now);
            return Ok(());
        }
        let wait = self.sent.front().map_or(MINUTE, |first| MINUTE.saturating_sub(now.duration_since(*first)));
        Err(Trouble::Flooded(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)))
    }

    pub fn is_bot_administrator(&self) -> bool {
        matches!(self.bot, BotMembership::In(Role::Administrator | Role::Creator))
    }

    /// The member under this id, if they are one.
    pub fn member(&self, person: &Person) -> Result<&Member, Denied> {
        self.members.get(&person.id).ok_or(Denied("Only members can do that."))
    }
}

impl FakeTelegram {
    /// Makes a group as if it had always been there: no update tells of it. Whoever is in it twice has the last role.
    pub fn add_group(&self, group: Group) {
        let mut about = json!({"id": group.id, "type": group.kind.name()});
        let name = if group.kind == GroupKind::Private { "first_name" } else { "title" };
        about[name] = group.title.into();
        if group.kind == GroupKind::Forum {
            about["is_forum"] = true.into();
        }
        let member = |(person, role): (Person, Role)| (person.id, Member { user: person.user(), role });
        let room = GroupState {
            kind: group.kind,
            members: group.members.into_iter().map(member).collect(),
            ..GroupState::empty(group.bot.map_or(BotMembership::Stranger, BotMembership::In))
        };
        self.change(|state| state.chats.add_room(group.id, about, room));
    }

    /// Lets the bot send only so many messages a minute into a group; Telegram's limit is 20. Without it there is none.
    pub fn limit_sending(&self, chat_id: i64, messages: Option<usize>) -> Result<(), Denied> {
        self.change(|state| {
            state.chats.room_mut(chat_id).ok_or(NO_CHAT)?.limit = messages;
            Ok(())
        })
    }

    /// A member opens a topic in a forum; returns its `message_thread_id`.
    pub fn add_topic(&self, chat_id: i64, person: &Person, name: &str) -> Result<i64, Denied> {
        self.change(|state| {
            let room = state.entered(chat_id, person)?;
            if room.kind != GroupKind::Forum {
                return Err(Denied("Only a forum has topics."));
            }
            let opened = json!({"name": name, "icon_color": 7_322_096});
            let content = json!({"from": person.user(), "forum_topic_created": opened, "is_topic_message": true});
            let mut message = state.chats.add(chat_id, content).ok_or(NO_CHAT)?;
            // The message that opens a topic gives it its id.
            let topic = message["message_id"].as_i64().unwrap_or_default();
            message["message_thread_id"] = topic.into();
            state.chats.remember(&message);
            if let Some(room) = state.chats.room_mut(chat_id) {
                room.topics.insert(topic);
            }
            state.tell_page(chat_id, json!({"kind": "message", "message": message}));
            state.deliver(chat_id, "message", message);
            Ok(topic)
        })
    }

    /// A member writes into a group.
    pub fn say_in(&self, chat_id: i64, person: &Person, say: Say) -> Result<Posted, Denied> {
        self.change(|state| {
            let mut content = state.author(chat_id, person, say.as_chat)?;
            if say.thread.is_some_and(|thread| !state.chats.has_topic(chat_id, thread)) {
                return Err(Denied("There is no such topic."));
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
            let deed =
                UserAction::Says { text: say.text, reply_to: say.reply_to, quoting: say.quote, thread: say.thread };
            state.session.did(person, chat_id, Some(posted.message_id), deed);
            Ok(posted)
        })
    }

    /// A member edits an own text message in a group.
    pub fn edit_in(&self, chat_id: i64, person: &Person, message_id: i64, text: &str) -> Result<Posted, Denied> {
        let text = Text::typed(text);
        self.change(|state| {
            state.entered(chat_id, person)?;
            let message = state.chats.message_mut(chat_id, message_id).ok_or(NO_MESSAGE)?;
            if message["from"]["id"] != person.id || !message["text"].is_string() || message.get("via_bot").is_some() {
                return Err(Denied("Only own text messages can be edited."));
            }
            replace_text(message, &text);
            let edited = message.clone();
            state.tell_page(chat_id, json!({"kind": "edited", "message": edited}));
            state.session.did(person, chat_id, Some(message_id), UserAction::Edits(text.text));
            Ok(Posted { message_id, update_id: state.deliver(chat_id, "edited_message", edited) })
        })
    }
}

pub(super) const NO_CHAT: Denied = Denied("There is no such group.");
const NO_MESSAGE: Denied = Denied("There is no such message.");

impl State {
    /// The group, if this person may do something in it.
    pub(super) fn entered(&self, chat_id: i64, person: &Person) -> Result<&GroupState, Denied> {
        let room = self.chats.room(chat_id).ok_or(NO_CHAT)?;
        room.member(person)?;
        if room.moved_to.is_some() {
            return Err(Denied("The group has become a supergroup."));
        }
        Ok(room)
    }

    /// The fields that say who wrote a message.
    fn author(&self, chat_id: i64, person: &Person, as_chat: bool) -> Result<Value, Denied> {
        let room = self.entered(chat_id, person)?;
        if !as_chat {
            return Ok(json!({"from": person.user()}));
        }
        if room.member(person)?.role == Role::Member {
            return Err(Denied("Only administrators can write as the group."));
        }
        Ok(self.as_group(chat_id))
    }

    /// The fields of a message that the group itself wrote.
    pub(super) fn as_group(&self, chat_id: i64) -> Value {
        let from = json!({"id": ANONYMOUS_ID, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
        json!({"from": from, "sender_chat": self.chats.about(chat_id)})
    }

    pub(super) fn answered(&self, chat_id: i64, message_id: i64, quote: Option<&str>) -> Result<Answered, Denied> {
        let message = self.chats.message(chat_id, message_id).cloned().ok_or(NO_MESSAGE)?;
        let quote = match quote {
            Some(text) => Some(quotes::mark(&message, text).ok_or(Denied("The message does not have this part."))?),
            None => None,
        };
        Ok(Answered { message, quote })
    }

    /// Puts a message into a group and, if the bot may see it, into its updates.
    pub(super) fn post(&mut self, chat_id: i64, content: Value) -> Result<Posted, Denied> {
        let message = self.chats.add(chat_id, content).ok_or(NO_CHAT)?;
        let message_id = message["message_id"].as_i64().unwrap_or_default();
        self.tell_page(chat_id, json!({"kind": "message", "message": message}));
        Ok(Posted { message_id, update_id: self.deliver(chat_id, "message", message) })
    }
}

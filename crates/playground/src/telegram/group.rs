//! A group: its kind, its members with their roles, and the bot's membership.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::person::Person;

/// The time over which messages are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// A group to be made with `FakeTelegram::add_group`.
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
    /// A supergroup with topics. "General" is always there, the others come from
    /// `FakeTelegram::add_topic`.
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
    pub fn count_send(&mut self) -> Result<(), u32> {
        let Some(limit) = self.limit else { return Ok(()) };
        let now = Instant::now();
        self.sent.retain(|at| now.duration_since(*at) < MINUTE);
        if self.sent.len() < limit {
            self.sent.push_back(now);
            return Ok(());
        }
        let wait = self.sent.front().map_or(MINUTE, |first| MINUTE.saturating_sub(now.duration_since(*first)));
        Err(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
    }

    pub fn is_bot_administrator(&self) -> bool {
        matches!(self.bot, BotMembership::In(Role::Administrator | Role::Creator))
    }
}

//! Data types for a group: its kind, its members with their roles, and the bot's membership.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::person::Person;

/// Time window of the rate limit for the bot's messages to a group.
const MINUTE: Duration = Duration::from_secs(60);

/// Parameters of a new group, for `FakeTelegram::add_group`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Chat id, below zero. Ids of supergroups begin with -100, as in Telegram.
    pub id: i64,
    pub title: String,
    pub kind: GroupKind,
    /// Members of the group other than the bot, each with a role.
    pub members: Vec<(Person, Role)>,
    /// Role of the bot in the group. `None` if the bot has never been a member.
    pub bot: Option<Role>,
}

/// Kind of a chat other than a user's private chat with the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A basic group, which can later become a supergroup.
    Group,
    Supergroup,
    /// A supergroup with topics. The topic "General" always exists. `FakeTelegram::add_topic`
    /// adds other topics.
    Forum,
    /// A private chat between two users. The bot is not a member and can be used only through
    /// inline queries.
    Private,
}

impl GroupKind {
    /// Value of the field `type` in the Bot API object `Chat`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            GroupKind::Group => "group",
            GroupKind::Supergroup | GroupKind::Forum => "supergroup",
            GroupKind::Private => "private",
        }
    }
}

/// Role of a member in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A member without administrator rights.
    Member,
    /// An administrator with all rights that an administrator can have.
    Administrator,
    /// The owner of the group.
    Creator,
}

/// A message that a member sends to a group.
///
/// Example: `Say { reply_to: Some(3), ..Say::new("hi") }`.
#[derive(Clone, Debug, Default)]
pub struct Say {
    pub text: String,
    /// Id of the message to which this message replies. Both messages are in the same chat. `None`
    /// if this message is not a reply.
    pub reply_to: Option<i64>,
    /// Text that this message quotes from the message to which it replies.
    pub quote: Option<String>,
    /// `message_thread_id` of the forum topic that gets this message. `None` means the topic of the
    /// message to which this message replies, or else "General".
    pub thread: Option<i64>,
    /// Whether an administrator sends the message anonymously, in the name of the group.
    pub as_chat: bool,
    /// Whether the member sends the message by choosing an inline result of the bot.
    pub via_bot: bool,
}

impl Say {
    /// Creates a message that contains only a text: not a reply, and not for a certain topic.
    #[must_use]
    pub fn new(text: &str) -> Say {
        Say { text: text.to_owned(), ..Say::default() }
    }
}

/// Ids of a message sent to a group and of the update for the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Id of the message in the group.
    pub message_id: i64,
    /// Id of the update about the message. `None` if the bot gets no update, for example because of
    /// privacy mode.
    pub update_id: Option<i64>,
}

/// State of a group, except for the messages.
pub(super) struct GroupState {
    pub kind: GroupKind,
    pub members: BTreeMap<i64, Member>,
    pub bot: BotMembership,
    /// `message_thread_id` of every topic except "General".
    pub topics: BTreeSet<i64>,
    /// Ids of all messages addressed to the bot, including messages about which the bot got no
    /// update.
    pub meant: BTreeSet<i64>,
    /// Whether another bot sent a message after the last message of this bot.
    pub is_other_bot_last: bool,
    /// Id of the supergroup that this basic group has become.
    pub moved_to: Option<i64>,
    /// Maximum number of messages per minute that the bot may send to the group. `None` means no
    /// limit.
    pub limit: Option<usize>,
    /// Times at which the bot sent messages to the group within the last minute. Used only if
    /// `limit` is set.
    pub sent: VecDeque<Instant>,
}

#[derive(Clone)]
pub(super) struct Member {
    pub user: Value,
    pub role: Role,
}

/// Membership of the bot in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BotMembership {
    /// The bot has never been in the group and cannot access the chat.
    Stranger,
    In(Role),
    Removed,
}

impl GroupState {
    /// Creates a basic group without members and with this membership of the bot.
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

    /// Counts one message that the bot sends to the group. If the bot has reached `limit`, returns
    /// as the error the number of seconds to wait.
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

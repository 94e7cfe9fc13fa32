//! Why something cannot be done: for the bot an [`ApiError`], for a person a [`Denied`].

use std::fmt;

use super::group::GroupKind;

/// Why the world cannot do what the bot asks; the Bot API has a text for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    ChatNotFound,
    MessageToEditNotFound,
    MessageToDeleteNotFound,
    MessageToReplyNotFound,
    UnknownInlineMessage,
    NotTheBots,
    NotModified,
    QueryTooOld,
    MemberNotFound,
    OtherPoll,
    /// The bot was thrown out of a chat of this kind.
    Removed(GroupKind),
    /// The group is now the supergroup with this id.
    Upgraded(i64),
    NoAdministrators,
    CantDelete,
    ThreadNotFound,
    QuoteInvalid,
    /// Too many messages to one group; there is room again after so many seconds.
    Flooded(u32),
}

/// Why a person cannot do that; a sentence for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied(pub &'static str);

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Denied {}

impl Denied {
    pub(super) const NO_GROUP: Denied = Denied("There is no such group.");
    pub(super) const NO_MESSAGE: Denied = Denied("There is no such message.");
    pub(super) const NO_RESULT: Denied = Denied("There is no such result.");
    pub(super) const NO_TOPIC: Denied = Denied("There is no such topic.");
    pub(super) const NOT_A_MEMBER: Denied = Denied("Only members can do that.");
}

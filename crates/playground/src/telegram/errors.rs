//! Errors of the fake Telegram: [`ApiError`] for Bot API calls, [`Denied`] for actions of users.

use std::fmt;

use super::group::GroupKind;

/// Reason why a Bot API call fails. The module `bot_api` maps each reason to Telegram's error text.
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
    /// The bot was removed from a chat of this kind.
    Removed(GroupKind),
    /// The basic group has become the supergroup with this id.
    Upgraded(i64),
    NoAdministrators,
    CantDelete,
    ThreadNotFound,
    QuoteInvalid,
    /// The bot sent too many messages to a group. The bot may send again after this number of
    /// seconds.
    Flooded(u32),
}

/// Reason why an action of a user fails, as a sentence that the page shows to the user.
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

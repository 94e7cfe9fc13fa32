//! Where a message goes, and what became of it.

use teloxide::types::{MessageId, ReplyParameters};

use crate::store::ConversationKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    /// The chat, and the person who may press the buttons.
    pub asker: ConversationKey,
    /// The topic of a forum; `None` is the general one.
    pub thread: Option<i64>,
    /// The message that it replies to, and the part of it to quote.
    pub replies_to: Option<(i64, Option<String>)>,
    /// Without a notification sound.
    pub is_silent: bool,
    /// In traditional Chinese characters.
    pub is_traditional: bool,
}

impl Destination {
    /// The next message of a chat, replying to none.
    pub fn asker(asker: ConversationKey) -> Destination {
        Destination { asker, thread: None, replies_to: None, is_silent: false, is_traditional: false }
    }

    /// As a reply to a message.
    pub fn replying(self, message_id: i64) -> Destination {
        Destination { replies_to: Some((message_id, None)), ..self }
    }

    pub fn reply_parameters(&self) -> Option<ReplyParameters> {
        let (replied_id, quote) = self.replies_to.as_ref()?;
        let mut parameters = ReplyParameters::new(message_id(*replied_id)?);
        // Whoever has deleted the question still sees the answer.
        parameters.allow_sending_without_reply = Some(true);
        parameters.quote.clone_from(quote);
        Some(parameters)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// The message with this id shows the reply.
    Message(i64),
    /// There is no chat or message to show it in.
    Nowhere,
}

/// A message id as teloxide has it; `None` if it does not fit.
pub(super) fn message_id(id: i64) -> Option<MessageId> {
    i32::try_from(id).ok().map(MessageId)
}

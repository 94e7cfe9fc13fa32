//! The destination of a message from the bot, and the outcome of sending the message.

use teloxide::types::{MessageId, ReplyParameters};

use crate::store::ConversationKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    /// The chat that receives the message, and the person who may press the buttons of the message.
    pub asker: ConversationKey,
    /// The forum topic that receives the message. `None` is the general topic, or a chat without
    /// topics.
    pub thread: Option<i64>,
    /// The id of the message to which the bot replies, and the text to quote from that message.
    pub replies_to: Option<(i64, Option<String>)>,
    /// True if the message is sent without a notification sound.
    pub is_silent: bool,
    /// True if the message is written in traditional Chinese characters.
    pub is_traditional: bool,
}

impl Destination {
    /// Returns the destination for a message to this chat. The message replies to no other message.
    pub fn asker(asker: ConversationKey) -> Destination {
        Destination { asker, thread: None, replies_to: None, is_silent: false, is_traditional: false }
    }

    /// Changes the destination, so that the bot's message replies to the message with this id.
    pub fn replying(self, message_id: i64) -> Destination {
        Destination { replies_to: Some((message_id, None)), ..self }
    }

    pub fn reply_parameters(&self) -> Option<ReplyParameters> {
        let (replied_id, quote) = self.replies_to.as_ref()?;
        let mut parameters = ReplyParameters::new(message_id(*replied_id)?);
        // Makes Telegram send the answer even if the user has deleted the question.
        parameters.allow_sending_without_reply = Some(true);
        parameters.quote.clone_from(quote);
        Some(parameters)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// Sent: the bot's message with this id shows the reply.
    Message(i64),
    /// Not sent: the chat or the edited message does not exist, or the bot may not write there.
    Nowhere,
}

/// Converts a message id to teloxide's type. Returns `None` if the id does not fit into 32 bits.
pub(super) fn message_id(id: i64) -> Option<MessageId> {
    i32::try_from(id).ok().map(MessageId)
}

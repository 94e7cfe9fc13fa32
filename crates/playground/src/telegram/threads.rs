//! Sets two properties of a new message: its forum topic, and the message that it replies to.

use serde_json::{Value, json};

use super::chats::Chats;
use super::group::GroupKind;

/// The message that a reply replies to.
pub(super) struct Answered {
    pub message: Value,
    /// Part of `message` that the reply quotes, as the Bot API object `TextQuote`.
    pub quote: Option<Value>,
}

impl Chats {
    /// Whether a chat has a topic with this `message_thread_id`. The topic "General" has no
    /// `message_thread_id`.
    pub fn has_topic(&self, chat_id: i64, thread: i64) -> bool {
        self.group(chat_id).is_some_and(|group| group.topics.contains(&thread))
    }

    /// Sets the fields of a new message for its topic and for the message that it replies to. The
    /// rules are Telegram's:
    ///
    /// - A reply in a forum without `thread` goes to the topic of the message that it replies to.
    /// - A message that is sent to a topic and is not a reply counts as a reply to the first
    ///   message of the topic.
    /// - A reply in a supergroup without topics also gets a `message_thread_id`: the id of the
    ///   first message of the chain of replies.
    pub(super) fn place(&self, chat_id: i64, content: &mut Value, thread: Option<i64>, answered: Option<Answered>) {
        let kind = self.group(chat_id).map(|group| group.kind);
        let is_here = |answered: &Answered| answered.message["chat"]["id"] == chat_id;
        let near = answered.as_ref().filter(|answered| is_here(answered)).map(|answered| &answered.message);
        let topic = thread.or_else(|| topic_of(near?)).filter(|_| kind == Some(GroupKind::Forum));
        if let Some(topic) = topic {
            content["message_thread_id"] = topic.into();
            content["is_topic_message"] = true.into();
        } else if kind == Some(GroupKind::Supergroup)
            && let Some(near) = near
        {
            let of_thread = near.get("message_thread_id").unwrap_or(&near["message_id"]);
            content["message_thread_id"] = of_thread.clone();
        }
        let Some(answered) = answered else {
            if let Some(first) = topic.and_then(|topic| self.message(chat_id, topic)) {
                content["reply_to_message"] = alone(first.clone());
            }
            return;
        };
        if is_here(&answered) && (kind != Some(GroupKind::Forum) || topic_of(&answered.message) == topic) {
            content["reply_to_message"] = alone(answered.message);
        } else {
            content["external_reply"] = external(&answered.message);
        }
        if let Some(quote) = answered.quote {
            content["quote"] = quote;
        }
    }
}

/// Returns the forum topic of a message. Returns `None` for the topic "General" and outside forums.
fn topic_of(message: &Value) -> Option<i64> {
    message["message_thread_id"].as_i64().filter(|_| message["is_topic_message"] == true)
}

/// Removes `reply_to_message` from a message. In Telegram, the message in the field
/// `reply_to_message` never has this field itself.
fn alone(mut message: Value) -> Value {
    if let Some(fields) = message.as_object_mut() {
        fields.remove("reply_to_message");
    }
    message
}

/// Builds the Bot API object `ExternalReplyInfo` for a reply to a message in another chat or topic.
fn external(message: &Value) -> Value {
    let origin = match message.get("sender_chat") {
        Some(chat) => json!({"type": "chat", "date": message["date"], "sender_chat": chat}),
        None => json!({"type": "user", "date": message["date"], "sender_user": message["from"]}),
    };
    let mut info = json!({"origin": origin});
    if message["chat"]["type"] == "supergroup" {
        info["chat"] = message["chat"].clone();
        info["message_id"] = message["message_id"].clone();
    }
    info
}

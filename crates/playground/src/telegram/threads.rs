//! Sets the forum topic of a new message, and the original message of a reply.

use serde_json::{Value, json};

use super::chats::Chats;
use super::group::GroupKind;

/// Original message of a reply.
pub(super) struct Answered {
    pub message: Value,
    /// Quoted part of the original message, as the Bot API object `TextQuote`.
    pub quote: Option<Value>,
}

impl Chats {
    /// Whether a chat has a topic with this `message_thread_id`. The topic "General" has no
    /// `message_thread_id`.
    pub fn has_topic(&self, chat_id: i64, thread: i64) -> bool {
        self.group(chat_id).is_some_and(|group| group.topics.contains(&thread))
    }

    /// Sets the fields for the topic and the reply in a new message. The rules are Telegram's:
    ///
    /// - A reply in a forum without `thread` goes to the topic of the original message.
    /// - A message in a topic that is not a reply counts as a reply to the topic's first message.
    /// - A reply in a supergroup without topics gets a `message_thread_id`, which is not a topic.
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

/// Removes `reply_to_message` from a message. In Telegram, an embedded original message never
/// embeds another one.
fn alone(mut message: Value) -> Value {
    if let Some(fields) = message.as_object_mut() {
        fields.remove("reply_to_message");
    }
    message
}

/// Builds the Bot API object `ExternalReplyInfo` for an original message in another chat or topic.
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

//! Where a message stands in its chat: in which topic of a forum, and in answer to what.

use serde_json::{Value, json};

use super::chats::Chats;
use super::group::GroupKind;

/// What a new message answers.
pub(super) struct Answered {
    pub message: Value,
    /// The part of it that is shown.
    pub quote: Option<Value>,
}

impl Chats {
    /// Whether messages can be sent into a chat with this `message_thread_id`; "General" has none.
    pub fn has_topic(&self, chat_id: i64, thread: i64) -> bool {
        self.group(chat_id).is_some_and(|group| group.topics.contains(&thread))
    }

    /// Writes into a new message where it stands and what it answers. As with Telegram, an answer
    /// in a forum goes to the topic of what it answers if it names none; a message in a topic that
    /// answers nothing answers the topic's beginning; and outside forums the answers in a
    /// supergroup have a thread that is no topic.
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

/// The forum topic that a message is in, other than "General".
fn topic_of(message: &Value) -> Option<i64> {
    message["message_thread_id"].as_i64().filter(|_| message["is_topic_message"] == true)
}

/// A message inside another one does not carry a third.
fn alone(mut message: Value) -> Value {
    if let Some(fields) = message.as_object_mut() {
        fields.remove("reply_to_message");
    }
    message
}

/// A message of another chat or topic as `ExternalReplyInfo`.
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

//! Parses updates from Telegram leniently, from raw JSON. An unknown field, message entity or kind
//! of update never hides a message.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::store::{Millis, Received};
use footnote_engine::text::Locale;

/// A parsed update. Each variant is a kind of update that the bot handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A new or edited message.
    Message(Message),
    /// A user pressed a button under one of the bot's messages.
    CallbackQuery(CallbackQuery),
    /// A query in inline mode: a user typed the bot's username and a query in any chat.
    InlineQuery(InlineQuery),
    /// The bot was added to a group or removed from a group.
    MembershipChange(MembershipChange),
    /// A user chose one of the bot's inline results and sent the result to a chat.
    ChosenCard(ChosenCard),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChosenCard {
    pub section: String,
    pub locale: Locale,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MembershipChange {
    pub chat_id: i64,
    /// True if the bot was added to the group, false if the bot was removed.
    pub is_in: bool,
    /// The id of the user who added or removed the bot.
    pub person_id: i64,
    /// The language of the Telegram app of the user who added or removed the bot.
    pub locale: Locale,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub id: i64,
    /// When the user sent the message, by Telegram's clock. `None` if the update does not contain
    /// the date.
    pub sent_at: Option<Millis>,
    pub chat_id: i64,
    pub chat: ChatKind,
    /// The id of the user who wrote the message. For an anonymous administrator, this is the id of
    /// the group. 0 if the author is unknown.
    pub person_id: i64,
    /// The forum topic that contains the message. `None` in the general topic and in chats without
    /// topics.
    pub thread: Option<i64>,
    /// The message to which this message replies.
    pub replies_to: Option<Replied>,
    /// The language of the sender's Telegram app.
    pub locale: Locale,
    /// The text of the message, or the caption of a photo or other media.
    pub text: Option<String>,
    pub state: MessageState,
    /// Whether a user sent content, such as a photo, or Telegram reports an event. Used only if the
    /// message has no text.
    pub content: Content,
    /// True if the author is a bot or a channel, or if a user sent the message through a bot in
    /// inline mode. The bot does not answer such a message.
    pub by_bot: bool,
    /// The old and new id of the group, if this message reports that the group became a supergroup.
    /// Both the old and the new chat get such a message.
    pub migration: Option<Migration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Migration {
    pub from: i64,
    pub to: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replied {
    pub id: i64,
    pub from: i64,
    pub text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MessageState {
    New,
    Edited,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChatKind {
    Private,
    Group,
    /// A channel, or an unknown type of chat.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Content that a user sent, such as a photo, a voice message or a location.
    FromUser,
    /// A service message: Telegram reports an event in the chat, such as a new name or a pinned
    /// message.
    Service,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallbackQuery {
    pub id: String,
    pub data: String,
    pub person_id: i64,
    pub locale: Locale,
    /// The message with the pressed button. `None` if the message is too old, or if a user sent it
    /// in inline mode.
    pub under: Option<ButtonMessage>,
    /// The inline id of the message with the pressed button, if a user sent that message in inline
    /// mode. The bot need not be a member of the chat.
    pub inline_message_id: Option<String>,
}

/// The message under which a user pressed a button, and the chat of this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ButtonMessage {
    pub chat_id: i64,
    pub message_id: i64,
    pub kind: ChatKind,
    /// The forum topic that contains the message. `None` in the general topic and in chats without
    /// topics.
    pub thread: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InlineQuery {
    pub id: String,
    pub query: String,
    pub locale: Locale,
}

/// The kinds of updates that the bot requests from Telegram (`allowed_updates`).
pub(super) const ALLOWED_UPDATES: [&str; 6] =
    ["message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "my_chat_member"];

/// Names of the message fields that contain media or other content from a user. A message without
/// text and without these fields is a service message.
const SENT: [&str; 20] = [
    "photo",
    "voice",
    "audio",
    "video",
    "video_note",
    "sticker",
    "document",
    "animation",
    "location",
    "venue",
    "contact",
    "dice",
    "poll",
    "story",
    "game",
    "paid_media",
    "checklist",
    "rich_message",
    "live_photo",
    "gift",
];

/// Offset that is added to a user's id to get the ordering key of an update without a chat. Chat
/// ids are smaller, so the keys of users and chats never collide.
const USER_LANE: i64 = 1 << 56;

/// Returns the id of the private chat to which this ordering key belongs, which is also the user's
/// id. Returns `None` for the key of a group, or of a user's update without a chat.
pub(super) fn private_chat(ordering_key: i64) -> Option<i64> {
    Some(ordering_key).filter(|key| (1..USER_LANE).contains(key))
}

/// Time after which an unanswered message expires in the inbox: 24 hours, in milliseconds.
/// According to its source code, Telegram's Bot API server keeps a message for the same time until
/// the bot fetches it.
const MESSAGE_TTL: Millis = 24 * 60 * 60 * 1000;
/// Time after which an unanswered callback query expires in the inbox: 150 seconds, in
/// milliseconds. Telegram's Bot API server uses the same value.
const CALLBACK_QUERY_TTL: Millis = 150 * 1000;
/// Time after which an unanswered inline query expires in the inbox: 30 seconds, in milliseconds.
/// Telegram's Bot API server uses the same value.
const INLINE_QUERY_TTL: Millis = 30 * 1000;

/// Parses the JSON of an update. Returns `None` if the JSON cannot be parsed, or the update is of a
/// kind that the bot does not handle.
pub(super) fn read(payload: &str) -> Option<Incoming> {
    let update: Value = serde_json::from_str(payload).ok()?;
    if let Some(message) = object(&update, "message") {
        return read_message(message, MessageState::New).map(Incoming::Message);
    }
    if let Some(message) = object(&update, "edited_message") {
        return read_message(message, MessageState::Edited).map(Incoming::Message);
    }
    if let Some(query) = object(&update, "callback_query") {
        return read_callback_query(query).map(Incoming::CallbackQuery);
    }
    if let Some(change) = object(&update, "my_chat_member") {
        return read_membership(change).map(Incoming::MembershipChange);
    }
    if let Some(chosen) = object(&update, "chosen_inline_result") {
        let section = chosen["result_id"].as_str()?.to_owned();
        return Some(Incoming::ChosenCard(ChosenCard { section, locale: locale(chosen) }));
    }
    let inline = object(&update, "inline_query")?;
    Some(Incoming::InlineQuery(InlineQuery {
        id: inline["id"].as_str()?.to_owned(),
        query: inline["query"].as_str().unwrap_or_default().to_owned(),
        locale: locale(inline),
    }))
}

/// Returns the inbox row for an update. Returns `None` if the update has no `update_id`, because
/// such an update can be neither stored nor confirmed.
pub(super) fn received(payload: &str, digest: i64, now: Millis) -> Option<Received> {
    #[derive(Deserialize)]
    struct Numbered {
        update_id: i64,
    }
    // Parses `update_id` without the other fields, because parsing them as `Value` may fail: the
    // JSON may be nested too deeply, or contain an unpaired surrogate.
    let Numbered { update_id } = serde_json::from_str(payload).ok()?;
    let update: Value = serde_json::from_str(payload).unwrap_or_default();
    // Finds the kind of update. Besides `update_id`, an update contains one object, which names the
    // chat or the user. The object's key is the kind of update.
    let fields = update.as_object().into_iter().flatten();
    let (kind, body) = fields.into_iter().find(|(_, v)| v.is_object()).map(|(k, v)| (k.as_str(), v)).unzip();
    let body = body.unwrap_or(&Value::Null);
    let chat = body["chat"]["id"].as_i64().or_else(|| body["message"]["chat"]["id"].as_i64());
    let user = || body["from"]["id"].as_i64().map(|id| id.wrapping_add(USER_LANE));
    let lives = match kind {
        Some("callback_query") => CALLBACK_QUERY_TTL,
        Some("inline_query") => INLINE_QUERY_TTL,
        _ => MESSAGE_TTL,
    };
    let ordering_key = chat.or_else(user).unwrap_or(update_id);
    Some(Received {
        update_id,
        digest,
        ordering_key,
        received_at: now,
        expires_at: now + lives,
        payload: payload.to_owned(),
    })
}

/// Returns the first 64 bits of the SHA-256 digest of an update's JSON. The digest identifies
/// updates that Telegram sends again.
pub(super) fn digest(payload: &str) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&Sha256::digest(payload.as_bytes())[..8]);
    i64::from_be_bytes(first)
}

fn read_message(message: &Value, state: MessageState) -> Option<Message> {
    let chat_id = message["chat"]["id"].as_i64()?;
    let from = &message["from"];
    // An anonymous administrator writes as the group. Telegram then names one of its own bots in
    // `from`, and the group in `sender_chat`.
    let as_the_group = message["sender_chat"]["id"].as_i64() == Some(chat_id);
    let is_passed_on = message["sender_chat"].is_object() && !as_the_group;
    let chat = chat_kind(&message["chat"]);
    // The author's id if `from` does not contain it. In a private chat, this is the chat's id,
    // which is also the user's id. For an anonymous administrator, it is the group's id, which
    // grants administrator rights. For any other message, it is 0, which grants none.
    let unnamed = if as_the_group || chat == ChatKind::Private { chat_id } else { 0 };
    Some(Message {
        id: message["message_id"].as_i64()?,
        sent_at: message["date"].as_i64().and_then(|seconds| seconds.checked_mul(1_000)),
        chat_id,
        chat,
        person_id: from["id"].as_i64().filter(|_| !as_the_group).unwrap_or(unnamed),
        thread: topic(message),
        replies_to: object(message, "reply_to_message").and_then(read_replied),
        locale: locale(message),
        text: text_of(message),
        state,
        content: if SENT.iter().any(|kind| !message[kind].is_null()) { Content::FromUser } else { Content::Service },
        by_bot: (from["is_bot"] == true && !as_the_group) || message["via_bot"].is_object() || is_passed_on,
        migration: read_migration(message, chat_id),
    })
}

fn read_migration(message: &Value, chat_id: i64) -> Option<Migration> {
    let to = message["migrate_to_chat_id"].as_i64().map(|to| Migration { from: chat_id, to });
    to.or_else(|| Some(Migration { from: message["migrate_from_chat_id"].as_i64()?, to: chat_id }))
}

fn read_replied(message: &Value) -> Option<Replied> {
    let from = message["from"]["id"].as_i64().or_else(|| message["sender_chat"]["id"].as_i64());
    Some(Replied { id: message["message_id"].as_i64()?, from: from.unwrap_or_default(), text: text_of(message) })
}

/// Parses a change of the bot's membership in a group. Returns `None` unless the bot was added or
/// removed.
fn read_membership(change: &Value) -> Option<MembershipChange> {
    let is_in = |member: &Value| {
        matches!(member["status"].as_str(), Some("member" | "administrator")) || member["is_member"] == true
    };
    let (was_in, is_in) = (is_in(&change["old_chat_member"]), is_in(&change["new_chat_member"]));
    let chat = object(change, "chat").filter(|chat| was_in != is_in && chat_kind(chat) == ChatKind::Group)?;
    let person_id = change["from"]["id"].as_i64().unwrap_or_default();
    Some(MembershipChange { chat_id: chat["id"].as_i64()?, is_in, person_id, locale: locale(change) })
}

/// Returns the id of the forum topic that contains a message. Outside forums, `message_thread_id`
/// identifies a chain of replies and is ignored.
fn topic(message: &Value) -> Option<i64> {
    message["message_thread_id"].as_i64().filter(|_| message["is_topic_message"] == true)
}

fn text_of(message: &Value) -> Option<String> {
    message["text"].as_str().or_else(|| message["caption"].as_str()).map(str::to_owned)
}

fn read_callback_query(query: &Value) -> Option<CallbackQuery> {
    let under = object(query, "message").and_then(|message| {
        Some(ButtonMessage {
            chat_id: message["chat"]["id"].as_i64()?,
            message_id: message["message_id"].as_i64()?,
            kind: chat_kind(&message["chat"]),
            thread: topic(message),
        })
    });
    Some(CallbackQuery {
        id: query["id"].as_str()?.to_owned(),
        data: query["data"].as_str().unwrap_or_default().to_owned(),
        person_id: query["from"]["id"].as_i64().unwrap_or_default(),
        locale: locale(query),
        under,
        inline_message_id: query["inline_message_id"].as_str().map(str::to_owned),
    })
}

fn object<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|v| v.is_object())
}

fn chat_kind(chat: &Value) -> ChatKind {
    match chat["type"].as_str() {
        Some("private") => ChatKind::Private,
        Some("group" | "supergroup") => ChatKind::Group,
        _ => ChatKind::Other,
    }
}

fn locale(from: &Value) -> Locale {
    from["from"]["language_code"].as_str().map(Locale::from_tag).unwrap_or_default()
}

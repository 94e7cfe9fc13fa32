//! From raw JSON to what we understand of it, leniently: a field, entity or kind of update that we
//! do not know never hides a message.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::store::{Millis, Received};
use footnote_engine::text::Locale;

/// What an update says to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A message, new or changed.
    Message(Message),
    /// A button was pressed.
    CallbackQuery(CallbackQuery),
    /// Somebody types after the bot's name in any chat.
    InlineQuery(InlineQuery),
    /// The bot was taken into a group, or removed from one.
    MembershipChange(MembershipChange),
    /// A card was chosen: the id of its section.
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
    /// Is the bot in the group from now on?
    pub is_in: bool,
    /// Who changed that.
    pub person_id: i64,
    /// The language of their app.
    pub locale: Locale,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub id: i64,
    /// When it was sent, if Telegram says so; by its clock.
    pub sent_at: Option<Millis>,
    pub chat_id: i64,
    pub chat: ChatKind,
    /// Who wrote it; for somebody who speaks as the group, the group.
    pub person_id: i64,
    /// The topic of a forum that it is in; none in the general one.
    pub thread: Option<i64>,
    /// The message that it replies to.
    pub replies_to: Option<Replied>,
    /// The language of the sender's app.
    pub locale: Locale,
    /// The text, or the caption of a picture.
    pub text: Option<String>,
    pub state: MessageState,
    /// What it is if it has no text.
    pub content: Content,
    /// Written by a bot, by way of one, or passed on from a channel: not a question.
    pub by_bot: bool,
    /// The number that this group had, or has from now on: told in the old chat and in the new one.
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
    /// Channels, and whatever may come.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Something a person sent: a picture, a voice message, a place.
    FromUser,
    /// Something that happened: a name changed, a message pinned.
    Service,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallbackQuery {
    pub id: String,
    pub data: String,
    pub person_id: i64,
    pub locale: Locale,
    /// The message the button is under; gone when it is too old or was sent by way of the bot.
    pub under: Option<ButtonMessage>,
    /// A message that was sent by way of the bot, in a chat that we need not know.
    pub inline_message_id: Option<String>,
}

/// A message with a button, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ButtonMessage {
    pub chat_id: i64,
    pub message_id: i64,
    pub kind: ChatKind,
    /// The topic of a forum; none is the general one.
    pub thread: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InlineQuery {
    pub id: String,
    pub query: String,
    pub locale: Locale,
}

/// The kinds of updates that the bot asks Telegram for.
pub(super) const ALLOWED_UPDATES: [&str; 6] =
    ["message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "my_chat_member"];

/// Kinds of content that a person sends, by the field that holds them.
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

/// Lanes of users, for updates without a chat, are kept apart from those of chats.
const USER_LANE: i64 = 1 << 56;

/// The private chat with this ordering key, which is its person's.
pub(super) fn private_chat(ordering_key: i64) -> Option<i64> {
    Some(ordering_key).filter(|key| (1..USER_LANE).contains(key))
}

/// How long Telegram itself keeps an update for us (its server's source): there is no point in
/// answering later.
const MESSAGE_TTL: Millis = 24 * 60 * 60 * 1000;
const CALLBACK_QUERY_TTL: Millis = 150 * 1000;
const INLINE_QUERY_TTL: Millis = 30 * 1000;

/// What we understand of an update; `None` where that is nothing.
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

/// The row that an update becomes; `None` if it has no number, so that it can be neither kept nor
/// confirmed.
pub(super) fn received(payload: &str, digest: i64, now: Millis) -> Option<Received> {
    #[derive(Deserialize)]
    struct Numbered {
        update_id: i64,
    }
    // Only the number must be readable: what surrounds it may be more than a `Value` takes (too
    // deep, half a surrogate).
    let Numbered { update_id } = serde_json::from_str(payload).ok()?;
    let update: Value = serde_json::from_str(payload).unwrap_or_default();
    // Whatever the update is called, the one object in it says whose it is.
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

/// A digest of an update as it came.
pub(super) fn digest(payload: &str) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&Sha256::digest(payload.as_bytes())[..8]);
    i64::from_be_bytes(first)
}

fn read_message(message: &Value, state: MessageState) -> Option<Message> {
    let chat_id = message["chat"]["id"].as_i64()?;
    let from = &message["from"];
    // An administrator who does not show who they are speaks as the group, by way of a bot of
    // Telegram's.
    let as_the_group = message["sender_chat"]["id"].as_i64() == Some(chat_id);
    let is_passed_on = message["sender_chat"].is_object() && !as_the_group;
    let chat = chat_kind(&message["chat"]);
    // A chat of one is called as that one is. In a group only who speaks as the group is called so:
    // it is taken for an administrator.
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

/// We were taken in if we were not there before and are now, and removed if it is the other way
/// round.
fn read_membership(change: &Value) -> Option<MembershipChange> {
    let is_in = |member: &Value| {
        matches!(member["status"].as_str(), Some("member" | "administrator")) || member["is_member"] == true
    };
    let (was_in, is_in) = (is_in(&change["old_chat_member"]), is_in(&change["new_chat_member"]));
    let chat = object(change, "chat").filter(|chat| was_in != is_in && chat_kind(chat) == ChatKind::Group)?;
    let person_id = change["from"]["id"].as_i64().unwrap_or_default();
    Some(MembershipChange { chat_id: chat["id"].as_i64()?, is_in, person_id, locale: locale(change) })
}

/// The topic of a forum that a message is in. Elsewhere the number tells of a chain of replies.
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

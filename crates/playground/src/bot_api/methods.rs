//! The Bot API methods of the playground: names, parameters and implementations.

use std::time::Duration;

use serde_json::json;

use super::entities::{self, TooLong};
use super::fields::Fields;
use super::params::Params;
use super::refusal::{Outcome, Refusal};
use super::{inline, keyboard, links, profile};
use crate::telegram::text::{Text, units};
use crate::telegram::{Draft, FakeTelegram, Reply, Target, Webhook};

const MAX_POLL_SECONDS: i64 = 50;
const MAX_CALLBACK_UNITS: usize = 200;

/// Values that `sendChatAction` accepts for the parameter `action`.
const ACTIONS: &str = "cancel typing upload_photo record_video upload_video record_voice upload_voice record_audio \
    upload_audio upload_document choose_sticker find_location pick_up_location record_video_note upload_video_note";

pub struct Method {
    /// Name of the method in Telegram's spelling.
    pub name: &'static str,
    /// Names of the parameters that the method accepts, separated by spaces.
    params: &'static str,
    work: Work,
}

enum Work {
    /// A method that returns its result at once.
    Now(fn(&FakeTelegram, &Params) -> Outcome),
    /// The method `getUpdates`, which waits for updates (long polling).
    Poll,
}

const fn now(name: &'static str, params: &'static str, work: fn(&FakeTelegram, &Params) -> Outcome) -> Method {
    Method { name, params, work: Work::Now(work) }
}

const SEND: &str = "chat_id message_thread_id text entities link_preview_options disable_notification protect_content reply_parameters \
    reply_markup";
const EDIT: &str = "chat_id message_id inline_message_id text entities link_preview_options reply_markup";
const REPLY: &str = "message_id chat_id allow_sending_without_reply quote quote_entities quote_position";
const ANSWER_INLINE: &str = "inline_query_id results cache_time is_personal next_offset button";

static METHODS: [Method; 22] = [
    Method { name: "getUpdates", params: "offset limit timeout allowed_updates", work: Work::Poll },
    now("getMe", "", |telegram, _| Ok(telegram.me())),
    now("sendMessage", SEND, send_message),
    now("editMessageText", EDIT, edit_message_text),
    now("editMessageReplyMarkup", "chat_id message_id inline_message_id reply_markup", edit_message_reply_markup),
    now("deleteMessage", "chat_id message_id", delete_message),
    now("answerCallbackQuery", "callback_query_id text show_alert url cache_time", answer_callback_query),
    now("answerInlineQuery", ANSWER_INLINE, inline::answer_inline_query),
    now("sendChatAction", "chat_id message_thread_id action", send_chat_action),
    now("setMyCommands", "commands scope language_code", profile::set_my_commands),
    now("getMyCommands", "scope language_code", profile::get_my_commands),
    now("deleteMyCommands", "scope language_code", profile::delete_my_commands),
    now("setMyDescription", "description language_code", profile::set_my_description),
    now("getMyDescription", "language_code", profile::get_my_description),
    now("setMyShortDescription", "short_description language_code", profile::set_my_short_description),
    now("getMyShortDescription", "language_code", profile::get_my_short_description),
    now("getWebhookInfo", "", |telegram, _| Ok(telegram.webhook_info())),
    now("setWebhook", "url max_connections allowed_updates secret_token drop_pending_updates", set_webhook),
    now("deleteWebhook", "drop_pending_updates", delete_webhook),
    now("getChat", "chat_id", get_chat),
    now("getChatMember", "chat_id user_id", get_chat_member),
    now("getChatAdministrators", "chat_id return_bots", get_chat_administrators),
];

/// Finds a method by name, in any letter case.
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name))
}

impl Method {
    /// Rejects unknown parameters, then runs the method.
    pub async fn run(&self, telegram: &FakeTelegram, params: &Params) -> Outcome {
        params.only(self.params)?;
        match self.work {
            Work::Now(work) => work(telegram, params),
            Work::Poll => get_updates(telegram, params).await,
        }
    }
}

async fn get_updates(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let offset = params.integer("offset", 0)?;
    let limit = params.integer("limit", 100)?.clamp(1, 100);
    let timeout = params.integer("timeout", 0)?.clamp(0, MAX_POLL_SECONDS);
    if telegram.has_webhook() {
        let what = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
        return Err(Refusal::new(409, format!("Conflict: {what}")));
    }
    allow_updates(telegram, params)?;
    let limit = usize::try_from(limit).unwrap_or(1);
    let updates = telegram.poll(offset, limit, Duration::from_secs(timeout.unsigned_abs())).await?;
    Ok(updates.into())
}

fn send_message(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let draft = draft(params, TooLong::Sentence)?;
    let reply = reply(params)?;
    params.flag("disable_notification")?;
    Ok(telegram.send(chat_id(params)?, thread(params)?, draft, reply, params.flag("protect_content")?)?)
}

fn edit_message_text(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let draft = draft(params, TooLong::Code)?;
    Ok(telegram.edit_draft(&target(params)?, draft)?)
}

fn edit_message_reply_markup(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let markup = keyboard::from_params(params)?;
    Ok(telegram.edit_markup(&target(params)?, markup)?)
}

fn delete_message(telegram: &FakeTelegram, params: &Params) -> Outcome {
    if params.text("chat_id").is_empty() {
        return Err(Refusal::bad("Chat identifier is not specified"));
    }
    let message_id = params.integer("message_id", 0)?;
    if message_id == 0 {
        return Err(Refusal::bad("Message identifier is not specified"));
    }
    telegram.delete(chat_id(params)?, message_id)?;
    Ok(true.into())
}

fn answer_callback_query(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let (text, url) = (params.text("text"), params.text("url"));
    params.integer("cache_time", 0)?;
    let mut answer = json!({"show_alert": params.flag("show_alert")?});
    if units(text) > MAX_CALLBACK_UNITS {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    if !text.is_empty() {
        answer["text"] = text.into();
    }
    if !url.is_empty() {
        // Unless the bot has a game, Telegram accepts as `url` only `t.me` links that open a chat
        // with the bot. The playground checks only the prefix.
        if !url.starts_with("https://t.me/") && !url.starts_with("t.me/") {
            return Err(Refusal::bad("URL_INVALID"));
        }
        answer["url"] = url.into();
    }
    telegram.answer_callback(params.text("callback_query_id"), answer)?;
    Ok(true.into())
}

fn send_chat_action(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let action = params.text("action").to_ascii_lowercase();
    if !ACTIONS.split_whitespace().any(|known| known == action) {
        return Err(Refusal::bad("Wrong parameter action in request"));
    }
    telegram.show_action(chat_id(params)?, thread(params)?, &action)?;
    Ok(true.into())
}

fn set_webhook(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let url = params.text("url").to_owned();
    let max_connections = params.integer("max_connections", 40)?;
    if !(1..=100).contains(&max_connections) {
        return Err(Refusal::bad("max_connections must be between 1 and 100"));
    }
    // Telegram requires HTTPS. The playground also accepts HTTP on 127.0.0.1, because this traffic
    // never leaves the machine.
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    allow_updates(telegram, params)?;
    if params.flag("drop_pending_updates")? {
        telegram.drop_updates();
    }
    let max_connections = usize::try_from(max_connections).unwrap_or(1);
    let webhook = Webhook { url, secret: params.text("secret_token").to_owned(), max_connections };
    telegram.set_webhook(Some(webhook).filter(|webhook| !webhook.url.is_empty()));
    Ok(true.into())
}

fn allow_updates(telegram: &FakeTelegram, params: &Params) -> Result<(), Refusal> {
    if let Some(allowed) = params.json("allowed_updates", "can't parse allowed updates JSON object")? {
        let kinds = serde_json::from_value(allowed);
        telegram.allow_updates(kinds.map_err(|_| Refusal::stricter("allowed_updates must be an Array of String"))?);
    }
    Ok(())
}

fn delete_webhook(telegram: &FakeTelegram, params: &Params) -> Outcome {
    if params.flag("drop_pending_updates")? {
        telegram.drop_updates();
    }
    telegram.set_webhook(None);
    Ok(true.into())
}

fn get_chat(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let mut chat = telegram.chat(chat_id(params)?)?;
    chat["accent_color_id"] = 0.into();
    chat["max_reaction_count"] = 11.into();
    chat["accepted_gift_types"] = json!({
        "unlimited_gifts": true,
        "limited_gifts": true,
        "unique_gifts": true,
        "premium_subscription": true,
        "gifts_from_channels": true,
    });
    Ok(chat)
}

fn get_chat_member(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let user_id = params.integer("user_id", 0)?;
    if user_id <= 0 {
        return Err(Refusal::bad("Invalid user_id specified"));
    }
    Ok(telegram.member(chat_id(params)?, user_id)?)
}

fn get_chat_administrators(telegram: &FakeTelegram, params: &Params) -> Outcome {
    // Checks `return_bots` but ignores the value, because no other bot is a member of a group in
    // the playground.
    params.flag("return_bots")?;
    Ok(telegram.administrators(chat_id(params)?)?.into())
}

/// Returns the parameter `chat_id` as a number. In Telegram, a name such as `@news` may stand for a
/// public chat, but the playground has no public chats.
fn chat_id(params: &Params) -> Result<i64, Refusal> {
    if params.text("chat_id").is_empty() {
        return Err(Refusal::bad("chat_id is empty"));
    }
    params.chat_id().ok_or_else(|| Refusal::bad("chat not found"))
}

/// Returns the `message_thread_id` of the forum topic. As in Telegram, 0 means no topic.
fn thread(params: &Params) -> Result<Option<i64>, Refusal> {
    Ok(Some(params.integer("message_thread_id", 0)?).filter(|thread| *thread != 0))
}

fn target(params: &Params) -> Result<Target, Refusal> {
    let message_id = params.integer("message_id", 0)?;
    if !params.text("chat_id").is_empty() || message_id != 0 {
        return Ok(Target::Chat { chat_id: chat_id(params)?, message_id });
    }
    match params.text("inline_message_id") {
        "" => Err(Refusal::bad("Message identifier is not specified")),
        name => Ok(Target::Inline(name.to_owned())),
    }
}

fn draft(params: &Params, too_long: TooLong) -> Result<Draft, Refusal> {
    let entities = params.json("entities", "can't parse entities JSON object")?;
    let text = entities::check(params.text("text"), entities.as_ref(), too_long)?;
    let preview = params.json("link_preview_options", "Can't parse link preview options JSON object")?;
    Ok(Draft {
        text,
        reply_markup: keyboard::from_params(params)?,
        link_preview: preview.as_ref().map(links::preview).transpose()?,
    })
}

fn reply(params: &Params) -> Result<Option<Reply>, Refusal> {
    let bad = |reason: String| Refusal::bad(&reason);
    let Some(value) = params.json("reply_parameters", "Can't parse reply parameters JSON object")? else {
        return Ok(None);
    };
    let fields = Fields::of(&value, "Object expected as reply parameters").map_err(bad)?;
    if let Some(other) = fields.names().find(|name| !REPLY.split_whitespace().any(|known| known == *name)) {
        return Err(Refusal::stricter(&format!("field \"{other}\" of the reply parameters")));
    }
    Ok(Some(Reply {
        message_id: fields.integer("message_id").map_err(bad)?,
        chat_id: fields.get("chat_id").map(|_| fields.integer("chat_id")).transpose().map_err(bad)?,
        optional: fields.flag("allow_sending_without_reply").map_err(bad)?,
        quote: quote(fields)?,
    }))
}

/// Returns the quote of a reply, and the approximate position of the quote in the message that is
/// replied to. The quote must be an exact part of that message, so the quote is not trimmed or
/// cleaned.
fn quote(fields: Fields) -> Result<Option<(Text, usize)>, Refusal> {
    let bad = |reason: String| Refusal::bad(&reason);
    let text = fields.optional_string("quote").map_err(bad)?;
    if text.is_empty() {
        return Ok(None);
    }
    let position = fields.get("quote_position").map_or(Ok(0), |_| fields.integer("quote_position")).map_err(bad)?;
    let spans = entities::spans(text, fields.get("quote_entities"))?;
    let text = Text { text: text.to_owned(), spans };
    Ok(Some((text, usize::try_from(position).unwrap_or(0))))
}

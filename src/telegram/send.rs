//! From a reply to the Bot API, and from its refusals to what to do about them.

use serde::{Deserialize, Serialize};
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, AnswerInlineQuery, AnswerInlineQuerySetters, EditMessageText,
    EditMessageTextSetters, SendMessage, SendMessageSetters,
};
use teloxide::requests::Payload;
use teloxide::types::{
    CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryId, InlineQueryResult,
    InlineQueryResultArticle, InlineQueryResultsButton, InlineQueryResultsButtonKind, InputMessageContent,
    InputMessageContentText, LinkPreviewOptions, MessageEntity, MessageEntityKind, MessageId, ReplyParameters,
    ThreadId,
};

use super::Me;
use super::api::{Api, ApiError};
use super::buttons::{NO_CHAT, Signer};
use crate::inbox::Failure;
use crate::knowledge::SectionId;
use crate::reply::{Card, Entity, Look, Reply, Rich, wording};
use crate::text::Language;

/// What to do about a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing: what was wanted is so already, or can never be and does no harm.
    Benign,
    /// Nobody is there any more.
    Gone,
    /// The looks of the message are not accepted; plain text may be.
    BadContent,
    /// As the failure says.
    Failure(Failure),
}

/// Tells refusals apart, by the beginnings of the server's own texts (tdlib/telegram-bot-api, `Client.cpp`); teloxide's list of whole sentences is out of date.
pub(super) fn classify(error: &ApiError) -> Refusal {
    const BENIGN: [&str; 5] = [
        "Bad Request: message is not modified",
        "Bad Request: query is too old",
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: message to delete not found",
    ];
    const GONE: [&str; 4] =
        ["Forbidden", "Bad Request: chat not found", "Bad Request: PEER_ID_INVALID", "Bad Request: user not found"];
    const BAD_CONTENT: [&str; 7] = [
        "Bad Request: can't parse",
        "Bad Request: message is too long",
        "Bad Request: MESSAGE_TOO_LONG",
        "Bad Request: ENTIT",
        "Bad Request: entity",
        "Bad Request: BUTTON_",
        "Bad Request: QUOTE_TEXT_INVALID",
    ];
    let (code, description, retry_after) = match error {
        ApiError::Refused { code, description, retry_after } => (code, description, retry_after),
        ApiError::NotReached(_) => return Refusal::Failure(Failure::Away(error.to_string())),
        // It may have been carried out, so it is not repeated for ever.
        ApiError::NoAnswer(_) => return Refusal::Failure(Failure::Again(error.to_string())),
    };
    let begins = |with: &[&str]| with.iter().any(|prefix| description.starts_with(prefix));
    match retry_after {
        Some(after) => Refusal::Failure(Failure::Wait(*after)),
        None if begins(&BENIGN) => Refusal::Benign,
        None if begins(&GONE) => Refusal::Gone,
        None if begins(&BAD_CONTENT) => Refusal::BadContent,
        // The server is unwell, or no longer knows our token, which the fetching will notice too.
        None if *code >= 500 || matches!(code, 401 | 404 | 408 | 429) => {
            Refusal::Failure(Failure::Away(error.to_string()))
        }
        None => Refusal::Failure(Failure::Hopeless(error.to_string())),
    }
}

/// What came of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// The message with this number shows it.
    Message(i64),
    /// There is nobody or nothing to show it to.
    Nowhere,
}

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

/// Where a message goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct To {
    pub chat_id: i64,
    /// The topic of a forum; none is the general one.
    pub thread: Option<i64>,
    /// The message that it answers, and which part of it.
    pub replies_to: Option<(i64, Option<String>)>,
}

impl To {
    /// Simply the next message of a chat.
    pub fn chat(chat_id: i64) -> To {
        To { chat_id, ..To::default() }
    }

    fn reply_parameters(&self) -> Option<ReplyParameters> {
        let (message_id, quote) = self.replies_to.as_ref()?;
        let mut parameters = ReplyParameters::new(message(*message_id)?);
        // Whoever has deleted the question still sees the answer.
        parameters.allow_sending_without_reply = Some(true);
        parameters.quote.clone_from(quote);
        Some(parameters)
    }
}

/// A message's number as teloxide has it.
fn message(id: i64) -> Option<MessageId> {
    i32::try_from(id).ok().map(MessageId)
}

/// Sends a reply as a new message.
pub(super) async fn send(api: &Api, signer: &Signer, to: &To, reply: &Reply) -> Result<Sent, Failure> {
    let chat_id = to.chat_id;
    let mut call = SendMessage::new(ChatId(chat_id), reply.text.text())
        .entities(entities(&reply.text))
        .link_preview_options(no_preview());
    call.message_thread_id = to.thread.and_then(message).map(ThreadId);
    call.reply_parameters = to.reply_parameters();
    if !reply.buttons.is_empty() {
        call = call.reply_markup(keyboard(signer, chat_id, reply));
    }
    match api.call::<_, SentMessage>(&call).await {
        Ok(sent) => Ok(Sent::Message(sent.message_id)),
        Err(error) => match classify(&error) {
            Refusal::Benign | Refusal::Gone => Ok(Sent::Nowhere),
            Refusal::Failure(failure) => Err(failure),
            Refusal::BadContent => {
                tracing::error!(%error, "a message was refused; sending it as plain text");
                let mut plain = SendMessage::new(ChatId(chat_id), reply.text.text());
                plain.message_thread_id = to.thread.and_then(message).map(ThreadId);
                let sent = api.call::<_, SentMessage>(&plain).await.map_err(|e| again(&e))?;
                Ok(Sent::Message(sent.message_id))
            }
        },
    }
}

/// Makes a message of ours show this reply instead.
pub(super) async fn edit(
    api: &Api,
    signer: &Signer,
    chat_id: i64,
    message_id: i64,
    reply: &Reply,
) -> Result<Sent, Failure> {
    let Some(id) = message(message_id) else { return Ok(Sent::Nowhere) };
    let call = EditMessageText::new(ChatId(chat_id), id, reply.text.text())
        .entities(entities(&reply.text))
        .link_preview_options(no_preview())
        .reply_markup(keyboard(signer, chat_id, reply));
    match api.call::<_, serde_json::Value>(&call).await {
        Ok(_) => Ok(Sent::Message(message_id)),
        Err(error) => match classify(&error) {
            Refusal::Benign if matches!(&error, ApiError::Refused { description, .. } if description.contains("not modified")) => {
                Ok(Sent::Message(message_id))
            }
            Refusal::Benign | Refusal::Gone => Ok(Sent::Nowhere),
            Refusal::BadContent => Err(Failure::Hopeless(error.to_string())),
            Refusal::Failure(failure) => Err(failure),
        },
    }
}

/// `editMessageText` for what was sent by way of us. teloxide's own has no options for the preview of links.
#[derive(Serialize)]
struct EditCard<'a> {
    inline_message_id: &'a str,
    text: &'a str,
    entities: Vec<MessageEntity>,
    link_preview_options: LinkPreviewOptions,
    reply_markup: InlineKeyboardMarkup,
}

impl Payload for EditCard<'_> {
    type Output = bool;
    const NAME: &'static str = "EditMessageText";
}

/// Makes a card that was sent by way of us, in a chat that we need not know, show this section.
pub(super) async fn edit_card(
    api: &Api,
    signer: &Signer,
    me: &Me,
    language: Language,
    inline_message_id: &str,
    section: &SectionId,
    reply: &Reply,
) -> Result<(), Failure> {
    let call = EditCard {
        inline_message_id,
        text: reply.text.text(),
        entities: entities(&reply.text),
        link_preview_options: no_preview(),
        reply_markup: card_keyboard(signer, me, language, section, reply),
    };
    match api.call::<_, serde_json::Value>(&call).await {
        Ok(_) => Ok(()),
        Err(error) => match classify(&error) {
            Refusal::Benign | Refusal::Gone => Ok(()),
            Refusal::BadContent => Err(Failure::Hopeless(error.to_string())),
            Refusal::Failure(failure) => Err(failure),
        },
    }
}

/// The buttons of a card: its own, signed for no chat, and the way to a private chat about its section.
fn card_keyboard(
    signer: &Signer,
    me: &Me,
    language: Language,
    section: &SectionId,
    reply: &Reply,
) -> InlineKeyboardMarkup {
    let link = reqwest::Url::parse(&format!("https://t.me/{}?start={section}", me.username));
    let label = wording(language).in_private;
    let in_private = link.ok().map(|link| vec![InlineKeyboardButton::url(label, link)]);
    in_private.into_iter().fold(keyboard(signer, NO_CHAT, reply), |keyboard, row| keyboard.append_row(row))
}

/// Ends the waiting animation of a pressed button, with a notice if there is something to say.
pub(super) async fn acknowledge(api: &Api, press_id: &str, notice: Option<&str>) -> Result<(), Failure> {
    let mut call = AnswerCallbackQuery::new(CallbackQueryId(press_id.to_owned()));
    if let Some(notice) = notice {
        call = call.text(notice);
    }
    done(api.call::<_, bool>(&call).await)
}

/// The same with a notice that has to be closed, and that only who pressed sees.
pub(super) async fn alert(api: &Api, press_id: &str, notice: &str) -> Result<(), Failure> {
    let call = AnswerCallbackQuery::new(CallbackQueryId(press_id.to_owned())).text(notice).show_alert(true);
    done(api.call::<_, bool>(&call).await)
}

/// Shows cards to somebody who types after the bot's name.
pub(super) async fn show_cards(
    api: &Api,
    signer: &Signer,
    me: &Me,
    language: Language,
    query_id: &str,
    cards: &[Card],
) -> Result<(), Failure> {
    /// Seconds that Telegram may reuse an answer: short, so that a new version of the base shows soon.
    const CACHE: u32 = 30;
    let results = cards.iter().map(|card| {
        let text = InputMessageContentText::new(card.reply.text.text())
            .entities(entities(&card.reply.text))
            .link_preview_options(no_preview());
        let article =
            InlineQueryResultArticle::new(card.section.as_str(), &card.title, InputMessageContent::Text(text));
        let keyboard = card_keyboard(signer, me, language, &card.section, &card.reply);
        InlineQueryResult::Article(article.description(&card.description).reply_markup(keyboard))
    });
    let mut call =
        AnswerInlineQuery::new(InlineQueryId(query_id.to_owned()), results).cache_time(CACHE).is_personal(true);
    if cards.is_empty() {
        let kind = InlineQueryResultsButtonKind::StartParameter("inline".to_owned());
        call = call.button(InlineQueryResultsButton { text: wording(language).ask_in_private.to_owned(), kind });
    }
    done(api.call::<_, bool>(&call).await)
}

fn done(result: Result<bool, ApiError>) -> Result<(), Failure> {
    let Err(error) = result else { return Ok(()) };
    match classify(&error) {
        Refusal::Benign | Refusal::Gone => Ok(()),
        Refusal::BadContent => Err(Failure::Hopeless(error.to_string())),
        Refusal::Failure(failure) => Err(failure),
    }
}

fn again(error: &ApiError) -> Failure {
    match classify(error) {
        Refusal::Failure(failure) => failure,
        _ => Failure::Hopeless(error.to_string()),
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn entities(rich: &Rich) -> Vec<MessageEntity> {
    let entity = |Entity { look, offset, length }: &Entity| {
        let kind = match look {
            Look::Bold => MessageEntityKind::Bold,
            Look::Italic => MessageEntityKind::Italic,
            Look::Strikethrough => MessageEntityKind::Strikethrough,
            Look::Code => MessageEntityKind::Code,
            Look::Pre => MessageEntityKind::Pre { language: None },
            Look::Quote => MessageEntityKind::Blockquote,
            Look::FoldedQuote => MessageEntityKind::ExpandableBlockquote,
            Look::Link(url) => MessageEntityKind::TextLink { url: reqwest::Url::parse(url).ok()? },
        };
        Some(MessageEntity { kind, offset: *offset, length: *length })
    };
    rich.entities().iter().filter_map(entity).collect()
}

fn keyboard(signer: &Signer, chat_id: i64, reply: &Reply) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new(reply.buttons.iter().map(|row| {
        row.iter()
            .map(|b| InlineKeyboardButton::callback(&b.label, signer.sign(&b.action, chat_id)))
            .collect::<Vec<_>>()
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(code: u16, description: &str, retry_after: Option<u64>, wanted: &Refusal) {
        let retry_after = retry_after.map(Duration::from_secs);
        let error = ApiError::Refused { code, description: description.to_owned(), retry_after };
        let got = match classify(&error) {
            Refusal::Failure(Failure::Away(_)) => Refusal::Failure(Failure::Away(String::new())),
            Refusal::Failure(Failure::Hopeless(_)) => Refusal::Failure(Failure::Hopeless(String::new())),
            other => other,
        };
        assert_eq!(&got, wanted, "{description}");
    }

    #[test]
    fn the_servers_own_refusals() {
        let away = Refusal::Failure(Failure::Away(String::new()));
        let hopeless = Refusal::Failure(Failure::Hopeless(String::new()));
        let not_modified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
        check(400, not_modified, None, &Refusal::Benign);
        check(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            None,
            &Refusal::Benign,
        );
        check(400, "Bad Request: message to edit not found", None, &Refusal::Benign);
        check(403, "Forbidden: bot was blocked by the user", None, &Refusal::Gone);
        check(403, "Forbidden: user is deactivated", None, &Refusal::Gone);
        check(400, "Bad Request: chat not found", None, &Refusal::Gone);
        check(400, "Bad Request: can't parse entities: unsupported start tag", None, &Refusal::BadContent);
        check(400, "Bad Request: message is too long", None, &Refusal::BadContent);
        check(400, "Bad Request: BUTTON_DATA_INVALID", None, &Refusal::BadContent);
        check(
            429,
            "Too Many Requests: retry after 9",
            Some(9),
            &Refusal::Failure(Failure::Wait(Duration::from_secs(9))),
        );
        check(500, "Internal Server Error", None, &away);
        check(502, "Bad Gateway", None, &away);
        check(401, "Unauthorized", None, &away);
        check(400, "Bad Request: something new", None, &hopeless);
    }
}

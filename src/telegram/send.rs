//! Sends, edits and deletes the bot's messages in Telegram. Converts the engine's replies to Bot
//! API calls.

use serde::{Deserialize, Serialize};
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, AnswerInlineQuery, AnswerInlineQuerySetters, DeleteMessage,
    EditMessageText, EditMessageTextSetters, SendMessage, SendMessageSetters,
};
use teloxide::requests::Payload;
use teloxide::types::{
    CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryId, InlineQueryResult,
    InlineQueryResultArticle, InlineQueryResultsButton, InlineQueryResultsButtonKind, InputMessageContent,
    InputMessageContentText, LinkPreviewOptions, MessageEntity, MessageEntityKind, ThreadId,
};

use super::api_errors::{ApiError, ErrorClass, classify, is_unchanged};
use super::bot::Bot;
use super::buttons::CARDS;
use super::destination::{Destination, SendOutcome, message_id as teloxide_id};
use super::link;
use crate::inbox::Failure;
use crate::store::ConversationKey;
use footnote_engine::knowledge::SectionId;
use footnote_engine::reply::{Card, Entity, EntityKind, Reply, RichText, Strings};
use footnote_engine::text::{Language, to_traditional};

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

/// The `editMessageText` call for an inline result that a user has sent to a chat. teloxide's own
/// payload for this call has no link preview options.
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

impl Bot {
    /// Sends a reply to a chat as a new message.
    ///
    /// If the group has become a supergroup, sends the reply to the supergroup. If Telegram rejects
    /// the content, sends the text once more without formatting or buttons.
    pub async fn send(&self, to: &Destination, reply: Reply) -> Result<SendOutcome, Failure> {
        let reply = in_script(reply, to.is_traditional);
        let chat_id = to.asker.chat_id;
        match self.deliver(chat_id, &self.message(to, &reply)).await {
            Err(ErrorClass::Moved(chat_id)) => {
                // The supergroup has new message ids, so the id of the message to reply to is no
                // longer valid.
                let asker = ConversationKey { chat_id, ..to.asker };
                let to = Destination { asker, thread: None, replies_to: None, ..to.clone() };
                self.sent(chat_id, self.deliver(chat_id, &self.message(&to, &reply)).await).await
            }
            Err(ErrorClass::BadContent) => {
                let mut plain = SendMessage::new(ChatId(chat_id), reply.text.text());
                plain.message_thread_id = to.thread.and_then(teloxide_id).map(ThreadId);
                self.sent(chat_id, self.deliver(chat_id, &plain).await).await
            }
            outcome => self.sent(chat_id, outcome).await,
        }
    }

    /// Builds the `sendMessage` call for a reply.
    fn message(&self, to: &Destination, reply: &Reply) -> SendMessage {
        let mut call = SendMessage::new(ChatId(to.asker.chat_id), reply.text.text())
            .entities(entities(&reply.text))
            .link_preview_options(preview(reply));
        call.message_thread_id = to.thread.and_then(teloxide_id).map(ThreadId);
        call.reply_parameters = to.reply_parameters();
        call.disable_notification = to.is_silent.then_some(true);
        if reply.buttons.is_empty() { call } else { call.reply_markup(self.keyboard(to.asker, reply)) }
    }

    /// Sends a message, or returns a failure if the send rate limiter requires a wait. Returns the
    /// id of the sent message.
    async fn deliver(&self, chat_id: i64, call: &SendMessage) -> Result<i64, ErrorClass> {
        let send_rate_limiter = &self.in_memory.send_rate_limiter;
        send_rate_limiter
            .admit(chat_id, self.store.now())
            .map_err(|wait| ErrorClass::Failure(Failure::Throttled(wait)))?;
        let sent = self.api.call::<_, SentMessage>(call).await;
        sent.map(|sent| sent.message_id).map_err(|error| {
            let refusal = classify(&error);
            match &refusal {
                ErrorClass::Failure(Failure::Throttled(wait)) => {
                    send_rate_limiter.refused(chat_id, *wait, self.store.now())
                }
                ErrorClass::BadContent => tracing::error!(%error, "Telegram rejected the content of a message; sending it at most once more, as plain text"),
                _ => {}
            }
            refusal
        })
    }

    /// Converts the result of `deliver` to a `SendOutcome`. If the user blocked the bot or the
    /// group removed it, marks the chat as unreachable.
    async fn sent(&self, chat_id: i64, delivered: Result<i64, ErrorClass>) -> Result<SendOutcome, Failure> {
        match delivered {
            Ok(message_id) => return Ok(SendOutcome::Message(message_id)),
            Err(ErrorClass::Gone) => self.store.mark_unreachable(chat_id, self.store.now()).await?,
            Err(refusal) => settled(refusal)?,
        }
        Ok(SendOutcome::Nowhere)
    }

    /// Edits one of the bot's messages, so that the message shows this reply. The chat is that of
    /// `asker`. The signature of a new button covers the chat id and, unless everybody may press
    /// the button, the id of the user in `asker`.
    pub async fn edit(
        &self,
        asker: ConversationKey,
        message_id: i64,
        reply: Reply,
        is_traditional: bool,
    ) -> Result<SendOutcome, Failure> {
        let reply = in_script(reply, is_traditional);
        let Some(id) = teloxide_id(message_id) else { return Ok(SendOutcome::Nowhere) };
        let call = EditMessageText::new(ChatId(asker.chat_id), id, reply.text.text())
            .entities(entities(&reply.text))
            .link_preview_options(preview(&reply))
            .reply_markup(self.keyboard(asker, &reply));
        match self.api.call::<_, serde_json::Value>(&call).await {
            Ok(_) => Ok(SendOutcome::Message(message_id)),
            Err(error) if is_unchanged(&error) => Ok(SendOutcome::Message(message_id)),
            Err(error) => settled(classify(&error)).map(|()| SendOutcome::Nowhere),
        }
    }

    /// Edits an inline result that a user has sent to a chat, so that it shows this section. The
    /// bot need not be a member of the chat.
    pub async fn edit_card(
        &self,
        inline_message_id: &str,
        section: &SectionId,
        language: Language,
        is_traditional: bool,
        reply: Reply,
    ) -> Result<(), Failure> {
        let reply = in_script(reply, is_traditional);
        let call = EditCard {
            inline_message_id,
            text: reply.text.text(),
            entities: entities(&reply.text),
            link_preview_options: preview(&reply),
            reply_markup: self.card_keyboard(language, is_traditional, section, &reply),
        };
        done(self.api.call::<_, serde_json::Value>(&call).await)
    }

    /// Deletes one of the bot's messages. Also succeeds if the message is already deleted, or is
    /// too old to be deleted.
    pub async fn delete(&self, chat_id: i64, message_id: i64) -> Result<(), Failure> {
        let Some(id) = teloxide_id(message_id) else { return Ok(()) };
        done(self.api.call::<_, bool>(&DeleteMessage::new(ChatId(chat_id), id)).await)
    }

    /// Answers a callback query, which ends the loading animation of the pressed button. If
    /// `notice` is given, Telegram shows it to the user for a moment.
    pub async fn acknowledge(&self, callback_query_id: &str, notice: Option<&str>) -> Result<(), Failure> {
        let mut call = AnswerCallbackQuery::new(CallbackQueryId(callback_query_id.to_owned()));
        if let Some(notice) = notice {
            call = call.text(notice);
        }
        done(self.api.call::<_, bool>(&call).await)
    }

    /// Answers a callback query with an alert that the user has to close. Only the user who pressed
    /// the button sees the alert.
    pub async fn alert(&self, callback_query_id: &str, notice: &str) -> Result<(), Failure> {
        let call =
            AnswerCallbackQuery::new(CallbackQueryId(callback_query_id.to_owned())).text(notice).show_alert(true);
        done(self.api.call::<_, bool>(&call).await)
    }

    /// Answers an inline query with these inline results. If there are none, offers a button with
    /// which the user asks the same question in a private chat.
    pub async fn show_cards(
        &self,
        query_id: &str,
        query: &str,
        language: Language,
        is_traditional: bool,
        cards: &[Card],
    ) -> Result<(), Failure> {
        /// How long Telegram may cache the results of an inline query, in seconds. Short, so that
        /// users soon see changes of the knowledge base.
        const CACHE: u32 = 30;
        let results = cards.iter().map(|card| {
            let text = InputMessageContentText::new(card.reply.text.text())
                .entities(entities(&card.reply.text))
                .link_preview_options(preview(&card.reply));
            let article =
                InlineQueryResultArticle::new(card.section.as_str(), &card.title, InputMessageContent::Text(text));
            let keyboard = self.card_keyboard(language, is_traditional, &card.section, &card.reply);
            InlineQueryResult::Article(article.description(&card.description).reply_markup(keyboard))
        });
        // The results are in the language of this user, so Telegram must not show them to other
        // users from its cache.
        let mut call =
            AnswerInlineQuery::new(InlineQueryId(query_id.to_owned()), results).cache_time(CACHE).is_personal(true);
        if cards.is_empty() {
            let kind = InlineQueryResultsButtonKind::StartParameter(link::to_question(query));
            let text = label(Strings::of(language).ask_in_private, is_traditional);
            call = call.button(InlineQueryResultsButton { text, kind });
        }
        done(self.api.call::<_, bool>(&call).await)
    }

    fn keyboard(&self, asker: ConversationKey, reply: &Reply) -> InlineKeyboardMarkup {
        InlineKeyboardMarkup::new(reply.buttons.iter().map(|row| {
            row.iter()
                .map(|b| InlineKeyboardButton::callback(&b.label, self.signer.sign(&b.action, asker)))
                .collect::<Vec<_>>()
        }))
    }

    /// Returns the buttons under an inline result. The last one is a link that opens the section in
    /// a private chat with the bot.
    fn card_keyboard(
        &self,
        language: Language,
        is_traditional: bool,
        section: &SectionId,
        reply: &Reply,
    ) -> InlineKeyboardMarkup {
        let link = reqwest::Url::parse(&format!("https://t.me/{}?start={section}", self.me.username));
        let label = label(Strings::of(language).in_private, is_traditional);
        let in_private = link.ok().map(|link| vec![InlineKeyboardButton::url(label, link)]);
        in_private.into_iter().fold(self.keyboard(CARDS, reply), |keyboard, row| keyboard.append_row(row))
    }
}

fn in_script(reply: Reply, is_traditional: bool) -> Reply {
    if is_traditional { reply.in_traditional() } else { reply }
}

fn label(text: &str, is_traditional: bool) -> String {
    if is_traditional { to_traditional(text) } else { text.to_owned() }
}

fn done<T>(result: Result<T, ApiError>) -> Result<(), Failure> {
    result.map_or_else(|error| settled(classify(&error)), |_| Ok(()))
}

/// Converts a classified Bot API error to `Ok` if the bot has nothing left to do, or else to a
/// failure.
fn settled(refusal: ErrorClass) -> Result<(), Failure> {
    match refusal {
        // `Moved`: the message to edit or delete stayed in the old group, so the bot has nothing
        // left to do.
        ErrorClass::Benign | ErrorClass::Gone | ErrorClass::Moved(_) => Ok(()),
        ErrorClass::BadContent => Err(Failure::Permanent("Telegram does not accept it, not even plain".to_owned())),
        ErrorClass::Failure(failure) => Err(failure),
    }
}

/// Disables link previews in a message, unless the reply has an image. Telegram shows the image as
/// a large link preview above the text.
fn preview(reply: &Reply) -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: reply.image.is_none(),
        url: reply.image.clone(),
        prefer_small_media: false,
        prefer_large_media: reply.image.is_some(),
        show_above_text: reply.image.is_some(),
    }
}

fn entities(rich: &RichText) -> Vec<MessageEntity> {
    let entity = |Entity { kind, offset, length }: &Entity| {
        let kind = match kind {
            EntityKind::Bold => MessageEntityKind::Bold,
            EntityKind::Italic => MessageEntityKind::Italic,
            EntityKind::Strikethrough => MessageEntityKind::Strikethrough,
            EntityKind::Code => MessageEntityKind::Code,
            EntityKind::Pre => MessageEntityKind::Pre { language: None },
            EntityKind::Quote => MessageEntityKind::Blockquote,
            EntityKind::ExpandableQuote => MessageEntityKind::ExpandableBlockquote,
            EntityKind::Link(url) => MessageEntityKind::TextLink { url: reqwest::Url::parse(url).ok()? },
        };
        Some(MessageEntity { kind, offset: *offset, length: *length })
    };
    rich.entities().iter().filter_map(entity).collect()
}

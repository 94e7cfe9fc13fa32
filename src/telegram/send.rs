//! From a reply to the Bot API.

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
use footnote_engine::text::Language;

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

/// `editMessageText` for what was sent by way of us. teloxide's own has no options for the preview
/// of links.
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
    /// Sends a reply as a new message.
    pub async fn send(&self, to: &Destination, reply: Reply) -> Result<SendOutcome, Failure> {
        let reply = in_script(reply, to.is_traditional);
        let chat_id = to.asker.chat_id;
        match self.deliver(chat_id, &self.message(to, &reply)).await {
            Err(ErrorClass::Moved(chat_id)) => {
                // The messages of a supergroup have numbers of their own, so there is nothing to
                // reply to.
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

    /// A reply as a message.
    fn message(&self, to: &Destination, reply: &Reply) -> SendMessage {
        let mut call = SendMessage::new(ChatId(to.asker.chat_id), reply.text.text())
            .entities(entities(&reply.text))
            .link_preview_options(preview(reply));
        call.message_thread_id = to.thread.and_then(teloxide_id).map(ThreadId);
        call.reply_parameters = to.reply_parameters();
        call.disable_notification = to.is_silent.then_some(true);
        if reply.buttons.is_empty() { call } else { call.reply_markup(self.keyboard(to.asker, reply)) }
    }

    /// Sends a message to a chat if it is time for another one there. Gives its number.
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
                ErrorClass::BadContent => tracing::error!(%error, "the looks of a message are not accepted"),
                _ => {}
            }
            refusal
        })
    }

    /// What came of delivering.
    async fn sent(&self, chat_id: i64, delivered: Result<i64, ErrorClass>) -> Result<SendOutcome, Failure> {
        match delivered {
            Ok(message_id) => return Ok(SendOutcome::Message(message_id)),
            Err(ErrorClass::Gone) => self.store.mark_unreachable(chat_id, self.store.now()).await?,
            Err(refusal) => settled(refusal)?,
        }
        Ok(SendOutcome::Nowhere)
    }

    /// Makes a message of ours show this reply instead; the buttons under it are this asker's.
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

    /// Makes a card that was sent by way of us, in a chat that we need not know, show this section.
    pub async fn edit_card(
        &self,
        inline_message_id: &str,
        section: &SectionId,
        language: Language,
        reply: &Reply,
    ) -> Result<(), Failure> {
        let call = EditCard {
            inline_message_id,
            text: reply.text.text(),
            entities: entities(&reply.text),
            link_preview_options: preview(reply),
            reply_markup: self.card_keyboard(language, section, reply),
        };
        done(self.api.call::<_, serde_json::Value>(&call).await)
    }

    /// Deletes a message of ours. That it is gone already, or can no longer be deleted, is no
    /// failure.
    pub async fn delete(&self, chat_id: i64, message_id: i64) -> Result<(), Failure> {
        let Some(id) = teloxide_id(message_id) else { return Ok(()) };
        done(self.api.call::<_, bool>(&DeleteMessage::new(ChatId(chat_id), id)).await)
    }

    /// Ends the waiting animation of a pressed button, with a notice if there is something to say.
    pub async fn acknowledge(&self, callback_query_id: &str, notice: Option<&str>) -> Result<(), Failure> {
        let mut call = AnswerCallbackQuery::new(CallbackQueryId(callback_query_id.to_owned()));
        if let Some(notice) = notice {
            call = call.text(notice);
        }
        done(self.api.call::<_, bool>(&call).await)
    }

    /// The same with a notice that has to be closed, and that only who pressed sees.
    pub async fn alert(&self, callback_query_id: &str, notice: &str) -> Result<(), Failure> {
        let call =
            AnswerCallbackQuery::new(CallbackQueryId(callback_query_id.to_owned())).text(notice).show_alert(true);
        done(self.api.call::<_, bool>(&call).await)
    }

    /// Shows cards to somebody who types after the bot's name; where there are none, a way to ask
    /// the same in private.
    pub async fn show_cards(
        &self,
        query_id: &str,
        query: &str,
        language: Language,
        cards: &[Card],
    ) -> Result<(), Failure> {
        /// Seconds that Telegram may reuse an answer: so short that nobody sees an old version of
        /// the base for longer.
        const CACHE: u32 = 30;
        let results = cards.iter().map(|card| {
            let text = InputMessageContentText::new(card.reply.text.text())
                .entities(entities(&card.reply.text))
                .link_preview_options(preview(&card.reply));
            let article =
                InlineQueryResultArticle::new(card.section.as_str(), &card.title, InputMessageContent::Text(text));
            let keyboard = self.card_keyboard(language, &card.section, &card.reply);
            InlineQueryResult::Article(article.description(&card.description).reply_markup(keyboard))
        });
        // The language is the asker's own, so an answer is for nobody else.
        let mut call =
            AnswerInlineQuery::new(InlineQueryId(query_id.to_owned()), results).cache_time(CACHE).is_personal(true);
        if cards.is_empty() {
            let kind = InlineQueryResultsButtonKind::StartParameter(link::to_question(query));
            call =
                call.button(InlineQueryResultsButton { text: Strings::of(language).ask_in_private.to_owned(), kind });
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

    /// The buttons of a card, and the way to a private chat about its section.
    fn card_keyboard(&self, language: Language, section: &SectionId, reply: &Reply) -> InlineKeyboardMarkup {
        let link = reqwest::Url::parse(&format!("https://t.me/{}?start={section}", self.me.username));
        let label = Strings::of(language).in_private;
        let in_private = link.ok().map(|link| vec![InlineKeyboardButton::url(label, link)]);
        in_private.into_iter().fold(self.keyboard(CARDS, reply), |keyboard, row| keyboard.append_row(row))
    }
}

fn in_script(reply: Reply, is_traditional: bool) -> Reply {
    if is_traditional { reply.in_traditional() } else { reply }
}

fn done<T>(result: Result<T, ApiError>) -> Result<(), Failure> {
    result.map_or_else(|error| settled(classify(&error)), |_| Ok(()))
}

/// A refusal after which there is nothing left to do, or the failure that it is.
fn settled(refusal: ErrorClass) -> Result<(), Failure> {
    match refusal {
        // What was to be changed stayed behind where a group has moved.
        ErrorClass::Benign | ErrorClass::Gone | ErrorClass::Moved(_) => Ok(()),
        ErrorClass::BadContent => Err(Failure::Permanent("Telegram does not accept it, not even plain".to_owned())),
        ErrorClass::Failure(failure) => Err(failure),
    }
}

/// No preview of links, unless there is a picture to show.
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

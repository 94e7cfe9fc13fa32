//! Handles messages without text, such as photos.

use std::sync::Arc;

use super::conversation::{HandlerResult, asker, link, user_locale};
use crate::store::{Chat, ChatUpdate, Effects};
use crate::telegram::bot::Bot;
use crate::telegram::destination::Destination;
use crate::telegram::update::Message;
use footnote_engine::reply;

/// Replies to a message without text, such as a photo, that the bot understands only text. Each
/// user gets this reply only once per chat; `hinted` records that it was sent.
pub async fn not_text(message: Message, bot: Arc<Bot>) -> HandlerResult {
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    if chat.hinted {
        return Ok(Effects::default());
    }
    let locale = user_locale(&chat, message.locale);
    let reply = reply::not_text(bot.engine.language(locale.language));
    let sent =
        bot.send(&Destination { is_traditional: locale.is_traditional, ..Destination::asker(asker) }, reply).await?;
    let chat = Chat { hinted: true, ..chat };
    Ok(Effects { chat: Some(ChatUpdate { asker, chat }), answer: link(&message, sent), ..Effects::default() })
}

/// Handles an update that needs no reaction: sends nothing, and changes nothing in the database.
pub async fn nothing() -> HandlerResult {
    Ok(Effects::default())
}

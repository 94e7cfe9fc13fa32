//! Purpose: what is not text.

use std::sync::Arc;

use super::{Outcome, asker, link, locale};
use crate::store::{Chat, ChatUpdate, Effects};
use crate::telegram::bot::Bot;
use crate::telegram::send::Destination;
use crate::telegram::update::Message;
use footnote_engine::reply;

/// Says, once in a chat, that only text is understood.
pub async fn not_text(message: Message, bot: Arc<Bot>) -> Outcome {
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    if chat.hinted {
        return Ok(Effects::default());
    }
    let locale = locale(&chat, message.locale);
    let reply = reply::not_text(bot.engine.language(locale.language));
    let sent =
        bot.send(&Destination { is_traditional: locale.is_traditional, ..Destination::asker(asker) }, reply).await?;
    let chat = Chat { hinted: true, ..chat };
    Ok(Effects { chat: Some(ChatUpdate { asker, chat }), answer: link(&message, sent), ..Effects::default() })
}

/// Leaves it alone.
pub async fn nothing() -> Outcome {
    Ok(Effects::default())
}

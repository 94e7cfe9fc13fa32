//! Purpose: what is not text.

use std::sync::Arc;

use super::{Outcome, asker, link, locale};
use footnote_engine::reply;
use crate::store::{Chat, ChatUpdate, Record};
use crate::telegram::bot::Bot;
use crate::telegram::send::To;
use crate::telegram::update::Message;

/// Says, once in a chat, that only text is understood.
pub async fn not_text(message: Message, bot: Arc<Bot>) -> Outcome {
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    if chat.hinted {
        return Ok(Record::default());
    }
    let locale = locale(&chat, message.locale);
    let reply = reply::not_text(bot.engine.language(locale.language));
    let sent = bot.send(&To { is_traditional: locale.is_traditional, ..To::asker(asker) }, reply).await?;
    let chat = Chat { hinted: true, ..chat };
    Ok(Record { chat: Some(ChatUpdate { asker, chat }), answer: link(&message, sent), ..Record::default() })
}

/// Leaves it alone.
pub async fn nothing() -> Outcome {
    Ok(Record::default())
}

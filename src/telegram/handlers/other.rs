//! Purpose: what is neither a question nor a command.

use std::sync::Arc;

use super::{Outcome, asker, language, link};
use crate::reply;
use crate::store::{Chat, ChatUpdate, Record};
use crate::telegram::bot::Bot;
use crate::telegram::send::To;
use crate::telegram::update::Message;

/// Says, once in a chat, that only text is understood.
pub async fn not_text(message: Message, bot: Arc<Bot>) -> Outcome {
    let chat = bot.store.chat(asker(&message)).await?;
    if chat.hinted {
        return Ok(Record::default());
    }
    let reply = reply::not_text(bot.engine.language(language(&chat, message.language)));
    let sent = bot.send(&To::chat(message.chat_id), &reply).await?;
    let chat = Chat { hinted: true, ..chat };
    let answer = link(&message, sent);
    Ok(Record { chat: Some(ChatUpdate { asker: asker(&message), chat }), answer, ..Record::default() })
}

/// Nothing is to be done.
pub async fn nothing() -> Outcome {
    Ok(Record::default())
}

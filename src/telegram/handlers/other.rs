//! Purpose: what is neither a question nor a command.

use std::sync::Arc;

use super::{Outcome, asker, language, link};
use crate::engine::Engine;
use crate::reply;
use crate::store::{Chat, ChatUpdate, Record, Store};
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::send;
use crate::telegram::update::Message;

/// Says, once in a chat, that only text is understood.
pub async fn not_text(message: Message, api: Arc<Api>, engine: Arc<Engine>, store: Store, signer: Signer) -> Outcome {
    let chat = store.chat(asker(&message)).await?;
    if chat.hinted {
        return Ok(Record::default());
    }
    let reply = reply::not_text(engine.language(language(&chat, message.language)));
    let sent = send::send(&api, &signer, &send::To::chat(message.chat_id), &reply).await?;
    let chat = Chat { hinted: true, ..chat };
    let answer = link(&message, sent);
    Ok(Record { chat: Some(ChatUpdate { asker: asker(&message), chat }), answer, ..Record::default() })
}

/// Nothing is to be done.
pub async fn nothing() -> Outcome {
    Ok(Record::default())
}

//! Purpose: a question is asked, or one that was asked is changed.

use std::sync::Arc;

use super::{Outcome, context, log, moved_on, text};
use crate::engine::Engine;
use crate::store::{AnswerLink, ChatUpdate, Record, Store};
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::send::{self, Sent};
use crate::telegram::update::Message;

/// Answers a question.
pub async fn asked(message: Message, api: Arc<Api>, engine: Arc<Engine>, store: Store, signer: Signer) -> Outcome {
    let chat = store.chat(message.chat_id).await?;
    let turn = engine.ask(text(&message), &context(&chat, message.language));
    let sent = send::send(&api, &signer, message.chat_id, &turn.reply).await?;
    let answer = match sent {
        Sent::Message(answer_id) => Some(AnswerLink { chat_id: message.chat_id, question_id: message.id, answer_id }),
        Sent::Nowhere => None,
    };
    let chat = moved_on(chat, turn.question.language, turn.shown().map(|s| engine.id(s)));
    Ok(Record {
        turn: Some(log(&engine, &turn, "private")),
        chat: Some(ChatUpdate { chat_id: message.chat_id, chat }),
        answer,
    })
}

/// Changes the answer to a question that was changed; a question that has no answer is left alone.
pub async fn edited(message: Message, api: Arc<Api>, engine: Arc<Engine>, store: Store, signer: Signer) -> Outcome {
    let Some(answer_id) = store.answer_to(message.chat_id, message.id).await? else { return Ok(Record::default()) };
    let chat = store.chat(message.chat_id).await?;
    let turn = engine.ask(text(&message), &context(&chat, message.language));
    send::edit(&api, &signer, message.chat_id, answer_id, &turn.reply).await?;
    let chat = moved_on(chat, turn.question.language, turn.shown().map(|s| engine.id(s)));
    Ok(Record {
        turn: Some(log(&engine, &turn, "edit")),
        chat: Some(ChatUpdate { chat_id: message.chat_id, chat }),
        answer: None,
    })
}

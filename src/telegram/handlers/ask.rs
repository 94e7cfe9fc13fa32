//! Purpose: a question is asked, or one that was asked is changed.

use std::sync::Arc;

use super::{Outcome, asker, context, link, log, moved_on, text};
use crate::engine::Engine;
use crate::store::{ChatUpdate, Record, Store};
use crate::telegram::Me;
use crate::telegram::address;
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::moment::Moment;
use crate::telegram::send::{self, Sent, To};
use crate::telegram::update::Message;

/// Answers a question.
pub async fn asked(
    message: Message,
    me: Me,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let chat = store.chat(asker(&message)).await?;
    // `/ask` is for groups; in private it changes nothing.
    let question = address::after_ask(text(&message).trim(), &me).unwrap_or_else(|| text(&message));
    let context = context(&chat, message.language);
    let turn = engine.ask(question, &context);
    let sent = send::send(&api, &signer, &To::chat(message.chat_id), &turn.reply).await?;
    if let Sent::Message(answer_id) = sent {
        moment.recent.remember(message.chat_id, answer_id, question, &context);
    }
    let chat = moved_on(chat, turn.question.language, turn.shown().map(|s| engine.id(s)));
    Ok(Record {
        turn: Some(log(&engine, &turn, "private")),
        chat: Some(ChatUpdate { asker: asker(&message), chat }),
        answer: link(&message, sent),
        ..Record::default()
    })
}

/// Changes the answer to a question that was changed. If that answer is gone, the question is answered anew; one that never had an answer is left alone.
pub async fn edited(
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let Some(answer_id) = store.answer_to(message.chat_id, message.id).await? else { return Ok(Record::default()) };
    let chat = store.chat(asker(&message)).await?;
    let is_newest = store.is_newest_question(message.chat_id, message.id).await?;
    let mut context = context(&chat, message.language);
    if !is_newest {
        // What the chat remembers came after this question.
        context.last_section = None;
    }
    let turn = engine.ask(text(&message), &context);
    let mut sent = send::edit(&api, &signer, message.chat_id, answer_id, &turn.reply).await?;
    if sent == Sent::Nowhere {
        sent = send::send(&api, &signer, &To::chat(message.chat_id), &turn.reply).await?;
    }
    if let Sent::Message(answer_id) = sent {
        moment.recent.remember(message.chat_id, answer_id, text(&message), &context);
    }
    let shown = turn.shown().filter(|_| is_newest).map(|s| engine.id(s));
    let chat = moved_on(chat, turn.question.language, shown);
    Ok(Record {
        turn: Some(log(&engine, &turn, "edit")),
        chat: Some(ChatUpdate { asker: asker(&message), chat }),
        answer: link(&message, sent),
        ..Record::default()
    })
}

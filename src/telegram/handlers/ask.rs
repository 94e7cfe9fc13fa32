//! Purpose: a question is asked, or one that was asked is changed.

use std::sync::Arc;

use super::{Outcome, asker, context, link, log, moved_on, text};
use crate::store::{ChatUpdate, Record};
use crate::telegram::address;
use crate::telegram::bot::Bot;
use crate::telegram::send::{Sent, To};
use crate::telegram::update::Message;

/// Answers a question.
pub async fn asked(message: Message, bot: Arc<Bot>) -> Outcome {
    let chat = bot.store.chat(asker(&message)).await?;
    // `/ask` is for groups; in private it changes nothing.
    let question = address::after_ask(text(&message).trim(), &bot.me).unwrap_or_else(|| text(&message));
    let context = context(&chat, message.language);
    let turn = bot.engine.ask(question, &context);
    let sent = bot.send(&To::chat(message.chat_id), &turn.reply).await?;
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(asker(&message), answer_id, question, &context);
    }
    let chat = moved_on(chat, turn.question.language, turn.shown().map(|s| bot.engine.id(s)));
    Ok(Record {
        turn: Some(log(&bot.engine, &turn, "private")),
        chat: Some(ChatUpdate { asker: asker(&message), chat }),
        answer: link(&message, sent),
        ..Record::default()
    })
}

/// Changes the answer to a question that was changed. If that answer is gone, the question is answered anew; one that never had an answer is left alone.
pub async fn edited(message: Message, bot: Arc<Bot>) -> Outcome {
    let Some(answer_id) = bot.store.answer_to(message.chat_id, message.id).await? else { return Ok(Record::default()) };
    let chat = bot.store.chat(asker(&message)).await?;
    let is_newest = bot.store.is_newest_question(message.chat_id, message.id).await?;
    let mut context = context(&chat, message.language);
    if !is_newest {
        // What the chat remembers came after this question.
        context.last_section = None;
    }
    let turn = bot.engine.ask(text(&message), &context);
    let mut sent = bot.edit(message.chat_id, answer_id, &turn.reply).await?;
    if sent == Sent::Nowhere {
        sent = bot.send(&To::chat(message.chat_id), &turn.reply).await?;
    }
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(asker(&message), answer_id, text(&message), &context);
    }
    let shown = turn.shown().filter(|_| is_newest).map(|s| bot.engine.id(s));
    let chat = moved_on(chat, turn.question.language, shown);
    Ok(Record {
        turn: Some(log(&bot.engine, &turn, "edit")),
        chat: Some(ChatUpdate { asker: asker(&message), chat }),
        answer: link(&message, sent),
        ..Record::default()
    })
}

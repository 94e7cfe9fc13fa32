//! Purpose: a question is asked in private, or one that was asked is changed.

use std::sync::Arc;

use super::{Outcome, after, asker, context, link, log, sent_at, text};
use crate::store::{ChatUpdate, Effects};
use crate::telegram::address;
use crate::telegram::bot::Bot;
use crate::telegram::send::{Destination, Sent};
use crate::telegram::update::Message;

/// Answers a question.
pub async fn asked(message: Message, bot: Arc<Bot>) -> Outcome {
    // `/ask` is for groups; in private it changes nothing.
    let question = address::after_ask(text(&message).trim(), &bot.me).unwrap_or_else(|| text(&message));
    answer(question, &message, &bot).await
}

/// Answers a question that a message brings.
pub async fn answer(question: &str, message: &Message, bot: &Bot) -> Outcome {
    let asker = asker(message);
    let chat = bot.store.chat(asker).await?;
    let at = sent_at(message, bot);
    let context = context(&chat, message.locale, at);
    let turn = bot.engine.ask(question, &context);
    let is_traditional = turn.question.is_traditional;
    let sent = bot.send(&Destination { is_traditional, ..Destination::asker(asker) }, turn.reply.clone()).await?;
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(asker, answer_id, question, &context);
    }
    let chat = after(bot, chat, &context, &turn, at);
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "private")),
        chat: Some(ChatUpdate { asker, chat }),
        answer: link(message, sent),
        kept: bot.keeping.question(asker, question, &turn, &bot.engine),
        ..Effects::default()
    })
}

/// Changes the answer to a question that was changed. If that answer is gone, the question is answered anew; one that never had an answer is left alone.
pub async fn edited(message: Message, bot: Arc<Bot>) -> Outcome {
    let asker = asker(&message);
    let Some(answer_id) = bot.store.answer_to(asker.chat_id, message.id).await? else { return Ok(Effects::default()) };
    let chat = bot.store.chat(asker).await?;
    let is_newest = bot.store.is_newest_question(asker.chat_id, message.id).await?;
    let at = sent_at(&message, &bot);
    let mut context = context(&chat, message.locale, at);
    if !is_newest {
        // What the chat remembers came after this question.
        context.last_section = None;
    }
    let turn = bot.engine.ask(text(&message), &context);
    let is_traditional = turn.question.is_traditional;
    let mut sent = bot.edit(asker, answer_id, turn.reply.clone(), is_traditional).await?;
    if sent == Sent::Nowhere {
        sent = bot.send(&Destination { is_traditional, ..Destination::asker(asker) }, turn.reply.clone()).await?;
    }
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(asker, answer_id, text(&message), &context);
    }
    let chat = is_newest.then(|| ChatUpdate { asker, chat: after(&bot, chat, &context, &turn, at) });
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "edit")),
        chat,
        answer: link(&message, sent),
        kept: bot.keeping.question(asker, text(&message), &turn, &bot.engine),
        ..Effects::default()
    })
}

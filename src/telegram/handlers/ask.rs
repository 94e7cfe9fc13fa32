//! Handles new and edited questions in private chats.

use std::sync::Arc;

use super::conversation::{HandlerResult, after, asker, context, link, log, sent_at, text};
use crate::store::{ChatUpdate, Effects};
use crate::telegram::bot::Bot;
use crate::telegram::destination::{Destination, SendOutcome};
use crate::telegram::request::Request;
use crate::telegram::update::Message;

/// Answers a text message in a private chat.
pub async fn asked(message: Message, bot: Arc<Bot>) -> HandlerResult {
    let question = match Request::parse(text(&message), &bot.me.username, |name| bot.engine.names_product(name)) {
        Request::Ask(question) => question,
        // In a private chat every text is a question, even one that starts with an unknown command.
        _ => text(&message),
    };
    answer(question, &message, &bot).await
}

/// Answers a question in a private chat and returns the effects to store. The question comes from a
/// text message, or from a link that opened the chat.
pub async fn answer(question: &str, message: &Message, bot: &Bot) -> HandlerResult {
    let asker = asker(message);
    let asks_why = bot.engine.asks_why(question);
    if let Some(explained) = asks_why.then(|| bot.in_memory.answer_cache.latest(asker)).flatten() {
        let turn = bot.engine.ask(&explained.question, &explained.context);
        let to = Destination { is_traditional: turn.question.is_traditional, ..Destination::asker(asker) };
        bot.send(&to, bot.engine.why(&turn)).await?;
        return Ok(Effects::default());
    }
    let chat = bot.store.chat(asker).await?;
    let at = sent_at(message, bot);
    let context = context(&chat, message.locale, at);
    let turn = bot.engine.ask(question, &context);
    let is_traditional = turn.question.is_traditional;
    let sent = bot.send(&Destination { is_traditional, ..Destination::asker(asker) }, turn.reply.clone()).await?;
    if let SendOutcome::Message(answer_id) = sent {
        bot.in_memory.answer_cache.insert(asker, answer_id, question, &context);
    }
    let chat = after(bot, chat, &context, &turn, at);
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "private")),
        chat: Some(ChatUpdate { asker, chat }),
        answer: link(message, sent),
        kept: bot.retention.question(asker, question, &turn, &bot.engine),
        ..Effects::default()
    })
}

/// Updates the bot's answer after the user edited the question. Sends a new answer if the bot's
/// message was deleted.
///
/// Does nothing if the bot never answered the question.
pub async fn edited(message: Message, bot: Arc<Bot>) -> HandlerResult {
    let asker = asker(&message);
    let Some(answer_id) = bot.store.answer_to(asker.chat_id, message.id).await? else { return Ok(Effects::default()) };
    let chat = bot.store.chat(asker).await?;
    let is_newest = bot.store.is_newest_question(asker.chat_id, message.id).await?;
    let at = sent_at(&message, &bot);
    let mut context = context(&chat, message.locale, at);
    if !is_newest {
        // The bot has shown the chat's `last_section` after the edited question, so this section
        // must not influence the new answer.
        context.last_section = None;
    }
    let turn = bot.engine.ask(text(&message), &context);
    let is_traditional = turn.question.is_traditional;
    let mut sent = bot.edit(asker, answer_id, turn.reply.clone(), is_traditional).await?;
    if sent == SendOutcome::Nowhere {
        sent = bot.send(&Destination { is_traditional, ..Destination::asker(asker) }, turn.reply.clone()).await?;
    }
    if let SendOutcome::Message(answer_id) = sent {
        bot.in_memory.answer_cache.insert(asker, answer_id, text(&message), &context);
    }
    let chat = is_newest.then(|| ChatUpdate { asker, chat: after(&bot, chat, &context, &turn, at) });
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "edit")),
        chat,
        answer: link(&message, sent),
        kept: bot.retention.question(asker, text(&message), &turn, &bot.engine),
        ..Effects::default()
    })
}

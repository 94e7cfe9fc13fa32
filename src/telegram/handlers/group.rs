//! Purpose: groups, where the bot speaks when it is addressed and is otherwise silent.

use std::sync::Arc;

use super::{Outcome, asker, context, language, link, log, moved_on, text};
use crate::inbox::now;
use crate::question::Context;
use crate::reply;
use crate::store::{ChatUpdate, Group, GroupChange, Record};
use crate::telegram::address::Addressed;
use crate::telegram::bot::Bot;
use crate::telegram::limits::Admission;
use crate::telegram::send::{Sent, To};
use crate::telegram::update::{Membership, Message};
use crate::text::Language;

/// Answers a question put to us.
pub async fn asked(addressed: Addressed, message: Message, bot: Arc<Bot>) -> Outcome {
    let chat = bot.store.chat(asker(&message)).await?;
    let group = bot.store.group(message.chat_id).await?;
    let app_language = spoken(&group, &message);
    let in_language = bot.engine.language(language(&chat, app_language));
    let to = To {
        chat_id: message.chat_id,
        thread: message.thread,
        replies_to: Some((addressed.message_id, addressed.quote.clone())),
    };
    match bot.moment.limits.admit(asker(&message), message.id, now()) {
        Admission::Answer => {}
        Admission::Notice => {
            bot.send(&to, &reply::slow_down(in_language)).await?;
            return Ok(Record::default());
        }
        Admission::Silence => return Ok(Record::default()),
    }
    let Some(question) = &addressed.question else {
        let sent = bot.send(&to, &reply::how_to_ask_in_a_group(in_language)).await?;
        return Ok(Record { answer: link(&message, sent), ..Record::default() });
    };
    let context = context(&chat, app_language);
    let turn = bot.engine.ask(question, &context);
    let sent = bot.send(&to, &bot.engine.brief(&turn)).await?;
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(asker(&message), answer_id, question, &context);
    }
    let chat = moved_on(chat, turn.question.language, turn.shown().map(|s| bot.engine.id(s)));
    Ok(Record {
        turn: Some(log(&bot.engine, &turn, "group")),
        chat: Some(ChatUpdate { asker: asker(&message), chat }),
        answer: link(&message, sent),
        ..Record::default()
    })
}

/// The language where a message shows none and its writer has not spoken before: the group's, or else that of the writer's app.
fn spoken(group: &Group, message: &Message) -> Option<Language> {
    group.language.as_deref().and_then(|l| l.parse().ok()).or(message.language)
}

/// Changes the answer to a question that was changed; one that had none is left alone.
pub async fn edited(addressed: Addressed, message: Message, bot: Arc<Bot>) -> Outcome {
    let Some(answer_id) = bot.store.answer_to(message.chat_id, message.id).await? else { return Ok(Record::default()) };
    let Some(question) = &addressed.question else { return Ok(Record::default()) };
    let chat = bot.store.chat(asker(&message)).await?;
    let group = bot.store.group(message.chat_id).await?;
    let turn = bot.engine.ask(question, &context(&chat, spoken(&group, &message)));
    let sent = bot.edit(message.chat_id, answer_id, &bot.engine.brief(&turn)).await?;
    Ok(Record { turn: Some(log(&bot.engine, &turn, "edit")), answer: link(&message, sent), ..Record::default() })
}

/// Hears what was said to nobody in particular. In a group that wants it, a question that is certainly ours is answered, seldom.
pub async fn overheard(message: Message, bot: Arc<Bot>) -> Outcome {
    let group = bot.store.group(message.chat_id).await?;
    let is_command = text(&message).trim_start().starts_with('/');
    if !group.unasked || is_command || message.replies_to.is_some() {
        return Ok(Record::default());
    }
    bot.moment.overheard.hear(message.chat_id);
    let language = spoken(&group, &message);
    let turn = bot.engine.ask(text(&message), &Context { last_section: None, language });
    let shown = turn.shown().filter(|_| turn.is_certainly_asked(group.threshold));
    let Some(section) = shown.filter(|s| bot.moment.overheard.may_show(message.chat_id, *s, now())) else {
        return Ok(Record::default());
    };
    let to = To { chat_id: message.chat_id, thread: message.thread, replies_to: Some((message.id, None)) };
    let sent = bot.send(&to, &bot.engine.brief(&turn)).await?;
    tracing::debug!(section = %bot.engine.id(section), "answered unasked");
    Ok(Record { turn: Some(log(&bot.engine, &turn, "unasked")), answer: link(&message, sent), ..Record::default() })
}

/// Says, when taken into a group, how to ask there; and takes note of being removed.
pub async fn membership(membership: Membership, bot: Arc<Bot>) -> Outcome {
    if !membership.is_in {
        return Ok(Record { group: Some((membership.chat_id, GroupChange::Left)), ..Record::default() });
    }
    let reply = reply::how_to_ask_in_a_group(bot.engine.language(membership.language));
    bot.send(&To::chat(membership.chat_id), &reply).await?;
    Ok(Record::default())
}

/// Moves what is remembered of a group to the number that it has from now on.
pub async fn migrated(message: Message) -> Outcome {
    let group = message.migrated_to.map(|new| (message.chat_id, GroupChange::Migrated(new)));
    Ok(Record { group, ..Record::default() })
}

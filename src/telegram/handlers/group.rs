//! Handles messages in groups. By default the bot answers only messages that are addressed to it.

use std::sync::Arc;

use super::conversation::{HandlerResult, after, asker, context, in_reply, link, log, sent_at, text, user_locale};
use super::group_reply::{check_rate_limit, send_with_expiry};
use crate::inbox::Failure;
use crate::store::{ChatUpdate, ConversationKey, Deletion, Effects, Group, GroupChange, Migrated};
use crate::telegram::address::Addressed;
use crate::telegram::bot::Bot;
use crate::telegram::destination::{Destination, SendOutcome};
use crate::telegram::update::{MembershipChange, Message, Migration};
use footnote_engine::engine::Turn;
use footnote_engine::question::Context;
use footnote_engine::reply;
use footnote_engine::text::Locale;

/// Answers a group message that is addressed to the bot.
pub async fn asked(addressed: Addressed, message: Message, bot: Arc<Bot>) -> HandlerResult {
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    let group = bot.store.group(message.chat_id).await?;
    let app = group_locale(&group, &message);
    let locale = user_locale(&chat, app);
    let in_language = bot.engine.language(locale.language);
    let to = Destination {
        replies_to: Some((addressed.message_id, addressed.quote.clone())),
        is_silent: group.is_quiet(bot.store.now()),
        ..in_reply(&message, locale)
    };
    if let Some(effects) = check_rate_limit(&message, &to, in_language, &group, &bot).await? {
        return Ok(effects);
    }
    let Some(question) = &addressed.question else {
        let (sent, deletion) = send_with_expiry(&bot, &to, reply::how_to_ask_in_a_group(in_language), &group).await?;
        return Ok(Effects { answer: link(&message, sent), deletion, ..Effects::default() });
    };
    let at = sent_at(&message, &bot);
    let context = context(&chat, app, at);
    let turn = bot.engine.ask(question, &context);
    let to = Destination { is_traditional: turn.question.is_traditional, ..to };
    let (sent, deletion) = answer(&bot, &to, question, &context, &turn, &group).await?;
    let chat = after(&bot, chat, &context, &turn, at);
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "group")),
        chat: Some(ChatUpdate { asker, chat }),
        answer: link(&message, sent),
        deletion,
        kept: bot.retention.question(asker, question, &turn, &bot.engine),
        ..Effects::default()
    })
}

/// Returns the default locale for a reply to a group message. The group's language setting takes
/// precedence over the language of the sender's Telegram app.
fn group_locale(group: &Group, message: &Message) -> Locale {
    Locale { language: group.language.or(message.locale.language), ..message.locale }
}

/// Sends an answer to a group. Caches the question in memory, so that the bot can later explain the
/// answer or offer other sections.
async fn answer(
    bot: &Bot,
    to: &Destination,
    question: &str,
    context: &Context,
    turn: &Turn,
    group: &Group,
) -> Result<(SendOutcome, Option<Deletion>), Failure> {
    let (sent, deletion) = send_with_expiry(bot, to, bot.engine.brief(turn), group).await?;
    if let SendOutcome::Message(answer_id) = sent {
        bot.in_memory.answer_cache.insert(to.asker, answer_id, question, context);
    }
    Ok((sent, deletion))
}

/// Updates the bot's answer after a user edited the question. Does nothing if the bot never
/// answered the question.
pub async fn edited(addressed: Addressed, message: Message, bot: Arc<Bot>) -> HandlerResult {
    let asker = asker(&message);
    let Some(answer_id) = bot.store.answer_to(message.chat_id, message.id).await? else {
        return Ok(Effects::default());
    };
    let Some(question) = &addressed.question else { return Ok(Effects::default()) };
    let chat = bot.store.chat(asker).await?;
    let group = bot.store.group(message.chat_id).await?;
    let context = context(&chat, group_locale(&group, &message), sent_at(&message, &bot));
    let turn = bot.engine.ask(question, &context);
    let sent = bot.edit(asker, answer_id, bot.engine.brief(&turn), turn.question.is_traditional).await?;
    if let SendOutcome::Message(answer_id) = sent {
        bot.in_memory.answer_cache.insert(asker, answer_id, question, &context);
    }
    Ok(Effects { turn: Some(log(&bot.engine, &turn, "edit")), answer: link(&message, sent), ..Effects::default() })
}

/// Answers a message that is not addressed to the bot, if the group enabled proactive answers.
///
/// The text must be worded as a question, and the engine's confidence must reach the group's
/// threshold. The rate limit for proactive answers and the group's quiet hours must allow the
/// answer.
pub async fn proactive(message: Message, bot: Arc<Bot>) -> HandlerResult {
    let group = bot.store.group(message.chat_id).await?;
    let is_command = text(&message).trim_start().starts_with('/');
    if !group.unasked || is_command || message.replies_to.is_some() {
        return Ok(Effects::default());
    }
    bot.in_memory.proactive_limiter.record_message(message.chat_id, message.id);
    if group.is_quiet(bot.store.now()) {
        return Ok(Effects::default());
    }
    let Locale { language, is_traditional } = group_locale(&group, &message);
    let context = Context { last_section: None, language, is_traditional };
    let turn = bot.engine.ask(text(&message), &context);
    let shown = turn.shown().filter(|_| turn.is_certainly_asked(group.threshold));
    let is_admitted =
        |section: &usize| bot.in_memory.proactive_limiter.admit(message.chat_id, message.id, *section, bot.store.now());
    let Some(section) = shown.filter(is_admitted) else { return Ok(Effects::default()) };
    let to = Destination { is_traditional: turn.question.is_traditional, ..in_reply(&message, Locale::default()) };
    let (sent, deletion) = answer(&bot, &to, text(&message), &context, &turn, &group).await?;
    tracing::debug!(section = %bot.engine.id(section), "answered proactively");
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "unasked")),
        answer: link(&message, sent),
        deletion,
        ..Effects::default()
    })
}

/// Handles an update which says that the bot joined or left a group. After joining, sends
/// instructions on how to ask questions.
pub async fn membership(membership: MembershipChange, bot: Arc<Bot>) -> HandlerResult {
    let MembershipChange { chat_id, person_id, is_in, locale } = membership;
    if is_in {
        let reply = reply::how_to_ask_in_a_group(bot.engine.language(locale.language));
        let asker = ConversationKey { chat_id, person_id };
        bot.send(&Destination { is_traditional: locale.is_traditional, ..Destination::asker(asker) }, reply).await?;
    }
    let change = if is_in { GroupChange::Joined } else { GroupChange::Left };
    Ok(Effects { group: Some((chat_id, change)), ..Effects::default() })
}

/// Moves a group's data to its new id, after the group became a supergroup. Telegram sends such an
/// update for both the old and the new chat.
pub async fn migrated(message: Message, bot: Arc<Bot>) -> HandlerResult {
    let group = message.migration.map(|Migration { from, to }| {
        let (old_name, new_name) = (bot.retention.pseudonym(from), bot.retention.pseudonym(to));
        (from, GroupChange::Migrated(Migrated { to, old_name, new_name }))
    });
    Ok(Effects { group, ..Effects::default() })
}

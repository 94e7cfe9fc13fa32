//! Purpose: groups, where the bot speaks when it is addressed and is otherwise silent.

use std::sync::Arc;

use super::{Outcome, after, asker, context, in_reply, link, locale, log, sent_at, text};
use crate::inbox::Failure;
use crate::store::{ChatUpdate, ConversationKey, Deletion, Effects, Group, GroupChange, Migrated, Millis};
use crate::telegram::address::Addressed;
use crate::telegram::bot::Bot;
use crate::telegram::rate_limiter::Admission;
use crate::telegram::send::{Destination, Sent};
use crate::telegram::update::{Membership, Message, Migration};
use footnote_engine::engine::Turn;
use footnote_engine::question::Context;
use footnote_engine::reply::{self, Reply, reading_seconds};
use footnote_engine::text::{Language, Locale};

/// Answers a question put to us.
pub async fn asked(addressed: Addressed, message: Message, bot: Arc<Bot>) -> Outcome {
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    let group = bot.store.group(message.chat_id).await?;
    let app = user_locale(&group, &message);
    let spoken_to = locale(&chat, app);
    let in_language = bot.engine.language(spoken_to.language);
    let to = Destination {
        replies_to: Some((addressed.message_id, addressed.quote.clone())),
        is_silent: group.is_quiet(bot.store.now()),
        ..in_reply(&message, spoken_to)
    };
    if let Some(record) = check_rate_limit(&message, &to, in_language, &group, &bot).await? {
        return Ok(record);
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
        kept: bot.keeping.question(asker, question, &turn, &bot.engine),
        ..Effects::default()
    })
}

/// Whoever asks or commands too fast is told so, seldom, and then passed over. Gives what that leaves behind, or nothing where they are to be answered.
pub async fn check_rate_limit(
    message: &Message,
    to: &Destination,
    language: Language,
    group: &Group,
    bot: &Bot,
) -> Result<Option<Effects>, Failure> {
    Ok(match bot.moment.limits.admit(asker(message), message.id, sent_at(message, bot)) {
        Admission::Answer => None,
        Admission::Notice => {
            let (sent, deletion) = send_with_expiry(bot, to, reply::slow_down(language), group).await?;
            Some(Effects { answer: link(message, sent), deletion, ..Effects::default() })
        }
        Admission::Silence => Some(Effects::default()),
    })
}

/// The language where a message shows none and its writer has not spoken before: the group's, or else that of the writer's app.
fn user_locale(group: &Group, message: &Message) -> Locale {
    Locale { language: group.language.or(message.locale.language), ..message.locale }
}

/// Sends the answer to a question, and remembers what it answers.
async fn answer(
    bot: &Bot,
    to: &Destination,
    question: &str,
    context: &Context,
    turn: &Turn,
    group: &Group,
) -> Result<(Sent, Option<Deletion>), Failure> {
    let (sent, deletion) = send_with_expiry(bot, to, bot.engine.brief(turn), group).await?;
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(to.asker, answer_id, question, context);
    }
    Ok((sent, deletion))
}

/// Sends something into a group; where answers do not stay, with the time at which it goes.
async fn send_with_expiry(
    bot: &Bot,
    to: &Destination,
    reply: Reply,
    group: &Group,
) -> Result<(Sent, Option<Deletion>), Failure> {
    let stays = Millis::try_from(reading_seconds(&reply)).map_or(Millis::MAX, |seconds| seconds.saturating_mul(1000));
    let sent = bot.send(to, reply).await?;
    let deletion = match sent {
        Sent::Message(message_id) if group.tidy => {
            Some(Deletion { chat_id: to.asker.chat_id, message_id, due: bot.store.now().saturating_add(stays) })
        }
        _ => None,
    };
    Ok((sent, deletion))
}

/// Changes the answer to a question that was changed; one that had none is left alone.
pub async fn edited(addressed: Addressed, message: Message, bot: Arc<Bot>) -> Outcome {
    let asker = asker(&message);
    let Some(answer_id) = bot.store.answer_to(message.chat_id, message.id).await? else {
        return Ok(Effects::default());
    };
    let Some(question) = &addressed.question else { return Ok(Effects::default()) };
    let chat = bot.store.chat(asker).await?;
    let group = bot.store.group(message.chat_id).await?;
    let context = context(&chat, user_locale(&group, &message), sent_at(&message, &bot));
    let turn = bot.engine.ask(question, &context);
    let sent = bot.edit(asker, answer_id, bot.engine.brief(&turn), turn.question.is_traditional).await?;
    if let Sent::Message(answer_id) = sent {
        bot.moment.recent.remember(asker, answer_id, question, &context);
    }
    Ok(Effects { turn: Some(log(&bot.engine, &turn, "edit")), answer: link(&message, sent), ..Effects::default() })
}

/// Hears what was said to nobody in particular. In a group that wants it, a question that is certainly ours is answered, seldom, and not in quiet hours.
pub async fn overheard(message: Message, bot: Arc<Bot>) -> Outcome {
    let group = bot.store.group(message.chat_id).await?;
    let is_command = text(&message).trim_start().starts_with('/');
    if !group.unasked || is_command || message.replies_to.is_some() {
        return Ok(Effects::default());
    }
    bot.moment.overheard.hear(message.chat_id, message.id);
    if group.is_quiet(bot.store.now()) {
        return Ok(Effects::default());
    }
    let Locale { language, is_traditional } = user_locale(&group, &message);
    let context = Context { last_section: None, language, is_traditional };
    let turn = bot.engine.ask(text(&message), &context);
    let shown = turn.shown().filter(|_| turn.is_certainly_asked(group.threshold));
    let may_show =
        |section: &usize| bot.moment.overheard.may_show(message.chat_id, message.id, *section, bot.store.now());
    let Some(section) = shown.filter(may_show) else { return Ok(Effects::default()) };
    let to = Destination { is_traditional: turn.question.is_traditional, ..in_reply(&message, Locale::default()) };
    let (sent, deletion) = answer(&bot, &to, text(&message), &context, &turn, &group).await?;
    tracing::debug!(section = %bot.engine.id(section), "answered unasked");
    Ok(Effects {
        turn: Some(log(&bot.engine, &turn, "unasked")),
        answer: link(&message, sent),
        deletion,
        ..Effects::default()
    })
}

/// Says, when taken into a group, how to ask there; and takes note of being removed.
pub async fn membership(membership: Membership, bot: Arc<Bot>) -> Outcome {
    let Membership { chat_id, person_id, is_in, locale } = membership;
    if is_in {
        let reply = reply::how_to_ask_in_a_group(bot.engine.language(locale.language));
        let asker = ConversationKey { chat_id, person_id };
        bot.send(&Destination { is_traditional: locale.is_traditional, ..Destination::asker(asker) }, reply).await?;
    }
    let change = if is_in { GroupChange::Joined } else { GroupChange::Left };
    Ok(Effects { group: Some((chat_id, change)), ..Effects::default() })
}

/// Moves what is remembered of a group to the number that it has from now on. The new chat tells of it too, before anything is said there.
pub async fn migrated(message: Message, bot: Arc<Bot>) -> Outcome {
    let group = message.migration.map(|Migration { from, to }| {
        let (old_name, new_name) = (bot.keeping.name(from), bot.keeping.name(to));
        (from, GroupChange::Migrated(Migrated { to, old_name, new_name }))
    });
    Ok(Effects { group, ..Effects::default() })
}

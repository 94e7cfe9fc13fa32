//! Purpose: a button under one of our messages is pressed; the message then shows what the button leads to.

use std::sync::Arc;

use super::{Outcome, locale, moved_on, settings};
use crate::inbox::Failure;
use crate::store::{ChatUpdate, ConversationKey, Effects, Rating};
use crate::telegram::bot::Bot;
use crate::telegram::buttons::{CARDS, Refused};
use crate::telegram::send::{Destination, Sent};
use crate::telegram::update::{CallbackQuery, ChatKind, Under};
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::SectionId;
use footnote_engine::reply::{self, Action, Layout, Reply, SectionRef, wording};
use footnote_engine::text::{Language, Locale};

/// Does what the button says, if it is one of ours.
pub async fn pressed(press: CallbackQuery, bot: Arc<Bot>) -> Outcome {
    let outcome = match (&press.under, &press.inline_message_id) {
        (Some(under), _) => under_message(&press, under, &bot).await,
        (None, Some(card)) => under_card(&press, card, &bot).await,
        (None, None) => notice(&press, wording_for(&bot, press.locale).stale_button, &bot).await,
    };
    if matches!(outcome, Err(Failure::Permanent(_))) {
        // Whatever became of it, the button must not seem to wait for ever.
        bot.acknowledge(&press.id, None).await?;
    }
    outcome
}

fn wording_for(bot: &Bot, locale: Locale) -> &'static reply::Strings {
    wording(bot.engine.language(locale.language))
}

/// Ends the press with a few words that pass by, and changes nothing.
async fn notice(press: &CallbackQuery, words: &str, bot: &Bot) -> Outcome {
    bot.acknowledge(&press.id, Some(words)).await?;
    Ok(Effects::default())
}

/// Under a card, which stands in a chat that we need not know.
async fn under_card(press: &CallbackQuery, card: &str, bot: &Bot) -> Outcome {
    let passage = match bot.signer.verify(&press.data, CARDS) {
        Ok(Action::Read(passage)) => Some(passage),
        _ => None,
    };
    let reply = passage.as_ref().and_then(|passage| bot.engine.passage(passage, Layout::OpenCard));
    let (Some(passage), Some(reply)) = (passage, reply) else {
        return notice(press, wording_for(bot, press.locale).stale_button, bot).await;
    };
    let language = bot.engine.language(Some(passage.showing.language));
    bot.edit_card(card, &passage.section, language, &reply).await?;
    bot.acknowledge(&press.id, None).await?;
    Ok(Effects::default())
}

async fn under_message(press: &CallbackQuery, under: &Under, bot: &Bot) -> Outcome {
    let asker = ConversationKey { chat_id: under.chat_id, person_id: press.person_id };
    let chat = bot.store.chat(asker).await?;
    let spoken_to = locale(&chat, press.locale);
    let action = match bot.signer.verify(&press.data, asker) {
        Ok(action) => action,
        Err(Refused::NotYours) if under.kind == ChatKind::Group => {
            bot.alert(&press.id, wording_for(bot, spoken_to).not_yours).await?;
            return Ok(Effects::default());
        }
        Err(_) => return notice(press, wording_for(bot, spoken_to).stale_button, bot).await,
    };
    let to =
        Destination { thread: under.thread, is_traditional: spoken_to.is_traditional, ..Destination::asker(asker) };
    let to = to.replying(under.message_id);
    match &action {
        Action::Why => return explain(press, under, &to, bot).await,
        Action::Rate { section, helped } => return rate(press, under, &to, section, *helped, bot).await,
        Action::Set(setting) => return settings::change(press, *setting, asker, under.message_id, bot).await,
        _ => {}
    }
    let language = match &action {
        Action::Read(passage) => Some(passage.showing.language),
        Action::Speak(language) => Some(*language),
        _ => spoken_to.language,
    };
    let language = bot.engine.language(language);
    let view = match under.kind {
        ChatKind::Private if bot.moment.recent.of(under.chat_id, under.message_id).is_some() => Layout::Answer,
        ChatKind::Private => Layout::Whole,
        _ => Layout::Brief,
    };
    let Some(reply) = lead_to(&bot.engine, &action, language, view) else {
        return notice(press, wording(language).stale_button, bot).await;
    };
    let shown = bot.edit(asker, under.message_id, reply.clone(), spoken_to.is_traditional).await?;
    // Before anything is sent: were this to fail afterwards, it would be sent again.
    bot.acknowledge(&press.id, None).await?;
    if shown == Sent::Nowhere {
        // Too old to be changed, or gone.
        bot.send(&Destination { replies_to: None, ..to }, reply).await?;
    }
    let shown = match &action {
        Action::Section(id) => Some(id),
        // Whoever turns the pages of somebody else's answer has not asked about it.
        Action::Read(passage) if under.kind == ChatKind::Private => Some(&passage.section),
        Action::Read(_) => return Ok(Effects::default()),
        _ => None,
    };
    let chat = moved_on(chat, Locale { language: Some(language), ..spoken_to }, shown, bot.store.now());
    Ok(Effects { chat: Some(ChatUpdate { asker, chat }), ..Effects::default() })
}

/// Says how the answer was found, in a message of its own.
async fn explain(press: &CallbackQuery, under: &Under, to: &Destination, bot: &Bot) -> Outcome {
    let Some(asked) = bot.moment.recent.of(under.chat_id, under.message_id) else {
        return notice(press, wording_for(bot, press.locale).why_nothing, bot).await;
    };
    let turn = bot.engine.ask(&asked.question, &asked.context);
    bot.acknowledge(&press.id, None).await?;
    bot.send(to, bot.engine.why(&turn)).await?;
    Ok(Effects::default())
}

/// Takes note of an opinion. Whoever asked and was not helped is offered what else may have been meant, unless they thought otherwise before.
async fn rate(
    press: &CallbackQuery,
    under: &Under,
    to: &Destination,
    section: &SectionId,
    helped: bool,
    bot: &Bot,
) -> Outcome {
    let before = bot.store.rating(to.asker, under.message_id).await?;
    bot.acknowledge(&press.id, Some(wording_for(bot, press.locale).rated)).await?;
    if before == Some(helped) {
        return Ok(Effects::default());
    }
    let asked = bot.moment.recent.of(under.chat_id, under.message_id);
    if let Some(asked) = asked.filter(|asked| !helped && before.is_none() && asked.person_id == press.person_id) {
        let turn = bot.engine.ask(&asked.question, &asked.context);
        bot.send(to, bot.engine.alternatives(&turn)).await?;
    }
    let rating = Rating { asker: to.asker, message_id: under.message_id, section: section.to_string(), helped };
    Ok(Effects { rating: Some(rating), ..Effects::default() })
}

/// What a button leads to; `None` if the base no longer has it.
fn lead_to(engine: &Engine, action: &Action, language: Language, view: Layout) -> Option<Reply> {
    match action {
        Action::Section(id) => engine.passage(&SectionRef::of(id.clone(), language), view),
        Action::Read(passage) => engine.passage(passage, view),
        Action::Product(id) => reply::product(engine.knowledge(), id, language),
        Action::Why | Action::Rate { .. } | Action::Set(_) => None,
        Action::Speak(_) => Some(reply::language_chosen(language)),
        Action::Topics => Some(reply::topics(engine.knowledge(), language)),
        Action::NoneOfThese => Some(reply::none_of_these(language)),
    }
}

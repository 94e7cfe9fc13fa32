//! Handles callback queries. Telegram sends a callback query when a user presses a button under a
//! message of the bot.

use std::sync::Arc;

use super::conversation::{HandlerResult, conversation_after, user_locale};
use super::settings;
use crate::inbox::Failure;
use crate::store::{ChatUpdate, ConversationKey, Effects, Rating};
use crate::telegram::bot::Bot;
use crate::telegram::buttons::{CARDS, VerifyError};
use crate::telegram::destination::{Destination, SendOutcome};
use crate::telegram::update::{ButtonMessage, CallbackQuery, ChatKind};
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::SectionId;
use footnote_engine::reply::{self, Action, Layout, Reply, SectionRef, Strings, Target};
use footnote_engine::text::{Language, Locale};

/// Handles a callback query and acknowledges it.
pub async fn pressed(query: CallbackQuery, bot: Arc<Bot>) -> HandlerResult {
    let outcome = match (&query.under, &query.inline_message_id) {
        (Some(under), _) => under_message(&query, under, &bot).await,
        (None, Some(card)) => under_card(&query, card, &bot).await,
        (None, None) => notice(&query, strings_for(&bot, query.locale).stale_button, &bot).await,
    };
    if matches!(outcome, Err(Failure::Permanent(_))) {
        // Without an acknowledgement, Telegram keeps showing a loading animation on the button.
        bot.acknowledge(&query.id, None).await?;
    }
    outcome
}

fn strings_for(bot: &Bot, locale: Locale) -> &'static reply::Strings {
    Strings::of(bot.engine.language(locale.language))
}

/// Shows a short notice to the user who pressed the button, and stores no effects.
async fn notice(query: &CallbackQuery, words: &str, bot: &Bot) -> HandlerResult {
    bot.acknowledge(&query.id, Some(words)).await?;
    Ok(Effects::default())
}

/// Handles a button under an inline result that a user sent to a chat. The bot may not be a member
/// of that chat.
async fn under_card(query: &CallbackQuery, card: &str, bot: &Bot) -> HandlerResult {
    let action = bot.signer.verify(&query.data, CARDS).map(|action| action.resolved(bot.engine.knowledge()));
    let section_ref = match action {
        Ok(Action::Navigate(Target::SectionPage(section_ref))) => Some(section_ref),
        _ => None,
    };
    let reply = section_ref.as_ref().and_then(|section_ref| bot.engine.section_page(section_ref, Layout::OpenCard));
    let (Some(section_ref), Some(reply)) = (section_ref, reply) else {
        return notice(query, strings_for(bot, query.locale).stale_button, bot).await;
    };
    let language = bot.engine.language(Some(section_ref.showing.language));
    bot.edit_card(card, &section_ref.section, language, query.locale.is_traditional, reply).await?;
    bot.acknowledge(&query.id, None).await?;
    Ok(Effects::default())
}

async fn under_message(query: &CallbackQuery, under: &ButtonMessage, bot: &Bot) -> HandlerResult {
    let asker = ConversationKey { chat_id: under.chat_id, person_id: query.person_id };
    let chat = bot.store.chat(asker).await?;
    let locale = user_locale(&chat, query.locale);
    let action = match bot.signer.verify(&query.data, asker) {
        Ok(action) => action.resolved(bot.engine.knowledge()),
        Err(VerifyError::NotYours) if under.kind == ChatKind::Group => {
            bot.alert(&query.id, strings_for(bot, locale).not_yours).await?;
            return Ok(Effects::default());
        }
        Err(_) => return notice(query, strings_for(bot, locale).stale_button, bot).await,
    };
    let to = Destination { thread: under.thread, is_traditional: locale.is_traditional, ..Destination::asker(asker) };
    let to = to.replying(under.message_id);
    let target = match action {
        Action::Navigate(target) => target,
        Action::Explain => return explain(query, under, &to, bot).await,
        Action::Rate { section, helped } => return rate(query, under, &to, &section, helped, bot).await,
        Action::Set(setting) => return settings::change(query, setting, asker, under.message_id, bot).await,
    };
    let language = match &target {
        Target::SectionPage(section_ref) => Some(section_ref.showing.language),
        Target::Language(language) => Some(*language),
        _ => locale.language,
    };
    let language = bot.engine.language(language);
    let layout = match under.kind {
        ChatKind::Private if bot.in_memory.answer_cache.get(under.chat_id, under.message_id).is_some() => {
            Layout::Answer
        }
        ChatKind::Private => Layout::Whole,
        _ => Layout::Brief,
    };
    let Some(reply) = view(&bot.engine, &target, language, layout) else {
        return notice(query, Strings::of(language).stale_button, bot).await;
    };
    let shown = bot.edit(asker, under.message_id, reply.clone(), locale.is_traditional).await?;
    // Acknowledges the callback query before sending. If acknowledging failed after sending, the
    // inbox would retry the update and send the message again.
    bot.acknowledge(&query.id, None).await?;
    if shown == SendOutcome::Nowhere {
        // The message was deleted or is too old to edit, so the reply is sent as a new message.
        bot.send(&Destination { replies_to: None, ..to }, reply).await?;
    }
    let shown = match &target {
        Target::Section(id) => Some(id),
        // In a group, anyone may turn the pages of an answer. This does not change the conversation
        // of that person.
        Target::SectionPage(section_ref) if under.kind == ChatKind::Private => Some(&section_ref.section),
        Target::SectionPage(_) => return Ok(Effects::default()),
        _ => None,
    };
    let chat = conversation_after(chat, Locale { language: Some(language), ..locale }, shown, bot.store.now());
    Ok(Effects { chat: Some(ChatUpdate { asker, chat }), ..Effects::default() })
}

/// Sends a message that explains how the bot found the answer above the button.
async fn explain(query: &CallbackQuery, under: &ButtonMessage, to: &Destination, bot: &Bot) -> HandlerResult {
    let Some(asked) = bot.in_memory.answer_cache.get(under.chat_id, under.message_id) else {
        return notice(query, strings_for(bot, query.locale).why_nothing, bot).await;
    };
    let turn = bot.engine.ask(&asked.question, &asked.context);
    bot.acknowledge(&query.id, None).await?;
    bot.send(to, bot.engine.why(&turn)).await?;
    Ok(Effects::default())
}

/// Stores a user's rating of an answer (👍 or 👎). If the user asked the question and gives 👎 as
/// first rating, also offers other sections.
async fn rate(
    query: &CallbackQuery,
    under: &ButtonMessage,
    to: &Destination,
    section: &SectionId,
    helped: bool,
    bot: &Bot,
) -> HandlerResult {
    let before = bot.store.rating(to.asker, under.message_id).await?;
    bot.acknowledge(&query.id, Some(strings_for(bot, query.locale).rated)).await?;
    if before == Some(helped) {
        return Ok(Effects::default());
    }
    let asked = bot.in_memory.answer_cache.get(under.chat_id, under.message_id);
    if let Some(asked) = asked.filter(|asked| !helped && before.is_none() && asked.person_id == query.person_id) {
        let turn = bot.engine.ask(&asked.question, &asked.context);
        bot.send(to, bot.engine.alternatives(&turn)).await?;
    }
    let rating = Rating { asker: to.asker, message_id: under.message_id, section: section.to_string(), helped };
    Ok(Effects { rating: Some(rating), ..Effects::default() })
}

/// Creates the reply that a button opens. Returns `None` if the knowledge base no longer contains
/// the button's target.
fn view(engine: &Engine, target: &Target, language: Language, layout: Layout) -> Option<Reply> {
    match target {
        Target::Section(id) => engine.section_page(&SectionRef::of(id.clone(), language), layout),
        Target::SectionPage(section_ref) => engine.section_page(section_ref, layout),
        Target::Product(id) => reply::product(engine.knowledge(), id, language),
        Target::Language(_) => Some(reply::language_chosen(language)),
        Target::Topics => Some(reply::topics(engine.knowledge(), language)),
        Target::NoneOfThese => Some(reply::none_of_these(language)),
    }
}

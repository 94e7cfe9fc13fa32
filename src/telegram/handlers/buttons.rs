//! Purpose: a button under one of our messages is pressed; the message then shows what the button leads to.

use std::sync::Arc;

use super::{Outcome, language, moved_on, settings};
use crate::engine::Engine;
use crate::knowledge::SectionId;
use crate::reply::{self, Action, Reply, wording};
use crate::store::{Asker, ChatUpdate, Rating, Record};
use crate::telegram::bot::Bot;
use crate::telegram::buttons::NO_CHAT;
use crate::telegram::send::{self, Sent, To};
use crate::telegram::update::{ChatKind, Press};
use crate::text::Language;

/// Does what the button says, if it is one of ours.
pub async fn pressed(press: Press, bot: Arc<Bot>) -> Outcome {
    let chat_id = press.message.map_or(NO_CHAT, |(chat_id, ..)| chat_id);
    let asker = Asker { chat_id, person_id: press.person_id };
    let chat = bot.store.chat(asker).await?;
    let has_place = press.message.is_some() || press.inline_message_id.is_some();
    let action = bot.signer.verify(&press.data, chat_id).filter(|_| has_place);
    let language = match &action {
        Some(Action::Read { language, .. } | Action::Speak(language)) => bot.engine.language(Some(*language)),
        _ => bot.engine.language(language(&chat, press.language)),
    };
    let say = wording(language);
    let stale = async || {
        send::acknowledge(&bot.api, &press.id, Some(say.stale_button)).await?;
        Ok(Record::default())
    };
    let Some(action) = action else { return stale().await };
    let Some((chat_id, message_id, kind)) = press.message else {
        // Under a card, which stands in a chat that we need not know.
        let (Action::Read { section, sentence, .. }, Some(card)) = (&action, &press.inline_message_id) else {
            return stale().await;
        };
        let Some(reply) = bot.engine.brief_section(section, language, *sentence) else { return stale().await };
        send::edit_card(&bot.api, &bot.signer, &bot.me, language, card, section, &reply).await?;
        send::acknowledge(&bot.api, &press.id, None).await?;
        return Ok(Record::default());
    };
    let asked = || bot.moment.recent.of(chat_id, message_id);
    let after = To { chat_id, replies_to: Some((message_id, None)), ..To::default() };
    match &action {
        Action::Why => {
            let Some(asked) = asked() else {
                send::acknowledge(&bot.api, &press.id, Some(say.why_nothing)).await?;
                return Ok(Record::default());
            };
            let turn = bot.engine.ask(&asked.question, &asked.context);
            send::acknowledge(&bot.api, &press.id, None).await?;
            bot.send(&after, &bot.engine.why(&turn)).await?;
            return Ok(Record::default());
        }
        Action::Rate { section, helped } => {
            send::acknowledge(&bot.api, &press.id, Some(say.rated)).await?;
            if let Some(asked) = asked().filter(|_| !helped) {
                let turn = bot.engine.ask(&asked.question, &asked.context);
                bot.send(&after, &bot.engine.alternatives(&turn)).await?;
            }
            let rating = Rating { asker, message_id, section: section.to_string(), helped: *helped };
            return Ok(Record { rating: Some(rating), ..Record::default() });
        }
        Action::Set(setting) => return settings::change(&press, *setting, chat_id, message_id, &bot).await,
        _ => {}
    }
    let view = View::of(kind, asked().is_some());
    let Some(reply) = lead_to(&bot.engine, &action, language, view) else { return stale().await };
    if bot.edit(chat_id, message_id, &reply).await? == Sent::Nowhere {
        // Too old to be changed, or gone.
        bot.send(&To::chat(chat_id), &reply).await?;
    }
    send::acknowledge(&bot.api, &press.id, None).await?;
    let shown = match &action {
        Action::Section(id) | Action::Read { section: id, .. } => Some(id),
        _ => None,
    };
    let chat = moved_on(chat, language, shown);
    Ok(Record { chat: Some(ChatUpdate { asker, chat }), ..Record::default() })
}

/// How a section is shown where a button was pressed.
#[derive(Clone, Copy)]
enum View {
    /// As the answer to a question that is still known.
    Answer,
    /// To somebody who is looking around.
    Whole,
    /// In a group.
    Brief,
}

impl View {
    fn of(chat: ChatKind, is_answer: bool) -> View {
        match (chat, is_answer) {
            (ChatKind::Private, true) => View::Answer,
            (ChatKind::Private, false) => View::Whole,
            _ => View::Brief,
        }
    }

    fn section(self, engine: &Engine, id: &SectionId, language: Language, sentence: Option<usize>) -> Option<Reply> {
        match self {
            View::Answer => engine.answer_section(id, language, sentence),
            View::Whole => engine.section(id, language, sentence),
            View::Brief => engine.brief_section(id, language, sentence),
        }
    }
}

/// What a button leads to; `None` if the base no longer has it.
fn lead_to(engine: &Engine, action: &Action, language: Language, view: View) -> Option<Reply> {
    match action {
        Action::Section(id) => view.section(engine, id, language, None),
        Action::Read { section, sentence, .. } => view.section(engine, section, language, *sentence),
        Action::Product(id) => reply::product(engine.knowledge(), id, language),
        Action::Why | Action::Rate { .. } | Action::Set(_) => None,
        Action::Speak(_) => Some(reply::language_chosen(language)),
        Action::Topics => Some(reply::topics(engine.knowledge(), language)),
        Action::NoneOfThese => Some(reply::none_of_these(language)),
    }
}

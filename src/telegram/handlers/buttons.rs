//! Purpose: a button under one of our messages is pressed; the message then shows what the button leads to.

use std::sync::Arc;

use super::{Outcome, language, moved_on, settings};
use crate::engine::Engine;
use crate::reply::{self, Action, Reply, wording};
use crate::store::{Asker, ChatUpdate, Rating, Record, Store};
use crate::telegram::Me;
use crate::telegram::api::Api;
use crate::telegram::buttons::{NO_CHAT, Signer};
use crate::telegram::moment::Moment;
use crate::telegram::send::{self, Sent, To};
use crate::telegram::update::{ChatKind, Press};
use crate::text::Language;

/// Does what the button says, if it is one of ours.
pub async fn pressed(
    press: Press,
    me: Me,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let chat_id = press.message.map_or(NO_CHAT, |(chat_id, ..)| chat_id);
    let asker = Asker { chat_id, person_id: press.person_id };
    let chat = store.chat(asker).await?;
    let has_place = press.message.is_some() || press.inline_message_id.is_some();
    let action = signer.verify(&press.data, chat_id).filter(|_| has_place);
    let language = match &action {
        Some(Action::Read { language, .. } | Action::Speak(language)) => engine.language(Some(*language)),
        _ => engine.language(language(&chat, press.language)),
    };
    let say = wording(language);
    let stale = async || {
        send::acknowledge(&api, &press.id, Some(say.stale_button)).await?;
        Ok(Record::default())
    };
    let Some(action) = action else { return stale().await };
    let Some((chat_id, message_id, kind)) = press.message else {
        // Under a card, which stands in a chat that we need not know.
        let (Action::Read { section, sentence, .. }, Some(card)) = (&action, &press.inline_message_id) else {
            return stale().await;
        };
        let Some(reply) = engine.read(section, language, *sentence, true) else { return stale().await };
        send::edit_card(&api, &signer, &me, language, card, section, &reply).await?;
        send::acknowledge(&api, &press.id, None).await?;
        return Ok(Record::default());
    };
    let asked = || moment.recent.of(chat_id, message_id);
    let after = To { chat_id, replies_to: Some((message_id, None)), ..To::default() };
    match &action {
        Action::Why => {
            let Some(asked) = asked() else {
                send::acknowledge(&api, &press.id, Some(say.why_nothing)).await?;
                return Ok(Record::default());
            };
            let turn = engine.ask(&asked.question, &asked.context);
            send::acknowledge(&api, &press.id, None).await?;
            send::send(&api, &signer, &after, &engine.why(&turn)).await?;
            return Ok(Record::default());
        }
        Action::Rate { section, helped } => {
            send::acknowledge(&api, &press.id, Some(say.rated)).await?;
            if let Some(asked) = asked().filter(|_| !helped) {
                let turn = engine.ask(&asked.question, &asked.context);
                send::send(&api, &signer, &after, &engine.alternatives(&turn)).await?;
            }
            let rating = Rating { asker, message_id, section: section.to_string(), helped: *helped };
            return Ok(Record { rating: Some(rating), ..Record::default() });
        }
        Action::Set(setting) => {
            let Some(group) = settings::change(&press, setting, chat_id, &moment, &api, &store).await? else {
                return Ok(Record::default());
            };
            send::edit(&api, &signer, chat_id, message_id, &settings::panel(&engine, &me, &group, language)).await?;
            send::acknowledge(&api, &press.id, None).await?;
            return Ok(settings::kept(chat_id, group));
        }
        _ => {}
    }
    let Some(reply) = lead_to(&engine, &action, language, kind != ChatKind::Private) else { return stale().await };
    if send::edit(&api, &signer, chat_id, message_id, &reply).await? == Sent::Nowhere {
        // Too old to be changed, or gone.
        send::send(&api, &signer, &To::chat(chat_id), &reply).await?;
    }
    send::acknowledge(&api, &press.id, None).await?;
    let shown = match &action {
        Action::Section(id) | Action::Read { section: id, .. } => Some(id),
        _ => None,
    };
    let chat = moved_on(chat, language, shown);
    Ok(Record { chat: Some(ChatUpdate { asker, chat }), ..Record::default() })
}

/// What a button leads to; `None` if the base no longer has it.
fn lead_to(engine: &Engine, action: &Action, language: Language, briefly: bool) -> Option<Reply> {
    match action {
        Action::Section(id) => engine.read(id, language, None, briefly),
        Action::Read { section, sentence, .. } => engine.read(section, language, *sentence, briefly),
        Action::Product(id) => reply::product(engine.knowledge(), id, language),
        Action::Why | Action::Rate { .. } | Action::Set(_) => None,
        Action::Speak(_) => Some(reply::language_chosen(language)),
        Action::Topics => Some(reply::topics(engine.knowledge(), language)),
        Action::NoneOfThese => Some(reply::none_of_these(language)),
    }
}

//! Purpose: a button under one of our messages is pressed; the message then shows what the button leads to.

use std::sync::Arc;

use super::{Outcome, language, moved_on};
use crate::engine::Engine;
use crate::reply::{self, Action, Reply, wording};
use crate::store::{Asker, ChatUpdate, Record, Store};
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::send::{self, Sent, To};
use crate::telegram::update::{ChatKind, Press};
use crate::text::Language;

/// Does what the button says, if it is one of ours.
pub async fn pressed(press: Press, api: Arc<Api>, engine: Arc<Engine>, store: Store, signer: Signer) -> Outcome {
    let chat_id = press.message.map(|(chat_id, ..)| chat_id);
    let asker = Asker { chat_id: chat_id.unwrap_or_default(), person_id: press.person_id };
    let chat = store.chat(asker).await?;
    let action = chat_id.and_then(|chat_id| signer.verify(&press.data, chat_id));
    let language = match &action {
        Some(Action::Read { language, .. } | Action::Speak(language)) => engine.language(Some(*language)),
        _ => engine.language(language(&chat, press.language)),
    };
    let briefly = press.message.is_some_and(|(.., kind)| kind != ChatKind::Private);
    let reply = action.as_ref().and_then(|action| lead_to(&engine, action, language, briefly));
    let (Some(reply), Some((chat_id, message_id, _))) = (reply, press.message) else {
        send::acknowledge(&api, &press.id, Some(wording(language).stale_button)).await?;
        return Ok(Record::default());
    };
    if send::edit(&api, &signer, chat_id, message_id, &reply).await? == Sent::Nowhere {
        // Too old to be changed, or gone.
        send::send(&api, &signer, &To::chat(chat_id), &reply).await?;
    }
    send::acknowledge(&api, &press.id, None).await?;
    let shown = match &action {
        Some(Action::Section(id) | Action::Read { section: id, .. }) => Some(id),
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
        Action::Speak(_) => Some(reply::language_chosen(language)),
        Action::Topics => Some(reply::topics(engine.knowledge(), language)),
        Action::NoneOfThese => Some(reply::none_of_these(language)),
    }
}

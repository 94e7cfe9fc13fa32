//! Purpose: groups, where the bot speaks when it is addressed and is otherwise silent.

use std::sync::Arc;

use super::{Outcome, asker, context, language, link, log, moved_on};
use crate::engine::Engine;
use crate::inbox::now;
use crate::reply;
use crate::store::{ChatUpdate, Record, Store};
use crate::telegram::address::Addressed;
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::limits::{Admission, Limits};
use crate::telegram::send::{self, To};
use crate::telegram::update::{Joined, Message};

/// Answers a question put to us.
pub async fn asked(
    addressed: Addressed,
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    limits: Arc<Limits>,
) -> Outcome {
    let chat = store.chat(asker(&message)).await?;
    let in_language = engine.language(language(&chat, message.language));
    let to = To {
        chat_id: message.chat_id,
        thread: message.thread,
        replies_to: Some((addressed.message_id, addressed.quote.clone())),
    };
    match limits.admit(message.person_id, message.chat_id, now()) {
        Admission::Answer => {}
        Admission::Notice => {
            send::send(&api, &signer, &to, &reply::slow_down(in_language)).await?;
            return Ok(Record::default());
        }
        Admission::Silence => return Ok(Record::default()),
    }
    let Some(question) = &addressed.question else {
        let sent = send::send(&api, &signer, &to, &reply::how_to_ask_in_a_group(in_language)).await?;
        return Ok(Record { answer: link(&message, sent), ..Record::default() });
    };
    let turn = engine.ask(question, &context(&chat, message.language));
    let sent = send::send(&api, &signer, &to, &engine.brief(&turn)).await?;
    let chat = moved_on(chat, turn.question.language, turn.shown().map(|s| engine.id(s)));
    Ok(Record {
        turn: Some(log(&engine, &turn, "group")),
        chat: Some(ChatUpdate { asker: asker(&message), chat }),
        answer: link(&message, sent),
        ..Record::default()
    })
}

/// Changes the answer to a question that was changed; one that had none is left alone.
pub async fn edited(
    addressed: Addressed,
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
) -> Outcome {
    let Some(answer_id) = store.answer_to(message.chat_id, message.id).await? else { return Ok(Record::default()) };
    let Some(question) = &addressed.question else { return Ok(Record::default()) };
    let chat = store.chat(asker(&message)).await?;
    let turn = engine.ask(question, &context(&chat, message.language));
    let sent = send::edit(&api, &signer, message.chat_id, answer_id, &engine.brief(&turn)).await?;
    Ok(Record { turn: Some(log(&engine, &turn, "edit")), answer: link(&message, sent), ..Record::default() })
}

/// Says, when taken into a group, how to ask there.
pub async fn joined(joined: Joined, api: Arc<Api>, engine: Arc<Engine>, signer: Signer) -> Outcome {
    let reply = reply::how_to_ask_in_a_group(engine.language(joined.language));
    send::send(&api, &signer, &To::chat(joined.chat_id), &reply).await?;
    Ok(Record::default())
}

/// Moves what is remembered of a group to the number that it has from now on.
pub async fn migrated(message: Message) -> Outcome {
    Ok(Record { migrated: message.migrated_to.map(|new| (message.chat_id, new)), ..Record::default() })
}

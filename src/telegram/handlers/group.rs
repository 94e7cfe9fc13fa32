//! Purpose: groups, where the bot speaks when it is addressed and is otherwise silent.

use std::sync::Arc;

use super::{Outcome, asker, context, language, link, log, moved_on, text};
use crate::engine::Engine;
use crate::inbox::now;
use crate::question::Context;
use crate::reply;
use crate::store::{ChatUpdate, GroupChange, Record, Store};
use crate::telegram::address::Addressed;
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::limits::Admission;
use crate::telegram::moment::Moment;
use crate::telegram::send::{self, Sent, To};
use crate::telegram::update::{Joined, Message};

/// Answers a question put to us.
pub async fn asked(
    addressed: Addressed,
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let chat = store.chat(asker(&message)).await?;
    let in_language = engine.language(language(&chat, message.language));
    let to = To {
        chat_id: message.chat_id,
        thread: message.thread,
        replies_to: Some((addressed.message_id, addressed.quote.clone())),
    };
    match moment.limits.admit(message.person_id, message.chat_id, now()) {
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
    let context = context(&chat, message.language);
    let turn = engine.ask(question, &context);
    let sent = send::send(&api, &signer, &to, &engine.brief(&turn)).await?;
    if let Sent::Message(answer_id) = sent {
        moment.recent.remember(message.chat_id, answer_id, question, &context);
    }
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

/// Hears what was said to nobody in particular. In a group that wants it, a question that is certainly ours is answered, seldom.
pub async fn overheard(
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let group = store.group(message.chat_id).await?;
    if !group.unasked || message.replies_to.is_some() {
        return Ok(Record::default());
    }
    moment.overheard.hear(message.chat_id);
    let language = group.language.and_then(|l| l.parse().ok()).or(message.language);
    let turn = engine.ask(text(&message), &Context { last_section: None, language });
    let shown = turn.shown().filter(|_| turn.is_certainly_asked(group.threshold));
    let Some(section) = shown.filter(|s| moment.overheard.may_show(message.chat_id, *s, now())) else {
        return Ok(Record::default());
    };
    let to = To { chat_id: message.chat_id, thread: message.thread, replies_to: Some((message.id, None)) };
    let sent = send::send(&api, &signer, &to, &engine.brief(&turn)).await?;
    tracing::debug!(section = %engine.id(section), "answered unasked");
    Ok(Record { turn: Some(log(&engine, &turn, "unasked")), answer: link(&message, sent), ..Record::default() })
}

/// Says, when taken into a group, how to ask there; and takes note of being removed.
pub async fn joined(joined: Joined, api: Arc<Api>, engine: Arc<Engine>, signer: Signer) -> Outcome {
    if joined.has_left {
        return Ok(Record { group: Some((joined.chat_id, GroupChange::Left)), ..Record::default() });
    }
    let reply = reply::how_to_ask_in_a_group(engine.language(joined.language));
    send::send(&api, &signer, &To::chat(joined.chat_id), &reply).await?;
    Ok(Record::default())
}

/// Moves what is remembered of a group to the number that it has from now on.
pub async fn migrated(message: Message) -> Outcome {
    let group = message.migrated_to.map(|new| (message.chat_id, GroupChange::Migrated(new)));
    Ok(Record { group, ..Record::default() })
}

//! Purpose: the settings of a group, for its administrators.

use std::sync::Arc;

use super::{Outcome, language};
use crate::engine::Engine;
use crate::reply::{self, Reply, Setting, wording};
use crate::store::{Chat, Group, GroupChange, Record, Store};
use crate::telegram::Me;
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::moment::Moment;
use crate::telegram::send::{self, To};
use crate::telegram::update::{Message, Press};
use crate::text::Language;

/// The panel, with its state.
pub fn panel(engine: &Engine, me: &Me, group: &Group, language: Language) -> Reply {
    let own = group.language.as_deref().and_then(|l| l.parse().ok());
    reply::settings(engine.knowledge(), language, group.unasked, group.threshold, own, me.reads_all)
}

/// Shows the panel to an administrator.
pub async fn show(
    message: Message,
    me: Me,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let group = store.group(message.chat_id).await?;
    let language = engine.language(language(&Chat::default(), message.language));
    let to = To { chat_id: message.chat_id, thread: message.thread, replies_to: Some((message.id, None)) };
    let is_admin = moment.admins.is_one(&api, message.chat_id, message.person_id).await;
    let reply = if is_admin { panel(&engine, &me, &group, language) } else { reply::for_administrators(language) };
    send::send(&api, &signer, &to, &reply).await?;
    Ok(Record::default())
}

/// Changes a setting, if an administrator wants it.
pub async fn change(
    press: &Press,
    setting: &Setting,
    chat_id: i64,
    moment: &Moment,
    api: &Api,
    store: &Store,
) -> Result<Option<Group>, crate::inbox::Failure> {
    if !moment.admins.is_one(api, chat_id, press.person_id).await {
        let language = press.language.unwrap_or(Language::EN);
        send::alert(api, &press.id, wording(language).for_administrators).await?;
        return Ok(None);
    }
    let group = store.group(chat_id).await?;
    Ok(Some(match setting {
        Setting::Unasked(unasked) => Group { unasked: *unasked, ..group },
        Setting::Threshold(percent) => Group { threshold: f64::from(*percent) / 100.0, ..group },
        Setting::Language(language) => Group { language: language.map(|l| l.to_string()), ..group },
    }))
}

/// The new settings, as they are kept.
pub fn kept(chat_id: i64, group: Group) -> Record {
    Record { group: Some((chat_id, GroupChange::Set(group))), ..Record::default() }
}

//! Purpose: the settings of a group, for its administrators.

use std::sync::Arc;

use super::Outcome;
use crate::reply::{self, Reply, Setting, wording};
use crate::store::{Group, GroupChange, Record};
use crate::telegram::bot::Bot;
use crate::telegram::send::{self, To};
use crate::telegram::update::{Message, Press};
use crate::text::Language;

/// The panel, with its state.
pub fn panel(bot: &Bot, group: &Group, language: Language) -> Reply {
    let own = group.language.as_deref().and_then(|l| l.parse().ok());
    reply::settings(bot.engine.knowledge(), language, group.unasked, group.threshold, own, bot.me.reads_all)
}

/// Shows the panel to an administrator.
pub async fn show(message: Message, bot: Arc<Bot>) -> Outcome {
    let group = bot.store.group(message.chat_id).await?;
    let language = bot.engine.language(message.language);
    let to = To { chat_id: message.chat_id, thread: message.thread, replies_to: Some((message.id, None)) };
    let is_admin = bot.moment.admins.is_one(&bot.api, message.chat_id, message.person_id).await;
    let reply = if is_admin { panel(&bot, &group, language) } else { reply::for_administrators(language) };
    bot.send(&to, &reply).await?;
    Ok(Record::default())
}

/// Changes a setting and shows the panel as it is then, if an administrator wants it.
pub async fn change(press: &Press, setting: Setting, chat_id: i64, message_id: i64, bot: &Bot) -> Outcome {
    let language = bot.engine.language(press.language);
    if !bot.moment.admins.is_one(&bot.api, chat_id, press.person_id).await {
        send::alert(&bot.api, &press.id, wording(language).for_administrators).await?;
        return Ok(Record::default());
    }
    let group = bot.store.group(chat_id).await?;
    let group = match setting {
        Setting::Unasked(unasked) => Group { unasked, ..group },
        Setting::Threshold(percent) => Group { threshold: f64::from(percent) / 100.0, ..group },
        Setting::Language(language) => Group { language: language.map(|l| l.to_string()), ..group },
    };
    bot.edit(chat_id, message_id, &panel(bot, &group, language)).await?;
    send::acknowledge(&bot.api, &press.id, None).await?;
    Ok(Record { group: Some((chat_id, GroupChange::Set(group))), ..Record::default() })
}

//! Handles the settings of a group, which only administrators can change.

use std::sync::Arc;

use super::conversation::{HandlerResult, asker, in_reply};
use super::group_reply::check_rate_limit;
use crate::store::{ConversationKey, Effects, Group, GroupChange};
use crate::telegram::bot::Bot;
use crate::telegram::destination::Destination;
use crate::telegram::update::{CallbackQuery, Message};
use footnote_engine::reply::{self, Panel, Reply, Setting, Strings};
use footnote_engine::text::Language;

/// Creates the settings panel of a group, with the current values. The panel also tells whether the
/// bot receives all messages of the group, which an administrator does.
async fn panel(bot: &Bot, chat_id: i64, group: &Group, language: Language) -> Reply {
    let me = ConversationKey { chat_id, person_id: bot.me.id };
    let panel = Panel {
        proactive: group.unasked,
        threshold: (group.threshold * 100.0).round() as u8,
        language: group.language,
        quiet: group.quiet,
        zone: group.zone,
        auto_delete: group.tidy,
        hears_all: bot.me.reads_all || bot.in_memory.admin_cache.is_admin(&bot.api, me).await,
    };
    reply::settings(bot.engine.knowledge(), language, &panel)
}

/// Replies to `/settings` in a group with the settings panel. Users who are not administrators get
/// a notice instead.
pub async fn show(message: Message, bot: Arc<Bot>) -> HandlerResult {
    let group = bot.store.group(message.chat_id).await?;
    let language = bot.engine.language(message.locale.language);
    let to: Destination = in_reply(&message, message.locale);
    if let Some(effects) = check_rate_limit(&message, &to, language, &group, &bot).await? {
        return Ok(effects);
    }
    let is_admin = bot.in_memory.admin_cache.is_admin(&bot.api, asker(&message)).await;
    let reply = if is_admin {
        panel(&bot, message.chat_id, &group, language).await
    } else {
        reply::for_administrators(language)
    };
    bot.send(&to, reply).await?;
    Ok(Effects::default())
}

/// Handles a press of a button on the settings panel. If the user is an administrator, changes the
/// setting and updates the panel.
pub async fn change(
    query: &CallbackQuery,
    setting: Setting,
    asker: ConversationKey,
    message_id: i64,
    bot: &Bot,
) -> HandlerResult {
    let language = bot.engine.language(query.locale.language);
    if !bot.in_memory.admin_cache.is_admin(&bot.api, asker).await {
        bot.alert(&query.id, Strings::of(language).for_administrators).await?;
        return Ok(Effects::default());
    }
    let group = bot.store.group(asker.chat_id).await?;
    let group = match setting {
        Setting::Proactive(unasked) => Group { unasked, ..group },
        Setting::Threshold(percent) => Group { threshold: f64::from(percent) / 100.0, ..group },
        Setting::Language(language) => Group { language, ..group },
        Setting::QuietHours(quiet) => Group { quiet, ..group },
        Setting::Zone(zone) => Group { zone, ..group },
        Setting::AutoDelete(tidy) => Group { tidy, ..group },
    };
    let panel = panel(bot, asker.chat_id, &group, language).await;
    bot.edit(asker, message_id, panel, query.locale.is_traditional).await?;
    bot.acknowledge(&query.id, None).await?;
    Ok(Effects { group: Some((asker.chat_id, GroupChange::Set(group))), ..Effects::default() })
}

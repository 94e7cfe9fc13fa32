//! Handles inline mode. In any chat, a user types the bot's username and a query, and chooses one
//! of the results to send.

use std::sync::Arc;

use super::conversation::HandlerResult;
use crate::store::{Effects, TurnLog};
use crate::telegram::bot::Bot;
use crate::telegram::update::{ChosenCard, InlineQuery};
use footnote_engine::question::Context;

/// Shows inline results for the text that a user has typed so far. A failure is not retried,
/// because the user has typed more by then.
pub async fn typed(inline: InlineQuery, bot: Arc<Bot>) -> HandlerResult {
    let InlineQuery { id, query, locale } = &inline;
    let context = Context { last_section: None, language: locale.language, is_traditional: locale.is_traditional };
    let cards = bot.engine.search(query, &context);
    let language = bot.engine.language(locale.language);
    if let Err(failure) = bot.show_cards(id, query, language, locale.is_traditional, &cards).await {
        tracing::debug!(?failure, "could not show the inline results; dropping them");
    }
    Ok(Effects::default())
}

/// Logs the section of the inline result that the user chose.
pub async fn chosen(chosen: ChosenCard, bot: Arc<Bot>) -> HandlerResult {
    let language = bot.engine.language(chosen.locale.language).to_string();
    let turn = TurnLog { door: "inline", language, decision: "chosen", section: Some(chosen.section), confidence: 1.0 };
    Ok(Effects { turn: Some(turn), ..Effects::default() })
}

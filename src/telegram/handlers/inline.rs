//! Purpose: somebody types after the bot's name, in any chat, and sees cards to choose from.

use std::sync::Arc;

use super::Outcome;
use crate::store::{Effects, TurnLog};
use crate::telegram::bot::Bot;
use crate::telegram::update::{Chosen, Inline};
use footnote_engine::question::Context;

/// Shows the sections that fit what is typed so far. What cannot be shown at once is dropped: by then something else is typed.
pub async fn typed(inline: Inline, bot: Arc<Bot>) -> Outcome {
    let Inline { id, query, locale } = &inline;
    let context = Context { last_section: None, language: locale.language, is_traditional: locale.is_traditional };
    let cards = bot.engine.search(query, &context);
    let language = bot.engine.language(locale.language);
    if let Err(failure) = bot.show_cards(id, query, language, &cards).await {
        tracing::debug!(?failure, "cards came too late");
    }
    Ok(Effects::default())
}

/// Takes note of which card was chosen.
pub async fn chosen(chosen: Chosen, bot: Arc<Bot>) -> Outcome {
    let language = bot.engine.language(chosen.locale.language).to_string();
    let turn = TurnLog { door: "inline", language, decision: "chosen", section: Some(chosen.section), confidence: 1.0 };
    Ok(Effects { turn: Some(turn), ..Effects::default() })
}

//! Purpose: somebody types after the bot's name, in any chat, and sees cards to choose from.

use std::sync::Arc;

use super::Outcome;
use crate::engine::Engine;
use crate::question::Context;
use crate::reply::wording;
use crate::store::Record;
use crate::telegram::api::Api;
use crate::telegram::send;
use crate::telegram::update::Inline;

/// Shows the sections that fit what is typed so far.
pub async fn typed(inline: Inline, api: Arc<Api>, engine: Arc<Engine>) -> Outcome {
    let context = Context { last_section: None, language: inline.language };
    let cards = engine.look_up(&inline.query, &context);
    let language = engine.language(inline.language);
    send::show_cards(&api, &inline.id, &cards, wording(language).ask_in_private).await?;
    Ok(Record::default())
}

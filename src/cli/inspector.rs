//! Explains answers for the inspector in the playground's page. An explanation is one JSON object
//! with the data of `footnote ask --json --explain`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ask;
use crate::telegram::Request;
use footnote_engine::engine::Engine;
use footnote_engine::question::Context;
use footnote_engine::text::Locale;
use footnote_playground::MatcherProbe;

/// The username of the bot in the playground.
const BOT_USERNAME: &str = "footnote_bot";

/// Creates the function that explains an answer to the playground's page. The function gets the
/// messages of one user, and explains the answer to the last. The earlier messages provide the
/// context of the conversation.
pub fn probe(engine: Arc<Engine>) -> MatcherProbe {
    Arc::new(move |texts, language| inspect(&engine, texts, language))
}

fn inspect(engine: &Engine, texts: &[String], language: &str) -> Value {
    let Locale { language, is_traditional } = Locale::from_tag(language);
    let mut context = Context { last_section: None, language, is_traditional };
    let Some((last, earlier)) = texts.split_last() else { return Value::Null };
    for text in earlier {
        let Some(question) = question(engine, text) else { continue };
        let turn = engine.ask(&question, &context);
        context = engine.context_after(&context, &turn);
    }
    match question(engine, last) {
        Some(question) => ask::inspect(engine, &engine.ask(&question, &context)),
        None => json!({"command": last}),
    }
}

/// Returns the question in a user's message, or `None` for commands that ask nothing, such as
/// `/help`.
fn question(engine: &Engine, text: &str) -> Option<String> {
    Request::parse(text, BOT_USERNAME, |name| engine.names_product(name)).question()
}

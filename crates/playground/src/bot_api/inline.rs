//! Checks the parameters of `answerInlineQuery` by Telegram's rules.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::entities::{self, TooLong};
use super::fields::Fields;
use super::params::Params;
use super::refusal::{Outcome, Refusal};
use super::{keyboard, links};
use crate::telegram::{FakeTelegram, InlineAnswer};

const MAX_RESULTS: usize = 50;
const MAX_ID_BYTES: usize = 64;
const MAX_CACHE_SECONDS: i64 = 24 * 60 * 60;

/// Optional string fields of an inline result that the playground stores. Empty strings are not
/// stored.
const TEXTS: [&str; 3] = ["description", "url", "thumbnail_url"];

/// Names of all fields that the playground accepts in an inline result. A result with any other
/// field is rejected.
const KNOWN: &str = "type id title input_message_content reply_markup url description thumbnail_url thumbnail_width \
    thumbnail_height";

pub fn answer_inline_query(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let cache_time = params.integer("cache_time", 300)?.clamp(0, MAX_CACHE_SECONDS);
    let is_personal = params.flag("is_personal")?;
    let next_offset = params.text("next_offset");
    let button = params.json("button", "Can't parse inline query results button JSON object")?;
    let button = button.as_ref().map(start_button).transpose()?;
    let list = params.json("results", "Can't parse JSON encoded inline query results")?.unwrap_or(json!([]));
    let list = list.as_array().ok_or_else(|| Refusal::bad("Expected an Array of inline query results"))?;
    if list.len() > MAX_RESULTS {
        return Err(Refusal::bad("Too many inline query results specified"));
    }
    let results = list.iter().map(article).collect::<Result<Vec<_>, _>>()?;
    let mut ids = HashSet::new();
    if !results.iter().all(|result| ids.insert(result["id"].as_str())) {
        return Err(Refusal::bad("RESULT_ID_DUPLICATE"));
    }
    if next_offset.len() > MAX_ID_BYTES {
        return Err(Refusal::bad("NEXT_OFFSET_INVALID"));
    }
    let mut body = json!({"results": results, "next_offset": next_offset});
    if let Some(button) = button {
        body["button"] = button;
    }
    let answer = InlineAnswer::new(body, cache_time.unsigned_abs(), is_personal);
    telegram.answer_inline(params.text("inline_query_id"), answer)?;
    Ok(true.into())
}

fn article(result: &Value) -> Outcome {
    let cant = |reason: String| Refusal::bad(&format!("Can't parse inline query result: {reason}"));
    let fields = Fields::of(result, "Inline query result must be an object").map_err(cant)?;
    let kind = fields.string("type").map_err(cant)?;
    if kind != "article" {
        return Err(Refusal::stricter(&format!("inline query result of type \"{kind}\"")));
    }
    if let Some(other) = fields.names().find(|name| !KNOWN.split_whitespace().any(|known| known == *name)) {
        return Err(Refusal::stricter(&format!("field \"{other}\" of an inline query result")));
    }
    let id = fields.string("id").map_err(cant)?;
    if id.is_empty() {
        return Err(Refusal::bad("RESULT_ID_EMPTY"));
    }
    if id.len() > MAX_ID_BYTES {
        return Err(Refusal::bad("RESULT_ID_INVALID"));
    }
    let title = fields.string("title").map_err(cant)?;
    if title.trim().is_empty() {
        return Err(Refusal::bad("ARTICLE_TITLE_EMPTY"));
    }
    let content = content(fields.object("input_message_content").map_err(cant)?)?;
    let mut kept = json!({"type": kind, "id": id, "title": title, "input_message_content": content});
    for name in TEXTS {
        let text = fields.optional_string(name).map_err(cant)?;
        if !text.is_empty() {
            kept[name] = text.into();
        }
    }
    if let Some(markup) = fields.get("reply_markup").map(keyboard::check).transpose()?.flatten() {
        kept["reply_markup"] = markup;
    }
    Ok(kept)
}

fn content(fields: Fields) -> Outcome {
    let cant = |reason: String| Refusal::bad(&format!("Can't parse inline query result: {reason}"));
    let text = fields.optional_string("message_text").map_err(cant)?;
    if text.is_empty() {
        return Err(cant("Input message content is not specified".to_owned()));
    }
    if fields.get("parse_mode").is_some() {
        return Err(Refusal::stricter("parse_mode"));
    }
    let mut content = json!({});
    entities::check(text, fields.get("entities"), TooLong::Code)?.write_to(&mut content, "message_text");
    if let Some(preview) = fields.get("link_preview_options") {
        content["link_preview_options"] = links::preview(preview)?;
    }
    Ok(content)
}

fn start_button(button: &Value) -> Outcome {
    let cant = |reason: String| Refusal::bad(&format!("Can't parse inline query results button: {reason}"));
    let fields = Fields::of(button, "InlineQueryResultsButton must be an Object").map_err(cant)?;
    let text = fields.string("text").map_err(cant)?;
    if fields.get("web_app").is_some() {
        return Err(Refusal::stricter("field \"web_app\" of the button"));
    }
    if fields.get("start_parameter").is_none() {
        return Err(cant("InlineQueryResultsButton must have exactly one optional field".to_owned()));
    }
    let start = fields.string("start_parameter").map_err(cant)?;
    if text.is_empty() {
        return Err(Refusal::bad("SWITCH_PM_TEXT_EMPTY"));
    }
    if start.is_empty() {
        return Err(Refusal::bad("START_PARAM_EMPTY"));
    }
    let is_fine = start.len() <= 64 && start.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if !is_fine {
        return Err(Refusal::bad("START_PARAM_INVALID"));
    }
    Ok(json!({"text": text, "start_parameter": start}))
}

//! Checks an inline keyboard by Telegram's rules.

use serde_json::{Value, json};

use super::fields::Fields;
use super::links;
use super::params::Params;
use super::refusal::Refusal;

const MAX_BUTTONS: usize = 100;
const MAX_BUTTONS_A_ROW: usize = 8;
const MAX_DATA_BYTES: usize = 64;
const MAX_COPY_CHARS: usize = 256;

/// Button fields that define the action of a button. A button must have exactly one of these
/// fields.
const ACTIONS: [&str; 5] =
    ["url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat", "copy_text"];

/// Button fields that define the appearance of a button.
const LOOKS: [&str; 2] = ["text", "style"];

/// Returns the checked inline keyboard from the parameter `reply_markup`.
pub fn from_params(params: &Params) -> Result<Option<Value>, Refusal> {
    let markup = params.json("reply_markup", "Can't parse reply keyboard markup JSON object")?;
    markup.as_ref().map_or(Ok(None), check)
}

/// Checks an inline keyboard. Returns the keyboard as Telegram stores it, or `None` if the keyboard
/// has no buttons.
pub fn check(markup: &Value) -> Result<Option<Value>, Refusal> {
    let fields = Fields::of(markup, "Object expected as reply markup").map_err(|reason| Refusal::bad(&reason))?;
    if let Some(other) = fields.names().find(|name| *name != "inline_keyboard") {
        return Err(Refusal::stricter(&format!("field \"{other}\" in the reply markup")));
    }
    if fields.get("inline_keyboard").is_none() {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for row in fields.array("inline_keyboard").map_err(|reason| Refusal::bad(&reason))? {
        let row = row.as_array().ok_or_else(|| {
            Refusal::bad("Field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
        })?;
        if row.len() > MAX_BUTTONS_A_ROW {
            return Err(Refusal::stricter(&format!("more than {MAX_BUTTONS_A_ROW} buttons in a row")));
        }
        let buttons = row.iter().map(button).collect::<Result<Vec<_>, _>>()?;
        if !buttons.is_empty() {
            rows.push(buttons);
        }
    }
    if rows.iter().map(Vec::len).sum::<usize>() > MAX_BUTTONS {
        return Err(Refusal::bad("reply markup is too long"));
    }
    Ok((!rows.is_empty()).then(|| json!({"inline_keyboard": rows})))
}

fn button(button: &Value) -> Result<Value, Refusal> {
    let cant = |reason: String| Refusal::bad(&format!("Can't parse inline keyboard button: {reason}"));
    let fields = Fields::of(button, "InlineKeyboardButton must be an Object").map_err(cant)?;
    let text = fields.string("text").map_err(cant)?;
    if let Some(other) = fields.names().find(|name| !LOOKS.contains(name) && !ACTIONS.contains(name)) {
        return Err(Refusal::stricter(&format!("field \"{other}\" of a button")));
    }
    let style = fields.optional_string("style").map_err(cant)?;
    if !matches!(style, "" | "default" | "primary" | "danger" | "success") {
        return Err(cant("invalid button style specified".to_owned()));
    }
    let mut actions = ACTIONS.iter().filter(|name| fields.get(name).is_some());
    let action = *actions.next().ok_or_else(|| cant("Text buttons are unallowed in the inline keyboard".to_owned()))?;
    if actions.next().is_some() {
        return Err(Refusal::stricter("more than one action of a button"));
    }
    if text.trim().is_empty() {
        return Err(Refusal::bad("Inline keyboard button text must be non-empty"));
    }
    let mut kept = button.clone();
    match action {
        "copy_text" => {
            let copied = fields.object(action).and_then(|copy| copy.string("text")).map_err(cant)?;
            if !(1..=MAX_COPY_CHARS).contains(&copied.chars().count()) {
                return Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID"));
            }
        }
        "url" | "callback_data" => {
            let value = fields.string(action).map_err(cant)?;
            if value.is_empty() {
                return Err(cant("Text buttons are unallowed in the inline keyboard".to_owned()));
            }
            if action == "url" {
                let url = links::check(value);
                kept[action] = url.map_err(|reason| Refusal::bad(&format!("Inline keyboard button {reason}")))?.into();
            } else if value.len() > MAX_DATA_BYTES {
                return Err(Refusal::bad("BUTTON_DATA_INVALID"));
            }
        }
        _ => {
            fields.string(action).map_err(cant)?;
        }
    }
    Ok(kept)
}

//! Bot API methods for the bot's profile: commands and descriptions.

use serde_json::{Value, json};

use super::fields::Fields;
use super::params::Params;
use super::refusal::{Outcome, Refusal};
use crate::telegram::{About, FakeTelegram};

const MAX_COMMANDS: usize = 100;
const MAX_COMMAND_CHARS: usize = 32;
const MAX_COMMAND_DESCRIPTION_CHARS: usize = 256;
const MAX_DESCRIPTION_CHARS: usize = 512;
const MAX_SHORT_DESCRIPTION_CHARS: usize = 120;

pub fn set_my_commands(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let commands = params.json("commands", "Can't parse commands JSON object")?.unwrap_or(json!([]));
    let commands = commands.as_array().ok_or_else(|| Refusal::bad("Expected an Array of BotCommand"))?;
    let scope = scope(telegram, params)?;
    let language = language(params)?;
    if commands.len() > MAX_COMMANDS {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    let commands = commands.iter().map(command).collect::<Result<_, _>>()?;
    telegram.set_commands(scope, language, commands);
    Ok(true.into())
}

pub fn get_my_commands(telegram: &FakeTelegram, params: &Params) -> Outcome {
    Ok(telegram.commands(scope(telegram, params)?, language(params)?).into())
}

pub fn delete_my_commands(telegram: &FakeTelegram, params: &Params) -> Outcome {
    telegram.set_commands(scope(telegram, params)?, language(params)?, Vec::new());
    Ok(true.into())
}

pub fn set_my_description(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let text = params.text("description");
    if text.chars().count() > MAX_DESCRIPTION_CHARS {
        return Err(Refusal::bad("description is too long"));
    }
    telegram.describe(About::Description, language(params)?, text.to_owned());
    Ok(true.into())
}

pub fn get_my_description(telegram: &FakeTelegram, params: &Params) -> Outcome {
    Ok(json!({"description": telegram.description(About::Description, language(params)?)}))
}

pub fn set_my_short_description(telegram: &FakeTelegram, params: &Params) -> Outcome {
    let text = params.text("short_description");
    if text.chars().count() > MAX_SHORT_DESCRIPTION_CHARS {
        return Err(Refusal::bad("short description is too long"));
    }
    telegram.describe(About::ShortDescription, language(params)?, text.to_owned());
    Ok(true.into())
}

pub fn get_my_short_description(telegram: &FakeTelegram, params: &Params) -> Outcome {
    Ok(json!({"short_description": telegram.description(About::ShortDescription, language(params)?)}))
}

fn command(value: &Value) -> Outcome {
    let cant = |reason: String| Refusal::bad(&format!("Can't parse BotCommand: {reason}"));
    let fields = Fields::of(value, "expected an Object").map_err(cant)?;
    let name = fields.string("command").map_err(cant)?.trim();
    let name = name.strip_prefix('/').unwrap_or(name);
    let description = fields.string("description").map_err(cant)?.trim();
    let length = description.chars().count();
    let problem = if name.is_empty() {
        Some("Command must be non-empty")
    } else if name.chars().count() > MAX_COMMAND_CHARS {
        Some("Command length must not exceed 32")
    } else if length == 0 {
        Some("Command description must be non-empty")
    } else if length > MAX_COMMAND_DESCRIPTION_CHARS {
        Some("Command description length must not exceed 256")
    } else if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        Some("BOT_COMMAND_INVALID")
    } else {
        None
    };
    match problem {
        Some(problem) => Err(Refusal::bad(problem)),
        None => Ok(json!({"command": name, "description": description})),
    }
}

/// Returns a key for the command scope, such as `chat:1`: the scope type, with the chat id and user
/// id if present.
fn scope(telegram: &FakeTelegram, params: &Params) -> Result<String, Refusal> {
    let cant = |reason: String| Refusal::bad(&format!("Can't parse BotCommandScope: {reason}"));
    let Some(scope) = params.json("scope", "Can't parse BotCommandScope JSON object")? else {
        return Ok("default".to_owned());
    };
    let fields = Fields::of(&scope, "BotCommandScope must be an Object").map_err(cant)?;
    let kind = fields.string("type").map_err(cant)?;
    match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => return Ok(kind.to_owned()),
        "chat" | "chat_administrators" | "chat_member" => {}
        _ => return Err(cant("Unsupported type specified".to_owned())),
    }
    let chat_id = fields.integer("chat_id").map_err(cant)?;
    telegram.chat(chat_id)?;
    if kind != "chat_member" {
        return Ok(format!("{kind}:{chat_id}"));
    }
    let user_id = fields.integer("user_id").map_err(cant)?;
    if user_id <= 0 {
        return Err(cant("Invalid user_id specified".to_owned()));
    }
    Ok(format!("{kind}:{chat_id}:{user_id}"))
}

fn language(params: &Params) -> Result<String, Refusal> {
    let code = params.text("language_code");
    let is_fine = code.is_empty() || (code.len() == 2 && code.chars().all(|c| c.is_ascii_lowercase()));
    if !is_fine {
        return Err(Refusal::bad("Invalid language code specified"));
    }
    Ok(code.to_owned())
}

//! Purpose: the commands, which begin with a slash.

use std::sync::Arc;

use teloxide::utils::command::BotCommands;

use super::{Outcome, language, link, moved_on, text};
use crate::engine::Engine;
use crate::knowledge::SectionId;
use crate::reply;
use crate::store::{ChatUpdate, Record, Store};
use crate::telegram::Me;
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::send;
use crate::telegram::update::Message;

/// What can be commanded. The menu describes each in the reader's language (`Wording::commands`, in this order).
#[derive(BotCommands, Debug, Clone, PartialEq, Eq)]
#[command(rename_rule = "lowercase")]
pub enum Command {
    /// Begins; a link to the bot can carry the id of a section.
    #[command(description = "")]
    Start(String),
    /// Says how to use the bot.
    #[command(description = "")]
    Help,
    /// Lists what the article covers.
    #[command(description = "")]
    Topics,
}

/// The command that a message is. What only looks like one is a question.
pub fn parse(message: Message, me: Me) -> Option<Command> {
    let text = text(&message).trim();
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    Command::parse(&(name.to_lowercase() + rest), &me.username.to_lowercase()).ok()
}

/// Does what was commanded.
pub async fn run(
    command: Command,
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
) -> Outcome {
    let chat = store.chat(message.chat_id).await?;
    let language = engine.language(language(&chat, message.language));
    let linked = match &command {
        Command::Start(payload) => {
            SectionId::parse(payload.trim()).and_then(|id| Some((engine.section(&id, language)?, id)))
        }
        Command::Help | Command::Topics => None,
    };
    let (reply, shown) = match (command, linked) {
        (_, Some((reply, id))) => (reply, Some(id)),
        (Command::Start(_), None) => (reply::welcome(engine.knowledge(), language), None),
        (Command::Help, None) => (reply::help(engine.knowledge(), language), None),
        (Command::Topics, None) => (reply::topics(engine.knowledge(), language), None),
    };
    let sent = send::send(&api, &signer, message.chat_id, &reply).await?;
    let chat = moved_on(chat, language, shown.as_ref());
    let answer = link(&message, sent);
    Ok(Record { chat: Some(ChatUpdate { chat_id: message.chat_id, chat }), answer, ..Record::default() })
}

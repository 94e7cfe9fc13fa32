//! Purpose: the commands, which begin with a slash.

use std::sync::Arc;

use teloxide::utils::command::BotCommands;

use super::{Outcome, asker, language, link, moved_on, text};
use crate::knowledge::SectionId;
use crate::reply;
use crate::store::{ChatUpdate, Record};
use crate::telegram::bot::Bot;
use crate::telegram::send::To;
use crate::telegram::update::{ChatKind, Message};

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
    /// Asks: for groups, and read there and in private as a question, never as a command.
    #[command(description = "")]
    Ask(String),
    /// Says how the last answer was found.
    #[command(description = "")]
    Why,
    /// Chooses the language.
    #[command(description = "")]
    Lang,
    /// The settings of a group.
    #[command(description = "")]
    Settings,
    /// Says what is kept.
    #[command(description = "")]
    Privacy,
    /// Says what is kept of whoever asks.
    #[command(description = "")]
    MyData,
    /// Erases it.
    #[command(description = "")]
    Forget,
}

/// The command that a message is. What only looks like one is a question.
pub fn parse(message: Message, bot: Arc<Bot>) -> Option<Command> {
    let text = text(&message).trim();
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let command = Command::parse(&(name.to_lowercase() + rest), &bot.me.username.to_lowercase()).ok()?;
    // In a group, what every bot understands is for none of them unless it is named.
    let is_common = matches!(command, Command::Start(_) | Command::Help);
    let is_meant = message.chat == ChatKind::Private || !is_common || name.contains('@');
    Some(command).filter(|command| is_meant && !matches!(command, Command::Ask(_)))
}

/// Are the settings of a group wanted?
pub fn is_settings(message: Message, bot: Arc<Bot>) -> bool {
    message.chat == ChatKind::Group && parse(message, bot) == Some(Command::Settings)
}

/// Does what was commanded.
pub async fn run(command: Command, message: Message, bot: Arc<Bot>) -> Outcome {
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    let language = bot.engine.language(language(&chat, message.language));
    let is_group = message.chat != ChatKind::Private;
    let forget = (command == Command::Forget).then_some(asker.person_id);
    let linked = match &command {
        Command::Start(payload) => {
            SectionId::parse(payload.trim()).and_then(|id| Some((bot.engine.section(&id, language, None)?, id)))
        }
        _ => None,
    };
    let (reply, shown) = match (command, linked) {
        (_, Some((reply, id))) => (reply, Some(id)),
        (Command::Start(_) | Command::Help, None) if is_group => (reply::how_to_ask_in_a_group(language), None),
        (Command::Start(_), None) => (reply::welcome(bot.engine.knowledge(), language), None),
        (Command::Help, None) => (reply::help(bot.engine.knowledge(), language), None),
        (Command::Topics | Command::Ask(_), None) => (reply::topics(bot.engine.knowledge(), language), None),
        (Command::Why, None) => {
            let asked = bot.moment.recent.latest(message.chat_id);
            let turn = asked.map(|asked| bot.engine.ask(&asked.question, &asked.context));
            (turn.map_or_else(|| reply::nothing_to_explain(language), |turn| bot.engine.why(&turn)), None)
        }
        // In private there is nothing to set but the language.
        (Command::Lang | Command::Settings, None) => (reply::languages(bot.engine.knowledge(), language), None),
        (Command::Privacy, None) => (reply::privacy(language), None),
        (Command::MyData, None) => {
            let (conversations, questions) = bot.store.kept_of(asker.person_id).await?;
            (reply::my_data(language, conversations, questions), None)
        }
        (Command::Forget, None) => (reply::forgotten(language), None),
    };
    let replies_to = is_group.then_some((message.id, None));
    let to = To { chat_id: message.chat_id, thread: message.thread, replies_to };
    let sent = bot.send(&to, &reply).await?;
    if forget.is_some() {
        bot.moment.recent.forget(asker.person_id);
        // Not even that it was asked for is kept.
        return Ok(Record { forget, ..Record::default() });
    }
    let chat = moved_on(chat, language, shown.as_ref());
    let answer = link(&message, sent);
    Ok(Record { chat: Some(ChatUpdate { asker, chat }), answer, ..Record::default() })
}

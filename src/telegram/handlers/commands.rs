//! Purpose: the commands, which begin with a slash.

use std::sync::Arc;

use teloxide::utils::command::BotCommands;

use super::{Outcome, asker, language, link, moved_on, text};
use crate::engine::Engine;
use crate::knowledge::SectionId;
use crate::reply;
use crate::store::{ChatUpdate, Record, Store};
use crate::telegram::Me;
use crate::telegram::api::Api;
use crate::telegram::buttons::Signer;
use crate::telegram::moment::Moment;
use crate::telegram::send::{self, To};
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
pub fn parse(message: Message, me: Me) -> Option<Command> {
    let text = text(&message).trim();
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let command = Command::parse(&(name.to_lowercase() + rest), &me.username.to_lowercase()).ok()?;
    // In a group, what every bot understands is for none of them unless it is named.
    let is_common = matches!(command, Command::Start(_) | Command::Help);
    let is_meant = message.chat == ChatKind::Private || !is_common || name.contains('@');
    Some(command).filter(|command| is_meant && !matches!(command, Command::Ask(_)))
}

/// Are the settings of a group wanted?
pub fn is_settings(message: Message, me: Me) -> bool {
    message.chat == ChatKind::Group && parse(message, me) == Some(Command::Settings)
}

/// Does what was commanded.
pub async fn run(
    command: Command,
    message: Message,
    api: Arc<Api>,
    engine: Arc<Engine>,
    store: Store,
    signer: Signer,
    moment: Arc<Moment>,
) -> Outcome {
    let asker = asker(&message);
    let chat = store.chat(asker).await?;
    let language = engine.language(language(&chat, message.language));
    let is_group = message.chat != ChatKind::Private;
    let forget = (command == Command::Forget).then_some(asker.person_id);
    let linked = match &command {
        Command::Start(payload) => {
            SectionId::parse(payload.trim()).and_then(|id| Some((engine.section(&id, language)?, id)))
        }
        _ => None,
    };
    let (reply, shown) = match (command, linked) {
        (_, Some((reply, id))) => (reply, Some(id)),
        (Command::Start(_) | Command::Help, None) if is_group => (reply::how_to_ask_in_a_group(language), None),
        (Command::Start(_), None) => (reply::welcome(engine.knowledge(), language), None),
        (Command::Help, None) => (reply::help(engine.knowledge(), language), None),
        (Command::Topics | Command::Ask(_), None) => (reply::topics(engine.knowledge(), language), None),
        (Command::Why, None) => {
            let asked = moment.recent.latest(message.chat_id);
            let turn = asked.map(|asked| engine.ask(&asked.question, &asked.context));
            (turn.map_or_else(|| reply::nothing_to_explain(language), |turn| engine.why(&turn)), None)
        }
        (Command::Lang, None) => (reply::languages(engine.knowledge(), language), None),
        // In private there is nothing to set but the language.
        (Command::Settings, None) => (reply::languages(engine.knowledge(), language), None),
        (Command::Privacy, None) => (reply::privacy(language), None),
        (Command::MyData, None) => {
            let (conversations, questions) = store.kept_of(asker.person_id).await?;
            (reply::my_data(language, conversations, questions), None)
        }
        (Command::Forget, None) => (reply::forgotten(language), None),
    };
    let replies_to = is_group.then_some((message.id, None));
    let to = To { chat_id: message.chat_id, thread: message.thread, replies_to };
    let sent = send::send(&api, &signer, &to, &reply).await?;
    if forget.is_some() {
        moment.recent.forget(asker.person_id);
        // Not even that it was asked for is kept.
        return Ok(Record { forget, ..Record::default() });
    }
    let chat = moved_on(chat, language, shown.as_ref());
    let answer = link(&message, sent);
    Ok(Record { chat: Some(ChatUpdate { asker, chat }), answer, ..Record::default() })
}

//! Purpose: the commands, which begin with a slash.

use std::sync::Arc;

use teloxide::utils::command::BotCommands;

use super::group::check_rate_limit;
use super::{Outcome, ask, asker, in_reply, link as link_to, locale, moved_on, sent_at, text};
use crate::inbox::Failure;
use crate::store::{ChatUpdate, Effects, ErasureRequest};
use crate::telegram::bot::Bot;
use crate::telegram::link::{self, Link};
use crate::telegram::send::Destination;
use crate::telegram::update::{ChatKind, Message};
use footnote_engine::reply::{self, Layout, Reply, SectionRef};
use footnote_engine::text::{Language, Locale};

/// What can be commanded. The menu describes each in the reader's language (`Strings::commands`, in this order).
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
    /// Erases it; with `group` behind it, everything of a group, for its administrators.
    #[command(description = "")]
    Forget(String),
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
    let spoken_to = locale(&chat, message.locale);
    let language = bot.engine.language(spoken_to.language);
    if message.chat == ChatKind::Group && !matches!(command, Command::Forget(_)) {
        let group = bot.store.group(message.chat_id).await?;
        let to = in_reply(&message, spoken_to);
        if let Some(record) = check_rate_limit(&message, &to, language, &group, &bot).await? {
            return Ok(record);
        }
    }
    let linked = match &command {
        Command::Start(payload) => link::read(payload.trim()),
        _ => None,
    };
    if let Some(Link::Question(question)) = &linked {
        return ask::answer(question, &message, &bot).await;
    }
    let (reply, shown) = match linked {
        Some(Link::Section(id)) => {
            let view = if message.chat == ChatKind::Private { Layout::Whole } else { Layout::Brief };
            (bot.engine.passage(&SectionRef::of(id.clone(), language), view), Some(id))
        }
        _ => (None, None),
    };
    let shown = shown.filter(|_| reply.is_some());
    let forget = match &command {
        Command::Forget(what) => match whom(what, &message, &bot).await {
            Some(whom) => Some(whom),
            None => {
                bot.send(&in_reply(&message, spoken_to), reply::for_administrators(language)).await?;
                return Ok(Effects::default());
            }
        },
        _ => None,
    };
    let reply = match reply {
        Some(reply) => reply,
        None => reply_to(command, &message, language, &bot).await?,
    };
    let to = match message.chat {
        ChatKind::Private => Destination { is_traditional: spoken_to.is_traditional, ..Destination::asker(asker) },
        _ => in_reply(&message, spoken_to),
    };
    let sent = bot.send(&to, reply).await;
    if let Some(ErasureRequest::Person(id, _) | ErasureRequest::Group(id, _)) = &forget {
        // Who can never be told is forgotten all the same.
        if let Err(failure) = sent
            && !matches!(failure, Failure::Permanent(_))
        {
            return Err(failure);
        }
        bot.moment.recent.forget(*id);
        // Not even that it was asked for is kept.
        return Ok(Effects { forget, ..Effects::default() });
    }
    let at = sent_at(&message, &bot);
    let chat = moved_on(chat, Locale { language: Some(language), ..spoken_to }, shown.as_ref(), at);
    Ok(Effects { chat: Some(ChatUpdate { asker, chat }), answer: link_to(&message, sent?), ..Effects::default() })
}

/// Whom `/forget` is to forget: whoever sends it, or with `group` behind it the group; nobody if that is not theirs to say.
async fn whom(what: &str, message: &Message, bot: &Bot) -> Option<ErasureRequest> {
    if message.chat == ChatKind::Private || !what.trim().eq_ignore_ascii_case("group") {
        return Some(bot.keeping.person(message.person_id));
    }
    let is_admin = bot.moment.admins.is_one(&bot.api, asker(message)).await;
    is_admin.then(|| bot.keeping.group(message.chat_id))
}

async fn reply_to(command: Command, message: &Message, language: Language, bot: &Bot) -> Result<Reply, Failure> {
    let knowledge = bot.engine.knowledge();
    Ok(match command {
        Command::Start(_) | Command::Help if message.chat != ChatKind::Private => {
            reply::how_to_ask_in_a_group(language)
        }
        Command::Start(_) => reply::welcome(knowledge, language),
        Command::Help => reply::help(knowledge, language),
        Command::Topics | Command::Ask(_) => reply::topics(knowledge, language),
        Command::Why => match bot.moment.recent.latest(asker(message)) {
            Some(asked) => bot.engine.why(&bot.engine.ask(&asked.question, &asked.context)),
            None => reply::nothing_to_explain(language),
        },
        // In private there is nothing to set but the language.
        Command::Lang | Command::Settings => reply::languages(knowledge, language),
        Command::Privacy => reply::privacy(language, bot.keeping.days()),
        Command::MyData => {
            let person_id = asker(message).person_id;
            let (conversations, questions) = bot.store.count_of_person(person_id).await?;
            let words = bot.store.count_kept_questions(&bot.keeping.name(person_id)).await?;
            reply::my_data(language, conversations, questions, words)
        }
        Command::Forget(_) => reply::forgotten(language),
    })
}

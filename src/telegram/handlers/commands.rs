//! Handles the bot's own commands, such as `/help`.

use std::sync::Arc;

use super::ask;
use super::conversation::{
    HandlerResult, asker, conversation_after, in_reply, link as link_to, sent_at, text, user_locale,
};
use super::group_reply::check_rate_limit;
use crate::inbox::Failure;
use crate::store::{ChatUpdate, Effects, ErasureRequest};
use crate::telegram::bot::Bot;
use crate::telegram::command::Command;
use crate::telegram::destination::Destination;
use crate::telegram::link::{self, Link};
use crate::telegram::request::Request;
use crate::telegram::update::{ChatKind, Message};
use footnote_engine::reply::{self, Layout, Reply, SectionRef};
use footnote_engine::text::{Language, Locale};

/// A command that is addressed to this bot, and the command's argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    command: Command,
    argument: String,
}

/// Returns the command in a message, or `None` if the message contains no command for this bot.
pub fn parse(message: Message, bot: Arc<Bot>) -> Option<Invocation> {
    let request = Request::parse(text(&message), &bot.me.username, |name| bot.engine.names_product(name));
    let Request::Command { command, argument, names_bot } = request else { return None };
    // Most bots have `/start` and `/help`. In a group, these two are addressed to this bot only if
    // they contain its username, as in `/help@footnote_bot`.
    let is_common = matches!(command, Command::Start | Command::Help);
    let is_addressed = message.chat == ChatKind::Private || !is_common || names_bot;
    is_addressed.then(|| Invocation { command, argument: argument.to_owned() })
}

/// Returns true if the message is `/settings` in a group, which opens the group's settings.
pub fn is_settings(message: Message, bot: Arc<Bot>) -> bool {
    let in_group = message.chat == ChatKind::Group;
    in_group && parse(message, bot).is_some_and(|invocation| invocation.command == Command::Settings)
}

/// Executes one of the bot's commands. Returns the changes that the caller writes to the database.
pub async fn run(invocation: Invocation, message: Message, bot: Arc<Bot>) -> HandlerResult {
    let Invocation { command, argument } = invocation;
    let asker = asker(&message);
    let chat = bot.store.chat(asker).await?;
    let locale = user_locale(&chat, message.locale);
    let language = bot.engine.language(locale.language);
    if message.chat == ChatKind::Group && command != Command::Forget {
        let group = bot.store.group(message.chat_id).await?;
        let to = in_reply(&message, locale);
        if let Some(effects) = check_rate_limit(&message, &to, language, &group, &bot).await? {
            return Ok(effects);
        }
    }
    let linked = if command == Command::Start { link::read(&argument) } else { None };
    if let Some(Link::Question(question)) = &linked {
        return ask::answer(question, &message, &bot).await;
    }
    let (reply, shown) = match linked {
        Some(Link::Section(id)) => {
            let layout = if message.chat == ChatKind::Private { Layout::Whole } else { Layout::Brief };
            (bot.engine.section_page(&SectionRef::of(id.clone(), language), layout), Some(id))
        }
        _ => (None, None),
    };
    let shown = shown.filter(|_| reply.is_some());
    let erasure = if command == Command::Forget {
        let Some(erasure) = erasure_request(&argument, &message, &bot).await else {
            bot.send(&in_reply(&message, locale), reply::for_administrators(language)).await?;
            return Ok(Effects::default());
        };
        Some(erasure)
    } else {
        None
    };
    let reply = match reply {
        Some(reply) => reply,
        None => reply_to(command, &message, language, &bot).await?,
    };
    let to = match message.chat {
        ChatKind::Private => Destination { is_traditional: locale.is_traditional, ..Destination::asker(asker) },
        _ => in_reply(&message, locale),
    };
    let sent = bot.send(&to, reply).await;
    if let Some(ErasureRequest::Person(id, _) | ErasureRequest::Group(id, _)) = &erasure {
        // Erases the data even if the confirmation can never be delivered, for example because the
        // user blocked the bot.
        if let Err(failure) = sent
            && !matches!(failure, Failure::Permanent(_))
        {
            return Err(failure);
        }
        bot.in_memory.answer_cache.forget(*id);
        // The erasure is the only change to the database. Not even the fact that the user requested
        // the erasure is recorded.
        return Ok(Effects { forget: erasure, ..Effects::default() });
    }
    let at = sent_at(&message, &bot);
    let chat = conversation_after(chat, Locale { language: Some(language), ..locale }, shown.as_ref(), at);
    Ok(Effects { chat: Some(ChatUpdate { asker, chat }), answer: link_to(&message, sent?), ..Effects::default() })
}

/// Returns the person or group whose data `/forget` erases. Without an argument, this is the
/// sender. With the argument `group`, this is the group, or `None` if the sender is not an
/// administrator.
async fn erasure_request(what: &str, message: &Message, bot: &Bot) -> Option<ErasureRequest> {
    if message.chat == ChatKind::Private || !what.trim().eq_ignore_ascii_case("group") {
        return Some(bot.retention.person_erasure(message.person_id));
    }
    let is_admin = bot.in_memory.admin_cache.is_admin(&bot.api, asker(message)).await;
    is_admin.then(|| bot.retention.group_erasure(message.chat_id))
}

async fn reply_to(command: Command, message: &Message, language: Language, bot: &Bot) -> Result<Reply, Failure> {
    let knowledge = bot.engine.knowledge();
    Ok(match command {
        Command::Start | Command::Help if message.chat != ChatKind::Private => reply::how_to_ask_in_a_group(language),
        Command::Start => reply::welcome(knowledge, language),
        Command::Help => reply::help(knowledge, language),
        Command::Topics | Command::Ask => reply::topics(knowledge, language),
        Command::Why => match bot.in_memory.answer_cache.latest(asker(message)) {
            Some(asked) => bot.engine.why(&bot.engine.ask(&asked.question, &asked.context)),
            None => reply::nothing_to_explain(language),
        },
        // In a private chat, the language is the only setting that users can change.
        Command::Lang | Command::Settings => reply::languages(knowledge, language),
        Command::Privacy => reply::privacy(language, bot.retention.days()),
        Command::MyData => {
            let person_id = asker(message).person_id;
            let (conversations, questions) = bot.store.count_of_person(person_id).await?;
            let words = bot.store.count_kept_questions(&bot.retention.pseudonym(person_id)).await?;
            reply::my_data(language, conversations, questions, words)
        }
        Command::Forget => reply::forgotten(language),
    })
}

//! What Telegram shows of the bot by itself, in every language of the interface: the menu of commands, and the description in an empty chat.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use teloxide::payloads::{
    GetMyCommands, GetMyCommandsSetters, GetMyDescription, GetMyDescriptionSetters, GetMyShortDescription,
    GetMyShortDescriptionSetters, SetMyCommands, SetMyCommandsSetters, SetMyDescription, SetMyDescriptionSetters,
    SetMyShortDescription, SetMyShortDescriptionSetters,
};
use teloxide::types::{BotCommand, BotCommandScope};
use teloxide::utils::command::BotCommands;
use tokio_util::sync::CancellationToken;

use super::api::{Api, ApiError};
use super::handlers::commands::Command;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{Knowledge, Product};
use footnote_engine::reply::{self, LANGUAGES, wording};
use footnote_engine::text::{Language, squashed};

/// Brings all of it up to date, trying again until it works or `stop`. Nothing else waits for it.
pub(super) async fn keep(api: Arc<Api>, engine: Arc<Engine>, stop: CancellationToken) {
    let mut wait = Duration::from_secs(1);
    while let Err(error) = set(&api, &engine).await {
        let pause = match &error {
            ApiError::Refused { retry_after: Some(after), .. } => *after,
            ApiError::Refused { code: 400..=499, .. } => {
                tracing::error!(%error, "the menu and description are refused");
                return;
            }
            _ => wait,
        };
        tracing::warn!(%error, ?pause, "the menu and description could not be set");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => wait = (wait * 2).min(Duration::from_secs(300)),
        }
    }
}

async fn set(api: &Api, engine: &Engine) -> Result<(), ApiError> {
    // Without a language: for everybody whose language the interface does not speak.
    for language in std::iter::once(None).chain(LANGUAGES.map(Some)) {
        for place in [Place::Private, Place::Group, Place::Administrators] {
            set_commands(api, engine, place, language).await?;
        }
        set_description(api, engine, language).await?;
        set_short_description(api, engine, language).await?;
    }
    Ok(())
}

/// Where a menu is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Private,
    Group,
    /// To the administrators of a group.
    Administrators,
}

impl Place {
    fn scope(self) -> BotCommandScope {
        match self {
            Place::Private => BotCommandScope::AllPrivateChats,
            Place::Group => BotCommandScope::AllGroupChats,
            Place::Administrators => BotCommandScope::AllChatAdministrators,
        }
    }

    /// Is a command of use here?
    fn has(self, command: &str) -> bool {
        match command {
            // Telegram offers it by itself.
            "start" => false,
            // In private whatever is written is a question.
            "ask" => self != Place::Private,
            // In a group, what every bot understands is for none of them.
            "help" => self == Place::Private,
            "settings" => self == Place::Administrators,
            "lang" | "privacy" | "mydata" | "forget" => self == Place::Private,
            _ => true,
        }
    }
}

#[derive(Deserialize, PartialEq, Eq)]
struct Entry {
    command: String,
    description: String,
}

async fn set_commands(api: &Api, engine: &Engine, place: Place, language: Option<Language>) -> Result<(), ApiError> {
    let mut wanted = entries(engine.knowledge(), language.unwrap_or(Language::EN));
    wanted.retain(|entry| place.has(&entry.command));
    let mut ask = GetMyCommands::new().scope(place.scope());
    let commands = wanted.iter().map(|e| BotCommand::new(&e.command, &e.description));
    let mut tell = SetMyCommands::new(commands).scope(place.scope());
    if let Some(language) = language {
        ask = ask.language_code(language.as_str());
        tell = tell.language_code(language.as_str());
    }
    // Telegram limits how often menus may be set, so only a change is told.
    if api.call::<_, Vec<Entry>>(&ask).await? != wanted {
        api.call::<_, bool>(&tell).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Description {
    description: String,
}

async fn set_description(api: &Api, engine: &Engine, language: Option<Language>) -> Result<(), ApiError> {
    let wanted = reply::description(engine.knowledge(), language.unwrap_or(Language::EN));
    let mut ask = GetMyDescription::new();
    let mut tell = SetMyDescription::new().description(&wanted);
    if let Some(language) = language {
        ask = ask.language_code(language.as_str());
        tell = tell.language_code(language.as_str());
    }
    if api.call::<_, Description>(&ask).await?.description != wanted {
        api.call::<_, bool>(&tell).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct ShortDescription {
    short_description: String,
}

async fn set_short_description(api: &Api, engine: &Engine, language: Option<Language>) -> Result<(), ApiError> {
    let wanted = reply::short_description(engine.knowledge(), language.unwrap_or(Language::EN));
    let mut ask = GetMyShortDescription::new();
    let mut tell = SetMyShortDescription::new().short_description(&wanted);
    if let Some(language) = language {
        ask = ask.language_code(language.as_str());
        tell = tell.language_code(language.as_str());
    }
    if api.call::<_, ShortDescription>(&ask).await?.short_description != wanted {
        api.call::<_, bool>(&tell).await?;
    }
    Ok(())
}

/// The commands that every base has, and one for each product.
fn entries(knowledge: &Knowledge, language: Language) -> Vec<Entry> {
    /// Telegram takes a hundred commands of at most so many letters.
    const MAX_PRODUCTS: usize = 50;
    const MAX_LETTERS: usize = 32;
    let of_product = |product: &Product| {
        let letters = squashed(&product.name).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let fits = (1..=MAX_LETTERS).contains(&letters.len()) && !product.label.is_empty();
        fits.then(|| Entry { command: letters, description: product.label.clone() })
    };
    let products = knowledge.products.iter().filter_map(of_product).take(MAX_PRODUCTS);
    let commands = Command::bot_commands().into_iter();
    let entry = |(command, description): (BotCommand, &&str)| Entry {
        command: command.command.trim_start_matches('/').to_owned(),
        description: (*description).to_owned(),
    };
    commands.zip(&wording(language).commands).map(entry).chain(products).collect()
}

//! Sets the bot's command menus and descriptions that Telegram shows, in every language of the
//! interface.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use teloxide::payloads::{
    GetMyCommands, GetMyCommandsSetters, GetMyDescription, GetMyDescriptionSetters, GetMyShortDescription,
    GetMyShortDescriptionSetters, SetMyCommands, SetMyCommandsSetters, SetMyDescription, SetMyDescriptionSetters,
    SetMyShortDescription, SetMyShortDescriptionSetters,
};
use teloxide::types::{BotCommand, BotCommandScope};
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::api_errors::ApiError;
use super::command::Command;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{Knowledge, Product};
use footnote_engine::reply::{self, LANGUAGES, Strings};
use footnote_engine::text::{Language, squashed};

/// Sets the bot's menus and descriptions at Telegram. Retries with exponential backoff, but gives
/// up if Telegram rejects a value.
pub(super) async fn sync(api: Arc<Api>, engine: Arc<Engine>, stop: CancellationToken) {
    let mut backoff = Duration::from_secs(1);
    while let Err(error) = set_all(&api, &engine).await {
        let pause = match &error {
            ApiError::Refused { retry_after: Some(after), .. } => *after,
            ApiError::Refused { code: 400..=499, .. } => {
                tracing::error!(%error, "Telegram refused the menu or description; giving up");
                return;
            }
            _ => backoff,
        };
        tracing::warn!(%error, ?pause, "could not set the menu and description; trying again");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => backoff = (backoff * 2).min(Duration::from_secs(300)),
        }
    }
}

async fn set_all(api: &Api, engine: &Engine) -> Result<(), ApiError> {
    // `None` sets the default text, which Telegram shows to users whose language the interface
    // lacks.
    for language in std::iter::once(None).chain(LANGUAGES.map(Some)) {
        for scope in [MenuScope::Private, MenuScope::Group, MenuScope::Administrators] {
            set_commands(api, engine, scope, language).await?;
        }
        set_description(api, engine, language).await?;
        set_short_description(api, engine, language).await?;
    }
    Ok(())
}

/// The chats or users to whom Telegram shows a command menu. Each of these has its own menu.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MenuScope {
    Private,
    Group,
    Administrators,
}

impl MenuScope {
    fn to_api(self) -> BotCommandScope {
        match self {
            MenuScope::Private => BotCommandScope::AllPrivateChats,
            MenuScope::Group => BotCommandScope::AllGroupChats,
            MenuScope::Administrators => BotCommandScope::AllChatAdministrators,
        }
    }

    /// True if this menu lists the command `name`. Every menu lists the commands of the products.
    fn has(self, name: &str) -> bool {
        match Command::parse(name) {
            // `/start` is in no menu, because Telegram shows its own Start button in private chats.
            Some(Command::Start) => false,
            // In a private chat every text is a question, so `/ask` is not needed.
            Some(Command::Ask) => self != MenuScope::Private,
            // In a group, the bot answers `/help` only together with its username, since most bots
            // have `/help`.
            Some(Command::Help) => self == MenuScope::Private,
            Some(Command::Settings) => self == MenuScope::Administrators,
            Some(Command::Lang | Command::Privacy | Command::MyData | Command::Forget) => self == MenuScope::Private,
            Some(Command::Topics | Command::Why) | None => true,
        }
    }
}

#[derive(Deserialize, PartialEq, Eq)]
struct Entry {
    command: String,
    description: String,
}

async fn set_commands(
    api: &Api,
    engine: &Engine,
    scope: MenuScope,
    language: Option<Language>,
) -> Result<(), ApiError> {
    let mut wanted = entries(engine.knowledge(), language.unwrap_or(Language::EN));
    wanted.retain(|entry| scope.has(&entry.command));
    let mut get = GetMyCommands::new().scope(scope.to_api());
    let commands = wanted.iter().map(|e| BotCommand::new(&e.command, &e.description));
    let mut set = SetMyCommands::new(commands).scope(scope.to_api());
    if let Some(language) = language {
        get = get.language_code(language.as_str());
        set = set.language_code(language.as_str());
    }
    // Sets the menu only if the menu at Telegram differs, because Telegram limits the rate of
    // changes.
    if api.call::<_, Vec<Entry>>(&get).await? != wanted {
        api.call::<_, bool>(&set).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Description {
    description: String,
}

async fn set_description(api: &Api, engine: &Engine, language: Option<Language>) -> Result<(), ApiError> {
    let wanted = reply::description(engine.knowledge(), language.unwrap_or(Language::EN));
    let mut get = GetMyDescription::new();
    let mut set = SetMyDescription::new().description(&wanted);
    if let Some(language) = language {
        get = get.language_code(language.as_str());
        set = set.language_code(language.as_str());
    }
    if api.call::<_, Description>(&get).await?.description != wanted {
        api.call::<_, bool>(&set).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct ShortDescription {
    short_description: String,
}

async fn set_short_description(api: &Api, engine: &Engine, language: Option<Language>) -> Result<(), ApiError> {
    let wanted = reply::short_description(engine.knowledge(), language.unwrap_or(Language::EN));
    let mut get = GetMyShortDescription::new();
    let mut set = SetMyShortDescription::new().short_description(&wanted);
    if let Some(language) = language {
        get = get.language_code(language.as_str());
        set = set.language_code(language.as_str());
    }
    if api.call::<_, ShortDescription>(&get).await?.short_description != wanted {
        api.call::<_, bool>(&set).await?;
    }
    Ok(())
}

/// Returns the entries of all menus: the bot's own commands, then one command for each product.
fn entries(knowledge: &Knowledge, language: Language) -> Vec<Entry> {
    /// Maximum number of product commands in the menu. Telegram allows 100 commands in total.
    const MAX_PRODUCTS: usize = 50;
    /// Maximum length of a command's name that Telegram allows, in characters.
    const MAX_LETTERS: usize = 32;
    let product_entry = |product: &Product| {
        let letters = squashed(&product.name).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let fits = (1..=MAX_LETTERS).contains(&letters.len()) && !product.label.is_empty();
        fits.then(|| Entry { command: letters, description: product.label.clone() })
    };
    let products = knowledge.products.iter().filter_map(product_entry).take(MAX_PRODUCTS);
    let command_entry = |command: Command| Entry {
        command: command.name().to_owned(),
        description: command.description(&Strings::of(language).commands).to_owned(),
    };
    Command::ALL.into_iter().map(command_entry).chain(products).collect()
}

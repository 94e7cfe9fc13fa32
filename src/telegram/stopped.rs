//! The errors that stop the bot.

use tokio::task::JoinError;

use super::api_errors::ApiError;

/// The reason why the bot stopped, although it received no stop signal.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Telegram rejects the bot's token.
    #[error("Telegram refuses the token ({0}); check TELOXIDE_TOKEN, or ask @BotFather for a new one")]
    TokenRefused(ApiError),
    /// Another process keeps polling with the same token.
    #[error("another program has been fetching this bot's updates for a minute; stop one of the two")]
    Conflict,
    /// The inbox worker panicked.
    #[error(
        "the inbox stopped, which is a mistake in this program: {0}; nothing is lost, and the next start goes on with it"
    )]
    Inbox(JoinError),
}

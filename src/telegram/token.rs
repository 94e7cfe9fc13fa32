//! The token with which the bot authenticates to the Bot API.

/// The token of a Telegram bot. The type has neither `Debug` nor `Display`, so that no log can
/// contain the token.
#[derive(Clone)]
pub struct BotToken(String);

/// The configured bot token is malformed. The error does not repeat the token, since the text may
/// be a real token with a typo.
#[derive(Debug, thiserror::Error)]
#[error(
    "TELOXIDE_TOKEN is no bot token: it should look like 123456789:AAH… (digits, a colon, letters), as @BotFather gives it"
)]
pub struct BadToken;

impl BotToken {
    /// Parses a bot token in the form that @BotFather gives.
    ///
    /// # Errors
    /// When the token is not a number, a colon, and letters, digits, `-` or `_`.
    pub fn parse(token: &str) -> Result<BotToken, BadToken> {
        let token = token.trim();
        let (id, secret) = token.split_once(':').ok_or(BadToken)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let fits = id.parse::<u64>().is_ok() && !secret.is_empty() && secret.bytes().all(plain);
        if fits { Ok(BotToken(token.to_owned())) } else { Err(BadToken) }
    }

    /// Returns the whole token, for request URLs and for the derivation of keys.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

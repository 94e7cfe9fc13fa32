//! Registers, removes and shows the bot's webhook at Telegram. Only the command `footnote webhook`
//! does this. Serving processes never change the webhook, because all of them share it.

use serde::{Deserialize, Serialize};
use teloxide::payloads::{DeleteWebhook, GetWebhookInfo};
use teloxide::requests::Payload;

use super::api::Api;
use super::api_errors::ApiError;
use super::update::ALLOWED_UPDATES;
use super::webhook::{PATH, Secret};

/// The `setWebhook` call, with the kinds of updates that the bot handles. teloxide's own payload
/// lacks the newer kinds.
#[derive(Serialize)]
struct SetWebhook<'a> {
    url: &'a str,
    max_connections: u8,
    allowed_updates: [&'static str; ALLOWED_UPDATES.len()],
    secret_token: &'a str,
}

impl Payload for SetWebhook<'_> {
    type Output = bool;
    const NAME: &'static str = "SetWebhook";
}

/// The webhook as registered at Telegram, and the state of its deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registration {
    /// The URL of the webhook. Empty if no webhook is registered.
    pub url: String,
    /// The number of updates that wait at Telegram to be delivered.
    #[serde(default)]
    pub pending_update_count: i64,
    /// When Telegram last failed to deliver an update, in seconds since 1970 UTC.
    pub last_error_date: Option<i64>,
    /// The reason why Telegram last failed to deliver an update.
    pub last_error_message: Option<String>,
    /// The maximum number of connections that Telegram opens to the webhook.
    pub max_connections: Option<i64>,
}

/// Returns the URL of the webhook, which is `base` plus `/telegram`. `base` is the public URL of
/// the bot, or of a load balancer or proxy in front of the bot.
#[must_use]
pub fn address_below(base: &str) -> String {
    let base = base.trim_end_matches('/');
    if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") }
}

/// Registers a webhook at Telegram. Telegram will open at most `max_connections` connections to it
/// (1 to 100).
///
/// # Errors
/// When Telegram rejects the call or cannot be reached.
pub async fn register(api: &Api, url: &str, secret: &Secret, max_connections: u8) -> Result<(), ApiError> {
    let call = SetWebhook { url, max_connections, allowed_updates: ALLOWED_UPDATES, secret_token: secret.reveal() };
    api.call::<_, bool>(&call).await.map(|_| ())
}

/// Removes the webhook at Telegram, so that the bot can use long polling. Telegram keeps the
/// updates that wait to be delivered.
///
/// # Errors
/// When Telegram rejects the call or cannot be reached.
pub async fn unregister(api: &Api) -> Result<(), ApiError> {
    api.call::<_, bool>(&DeleteWebhook::new()).await.map(|_| ())
}

/// Returns the webhook that is registered at Telegram.
///
/// # Errors
/// When Telegram rejects the call or cannot be reached.
pub async fn registration(api: &Api) -> Result<Registration, ApiError> {
    api.call(&GetWebhookInfo::new()).await
}

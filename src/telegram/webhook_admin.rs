//! Telling Telegram where to bring updates, and asking it. Only `footnote webhook` does this:
//! processes that serve never change what they share.

use serde::{Deserialize, Serialize};
use teloxide::payloads::{DeleteWebhook, GetWebhookInfo};
use teloxide::requests::Payload;

use super::api::Api;
use super::api_errors::ApiError;
use super::update::ALLOWED_UPDATES;
use super::webhook::{PATH, Secret};

/// `setWebhook` with the kinds of updates that we know; teloxide's own list has no names for newer
/// ones.
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

/// Where Telegram brings updates, and how that goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registration {
    /// The address; empty where the bot fetches them itself.
    pub url: String,
    /// Updates that wait at Telegram.
    #[serde(default)]
    pub pending_update_count: i64,
    /// When bringing one last failed, in seconds since 1970 UTC.
    pub last_error_date: Option<i64>,
    /// Why.
    pub last_error_message: Option<String>,
    /// How many connections Telegram opens at once.
    pub max_connections: Option<i64>,
}

/// The address to which updates are brought, below the address of the bot, of its load balancer, or
/// of whatever stands before it.
#[must_use]
pub fn address_below(base: &str) -> String {
    let base = base.trim_end_matches('/');
    if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") }
}

/// Has updates brought to an address from now on, over so many connections at most (1 to 100).
///
/// # Errors
/// When Telegram refuses, or cannot be reached.
pub async fn register(api: &Api, url: &str, secret: &Secret, max_connections: u8) -> Result<(), ApiError> {
    let call = SetWebhook { url, max_connections, allowed_updates: ALLOWED_UPDATES, secret_token: secret.reveal() };
    api.call::<_, bool>(&call).await.map(|_| ())
}

/// Has no updates brought from now on, so that they can be fetched. Those that wait are kept.
///
/// # Errors
/// When Telegram refuses, or cannot be reached.
pub async fn unregister(api: &Api) -> Result<(), ApiError> {
    api.call::<_, bool>(&DeleteWebhook::new()).await.map(|_| ())
}

/// Where updates are brought now.
///
/// # Errors
/// When Telegram refuses, or cannot be reached.
pub async fn registration(api: &Api) -> Result<Registration, ApiError> {
    api.call(&GetWebhookInfo::new()).await
}

//! The client of the Bot API: sends teloxide's payloads through our own HTTP client.
//!
//! teloxide's own client, `Bot`, is not used. That client sleeps ten seconds inside a call after
//! any 5xx response, drops the error code, and prints the token with `{:?}`.

use std::time::Duration;

use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::requests::Payload;

use super::api_errors::ApiError;
use super::token::BotToken;
use crate::health::metrics;

/// Timeout of a Bot API call. For `getUpdates` (long polling), the time that Telegram may hold the
/// call is added.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Idle time of a connection to the Bot API before the first TCP keepalive probe.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// Interval between two TCP keepalive probes.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(3);
/// Number of unanswered TCP keepalive probes after which the connection is closed.
const KEEPALIVE_TIMES: u32 = 3;
/// Idle time after which a pooled connection is closed. Otherwise the connections of a burst of
/// replies would stay open.
const IDLE: Duration = Duration::from_secs(30);
/// Maximum number of idle connections to the Bot API in the pool.
const MAX_IDLE: usize = 32;

/// The configured URL of the Bot API server is invalid.
#[derive(Debug, thiserror::Error)]
#[error("TELOXIDE_API_URL is no web address: {0}; leave it out for Telegram's own")]
pub struct BadUrl(String);

/// The bot's own account, as returned by `getMe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub id: i64,
    /// The bot's username, without the `@`.
    pub username: String,
    /// True if the bot receives all messages in its groups, because BotFather's privacy mode is
    /// off. Otherwise Telegram sends the bot only messages addressed to it.
    pub reads_all: bool,
}

/// A client that calls the Bot API for one bot.
pub struct Api {
    http: reqwest::Client,
    base: Url,
    token: BotToken,
}

#[derive(Deserialize)]
struct ApiResponse<T> {
    #[serde(default)]
    ok: bool,
    result: Option<T>,
    #[serde(default)]
    error_code: u16,
    #[serde(default)]
    description: String,
    // Additional data of an error, such as `retry_after`. Kept as JSON of any shape, so that a
    // response with unexpected data can still be parsed.
    #[serde(default)]
    parameters: Value,
}

impl Api {
    /// The URL of Telegram's own Bot API server.
    pub const TELEGRAM: &str = "https://api.telegram.org";

    /// Creates a client for the Bot API server at `url`, for the bot with this token.
    ///
    /// # Errors
    /// When the URL is invalid or its scheme is neither `http` nor `https`.
    pub fn new(url: &str, token: BotToken) -> Result<Api, BadUrl> {
        let mut base = Url::parse(url).map_err(|e| BadUrl(e.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
            return Err(BadUrl("it must begin with https:// or http://".to_owned()));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let mut client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(KEEPALIVE)
            .tcp_keepalive_interval(KEEPALIVE_EVERY)
            .tcp_keepalive_retries(KEEPALIVE_TIMES)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_IDLE)
            .redirect(reqwest::redirect::Policy::none());
        if base.host_str().is_some_and(is_this_machine) {
            // Calls a Bot API server on this machine directly. A proxy from environment variables
            // is only for other machines.
            client = client.no_proxy();
        }
        let http = client.build().map_err(|e| BadUrl(e.to_string()))?;
        Ok(Api { http, base, token })
    }

    pub(super) fn token(&self) -> &BotToken {
        &self.token
    }

    /// Calls a method of the Bot API and parses its result as `T`. `T` declares only the fields
    /// that the caller needs, so that unknown fields do no harm.
    ///
    /// # Errors
    /// An [`ApiError`] if the server rejects the call, is unreachable, or sends no readable
    /// response.
    pub async fn call<P: Payload + Serialize, T: DeserializeOwned>(&self, payload: &P) -> Result<T, ApiError> {
        let outcome = self.attempt(payload).await;
        let told = match &outcome {
            Ok(_) => "ok",
            Err(ApiError::Refused { code: 429, .. }) => "flood",
            Err(ApiError::Refused { .. }) => "refused",
            Err(ApiError::NotReached(_)) => "not reached",
            Err(ApiError::NoAnswer(_)) => "no answer",
        };
        metrics::api_called(P::NAME, told);
        outcome
    }

    async fn attempt<P: Payload + Serialize, T: DeserializeOwned>(&self, payload: &P) -> Result<T, ApiError> {
        let response = self.request(payload)?.send().await.map_err(describe)?;
        let status = response.status();
        // The server has begun its response, so the body must arrive within `CALL_TIMEOUT`, even
        // for a long poll.
        let body = tokio::time::timeout(CALL_TIMEOUT, response.text()).await;
        let body = body.map_err(|_| ApiError::NoAnswer("the answer broke off".to_owned()))?;
        let text = body.map_err(|e| ApiError::NoAnswer(e.without_url().to_string()))?;
        let unreadable = |_| {
            let what = format!("status {status} without a readable body");
            if status.is_server_error() { ApiError::NotReached(what) } else { ApiError::NoAnswer(what) }
        };
        let answer: ApiResponse<T> = serde_json::from_str(&text).map_err(unreadable)?;
        match answer {
            ApiResponse { ok: true, result: Some(result), .. } => Ok(result),
            ApiResponse { error_code: 0, .. } if status.is_success() => {
                Err(ApiError::NoAnswer("neither a result nor a refusal".to_owned()))
            }
            ApiResponse { error_code, description, parameters, .. } => Err(ApiError::Refused {
                code: if error_code == 0 { status.as_u16() } else { error_code },
                description,
                retry_after: parameters["retry_after"].as_u64().map(Duration::from_secs),
                moved_to: parameters["migrate_to_chat_id"].as_i64(),
            }),
        }
    }

    /// Builds the HTTP request of a Bot API call. Serializes the payload now, so that a call in
    /// progress holds only the JSON bytes.
    fn request<P: Payload + Serialize>(&self, payload: &P) -> Result<reqwest::RequestBuilder, ApiError> {
        let mut body = serde_json::to_value(payload).map_err(|e| ApiError::NotReached(e.to_string()))?;
        strip_nulls(&mut body);
        let timeout = CALL_TIMEOUT + payload.timeout_hint().unwrap_or_default();
        Ok(self.http.post(self.address(P::NAME)?).timeout(timeout).json(&body))
    }

    /// Returns the bot's own account (`getMe`).
    pub(super) async fn me(&self) -> Result<Me, ApiError> {
        #[derive(Deserialize)]
        struct User {
            id: i64,
            #[serde(default)]
            username: String,
            #[serde(default)]
            can_read_all_group_messages: bool,
        }
        let user: User = self.call(&teloxide::payloads::GetMe::new()).await?;
        Ok(Me { id: user.id, username: user.username, reads_all: user.can_read_all_group_messages })
    }

    fn address(&self, method: &str) -> Result<Url, ApiError> {
        // teloxide capitalizes the names of API methods. Telegram accepts both forms, but other Bot
        // API servers may not.
        let mut letters = method.chars();
        let method: String = letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect();
        // Without the leading `./`, the URL parser would read `bot123:` as a scheme.
        self.base
            .join(&format!("./bot{}/{method}", self.token.reveal()))
            .map_err(|_| ApiError::NotReached("the address of the Bot API cannot be put together".to_owned()))
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
}

/// Converts an error of the HTTP client to an `ApiError`. Removes the URL from the error, because
/// the URL contains the token.
fn describe(error: reqwest::Error) -> ApiError {
    let reached = !error.is_connect() && !error.is_builder();
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    if reached { ApiError::NoAnswer(text) } else { ApiError::NotReached(text) }
}

/// Removes null fields from the JSON of a call. teloxide serializes some absent fields as null,
/// which the Bot API schema does not allow.
fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, v| !v.is_null());
            fields.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_nulls),
        _ => {}
    }
}

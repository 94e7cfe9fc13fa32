//! One call to the Bot API: teloxide's payloads over our own HTTP client.
//!
//! Not teloxide's `Bot`: that one sleeps ten seconds inside a call at any 5xx, forgets the error
//! code, and prints its token with `{:?}`.

use std::time::Duration;

use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::requests::Payload;

use super::api_errors::ApiError;
use super::token::BotToken;
use crate::health::metrics;

/// How long a call may take, beside what the call itself waits for.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection on which nothing moves is asked after this whether the other side is there, and
/// then so often again, so many times at most.
const KEEPALIVE: Duration = Duration::from_secs(10);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(3);
const KEEPALIVE_TIMES: u32 = 3;
/// What many answers at once have opened is closed when nobody has used it for so long.
const IDLE: Duration = Duration::from_secs(30);
/// And what is beyond so many at once.
const MAX_IDLE: usize = 32;

/// The address of the Bot API is not one.
#[derive(Debug, thiserror::Error)]
#[error("TELOXIDE_API_URL is no web address: {0}; leave it out for Telegram's own")]
pub struct BadUrl(String);

/// Who the bot is, as `getMe` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub id: i64,
    /// Without the `@`.
    pub username: String,
    /// Does it see all messages of groups (privacy mode off), or only those addressed to it?
    pub reads_all: bool,
}

/// The Bot API for one bot.
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
    // As a plain value: an unknown parameter must not hide the error it came with.
    #[serde(default)]
    parameters: Value,
}

impl Api {
    /// Telegram's own address.
    pub const TELEGRAM: &str = "https://api.telegram.org";

    /// Speaks to the server at `url` for the bot with this token.
    ///
    /// # Errors
    /// When the address is not an `http` or `https` one.
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
            // A proxy in the environment is for the world outside.
            client = client.no_proxy();
        }
        let http = client.build().map_err(|e| BadUrl(e.to_string()))?;
        Ok(Api { http, base, token })
    }

    pub(super) fn token(&self) -> &BotToken {
        &self.token
    }

    /// Calls a method and gives its result, read as `T`: only what is needed of it, so that a field
    /// which we do not know cannot hurt.
    ///
    /// # Errors
    /// As [`ApiError`] says.
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
        // The answer has begun: what comes of it comes soon, however long the call was to be held.
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

    /// A call, written out: while it is held, nothing is kept of the payload but these bytes.
    fn request<P: Payload + Serialize>(&self, payload: &P) -> Result<reqwest::RequestBuilder, ApiError> {
        let mut body = serde_json::to_value(payload).map_err(|e| ApiError::NotReached(e.to_string()))?;
        strip_nulls(&mut body);
        let timeout = CALL_TIMEOUT + payload.timeout_hint().unwrap_or_default();
        Ok(self.http.post(self.address(P::NAME)?).timeout(timeout).json(&body))
    }

    /// Who the bot is.
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
        // teloxide writes method names with a capital; Telegram takes both, other servers may not.
        let mut letters = method.chars();
        let method: String = letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect();
        // The dot keeps `bot123:…` from being read as a scheme.
        self.base
            .join(&format!("./bot{}/{method}", self.token.reveal()))
            .map_err(|_| ApiError::NotReached("the address of the Bot API cannot be put together".to_owned()))
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
}

/// An error of the HTTP client, without the address, in which the token stands.
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

/// teloxide writes some absent fields as null, which the schema does not know.
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

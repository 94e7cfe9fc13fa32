//! Decodes the parameters of a Bot API call from the query string, a JSON body, a URL-encoded form
//! or a multipart form. Every parameter becomes a string. An object or array becomes a string that
//! contains JSON.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Form, FromRequest, Multipart, Query, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Names of the parameters that the bot may send as a string that contains JSON. The log of Bot API
/// calls stores the decoded JSON.
const JSON_PARAMS: &str = "allowed_updates button commands entities link_preview_options reply_markup \
    reply_parameters results scope";

/// Parameters of one Bot API call: as strings, and as the values that the bot sent.
pub struct Params {
    texts: BTreeMap<String, String>,
    sent: Map<String, Value>,
}

impl Params {
    /// Reads all parameters of a request. A parameter in the query string overrides the same
    /// parameter in the body.
    pub async fn read(request: Request) -> Result<Params, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(request.uri())
            .map_err(|_| Refusal::bad("can't parse query string"))?;
        let mut pairs = as_values(pairs);
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        pairs.extend(if content_type.starts_with("application/json") {
            json_body(request).await?
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            as_values(form_body(request).await?)
        } else if content_type.starts_with("multipart/form-data") {
            as_values(multipart_body(request).await?)
        } else {
            Vec::new()
        });
        let mut sent = Map::new();
        for (name, value) in pairs {
            sent.entry(name).or_insert(value);
        }
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let texts = sent.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        Ok(Params { texts, sent })
    }

    /// Returns a parameter as a string, or the empty string if the parameter is missing.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// Returns an integer parameter. For a value that is not an integer, Telegram silently uses 0,
    /// but the playground returns an error.
    pub fn integer(&self, name: &str, default: i64) -> Result<i64, Refusal> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(default);
        }
        text.parse().map_err(|_| Refusal::stricter(&format!("parameter \"{name}\" must be an Integer")))
    }

    /// Returns a boolean parameter. For a value that is not a boolean, Telegram silently uses
    /// false, but the playground returns an error.
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.text(name).to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true),
            "" | "false" | "no" | "0" => Ok(false),
            _ => Err(Refusal::stricter(&format!("parameter \"{name}\" must be a Boolean"))),
        }
    }

    /// Parses a parameter that contains JSON. Returns the error `otherwise` if the parameter is not
    /// valid JSON.
    pub fn json(&self, name: &str, otherwise: &str) -> Result<Option<Value>, Refusal> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(text).map(Some).map_err(|_| Refusal::bad(otherwise))
    }

    /// Returns the parameter `chat_id` if the value is a number.
    pub fn chat_id(&self) -> Option<i64> {
        self.text("chat_id").parse().ok()
    }

    /// Returns an error if the bot sent a parameter that is not in `known`, a list of names
    /// separated by spaces. Otherwise the playground would silently ignore an unsupported
    /// parameter.
    pub fn only(&self, known: &str) -> Result<(), Refusal> {
        match self.texts.keys().find(|name| !known.split_whitespace().any(|known| known == *name)) {
            Some(unknown) => Err(Refusal::stricter(&format!("parameter \"{unknown}\""))),
            None => Ok(()),
        }
    }

    /// Returns all parameters as one JSON object for the log of Bot API calls. Decodes ids and JSON
    /// that the bot sent as strings.
    pub fn into_value(self) -> Value {
        let decoded = |name: &str, value: Value| {
            let Some(text) = value.as_str() else { return value };
            let is_number = text.parse::<i64>().is_ok()
                && (matches!(name, "chat_id" | "message_thread_id") || name.ends_with("message_id"));
            if is_number || JSON_PARAMS.split_whitespace().any(|json| json == name) {
                return serde_json::from_str(text).unwrap_or(value);
            }
            value
        };
        let all = self.sent.into_iter().map(|(name, value)| (name.clone(), decoded(&name, value)));
        all.collect::<Map<_, _>>().into()
    }
}

fn as_values(pairs: Vec<(String, String)>) -> Vec<(String, Value)> {
    pairs.into_iter().map(|(name, text)| (name, Value::String(text))).collect()
}

async fn json_body(request: Request) -> Result<Vec<(String, Value)>, Refusal> {
    let body = Bytes::from_request(request, &()).await.map_err(|_| too_large())?;
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let value: Value =
        serde_json::from_slice(&body).map_err(|_| Refusal::bad("can't parse JSON encoded parameters"))?;
    let Value::Object(fields) = value else {
        return Err(Refusal::bad("JSON object expected"));
    };
    Ok(fields.into_iter().collect())
}

async fn form_body(request: Request) -> Result<Vec<(String, String)>, Refusal> {
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    form.map(|Form(pairs)| pairs).map_err(|_| Refusal::bad("can't parse form data"))
}

async fn multipart_body(request: Request) -> Result<Vec<(String, String)>, Refusal> {
    let broken = || Refusal::bad("can't parse form data");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let mut pairs = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().ok_or_else(|| Refusal::bad("field name in multipart/form-data not found"))?.to_owned();
        pairs.push((name, field.text().await.map_err(|_| broken())?));
    }
    Ok(pairs)
}

fn too_large() -> Refusal {
    Refusal::new(413, "Request Entity Too Large".to_owned())
}

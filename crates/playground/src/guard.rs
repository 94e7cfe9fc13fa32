//! Refuses requests that another web site makes a browser send to loopback (CSRF, DNS rebinding).
//! It guards the page, which acts for its user, and the Bot API, which acts for the bot.

use std::net::IpAddr;

use axum::Json;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Lets a request pass, or refuses it with 403.
pub async fn guard(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        None => next.run(request).await,
        Some(reason) => (StatusCode::FORBIDDEN, Json(json!({"error": reason}))).into_response(),
    }
}

fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    // A name that an attacker has pointed at loopback still stands in Host.
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_loopback(host))
    else {
        return Some("The playground is only there for this computer.");
    };
    let own = format!("http://{host}");
    let is_foreign = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() != own.as_bytes());
    is_foreign.then_some("The request comes from another site.")
}

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

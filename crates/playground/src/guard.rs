//! Rejects HTTP requests that another web site makes the user's browser send to the playground
//! (CSRF, DNS rebinding). Otherwise the other site could act as the page's user or as the bot.

use std::net::IpAddr;

use axum::Json;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Passes a request on if the `Host` header names a loopback address and the `Origin` header, if
/// present, names the playground. Rejects any other request with status 403.
pub async fn guard(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        None => next.run(request).await,
        Some(reason) => (StatusCode::FORBIDDEN, Json(json!({"error": reason}))).into_response(),
    }
}

fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    // In a DNS rebinding attack, the attacker's host name resolves to loopback. The `Host` header
    // still contains that name, so any name other than a loopback address is rejected.
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

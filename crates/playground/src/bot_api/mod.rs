//! HTTP route of the local Bot API, `/bot<token>/<method>`. A test can plan faults for later calls.
//! This module applies the faults.

mod refusal;
mod params;
mod fields;
mod links;
mod entities;
mod keyboard;
mod inline;
mod profile;
mod methods;

use std::io;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};

use self::methods::Method;
use self::params::Params;
use self::refusal::{Outcome, Refusal};
use super::app::App;
use super::telegram::{FakeTelegram, FaultKind};

/// Result of a Bot API call, from which the HTTP response is built.
enum End {
    Answer(Outcome),
    Raw {
        code: u16,
        body: String,
    },
    /// Closes the connection without a response. Contains the result of the method if the method
    /// ran.
    Closed(Option<Outcome>),
}

/// Returns the routes of the Bot API. Any path without a route gets the Bot API error "Not Found".
pub fn router() -> Router<App> {
    Router::new().route("/bot{token}/{method}", any(handle)).fallback(async || answer(&Err(Refusal::not_found())))
}

async fn handle(State(app): State<App>, Path((token, name)): Path<(String, String)>, request: Request) -> Response {
    let at = Instant::now();
    if token != app.telegram.token() {
        return answer(&Err(Refusal::unauthorized()));
    }
    let Some(method) = methods::find(&name) else {
        return answer(&Err(Refusal::not_found()));
    };
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(refusal) => return answer(&Err(refusal)),
    };
    let end = tokio::select! {
        end = perform(&app.telegram, method, &params) => end,
        () = app.closing.cancelled() => End::Answer(Err(Refusal::restarting())),
    };
    app.telegram.record(method.name, params.into_value(), logged(&end), at);
    match end {
        End::Answer(outcome) => answer(&outcome),
        End::Raw { code, body } => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
        }
        End::Closed(_) => closed_connection(),
    }
}

async fn perform(telegram: &FakeTelegram, method: &Method, params: &Params) -> End {
    match telegram.take_fault(method.name, params.chat_id()) {
        None => End::Answer(method.run(telegram, params).await),
        Some(FaultKind::Refuse { code, description, retry_after }) => {
            End::Answer(Err(Refusal { retry_after, ..Refusal::new(code, description) }))
        }
        Some(FaultKind::Status { code, body }) => End::Raw { code, body },
        Some(FaultKind::Hang(time)) => {
            tokio::time::sleep(time).await;
            End::Answer(method.run(telegram, params).await)
        }
        Some(FaultKind::Drop) => End::Closed(None),
        Some(FaultKind::DropAfter) => End::Closed(Some(method.run(telegram, params).await)),
    }
}

fn logged(end: &End) -> Value {
    match end {
        End::Answer(outcome) | End::Closed(Some(outcome)) => envelope(outcome),
        End::Raw { code, body } => json!({"status": code, "body": body}),
        End::Closed(None) => Value::Null,
    }
}

fn envelope(outcome: &Outcome) -> Value {
    match outcome {
        Ok(result) => json!({"ok": true, "result": result}),
        Err(refusal) => refusal.envelope(),
    }
}

fn answer(outcome: &Outcome) -> Response {
    let status = match outcome {
        Ok(_) => StatusCode::OK,
        Err(refusal) => StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    (status, Json(envelope(outcome))).into_response()
}

/// Returns a response whose body fails before the first byte. The HTTP server hyper then closes the
/// connection without sending anything.
fn closed_connection() -> Response {
    let broken = async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted)) };
    Response::new(Body::from_stream(stream::once(broken)))
}

//! Updates that Telegram brings: the secret first, then the body, into the inbox, and only then a
//! 200, which tells Telegram to forget them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use hmac::digest::CtOutput;
use hmac::{Hmac, Mac};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use super::batcher::Batcher;
use super::intake::Intake;
use crate::health::{HealthState, metrics};

/// Where Telegram brings updates to, below the address that it is told.
pub const PATH: &str = "/telegram";

/// The header with the secret (Bot API, `setWebhook`).
const SECRET: &str = "x-telegram-bot-api-secret-token";

/// Longest update, in bytes. Telegram's are some kilobytes.
const MAX_BODY: usize = 1 << 20;

/// How long a request may take to say what it wants, and how long to say it all.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Telegram comes with a hundred connections at most; the rest is for whoever stands between, and
/// for strangers. When all are taken, the stranger makes room who has been there longest: a crowd
/// that says a letter a second keeps nobody out.
const MAX_CONNECTIONS: usize = 512;

/// How long what is being brought may take after the stop signal.
const DRAIN: Duration = Duration::from_secs(5);

/// The secret that Telegram sends along. It can be neither printed nor logged.
#[derive(Clone)]
pub struct Secret(String);

/// What was given cannot be a secret.
#[derive(Debug, thiserror::Error)]
#[error("FOOTNOTE_WEBHOOK_SECRET must be 16 to 256 of A-Z, a-z, 0-9, _ and -; `openssl rand -hex 32` makes one")]
pub struct BadSecret;

impl Secret {
    /// Takes a secret.
    ///
    /// # Errors
    /// When it is shorter than 16 or longer than 256 characters, or has others than Telegram takes.
    pub fn parse(secret: &str) -> Result<Secret, BadSecret> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let fits = (16..=256).contains(&secret.len()) && secret.bytes().all(plain);
        if fits { Ok(Secret(secret.to_owned())) } else { Err(BadSecret) }
    }

    /// For telling Telegram.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Is this it? Takes as long for any other of the same length.
    fn is(&self, given: &[u8]) -> bool {
        digest(self.0.as_bytes()) == digest(given)
    }
}

/// A digest whose comparison takes the same time wherever it differs.
fn digest(secret: &[u8]) -> CtOutput<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(b"footnote webhook").expect("HMAC takes keys of any length");
    mac.chain_update(secret).finalize()
}

struct WebhookState {
    secret: Secret,
    batcher: Batcher,
}

/// Somebody who is connected: a stranger, until a request comes with the secret.
#[derive(Clone, Default)]
struct Connection(Arc<AtomicBool>);

/// Who is connected, in the order in which they came.
#[derive(Default)]
struct Connections(VecDeque<(Connection, AbortHandle)>);

impl Connections {
    /// Is there room for one more, if need be after a stranger has left?
    fn make_room(&mut self) -> bool {
        self.0.retain(|(_, connection)| !connection.is_finished());
        if self.0.len() < MAX_CONNECTIONS {
            return true;
        }
        let stranger = self.0.iter().position(|(connection, _)| !connection.0.load(Ordering::Relaxed));
        let Some((_, connection)) = stranger.and_then(|at| self.0.remove(at)) else { return false };
        connection.abort();
        true
    }
}

/// Takes in what Telegram brings until `stop`.
pub(super) async fn run(
    listener: TcpListener,
    secret: Secret,
    intake: Intake,
    health: Arc<HealthState>,
    stop: &CancellationToken,
) {
    let (batcher, batching) = Batcher::begin(intake, health);
    tokio::spawn(batching);
    let state = Arc::new(WebhookState { secret, batcher });
    let router = Router::new().route(PATH, post(take)).with_state(state);
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(16 * 1024);
    let open = GracefulShutdown::new();
    let mut connections = Connections::default();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if !connections.make_room() {
            // All are Telegram's; it brings again what it could not.
            continue;
        }
        let connection = Connection::default();
        let service = TowerToHyperService::new(router.clone().layer(Extension(connection.clone())));
        let served = open.watch(server.serve_connection(TokioIo::new(stream), service));
        // Broken connections are everyday; Telegram brings again what got no 200.
        let task = tokio::spawn(async move { drop(served.await) });
        connections.0.push_back((connection, task.abort_handle()));
    }
    let _ = tokio::time::timeout(DRAIN, open.shutdown()).await;
}

/// One update, or what somebody else sends.
async fn take(
    State(state): State<Arc<WebhookState>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    let given = request.headers().get(SECRET).map_or(&[][..], HeaderValue::as_bytes);
    if !state.secret.is(given) {
        metrics::stranger_refused();
        return refuse(StatusCode::UNAUTHORIZED);
    }
    connection.0.store(true, Ordering::Relaxed);
    let body = match tokio::time::timeout(BODY_WITHIN, read(request.into_body())).await {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return refuse(refusal),
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT),
    };
    if state.batcher.keep(body).await {
        StatusCode::OK.into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")]).into_response()
    }
}

/// A refusal before all has been heard: what is left unread ends the connection, which whoever
/// wants to use it again has to know.
fn refuse(status: StatusCode) -> Response {
    (status, [(header::CONNECTION, "close")]).into_response()
}

async fn read(body: Body) -> Result<String, StatusCode> {
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    String::from_utf8(bytes.into()).map_err(|_| StatusCode::BAD_REQUEST)
}

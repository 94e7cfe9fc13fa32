//! The webhook server, to which Telegram posts updates.
//!
//! The server checks the secret of a request, reads the body and stores the update in the inbox.
//! Only then does the server respond with 200, because Telegram deletes an update after a 200.

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

/// The path in the URL of the webhook.
pub const PATH: &str = "/telegram";

/// The request header in which Telegram sends the webhook's secret (Bot API, `setWebhook`).
const SECRET: &str = "x-telegram-bot-api-secret-token";

/// Maximum size of a request body, which contains one update, in bytes. Telegram's updates have a
/// few kilobytes.
const MAX_BODY: usize = 1 << 20;

/// Timeout for receiving the headers of a webhook request.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
/// Timeout for receiving the body of a webhook request.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Maximum number of open connections to the webhook server. Telegram opens at most 100. The others
/// are for proxies and for clients that have not sent the secret.
///
/// When this many connections are open, the server closes the oldest that has not sent the secret.
/// Slow clients therefore cannot keep Telegram out.
const MAX_CONNECTIONS: usize = 512;

/// How long open webhook requests may take after the stop signal.
const DRAIN: Duration = Duration::from_secs(5);

/// The secret that Telegram sends with each webhook request. The type has neither `Debug` nor
/// `Display`, so that no log can contain the secret.
#[derive(Clone)]
pub struct Secret(String);

/// The configured webhook secret is invalid.
#[derive(Debug, thiserror::Error)]
#[error("FOOTNOTE_WEBHOOK_SECRET must be 16 to 256 of A-Z, a-z, 0-9, _ and -; `openssl rand -hex 32` makes one")]
pub struct BadSecret;

impl Secret {
    /// Parses the webhook secret of the configuration.
    ///
    /// # Errors
    /// When the secret has fewer than 16 or more than 256 characters, or has characters that
    /// Telegram does not allow.
    pub fn parse(secret: &str) -> Result<Secret, BadSecret> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let fits = (16..=256).contains(&secret.len()) && secret.bytes().all(plain);
        if fits { Ok(Secret(secret.to_owned())) } else { Err(BadSecret) }
    }

    /// Returns the secret as text, for `setWebhook`.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// True if `given`, the secret in a request, equals this secret. Compares in constant time, so
    /// that the duration reveals nothing about the secret.
    fn is(&self, given: &[u8]) -> bool {
        digest(self.0.as_bytes()) == digest(given)
    }
}

/// Returns a digest of a webhook secret. Comparing two values of this digest type takes constant
/// time.
fn digest(secret: &[u8]) -> CtOutput<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(b"footnote webhook").expect("HMAC takes keys of any length");
    mac.chain_update(secret).finalize()
}

struct WebhookState {
    secret: Secret,
    batcher: Batcher,
}

/// An open connection to the webhook server. The flag is true once the connection has sent a
/// request with the secret.
#[derive(Clone, Default)]
struct Connection(Arc<AtomicBool>);

/// The open connections to the webhook server, oldest first, each with the handle that aborts its
/// task.
#[derive(Default)]
struct Connections(VecDeque<(Connection, AbortHandle)>);

impl Connections {
    /// Makes room for one more connection. If `MAX_CONNECTIONS` are open, closes the oldest that
    /// has not sent the secret. Returns false if all have sent the secret.
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

/// Runs the webhook server until `stop` is cancelled.
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
                tracing::warn!(%error, "could not accept a webhook connection; trying again");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if !connections.make_room() {
            // The server drops the new connection, because all open connections have sent the
            // secret. Telegram sends the update of that connection again.
            continue;
        }
        let connection = Connection::default();
        let service = TowerToHyperService::new(router.clone().layer(Extension(connection.clone())));
        let served = open.watch(server.serve_connection(TokioIo::new(stream), service));
        // Ignores errors of a connection, which are common. Telegram sends an update again unless
        // the response was 200.
        let task = tokio::spawn(async move { drop(served.await) });
        connections.0.push_back((connection, task.abort_handle()));
    }
    let _ = tokio::time::timeout(DRAIN, open.shutdown()).await;
}

/// Handles one webhook request: checks the secret, and stores the update in the body.
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

/// Returns an error response to a request whose body was not read completely. The server then
/// closes the connection, and the `Connection` header announces this to the client.
fn refuse(status: StatusCode) -> Response {
    (status, [(header::CONNECTION, "close")]).into_response()
}

async fn read(body: Body) -> Result<String, StatusCode> {
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    String::from_utf8(bytes.into()).map_err(|_| StatusCode::BAD_REQUEST)
}

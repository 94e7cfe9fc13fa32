//! The playground: the whole bot without Telegram. One loopback server with a local Bot API, which the bot talks to over
//! HTTP as it would to Telegram, and one page that looks like Telegram, with a chat, a group and a forum.

mod assets;
mod bot_api;
mod delivery;
mod guard;
mod page;
mod telegram;

use std::future::Future;
use std::sync::Arc;

use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use telegram::{
    Attachment, Call, Denied, FakeTelegram, Fault, FaultKind, Group, GroupKind, PAGE_PERSON_ID, Person, Posted, Role,
    Say, Sent,
};

/// What the matcher makes of the last of these texts, which one person wrote in one chat in this order, in an app of this language; as JSON for the page.
/// The playground does not know the matcher, so whoever serves it lends it one.
pub type MatcherProbe = Arc<dyn Fn(&[String], &str) -> serde_json::Value + Send + Sync>;

/// What every request handler shares.
#[derive(Clone)]
struct App {
    world: Arc<FakeTelegram>,
    lens: Option<MatcherProbe>,
    /// Cancelled at shutdown, so that nothing that waits keeps the server alive.
    closing: CancellationToken,
}

/// Serves the page and the local Bot API of `world` until `shutdown` is done. Open event streams, long polls and
/// hanging answers end at once then.
pub async fn serve(
    listener: TcpListener,
    world: Arc<FakeTelegram>,
    lens: Option<MatcherProbe>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = App { world, lens, closing: CancellationToken::new() };
    let closing = app.closing.clone();
    tokio::spawn(delivery::run(Arc::clone(&app.world), app.closing.clone()));
    axum::serve(listener, router(app))
        .with_graceful_shutdown(async move {
            shutdown.await;
            closing.cancel();
        })
        .await
}

fn router(app: App) -> Router {
    page::router().merge(bot_api::router()).layer(middleware::from_fn(guard::guard)).with_state(app)
}

//! The playground runs the whole bot without Telegram. The playground is one HTTP server on
//! loopback with two parts:
//!
//! - A local Bot API, which the bot calls over HTTP instead of Telegram's.
//! - A page that looks like Telegram, with a private chat, a group and a forum.

mod telegram;
mod app;
mod delivery;
mod bot_api;
mod assets;
mod page;
mod guard;

use std::future::Future;
use std::sync::Arc;

use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use app::App;
pub use app::MatcherProbe;
pub use telegram::{
    Attachment, Call, Denied, FakeTelegram, Fault, FaultKind, Group, GroupKind, PAGE_PERSON_ID, Person, Posted, Role,
    Say, Sent,
};

/// Serves the page and the local Bot API of `telegram` until `shutdown` completes. Open event
/// streams, long polls and delayed responses then end at once.
pub async fn serve(
    listener: TcpListener,
    telegram: Arc<FakeTelegram>,
    matcher_probe: Option<MatcherProbe>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = App { telegram, matcher_probe, closing: CancellationToken::new() };
    let closing = app.closing.clone();
    tokio::spawn(delivery::run(Arc::clone(&app.telegram), app.closing.clone()));
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

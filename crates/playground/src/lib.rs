//! The playground: the whole bot without Telegram. One loopback server with a local Bot API, which
//! the bot talks to over HTTP as it would to Telegram, and one page that looks like Telegram, with
//! a chat, a group and a forum.

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

/// Serves the page and the local Bot API of `world` until `shutdown` is done. Open event streams,
/// long polls and hanging answers end at once then.
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

//! The playground: the whole bot without Telegram. One loopback server with a local Bot API, which the bot talks to over
//! HTTP as it would to Telegram, and one page that looks like a chat with it.

mod bot_api;
mod delivery;
mod guard;
mod page;
mod world;

use std::future::Future;
use std::sync::Arc;

use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use world::{
    Attachment, Call, Denied, Fault, FaultKind, Group, GroupKind, PAGE_PERSON_ID, Person, Posted, Role, Say, Sent,
    World,
};

/// What every request handler shares.
#[derive(Clone)]
struct App {
    world: Arc<World>,
    /// Cancelled at shutdown, so that nothing that waits keeps the server alive.
    closing: CancellationToken,
}

/// Serves the page and the local Bot API of `world` until `shutdown` is done. Open event streams, long polls and
/// hanging answers end at once then.
pub async fn serve(
    listener: TcpListener,
    world: Arc<World>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = App { world, closing: CancellationToken::new() };
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

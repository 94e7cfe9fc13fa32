//! Connects the source of updates, the inbox worker and the background tasks, and runs them until
//! the bot stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::api::{Api, Me};
use super::api_errors::ApiError;
use super::bot::Bot;
use super::buttons::Signer;
use super::dispatch::Dispatch;
use super::in_memory_state::InMemoryState;
use super::intake::Intake;
use super::poll::Poll;
use super::retention::Retention;
use super::stopped::Stopped;
use super::webhook::{self, Secret};
use super::{cleanup, menu};
use crate::health::HealthState;
use crate::inbox;
use crate::store::{Notification, Store};
use footnote_engine::engine::Engine;

/// The way in which the bot receives updates from Telegram.
pub enum Feed {
    /// Long polling: the bot calls `getUpdates`.
    Polling,
    /// A webhook: Telegram posts updates to this listener, with this secret in each request.
    ///
    /// `footnote webhook set` registers the webhook at Telegram. A serving process never registers
    /// a webhook.
    Webhook(TcpListener, Secret),
}

/// The engine, the store and the options with which `run` serves the bot.
pub struct Serving {
    pub engine: Arc<Engine>,
    pub store: Store,
    pub feed: Feed,
    pub health: Arc<HealthState>,
    /// How long the text of answered questions is stored. With `None`, no text is stored.
    pub keep_questions: Option<Duration>,
}

impl Serving {
    /// Returns the configuration for long polling, in which the text of questions is not stored.
    #[must_use]
    pub fn new(engine: Arc<Engine>, store: Store) -> Serving {
        Serving { engine, store, feed: Feed::Polling, health: Arc::default(), keep_questions: None }
    }
}

/// Serves the bot until `stop` is cancelled. Calls `ready` once Telegram has accepted the bot's
/// token.
///
/// # Errors
/// When Telegram rejects the token, another process keeps polling with the same token, or the inbox
/// worker panics.
pub async fn run(api: Api, serving: Serving, stop: CancellationToken, ready: impl FnOnce(&Me)) -> Result<(), Stopped> {
    let Serving { engine, store, feed, health, keep_questions } = serving;
    let Some(me) = get_me(&api, &stop).await? else { return Ok(()) };
    ready(&me);
    let api = Arc::new(api);
    let wake = Arc::new(Notify::new());
    let signer = Signer::new(api.token());
    let bot = Arc::new(Bot {
        me,
        engine: Arc::clone(&engine),
        store: store.clone(),
        api: Arc::clone(&api),
        signer,
        in_memory: InMemoryState::default(),
        retention: Retention::new(api.token(), keep_questions),
    });
    let handler = Dispatch::new(Arc::clone(&bot));
    // Receiving updates and handling them stop together, because neither is useful without the
    // other.
    let stop_all = stop.child_token();
    let inbox = inbox::run(store.clone(), Arc::new(handler), Arc::clone(&wake), stop_all.clone());
    let stop_with_inbox = stop_all.clone().drop_guard();
    let inbox = tokio::spawn(async move {
        let _stop_with_inbox = stop_with_inbox;
        inbox.await;
    });
    let listening = tokio::spawn({
        let (store, bot, wake) = (store.clone(), Arc::clone(&bot), Arc::clone(&wake));
        async move { store.listen(|notification| handle_notification(notification, &bot, &wake)).await }
    });
    let menu = tokio::spawn(menu::sync(Arc::clone(&api), engine, stop_all.clone()));
    let cleanup = tokio::spawn(cleanup::run(Arc::clone(&bot), stop_all.clone()));
    let intake = Intake::new(bot, wake);
    let fed = match feed {
        Feed::Polling => {
            let poll = Poll { api: &api, store: &store, intake: &intake, health: &health, stop: &stop_all };
            poll.run().await
        }
        Feed::Webhook(listener, secret) => {
            webhook::run(listener, secret, intake, health, &stop_all).await;
            Ok(())
        }
    };
    stop_all.cancel();
    let inbox_ended = inbox.await;
    listening.abort();
    menu.abort();
    cleanup.abort();
    fed?;
    inbox_ended.map_err(Stopped::Inbox)
}

/// Handles a notification that a process of this bot, perhaps another one, sent through PostgreSQL.
fn handle_notification(notification: Notification, bot: &Bot, wake: &Notify) {
    match notification {
        Notification::RowsWaiting => wake.notify_one(),
        Notification::Forgotten(chat_or_person) => bot.in_memory.answer_cache.forget(chat_or_person),
        // Notifications may have been lost, perhaps one about an erasure. Clears the whole answer
        // cache, so that no erased question stays in the cache.
        Notification::Anything => {
            wake.notify_one();
            bot.in_memory.answer_cache.clear();
        }
    }
}

/// Calls `getMe` with exponential backoff until the call succeeds. Returns `None` if `stop` is
/// cancelled first.
async fn get_me(api: &Api, stop: &CancellationToken) -> Result<Option<Me>, Stopped> {
    const MAX_BACKOFF: Duration = Duration::from_secs(30);
    let mut backoff = Duration::from_millis(500);
    loop {
        let response = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            response = api.me() => response,
        };
        match response {
            Ok(me) => return Ok(Some(me)),
            Err(error) if error.is_about_the_token() => return Err(Stopped::TokenRefused(error)),
            Err(error) => {
                if let ApiError::Refused { retry_after: Some(after), .. } = error {
                    backoff = after;
                }
                tracing::warn!(%error, ?backoff, "could not reach Telegram; trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(backoff) => backoff = (backoff * 2).min(MAX_BACKOFF),
        }
    }
}

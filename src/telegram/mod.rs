//! The only place that speaks the Bot API.
//!
//! teloxide's types, payloads, commands and handler trees are used; its listeners, dispatcher and network layer are not: they confirm updates that are still in
//! memory, die of a handler's panic, and drop what they do not know (ARCHITECTURE.md).

mod address;
mod admin_cache;
mod api;
mod bot;
mod buttons;
mod dispatch;
mod batcher;
mod handlers;
mod intake;
mod retention;
mod rate_limiter;
mod link;
mod menu;
mod in_memory_state;
mod proactive_limiter;
mod send_rate_limiter;
mod poll;
mod answer_cache;
mod api_errors;
mod webhook_admin;
mod send;
mod cleanup;
mod update;
mod webhook;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

pub use api::{Api, ApiError, BadToken, BadUrl, Token};
pub use webhook::{BadSecret, Secret};
pub use webhook_admin::{Registration, address_below, register, registration, unregister};

use crate::health::HealthState;
use crate::inbox;
use crate::store::{Notification, Store};
use bot::Bot;
use buttons::Signer;
use footnote_engine::engine::Engine;
use in_memory_state::Moment;
use intake::Intake;
use poll::Poll;
use retention::Keeping;

/// Why the bot stopped without being told to.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Telegram does not know the token.
    #[error("Telegram refuses the token ({0}); check TELOXIDE_TOKEN, or ask @BotFather for a new one")]
    TokenRefused(ApiError),
    /// Another program fetches the same bot's updates, and will not stop.
    #[error("another program has been fetching this bot's updates for a minute; stop one of the two")]
    Conflict,
    /// Nobody works on what comes in any more.
    #[error(
        "the inbox stopped, which is a mistake in this program: {0}; nothing is lost, and the next start goes on with it"
    )]
    Inbox(JoinError),
}

/// Who the bot is, as Telegram says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// Its user id.
    pub id: i64,
    /// Its name, without the `@`.
    pub username: String,
    /// Does it see all messages of groups, or only what is addressed to it?
    pub reads_all: bool,
}

/// How updates come in.
pub enum Feed {
    /// The bot fetches them.
    Polling,
    /// Telegram brings them to this listener, with this secret. That it does so is told it by `footnote webhook set`, never here.
    Webhook(TcpListener, Secret),
}

/// What is served, and how.
pub struct Serving {
    /// What answers.
    pub engine: Arc<Engine>,
    /// Where everything is kept.
    pub store: Store,
    /// How updates come in.
    pub feed: Feed,
    /// Where those who watch look.
    pub vitals: Arc<HealthState>,
    /// For how long the words of questions are kept; not at all where nothing is said.
    pub keep_questions: Option<Duration>,
}

impl Serving {
    /// By polling, keeping no words.
    #[must_use]
    pub fn new(engine: Arc<Engine>, store: Store) -> Serving {
        Serving { engine, store, feed: Feed::Polling, vitals: Arc::default(), keep_questions: None }
    }
}

/// Serves Telegram until `stop`; `ready` is called once Telegram has accepted the token.
///
/// # Errors
/// When Telegram refuses the token, or another program keeps fetching the same updates.
pub async fn run(api: Api, serving: Serving, stop: CancellationToken, ready: impl FnOnce(&Me)) -> Result<(), Stopped> {
    let Serving { engine, store, feed, vitals, keep_questions } = serving;
    let Some(me) = introduce(&api, &stop).await? else { return Ok(()) };
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
        moment: Moment::default(),
        keeping: Keeping::new(api.token(), keep_questions),
    });
    let handler = dispatch::Dispatch::new(Arc::clone(&bot));
    // The two halves end together: without one the other is of no use.
    let half = stop.child_token();
    let work = inbox::run(store.clone(), Arc::new(handler), Arc::clone(&wake), half.clone());
    let ends = half.clone().drop_guard();
    let working = tokio::spawn(async move {
        let _ends = ends;
        work.await;
    });
    let hearing = tokio::spawn({
        let (store, bot, wake) = (store.clone(), Arc::clone(&bot), Arc::clone(&wake));
        async move { store.listen(|heard| hear(heard, &bot, &wake)).await }
    });
    let menu = tokio::spawn(menu::keep(Arc::clone(&api), engine, half.clone()));
    let tidying = tokio::spawn(cleanup::keep(Arc::clone(&bot), half.clone()));
    let intake = Intake::new(bot, wake);
    let fed = match feed {
        Feed::Polling => {
            let poll = Poll { api: &api, store: &store, intake: &intake, vitals: &vitals, stop: &half };
            poll.run().await
        }
        Feed::Webhook(listener, secret) => {
            webhook::run(listener, secret, intake, vitals, &half).await;
            Ok(())
        }
    };
    half.cancel();
    let worked = working.await;
    hearing.abort();
    menu.abort();
    tidying.abort();
    fed?;
    worked.map_err(Stopped::Inbox)
}

/// Does what another process has said to all. What was missed may have been that somebody is forgotten.
fn hear(heard: Notification, bot: &Bot, wake: &Notify) {
    match heard {
        Notification::RowsWaiting => wake.notify_one(),
        Notification::Forgotten(whom) => bot.moment.recent.forget(whom),
        Notification::Anything => {
            wake.notify_one();
            bot.moment.recent.forget_all();
        }
    }
}

/// Asks Telegram who we are, for as long as it takes; `None` when told to stop meanwhile.
async fn introduce(api: &Api, stop: &CancellationToken) -> Result<Option<Me>, Stopped> {
    const LONGEST_WAIT: Duration = Duration::from_secs(30);
    let mut wait = Duration::from_millis(500);
    loop {
        let asked = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            asked = api.me() => asked,
        };
        match asked {
            Ok(me) => return Ok(Some(me)),
            Err(error) if error.is_about_the_token() => return Err(Stopped::TokenRefused(error)),
            Err(error) => {
                if let ApiError::Refused { retry_after: Some(after), .. } = error {
                    wait = after;
                }
                tracing::warn!(%error, ?wait, "Telegram cannot be reached yet");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
        }
    }
}

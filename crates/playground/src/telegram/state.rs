//! State of the fake Telegram behind one lock, with functions to wait for a change of the state.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use super::calls::Calls;
use super::chats::Chats;
use super::clock::unix_time;
use super::inline::InlineQueries;
use super::profile::Profile;
use super::session::Session;
use super::updates::Updates;
use super::webhook::DeliveryQueue;
use super::withheld::Withheld;

/// Maximum number of events that a page may lag behind. If a page lags further behind, its event
/// stream ends, and the page reconnects and loads the whole state.
const PAGE_BACKLOG: usize = 1024;

/// Maximum time that the bot may take to answer a callback query.
pub(super) const CALLBACK_LIFE: Duration = Duration::from_secs(60);

/// The fake Telegram, which holds the whole state of the playground. All methods are synchronous,
/// except methods that wait for a change of the state.
pub struct FakeTelegram {
    token: String,
    bot: Value,
    state: Mutex<State>,
    /// Number of changes of the state. Every change wakes the tasks that wait for a condition on
    /// the state.
    changes: watch::Sender<u64>,
}

pub(super) struct State {
    /// The bot as the Bot API object `User`, with the fields that messages contain.
    pub(super) bot: Value,
    pub(super) chats: Chats,
    pub(super) updates: Updates,
    pub(super) delivery: DeliveryQueue,
    pub(super) callbacks: HashMap<String, Callback>,
    pub(super) inline: InlineQueries,
    pub(super) profile: Profile,
    pub(super) calls: Calls,
    pub(super) withheld: Withheld,
    pub(super) session: Session,
    pub(super) page: broadcast::Sender<Value>,
    pub(super) next_query_id: u64,
    /// Privacy mode. If true, the bot gets only group messages that are addressed to the bot, and
    /// service messages.
    pub(super) privacy: bool,
    /// Inline feedback. If true, the bot gets an update when a user chooses an inline result.
    pub(super) inline_feedback: bool,
}

/// A callback query (button press) that the bot has not answered yet.
pub(super) struct Callback {
    pub(super) person_id: i64,
    /// Chat id and message id of the message with the pressed button. `None` for a callback query
    /// that a test injected.
    pub(super) place: Option<(i64, i64)>,
    pub(super) pressed: Instant,
}

impl FakeTelegram {
    /// Creates a fake Telegram without users, for the bot with this token. The number before the
    /// colon of the token is the bot's id.
    #[must_use]
    pub fn new(token: &str) -> Arc<FakeTelegram> {
        let id: i64 = token.split(':').next().and_then(|number| number.parse().ok()).unwrap_or(1);
        let bot = json!({"id": id, "is_bot": true, "first_name": "Footnote", "username": "footnote_bot"});
        let now = unix_time();
        Arc::new(FakeTelegram {
            token: token.to_owned(),
            bot: bot.clone(),
            state: Mutex::new(State {
                bot,
                chats: Chats::default(),
                updates: Updates::starting_at(now),
                delivery: DeliveryQueue::default(),
                callbacks: HashMap::new(),
                inline: InlineQueries::default(),
                profile: Profile::default(),
                calls: Calls::default(),
                withheld: Withheld::default(),
                session: Session::default(),
                page: broadcast::Sender::new(PAGE_BACKLOG),
                next_query_id: now.unsigned_abs() << 20,
                privacy: true,
                inline_feedback: true,
            }),
            changes: watch::Sender::new(0),
        })
    }

    /// Token that the bot must put into the URL of every Bot API call.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the bot as `getMe` does: the object `User` with the fields that only `getMe` sets.
    pub fn me(&self) -> Value {
        let mut me = self.bot.clone();
        me["can_join_groups"] = true.into();
        me["can_read_all_group_messages"] = self.read(|state| !state.privacy).into();
        me["supports_inline_queries"] = true.into();
        for unused in [
            "supports_guest_queries",
            "can_connect_to_business",
            "has_main_web_app",
            "has_topics_enabled",
            "allows_users_to_create_topics",
            "can_manage_bots",
            "supports_join_request_queries",
        ] {
            me[unused] = false.into();
        }
        me
    }

    /// Calls `look` now and after every change of the state. Returns the first value that `look`
    /// finds, or `None` after `timeout`.
    pub async fn wait_until<T>(
        &self,
        timeout: Duration,
        mut look: impl FnMut(&FakeTelegram) -> Option<T>,
    ) -> Option<T> {
        let mut changes = self.changes.subscribe();
        let waiting = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(self) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout(timeout, waiting).await.ok().flatten()
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    pub(super) fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let outcome = act(&mut self.lock());
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn new_query_id(&mut self) -> String {
        self.next_query_id += 1;
        self.next_query_id.to_string()
    }
}

//! The fake Telegram: its state behind one lock, and waiting for a change of it.

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

/// How many page events a slow page may lag behind before its stream is ended (it then asks for
/// everything anew).
const PAGE_BACKLOG: usize = 1024;

/// How long an answer to a pressed button may take.
pub(super) const CALLBACK_LIFE: Duration = Duration::from_secs(60);

/// Everything the playground knows. All methods are synchronous except the two that wait.
pub struct FakeTelegram {
    token: String,
    bot: Value,
    state: Mutex<State>,
    /// Counts the changes of the state; whoever waits for something looks again at every change.
    changes: watch::Sender<u64>,
}

pub(super) struct State {
    /// The bot's `User` as it stands in messages.
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
    /// In groups the bot is told only of what is meant for it.
    pub(super) privacy: bool,
    /// The bot is told which inline results are chosen.
    pub(super) inline_feedback: bool,
}

/// A pressed button that the bot has not answered yet.
pub(super) struct Callback {
    pub(super) person_id: i64,
    /// Where the button is; nothing for a query that a test made up.
    pub(super) place: Option<(i64, i64)>,
    pub(super) pressed: Instant,
}

impl FakeTelegram {
    /// A fake Telegram with no user but the bot that owns `token`. The number before the colon is
    /// the bot's id.
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

    /// The token the bot has to use.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The bot as `getMe` shows it: a `User` with the fields that only `getMe` fills.
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

    /// Calls `look` now and after every change, until it finds something or `timeout` has passed.
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

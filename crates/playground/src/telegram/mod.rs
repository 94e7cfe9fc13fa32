//! The state of the playground, synchronous and without HTTP: who wrote what, which updates wait for the bot, which
//! queries wait for its answer, and what the bot called.

mod bot;
mod calls;
mod chats;
mod seed;
mod groups;
mod inline;
mod journal;
mod members;
mod users;
mod privacy;
mod profile;
mod quotes;
mod session;
pub(super) mod text;
mod threads;
mod updates;
mod view;
mod webhook;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

pub(super) use bot::{Draft, Reply, Target, Trouble};
pub use calls::{Call, Fault, FaultKind};
pub use groups::{Group, GroupKind, Posted, Role, Say};
pub(super) use inline::InlineAnswer;
pub(super) use profile::About;
pub use users::{Attachment, Denied, PAGE_PERSON_ID, Person, Sent};
pub(super) use webhook::{Delivery, Webhook};

/// How many page events a slow page may lag behind before its stream is ended (it then asks for everything anew).
const PAGE_BACKLOG: usize = 1024;

/// How long an answer to a pressed button may take.
const CALLBACK_LIFE: Duration = Duration::from_secs(60);

/// Everything the playground knows. All methods are synchronous except the two that wait.
pub struct FakeTelegram {
    token: String,
    bot: Value,
    state: Mutex<State>,
    /// Counts the changes of the state; whoever waits for something looks again at every change.
    changes: watch::Sender<u64>,
}

struct State {
    /// The bot's `User` as it stands in messages.
    bot: Value,
    chats: chats::Chats,
    updates: updates::Updates,
    delivery: webhook::DeliveryQueue,
    callbacks: HashMap<String, Callback>,
    inline: inline::InlineQueries,
    profile: profile::Profile,
    calls: calls::Calls,
    withheld: journal::Withheld,
    session: session::Session,
    page: broadcast::Sender<Value>,
    next_query_id: u64,
    /// In groups the bot is told only of what is meant for it.
    privacy: bool,
    /// The bot is told which inline results are chosen.
    inline_feedback: bool,
}

/// A pressed button that the bot has not answered yet.
struct Callback {
    person_id: i64,
    /// Where the button is; nothing for a query that a test made up.
    place: Option<(i64, i64)>,
    pressed: Instant,
}

impl FakeTelegram {
    /// A world with nobody in it but the bot that owns `token`; the number before the colon is the bot's id.
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
                chats: chats::Chats::default(),
                updates: updates::Updates::starting_at(now),
                delivery: webhook::DeliveryQueue::default(),
                callbacks: HashMap::new(),
                inline: inline::InlineQueries::default(),
                profile: profile::Profile::default(),
                calls: calls::Calls::default(),
                withheld: journal::Withheld::default(),
                session: session::Session::default(),
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

    /// The messages of a chat as they stand now, oldest first.
    pub fn history(&self, chat_id: i64) -> Vec<Value> {
        self.read(|state| state.chats.history(chat_id))
    }

    /// How many updates the bot has not confirmed yet.
    pub fn unconfirmed(&self) -> usize {
        self.read(|state| state.updates.len())
    }

    /// Puts any raw update into the queue, with the next `update_id` put in; returns that id. Nothing is checked and
    /// `allowed_updates` does not apply. What the update names becomes known, so that the bot can react to it: the chat
    /// and message of a message, the ids of a callback query or an inline query.
    pub fn inject(&self, update: Value) -> i64 {
        self.change(|state| {
            for message in update.as_object().into_iter().flat_map(|object| object.values()) {
                state.chats.remember(message);
                state.chats.remember(&message["message"]);
            }
            let callback = &update["callback_query"];
            if let (Some(id), Some(person_id)) = (callback["id"].as_str(), callback["from"]["id"].as_i64()) {
                state.callbacks.insert(id.to_owned(), Callback { person_id, place: None, pressed: Instant::now() });
            }
            let inline = &update["inline_query"];
            if let (Some(id), Some(person_id)) = (inline["id"].as_str(), inline["from"]["id"].as_i64()) {
                let part = |name: &str| inline[name].as_str().unwrap_or_default().to_owned();
                state.inline.ask(id.to_owned(), person_id, part("query"), part("offset"));
            }
            state.updates.inject(update)
        })
    }

    /// Makes every waiting callback query and inline query too old to be answered.
    pub fn expire_queries(&self) {
        self.change(|state| {
            state.callbacks.clear();
            state.inline.expire();
        });
    }

    /// Looks at the world now and after every change until `look` finds something or `timeout` has passed.
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

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let outcome = act(&mut self.lock());
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new_query_id(&mut self) -> String {
        self.next_query_id += 1;
        self.next_query_id.to_string()
    }
}

fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

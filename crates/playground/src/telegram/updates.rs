//! The queue of updates for the bot. Each update stays in the queue until the bot confirms it.
//! Kinds of updates that the bot did not ask for are not queued.

use std::collections::VecDeque;

use serde_json::{Map, Value};

/// Update kinds that the bot gets only if `allowed_updates` names the kind.
const ON_DEMAND: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Maximum number of updates kept for the page's inspector.
const KEPT: usize = 5_000;

pub(super) struct Updates {
    queue: VecDeque<(i64, Value)>,
    /// The newest updates, for the page's inspector. Includes updates that the bot has already
    /// confirmed.
    told: VecDeque<Value>,
    next_id: i64,
    allowed: Allowed,
    /// Ticket (sequence number) of the newest waiting `getUpdates` call. Only this call may wait
    /// for updates.
    newest_poll: u64,
}

enum Allowed {
    Default,
    Only(Vec<String>),
}

impl Updates {
    /// Creates an empty queue. Update ids start after `now`, in Unix seconds, so that a restarted
    /// playground does not repeat ids.
    pub fn starting_at(now: i64) -> Updates {
        Updates {
            queue: VecDeque::new(),
            told: VecDeque::new(),
            next_id: now,
            allowed: Allowed::Default,
            newest_poll: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Iterates over the queued updates with their ids, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Value)> {
        self.queue.iter().map(|(id, update)| (*id, update))
    }

    /// Removes an update from the queue after the webhook has accepted it.
    pub fn remove(&mut self, update_id: i64) {
        if let Ok(at) = self.queue.binary_search_by_key(&update_id, |(id, _)| *id) {
            self.queue.remove(at);
        }
    }

    /// Returns the last 5,000 updates (the number kept for the inspector), oldest first, including
    /// confirmed updates.
    pub fn told(&self) -> impl Iterator<Item = &Value> {
        self.told.iter()
    }

    pub fn clear(&mut self) {
        self.queue.clear();
    }

    /// Queues an update of this kind and returns the update id. If the bot does not want this kind,
    /// drops the update but still uses up the id.
    pub fn push(&mut self, kind: &str, body: Value) -> i64 {
        let wanted = match &self.allowed {
            Allowed::Default => !ON_DEMAND.contains(&kind),
            Allowed::Only(kinds) => kinds.iter().any(|allowed| allowed == kind),
        };
        if !wanted {
            return self.new_id();
        }
        self.inject(Value::Object(Map::from_iter([(kind.to_owned(), body)])))
    }

    pub fn inject(&mut self, mut update: Value) -> i64 {
        let id = self.new_id();
        if let Some(fields) = update.as_object_mut() {
            fields.insert("update_id".to_owned(), id.into());
        }
        if self.told.len() == KEPT {
            self.told.pop_front();
        }
        self.told.push_back(update.clone());
        self.queue.push_back((id, update));
        id
    }

    /// Sets the update kinds that the bot wants. As in Telegram, an empty list means the default
    /// kinds.
    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = if kinds.is_empty() { Allowed::Default } else { Allowed::Only(kinds) };
    }

    fn new_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// Removes the updates that `offset` confirms, as `getUpdates` does. An offset of 0 or more
    /// confirms all updates with lower ids. An offset of -n confirms all but the last n updates.
    pub fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let kept = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            self.queue.drain(..self.queue.len().saturating_sub(kept));
            return;
        }
        while self.queue.front().is_some_and(|(id, _)| *id < offset) {
            self.queue.pop_front();
        }
    }

    pub fn first(&self, limit: usize) -> Vec<Value> {
        self.queue.iter().take(limit).map(|(_, update)| update.clone()).collect()
    }

    /// Registers a new waiting `getUpdates` call and returns its ticket. Waiting calls with an
    /// older ticket must end.
    pub fn start_poll(&mut self) -> u64 {
        self.newest_poll += 1;
        self.newest_poll
    }

    pub fn is_newest_poll(&self, ticket: u64) -> bool {
        self.newest_poll == ticket
    }
}

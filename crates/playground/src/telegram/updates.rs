//! The queue of updates: kept until the bot confirms them, made only if the bot has asked for their
//! kind.

use std::collections::VecDeque;

use serde_json::{Map, Value};

/// The kinds that are sent to a bot only if it names them.
const ON_DEMAND: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// How many updates are kept to be looked at.
const KEPT: usize = 5_000;

pub(super) struct Updates {
    queue: VecDeque<(i64, Value)>,
    /// Those made lately, confirmed or not.
    told: VecDeque<Value>,
    next_id: i64,
    allowed: Allowed,
    /// Which poll may wait: the one with the newest ticket.
    newest_poll: u64,
}

enum Allowed {
    Default,
    Only(Vec<String>),
}

impl Updates {
    /// A restarted playground must not repeat ids, so the clock says where they start.
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

    /// The updates that wait, oldest first, with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Value)> {
        self.queue.iter().map(|(id, update)| (*id, update))
    }

    /// Forgets one that was taken.
    pub fn remove(&mut self, update_id: i64) {
        if let Ok(at) = self.queue.binary_search_by_key(&update_id, |(id, _)| *id) {
            self.queue.remove(at);
        }
    }

    /// The last 5,000, oldest first.
    pub fn told(&self) -> impl Iterator<Item = &Value> {
        self.told.iter()
    }

    pub fn clear(&mut self) {
        self.queue.clear();
    }

    /// Makes an update; the id is used up even if the bot does not want this kind.
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

    /// An empty list means the default kinds, as for Telegram.
    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = if kinds.is_empty() { Allowed::Default } else { Allowed::Only(kinds) };
    }

    fn new_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// Forgets what `offset` confirms: everything before it, or with a negative one all but the
    /// last so many.
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

    /// A poll that starts to wait takes a ticket; those with an older one end.
    pub fn start_poll(&mut self) -> u64 {
        self.newest_poll += 1;
        self.newest_poll
    }

    pub fn is_newest_poll(&self, ticket: u64) -> bool {
        self.newest_poll == ticket
    }
}

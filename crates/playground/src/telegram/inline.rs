//! Inline queries of users: queries that wait for the bot's answer, answered queries, and a cache
//! of answers.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Maximum time that the bot may take to answer an inline query.
const LIFE: Duration = Duration::from_secs(30);

/// Maximum number of stored inline queries. Old queries are stored because a user may choose one of
/// their results later.
const KEPT: usize = 200;

/// Checked parameters of the method `answerInlineQuery`.
pub(crate) struct InlineAnswer {
    /// JSON object with `results`, `next_offset` and an optional `button`.
    pub body: Value,
    /// Time for which the answer stays in the cache and is reused for the same query.
    pub cache_time: Duration,
    /// Whether only the user who sent the query may get the cached answer.
    pub is_personal: bool,
}

impl InlineAnswer {
    /// Creates an answer that stays in the cache for `cache_time` seconds.
    pub(crate) fn new(body: Value, cache_time: u64, is_personal: bool) -> InlineAnswer {
        InlineAnswer { body, cache_time: Duration::from_secs(cache_time), is_personal }
    }
}

#[derive(Default)]
pub(super) struct InlineQueries {
    asked: VecDeque<PendingInlineQuery>,
    cache: Vec<Cached>,
}

struct PendingInlineQuery {
    id: String,
    person_id: i64,
    query: String,
    offset: String,
    state: Answer,
}

enum Answer {
    Waiting { since: Instant },
    TooOld,
    Given(Value),
}

struct Cached {
    query: String,
    offset: String,
    /// Id of the only user who may get this cached answer. `None` means all users.
    person_id: Option<i64>,
    until: Instant,
    body: Value,
}

impl InlineQueries {
    /// Stores an inline query that the bot must answer.
    pub fn ask(&mut self, id: String, person_id: i64, query: String, offset: String) {
        self.add(PendingInlineQuery { id, person_id, query, offset, state: Answer::Waiting { since: Instant::now() } });
    }

    /// Answers an inline query from the cache. Returns false if the cache has no answer, so that
    /// the bot must answer the query.
    pub fn ask_cache(&mut self, id: &str, person_id: i64, query: &str, offset: &str) -> bool {
        let now = Instant::now();
        self.cache.retain(|cached| cached.until > now);
        let known = self.cache.iter().rev().find(|cached| {
            cached.query == query && cached.offset == offset && cached.person_id.is_none_or(|only| only == person_id)
        });
        let Some(body) = known.map(|cached| cached.body.clone()) else {
            return false;
        };
        self.add(PendingInlineQuery {
            id: id.to_owned(),
            person_id,
            query: query.to_owned(),
            offset: offset.to_owned(),
            state: Answer::Given(body),
        });
        true
    }

    /// Stores the bot's answer to a query. Returns false if no query with this id is waiting, or if
    /// the query is too old.
    pub fn answer(&mut self, id: &str, answer: InlineAnswer) -> bool {
        let Some(asked) = self.asked.iter_mut().find(|asked| asked.id == id) else {
            return false;
        };
        let Answer::Waiting { since } = asked.state else {
            return false;
        };
        if since.elapsed() > LIFE {
            return false;
        }
        if !answer.cache_time.is_zero() {
            self.cache.push(Cached {
                query: asked.query.clone(),
                offset: asked.offset.clone(),
                person_id: answer.is_personal.then_some(asked.person_id),
                until: Instant::now() + answer.cache_time,
                body: answer.body.clone(),
            });
        }
        asked.state = Answer::Given(answer.body);
        true
    }

    pub fn answer_to(&self, id: &str) -> Option<Value> {
        match &self.asked.iter().find(|asked| asked.id == id)?.state {
            Answer::Given(body) => Some(body.clone()),
            Answer::Waiting { .. } | Answer::TooOld => None,
        }
    }

    /// Finds an inline result that a user received for a query. If several answers contain the
    /// result, the newest answer is used.
    pub fn shown(&self, person_id: i64, query: &str, result_id: &str) -> Option<Value> {
        let own = self.asked.iter().rev().filter(|asked| asked.person_id == person_id && asked.query == query);
        own.filter_map(|asked| match &asked.state {
            Answer::Given(body) => body["results"].as_array(),
            Answer::Waiting { .. } | Answer::TooOld => None,
        })
        .flatten()
        .find(|result| result["id"] == result_id)
        .cloned()
    }

    pub fn expire(&mut self) {
        for asked in &mut self.asked {
            if matches!(asked.state, Answer::Waiting { .. }) {
                asked.state = Answer::TooOld;
            }
        }
    }

    fn add(&mut self, asked: PendingInlineQuery) {
        if self.asked.len() == KEPT {
            self.asked.pop_front();
        }
        self.asked.push_back(asked);
    }
}

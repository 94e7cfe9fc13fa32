//! Faults that the fake Bot API injects into the bot's calls.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A random number generator (splitmix64). The same seed gives the same numbers.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub fn happens(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 <= share && share > 0.0
    }

    /// Returns a random duration from `least` to `most`.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        least + Duration::from_micros(self.below((most - least).as_micros() as u64 + 1))
    }
}

/// A fault that replaces the response to a Bot API call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Json500,
    Html502,
    Empty,
    Truncated,
    Garbage,
    ResetBefore,
    ResetAfter,
    /// Sends the HTTP headers and nothing more.
    StallHead,
    /// Sends half of the body and nothing more.
    StallBody,
    /// Sends nothing and keeps the connection open, like a half-open TCP connection.
    Silent,
}

pub const BROKEN: [Fault; 5] = [Fault::Json500, Fault::Html502, Fault::Empty, Fault::Truncated, Fault::Garbage];
pub const STALLED: [Fault; 5] =
    [Fault::StallHead, Fault::StallBody, Fault::Silent, Fault::ResetBefore, Fault::ResetAfter];

impl Fault {
    /// True if the server executes the call although the bot gets no valid response.
    pub fn is_carried_out(self) -> bool {
        !matches!(self, Fault::Json500 | Fault::Html502 | Fault::ResetBefore)
    }
}

/// A moment at which the server kills the bot's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The server has returned a batch of updates to the bot.
    Handed,
    /// The bot has confirmed a batch of updates, so the batch is in the bot's database.
    Confirmed,
    /// The server has accepted a message, and the bot has not received the response yet.
    Sent,
    /// The server has sent the response to `sendMessage`.
    Answered,
}

/// Settings of the faults that the server injects.
#[derive(Debug)]
pub struct FaultConfig {
    pub rng: Rng,
    /// How long a `sendMessage` call takes.
    pub latency: Duration,
    /// Share of all Bot API calls (0 to 1) that get one of the faults in `kinds`.
    pub share: f64,
    pub kinds: &'static [Fault],
    /// True if only `sendMessage` calls get faults.
    pub is_sends_only: bool,
    /// True if the server closes every connection, as in an outage.
    pub is_down: bool,
    /// True if `getUpdates` returns error 409, as if another process polled.
    pub is_conflict: bool,
    /// Share of messages (0 to 1) that get error 429, with a random `retry_after` of 1 to
    /// `flood_most` seconds.
    pub flood_share: f64,
    pub flood_most: u64,
    /// Time of the last random error 429. These errors are over 600 ms apart, because the bot
    /// pauses all chats after three such errors within a second.
    flooded_at: Option<Instant>,
    pub flood_all: Option<Instant>,
    pub trap: Option<(Point, u32)>,
    /// Chats that got error 429, with the time before which the bot must not send to them.
    pub refused: HashMap<i64, Instant>,
    /// Chats in which every message fails: the error code, the error description, and how often the
    /// bot tried to send a message.
    pub refusals: HashMap<i64, (u16, &'static str, u64)>,
    /// How many times the server delivers each update to a webhook.
    pub repeat: u32,
    /// How long calls of `answerCallbackQuery` and `answerInlineQuery` take.
    pub pop_up: Duration,
}

impl Default for FaultConfig {
    fn default() -> Self {
        FaultConfig {
            rng: Rng::new(1),
            latency: Duration::from_millis(10),
            share: 0.0,
            kinds: &[],
            is_sends_only: false,
            is_down: false,
            is_conflict: false,
            flood_share: 0.0,
            flood_most: 1,
            flooded_at: None,
            flood_all: None,
            trap: None,
            refused: HashMap::new(),
            refusals: HashMap::new(),
            repeat: 1,
            pop_up: Duration::ZERO,
        }
    }
}

impl FaultConfig {
    pub fn fault(&mut self, method: &str) -> Option<Fault> {
        if self.is_sends_only && method != "sendmessage" || !self.rng.happens(self.share) {
            return None;
        }
        Some(self.kinds[self.rng.below(self.kinds.len() as u64) as usize])
    }

    /// Decides whether a message to this chat gets error 429. If so, returns the error's
    /// `retry_after` in seconds. Also returns true if the bot sent the message before an earlier
    /// `retry_after` was over.
    pub fn flood(&mut self, chat: i64) -> (Option<u64>, bool) {
        let now = Instant::now();
        let is_early = self.refused.get(&chat).is_some_and(|until| *until > now);
        if let Some(until) = self.flood_all.filter(|until| *until > now) {
            let wait = (until - now).as_secs() + 1;
            self.refused.insert(chat, now + Duration::from_secs(wait));
            return (Some(wait), is_early);
        }
        let is_apart = self.flooded_at.is_none_or(|at| at.elapsed() > Duration::from_millis(600));
        if is_apart && self.rng.happens(self.flood_share) {
            self.flooded_at = Some(now);
            let wait = 1 + self.rng.below(self.flood_most);
            self.refused.insert(chat, now + Duration::from_secs(wait));
            return (Some(wait), is_early);
        }
        (None, is_early)
    }
}

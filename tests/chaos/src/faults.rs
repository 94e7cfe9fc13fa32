//! What may go wrong between the bot and the Bot API.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Random numbers that are the same for the same seed (splitmix64).
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

    /// A random time between two.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        least + Duration::from_micros(self.below((most - least).as_micros() as u64 + 1))
    }
}

/// What a call gets instead of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Json500,
    Html502,
    Empty,
    Truncated,
    Garbage,
    ResetBefore,
    ResetAfter,
    /// The head of the answer, and then nothing.
    StallHead,
    /// Half of the body, and then nothing.
    StallBody,
    /// Nothing at all: a connection of which one half is gone.
    Silent,
}

pub const BROKEN: [Fault; 5] = [Fault::Json500, Fault::Html502, Fault::Empty, Fault::Truncated, Fault::Garbage];
pub const STALLED: [Fault; 5] =
    [Fault::StallHead, Fault::StallBody, Fault::Silent, Fault::ResetBefore, Fault::ResetAfter];

impl Fault {
    /// Did the server do what was asked, although its answer is lost?
    pub fn is_carried_out(self) -> bool {
        !matches!(self, Fault::Json500 | Fault::Html502 | Fault::ResetBefore)
    }
}

/// A moment at which the process is to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A batch was handed over.
    Handed,
    /// The bot confirms a batch: it is in its database.
    Confirmed,
    /// A message has arrived, and the bot does not know it.
    Sent,
    /// The bot knows it.
    Answered,
}

/// How the server misbehaves.
#[derive(Debug)]
pub struct FaultConfig {
    pub rng: Rng,
    /// How long a message takes.
    pub latency: Duration,
    /// So many of all calls get one of these.
    pub share: f64,
    pub kinds: &'static [Fault],
    /// Of messages only.
    pub is_sends_only: bool,
    /// Nobody is there.
    pub is_down: bool,
    /// Somebody else fetches.
    pub is_conflict: bool,
    /// So many messages are refused, with a wait of up to so many seconds.
    pub flood_share: f64,
    pub flood_most: u64,
    /// Never three within a second: that would mean the bot as a whole.
    flooded_at: Option<Instant>,
    pub flood_all: Option<Instant>,
    pub trap: Option<(Point, u32)>,
    /// Chats that may not be written to before a time.
    pub refused: HashMap<i64, Instant>,
    /// Chats in which messages are refused, with which code and words, and how many were.
    pub refusals: HashMap<i64, (u16, &'static str, u64)>,
    /// So many times each update is brought.
    pub repeat: u32,
    /// How long it takes to acknowledge a press or to show cards.
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

    /// For how many seconds a message to this chat is refused, and whether the bot sent it too
    /// early.
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

//! The log of what the bot called, and the faults planned for its next calls.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How many calls are kept.
const KEPT_CALLS: usize = 20_000;

/// One call of the bot, with the answer it got.
#[derive(Clone, Debug)]
pub struct Call {
    /// Counts the finished calls from 1.
    pub number: u64,
    /// The method in Telegram's spelling, whatever the bot wrote.
    pub method: String,
    /// The parameters as one JSON object, with the JSON-serialized ones decoded.
    pub params: Value,
    /// The whole answer; null if the connection was closed before any work, `{"status", "body"}`
    /// for a raw one.
    pub result: Value,
    /// When the call arrived.
    pub at: Instant,
}

/// A failure that the next calls of a method run into.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The method, in any case.
    pub method: String,
    /// Only calls that name this chat, if given.
    pub chat_id: Option<i64>,
    /// How many calls it hits.
    pub times: u32,
    /// What happens to them.
    pub kind: FaultKind,
}

/// What happens to a call that a fault hits.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// The Bot API refuses.
    Refuse {
        /// The HTTP status and `error_code`.
        code: u16,
        /// The whole `description`.
        description: String,
        /// The seconds in `parameters.retry_after`.
        retry_after: Option<u32>,
    },
    /// A raw answer, such as a gateway's HTML page.
    Status {
        /// The HTTP status.
        code: u16,
        /// The body, sent as HTML.
        body: String,
    },
    /// Work and answer come only after this time.
    Hang(Duration),
    /// The connection is closed without work and answer.
    Drop,
    /// The work is done, then the connection is closed without an answer.
    DropAfter,
}

#[derive(Default)]
pub(super) struct Calls {
    log: VecDeque<Call>,
    finished: u64,
    faults: Vec<Fault>,
}

impl Calls {
    /// The calls that are kept, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Call> {
        self.log.iter()
    }

    pub fn record(&mut self, method: &str, params: Value, result: Value, at: Instant) {
        self.finished += 1;
        if self.log.len() == KEPT_CALLS {
            self.log.pop_front();
        }
        self.log.push_back(Call { number: self.finished, method: method.to_owned(), params, result, at });
    }

    pub fn plan(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// The fault that the next call of this method in this chat runs into.
    pub fn take_fault(&mut self, method: &str, chat_id: Option<i64>) -> Option<FaultKind> {
        let fault = self.faults.iter_mut().find(|fault| {
            fault.times > 0
                && fault.method.eq_ignore_ascii_case(method)
                && fault.chat_id.is_none_or(|id| chat_id == Some(id))
        })?;
        fault.times -= 1;
        let kind = fault.kind.clone();
        self.faults.retain(|fault| fault.times > 0);
        Some(kind)
    }
}

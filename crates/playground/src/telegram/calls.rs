//! Log of the bot's Bot API calls, and faults (simulated failures) that tests plan for later calls.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Maximum number of calls in the log. Beyond this number the oldest call is dropped.
const KEPT_CALLS: usize = 20_000;

/// One Bot API call with its parameters and response.
#[derive(Clone, Debug)]
pub struct Call {
    /// Number of this call, counted from 1 in the order in which calls finish.
    pub number: u64,
    /// Name of the method in Telegram's spelling, even if the bot used another letter case.
    pub method: String,
    /// Parameters as one JSON object. Parameters that were sent as JSON in a string are decoded.
    pub params: Value,
    /// Response body as JSON. Null if the connection was closed before the method ran. An object
    /// with `status` and `body` if the response was not a Bot API response.
    pub result: Value,
    /// Time at which the call arrived.
    pub at: Instant,
}

/// A fault (simulated failure) that a test plans for the next calls of one Bot API method.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Name of the Bot API method that the fault affects, in any letter case.
    pub method: String,
    /// Value of the parameter `chat_id` in the affected calls. `None` affects calls for all chats.
    pub chat_id: Option<i64>,
    /// Number of calls that the fault affects. Later calls work as usual.
    pub times: u32,
    pub kind: FaultKind,
}

/// Effect of a fault on a Bot API call.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// Returns a Bot API error and does not run the method.
    Refuse {
        /// HTTP status, also used as `error_code`.
        code: u16,
        /// Full text of the field `description`.
        description: String,
        /// Value of the field `parameters.retry_after`, in seconds.
        retry_after: Option<u32>,
    },
    /// Returns a raw HTTP response, such as the HTML page of a gateway. The method does not run.
    Status {
        code: u16,
        /// Response body, sent with the content type HTML.
        body: String,
    },
    /// Waits for this time, then runs the method and responds.
    Hang(Duration),
    /// Closes the connection without a response. The method does not run.
    Drop,
    /// Runs the method, then closes the connection without a response.
    DropAfter,
}

#[derive(Default)]
pub(super) struct Calls {
    log: VecDeque<Call>,
    finished: u64,
    faults: Vec<Fault>,
}

impl Calls {
    /// Returns all calls in the log, oldest first.
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

    /// Returns the first planned fault for this method and chat, and counts the fault as used once.
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

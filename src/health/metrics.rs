//! The metrics of the program. All metrics are declared in one list, `ALL`. `describe` registers
//! the list, and a test compares it with `docs/operating.md`.

use ::metrics::{
    Counter, Gauge, Histogram, Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

macro_rules! declare {
    ($($id:ident = $kind:ident $name:literal $labels:expr, $help:literal;)*) => {
        $(const $id: Metric = Metric { name: $name, kind: Kind::$kind, labels: &$labels, help: $help };)*

        pub const ALL: &[Metric] = &[$($id),*];
    };
}

declare! {
    UPDATES = Counter "footnote_updates_total" ["by"], "Updates kept, by how they came in";
    QUESTIONS = Counter "footnote_questions_total" ["door", "decision", "language"],
        "Questions answered, by door, decision and language";
    ANSWER_SECONDS = Histogram "footnote_answer_seconds" [], "From a question's arrival until it is answered";
    SENDS = Counter "footnote_sends_total" ["method", "outcome"], "Calls of the Bot API, by method and outcome";
    RETRIES = Counter "footnote_retries_total" ["reason"], "Rows put back to be tried again, by reason";
    DEAD_LETTERS = Counter "footnote_parked_total" [], "Rows set aside after too many attempts";
    EXPIRED = Counter "footnote_expired_total" [], "Rows dropped because nobody waits for them any more";
    DROPPED = Counter "footnote_dropped_total" [], "Rows dropped because their lane, or the inbox, was full";
    DUPLICATES = Counter "footnote_duplicates_avoided_total" [], "Updates that came again and were known already";
    INBOX_OPEN = Gauge "footnote_inbox_open" [], "Rows that wait or are in hand";
    INBOX_LAG_SECONDS = Gauge "footnote_inbox_lag_seconds" [], "For how long the oldest due row has waited";
}

/// Registers the help text and unit of every metric with the metrics recorder.
pub(super) fn describe() {
    for &Metric { name, kind, help, .. } in ALL {
        let unit = if name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count };
        match kind {
            Kind::Counter => describe_counter!(name, help),
            Kind::Gauge => describe_gauge!(name, unit, help),
            Kind::Histogram => describe_histogram!(name, unit, help),
        }
    }
}

impl Metric {
    fn labels(&self, values: &[&str]) -> Vec<Label> {
        debug_assert_eq!(self.labels.len(), values.len(), "{}", self.name);
        self.labels.iter().zip(values).map(|(label, value)| Label::new(*label, (*value).to_owned())).collect()
    }

    fn counter(&self, labels: &[&str]) -> Counter {
        counter!(self.name, self.labels(labels))
    }

    fn gauge(&self) -> Gauge {
        gauge!(self.name)
    }

    fn histogram(&self) -> Histogram {
        histogram!(self.name)
    }
}

/// Counts updates that were stored in the inbox. `by` is the way in which the bot received the
/// updates: `polling` or `webhook`.
pub fn updates_stored(by: &str, count: u64) {
    UPDATES.counter(&[by]).increment(count);
}

/// Counts a webhook request from a stranger: the secret is missing or wrong.
pub fn stranger_refused() {
    UPDATES.counter(&["stranger"]).increment(1);
}

pub fn duplicates_avoided(count: u64) {
    DUPLICATES.counter(&[]).increment(count);
}

/// Counts updates that were dropped because the inbox was full (backpressure).
pub fn updates_dropped(count: u64) {
    DROPPED.counter(&[]).increment(count);
}

pub fn question_answered(door: &str, decision: &str, language: &str) {
    QUESTIONS.counter(&[door, decision, language]).increment(1);
}

/// Records the time from the arrival of a user's question until the bot answered it, in seconds.
pub fn answer_took(seconds: f64) {
    ANSWER_SECONDS.histogram().record(seconds);
}

/// Counts a call of the Bot API, by API method and outcome.
pub fn api_called(method: &str, outcome: &str) {
    SENDS.counter(&[method, outcome]).increment(1);
}

pub fn row_failed(reason: &str) {
    RETRIES.counter(&[reason]).increment(1);
}

pub fn row_dead_lettered() {
    DEAD_LETTERS.counter(&[]).increment(1);
}

pub fn rows_expired(count: u64) {
    EXPIRED.counter(&[]).increment(count);
}

pub(super) fn set_inbox_depth(open: i64, lag_seconds: f64) {
    INBOX_OPEN.gauge().set(open as f64);
    INBOX_LAG_SECONDS.gauge().set(lag_seconds);
}

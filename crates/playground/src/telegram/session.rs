//! The session: what people did since the start, and what the bot showed for it.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::person::{Attachment, Person};

/// How many deeds are kept; more is no scenario.
const KEPT: usize = 2_000;

/// The bot answers at once. What it says later than this is no answer to something older that it
/// left unanswered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// What somebody does.
pub(super) enum UserAction {
    Says { text: String, reply_to: Option<i64>, quoting: Option<String>, thread: Option<i64> },
    Edits(String),
    Presses { under: i64, label: String, query: String },
    Chooses { query: String, result: String, thread: Option<i64> },
    Attaches(Attachment),
    Privacy(bool),
}

impl UserAction {
    pub fn chose(query: &str, result: &str, thread: Option<i64>) -> UserAction {
        UserAction::Chooses { query: query.to_owned(), result: result.to_owned(), thread }
    }
}

#[derive(Default)]
pub(super) struct Session(Vec<Step>);

/// A deed and what came of it.
pub(super) struct Step {
    /// Name and language; nobody for a switch.
    pub who: Option<Person>,
    pub chat_id: i64,
    /// The message that was written, chosen or edited.
    pub message_id: Option<i64>,
    pub action: UserAction,
    pub at: Instant,
    /// The bot's message as it then stood.
    pub shown: Option<Value>,
    /// Whether that was a new one.
    pub is_new: bool,
    pub notice: Option<String>,
    /// Whether the bot has answered the press.
    pub is_answered: bool,
}

impl Session {
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    pub fn record(&mut self, who: &Person, chat_id: i64, message_id: Option<i64>, action: UserAction) {
        self.add(Some(who.clone()), chat_id, message_id, action);
    }

    pub fn privacy(&mut self, is_on: bool) {
        self.add(None, 0, None, UserAction::Privacy(is_on));
    }

    fn add(&mut self, who: Option<Person>, chat_id: i64, message_id: Option<i64>, action: UserAction) {
        if self.0.len() < KEPT {
            let at = Instant::now();
            let (shown, is_new, notice, is_answered) = (None, false, None, false);
            self.0.push(Step { who, chat_id, message_id, action, at, shown, is_new, notice, is_answered });
        }
    }

    /// The bot has written a message: in answer to the one it names, or else to the first thing
    /// that waits.
    pub fn sent(&mut self, message: &Value) {
        let Some(chat_id) = message["chat"]["id"].as_i64() else { return };
        let here = |step: &&mut Step| step.chat_id == chat_id && !step.is_new;
        let answered = message["reply_to_message"]["message_id"].as_i64();
        let named = self.0.iter_mut().rev().filter(here).find(|step| match &step.action {
            // The bot may answer, in its place, the message that was replied to.
            UserAction::Says { reply_to, .. } => {
                answered.is_some() && (step.message_id == answered || *reply_to == answered)
            }
            UserAction::Presses { under, .. } => Some(*under) == answered,
            _ => false,
        });
        let step = if named.is_some() {
            named
        } else {
            let waits = |step: &Step| {
                let is_said =
                    matches!(step.action, UserAction::Says { .. } | UserAction::Attaches(_) | UserAction::Edits(_));
                is_said && step.shown.is_none() && step.at.elapsed() < ANSWERED_WITHIN
            };
            // What was said to nobody in a group waits for nothing: there the bot names what it
            // answers.
            self.0.iter_mut().filter(here).find(|step| waits(step) && chat_id > 0)
        };
        if let Some(step) = step {
            step.shown = Some(message.clone());
            step.is_new = true;
        }
    }

    /// The bot has changed a message: because a button under it was pressed, or its question
    /// edited.
    pub fn changed(&mut self, message: &Value) {
        let (chat_id, id) = (message["chat"]["id"].as_i64(), message["message_id"].as_i64());
        let step = self.0.iter_mut().find(|step| {
            Some(step.chat_id) == chat_id
                && match &step.action {
                    UserAction::Presses { under, .. } => Some(*under) == id && !step.is_answered,
                    UserAction::Edits(_) => step.shown.is_none(),
                    _ => false,
                }
        });
        if let Some(step) = step {
            step.shown = Some(message.clone());
        }
    }

    /// The bot has answered a press.
    pub fn answered(&mut self, id: &str, notice: Option<&str>, under: Option<Value>) {
        let step =
            self.0.iter_mut().rev().find(|s| matches!(&s.action, UserAction::Presses { query, .. } if query == id));
        if let Some(step) = step {
            step.is_answered = true;
            step.notice = notice.map(str::to_owned);
            if !step.is_new {
                step.shown = under;
            }
        }
    }
}

//! The session: all actions of users since the playground started, and the bot's response to each
//! action.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::person::{Attachment, Person};

/// Maximum number of recorded steps. Later actions are not recorded, because a longer session is
/// too long for a scenario file.
const KEPT: usize = 2_000;

/// Maximum time between a user's action and a message of the bot that counts as the response.
/// Applies only to messages that are not replies. Otherwise an action without a response would be
/// matched to a later message.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// An action of a user in a chat, or a switch of the privacy mode.
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

/// One action of a user and the bot's response.
pub(super) struct Step {
    /// The user who acts, with name and language. `None` if the action is a switch of the privacy
    /// mode.
    pub who: Option<Person>,
    pub chat_id: i64,
    /// Id of the message that the action sent or edited. `None` for a button press or a switch of
    /// the privacy mode.
    pub message_id: Option<i64>,
    pub action: UserAction,
    pub at: Instant,
    /// Copy of the bot's message that responds to the action. Later edits do not change the copy.
    pub shown: Option<Value>,
    /// True if the bot responded with a new message. False if the bot edited an existing message.
    pub is_new: bool,
    pub notice: Option<String>,
    /// Whether the bot has answered the callback query of a button press.
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

    /// Stores a new message of the bot in the step to which the message responds. A reply belongs
    /// to the step whose message it replies to. Any other message belongs to the oldest recent step
    /// without a response.
    pub fn sent(&mut self, message: &Value) {
        let Some(chat_id) = message["chat"]["id"].as_i64() else { return };
        let here = |step: &&mut Step| step.chat_id == chat_id && !step.is_new;
        let answered = message["reply_to_message"]["message_id"].as_i64();
        let named = self.0.iter_mut().rev().filter(here).find(|step| match &step.action {
            // If the user's message is a reply to an earlier message, the bot may reply to that
            // earlier message.
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
            // Only steps in a private chat (`chat_id` above 0) are matched to a message that is not
            // a reply. In a group the bot always answers with a reply.
            self.0.iter_mut().filter(here).find(|step| waits(step) && chat_id > 0)
        };
        if let Some(step) = step {
            step.shown = Some(message.clone());
            step.is_new = true;
        }
    }

    /// Stores an edited message of the bot in the step that caused the edit. The user either
    /// pressed a button under the message or edited the question.
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

    /// Stores the bot's answer to a callback query in the step with the button press. `under` is
    /// the message with the pressed button.
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

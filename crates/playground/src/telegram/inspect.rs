//! Collects the data that the page's inspector shows about one message: the updates and Bot API
//! calls about the message, and the question that the message contains or answers. If the bot got
//! no update, the data contain the reason.

use serde_json::{Value, json};

use super::state::{FakeTelegram, State};

/// Maximum number of times that `reply_to_message` is followed, from a message of the bot back to
/// the user's question.
const MAX_STEPS: usize = 8;

/// Maximum number of earlier texts of the same person that the matcher gets as context.
const MAX_EARLIER: usize = 20;

/// A question with the earlier texts of the same person, as input for the matcher.
pub(crate) struct InspectedQuestion {
    /// Texts of one person in one chat, oldest first. The last text is the question. Mentions of
    /// the bot are removed.
    pub texts: Vec<String>,
    /// Language tag of the person's app.
    pub language: String,
}

impl FakeTelegram {
    /// Returns the updates and the Bot API calls about a message. Returns `None` if the message
    /// does not exist.
    pub(crate) fn inspect(&self, chat_id: i64, message_id: i64) -> Option<Value> {
        self.read(|state| {
            let message = state.chats.message(chat_id, message_id)?;
            let card = state.chats.inline_name((chat_id, message_id));
            let is_about = |update: &&Value| is_about(update, chat_id, message_id, card);
            let updates: Vec<&Value> = state.updates.told().filter(is_about).collect();
            let presses: Vec<&str> = updates.iter().filter_map(|u| u["callback_query"]["id"].as_str()).collect();
            let calls: Vec<Value> = (state.calls.all())
                .filter(|call| {
                    let params = &call.params;
                    let is_here = number(&params["chat_id"]) == Some(chat_id);
                    let made = &call.result["result"]["message_id"];
                    let is_named = [&params["message_id"], made].iter().any(|id| number(id) == Some(message_id));
                    let is_card = card.is_some() && params["inline_message_id"].as_str() == card;
                    let is_press = params["callback_query_id"].as_str().is_some_and(|id| presses.contains(&id));
                    (is_here && is_named) || is_card || is_press
                })
                .map(|call| json!({"method": call.method, "params": call.params, "answer": call.result}))
                .collect();
            let withheld = state.withheld.reason((chat_id, message_id));
            Some(json!({"message": message, "updates": updates, "withheld": withheld, "calls": calls}))
        })
    }

    /// Returns the question that belongs to a message, with earlier texts of the same person. For a
    /// message of the bot, this is the question that the bot answered.
    pub(crate) fn asked(&self, chat_id: i64, message_id: i64) -> Option<InspectedQuestion> {
        self.read(|state| {
            let question = state.question_of(chat_id, message_id)?;
            let person = &question["from"]["id"];
            let id = question["message_id"].as_i64()?;
            let group = state.chats.group(chat_id);
            let history = state.chats.history(chat_id);
            let before = history.iter().filter(|m| {
                let earlier = m["message_id"].as_i64().filter(|earlier| *earlier < id);
                let is_heard = group.is_none_or(|group| earlier.is_some_and(|earlier| group.meant.contains(&earlier)));
                m["from"]["id"] == *person && earlier.is_some() && is_heard && m.get("via_bot").is_none()
            });
            let mut texts: Vec<String> = before.filter_map(|m| state.question_in(chat_id, m)).collect();
            texts.drain(..texts.len().saturating_sub(MAX_EARLIER));
            texts.push(state.question_in(chat_id, question)?);
            let language = question["from"]["language_code"].as_str().unwrap_or("en").to_owned();
            Some(InspectedQuestion { texts, language })
        })
    }
}

impl State {
    /// Returns the user's message that contains the question which a message is about. A user's
    /// text message is returned itself. From a message of the bot, follows `reply_to_message`, if
    /// necessary several times, back to the message of a user.
    fn question_of(&self, chat_id: i64, message_id: i64) -> Option<&Value> {
        let mut id = message_id;
        for _ in 0..MAX_STEPS {
            let message = self.chats.message(chat_id, id)?;
            if message["from"]["id"] != self.bot["id"] {
                return Some(message).filter(|m| m["text"].is_string() && m.get("via_bot").is_none());
            }
            let is_topic = |m: &&Value| m.get("forum_topic_created").is_some();
            let answered =
                Some(&message["reply_to_message"]).filter(|m| !is_topic(m)).and_then(|m| m["message_id"].as_i64());
            id = match answered {
                Some(answered) => answered,
                // In a private chat the bot's answer is not a reply. The question is the last text
                // that the user sent before the answer.
                None if self.chats.group(chat_id).is_none() => self.chats.text_before(chat_id, id, &self.bot["id"])?,
                None => return None,
            };
        }
        None
    }

    /// Returns the question in a message, without the bot's name. If a line mentions the bot, the
    /// question is that line. If the message contains only the bot's name or `/ask`, the question
    /// is the text of the message that it replies to.
    fn question_in(&self, chat_id: i64, message: &Value) -> Option<String> {
        let text = message["text"].as_str()?;
        let name = format!("@{}", self.bot["username"].as_str().unwrap_or_default());
        let without = |text: &str| text.replace(&name, "").trim().to_owned();
        let line = text.lines().find(|line| line.contains(&name) && !text.starts_with('/'));
        let question = line.map(without).filter(|q| !q.is_empty()).unwrap_or_else(|| without(text));
        if !matches!(question.as_str(), "" | "/ask") {
            return Some(question);
        }
        let answered = message["reply_to_message"]["message_id"].as_i64()?;
        Some(self.chats.message(chat_id, answered)?["text"].as_str()?.to_owned())
    }
}

/// True if the update is about the message: the message itself, an edit of the message, a press of
/// one of its buttons, or the choice of the inline result that became the message.
fn is_about(update: &Value, chat_id: i64, message_id: i64, card: Option<&str>) -> bool {
    let is_it = |message: &Value| message["chat"]["id"] == chat_id && message["message_id"] == message_id;
    let press = &update["callback_query"];
    let names = [&press["inline_message_id"], &update["chosen_inline_result"]["inline_message_id"]];
    [&update["message"], &update["edited_message"], &press["message"]].into_iter().any(is_it)
        || card.is_some() && names.into_iter().any(|name| name.as_str() == card)
}

/// Returns an integer from a JSON number, or from a JSON string that contains a number.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

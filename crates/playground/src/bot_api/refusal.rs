//! Bot API errors, with Telegram's error codes and texts.

use serde_json::{Value, json};

use crate::telegram::ApiError;

/// Result of a Bot API method: the JSON result, or a Bot API error.
pub type Outcome = Result<Value, Refusal>;

/// A Bot API error.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub code: u16,
    pub description: String,
    pub retry_after: Option<u32>,
    /// The value of `parameters.migrate_to_chat_id` in the error: the id of the supergroup that the
    /// group has become to which the bot tried to send.
    pub migrate_to_chat_id: Option<i64>,
}

impl Refusal {
    /// Returns error 400 with the description "Bad Request: " and `text`. As in Telegram's errors,
    /// the first letter of `text` becomes lower-case, unless `text` is an error code such as
    /// `QUOTE_TEXT_INVALID`.
    pub fn bad(text: &str) -> Refusal {
        let mut letters = text.chars();
        let first = letters.next();
        let is_code = letters.next().is_some_and(|second| second == '_' || second.is_ascii_uppercase());
        let text = match first {
            Some(first) if !is_code => format!("{}{}", first.to_ascii_lowercase(), &text[first.len_utf8()..]),
            _ => text.to_owned(),
        };
        Refusal::new(400, format!("Bad Request: {text}"))
    }

    /// Returns an error for a request that Telegram would accept or silently repair. The playground
    /// rejects such a request, because this bot would send it only by mistake.
    pub fn stricter(text: &str) -> Refusal {
        Refusal::new(400, format!("Bad Request: not supported here: {text}"))
    }

    pub fn unauthorized() -> Refusal {
        Refusal::new(401, "Unauthorized".to_owned())
    }

    pub fn not_found() -> Refusal {
        Refusal::new(404, "Not Found".to_owned())
    }

    pub fn restarting() -> Refusal {
        Refusal::new(500, "Internal Server Error: restart".to_owned())
    }

    /// Returns the JSON body of the error response.
    pub fn envelope(&self) -> Value {
        let mut envelope = json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after {
            envelope["parameters"] = json!({"retry_after": seconds});
        }
        if let Some(id) = self.migrate_to_chat_id {
            envelope["parameters"] = json!({"migrate_to_chat_id": id});
        }
        envelope
    }

    pub fn new(code: u16, description: String) -> Refusal {
        Refusal { code, description, retry_after: None, migrate_to_chat_id: None }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Refusal {
        Refusal::bad(match error {
            ApiError::ChatNotFound => "chat not found",
            ApiError::MessageToEditNotFound => "message to edit not found",
            ApiError::MessageToDeleteNotFound => "message to delete not found",
            ApiError::MessageToReplyNotFound => "message to be replied not found",
            ApiError::UnknownInlineMessage => "Invalid inline message identifier specified",
            ApiError::NotTheBots => "Message can't be edited",
            ApiError::NotModified => {
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message"
            }
            ApiError::QueryTooOld => "query is too old and response timeout expired or query ID is invalid",
            ApiError::MemberNotFound => "PARTICIPANT_ID_INVALID",
            ApiError::ThreadNotFound => "message thread not found",
            ApiError::QuoteInvalid => "QUOTE_TEXT_INVALID",
            ApiError::Flooded(seconds) => {
                let refusal = Refusal::new(429, format!("Too Many Requests: retry after {seconds}"));
                return Refusal { retry_after: Some(seconds), ..refusal };
            }
            ApiError::CantDelete => "message can't be deleted",
            ApiError::NoAdministrators => "there are no administrators in the private chat",
            ApiError::Removed(kind) => {
                return Refusal::new(403, format!("Forbidden: bot was kicked from the {} chat", kind.name()));
            }
            ApiError::Upgraded(id) => {
                let refusal = Refusal::bad("group chat was upgraded to a supergroup chat");
                return Refusal { migrate_to_chat_id: Some(id), ..refusal };
            }
            ApiError::OtherPoll => {
                return Refusal::new(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                        .to_owned(),
                );
            }
        })
    }
}

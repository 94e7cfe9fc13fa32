//! Errors of Bot API calls, and their classification by how the bot reacts.

use std::time::Duration;

use crate::inbox::Failure;

/// The reason why a Bot API call returned no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The Bot API server received the call and returned an error.
    #[error("{code} {description}")]
    Refused {
        /// The error code of the Bot API, which has the meaning of the same HTTP status code.
        code: u16,
        /// The error message of the Bot API server, in English.
        description: String,
        /// How long the bot must wait before the next call. Telegram sends this duration with error
        /// 429.
        retry_after: Option<Duration>,
        /// The new id of the group, if the group has become a supergroup.
        moved_to: Option<i64>,
    },
    /// The call did not reach the Bot API: the connection failed, or a gateway in front of the Bot
    /// API returned an error.
    #[error("not reached: {0}")]
    NotReached(String),
    /// Telegram may have executed the call, but the response is missing or unreadable.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

impl ApiError {
    /// True if the Bot API server does not accept the bot's token.
    #[must_use]
    pub fn is_about_the_token(&self) -> bool {
        matches!(self, ApiError::Refused { code: 401 | 404, .. })
    }

    /// True if the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            ApiError::Refused { code, .. } => *code == 429 || *code >= 500,
            ApiError::NotReached(_) | ApiError::NoAnswer(_) => true,
        }
    }
}

/// The class of a Bot API error, which decides how the bot reacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ErrorClass {
    /// The bot ignores the error, because the call is no longer needed or cannot succeed, and
    /// nothing is lost.
    Benign,
    /// The user blocked the bot, or the bot was removed from the group, so its messages no longer
    /// arrive.
    Gone,
    /// The group has become a supergroup with this chat id.
    Moved(i64),
    /// Telegram rejects the content of the message, for example its formatting. Telegram may accept
    /// the same message as plain text.
    BadContent,
    /// Any other error. The `Failure` says whether and when the inbox retries the update.
    Failure(Failure),
}

const UNCHANGED: &str = "Bad Request: message is not modified";

/// Classifies an error by the prefix of its message. The prefixes are from the source of Telegram's
/// server (tdlib/telegram-bot-api, `Client.cpp`), because teloxide's list of full messages is
/// outdated.
pub(super) fn classify(error: &ApiError) -> ErrorClass {
    const BENIGN: [&str; 15] = [
        UNCHANGED,
        "Bad Request: query is too old",
        "Bad Request: message to edit not found",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: message can't be edited",
        "Bad Request: message to delete not found",
        "Bad Request: message can't be deleted",
        // The next three: the chat or user does not exist, and perhaps never existed.
        "Bad Request: chat not found",
        "Bad Request: user not found",
        "Bad Request: PEER_ID_INVALID",
        // The remaining ones: the bot is in the group but may not write there. Only an
        // administrator can change that.
        "Bad Request: not enough rights",
        "Bad Request: have no rights",
        "Bad Request: CHAT_",
        "Forbidden: CHAT_",
        "Bad Request: TOPIC_",
    ];
    const GONE: &str = "Forbidden";
    const BAD_CONTENT: [&str; 7] = [
        "Bad Request: can't parse",
        "Bad Request: message is too long",
        "Bad Request: MESSAGE_TOO_LONG",
        "Bad Request: ENTIT",
        "Bad Request: entity",
        "Bad Request: BUTTON_",
        "Bad Request: QUOTE_TEXT_INVALID",
    ];
    let (code, description, retry_after) = match error {
        ApiError::Refused { moved_to: Some(chat_id), .. } => return ErrorClass::Moved(*chat_id),
        ApiError::Refused { code, description, retry_after, .. } => (code, description, retry_after),
        ApiError::NotReached(_) => return ErrorClass::Failure(Failure::Unavailable(error.to_string())),
        // Telegram may already have executed the call. Retry a limited number of times, since each
        // retry may send the message again.
        ApiError::NoAnswer(_) => return ErrorClass::Failure(Failure::Retryable(error.to_string())),
    };
    let begins = |with: &[&str]| with.iter().any(|prefix| description.starts_with(prefix));
    match retry_after {
        Some(after) => ErrorClass::Failure(Failure::Throttled(*after)),
        None if begins(&BENIGN) => ErrorClass::Benign,
        None if description.starts_with(GONE) => ErrorClass::Gone,
        None if begins(&BAD_CONTENT) => ErrorClass::BadContent,
        // The Bot API server has a problem, or does not accept the token. The inbox retries the
        // update until the problem is solved.
        None if *code >= 500 || matches!(code, 401 | 404 | 408 | 429) => {
            ErrorClass::Failure(Failure::Unavailable(error.to_string()))
        }
        None => ErrorClass::Failure(Failure::Permanent(error.to_string())),
    }
}

/// True if Telegram rejected an edit because the message already has the new content.
pub(super) fn is_unchanged(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { description, .. } if description.starts_with(UNCHANGED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: u16, description: &str, retry_after: Option<u64>, wanted: &ErrorClass) {
        let retry_after = retry_after.map(Duration::from_secs);
        let error = ApiError::Refused { code, description: description.to_owned(), retry_after, moved_to: None };
        let got = match classify(&error) {
            ErrorClass::Failure(Failure::Unavailable(_)) => ErrorClass::Failure(Failure::Unavailable(String::new())),
            ErrorClass::Failure(Failure::Permanent(_)) => ErrorClass::Failure(Failure::Permanent(String::new())),
            other => other,
        };
        assert_eq!(&got, wanted, "{description}");
    }

    #[test]
    fn the_servers_own_refusals() {
        let away = ErrorClass::Failure(Failure::Unavailable(String::new()));
        let hopeless = ErrorClass::Failure(Failure::Permanent(String::new()));
        let not_modified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
        check(400, not_modified, None, &ErrorClass::Benign);
        check(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            None,
            &ErrorClass::Benign,
        );
        for benign in [
            "message to edit not found",
            "MESSAGE_ID_INVALID",
            "message can't be edited",
            "message to delete not found",
            "message can't be deleted for everyone",
            "chat not found",
            "user not found",
            "PEER_ID_INVALID",
            "not enough rights to send text messages to the chat",
            "have no rights to send a message",
            "CHAT_WRITE_FORBIDDEN",
            "TOPIC_CLOSED",
        ] {
            check(400, &format!("Bad Request: {benign}"), None, &ErrorClass::Benign);
        }
        check(403, "Forbidden: CHAT_WRITE_FORBIDDEN", None, &ErrorClass::Benign);
        for gone in [
            "bot was blocked by the user",
            "user is deactivated",
            "bot was kicked from the group chat",
            "bot was kicked from the supergroup chat",
            "bot is not a member of the supergroup chat",
            "bot can't initiate conversation with a user",
            "bot can't send messages to bots",
            "the group chat was deleted",
        ] {
            check(403, &format!("Forbidden: {gone}"), None, &ErrorClass::Gone);
        }
        check(400, "Bad Request: can't parse entities: unsupported start tag", None, &ErrorClass::BadContent);
        for bad in ["message is too long", "MESSAGE_TOO_LONG", "BUTTON_DATA_INVALID", "ENTITY_BOUNDS_INVALID"] {
            check(400, &format!("Bad Request: {bad}"), None, &ErrorClass::BadContent);
        }
        check(
            429,
            "Too Many Requests: retry after 9",
            Some(9),
            &ErrorClass::Failure(Failure::Throttled(Duration::from_secs(9))),
        );
        check(500, "Internal Server Error", None, &away);
        check(502, "Bad Gateway", None, &away);
        check(401, "Unauthorized", None, &away);
        check(400, "Bad Request: something new", None, &hopeless);
        let error = ApiError::Refused {
            code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat".to_owned(),
            retry_after: None,
            moved_to: Some(-1_000_000_000_007),
        };
        assert_eq!(classify(&error), ErrorClass::Moved(-1_000_000_000_007));
    }
}

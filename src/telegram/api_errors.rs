//! What the Bot API's refusals mean, told apart once.

use super::api::ApiError;
use crate::inbox::Failure;

/// What to do about a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing: what was wanted is so already, or can never be and does no harm.
    Benign,
    /// Nobody is there any more: the bot was blocked or removed.
    Gone,
    /// The chat has this number from now on.
    Moved(i64),
    /// The looks of the message are not accepted; plain text may be.
    BadContent,
    /// As the failure says.
    Failure(Failure),
}

const UNCHANGED: &str = "Bad Request: message is not modified";

/// Tells refusals apart, by the beginnings of the server's own texts (tdlib/telegram-bot-api, `Client.cpp`); teloxide's list of whole sentences is out of date.
pub(super) fn classify(error: &ApiError) -> Refusal {
    const BENIGN: [&str; 15] = [
        UNCHANGED,
        "Bad Request: query is too old",
        "Bad Request: message to edit not found",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: message can't be edited",
        "Bad Request: message to delete not found",
        "Bad Request: message can't be deleted",
        // There is no such chat, and perhaps never was.
        "Bad Request: chat not found",
        "Bad Request: user not found",
        "Bad Request: PEER_ID_INVALID",
        // The bot is there and may not speak, which is for the administrators to say.
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
        ApiError::Refused { moved_to: Some(chat_id), .. } => return Refusal::Moved(*chat_id),
        ApiError::Refused { code, description, retry_after, .. } => (code, description, retry_after),
        ApiError::NotReached(_) => return Refusal::Failure(Failure::Unavailable(error.to_string())),
        // It may have been carried out, so it is not repeated for ever.
        ApiError::NoAnswer(_) => return Refusal::Failure(Failure::Retryable(error.to_string())),
    };
    let begins = |with: &[&str]| with.iter().any(|prefix| description.starts_with(prefix));
    match retry_after {
        Some(after) => Refusal::Failure(Failure::Throttled(*after)),
        None if begins(&BENIGN) => Refusal::Benign,
        None if description.starts_with(GONE) => Refusal::Gone,
        None if begins(&BAD_CONTENT) => Refusal::BadContent,
        // The server is unwell, or no longer knows our token, which the fetching will notice too.
        None if *code >= 500 || matches!(code, 401 | 404 | 408 | 429) => {
            Refusal::Failure(Failure::Unavailable(error.to_string()))
        }
        None => Refusal::Failure(Failure::Permanent(error.to_string())),
    }
}

/// Did the message show just that already?
pub(super) fn is_unchanged(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { description, .. } if description.starts_with(UNCHANGED))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(code: u16, description: &str, retry_after: Option<u64>, wanted: &Refusal) {
        let retry_after = retry_after.map(Duration::from_secs);
        let error = ApiError::Refused { code, description: description.to_owned(), retry_after, moved_to: None };
        let got = match classify(&error) {
            Refusal::Failure(Failure::Unavailable(_)) => Refusal::Failure(Failure::Unavailable(String::new())),
            Refusal::Failure(Failure::Permanent(_)) => Refusal::Failure(Failure::Permanent(String::new())),
            other => other,
        };
        assert_eq!(&got, wanted, "{description}");
    }

    #[test]
    fn the_servers_own_refusals() {
        let away = Refusal::Failure(Failure::Unavailable(String::new()));
        let hopeless = Refusal::Failure(Failure::Permanent(String::new()));
        let not_modified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
        check(400, not_modified, None, &Refusal::Benign);
        check(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            None,
            &Refusal::Benign,
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
            check(400, &format!("Bad Request: {benign}"), None, &Refusal::Benign);
        }
        check(403, "Forbidden: CHAT_WRITE_FORBIDDEN", None, &Refusal::Benign);
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
            check(403, &format!("Forbidden: {gone}"), None, &Refusal::Gone);
        }
        check(400, "Bad Request: can't parse entities: unsupported start tag", None, &Refusal::BadContent);
        for bad in ["message is too long", "MESSAGE_TOO_LONG", "BUTTON_DATA_INVALID", "ENTITY_BOUNDS_INVALID"] {
            check(400, &format!("Bad Request: {bad}"), None, &Refusal::BadContent);
        }
        check(
            429,
            "Too Many Requests: retry after 9",
            Some(9),
            &Refusal::Failure(Failure::Throttled(Duration::from_secs(9))),
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
        assert_eq!(classify(&error), Refusal::Moved(-1_000_000_000_007));
    }
}

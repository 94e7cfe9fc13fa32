//! Users of the fake Telegram, and the attachments that users can send.

use serde::Deserialize;
use serde_json::{Value, json};

/// User id of the page's user. The page shows no other user's private chat.
pub const PAGE_PERSON_ID: i64 = 1001;

/// A user who can have a private chat with the bot.
#[derive(Clone, Debug)]
pub struct Person {
    /// Id of the user, and of the user's private chat with the bot.
    pub id: i64,
    pub first_name: String,
    /// IETF language tag that the user's app reports.
    pub language_code: String,
}

impl Default for Person {
    /// Returns the user of the page.
    fn default() -> Person {
        Person::new(PAGE_PERSON_ID, "You", "en")
    }
}

impl Person {
    #[must_use]
    pub fn new(id: i64, first_name: &str, language_code: &str) -> Person {
        Person { id, first_name: first_name.to_owned(), language_code: language_code.to_owned() }
    }

    pub(super) fn user(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.first_name,
            "language_code": self.language_code,
        })
    }
}

/// Ids of a message that a user sent to the bot in private, and of the update that tells the bot
/// about the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Id of the update. The id is used up even if `allowed_updates` excludes this kind of update.
    pub update_id: i64,
    /// Id of the message in the private chat.
    pub message_id: i64,
}

/// Kind of a message that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attachment {
    /// A photo in two sizes.
    Photo,
    Voice,
    Sticker,
    /// A PDF file.
    Document,
    Location,
}

impl Attachment {
    /// Name of the attachment kind, as used by the page and in scenario files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Attachment::Photo => "photo",
            Attachment::Voice => "voice",
            Attachment::Sticker => "sticker",
            Attachment::Document => "document",
            Attachment::Location => "location",
        }
    }

    pub(super) fn content(self, file: &str) -> Value {
        let size = |name: &str, width: u32, height: u32| {
            json!({"file_id": format!("{file}{name}"), "file_unique_id": format!("u{file}{name}"),
                   "width": width, "height": height, "file_size": width * height / 8})
        };
        match self {
            Attachment::Photo => json!({"photo": [size("s", 90, 60), size("x", 800, 533)]}),
            Attachment::Voice => json!({"voice": {"file_id": file, "file_unique_id": format!("u{file}"),
                "duration": 3, "mime_type": "audio/ogg", "file_size": 9216}}),
            Attachment::Sticker => json!({"sticker": {"file_id": file, "file_unique_id": format!("u{file}"),
                "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": "👋"}}),
            Attachment::Document => json!({"document": {"file_id": file, "file_unique_id": format!("u{file}"),
                "file_name": "article.pdf", "mime_type": "application/pdf", "file_size": 65536}}),
            Attachment::Location => json!({"location": {"latitude": 52.52, "longitude": 13.405}}),
        }
    }
}

//! People, and what they can send besides text.

use serde::Deserialize;
use serde_json::{Value, json};

/// The one person whose private chat the page shows.
pub const PAGE_PERSON_ID: i64 = 1001;

/// Somebody with a private chat with the bot; the chat has the person's id.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's id and the private chat's.
    pub id: i64,
    /// The name the bot sees.
    pub first_name: String,
    /// The IETF language tag of the person's app.
    pub language_code: String,
}

impl Default for Person {
    /// The person of the page.
    fn default() -> Person {
        Person::new(PAGE_PERSON_ID, "You", "en")
    }
}

impl Person {
    /// Somebody by id, name and language.
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

/// What became of something a person sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The update's id, used up even if the bot's `allowed_updates` keep the update away.
    pub update_id: i64,
    /// The message in the person's chat.
    pub message_id: i64,
}

/// A message that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attachment {
    /// A photo in two sizes.
    Photo,
    /// A voice message.
    Voice,
    /// A sticker.
    Sticker,
    /// A PDF file.
    Document,
    /// A place on the map.
    Location,
}

impl Attachment {
    /// As the page and a scenario call it.
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

//! The type of every reply: a message with buttons.

use super::action::Action;
use super::rich_text::{MAX_MESSAGE_UNITS, RichText};
use crate::knowledge::SectionId;
use crate::text::{to_traditional, traditional_converter};

/// A button under a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// The label of the button.
    pub label: String,
    /// The action that a press of the button triggers.
    pub action: Action,
}

/// A message to the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The text of the message, at most [`MAX_MESSAGE_UNITS`] long.
    pub text: RichText,
    /// The buttons below the message, by row.
    pub buttons: Vec<Vec<Button>>,
    /// The web address of a picture to show above the text.
    pub image: Option<String>,
}

/// A section as a result of an inline query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The id of the section.
    pub section: SectionId,
    /// The headline of the section.
    pub title: String,
    /// The sentence that answers the query best, or the first sentence of the section.
    pub description: String,
    /// The message to send when the user chooses the inline result.
    pub reply: Reply,
}

impl Reply {
    /// Converts the text and the button labels to traditional Chinese characters, and to the words
    /// of Taiwan. Some of these words are longer, so the end of a text of maximum length may be cut
    /// off.
    #[must_use]
    pub fn in_traditional(self) -> Reply {
        let button = |b: Button| Button { label: to_traditional(&b.label), ..b };
        let convert = traditional_converter(self.text.text());
        Reply {
            text: self.text.map_text(convert).truncate(MAX_MESSAGE_UNITS),
            buttons: self.buttons.into_iter().map(|row| row.into_iter().map(button).collect()).collect(),
            image: self.image,
        }
    }
}

impl Card {
    /// Converts the card and its message to traditional Chinese characters, as
    /// [`Reply::in_traditional`] does.
    #[must_use]
    pub fn in_traditional(self) -> Card {
        Card {
            section: self.section,
            title: to_traditional(&self.title),
            description: to_traditional(&self.description),
            reply: self.reply.in_traditional(),
        }
    }
}

/// Estimates how long users need to notice and read a reply, in seconds, at least 120. If a group
/// has enabled automatic deletion, the bot deletes its messages in the group after this time.
#[must_use]
pub fn reading_seconds(reply: &Reply) -> usize {
    const UNITS_PER_SECOND: usize = 5;
    (30 + reply.text.units() / UNITS_PER_SECOND).max(120)
}

/// Creates a reply without formatting, truncated to the maximum length of a message.
pub(super) fn message(text: &str, buttons: Vec<Vec<Button>>) -> Reply {
    let mut rich = RichText::default();
    rich.push(text);
    Reply { text: rich.truncate(MAX_MESSAGE_UNITS), buttons, image: None }
}

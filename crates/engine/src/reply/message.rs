//! A message with buttons: what every reply is.

use super::action::Action;
use super::rich_text::{MAX_MESSAGE_UNITS, RichText};
use crate::knowledge::SectionId;
use crate::text::to_traditional;

/// A button under a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// What the person sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The message.
    pub text: RichText,
    /// Rows of buttons.
    pub buttons: Vec<Vec<Button>>,
    /// The address of a picture that is shown above it.
    pub image: Option<String>,
}

/// A section as a search result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The section.
    pub section: SectionId,
    /// Its headline.
    pub title: String,
    /// The sentence that answers best, or the first.
    pub description: String,
    /// What is sent when the card is chosen.
    pub reply: Reply,
}

impl Reply {
    /// The same in traditional characters.
    #[must_use]
    pub fn in_traditional(self) -> Reply {
        let button = |b: Button| Button { label: to_traditional(&b.label), ..b };
        Reply {
            text: self.text.rewritten(to_traditional),
            buttons: self.buttons.into_iter().map(|row| row.into_iter().map(button).collect()).collect(),
            image: self.image,
        }
    }
}

/// How many seconds somebody needs to read a reply who reads slowly and does not look at once: two minutes at least.
#[must_use]
pub fn reading_seconds(reply: &Reply) -> usize {
    const UNITS_PER_SECOND: usize = 5;
    (30 + reply.text.units() / UNITS_PER_SECOND).max(120)
}

pub(super) fn message(text: &str, buttons: Vec<Vec<Button>>) -> Reply {
    let mut rich = RichText::default();
    rich.push(text);
    Reply { text: rich.cut(MAX_MESSAGE_UNITS), buttons, image: None }
}

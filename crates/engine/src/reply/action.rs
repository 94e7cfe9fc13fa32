//! What a press of a button does.

use crate::knowledge::SectionId;
use crate::text::Language;

/// What a press of a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Replaces the message by another view.
    Navigate(Target),
    /// Records whether the answer helped.
    Rate {
        /// The section that was shown.
        section: SectionId,
        /// Did it help?
        helped: bool,
    },
    /// Explains how the answer was found.
    Explain,
    /// Changes a setting of a group.
    Set(Setting),
}

/// The view that a button leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A section.
    Section(SectionId),
    /// The sections of a product, by its id.
    Product(String),
    /// One page of a section in one language.
    Passage(SectionRef),
    /// All topics.
    Topics,
    /// The confirmation that this language is used where a question shows none.
    Language(Language),
    /// The hint to rephrase, after none of the options was right.
    NoneOfThese,
}

/// Which part of a section is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// The language, if the section has it.
    pub language: Language,
    /// The sentence that stands first, by its number in the body.
    pub sentence: Option<usize>,
    /// The page, from 0.
    pub page: usize,
}

/// A part of a section that a button leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRef {
    /// The section.
    pub section: SectionId,
    /// Which part of it.
    pub showing: Showing,
}

/// What can be set in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Whether the bot answers unasked.
    Unasked(bool),
    /// From which confidence on, in percent.
    Threshold(u8),
    /// The language where a message shows none.
    Language(Option<Language>),
    /// When the bot is quiet.
    QuietHours(Option<QuietHours>),
    /// The group's time, in hours from UTC.
    Zone(i8),
    /// Whether answers are deleted when there was time to read them.
    Tidy(bool),
}

/// Hours of the day, in the group's time, in which the bot says nothing unasked and answers without a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The hour in which they begin, 0 to 23.
    pub from: u8,
    /// The hour before which they end, 0 to 23; smaller than `from` if that is on the next day.
    pub to: u8,
}

impl Action {
    /// May everybody who sees the button press it? Other buttons belong to the person asked for.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        matches!(self, Action::Navigate(Target::Passage(_)) | Action::Rate { .. } | Action::Set(_))
    }
}

impl Showing {
    /// The first page.
    #[must_use]
    pub fn new(language: Language, sentence: Option<usize>) -> Showing {
        Showing { language, sentence, page: 0 }
    }
}

impl SectionRef {
    /// A section from its beginning.
    #[must_use]
    pub fn of(section: SectionId, language: Language) -> SectionRef {
        SectionRef { section, showing: Showing::new(language, None) }
    }
}

impl QuietHours {
    /// Is this hour of the day one of them?
    #[must_use]
    pub fn has(self, hour: u8) -> bool {
        if self.from <= self.to { (self.from..self.to).contains(&hour) } else { hour >= self.from || hour < self.to }
    }
}

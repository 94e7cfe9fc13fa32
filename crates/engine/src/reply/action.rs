//! Button actions and what they carry.

use crate::knowledge::SectionId;
use crate::text::Language;

/// What a press of a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Shows another page in place of the message.
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

/// The page that a button leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A section.
    Section(SectionId),
    /// The sections of a product, by its id.
    Product(String),
    /// One page of a section in one language.
    SectionPage(SectionRef),
    /// All topics.
    Topics,
    /// The confirmation that this language is used where a question shows none.
    Language(Language),
    /// The hint to rephrase, after none of the options was right.
    NoneOfThese,
}

/// Which page of a section is shown, in which language, with which sentence highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// The preferred language; another if the section lacks it.
    pub language: Language,
    /// The highlighted sentence: an index into
    /// [`Body::sentences`](crate::knowledge::Body::sentences).
    pub sentence: Option<usize>,
    /// The page, from 0. A page past the last one means the last.
    pub page: usize,
}

/// A reference to a page of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRef {
    /// The section.
    pub section: SectionId,
    /// The page, language and highlight.
    pub showing: Showing,
}

/// A group setting with its new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Does the bot answer messages that are not addressed to it?
    Proactive(bool),
    /// The least confidence of a proactive answer, in percent.
    Threshold(u8),
    /// The language of answers to messages that do not show one; `None`: that of the writer.
    Language(Option<Language>),
    /// The quiet hours, if any.
    QuietHours(Option<QuietHours>),
    /// The time zone of the group, in hours from UTC: -12 to 14.
    Zone(i8),
    /// Are answers deleted after [`reading_seconds`](super::reading_seconds)?
    AutoDelete(bool),
}

/// Hours of the day, in the time zone of the group, without proactive answers or notification
/// sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The first quiet hour, 0 to 23.
    pub from: u8,
    /// The first hour after them, 0 to 23. Less than `from` if they pass midnight.
    pub to: u8,
}

impl Action {
    /// May everybody press the button? If not, it belongs to the user who asked.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        matches!(self, Action::Navigate(Target::SectionPage(_)) | Action::Rate { .. } | Action::Set(_))
    }
}

impl Showing {
    /// The first page, with a highlighted sentence if there is one.
    #[must_use]
    pub fn new(language: Language, sentence: Option<usize>) -> Showing {
        Showing { language, sentence, page: 0 }
    }
}

impl SectionRef {
    /// The first page of a section.
    #[must_use]
    pub fn of(section: SectionId, language: Language) -> SectionRef {
        SectionRef { section, showing: Showing::new(language, None) }
    }
}

impl QuietHours {
    /// Is this hour of the day, 0 to 23, quiet?
    #[must_use]
    pub fn contains(self, hour: u8) -> bool {
        if self.from <= self.to { (self.from..self.to).contains(&hour) } else { hour >= self.from || hour < self.to }
    }
}

#[cfg(test)]
mod tests {
    use super::QuietHours;

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let night = QuietHours { from: 22, to: 8 };
        assert!([22, 23, 0, 7].iter().all(|h| night.contains(*h)) && [8, 12, 21].iter().all(|h| !night.contains(*h)));
        let day = QuietHours { from: 0, to: 7 };
        assert!(day.contains(0) && day.contains(6) && !day.contains(7) && !day.contains(23));
    }
}

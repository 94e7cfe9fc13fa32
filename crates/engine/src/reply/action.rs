//! Button actions and their parameters.

use crate::knowledge::{Knowledge, SectionId};
use crate::text::Language;

/// The action of a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Shows a section, a menu or a notice in place of the message.
    Navigate(Target),
    /// Records whether the user marked the answer as helpful.
    Rate {
        /// The id of the section that the message shows.
        section: SectionId,
        /// Whether the user marked the answer as helpful.
        helped: bool,
    },
    /// Sends an explanation of how the answer was found.
    Explain,
    /// Changes a setting of a group.
    Set(Setting),
}

/// The section, menu or notice that a button shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The first page of the section with this id.
    Section(SectionId),
    /// The list of sections of the product with this id.
    Product(String),
    /// One page of a section in one language.
    SectionPage(SectionRef),
    /// The topics menu.
    Topics,
    /// The confirmation that this language is now the default for questions that do not reveal a
    /// language.
    Language(Language),
    /// The hint to rephrase, shown after the user rejects all options of a clarification.
    NoneOfThese,
}

/// How to show a section: the language, the highlighted sentence and the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// The preferred language. If the section lacks that language, another one is used.
    pub language: Language,
    /// The index of the highlighted sentence in
    /// [`Body::sentences`](crate::knowledge::Body::sentences). If `None`, the layouts for groups
    /// and inline results highlight the first sentence.
    pub sentence: Option<usize>,
    /// The page number, starting at 0. A number past the last page means the last page.
    pub page: usize,
}

/// A reference to a page of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRef {
    /// The id of the section.
    pub section: SectionId,
    /// The page, language and highlighted sentence to show.
    pub showing: Showing,
}

/// A group setting and its new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Whether the bot gives proactive answers: answers to messages that are not addressed to the
    /// bot.
    Proactive(bool),
    /// The minimum confidence for answering a message that is not addressed to the bot, in percent.
    Threshold(u8),
    /// The language of answers to messages that do not reveal their language. `None` means the
    /// language of the writer's Telegram app.
    Language(Option<Language>),
    /// The quiet hours of the group. `None` means no quiet hours.
    QuietHours(Option<QuietHours>),
    /// The time zone of the group, in hours from UTC: -12 to 14.
    Zone(i8),
    /// Whether the bot deletes its messages in the group after
    /// [`reading_seconds`](super::reading_seconds), the estimated reading time.
    AutoDelete(bool),
}

/// The quiet hours of a group, in the group's time zone. During these hours, the bot gives no
/// proactive answers, and its messages cause no notification sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The first quiet hour, 0 to 23.
    pub from: u8,
    /// The hour at which the quiet hours end, 0 to 23. Smaller than `from` if the quiet hours span
    /// midnight.
    pub to: u8,
}

impl Action {
    /// Replaces the key of a long section id, as read from button data, by the id. Keeps the key if
    /// the knowledge base has no such section.
    #[must_use]
    pub fn resolved(self, knowledge: &Knowledge) -> Action {
        let whole = |id: SectionId| knowledge.find(&id).map_or(id, |at| knowledge.sections[at].id.clone());
        match self {
            Action::Navigate(Target::Section(id)) => Action::Navigate(Target::Section(whole(id))),
            Action::Navigate(Target::SectionPage(SectionRef { section, showing })) => {
                Action::Navigate(Target::SectionPage(SectionRef { section: whole(section), showing }))
            }
            Action::Rate { section, helped } => Action::Rate { section: whole(section), helped },
            other => other,
        }
    }

    /// True if every user may press the button, not only the user who asked. For settings, the bot
    /// also checks that the user is an administrator.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        matches!(self, Action::Navigate(Target::SectionPage(_)) | Action::Rate { .. } | Action::Set(_))
    }
}

impl Showing {
    /// Creates a [`Showing`] for the first page of a section, with an optional highlighted
    /// sentence.
    #[must_use]
    pub fn new(language: Language, sentence: Option<usize>) -> Showing {
        Showing { language, sentence, page: 0 }
    }
}

impl SectionRef {
    /// Creates a reference to the first page of a section, without a highlighted sentence.
    #[must_use]
    pub fn of(section: SectionId, language: Language) -> SectionRef {
        SectionRef { section, showing: Showing::new(language, None) }
    }
}

impl QuietHours {
    /// True if the hour (0 to 23) is within the quiet hours.
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

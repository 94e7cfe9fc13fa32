//! Buttons and labels shared by several replies.

use super::action::{Action, Target};
use super::message::Button;
use super::strings::{LANGUAGES, Strings};
use crate::knowledge::{Knowledge, Sentence};
use crate::text::Language;

/// Maximum length of a button label, in characters. About 40 characters fit on a button of half the
/// width of a phone.
const MAX_LABEL_CHARS: usize = 40;

pub(super) fn section_button(knowledge: &Knowledge, section: usize, language: Language) -> Button {
    let label = shorten(&section_label(knowledge, section, language), MAX_LABEL_CHARS);
    Button { label, action: Action::Navigate(Target::Section(knowledge.sections[section].id.clone())) }
}

/// Returns the title of a section. If another section has the same title, returns what the section
/// is asked, or else what it says first, so that readers can tell the two apart.
fn section_label(knowledge: &Knowledge, section: usize, language: Language) -> String {
    let (_, text) = knowledge.text(section, language);
    let has_this_title =
        |other: usize| other != section && knowledge.text(other, language).1.title.eq_ignore_ascii_case(&text.title);
    if !(0..knowledge.sections.len()).any(has_this_title) {
        return text.title.clone();
    }
    let question = text.questions.first().map(|question| question.text.clone());
    let detail = question.or_else(|| text.body.sentences().next().map(Sentence::plain));
    detail.unwrap_or_else(|| knowledge.sections[section].id.to_string())
}

pub(super) fn topic_buttons(knowledge: &Knowledge, language: Language) -> Vec<Vec<Button>> {
    /// Number of product buttons in one row. More buttons do not fit next to each other on a phone.
    const PER_ROW: usize = 2;
    /// Maximum number of section buttons in the topics menu, because a knowledge base may have
    /// thousands of sections.
    const MAX_SECTIONS: usize = 12;
    let products: Vec<Button> = knowledge
        .products
        .iter()
        .map(|p| Button {
            label: shorten(&p.label, MAX_LABEL_CHARS),
            action: Action::Navigate(Target::Product(p.id.clone())),
        })
        .collect();
    let mut rows: Vec<Vec<Button>> = products.chunks(PER_ROW).map(<[Button]>::to_vec).collect();
    let others = knowledge.sections.iter().enumerate().filter(|(_, s)| s.product.is_none()).take(MAX_SECTIONS);
    rows.extend(others.map(|(at, _)| vec![section_button(knowledge, at, language)]));
    rows
}

/// Returns the name of a language in that language, such as 中文, short enough for a button.
pub(super) fn language_label(language: Language) -> String {
    let known = LANGUAGES.contains(&language).then(|| Strings::of(language).own_name.to_owned());
    known.unwrap_or_else(|| language.as_str().to_uppercase())
}

pub(super) fn article_title(knowledge: &Knowledge, language: Language) -> &str {
    let title = knowledge.article.title.get(language);
    if title.is_empty() { knowledge.title.get(language) } else { title }
}

pub(super) fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

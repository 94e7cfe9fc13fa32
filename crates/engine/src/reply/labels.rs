//! Buttons and labels shared by several replies.

use super::action::{Action, Target};
use super::message::Button;
use super::strings::{Strings, name_in};
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

/// Returns the languages in which the knowledge base can be asked, such as "English or Chinese".
pub(super) fn languages_to_ask_in(knowledge: &Knowledge, language: Language) -> String {
    let strings = Strings::of(language);
    // The language of the interface comes first.
    let mut languages = knowledge.languages.clone();
    languages.sort_by_key(|l| *l != language);
    let mut names: Vec<String> = languages.iter().map(|l| name_in(*l, language)).collect();
    if !strings.pinyin.is_empty() && languages.contains(&Language::ZH) {
        names.push(strings.pinyin.to_owned());
    }
    let Some(last) = names.pop() else { return String::new() };
    if names.is_empty() { last } else { names.join(strings.comma) + strings.or + &last }
}

/// Returns a few sample questions of the knowledge base, each of another section. A section without
/// sample questions in the language gives its title.
pub(super) fn examples(knowledge: &Knowledge, language: Language) -> Vec<String> {
    const MAX_EXAMPLES: usize = 3;
    /// Maximum length of an example, in characters. A longer question is hard to read in a list.
    const MAX_CHARS: usize = 80;
    let introductions = (0..knowledge.products.len()).filter_map(|product| knowledge.introduction_of(product));
    let others = (0..knowledge.sections.len()).filter(|s| knowledge.sections[*s].product.is_none());
    let mut found: Vec<String> = Vec::new();
    for section in introductions.chain(others).chain(0..knowledge.sections.len()) {
        let (_, text) = knowledge.text(section, language);
        let is_short = |question: &&str| question.chars().count() <= MAX_CHARS;
        let question = text.questions.iter().map(|q| q.text.as_str()).find(is_short).unwrap_or(&text.title);
        if !found.iter().any(|other| other == question) {
            found.push(question.to_owned());
        }
        if found.len() == MAX_EXAMPLES {
            break;
        }
    }
    found
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

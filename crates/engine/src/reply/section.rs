//! Renders a section as a message: headline, highlighted sentence, body and source, split into
//! pages.

use super::action::{Action, SectionRef, Showing, Target};
use super::body::{blocks, pages, write_sentence};
use super::labels::{article_title, section_button, shorten};
use super::message::{Button, Card, Reply};
use super::rich_text::{EntityKind, MAX_MESSAGE_UNITS, RichText};
use super::strings::{Strings, fill, own_name};
use crate::knowledge::{Knowledge, SectionText, Sentence};
use crate::text::Language;

/// The layout of a section, which depends on where the section is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// An answer in a private chat, with buttons for related sections, for feedback, and for an
    /// explanation.
    Answer,
    /// A section opened from a menu in a private chat, without feedback buttons.
    Whole,
    /// An answer in a group: one sentence, with the rest of the section in an expandable quote.
    Brief,
    /// An inline result: one sentence, and a button that shows the whole section.
    Card,
    /// An inline result after the user pressed the button of [`Layout::Card`]: the whole section.
    OpenCard,
}

/// Maximum length of a highlighted sentence, in UTF-16 code units. A longer sentence is not
/// highlighted.
const MAX_HIGHLIGHT_UNITS: usize = 600;

/// Maximum length of a body that is fully shown below a highlighted sentence in a private chat, in
/// UTF-16 code units: about ten lines on a phone. A longer body becomes an expandable quote.
const MAX_EXPANDED_UNITS: usize = 500;

impl Layout {
    fn is_private(self) -> bool {
        matches!(self, Layout::Answer | Layout::Whole)
    }
}

/// Renders a page of a section. Returns `None` if the knowledge base has no such section.
#[must_use]
pub fn section_page(knowledge: &Knowledge, target: &SectionRef, layout: Layout) -> Option<Reply> {
    Some(show(knowledge, knowledge.find(&target.section)?, &target.showing, layout))
}

/// Renders a section as an inline result.
#[must_use]
pub fn card(knowledge: &Knowledge, at: usize, language: Language, highlight: Option<usize>) -> Card {
    let (_, text) = knowledge.text(at, language);
    let shown = text.body.skip_headings(highlight.unwrap_or(0));
    let sentence = text.body.sentences().nth(shown).map(Sentence::plain).unwrap_or_default();
    Card {
        section: knowledge.sections[at].id.clone(),
        title: text.title.clone(),
        description: shorten(&sentence, 200),
        reply: show(knowledge, at, &Showing::new(language, highlight), Layout::Card),
    }
}

/// Renders the page of a section that `showing` selects.
pub(super) fn show(knowledge: &Knowledge, at: usize, showing: &Showing, layout: Layout) -> Reply {
    let (language, text) = knowledge.text(at, showing.language);
    // Group and inline layouts show one sentence above the body: the highlighted sentence, or else
    // the first sentence of the body.
    let first = if layout.is_private() { showing.sentence } else { showing.sentence.or(Some(0)) };
    let first = first.map(|at| text.body.skip_headings(at));
    let sentence = first.and_then(|at| text.body.sentences().nth(at)).filter(|s| is_short(s));
    let first = first.filter(|_| sentence.is_some());
    let head = head(text, sentence, layout);
    let foot = source(knowledge, text, language);
    let room = |head: usize| MAX_MESSAGE_UNITS.saturating_sub(head + foot.units() + 4).max(1);
    let pages = match layout {
        Layout::Card => vec![RichText::default()],
        // Each page after the first also shows its page number. Reserves 10 UTF-16 code units for
        // the number.
        _ => pages(blocks(&text.body, first), room(head.units()), room(text.title.encode_utf16().count() + 10)),
    };
    let page = showing.page.min(pages.len() - 1);
    let mut rich = if page == 0 { head } else { numbered(text, page, pages.len()) };
    let body = &pages[page];
    let is_collapsed = !layout.is_private() || (page == 0 && sentence.is_some() && body.units() > MAX_EXPANDED_UNITS);
    if is_collapsed && body.units() > 0 {
        rich.line().expandable_quote(body);
    } else if body.units() > 0 {
        rich.paragraph().append(body);
    }
    if foot.units() > 0 {
        if layout.is_private() { rich.paragraph() } else { rich.line() }.append(&foot);
    }
    let shown = Showing { language, sentence: first, page };
    Reply {
        text: rich.truncate(MAX_MESSAGE_UNITS),
        buttons: buttons(knowledge, at, shown, pages.len(), layout),
        image: text.image.clone().filter(|_| page == 0),
    }
}

/// Renders the headline and the highlighted sentence.
fn head(text: &SectionText, sentence: Option<&Sentence>, layout: Layout) -> RichText {
    let mut head = RichText::default();
    head.with(EntityKind::Bold, |r| {
        r.push(&text.title);
    });
    if let Some(sentence) = sentence {
        head.line();
        if layout.is_private() {
            head.with(EntityKind::Quote, |r| write_sentence(r, sentence));
        } else {
            write_sentence(&mut head, sentence);
        }
    }
    head.truncate(MAX_MESSAGE_UNITS / 2)
}

/// Renders the headline of a page after the first, with the page number.
fn numbered(text: &SectionText, page: usize, pages: usize) -> RichText {
    let mut head = RichText::default();
    head.with(EntityKind::Bold, |r| {
        r.push(&text.title);
    });
    head.truncate(MAX_MESSAGE_UNITS / 2).push(&format!(" · {}/{pages}", page + 1)).clone()
}

/// True if the sentence is short enough to be highlighted.
fn is_short(sentence: &Sentence) -> bool {
    sentence.plain().encode_utf16().count() <= MAX_HIGHLIGHT_UNITS
}

fn buttons(knowledge: &Knowledge, at: usize, shown: Showing, pages: usize, layout: Layout) -> Vec<Vec<Button>> {
    let section = &knowledge.sections[at];
    let strings = Strings::of(shown.language);
    let read = |label: &str, showing| {
        let action = Action::Navigate(Target::SectionPage(SectionRef { section: section.id.clone(), showing }));
        Button { label: label.to_owned(), action }
    };
    let turn = |label: &str, page: Option<usize>| page.map(|page| read(label, Showing { page, ..shown }));
    let rate = |label: &str, helped| {
        let action = Action::Rate { section: section.id.clone(), helped };
        Button { label: label.to_owned(), action }
    };
    let next = Some(shown.page + 1).filter(|page| *page < pages);
    let page_turns: Vec<Button> =
        [turn("◀", shown.page.checked_sub(1)), turn("▶", next)].into_iter().flatten().collect();
    let related = section.related.iter().filter(|_| layout.is_private());
    let related = related.map(|s| vec![section_button(knowledge, *s, shown.language)]);
    let mut last = match layout {
        Layout::Answer => {
            let why = Button { label: strings.why_button.to_owned(), action: Action::Explain };
            vec![rate("👍", true), rate("👎", false), why]
        }
        Layout::Brief => vec![rate("👍", true), rate("👎", false)],
        Layout::Whole | Layout::OpenCard => Vec::new(),
        Layout::Card => vec![read(strings.more, shown)],
    };
    last.extend(other_language(knowledge, at, shown).map(|(label, showing)| read(&label, showing)));
    std::iter::once(page_turns).chain(related).chain([last]).filter(|row| !row.is_empty()).collect()
}

/// Returns the label and the target of the button that shows the section in its next language.
/// Returns `None` if the section has no other language.
fn other_language(knowledge: &Knowledge, at: usize, shown: Showing) -> Option<(String, Showing)> {
    let section = &knowledge.sections[at];
    let language = shown.language;
    let after = knowledge.languages.iter().skip_while(|l| **l != language).skip(1);
    let other = *after.chain(&knowledge.languages).find(|l| **l != language && section.texts.contains_key(l))?;
    // Keep the highlighted sentence only if both texts have equally many sentences, because then
    // the translated sentence has the same index.
    let count = |l: Language| section.texts.get(&l).map(|text| text.body.sentences().count());
    let sentence = shown.sentence.filter(|_| count(other) == count(language));
    Some((own_name(other), Showing::new(other, sentence)))
}

/// Renders the source line: a link to the section's place in the article.
fn source(knowledge: &Knowledge, text: &SectionText, language: Language) -> RichText {
    let strings = Strings::of(language);
    let title = article_title(knowledge, language);
    let is_address = text.source.starts_with("https://") || text.source.starts_with("http://");
    let (place, link) = match (text.source.is_empty(), is_address) {
        (false, true) => (title.to_owned(), text.source.as_str()),
        (false, false) => (fill(strings.source_place, &[title, &text.source]), knowledge.article.url.as_str()),
        (true, _) => (title.to_owned(), knowledge.article.url.as_str()),
    };
    let mut rich = RichText::default();
    if text.source.is_empty() && link.is_empty() {
        return rich;
    }
    rich.with(EntityKind::Italic, |r| {
        r.push(strings.source);
        if link.is_empty() {
            r.push(&place);
        } else {
            r.with(EntityKind::Link(link.to_owned()), |r| {
                r.push(&place);
            });
        }
    });
    rich.truncate(MAX_MESSAGE_UNITS / 8)
}

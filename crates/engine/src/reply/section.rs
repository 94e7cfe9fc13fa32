//! A section as a message: headline, the sentence that answers, the rest, the source; page by page where it is long.

use super::action::{Action, SectionRef, Showing, Target};
use super::body::{blocks, pages, write_sentence};
use super::labels::{article_title, name_of, section_button, shorten};
use super::message::{Button, Card, Reply};
use super::rich_text::{EntityKind, MAX_MESSAGE_UNITS, RichText};
use super::strings::{fill, wording};
use crate::knowledge::{Knowledge, SectionText, Sentence};
use crate::text::Language;

/// For whom a section is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// For whoever asked, in private: with its neighbours, and buttons to say what one thinks of it and to see why it was chosen.
    Answer,
    /// For somebody who looks around in private.
    Whole,
    /// Where others read along: everything but a sentence is folded up.
    Brief,
    /// In a chat that the bot need not be in: a sentence, and a button for more.
    Card,
    /// The same when somebody wanted more.
    OpenCard,
}

/// Longest sentence that is set above the rest, in UTF-16 code units.
const MAX_HIGHLIGHT_UNITS: usize = 600;

/// From this length on, in UTF-16 code units, what follows the answer is folded up: about ten lines of a phone.
const LONG: usize = 500;

impl Layout {
    fn is_private(self) -> bool {
        matches!(self, Layout::Answer | Layout::Whole)
    }
}

/// A part of a section by its id; `None` if there is no such section.
#[must_use]
pub fn passage(knowledge: &Knowledge, passage: &SectionRef, view: Layout) -> Option<Reply> {
    Some(show(knowledge, knowledge.find(&passage.section)?, &passage.showing, view))
}

/// A section as a search result.
#[must_use]
pub fn card(knowledge: &Knowledge, at: usize, language: Language, highlight: Option<usize>) -> Card {
    let (_, text) = knowledge.text(at, language);
    let sentence = text.body.sentences().nth(highlight.unwrap_or(0)).map(Sentence::plain).unwrap_or_default();
    Card {
        section: knowledge.sections[at].id.clone(),
        title: text.title.clone(),
        description: shorten(&sentence, 200),
        reply: show(knowledge, at, &Showing::new(language, highlight), Layout::Card),
    }
}

/// A section, by its number.
pub(super) fn show(knowledge: &Knowledge, at: usize, showing: &Showing, view: Layout) -> Reply {
    let (language, text) = knowledge.text(at, showing.language);
    // Where there is no room for more than a sentence, it is the first if nothing speaks for another.
    let first = if view.is_private() { showing.sentence } else { showing.sentence.or(Some(0)) };
    let sentence = first.and_then(|at| text.body.sentences().nth(at)).filter(|s| is_short(s));
    let first = first.filter(|_| sentence.is_some());
    let head = head(text, sentence, view);
    let foot = source(knowledge, text, language);
    let room = |head: usize| MAX_MESSAGE_UNITS.saturating_sub(head + foot.units() + 4).max(1);
    let pages = match view {
        Layout::Card => vec![RichText::default()],
        // The number of a page takes some room too.
        _ => pages(blocks(&text.body, first), room(head.units()), room(text.title.encode_utf16().count() + 10)),
    };
    let page = showing.page.min(pages.len() - 1);
    let mut rich = if page == 0 { head } else { numbered(text, page, pages.len()) };
    let body = &pages[page];
    let is_folded = !view.is_private() || (page == 0 && sentence.is_some() && body.units() > LONG);
    if is_folded && body.units() > 0 {
        rich.line().folded(body);
    } else if body.units() > 0 {
        rich.paragraph().append(body);
    }
    if foot.units() > 0 {
        if view.is_private() { rich.paragraph() } else { rich.line() }.append(&foot);
    }
    let shown = Showing { language, sentence: first, page };
    Reply {
        text: rich.cut(MAX_MESSAGE_UNITS),
        buttons: buttons(knowledge, at, shown, pages.len(), view),
        image: text.image.clone().filter(|_| page == 0),
    }
}

/// The headline, and the sentence that answers.
fn head(text: &SectionText, sentence: Option<&Sentence>, view: Layout) -> RichText {
    let mut head = RichText::default();
    head.with(EntityKind::Bold, |r| {
        r.push(&text.title);
    });
    if let Some(sentence) = sentence {
        head.line();
        if view.is_private() {
            head.with(EntityKind::Quote, |r| write_sentence(r, sentence));
        } else {
            write_sentence(&mut head, sentence);
        }
    }
    head.cut(MAX_MESSAGE_UNITS / 2)
}

/// The headline of a further page.
fn numbered(text: &SectionText, page: usize, pages: usize) -> RichText {
    let mut head = RichText::default();
    head.with(EntityKind::Bold, |r| {
        r.push(&text.title);
    });
    head.cut(MAX_MESSAGE_UNITS / 2).push(&format!(" · {}/{pages}", page + 1)).clone()
}

/// A sentence as long as a page is not what answers at a glance.
fn is_short(sentence: &Sentence) -> bool {
    sentence.plain().encode_utf16().count() <= MAX_HIGHLIGHT_UNITS
}

fn buttons(knowledge: &Knowledge, at: usize, shown: Showing, pages: usize, view: Layout) -> Vec<Vec<Button>> {
    let section = &knowledge.sections[at];
    let say = wording(shown.language);
    let read = |label: &str, showing| {
        let action = Action::Navigate(Target::Passage(SectionRef { section: section.id.clone(), showing }));
        Button { label: label.to_owned(), action }
    };
    let turn = |label: &str, page: Option<usize>| page.map(|page| read(label, Showing { page, ..shown }));
    let rate = |label: &str, helped| {
        let action = Action::Rate { section: section.id.clone(), helped };
        Button { label: label.to_owned(), action }
    };
    let next = Some(shown.page + 1).filter(|page| *page < pages);
    let turning: Vec<Button> = [turn("◀", shown.page.checked_sub(1)), turn("▶", next)].into_iter().flatten().collect();
    let neighbours = section.related.iter().filter(|_| view.is_private());
    let neighbours = neighbours.map(|s| vec![section_button(knowledge, *s, shown.language)]);
    let mut last = match view {
        Layout::Answer => {
            let why = Button { label: say.why_button.to_owned(), action: Action::Explain };
            vec![rate("👍", true), rate("👎", false), why]
        }
        Layout::Brief => vec![rate("👍", true), rate("👎", false)],
        Layout::Whole | Layout::OpenCard => Vec::new(),
        Layout::Card => vec![read(say.more, shown)],
    };
    last.extend(other_language(knowledge, at, shown).map(|(label, showing)| read(&label, showing)));
    std::iter::once(turning).chain(neighbours).chain([last]).filter(|row| !row.is_empty()).collect()
}

/// The same in the next language that has the section, and the name of that language.
fn other_language(knowledge: &Knowledge, at: usize, shown: Showing) -> Option<(String, Showing)> {
    let section = &knowledge.sections[at];
    let language = shown.language;
    let after = knowledge.languages.iter().skip_while(|l| **l != language).skip(1);
    let other = *after.chain(&knowledge.languages).find(|l| **l != language && section.texts.contains_key(l))?;
    // A translation says the same in the same place, if it has as many sentences.
    let count = |l: Language| section.texts.get(&l).map(|text| text.body.sentences().count());
    let sentence = shown.sentence.filter(|_| count(other) == count(language));
    Some((name_of(other), Showing::new(other, sentence)))
}

/// Where the article says it, leading there.
fn source(knowledge: &Knowledge, text: &SectionText, language: Language) -> RichText {
    let say = wording(language);
    let title = article_title(knowledge, language);
    let is_address = text.source.starts_with("https://") || text.source.starts_with("http://");
    let (place, link) = match (text.source.is_empty(), is_address) {
        (false, true) => (title.to_owned(), text.source.as_str()),
        (false, false) => (fill(say.source_place, &[title, &text.source]), knowledge.article.url.as_str()),
        (true, _) => (title.to_owned(), knowledge.article.url.as_str()),
    };
    let mut rich = RichText::default();
    if text.source.is_empty() && link.is_empty() {
        return rich;
    }
    rich.with(EntityKind::Italic, |r| {
        r.push(say.source);
        if link.is_empty() {
            r.push(&place);
        } else {
            r.with(EntityKind::Link(link.to_owned()), |r| {
                r.push(&place);
            });
        }
    });
    rich.cut(MAX_MESSAGE_UNITS / 8)
}

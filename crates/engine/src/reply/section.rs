//! Renders a section as a message: headline, highlighted sentence, body and source, split into
//! pages.

use super::action::{Action, SectionRef, Showing, Target};
use super::body::{blocks, excerpt, line_count, lines, pages};
use super::labels::{article_title, section_button, shorten};
use super::message::{Button, Card, Reply};
use super::rich_text::{EntityKind, MAX_MESSAGE_UNITS, RichText};
use super::strings::{Strings, fill, own_name};
use crate::knowledge::{Body, Knowledge, Section, SectionText, Sentence};
use crate::text::Language;

/// The layout of a section, which depends on where the section is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// An answer in a private chat, with buttons for related sections, for feedback, and for an
    /// explanation.
    Answer,
    /// A section opened from a menu in a private chat, without feedback buttons.
    Whole,
    /// An answer in a group: the sentence that answers, with the section in an expandable quote.
    Brief,
    /// An inline result: one sentence, and a button that shows the whole section.
    Card,
    /// An inline result after the user pressed the button of [`Layout::Card`]: the whole section.
    OpenCard,
}

/// Maximum length of what is shown above the section as its answer, in UTF-16 code units. If a list
/// makes the answer longer, the list is left out; a longer sentence is not shown above the section.
const MAX_ANSWER_UNITS: usize = 600;

/// Maximum number of lines of a section that a private chat shows unfolded, with the answer marked
/// in its place. Of a longer section, the answer comes first, and the section becomes an expandable
/// quote.
const MAX_UNFOLDED_LINES: usize = 8;

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
    render(knowledge, at, showing, layout, None)
}

/// Renders a section below a notice, which takes the place of the answer.
pub(super) fn show_below(knowledge: &Knowledge, at: usize, showing: &Showing, layout: Layout, notice: &str) -> Reply {
    let mut rich = RichText::default();
    rich.push(notice);
    render(knowledge, at, showing, layout, Some(rich))
}

fn render(knowledge: &Knowledge, at: usize, showing: &Showing, layout: Layout, notice: Option<RichText>) -> Reply {
    let (language, text) = knowledge.text(at, showing.language);
    let Pages { head, bodies, foot, is_folded, sentence } = Pages::new(knowledge, at, showing, layout, notice);
    let page = showing.page.min(bodies.len() - 1);
    let mut rich = if page == 0 { head } else { numbered(text, page, bodies.len()) };
    let body = &bodies[page];
    if is_folded && (page == 0 || !layout.is_private()) && body.units() > 0 {
        rich.line().expandable_quote(body);
    } else if body.units() > 0 {
        rich.paragraph().append(body);
    }
    if foot.units() > 0 {
        if layout.is_private() { rich.paragraph() } else { rich.line() }.append(&foot);
    }
    let shown = Showing { language, sentence, page };
    Reply {
        text: rich.truncate(MAX_MESSAGE_UNITS),
        buttons: buttons(knowledge, at, shown, bodies.len(), layout),
        image: text.image.clone().filter(|_| page == 0),
    }
}

/// A section, split into pages.
struct Pages {
    /// The headline of the first page, with the answer or the notice below it.
    head: RichText,
    /// The part of the section on each page. At least one, which may be empty.
    bodies: Vec<RichText>,
    /// The source line.
    foot: RichText,
    /// Whether the section is an expandable quote.
    is_folded: bool,
    /// The sentence that is shown as the answer.
    sentence: Option<usize>,
}

impl Pages {
    fn new(knowledge: &Knowledge, at: usize, showing: &Showing, layout: Layout, notice: Option<RichText>) -> Pages {
        let (language, text) = knowledge.text(at, showing.language);
        let foot = source(knowledge, at, text, language);
        // Group and inline layouts show one sentence above the section: the one that answers, or
        // else the first.
        let sentence = if layout.is_private() { showing.sentence } else { showing.sentence.or(Some(0)) };
        let sentence = sentence.map(|at| text.body.skip_headings(at));
        let answer = sentence.and_then(|at| answer(&text.body, at));
        let sentence = sentence.filter(|_| answer.is_some());
        let blocks = blocks(&text.body, showing.sentence.and(sentence));
        // An answer that is most of the section is marked in its place, whatever the length.
        let covers_most = |answer: &RichText| line_count(answer.text()) * 2 > lines(&blocks);
        let is_long = lines(&blocks) > MAX_UNFOLDED_LINES && !answer.as_ref().is_some_and(covers_most);
        let is_folded = !layout.is_private() || (is_long && (sentence.is_some() || notice.is_some()));
        let is_whole = notice.is_none() && !layout.is_private() && text.body.sentences().nth(1).is_none();
        let head = head(text, notice.or(answer.filter(|_| is_folded)).as_ref());
        let room = |head: usize| MAX_MESSAGE_UNITS.saturating_sub(head + foot.units() + 4).max(1);
        let bodies = match layout {
            Layout::Card => vec![RichText::default()],
            // The head shows the only sentence.
            _ if is_whole && sentence.is_some() => vec![RichText::default()],
            // Each page after the first also shows its page number. Reserves 10 UTF-16 code units
            // for the number.
            _ => pages(blocks, room(head.units()), room(text.title.encode_utf16().count() + 10)),
        };
        Pages { head, bodies, foot, is_folded, sentence }
    }
}

/// True if an answer in a private chat shows all of a section, neither folded nor in pages.
#[must_use]
pub fn is_shown_whole(knowledge: &Knowledge, at: usize, language: Language) -> bool {
    let (_, text) = knowledge.text(at, language);
    lines(&blocks(&text.body, None)) <= MAX_UNFOLDED_LINES
}

/// Renders the sentence that answers, with the list that it introduces. Returns `None` if the
/// sentence is too long to stand above the section.
fn answer(body: &Body, sentence: usize) -> Option<RichText> {
    let is_short = |rich: &RichText| rich.units() > 0 && rich.units() <= MAX_ANSWER_UNITS;
    let with_list = excerpt(body, &body.answer(sentence));
    Some(with_list).filter(is_short).or_else(|| Some(excerpt(body, &(sentence..sentence + 1))).filter(is_short))
}

/// Renders the headline, and the answer below it.
fn head(text: &SectionText, answer: Option<&RichText>) -> RichText {
    let mut head = RichText::default();
    head.with(EntityKind::Bold, |r| {
        r.push(&text.title);
    });
    if let Some(answer) = answer {
        head.line().append(answer);
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
fn source(knowledge: &Knowledge, at: usize, text: &SectionText, language: Language) -> RichText {
    let strings = Strings::of(language);
    let title = article_title(knowledge, language);
    let is_address = text.source.starts_with("https://") || text.source.starts_with("http://");
    let (place, link) = match (text.source.is_empty(), is_address) {
        (false, true) => (title.to_owned(), text.source.as_str()),
        (false, false) if text.source == title => (title.to_owned(), knowledge.article.url.as_str()),
        (false, false) => {
            (fill(strings.source_place, &[title, &heading(knowledge, at, text)]), knowledge.article.url.as_str())
        }
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

/// Returns the heading in the article under which the section stands. Puts the product in front if
/// sections of other products stand under equal headings, such as "Real-life applications".
fn heading(knowledge: &Knowledge, at: usize, text: &SectionText) -> String {
    let product = |section: &Section| section.product.and_then(|product| knowledge.products.get(product));
    let section = &knowledge.sections[at];
    let is_shared = knowledge
        .sections
        .iter()
        .any(|other| other.product != section.product && other.texts.values().any(|other| other.source == text.source));
    match product(section).filter(|_| is_shared) {
        Some(product) => format!("{} · {}", product.label, text.source),
        None => text.source.clone(),
    }
}

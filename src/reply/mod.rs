//! From a match to what the person sees: text with looks, and buttons.

mod plain;
mod rich;
mod wording;

pub use plain::plain;
pub use rich::{Entity, Look, MAX_MESSAGE_UNITS, Rich};
pub use wording::{LANGUAGES, Wording, wording};

use crate::knowledge::{Block, BlockKind, Body, Knowledge, SectionId, SectionText, Sentence, Span, Style};
use crate::matching::{Decision, Explanation, Match, Part, Path, Smalltalk};
use crate::question::Question;
use crate::text::{Language, is_wide, to_traditional};
use wording::fill;

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Shows a section.
    Section(SectionId),
    /// Shows the sections of a product, by its id.
    Product(String),
    /// Shows a section in another language, with this sentence first.
    Read {
        /// The section.
        section: SectionId,
        /// The language.
        language: Language,
        /// The number of the sentence in the body.
        sentence: Option<usize>,
    },
    /// Says how the answer was found.
    Why,
    /// Says that the answer helped, or that it did not.
    Rate {
        /// The section that was shown.
        section: SectionId,
        /// Did it help?
        helped: bool,
    },
    /// From now on answers in this language where a question shows none.
    Speak(Language),
    /// Changes a setting of a group.
    Set(Setting),
    /// Shows all topics.
    Topics,
    /// Says that nothing offered is what was meant.
    NoneOfThese,
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
}

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
    pub text: Rich,
    /// Rows of buttons.
    pub buttons: Vec<Vec<Button>>,
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

/// Longest sentence that is set above the rest, in UTF-16 code units.
const MAX_HIGHLIGHT_UNITS: usize = 600;

/// Longest label of a button, in characters: what a phone shows of half a row.
const MAX_LABEL_CHARS: usize = 40;

impl Reply {
    /// The same in traditional characters.
    #[must_use]
    pub fn in_traditional(self) -> Reply {
        let button = |b: Button| Button { label: to_traditional(&b.label), ..b };
        Reply {
            text: self.text.rewritten(to_traditional),
            buttons: self.buttons.into_iter().map(|row| row.into_iter().map(button).collect()).collect(),
        }
    }
}

/// From this length on, in UTF-16 code units, what follows the answer is folded up: about ten lines of a phone.
const LONG: usize = 500;

/// The reply to a question.
#[must_use]
pub fn compose(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    let language = question.language;
    let say = wording(language);
    match matched.decision {
        Decision::Answer => match matched.sections.first() {
            Some(best) => answer(knowledge, best.section, language, matched.highlight),
            None => declined(language),
        },
        Decision::Clarify => {
            let mut rows: Vec<Vec<Button>> =
                matched.offered().iter().map(|c| vec![section_button(knowledge, c.section, language)]).collect();
            rows.push(vec![Button { label: say.none_of_these.to_owned(), action: Action::NoneOfThese }]);
            message(say.clarify, rows)
        }
        Decision::Decline => declined(language),
        Decision::Smalltalk(Smalltalk::Greeting) => welcome(knowledge, language),
        Decision::Smalltalk(Smalltalk::Help) => help(knowledge, language),
        Decision::Smalltalk(Smalltalk::Thanks) => message(say.thanks, Vec::new()),
        Decision::Smalltalk(Smalltalk::Farewell) => message(say.farewell, Vec::new()),
    }
}

/// The reply to a question in a group, where nobody wants a wall of text.
#[must_use]
pub fn compose_briefly(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    match (matched.decision, matched.sections.first()) {
        (Decision::Answer, Some(best)) => brief(knowledge, best.section, question.language, matched.highlight),
        (Decision::Smalltalk(Smalltalk::Greeting | Smalltalk::Help), _) => how_to_ask_in_a_group(question.language),
        (Decision::Decline, _) => message(wording(question.language).decline, Vec::new()),
        _ => compose(knowledge, question, matched),
    }
}

/// A section as the answer to a question: with buttons to say what one thinks of it and to see why it was chosen.
#[must_use]
pub fn answer(knowledge: &Knowledge, at: usize, language: Language, highlight: Option<usize>) -> Reply {
    let (text, mut buttons) = whole(knowledge, at, language, highlight);
    let rate = |label: &str, helped| {
        let section = knowledge.sections[at].id.clone();
        Button { label: label.to_owned(), action: Action::Rate { section, helped } }
    };
    let why = Button { label: wording(language).why_button.to_owned(), action: Action::Why };
    let mut row = vec![rate("👍", true), rate("👎", false), why];
    row.extend(other_language(knowledge, at, language, highlight).into_iter().flatten());
    buttons.push(row);
    Reply { text, buttons }
}

/// How an answer was found, in plain words.
#[must_use]
pub fn why(knowledge: &Knowledge, question: &Question, matched: &Match, explanation: Option<&Explanation>) -> Reply {
    /// More words than these explain nothing more.
    const MAX_WORDS: usize = 6;
    let (language, say) = (question.language, wording(question.language));
    let title = |at: usize| knowledge.text(at, language).1.title.as_str();
    let percent = |confidence: f64| format!("{:.0} %", confidence * 100.0);
    let mut lines = Vec::new();
    match (matched.sections.first(), explanation) {
        (Some(best), Some(explanation)) => {
            lines.push(fill(say.why_section, &[title(best.section), &percent(best.confidence)]));
            let told = explanation.parts.iter().filter(|part| part.sum() > 0.0 && part.path != Path::Inherited);
            let word = |part: &Part| match say.paths.get(part.path as usize).copied().unwrap_or_default() {
                "" => part.asked.clone(),
                path => format!("{} → {} ({path})", part.asked, part.matched),
            };
            let words: Vec<String> = told.take(MAX_WORDS).map(word).collect();
            if !words.is_empty() {
                lines.push(fill(say.why_words, &[&words.join(say.comma)]));
            }
            if explanation.parts.iter().any(|part| part.path == Path::Inherited) {
                lines.push(say.why_before.to_owned());
            }
            if !explanation.unknown.is_empty() {
                lines.push(fill(say.why_unknown, &[&explanation.unknown.join(say.comma)]));
            }
            if let Some(next) = matched.sections.get(1) {
                lines.push(fill(say.why_next, &[title(next.section), &percent(next.confidence)]));
            }
        }
        _ => lines.push(say.why_nothing.to_owned()),
    }
    message(&lines.join("\n"), Vec::new())
}

/// Said where there is no answer to explain.
#[must_use]
pub fn nothing_to_explain(language: Language) -> Reply {
    message(wording(language).why_nothing, Vec::new())
}

/// What else may have been meant, for somebody whom an answer did not help.
#[must_use]
pub fn alternatives(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    const MAX_OFFERED: usize = 3;
    let (language, say) = (question.language, wording(question.language));
    let others = matched.sections.iter().skip(1).take(MAX_OFFERED);
    let mut rows: Vec<Vec<Button>> = others.map(|c| vec![section_button(knowledge, c.section, language)]).collect();
    rows.push(vec![Button { label: say.not_in_the_article.to_owned(), action: Action::NoneOfThese }]);
    message(say.did_not_help, rows)
}

/// A section in a group: the sentence that answers best, or else the first, and everything else folded up.
#[must_use]
pub fn brief(knowledge: &Knowledge, at: usize, language: Language, highlight: Option<usize>) -> Reply {
    let (language, text) = knowledge.text(at, language);
    let at_a_glance = |at: &usize| text.body.sentences().nth(*at).is_some_and(is_short);
    let first = highlight.or(Some(0)).filter(at_a_glance);
    let mut rich = Rich::default();
    rich.with(Look::Bold, |r| {
        r.push(&text.title);
    });
    if let Some(sentence) = first.and_then(|at| text.body.sentences().nth(at)) {
        rich.line();
        write_sentence(&mut rich, sentence);
    }
    let mut rest = Rich::default();
    write_body(&mut rest, &text.body, first);
    let foot = source(knowledge, text, language);
    let rest = rest.cut(MAX_MESSAGE_UNITS.saturating_sub(rich.units() + foot.units() + 4));
    if rest.units() > 0 {
        rich.line().folded(&rest);
    }
    if foot.units() > 0 {
        rich.line().append(&foot);
    }
    Reply { text: rich.cut(MAX_MESSAGE_UNITS), buttons: other_language(knowledge, at, language, first) }
}

/// How a group asks.
#[must_use]
pub fn how_to_ask_in_a_group(language: Language) -> Reply {
    message(wording(language).in_a_group, Vec::new())
}

/// The settings of a group: whether the bot answers unasked, from which confidence on, in which language; and whether it hears what is not addressed to it.
#[must_use]
pub fn settings(
    knowledge: &Knowledge,
    language: Language,
    unasked: bool,
    threshold: f64,
    own: Option<Language>,
    hears_all: bool,
) -> Reply {
    const THRESHOLDS: [u8; 3] = [85, 90, 95];
    let say = wording(language);
    let mark = |is_set: bool, label: &str| if is_set { format!("✓ {label}") } else { label.to_owned() };
    let button = |label: String, setting| Button { label, action: Action::Set(setting) };
    let percent = (threshold * 100.0).round() as u8;
    let rows = vec![
        vec![
            button(mark(!unasked, say.only_asked), Setting::Unasked(false)),
            button(mark(unasked, say.unasked), Setting::Unasked(true)),
        ],
        THRESHOLDS.map(|p| button(mark(p == percent, &format!("{p} %")), Setting::Threshold(p))).to_vec(),
        std::iter::once(button(mark(own.is_none(), say.own_language), Setting::Language(None)))
            .chain(
                knowledge
                    .languages
                    .iter()
                    .map(|l| button(mark(own == Some(*l), &name_of(*l)), Setting::Language(Some(*l)))),
            )
            .collect(),
    ];
    let hears = if hears_all { say.hears_all } else { say.hears_addressed };
    message(&format!("{}\n\n{hears}", say.settings), rows)
}

/// Said to whoever may not change the settings.
#[must_use]
pub fn for_administrators(language: Language) -> Reply {
    message(wording(language).for_administrators, Vec::new())
}

/// What is kept of whoever asks.
#[must_use]
pub fn privacy(language: Language) -> Reply {
    message(wording(language).privacy, Vec::new())
}

/// What is kept of this person: so many conversations, so many questions whose answer can be changed.
#[must_use]
pub fn my_data(language: Language, conversations: i64, questions: i64) -> Reply {
    let counts = [conversations.to_string(), questions.to_string()];
    message(&fill(wording(language).my_data, &[&counts[0], &counts[1]]), Vec::new())
}

/// Said when everything was forgotten.
#[must_use]
pub fn forgotten(language: Language) -> Reply {
    message(wording(language).forgotten, Vec::new())
}

/// Which language to speak.
#[must_use]
pub fn languages(knowledge: &Knowledge, language: Language) -> Reply {
    let button = |l: &Language| Button { label: name_of(*l), action: Action::Speak(*l) };
    message(wording(language).which_language, vec![knowledge.languages.iter().map(button).collect()])
}

/// Said when the language was chosen.
#[must_use]
pub fn language_chosen(language: Language) -> Reply {
    message(wording(language).language_chosen, Vec::new())
}

/// Said, once a minute, to whoever asks faster than anybody reads.
#[must_use]
pub fn slow_down(language: Language) -> Reply {
    message(wording(language).slow_down, Vec::new())
}

/// A sentence as long as a page is not what answers at a glance.
fn is_short(sentence: &Sentence) -> bool {
    sentence.plain().encode_utf16().count() <= MAX_HIGHLIGHT_UNITS
}

/// A language by its own name, as short as a button wants it.
fn name_of(language: Language) -> String {
    let known = LANGUAGES.contains(&language).then(|| wording(language).own_name.to_owned());
    known.unwrap_or_else(|| language.as_str().to_uppercase())
}

/// The button that shows the same section in the next language that has it.
fn other_language(knowledge: &Knowledge, at: usize, language: Language, sentence: Option<usize>) -> Vec<Vec<Button>> {
    let section = &knowledge.sections[at];
    let after = knowledge.languages.iter().skip_while(|l| **l != language).skip(1);
    let other = after.chain(&knowledge.languages).find(|l| **l != language && section.texts.contains_key(l));
    let Some(other) = other else { return Vec::new() };
    // A translation says the same in the same place, if it has as many sentences.
    let count = |l: &Language| section.texts.get(l).map(|text| text.body.sentences().count());
    let sentence = sentence.filter(|_| count(other) == count(&language));
    let action = Action::Read { section: section.id.clone(), language: *other, sentence };
    vec![vec![Button { label: name_of(*other), action }]]
}

/// A section: headline, the sentence that answers best, the rest, the source; its neighbours as buttons, and the same in another language.
#[must_use]
pub fn section(knowledge: &Knowledge, at: usize, language: Language, highlight: Option<usize>) -> Reply {
    let (text, mut buttons) = whole(knowledge, at, language, highlight);
    buttons.extend(other_language(knowledge, at, language, highlight));
    Reply { text, buttons }
}

/// The text of a section, and a button for each of its neighbours.
fn whole(
    knowledge: &Knowledge,
    section: usize,
    language: Language,
    highlight: Option<usize>,
) -> (Rich, Vec<Vec<Button>>) {
    let (language, text) = knowledge.text(section, language);
    let mut head = Rich::default();
    head.with(Look::Bold, |r| {
        r.push(&text.title);
    });
    let first = highlight.and_then(|at| text.body.sentences().nth(at)).filter(|s| is_short(s));
    if let Some(sentence) = first {
        head.line().with(Look::Quote, |r| write_sentence(r, sentence));
    }
    let foot = source(knowledge, text, language);
    let mut body = Rich::default();
    write_body(&mut body, &text.body, highlight.filter(|_| first.is_some()));
    let room = MAX_MESSAGE_UNITS.saturating_sub(head.units() + foot.units() + 4);
    let mut rich = head.cut(MAX_MESSAGE_UNITS / 2);
    let body = body.cut(room);
    if first.is_some() && body.units() > LONG {
        rich.line().folded(&body);
    } else if body.units() > 0 {
        rich.paragraph().append(&body);
    }
    if foot.units() > 0 {
        rich.paragraph().append(&foot);
    }
    let neighbours = &knowledge.sections[section].related;
    let buttons = neighbours.iter().map(|s| vec![section_button(knowledge, *s, language)]).collect();
    (rich.cut(MAX_MESSAGE_UNITS), buttons)
}

/// The list of everything there is: products, then the sections that belong to none.
#[must_use]
pub fn topics(knowledge: &Knowledge, language: Language) -> Reply {
    message(wording(language).topics, topic_buttons(knowledge, language))
}

/// The sections of a product; `None` if there is no such product.
#[must_use]
pub fn product(knowledge: &Knowledge, id: &str, language: Language) -> Option<Reply> {
    let at = knowledge.products.iter().position(|p| p.id == id)?;
    let say = wording(language);
    let mut rows: Vec<Vec<Button>> =
        knowledge.sections_of(at).map(|s| vec![section_button(knowledge, s, language)]).collect();
    rows.push(vec![Button { label: say.topics_button.to_owned(), action: Action::Topics }]);
    Some(message(&fill(say.product, &[&knowledge.products[at].name]), rows))
}

/// What an empty chat says of the bot; at most 512 characters (Bot API, `setMyDescription`).
#[must_use]
pub fn description(knowledge: &Knowledge, language: Language) -> String {
    shorten(&fill(wording(language).description, &[article_title(knowledge, language)]), 512)
}

/// What stands beside the bot's name in a list; at most 120 characters (Bot API, `setMyShortDescription`).
#[must_use]
pub fn short_description(knowledge: &Knowledge, language: Language) -> String {
    shorten(&fill(wording(language).short_description, &[article_title(knowledge, language)]), 120)
}

/// The first words to a new person.
#[must_use]
pub fn welcome(knowledge: &Knowledge, language: Language) -> Reply {
    let say = wording(language);
    let text = format!("{}\n\n{}", fill(say.welcome, &[article_title(knowledge, language)]), say.how_to_ask);
    message(&text, topic_buttons(knowledge, language))
}

/// How to use the bot, and whose the article is.
#[must_use]
pub fn help(knowledge: &Knowledge, language: Language) -> Reply {
    let say = wording(language);
    let article = &knowledge.article;
    let mut rich = Rich::default();
    rich.push(&fill(say.welcome, &[article_title(knowledge, language)])).paragraph().push(say.help);
    let parts = [
        article_title(knowledge, language),
        article.author.get(language),
        article.publisher.get(language),
        &article.date,
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let credit = fill(say.credit, &[&parts.join(" · ")]);
    rich.paragraph().with(Look::Italic, |r| {
        if article.url.is_empty() {
            r.push(&credit);
        } else {
            r.with(Look::Link(article.url.clone()), |r| {
                r.push(&credit);
            });
        }
        if !article.reprint.is_empty() {
            r.push("\n").push(article.reprint.get(language));
        }
    });
    let topics = Button { label: say.topics_button.to_owned(), action: Action::Topics };
    Reply { text: rich.cut(MAX_MESSAGE_UNITS), buttons: vec![vec![topics]] }
}

/// Said once to somebody who sends a picture, a voice message or the like.
#[must_use]
pub fn not_text(language: Language) -> Reply {
    message(wording(language).not_text, Vec::new())
}

/// Said when none of the sections offered was meant.
#[must_use]
pub fn none_of_these(language: Language) -> Reply {
    let say = wording(language);
    let topics = Button { label: say.topics_button.to_owned(), action: Action::Topics };
    message(say.none_of_these_reply, vec![vec![topics]])
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
        reply: brief(knowledge, at, language, highlight),
    }
}

fn message(text: &str, buttons: Vec<Vec<Button>>) -> Reply {
    let mut rich = Rich::default();
    rich.push(text);
    Reply { text: rich.cut(MAX_MESSAGE_UNITS), buttons }
}

fn declined(language: Language) -> Reply {
    let say = wording(language);
    message(say.decline, vec![vec![Button { label: say.topics_button.to_owned(), action: Action::Topics }]])
}

fn section_button(knowledge: &Knowledge, section: usize, language: Language) -> Button {
    let label = shorten(&knowledge.text(section, language).1.title, MAX_LABEL_CHARS);
    Button { label, action: Action::Section(knowledge.sections[section].id.clone()) }
}

fn topic_buttons(knowledge: &Knowledge, language: Language) -> Vec<Vec<Button>> {
    /// Two names of products stand well in one row of a phone.
    const PER_ROW: usize = 2;
    /// A base of thousands of sections cannot be a menu.
    const MAX_SECTIONS: usize = 12;
    let products: Vec<Button> = knowledge
        .products
        .iter()
        .map(|p| Button { label: shorten(&p.label, MAX_LABEL_CHARS), action: Action::Product(p.id.clone()) })
        .collect();
    let mut rows: Vec<Vec<Button>> = products.chunks(PER_ROW).map(<[Button]>::to_vec).collect();
    let others = knowledge.sections.iter().enumerate().filter(|(_, s)| s.product.is_none()).take(MAX_SECTIONS);
    rows.extend(others.map(|(at, _)| vec![section_button(knowledge, at, language)]));
    rows
}

fn article_title(knowledge: &Knowledge, language: Language) -> &str {
    let title = knowledge.article.title.get(language);
    if title.is_empty() { knowledge.title.get(language) } else { title }
}

/// Where the article says it, leading there.
fn source(knowledge: &Knowledge, text: &SectionText, language: Language) -> Rich {
    let say = wording(language);
    let title = article_title(knowledge, language);
    let is_address = text.source.starts_with("https://") || text.source.starts_with("http://");
    let (place, link) = match (text.source.is_empty(), is_address) {
        (false, true) => (title.to_owned(), text.source.as_str()),
        (false, false) => (fill(say.source_place, &[title, &text.source]), knowledge.article.url.as_str()),
        (true, _) => (title.to_owned(), knowledge.article.url.as_str()),
    };
    let mut rich = Rich::default();
    if text.source.is_empty() && link.is_empty() {
        return rich;
    }
    rich.with(Look::Italic, |r| {
        r.push(say.source);
        if link.is_empty() {
            r.push(&place);
        } else {
            r.with(Look::Link(link.to_owned()), |r| {
                r.push(&place);
            });
        }
    });
    rich.cut(MAX_MESSAGE_UNITS / 8)
}

/// The body, without the sentence that stands above it already.
fn write_body(rich: &mut Rich, body: &Body, without: Option<usize>) {
    let mut number = 0;
    let mut last: Option<&BlockKind> = None;
    for block in &body.blocks {
        let rest: Vec<&Sentence> = block
            .sentences
            .iter()
            .filter(|_| {
                number += 1;
                Some(number - 1) != without
            })
            .collect();
        if rest.is_empty() {
            continue;
        }
        let in_list = |kind: Option<&BlockKind>| matches!(kind, Some(BlockKind::Item { .. }));
        if in_list(last) && in_list(Some(&block.kind)) {
            rich.line();
        } else {
            rich.paragraph();
        }
        write_block(rich, block, &rest);
        last = Some(&block.kind);
    }
}

fn write_block(rich: &mut Rich, block: &Block, sentences: &[&Sentence]) {
    let write_all = |rich: &mut Rich| {
        for (at, sentence) in sentences.iter().enumerate() {
            // Between sentences of scripts without spaces there is none.
            if at > 0 && !rich.text().ends_with(is_wide) && !sentence.plain().starts_with(is_wide) {
                rich.push(" ");
            }
            write_sentence(rich, sentence);
        }
    };
    match &block.kind {
        BlockKind::Paragraph => write_all(rich),
        BlockKind::Heading => {
            rich.with(Look::Bold, |r| {
                r.push(&sentences.iter().map(|s| s.plain()).collect::<Vec<_>>().join(" "));
            });
        }
        BlockKind::Item { depth, number } => {
            rich.push(&"  ".repeat(*depth));
            match number {
                Some(number) => rich.push(&format!("{number}. ")),
                None => rich.push("• "),
            };
            write_all(rich);
        }
        BlockKind::Quote => {
            rich.with(Look::Quote, write_all);
        }
        BlockKind::Code => {
            rich.with(Look::Pre, |r| {
                r.push(&sentences.iter().map(|s| s.plain()).collect::<String>());
            });
        }
    }
}

fn write_sentence(rich: &mut Rich, sentence: &Sentence) {
    for span in &sentence.spans {
        write_span(rich, span, &span.styles);
    }
}

fn write_span(rich: &mut Rich, span: &Span, styles: &[Style]) {
    match (styles, &span.link) {
        // Code holds no other look.
        _ if span.styles.contains(&Style::Code) => {
            rich.with(Look::Code, |r| {
                r.push(&span.text);
            });
        }
        ([style, inner @ ..], _) => {
            let look = match style {
                Style::Bold => Look::Bold,
                Style::Italic => Look::Italic,
                Style::Strikethrough | Style::Code => Look::Strikethrough,
            };
            rich.with(look, |r| write_span(r, span, inner));
        }
        ([], Some(link)) => {
            rich.with(Look::Link(link.clone()), |r| {
                r.push(&span.text);
            });
        }
        ([], None) => {
            rich.push(&span.text);
        }
    }
}

fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

//! From a match to what the person sees: text with looks, and buttons.

mod body;
mod plain;
mod rich_text;
mod section;
mod settings;
mod strings;

pub use plain::plain;
pub use rich_text::{Entity, EntityKind, MAX_MESSAGE_UNITS, RichText};
pub use section::{Layout, SectionRef, Showing, card, passage};
pub use settings::{Panel, QuietHours, Setting, settings};
pub use strings::{CommandDescriptions, LANGUAGES, Strings, wording};

use crate::knowledge::{Knowledge, SectionId};
use crate::matching::{Candidate, Decision, Explanation, Match, MatchKind, Smalltalk, WordContribution};
use crate::question::Question;
use crate::text::{Language, to_traditional};
use strings::fill;

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

impl Action {
    /// May everybody who sees the button press it? Other buttons belong to the person asked for.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        matches!(self, Action::Navigate(Target::Passage(_)) | Action::Rate { .. } | Action::Set(_))
    }
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
            image: self.image,
        }
    }
}

/// The reply to a question.
#[must_use]
pub fn compose(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    let language = question.language;
    let say = wording(language);
    match matched.decision {
        Decision::Answer => match matched.sections.first() {
            Some(best) => {
                section::show(knowledge, best.section, &Showing::new(language, matched.highlight), Layout::Answer)
            }
            None => declined(language),
        },
        Decision::Clarify => {
            let mut rows: Vec<Vec<Button>> =
                matched.options().iter().map(|c| vec![section_button(knowledge, c.section, language)]).collect();
            rows.push(vec![Button {
                label: say.none_of_these.to_owned(),
                action: Action::Navigate(Target::NoneOfThese),
            }]);
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
        (Decision::Answer, Some(best)) => {
            section::show(knowledge, best.section, &Showing::new(question.language, matched.highlight), Layout::Brief)
        }
        (Decision::Smalltalk(Smalltalk::Greeting | Smalltalk::Help), _) => how_to_ask_in_a_group(question.language),
        (Decision::Decline, _) => message(wording(question.language).decline, Vec::new()),
        _ => compose(knowledge, question, matched),
    }
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
            let candidate = |c: &Candidate| fill(say.why_candidate, &[title(c.section), &percent(c.confidence)]);
            lines.push(match matched.decision {
                Decision::Clarify => {
                    let offered: Vec<String> = matched.options().iter().map(candidate).collect();
                    fill(say.why_close, &[&offered.join(say.comma)])
                }
                Decision::Decline => fill(say.why_declined, &[&candidate(best)]),
                _ => fill(say.why_section, &[title(best.section), &percent(best.confidence)]),
            });
            let told =
                explanation.words.iter().filter(|part| part.sum() > 0.0 && part.match_kind != MatchKind::Inherited);
            let word =
                |part: &WordContribution| match say.paths.get(part.match_kind as usize).copied().unwrap_or_default() {
                    "" => part.typed.clone(),
                    path => format!("{} → {} ({path})", part.typed, part.matched),
                };
            let words: Vec<String> = told.take(MAX_WORDS).map(word).collect();
            if !words.is_empty() {
                lines.push(fill(say.why_words, &[&words.join(say.comma)]));
            }
            if explanation.words.iter().any(|part| part.match_kind == MatchKind::Inherited) {
                lines.push(say.why_before.to_owned());
            }
            if !explanation.unknown.is_empty() {
                lines.push(fill(say.why_unknown, &[&explanation.unknown.join(say.comma)]));
            }
            let is_answered = matched.decision == Decision::Answer;
            if let Some(next) = matched.sections.get(1).filter(|_| is_answered) {
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
    rows.push(vec![Button { label: say.not_in_the_article.to_owned(), action: Action::Navigate(Target::NoneOfThese) }]);
    message(say.did_not_help, rows)
}

/// How a group asks.
#[must_use]
pub fn how_to_ask_in_a_group(language: Language) -> Reply {
    message(wording(language).in_a_group, Vec::new())
}

/// Said to whoever may not change the settings.
#[must_use]
pub fn for_administrators(language: Language) -> Reply {
    message(wording(language).for_administrators, Vec::new())
}

/// What is kept of whoever asks; where the words of questions are, for how many days.
#[must_use]
pub fn privacy(language: Language, kept_days: Option<u64>) -> Reply {
    let say = wording(language);
    let words = match kept_days {
        Some(days) => fill(say.words_are_kept, &[&days.to_string()]),
        None => say.words_are_not_kept.to_owned(),
    };
    message(&fill(say.privacy, &[&words]), Vec::new())
}

/// What is kept of this person: so many conversations, so many questions whose answer can be changed, so many in their words.
#[must_use]
pub fn my_data(language: Language, conversations: i64, questions: i64, words: i64) -> Reply {
    let counts = [conversations, questions, words].map(|count| count.to_string());
    message(&fill(wording(language).my_data, &counts.each_ref().map(String::as_str)), Vec::new())
}

/// Said when everything was forgotten.
#[must_use]
pub fn forgotten(language: Language) -> Reply {
    message(wording(language).forgotten, Vec::new())
}

/// Which language to speak.
#[must_use]
pub fn languages(knowledge: &Knowledge, language: Language) -> Reply {
    let button = |l: &Language| Button { label: name_of(*l), action: Action::Navigate(Target::Language(*l)) };
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

/// A language by its own name, as short as a button wants it.
fn name_of(language: Language) -> String {
    let known = LANGUAGES.contains(&language).then(|| wording(language).own_name.to_owned());
    known.unwrap_or_else(|| language.as_str().to_uppercase())
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
    rows.push(vec![Button { label: say.topics_button.to_owned(), action: Action::Navigate(Target::Topics) }]);
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
    let mut rich = RichText::default();
    rich.push(&fill(say.welcome, &[article_title(knowledge, language)])).paragraph().push(say.help);
    let parts = [
        article_title(knowledge, language),
        article.author.get(language),
        article.publisher.get(language),
        &article.date,
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let credit = fill(say.credit, &[&parts.join(" · ")]);
    rich.paragraph().with(EntityKind::Italic, |r| {
        if article.url.is_empty() {
            r.push(&credit);
        } else {
            r.with(EntityKind::Link(article.url.clone()), |r| {
                r.push(&credit);
            });
        }
        if !article.reprint.is_empty() {
            r.push("\n").push(article.reprint.get(language));
        }
    });
    let topics = Button { label: say.topics_button.to_owned(), action: Action::Navigate(Target::Topics) };
    Reply { text: rich.cut(MAX_MESSAGE_UNITS), buttons: vec![vec![topics]], image: None }
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
    let topics = Button { label: say.topics_button.to_owned(), action: Action::Navigate(Target::Topics) };
    message(say.none_of_these_reply, vec![vec![topics]])
}

/// How many seconds somebody needs to read a reply who reads slowly and does not look at once: two minutes at least.
#[must_use]
pub fn reading_seconds(reply: &Reply) -> usize {
    const UNITS_PER_SECOND: usize = 5;
    (30 + reply.text.units() / UNITS_PER_SECOND).max(120)
}

fn message(text: &str, buttons: Vec<Vec<Button>>) -> Reply {
    let mut rich = RichText::default();
    rich.push(text);
    Reply { text: rich.cut(MAX_MESSAGE_UNITS), buttons, image: None }
}

fn declined(language: Language) -> Reply {
    let say = wording(language);
    message(
        say.decline,
        vec![vec![Button { label: say.topics_button.to_owned(), action: Action::Navigate(Target::Topics) }]],
    )
}

fn section_button(knowledge: &Knowledge, section: usize, language: Language) -> Button {
    let label = shorten(&knowledge.text(section, language).1.title, MAX_LABEL_CHARS);
    Button { label, action: Action::Navigate(Target::Section(knowledge.sections[section].id.clone())) }
}

fn topic_buttons(knowledge: &Knowledge, language: Language) -> Vec<Vec<Button>> {
    /// Two names of products stand well in one row of a phone.
    const PER_ROW: usize = 2;
    /// A base of thousands of sections cannot be a menu.
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

fn article_title(knowledge: &Knowledge, language: Language) -> &str {
    let title = knowledge.article.title.get(language);
    if title.is_empty() { knowledge.title.get(language) } else { title }
}

fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

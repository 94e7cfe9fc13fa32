//! Replies that no question leads to: greetings, help, privacy, topics, and notices.

use super::action::{Action, Target};
use super::labels::{article_title, name_of, section_button, shorten, topic_buttons};
use super::message::{Button, Reply, message};
use super::rich_text::{EntityKind, MAX_MESSAGE_UNITS, RichText};
use super::strings::{fill, wording};
use crate::knowledge::Knowledge;
use crate::text::Language;

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

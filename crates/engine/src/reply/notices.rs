//! Replies that do not depend on a match: greeting, help, topics, privacy and notices.

use super::action::{Action, Target};
use super::labels::{article_title, examples, languages_to_ask_in, section_button, shorten, topic_buttons};
use super::message::{Button, Reply, message};
use super::rich_text::{EntityKind, MAX_MESSAGE_UNITS, RichText};
use super::strings::{Strings, fill, own_name};
use crate::knowledge::Knowledge;
use crate::text::Language;

/// The instructions for asking the bot in a group.
#[must_use]
pub fn how_to_ask_in_a_group(language: Language) -> Reply {
    message(Strings::of(language).in_a_group, Vec::new())
}

/// The notice that only administrators can change the settings of a group.
#[must_use]
pub fn for_administrators(language: Language) -> Reply {
    message(Strings::of(language).for_administrators, Vec::new())
}

/// The privacy notice: which data is stored. `kept_days` is how many days the texts of questions
/// are kept, or `None` if they are not kept.
#[must_use]
pub fn privacy(language: Language, kept_days: Option<u64>) -> Reply {
    let strings = Strings::of(language);
    let words = match kept_days {
        Some(days) => fill(strings.words_are_kept, &[&days.to_string()]),
        None => strings.words_are_not_kept.to_owned(),
    };
    message(&fill(strings.privacy, &[&words]), Vec::new())
}

/// The reply to `/mydata`: how many conversations, links between a question and its answer, and
/// question texts the bot stores about the user.
#[must_use]
pub fn my_data(language: Language, conversations: i64, questions: i64, words: i64) -> Reply {
    let counts = [conversations, questions, words].map(|count| count.to_string());
    message(&fill(Strings::of(language).my_data, &counts.each_ref().map(String::as_str)), Vec::new())
}

/// The confirmation that all data about the user was erased.
#[must_use]
pub fn forgotten(language: Language) -> Reply {
    message(Strings::of(language).forgotten, Vec::new())
}

/// The menu for choosing a language.
#[must_use]
pub fn languages(knowledge: &Knowledge, language: Language) -> Reply {
    let button = |l: &Language| Button { label: own_name(*l), action: Action::Navigate(Target::Language(*l)) };
    message(Strings::of(language).which_language, vec![knowledge.languages.iter().map(button).collect()])
}

/// The confirmation of the chosen language.
#[must_use]
pub fn language_chosen(language: Language) -> Reply {
    message(&fill(Strings::of(language).language_chosen, &[&own_name(language)]), Vec::new())
}

/// The notice that the user sends questions too fast, above the rate limit.
#[must_use]
pub fn slow_down(language: Language) -> Reply {
    message(Strings::of(language).slow_down, Vec::new())
}

/// The topics menu: all products, then sections without a product.
#[must_use]
pub fn topics(knowledge: &Knowledge, language: Language) -> Reply {
    message(Strings::of(language).topics, topic_buttons(knowledge, language))
}

/// The menu of a product's sections. `None` if there is no such product.
#[must_use]
pub fn product(knowledge: &Knowledge, id: &str, language: Language) -> Option<Reply> {
    let at = knowledge.products.iter().position(|p| p.id == id)?;
    let strings = Strings::of(language);
    let mut rows: Vec<Vec<Button>> =
        knowledge.sections_of(at).map(|s| vec![section_button(knowledge, s, language)]).collect();
    rows.push(vec![Button { label: strings.topics_button.to_owned(), action: Action::Navigate(Target::Topics) }]);
    Some(message(&fill(strings.product, &[&knowledge.products[at].name]), rows))
}

/// The bot's description, at most 512 characters (Bot API, `setMyDescription`). Telegram shows the
/// description in an empty chat with the bot.
#[must_use]
pub fn description(knowledge: &Knowledge, language: Language) -> String {
    let languages = languages_to_ask_in(knowledge, language);
    shorten(&fill(Strings::of(language).description, &[article_title(knowledge, language), &languages]), 512)
}

/// The text on the bot's profile page, at most 120 characters (Bot API, `setMyShortDescription`).
#[must_use]
pub fn short_description(knowledge: &Knowledge, language: Language) -> String {
    let languages = languages_to_ask_in(knowledge, language);
    shorten(&fill(Strings::of(language).short_description, &[article_title(knowledge, language), &languages]), 120)
}

/// The list of a few sample questions of the knowledge base. Empty if the base is.
fn example_list(knowledge: &Knowledge, language: Language) -> String {
    let strings = Strings::of(language);
    let lines: Vec<String> =
        examples(knowledge, language).iter().map(|example| fill(strings.example, &[example])).collect();
    if lines.is_empty() { String::new() } else { format!("\n\n{}\n{}", strings.examples, lines.join("\n")) }
}

/// The reply to `/start` or to a greeting: a welcome, a few sample questions and the topics menu.
#[must_use]
pub fn welcome(knowledge: &Knowledge, language: Language) -> Reply {
    let strings = Strings::of(language);
    let welcome = fill(strings.welcome, &[article_title(knowledge, language)]);
    let how_to_ask = fill(strings.how_to_ask, &[&languages_to_ask_in(knowledge, language)]);
    let text = format!("{welcome}\n\n{how_to_ask}{}", example_list(knowledge, language));
    message(&text, topic_buttons(knowledge, language))
}

/// The reply to `/help`: how to use the bot, and the credit line of the article.
#[must_use]
pub fn help(knowledge: &Knowledge, language: Language) -> Reply {
    let strings = Strings::of(language);
    let article = &knowledge.article;
    let mut rich = RichText::default();
    rich.push(&fill(strings.welcome, &[article_title(knowledge, language)]));
    rich.paragraph().push(&fill(strings.help, &[&languages_to_ask_in(knowledge, language)]));
    rich.push(&example_list(knowledge, language));
    let parts = [
        article_title(knowledge, language),
        article.author.get(language),
        article.publisher.get(language),
        &article.date,
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let credit = fill(strings.credit, &[&parts.join(" · ")]);
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
    let topics = Button { label: strings.topics_button.to_owned(), action: Action::Navigate(Target::Topics) };
    Reply { text: rich.truncate(MAX_MESSAGE_UNITS), buttons: vec![vec![topics]], image: None }
}

/// The reply to a message without text.
#[must_use]
pub fn not_text(language: Language) -> Reply {
    message(Strings::of(language).not_text, Vec::new())
}

/// The reply when the user rejects all options of a clarification.
#[must_use]
pub fn none_of_these(language: Language) -> Reply {
    let strings = Strings::of(language);
    let topics = Button { label: strings.topics_button.to_owned(), action: Action::Navigate(Target::Topics) };
    message(strings.none_of_these_reply, vec![vec![topics]])
}

//! Composes the reply to a question from the matcher's decision.

use super::action::{Action, Showing, Target};
use super::labels::{article_title, section_button};
use super::message::{Button, Reply, message};
use super::notices::{help, how_to_ask_in_a_group, topics, welcome};
use super::rich_text::{MAX_MESSAGE_UNITS, RichText};
use super::section::{self, Layout};
use super::strings::{Strings, fill};
use crate::knowledge::{Knowledge, Sentence};
use crate::matching::{Decision, Match, Smalltalk, Unstated};
use crate::question::{Question, Request};
use crate::text::Language;

/// Composes the reply for a private chat.
#[must_use]
pub fn compose(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    let language = question.language;
    let strings = Strings::of(language);
    match matched.decision {
        Decision::Answer => match matched.sections.first() {
            Some(best) => {
                // The first page was shown before, if the section has several.
                let is_continued =
                    question.request == Some(Request::More) && question.follow_up_to == Some(best.section);
                let page = usize::from(is_continued);
                let showing = Showing { page, ..Showing::new(language, matched.highlight) };
                show(knowledge, matched, best.section, &showing, Layout::Answer)
            }
            None => declined(knowledge, matched, language),
        },
        Decision::Clarify => {
            let mut rows: Vec<Vec<Button>> =
                matched.options().iter().map(|c| vec![section_button(knowledge, c.section, language)]).collect();
            rows.push(vec![Button {
                label: strings.none_of_these.to_owned(),
                action: Action::Navigate(Target::NoneOfThese),
            }]);
            message(strings.clarify, rows)
        }
        Decision::Decline => declined(knowledge, matched, language),
        Decision::Smalltalk(kind) => smalltalk(knowledge, kind, language),
    }
}

/// Shows a section, below a notice if it does not state what was asked.
fn show(knowledge: &Knowledge, matched: &Match, section: usize, showing: &Showing, layout: Layout) -> Reply {
    match unstated(knowledge, matched, showing.language) {
        Some(notice) => {
            let notice = notice + Strings::of(showing.language).says_instead;
            section::show_below(knowledge, section, showing, layout, &notice)
        }
        None => section::show(knowledge, section, showing, layout),
    }
}

/// Returns the sentence that the article does not state what was asked.
fn unstated(knowledge: &Knowledge, matched: &Match, language: Language) -> Option<String> {
    let strings = Strings::of(language);
    Some(match matched.unstated.as_ref()? {
        Unstated::Attribute(attribute) => {
            let section = matched.sections.first()?.section;
            let subject = match knowledge.sections[section].product {
                Some(product) => spaced(&knowledge.products[product].label, language),
                None => fill(strings.quoted, &[&knowledge.text(section, language).1.title]),
            };
            let name = if language == Language::ZH { attribute.name_zh } else { attribute.name_en };
            fill(strings.unstated_attribute, &[&subject, name])
        }
        Unstated::Words(words) => {
            let quoted: Vec<String> = words.iter().map(|word| fill(strings.quoted, &[word])).collect();
            fill(strings.unknown_words, &[&quoted.join(strings.comma)])
        }
    })
}

/// Returns a name as it stands between Chinese words: with a space before Latin letters.
fn spaced(name: &str, language: Language) -> String {
    let is_latin = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_latin && language == Language::ZH { format!(" {name}") } else { name.to_owned() }
}

fn smalltalk(knowledge: &Knowledge, kind: Smalltalk, language: Language) -> Reply {
    let strings = Strings::of(language);
    let text = match kind {
        Smalltalk::Greeting => return welcome(knowledge, language),
        Smalltalk::Help => return help(knowledge, language),
        Smalltalk::Summary => return topics(knowledge, language),
        Smalltalk::Identity => &fill(strings.identity, &[article_title(knowledge, language)]),
        Smalltalk::Thanks => strings.thanks,
        Smalltalk::Farewell => strings.farewell,
        Smalltalk::Complaint => strings.complaint,
        Smalltalk::Insult => strings.insult,
        Smalltalk::Agreement => strings.agreement,
        Smalltalk::Laughter => strings.laughter,
        Smalltalk::Unclear => strings.unclear,
    };
    message(text, Vec::new())
}

/// Composes the reply for a group. The reply is short, because all members of the group see it.
#[must_use]
pub fn compose_briefly(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    match (matched.decision, matched.sections.first()) {
        (Decision::Answer, Some(best)) => {
            let showing = Showing::new(question.language, matched.highlight);
            show(knowledge, matched, best.section, &showing, Layout::Brief)
        }
        (Decision::Smalltalk(Smalltalk::Greeting | Smalltalk::Help | Smalltalk::Summary), _) => {
            how_to_ask_in_a_group(question.language)
        }
        (Decision::Decline, _) => {
            let strings = Strings::of(question.language);
            let unstated = unstated(knowledge, matched, question.language);
            message(unstated.as_deref().unwrap_or(strings.decline), Vec::new())
        }
        _ => compose(knowledge, question, matched),
    }
}

/// Composes the reply to several questions that one section answers: the answers, and the section
/// below them.
#[must_use]
pub fn compose_together(knowledge: &Knowledge, matches: &[(&Question, &Match)], layout: Layout) -> Reply {
    let Some((question, first)) = matches.first() else { return Reply::default() };
    let Some(section) = first.sections.first().map(|best| best.section) else { return Reply::default() };
    let language = question.language;
    let (_, text) = knowledge.text(section, language);
    let answer = |matched: &Match| {
        let sentence = matched.highlight.and_then(|at| text.body.sentences().nth(at)).map(Sentence::plain);
        unstated(knowledge, matched, language).or(sentence)
    };
    let answers: Vec<String> = matches.iter().filter_map(|(_, matched)| answer(matched)).collect();
    section::show_below(knowledge, section, &Showing::new(language, None), layout, &answers.join("\n"))
}

/// Joins the replies to several questions, with a button for each section. Returns `None` if they
/// do not fit one message.
#[must_use]
pub fn join(knowledge: &Knowledge, replies: &[Reply], sections: &[(usize, Language)]) -> Option<Reply> {
    let mut text = RichText::default();
    for reply in replies {
        text.paragraph().append(&reply.text);
    }
    let fits = text.units() <= MAX_MESSAGE_UNITS;
    let buttons = sections.iter().map(|(section, language)| vec![section_button(knowledge, *section, *language)]);
    fits.then(|| Reply { text, buttons: buttons.collect(), image: None })
}

/// Joins the replies to several questions, each shortened to its share of the message.
#[must_use]
pub fn join_truncated(knowledge: &Knowledge, replies: &[Reply], sections: &[(usize, Language)]) -> Reply {
    let share = MAX_MESSAGE_UNITS / replies.len().max(1) - 2;
    let short = |reply: &Reply| Reply { text: reply.text.clone().truncate(share), ..reply.clone() };
    let replies: Vec<Reply> = replies.iter().map(short).collect();
    join(knowledge, &replies, sections).unwrap_or_default()
}

/// Composes the reply to a press of 👎: buttons for the next best sections.
#[must_use]
pub fn alternatives(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    const MAX_OFFERED: usize = 3;
    let (language, strings) = (question.language, Strings::of(question.language));
    let others = matched.sections.iter().skip(1).take(MAX_OFFERED);
    let mut rows: Vec<Vec<Button>> = others.map(|c| vec![section_button(knowledge, c.section, language)]).collect();
    rows.push(vec![Button {
        label: strings.not_in_the_article.to_owned(),
        action: Action::Navigate(Target::NoneOfThese),
    }]);
    message(strings.did_not_help, rows)
}

/// Composes the reply to a question that the article does not answer, as far as the matcher can
/// tell. Offers the nearest sections if one of them may answer the question after all.
fn declined(knowledge: &Knowledge, matched: &Match, language: Language) -> Reply {
    let strings = Strings::of(language);
    let near = matched.nearest().iter();
    let mut rows: Vec<Vec<Button>> = near.map(|c| vec![section_button(knowledge, c.section, language)]).collect();
    let text = match unstated(knowledge, matched, language) {
        Some(unstated) if rows.is_empty() => unstated,
        Some(unstated) => unstated + strings.nearest,
        None if rows.is_empty() => strings.decline.to_owned(),
        None => strings.decline_but_near.to_owned(),
    };
    rows.push(vec![Button { label: strings.topics_button.to_owned(), action: Action::Navigate(Target::Topics) }]);
    message(&text, rows)
}

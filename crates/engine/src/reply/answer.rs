//! Composes the reply to a question from the matcher's decision.

use super::action::{Action, Showing, Target};
use super::labels::{article_title, section_button};
use super::message::{Button, Reply, message};
use super::notices::{help, how_to_ask_in_a_group, topics, welcome};
use super::section::{self, Layout};
use super::strings::{Strings, fill};
use crate::knowledge::Knowledge;
use crate::matching::{Decision, Match, Smalltalk};
use crate::question::Question;
use crate::text::Language;

/// Composes the reply for a private chat.
#[must_use]
pub fn compose(knowledge: &Knowledge, question: &Question, matched: &Match) -> Reply {
    let language = question.language;
    let strings = Strings::of(language);
    match matched.decision {
        Decision::Answer => match matched.sections.first() {
            Some(best) => {
                section::show(knowledge, best.section, &Showing::new(language, matched.highlight), Layout::Answer)
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
            section::show(knowledge, best.section, &Showing::new(question.language, matched.highlight), Layout::Brief)
        }
        (Decision::Smalltalk(Smalltalk::Greeting | Smalltalk::Help | Smalltalk::Summary), _) => {
            how_to_ask_in_a_group(question.language)
        }
        (Decision::Decline, _) => message(Strings::of(question.language).decline, Vec::new()),
        _ => compose(knowledge, question, matched),
    }
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
    let text = if rows.is_empty() { strings.decline } else { strings.decline_but_near };
    rows.push(vec![Button { label: strings.topics_button.to_owned(), action: Action::Navigate(Target::Topics) }]);
    message(text, rows)
}

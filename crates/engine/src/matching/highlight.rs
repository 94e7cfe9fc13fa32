//! The sentence that answers: of a section's sentences, the one that holds most of what was asked.

use super::model::{Model, Sentence};
use super::score::EncodedQuestion;
use super::section_index::{Query, TermHits, TermSet, holds};
use super::token::{MatchKind, Token};
use crate::question::{AnswerType, Question};

/// What a word still counts that stands in the name by which the text opens. Every question repeats what the text is about; the sentence that answers seldom does.
const SUBJECT: f64 = 0.2;

/// What it adds to be the first sentence, to say the kind of thing that is wanted, and to begin with all of what was asked: a word that only one sentence has weighs about two.
const FIRST: f64 = 0.5;
const FITS: f64 = 1.0;
const BEGINS: f64 = 2.0;

/// The number of the sentence in the body, in the language of the question; `None` if no sentence has anything in common with it.
pub(super) fn highlight(
    index: &Model,
    seen: &EncodedQuestion,
    tokens: &[Token<'_>],
    question: &Question,
    section: usize,
) -> Option<usize> {
    let part = index.parts[section].iter().find(|p| p.language == question.language)?;
    // A name by itself asks what the thing is, which the first sentence says.
    if tokens.iter().all(|t| t.product.is_some()) {
        return (part.sentences > 0).then_some(0);
    }
    let mut read: Vec<(TermSet, TermSet)> = Vec::new();
    let found = index.bodies.read(&seen.search, section, |sentence, beginning| read.push((*sentence, *beginning)));
    let own = part.first..part.first + part.sentences;
    let (sentences, facts) = (&read[own.clone()], &index.sentences[section][own]);
    let weights = weights(&seen.search, &found, sentences, tokens);
    let sum =
        |mask: &TermSet| weights.iter().enumerate().filter(|(term, _)| holds(mask, *term)).map(|(_, w)| w).sum::<f64>();
    let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut best = None;
    for (number, ((mask, beginning), facts)) in sentences.iter().zip(facts).enumerate() {
        let held = sum(mask);
        if facts.leads_in || held <= 0.0 {
            continue;
        }
        let first = if number == 0 { FIRST } else { 0.0 };
        let fits = if fits(question.answer_type, facts) { FITS } else { 0.0 };
        let score = held + first + fits + BEGINS * sum(beginning) / total;
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, number));
        }
    }
    best.map(|(_, number)| number)
}

fn fits(wants: AnswerType, facts: &Sentence) -> bool {
    match wants {
        AnswerType::Number => facts.states_number,
        AnswerType::Reason => facts.gives_reason,
        AnswerType::Anything => false,
    }
}

/// How telling each term is among the sentences of this text: what stands in all of them chooses none.
fn weights(search: &Query, found: &TermHits, sentences: &[(TermSet, TermSet)], tokens: &[Token<'_>]) -> Vec<f64> {
    let count = sentences.len() as f64;
    let weigh = |(at, term): (usize, &super::section_index::Term)| {
        let with = sentences.iter().filter(|(mask, _)| holds(mask, at)).count() as f64;
        let said = tokens.get(term.token).is_some_and(|t| t.match_kind != MatchKind::Inherited);
        let subject = if holds(&found.name, at) { SUBJECT } else { 1.0 };
        if said { f64::from(term.plain) * subject * (1.0 + (count - with + 0.5) / (with + 0.5)).ln() } else { 0.0 }
    };
    search.terms.iter().enumerate().map(weigh).collect()
}

//! Finds the sentence of a section that best answers the question.

use super::corpus::SentenceTraits;
use super::model::Model;
use super::query::{Query, Term, TermSet};
use super::score::EncodedQuestion;
use super::section_index::TermHits;
use super::token::{MatchKind, Token};
use crate::question::{AnswerType, Question};

/// The weight factor of words that name the section's subject. The factor is low, because questions
/// usually repeat the subject, but the sentence with the answer seldom does.
const SUBJECT: f64 = 0.2;

/// Score bonus of the first sentence, which usually summarizes the section. For comparison, a word
/// that occurs in only one sentence scores about 2.
const FIRST_SENTENCE: f64 = 0.5;
/// Score bonus of a sentence with the type of answer that the question asks for, such as a number.
const ANSWER_TYPE: f64 = 1.0;
/// Maximum score bonus of a sentence that has the question's words near its start. Such a sentence
/// probably has the same subject as the question.
const AT_START: f64 = 2.0;

/// The query terms that occur in a sentence: those anywhere in the sentence, and those at its
/// start.
type SentenceTerms = (TermSet, TermSet);

/// Returns the sentence of a section that best answers the question, as an index into the section's
/// body in the question's language. Returns `None` if no sentence contains a term of the question.
pub(super) fn highlight(
    model: &Model,
    encoded: &EncodedQuestion,
    tokens: &[Token<'_>],
    question: &Question,
    section: usize,
) -> Option<usize> {
    let body = model.sentence_ranges[section].iter().find(|range| range.language == question.language)?;
    // A question of only product names asks what the product is, and the first sentence of the
    // section answers that.
    if tokens.iter().all(|t| t.product.is_some()) {
        return (body.count > 0).then_some(0);
    }
    let mut scanned: Vec<SentenceTerms> = Vec::new();
    let hits = model.section_index.scan(&encoded.query, section, |all, at_start| scanned.push((*all, *at_start)));
    let (sentences, traits) = (&scanned[body.range()], &model.sentence_traits[section][body.range()]);
    best_sentence(&term_weights(&encoded.query, &hits, sentences, tokens), sentences, traits, question.answer_type)
}

/// Returns the index of the sentence with the highest score. If scores are equal, the first
/// sentence wins.
fn best_sentence(
    weights: &[f64],
    sentences: &[SentenceTerms],
    traits: &[SentenceTraits],
    answer_type: AnswerType,
) -> Option<usize> {
    let sum = |terms: &TermSet| {
        let contained = weights.iter().enumerate().filter(|(term, _)| terms.contains(*term));
        contained.map(|(_, weight)| weight).sum::<f64>()
    };
    let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut best = None;
    for (number, ((all, at_start), traits)) in sentences.iter().zip(traits).enumerate() {
        let contained = sum(all);
        if traits.introduces_next || contained <= 0.0 {
            continue;
        }
        let first = if number == 0 { FIRST_SENTENCE } else { 0.0 };
        let fitting = if has_answer_type(answer_type, traits) { ANSWER_TYPE } else { 0.0 };
        let score = contained + first + fitting + AT_START * sum(at_start) / total;
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, number));
        }
    }
    best.map(|(_, number)| number)
}

fn has_answer_type(wanted: AnswerType, traits: &SentenceTraits) -> bool {
    match wanted {
        AnswerType::Number => traits.states_number,
        AnswerType::Reason => traits.gives_reason,
        AnswerType::Anything => false,
    }
}

/// Returns the weight of each query term, which includes an inverse document frequency. A document
/// is a sentence of the section: a term that occurs in every sentence does not help to choose one.
fn term_weights(query: &Query, hits: &TermHits, sentences: &[SentenceTerms], tokens: &[Token<'_>]) -> Vec<f64> {
    let count = sentences.len() as f64;
    let weight = |(at, term): (usize, &Term)| {
        let is_typed = tokens.get(term.token).is_some_and(|t| t.match_kind != MatchKind::Inherited);
        if !is_typed {
            return 0.0;
        }
        let frequency = sentences.iter().filter(|(all, _)| all.contains(at)).count() as f64;
        let subject = if hits.in_name.contains(at) { SUBJECT } else { 1.0 };
        f64::from(term.plain_weight) * subject * (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln()
    };
    query.terms.iter().enumerate().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::super::training;
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::question::{Context, ProductNames};

    fn tower() -> Knowledge {
        base(&[
            TestSection {
                title: "Tower",
                questions: &[],
                body: "The tower, a landmark, stands in the old town. It was built in 1889. It was painted red because of rust.",
            },
            TestSection { title: "Bridge", questions: &[], body: "The bridge is long." },
        ])
    }

    #[track_caller]
    fn check(question: &str, expected: Option<usize>) {
        let knowledge = tower();
        let model = training::train(&knowledge);
        let question = Question::new(question, &Context::default(), &knowledge, &ProductNames::of(&knowledge));
        let tokens = model.tokenize(&question.normalized);
        let encoded = EncodedQuestion::new(&model, &tokens, None);
        assert_eq!(highlight(&model, &encoded, &tokens, &question, 0), expected, "{}", question.raw);
    }

    #[test]
    fn highlights_the_sentence_with_the_words_of_the_question() {
        check("which town is it in", Some(0));
        check("when was it built", Some(1));
        check("what was painted", Some(2));
        check("is the tower red", Some(2));
    }

    #[test]
    fn highlights_nothing_without_a_common_word() {
        check("zebra", None);
    }

    /// Creates a sentence from term indexes: `all` are the terms in the whole sentence, `at_start`
    /// those at its start.
    fn sentence(all: &[u8], at_start: &[u8]) -> SentenceTerms {
        let set = |terms: &[u8]| {
            let mut set = TermSet::default();
            terms.iter().for_each(|term| set.insert(*term));
            set
        };
        (set(all), set(at_start))
    }

    const PLAIN: SentenceTraits = SentenceTraits { states_number: false, gives_reason: false, introduces_next: false };

    #[test]
    fn the_first_of_equals_wins_and_the_first_sentence_has_a_bonus() {
        let sentences = [sentence(&[], &[]), sentence(&[0], &[]), sentence(&[0], &[])];
        assert_eq!(best_sentence(&[1.0], &sentences, &[PLAIN; 3], AnswerType::Anything), Some(1));
        let sentences = [sentence(&[0], &[]), sentence(&[1], &[])];
        let at = |second| best_sentence(&[1.0, second], &sentences, &[PLAIN; 2], AnswerType::Anything);
        assert_eq!(at(1.0 + FIRST_SENTENCE - 0.01), Some(0));
        assert_eq!(at(1.0 + FIRST_SENTENCE + 0.01), Some(1));
    }

    #[test]
    fn the_answer_type_and_the_start_of_a_sentence_count() {
        let sentences = [sentence(&[], &[]), sentence(&[0], &[]), sentence(&[0], &[])];
        let number = SentenceTraits { states_number: true, ..PLAIN };
        let reason = SentenceTraits { gives_reason: true, ..PLAIN };
        let traits = [PLAIN, number, reason];
        assert_eq!(best_sentence(&[1.0], &sentences, &traits, AnswerType::Number), Some(1));
        assert_eq!(best_sentence(&[1.0], &sentences, &traits, AnswerType::Reason), Some(2));
        let sentences = [sentence(&[], &[]), sentence(&[0], &[]), sentence(&[0], &[0])];
        assert_eq!(best_sentence(&[1.0], &sentences, &traits, AnswerType::Number), Some(2));
    }

    #[test]
    fn a_sentence_that_introduces_the_next_answers_nothing() {
        let sentences = [sentence(&[0], &[0]), sentence(&[], &[])];
        let introduces_next = SentenceTraits { introduces_next: true, ..PLAIN };
        assert_eq!(best_sentence(&[1.0], &sentences, &[introduces_next, PLAIN], AnswerType::Anything), None);
    }
}

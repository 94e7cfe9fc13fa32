//! The sentence that answers: of a section's sentences, the one that is nearest to the question.

use super::index::{Asked, Index, Sentence};
use super::score::Scores;
use super::weights;
use crate::question::Question;

/// The number of the sentence in the body, in the language of the question; `None` if no sentence has anything in common with it.
pub(super) fn highlight(
    index: &Index,
    asked: &[Asked],
    scores: &Scores,
    question: &Question,
    section: usize,
) -> Option<usize> {
    // A name by itself asks what the thing is, which the first sentence says.
    let only_names = asked.iter().all(|a| a.term.is_some_and(|term| index.terms[term as usize].product.is_some()));
    let sentences = index.passages.iter().zip(&scores.passages).filter_map(|(passage, &likeness)| {
        let sentence = passage.sentence.as_ref().filter(|s| s.language == question.language && !s.leads_in)?;
        let fits = passage.section as usize == section && likeness > 0.0;
        let nearness = if only_names { 1.0 } else { f64::from(likeness) * bonus(sentence, asked, question) };
        fits.then_some((sentence.number, nearness))
    });
    sentences.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(number, _)| number)
}

/// A sentence is about what it opens with; and who asks for a number wants one.
fn bonus(sentence: &Sentence, asked: &[Asked], question: &Question) -> f64 {
    let all: f64 = asked.iter().map(|a| a.weight).sum();
    let opening = asked.iter().filter(|a| a.term.is_some_and(|term| sentence.opening.contains(&term)));
    let about = opening.map(|a| a.weight).sum::<f64>() / all.max(f64::MIN_POSITIVE);
    let number = if question.wants_number && sentence.states_number { weights::NUMBER_BONUS } else { 1.0 };
    (1.0 + weights::OPENING_BONUS * about) * number
}

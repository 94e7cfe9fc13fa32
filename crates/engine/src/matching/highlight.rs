//! Finds the sentence of a section that best answers the question.
//!
//! Each sentence gets a score: the dot product of its [`SentenceFeatures`] and their weights.

use super::model::Model;
use super::proper_names::ProperNames;
use super::query::{Query, Term, TermSet};
use super::sample_index::SentenceVotes;
use super::scoring_features::SentenceFeatures;
use super::section_index::TermHits;
use super::sentence_traits::SentenceTraits;
use super::token::{MatchKind, Token};
use crate::answer_kind::{self, AnswerKind, AnswerKinds};
use crate::text::Language;

/// The weight factor of words that name the section's subject. The factor is low, because questions
/// usually repeat the subject, but the sentence with the answer seldom does.
const SUBJECT: f64 = 0.2;

/// The factor for the overlap with a question without words of content, such as "what is it".
const WITHOUT_CONTENT: f64 = 0.2;

/// The most words of content with which "what is" asks for a definition. With more words, as in
/// "what is the height of the tower", it asks for something else.
const MAX_DEFINED_WORDS: f32 = 2.0;

/// The weights of the sentence features. They were fitted to CMRC 2018, XQuAD, and the labelled
/// samples of the built-in knowledge base with only five others a section, and then rounded. Those
/// of the votes, names and definitions were set by hand, because few of these questions need them.
const WEIGHTS: SentenceFeatures = SentenceFeatures {
    overlap: 10.5,
    overlap_at_start: 1.7,
    is_first: 0.3,
    position: -0.5,
    votes: 9.7,
    inferred_votes: 3.0,
    gives_asked: 1.1,
    gives_number: 1.1,
    gives_name: 0.5,
    overlap_before: 1.5,
    defines: 3.0,
    gives_purpose: 0.8,
    same_subject: 0.5,
    mentions_names: 0.5,
    other_subject: -1.5,
    continues_previous: -0.2,
    introduces_list: 1.2,
    introduces_asked_list: 1.2,
};

/// The query terms that occur in a sentence: those anywhere in the sentence, and those at its
/// start.
type SentenceTerms = (TermSet, TermSet);

/// The section whose sentence is looked for.
pub(super) struct Target {
    pub section: usize,
    pub language: Language,
    /// The kinds of answer that the question asks for.
    pub asks_for: AnswerKinds,
    /// The votes of the section's samples.
    pub votes: SentenceVotes,
}

/// Returns the sentence of a section that best answers the question, as an index into the section's
/// body in the target's language. Returns `None` if nothing points to a sentence.
pub(super) fn highlight(model: &Model, query: &Query, tokens: &[Token<'_>], target: &Target) -> Option<usize> {
    if let Some(sentence) = target.votes.certain() {
        return Some(sentence);
    }
    let features = sentence_features(model, query, tokens, target);
    let is_evident = |f: &SentenceFeatures| {
        f.overlap > 0.0 || f.votes + f.inferred_votes > 0.0 || f.gives_asked > 0.0 || f.defines > 0.0
    };
    let mut best: Option<(f64, usize)> = None;
    for (number, features) in features.iter().enumerate().filter(|(_, f)| is_evident(f)) {
        let score = WEIGHTS.dot(features);
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, number));
        }
    }
    best.map(|(_, number)| number)
}

/// Returns the features of each sentence of the section's body in the target's language.
fn sentence_features(model: &Model, query: &Query, tokens: &[Token<'_>], target: &Target) -> Vec<SentenceFeatures> {
    let ranges = &model.sentence_ranges[target.section];
    let Some(body) = ranges.iter().find(|range| range.language == target.language) else { return Vec::new() };
    let asks_for = target.asks_for;
    let mut scanned: Vec<SentenceTerms> = Vec::new();
    let hits = model.section_index.scan(query, target.section, |all, at_start| scanned.push((*all, *at_start)));
    let (sentences, traits) = (&scanned[body.range()], &model.sentence_traits[target.section][body.range()]);
    let weights = term_weights(query, &hits, sentences, tokens);
    let content = model.features.content_words(tokens);
    let certainty = if content > 0.0 { 1.0 } else { WITHOUT_CONTENT };
    let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE) / certainty;
    let share = |terms: &TermSet| {
        let contained = weights.iter().enumerate().filter(|(term, _)| terms.contains(*term));
        contained.map(|(_, weight)| weight).sum::<f64>() / total
    };
    let is_about_one_thing = content <= MAX_DEFINED_WORDS;
    // Every sentence of a section is about its product, whether or not the sentence names it.
    let product = model.section_products[target.section].map(|at| ProperNames::of_product(&model.product_names[at]));
    let names: Vec<u64> = model.proper_names.in_text(tokens).filter(|name| Some(*name) != product).collect();
    let share_of_names = |mentioned: &[u64]| {
        let count = names.iter().filter(|name| mentioned.contains(name)).count();
        count as f64 / names.len().max(1) as f64
    };
    let is_new = |name: u64| Some(name) != product && !names.contains(&name);
    let last = sentences.len().saturating_sub(1).max(1) as f64;
    let features = |(number, ((all, at_start), traits)): (usize, (&SentenceTerms, &SentenceTraits))| {
        let indicator = |is_set: bool| f64::from(u8::from(is_set));
        let asks = |kind| asks_for.contains(kind);
        let subject = traits.names.first().filter(|_| !names.is_empty());
        let is_of_others = subject.is_some() && !traits.names.iter().any(|name| names.contains(name));
        let asks_for_several = asks(AnswerKind::List) || asks(AnswerKind::Purpose);
        // A sample may be near although it has another name, and votes for that name's sentence.
        let [votes, inferred_votes] = if is_of_others { [0.0; 2] } else { target.votes.of(number) };
        SentenceFeatures {
            overlap: share(all),
            overlap_at_start: share(at_start),
            is_first: indicator(number == 0),
            position: number as f64 / last,
            votes: f64::from(votes),
            inferred_votes: f64::from(inferred_votes),
            gives_asked: indicator(asks_for.share_any(traits.gives, RELIABLE)),
            gives_number: indicator(asks_for.share_any(traits.gives, NUMBERS)),
            gives_name: indicator(asks(AnswerKind::Person) && traits.names.iter().any(|name| is_new(*name))),
            overlap_before: number.checked_sub(1).map_or(0.0, |before| share(&sentences[before].0)),
            defines: indicator(number == 0 && asks(AnswerKind::Definition) && is_about_one_thing),
            gives_purpose: indicator(asks(AnswerKind::Purpose) && traits.gives.contains(AnswerKind::Purpose)),
            same_subject: indicator(subject.is_some_and(|subject| names.contains(subject))),
            mentions_names: share_of_names(&traits.names),
            other_subject: indicator(is_of_others),
            continues_previous: indicator(traits.continues_previous),
            introduces_list: indicator(traits.introduces_next),
            introduces_asked_list: indicator(traits.introduces_next && asks_for_several),
        }
    };
    sentences.iter().zip(traits).enumerate().map(features).collect()
}

/// Returns the kinds of answer that a question asks for, given as tokens and as corrected text.
pub(super) fn asks_for(corrected: &str, tokens: &[Token<'_>]) -> AnswerKinds {
    let mut kinds = answer_kind::asked(corrected);
    // A question of only product names asks what the product is.
    if tokens.iter().all(|token| token.product.is_some()) {
        kinds.insert(AnswerKind::Definition);
    }
    kinds
}

/// True if a sentence of a section gives a date or a price, if one is asked for.
pub(super) fn gives_date_or_price(model: &Model, section: usize, language: Language, asked: AnswerKinds) -> bool {
    use AnswerKind::{Price, Time};
    let bodies = model.sentence_ranges[section].iter().filter(|body| body.language == language);
    let mut traits = bodies.flat_map(|body| &model.sentence_traits[section][body.range()]);
    traits.any(|traits| asked.share_any(traits.gives, &[Price, Time]))
}

/// The kinds that are numbers.
const NUMBERS: &[AnswerKind] = &[AnswerKind::Amount, AnswerKind::Count, AnswerKind::Price, AnswerKind::Time];

/// The kinds that the words of a sentence show reliably.
const RELIABLE: &[AnswerKind] = {
    use AnswerKind::{Amount, Count, Difference, Link, Person, Price, Reason, Time};
    &[Amount, Count, Difference, Link, Person, Price, Reason, Time]
};

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
    use super::super::token::joined;
    use super::super::training;
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::text::normalize;

    /// A base whose first section says which sentence answers its only sample.
    fn tower(questions: &[&str]) -> Knowledge {
        let mut knowledge = base(&[
            TestSection {
                title: "Tower",
                questions,
                body: "The Tower, a landmark, stands in the old town. It was built by Eiffel in 1889. \
                       However, rivals of Bartholdi mocked the shape. You can do 2 things in it:\n\n- eat\n- look around",
            },
            TestSection { title: "Bridge", questions: &[], body: "The bridge is long." },
        ]);
        let text = knowledge.sections[0].texts.get_mut(&Language::EN).expect("English");
        text.questions.iter_mut().for_each(|question| question.answer = Some(5));
        knowledge
    }

    #[track_caller]
    fn check(samples: &[&str], question: &str, expected: Option<usize>) {
        let model = training::train(&tower(samples));
        let normal = normalize(question);
        let tokens = model.tokenize(&normal);
        let words = model.features.words(&tokens);
        let query = model.section_index.query(model.features.stopwords(), &tokens, &words);
        let nearest = model.sample_index.nearest(&model.vectorizer.vector(&tokens, &words));
        let votes = model.sample_index.votes(&nearest, 0, Language::EN);
        let target =
            Target { section: 0, language: Language::EN, asks_for: asks_for(&joined(&tokens), &tokens), votes };
        assert_eq!(highlight(&model, &query, &tokens, &target), expected, "{question}");
    }

    #[test]
    fn the_words_of_the_question_tell_the_sentence() {
        check(&[], "which town is it in", Some(0));
        check(&[], "who mocked the shape", Some(2));
    }

    #[test]
    fn the_kind_of_answer_tells_the_sentence() {
        check(&[], "when was it made", Some(1));
        check(&[], "who is the architect of it", Some(1));
        check(&[], "what is it", Some(0));
    }

    #[test]
    fn a_list_is_introduced_where_several_things_are_asked_for() {
        check(&[], "what can one do there", Some(3));
        check(&[], "look around", Some(5));
    }

    #[test]
    fn a_sentence_about_another_name_answers_nothing_about_this_one() {
        check(&[], "what shape did Eiffel choose", Some(1));
    }

    #[test]
    fn the_nearest_sample_votes_for_its_sentence() {
        check(&["what colour has it"], "what colour has it", Some(5));
        check(&["what colour has it"], "colour", Some(5));
    }

    #[test]
    fn nothing_points_to_a_sentence() {
        check(&[], "zebra", None);
    }
}

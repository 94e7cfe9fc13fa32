//! Finds out that a question asks something of its subject which the sections do not state, such as
//! the price of a product.
//!
//! Such a question finds the sections of its subject. Without a notice, their text would look like
//! an answer.

use std::ops::Range;

use super::features::Features;
use super::model::Model;
use super::sample_index::NearestSamples;
use super::token::{MatchKind, Token};
use crate::answer_kind::AnswerKinds;
use crate::attribute::Attribute;
use crate::text::Script;

/// What a question asks for that the knowledge base does not state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unstated {
    /// An attribute that no section about the question's subject states.
    Attribute(&'static Attribute),
    /// Words that no section uses, as the user typed them.
    Words(Vec<String>),
}

/// The cosine at which a sample of a section is near enough to show that the section states what
/// the question asks.
const STATED: f32 = 0.75;

/// Maximum number of unused words or phrases that are told.
const MAX_PHRASES: usize = 3;

/// A question in its forms.
pub(super) struct Asked<'a> {
    /// The question as typed.
    pub raw: &'a str,
    pub normalized: &'a str,
    pub tokens: &'a [Token<'a>],
    /// The tokens as a text: with corrected words, and with pinyin decoded.
    pub corrected: &'a str,
    pub kinds: AnswerKinds,
}

/// Returns the product that a question is about: the only one that it names or inherits.
pub(super) fn named_product(tokens: &[Token<'_>]) -> Option<usize> {
    let mut products = tokens.iter().filter_map(|token| token.product);
    let first = products.next()?;
    products.all(|other| other == first).then_some(usize::from(first))
}

/// Returns the attribute that a question asks for, if the sections about its subject do not state
/// it. The subject is the product of a section, or else the section itself.
pub(super) fn unstated_attribute(
    model: &Model,
    asked: &Asked<'_>,
    nearest: &NearestSamples,
    section: usize,
) -> Option<&'static Attribute> {
    let attribute = Attribute::asked(asked.corrected, asked.kinds)?;
    let product = model.section_products[section];
    let is_related =
        |other: &usize| *other == section || (product.is_some() && model.section_products[*other] == product);
    let is_stated = |other: usize| {
        model.section_attributes[other].contains(attribute)
            || nearest.of(other).is_some_and(|(cosine, _)| cosine >= STATED)
    };
    (!(0..model.section_count()).filter(is_related).any(is_stated)).then_some(attribute)
}

/// Returns the words and phrases of content in a question that no section uses.
pub(super) fn unused_words(model: &Model, asked: &Asked<'_>) -> Vec<String> {
    let tokens = asked.tokens;
    let weights = model.features.stopwords().weights(tokens);
    let is_used = |key: u64| model.word_coverage.knows(key);
    let pair_is_used = |first: usize| match tokens.get(first..first + 2) {
        Some([first, second]) if second.joined && first.script == Script::Han && second.script == Script::Han => {
            is_used(Features::of_han_bigram(first, second))
        }
        _ => false,
    };
    let is_unused = |at: &usize| {
        let (at, token) = (*at, &tokens[*at]);
        let is_content = weights[at] >= 1.0 && token.product.is_none() && token.match_kind != MatchKind::Inherited;
        is_content
            && !match token.script {
                Script::Letters => is_used(model.features.of_token(token)),
                Script::Han => pair_is_used(at) || (at > 0 && pair_is_used(at - 1)),
            }
    };
    let mut phrases: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for at in (0..tokens.len()).filter(is_unused) {
        let typed = &tokens[at].typed;
        match phrases.last_mut().filter(|_| last.is_some_and(|last: usize| last + 1 == at)) {
            Some(phrase) => phrase.end = typed.end,
            None => phrases.push(typed.clone()),
        }
        last = Some(at);
    }
    // A single character is seldom a word of content.
    phrases.retain(|range| asked.normalized[range.clone()].chars().nth(1).is_some());
    phrases.into_iter().take(MAX_PHRASES).map(|range| as_typed(asked, range)).collect()
}

/// Returns a range of the normalized question with the capital letters that the user typed.
fn as_typed(asked: &Asked<'_>, range: Range<usize>) -> String {
    let normal = &asked.normalized[range];
    let is_it = |at: &usize| asked.raw[*at..].get(..normal.len()).is_some_and(|text| text.eq_ignore_ascii_case(normal));
    let at = asked.raw.char_indices().map(|(at, _)| at).find(is_it);
    at.map_or(normal, |at| &asked.raw[at..at + normal.len()]).to_owned()
}

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
use crate::text::{Language, Script};

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

/// Maximum number of unused words or phrases that are reported.
const MAX_PHRASES: usize = 3;
/// Maximum length of a reported phrase, in characters.
const MAX_PHRASE_CHARS: usize = 40;

/// A question in its forms.
pub(super) struct QuestionForms<'a> {
    /// The question as typed.
    pub raw: &'a str,
    pub normalized: &'a str,
    pub tokens: &'a [Token<'a>],
    /// The tokens as a text: with corrected words, and with pinyin decoded.
    pub corrected: &'a str,
    /// The kinds of answers that the question asks for.
    pub kinds: AnswerKinds,
    /// The language of the answer.
    pub language: Language,
}

/// Returns the product that a question is about: the only one that it names or inherits.
pub(super) fn named_product(tokens: &[Token<'_>]) -> Option<usize> {
    let mut products = tokens.iter().filter_map(|token| token.product);
    let first = products.next()?;
    products.all(|other| other == first).then_some(usize::from(first))
}

/// Returns the attribute that a question asks for, if the sections about its subject do not state
/// it. The subject is the product of the section `subject`, or else this section itself. `best` is
/// the section that matched best.
pub(super) fn unstated_attribute(
    model: &Model,
    forms: &QuestionForms<'_>,
    nearest: &NearestSamples,
    [subject, best]: [usize; 2],
) -> Option<&'static Attribute> {
    let attribute = Attribute::asked(forms.corrected, forms.kinds)?;
    let has_sample = |section: usize| nearest.of(section).is_some_and(|(cosine, _)| cosine >= STATED);
    if has_sample(best) {
        return None;
    }
    let product = model.section_products[subject];
    let is_related =
        |other: &usize| *other == subject || (product.is_some() && model.section_products[*other] == product);
    let is_stated = |other: usize| model.section_attributes[other].contains(attribute) || has_sample(other);
    (!(0..model.section_count()).filter(is_related).any(is_stated)).then_some(attribute)
}

/// Returns the words and phrases of content in a question that no section uses.
pub(super) fn unused_words(model: &Model, forms: &QuestionForms<'_>) -> Vec<String> {
    let tokens = forms.tokens;
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
        // Of a word that was split or corrected, only a part would be reported.
        let is_content = weights[at] >= 1.0 && token.product.is_none() && token.match_kind == MatchKind::Exact;
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
    phrases.retain(|range| (2..=MAX_PHRASE_CHARS).contains(&forms.normalized[range.clone()].chars().count()));
    phrases.into_iter().take(MAX_PHRASES).map(|range| as_typed(forms, range)).collect()
}

/// Returns a range of the normalized question with the capital letters that the user typed.
fn as_typed(forms: &QuestionForms<'_>, range: Range<usize>) -> String {
    let (raw, normal) = (forms.raw, &forms.normalized[range]);
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let is_it = |at: &usize| {
        let end = *at + normal.len();
        raw.get(*at..end).is_some_and(|text| text.eq_ignore_ascii_case(normal))
            && !raw[..*at].ends_with(is_word)
            && !raw[end..].starts_with(is_word)
    };
    let at = raw.char_indices().map(|(at, _)| at).find(is_it);
    at.map_or(normal, |at| &raw[at..at + normal.len()]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::highlight;
    use super::super::score::EncodedQuestion;
    use super::super::test_base::{TestSection, base};
    use super::super::token;
    use super::super::training;
    use super::*;
    use crate::text::normalize;

    fn model() -> Model {
        training::train(&base(&[
            TestSection {
                title: "Tower",
                questions: &["how tall is the tower", "is the tower open source"],
                body: "The tower has ten floors. A ticket costs 5 dollars.",
            },
            TestSection { title: "Bridge", questions: &["how long is it"], body: "The bridge crosses 3 rivers." },
        ]))
    }

    /// Passes a question in its forms to `check`, with its nearest samples.
    fn with_asked<T>(model: &Model, raw: &str, check: impl FnOnce(&QuestionForms<'_>, &NearestSamples) -> T) -> T {
        let normalized = normalize(raw);
        let tokens = model.tokenize(&normalized);
        let corrected = token::joined(&tokens);
        let kinds = highlight::asks_for(&corrected, &tokens);
        let encoded = EncodedQuestion::new(model, &tokens, None);
        let forms = QuestionForms {
            raw,
            normalized: &normalized,
            tokens: &tokens,
            corrected: &corrected,
            kinds,
            language: Language::EN,
        };
        check(&forms, &encoded.nearest)
    }

    #[test]
    fn an_attribute_is_unstated_if_no_sentence_and_no_sample_has_it() {
        let model = model();
        for (question, section, expected) in [
            ("what is the price of the tower", 0, None),
            ("what is the price of the bridge", 1, Some("the price")),
            ("when was the tower released", 0, Some("the release date")),
            ("is the tower open source", 0, None),
            ("is the bridge open source", 1, Some("whether it is open source")),
            ("how tall is the tower", 0, None),
            ("rivers", 1, None),
        ] {
            let found = with_asked(&model, question, |forms, nearest| {
                unstated_attribute(&model, forms, nearest, [section, section])
            });
            assert_eq!(found.map(|attribute| attribute.name_en), expected, "{question}");
        }
    }

    #[test]
    fn unused_words_are_reported_as_typed() {
        let model = model();
        for (question, expected) in [
            ("is the Zebra Lounge in the tower", &["Zebra Lounge"][..]),
            ("how tall is the tower", &[]),
            ("塔有停车场吗", &["停车场"]),
            ("", &[]),
        ] {
            let found = with_asked(&model, question, |forms, _| unused_words(&model, forms));
            assert_eq!(found, expected, "{question}");
        }
    }
}

//! Splits a section's score into contributions of the question's words. The contributions add up to
//! the score that `score.rs` computes.

use super::model::Model;
use super::score::EncodedQuestion;
use super::scoring_features::SectionFeatures;
use super::token::{MatchKind, Token};

/// One word's contribution to a section's score.
#[derive(Debug, Clone, PartialEq)]
pub struct WordContribution {
    /// The word as typed.
    pub typed: String,
    /// The word of the knowledge base that the typed word matched.
    pub matched: String,
    /// How the typed word matched the word of the knowledge base.
    pub match_kind: MatchKind,
    /// The word's contribution to the section's SVM margin, multiplied by the weight of the margin.
    pub svm: f64,
    /// The word's contribution to the cosine between the question and the section's nearest sample,
    /// multiplied by the weight of the cosine.
    pub sample: f64,
    /// The word's contribution to the text score, multiplied by the weight of the text score.
    pub text: f64,
}

impl WordContribution {
    /// Returns the word's total contribution to the section's score.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.svm + self.sample + self.text
    }
}

/// A section's score, split into contributions of the question's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The score: the sum of the intercept and all word contributions.
    pub score: f64,
    /// The amount of the score that depends on no single word: the bias of the SVM, the bonus for a
    /// verbatim sample, the penalty for another product, and the bonus for continuing the topic.
    pub intercept: f64,
    /// The sample question, title or alias of the section that is most similar to the question.
    /// Empty if none is similar.
    pub nearest_sample: String,
    /// The contributions of the words, largest first.
    pub words: Vec<WordContribution>,
    /// The words of the question that do not occur in the knowledge base.
    pub unknown: Vec<String>,
}

/// Explains a section's score. `normalized` is the normalized question, from which `tokens` were
/// split.
pub(super) fn explain(
    model: &Model,
    encoded: &EncodedQuestion,
    tokens: &[Token<'_>],
    normalized: &str,
    section: usize,
) -> Explanation {
    let hits = model.section_index.scan(&encoded.query, section, |_, _| {});
    let features = encoded.section_features(model, section, &hits);
    let weights = &model.calibration.ranking;
    let typed = |token: &Token<'_>| normalized[token.typed.clone()].to_owned();
    let without_contribution = |token: &Token<'_>| WordContribution {
        typed: typed(token),
        matched: token.text.to_string(),
        match_kind: token.match_kind,
        svm: 0.0,
        sample: 0.0,
        text: 0.0,
    };
    let mut words: Vec<WordContribution> = tokens.iter().map(without_contribution).collect();
    let nearest = encoded.nearest.of(section).map(|(_, sample)| sample);
    let mut svm_sum = 0.0;
    for w in &model.vectorizer.by_token(&encoded.vector, tokens) {
        let svm_weight = model.svm.as_ref().map_or(0.0, |svm| svm.weight(w.feature, section));
        let svm = weights.svm_margin * f64::from(svm_weight) * f64::from(w.svm_value);
        let posting_weight = nearest.map_or(0.0, |sample| model.sample_index.posting_weight(w.feature, sample));
        svm_sum += svm;
        words[w.token].svm += svm;
        words[w.token].sample += weights.sample_cosine * f64::from(w.cosine_weight * posting_weight);
    }
    for (at, term) in encoded.query.terms.iter().enumerate() {
        words[term.token].text += weights.text_score * f64::from(hits.term_contribution(&encoded.query, at));
    }
    // The intercept is the sum of all contributions that come from no word: the SVM bias, which is
    // the margin minus the words' contributions, and the features that do not depend on single
    // words.
    let SectionFeatures { svm_margin, sample_cosine: _, text_score: _, is_verbatim, other_product, topic_continuity } =
        features;
    let intercept = weights.svm_margin * svm_margin - svm_sum
        + weights.is_verbatim * is_verbatim
        + weights.other_product * other_product
        + weights.topic_continuity * topic_continuity;
    words.sort_by(|a, b| b.sum().total_cmp(&a.sum()));
    Explanation {
        score: intercept + words.iter().map(WordContribution::sum).sum::<f64>(),
        intercept,
        nearest_sample: nearest.and_then(|sample| model.sample_index.text(sample)).unwrap_or_default().to_owned(),
        words,
        unknown: tokens.iter().filter(|token| !model.knows(token)).map(typed).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::super::topic::Topic;
    use super::super::training;
    use super::*;

    /// Tolerance for rounding: the matcher computes in single precision, the explanation in double.
    const ROUNDING: f64 = 1e-5;

    fn model() -> Model {
        training::train(&base(&[
            TestSection {
                title: "Tower",
                questions: &["how tall is the tower", "how high is the tower"],
                body: "It has ten floors. The floors are old.",
            },
            TestSection { title: "Bridge", questions: &["how long is the bridge"], body: "It crosses three rivers." },
        ]))
    }

    #[test]
    fn contributions_sum_to_the_score() {
        let model = model();
        for question in ["how tall is the tower", "how many floors", "towr floors rivers", "zebra", ""] {
            for topic in [None, Some(Topic { section: 1, has_anaphora: true })] {
                let tokens = model.tokenize(question);
                let encoded = EncodedQuestion::new(&model, &tokens, topic);
                for scored in encoded.score(&model, &tokens).ranked {
                    let explanation = explain(&model, &encoded, &tokens, question, scored.section);
                    assert!((explanation.score - scored.score).abs() < ROUNDING, "{question}: {explanation:?}");
                    assert_eq!(explanation.words.len(), tokens.len());
                }
            }
        }
    }

    #[test]
    fn words_are_listed_by_their_contributions() {
        let (model, question) = (model(), "how old are the floors zebra");
        let tokens = model.tokenize(question);
        let encoded = EncodedQuestion::new(&model, &tokens, None);
        let explanation = explain(&model, &encoded, &tokens, question, 0);
        assert!(explanation.words.is_sorted_by(|a, b| a.sum() >= b.sum()));
        let text = |word: &str| explanation.words.iter().find(|w| w.typed == word).expect("a word").text;
        assert!(text("floors") > text("how"), "a stopword says little: {explanation:?}");
        assert_eq!(text("zebra"), 0.0);
        assert_eq!(explanation.unknown, ["zebra"]);
    }

    #[test]
    fn the_nearest_sample_and_the_correction_are_named() {
        let (model, question) = (model(), "how tall is the towr");
        let tokens = model.tokenize(question);
        let encoded = EncodedQuestion::new(&model, &tokens, None);
        let explanation = explain(&model, &encoded, &tokens, question, 0);
        assert_eq!(explanation.nearest_sample, "how tall is the tower");
        let corrected = explanation.words.iter().find(|w| w.typed == "towr").expect("a word");
        assert_eq!((corrected.matched.as_str(), corrected.match_kind), ("tower", MatchKind::Typo));
    }

    #[test]
    fn a_section_without_a_common_word_has_no_nearest_sample() {
        let (model, question) = (model(), "rivers");
        let tokens = model.tokenize(question);
        let encoded = EncodedQuestion::new(&model, &tokens, None);
        assert_eq!(explain(&model, &encoded, &tokens, question, 0).nearest_sample, "");
    }
}

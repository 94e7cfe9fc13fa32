//! The weights of the scoring features, with the reason for each default value.

use serde::{Deserialize, Serialize};

use super::fit::{self, Case, Choice};
use super::scoring_features::{ScopeFeatures, SectionFeatures};
use super::topic::FollowUpKind;

/// The weights of all features. With enough sample questions, training replaces the default weights
/// by weights fitted to held-out questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// The weights for ranking the sections. A softmax turns the section scores into probabilities.
    pub ranking: SectionFeatures,
    /// The weights of the logistic regression that estimates whether a question is in scope.
    pub scope: ScopeFeatures,
}

/// The number of observations that the prior (the default weights) counts for. A small knowledge
/// base therefore stays near the defaults.
const PRIOR_STRENGTH: f64 = 20.0;

/// The prior odds that a question is in scope: 3 to 1, because most questions in the chat are about
/// the article. The fit itself assumes even odds.
const PRIOR_ODDS: f64 = 3.0;

impl Default for Calibration {
    /// The prior weights for a knowledge base with sample questions. A weight times the range of
    /// its feature is the maximum change of the logit. An increase of 3 makes a section 20 times as
    /// probable.
    fn default() -> Calibration {
        Calibration {
            ranking: SectionFeatures {
                // The strongest feature: margins range from −1 to 1, so the feature spans 8 logits.
                svm_margin: 4.0,
                // Ranges from 0 to 1. Weaker than the SVM, which is trained on all samples instead
                // of one.
                sample_cosine: 3.0,
                // Matching texts score about 0.4, so this adds 4 logits, as much as a margin of 1.
                text_score: 10.0,
                // Half as much as a margin of 1, since the question may name the product only to
                // compare.
                other_product: -2.0,
                // Times a certainty of 0.5 or 0.9. The bonus outweighs a small lead of another
                // section.
                topic_continuity: 3.0,
            },
            scope: ScopeFeatures {
                // A question without any evidence has odds of 1 to 20.
                intercept: -3.0,
                // The next three features together lift a good match from −3 to about +3.
                svm_margin: 2.0,
                sample_cosine: 2.0,
                text_score: 3.0,
                // As strong as the same features of the best section, so that equal evidence
                // cancels out.
                out_of_scope_margin: -2.0,
                out_of_scope_cosine: -2.0,
                // A question of only unknown words loses more than any one similarity feature adds.
                oov_share: -4.0,
                // Compensates for the lower cosines of long questions. Small, because the feature
                // (a logarithm) is already above 2 for ten tokens.
                log_tokens: 0.5,
                // Naming a product does not alone make up for the intercept of −3.
                names_product: 1.0,
                // The same words as a sample alone make up for the intercept of −3. The same words
                // as an out-of-scope question count as much against the question.
                same_words: 3.0,
            },
        }
    }
}

impl Calibration {
    /// The weights for a knowledge base without sample questions, which has no questions to hold
    /// out.
    ///
    /// Fitted on encyclopedia paragraphs (CMRC 2018, XQuAD), against questions about other
    /// paragraphs. Weights without a comment are the fitted values, rounded. The paragraphs name no
    /// products, so the weights of product features are set by hand.
    pub fn without_samples() -> Calibration {
        Calibration {
            ranking: SectionFeatures {
                // No SVM is trained without sample questions.
                svm_margin: 0.0,
                // The samples are only titles and aliases here.
                sample_cosine: 10.0,
                // The section text provides almost all of the evidence here.
                text_score: 34.0,
                // By hand: cancels out 0.2 of text score.
                other_product: -7.0,
                // By hand: with a pronoun (certainty 0.9), the bonus outweighs the penalty for
                // another product.
                topic_continuity: 8.0,
            },
            scope: ScopeFeatures {
                // Roughly cancels out a text score of 0.4 and a question of ten tokens.
                intercept: -18.0,
                // No SVM is trained without sample questions.
                svm_margin: 0.0,
                sample_cosine: 3.0,
                text_score: 30.0,
                out_of_scope_margin: 0.0,
                out_of_scope_cosine: -5.0,
                // Zero, because unknown words already lower the text score.
                oov_share: 0.0,
                // Compensates for long questions: more of their words are missing from the text, so
                // the text score is lower.
                log_tokens: 3.4,
                // By hand: twice the default, since fewer other features give evidence.
                names_product: 2.0,
                // By hand: the default, since a question with the words of a title is in scope here
                // too.
                same_words: 3.0,
            },
        }
    }

    /// Fits the ranking weights to observations of which candidate was right.
    pub fn fit_ranking(self, choices: &[Choice<{ SectionFeatures::N }>]) -> Calibration {
        let weights = fit::fit_conditional_logit(choices, self.ranking.to_array(), PRIOR_STRENGTH);
        Calibration { ranking: SectionFeatures::from_array(weights), ..self }
    }

    /// Fits the scope weights to observations of questions in and out of scope. Returns the weights
    /// unchanged if all observations are of one kind.
    pub fn fit_scope(self, cases: &[Case<{ ScopeFeatures::N }>]) -> Calibration {
        let has_both = cases.iter().any(|c| c.is_true) && cases.iter().any(|c| !c.is_true);
        if !has_both {
            return self;
        }
        let weights = fit::fit_logistic(cases, self.scope.to_array(), PRIOR_STRENGTH);
        Calibration { scope: ScopeFeatures::from_array(weights), ..self }
    }

    /// Returns the probability that a question is in scope.
    ///
    /// For a follow-up, averages two logits: `features` includes the inherited product name,
    /// `standalone` does not. The inherited name alone is no evidence that the question is in
    /// scope.
    pub fn in_scope(&self, features: &ScopeFeatures, standalone: Option<(&ScopeFeatures, FollowUpKind)>) -> f64 {
        let inherited = self.scope.dot(features);
        let logit = standalone.map_or(inherited, |(standalone, kind)| {
            let weight = kind.inherited_weight();
            weight * inherited + (1.0 - weight) * self.scope.dot(standalone)
        });
        fit::logistic(logit + PRIOR_ODDS.ln())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_without_evidence_is_out_of_scope() {
        let nothing = ScopeFeatures { intercept: 1.0, oov_share: 1.0, ..ScopeFeatures::default() };
        let same = ScopeFeatures { same_words: 1.0, sample_cosine: 1.0, oov_share: 0.0, ..nothing };
        let calibration = Calibration::default();
        assert!(calibration.in_scope(&nothing, None) < 0.01);
        assert!(calibration.in_scope(&same, None) > 0.95);
    }

    #[test]
    fn the_prior_odds_hold_where_the_evidence_is_even() {
        assert_eq!(Calibration::default().in_scope(&ScopeFeatures::default(), None), 0.75);
    }

    #[test]
    fn a_follow_up_lies_between_its_two_readings() {
        let calibration = Calibration::default();
        let alone = ScopeFeatures { intercept: 1.0, ..ScopeFeatures::default() };
        let inherited = ScopeFeatures { names_product: 1.0, text_score: 1.0, ..alone };
        let (low, high) = (calibration.in_scope(&alone, None), calibration.in_scope(&inherited, None));
        let of = |kind| calibration.in_scope(&inherited, Some((&alone, kind)));
        assert!(low < of(FollowUpKind::Implicit) && of(FollowUpKind::Implicit) < of(FollowUpKind::Possessive));
        assert!(of(FollowUpKind::Possessive) < high);
    }

    #[test]
    fn a_signal_that_tells_the_right_section_gains_weight() {
        let features = |text_score| SectionFeatures { text_score, ..SectionFeatures::default() }.to_array();
        let choices: Vec<_> =
            (0..200).map(|_| Choice { options: vec![features(0.3), features(0.1)], right: 0 }).collect();
        let before = Calibration::default();
        let after = before.fit_ranking(&choices);
        assert!(after.ranking.text_score > before.ranking.text_score);
        assert!((after.ranking.svm_margin - before.ranking.svm_margin).abs() < 1e-9);
        assert_eq!(after.scope, before.scope);
    }

    #[test]
    fn a_scope_of_one_kind_only_is_not_fitted() {
        let case = |is_true| Case { features: ScopeFeatures::default().to_array(), is_true, weight: 1.0 };
        let before = Calibration::default();
        assert_eq!(before.fit_scope(&[case(true), case(true)]), before);
        let of = |is_true: bool| {
            let features =
                ScopeFeatures { intercept: 1.0, oov_share: f64::from(u8::from(!is_true)), ..Default::default() };
            Case { features: features.to_array(), is_true, weight: 1.0 }
        };
        let cases: Vec<_> = (0..100).flat_map(|_| [of(true), of(false)]).collect();
        assert!(before.fit_scope(&cases).scope.oov_share < before.scope.oov_share);
    }
}

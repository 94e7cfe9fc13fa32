//! The weights of scores and probabilities, with the reason for each default.

use serde::{Deserialize, Serialize};

use super::fit::{self, Case, Choice};
use super::scoring_features::{ScopeFeatures, SectionFeatures};
use super::topic::FollowUpKind;

/// The weights of all features. Training replaces them by fitted ones where enough sample questions
/// can be held out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// Rank the sections: their scores are the logits of a softmax.
    pub ranking: SectionFeatures,
    /// The logistic regression of a question being in scope.
    pub scope: ScopeFeatures,
}

/// The prior counts for this many questions, so that a small base stays near the defaults.
const PRIOR_STRENGTH: f64 = 20.0;

/// In a conversation about an article, three questions of four are about it. The fit assumes half.
const PRIOR_ODDS: f64 = 3.0;

impl Default for Calibration {
    /// The prior for a base with sample questions. A weight times the range of its feature is what
    /// the signal can add, in logits: 3 make a section 20 times as probable as before.
    fn default() -> Calibration {
        Calibration {
            ranking: SectionFeatures {
                // The strongest signal: margins range from −1 to 1, so this spans 8 logits.
                svm_margin: 4.0,
                // Ranges from 0 to 1: weaker than the SVM, which has seen all samples, not one.
                sample_cosine: 3.0,
                // Good texts score about 0.4, so this adds about as much as one side of the margin.
                text_score: 10.0,
                // Half of one side of the margin: a product may be named just for comparison.
                other_product: -2.0,
                // Times a certainty of 0.5 to 0.9 it makes up for a small lead of another section.
                topic_continuity: 3.0,
            },
            scope: ScopeFeatures {
                // Without any evidence the odds are 1 to 20.
                intercept: -3.0,
                // The next three together lift a good match from −3 to about +3.
                svm_margin: 2.0,
                sample_cosine: 2.0,
                text_score: 3.0,
                // As strong as the same signals of the best section: equal evidence cancels out.
                out_of_scope_margin: -2.0,
                out_of_scope_cosine: -2.0,
                // A question of nothing but unknown words loses more than one signal can add.
                oov_share: -4.0,
                // Small, since the logarithm of ten tokens is above 2: long questions have lower
                // cosines.
                log_tokens: 0.5,
                // A product's name alone does not make up for the intercept.
                names_product: 1.0,
                // The words of a sample do, in either direction.
                same_words: 3.0,
            },
        }
    }
}

impl Calibration {
    /// The weights for a base without sample questions, where nothing can be held out.
    ///
    /// Fitted on encyclopaedia paragraphs (CMRC 2018, XQuAD) against questions about other
    /// paragraphs. Weights without a reason beside them are these fits, rounded. The paragraphs
    /// name no products, so the weights about names are set by hand.
    pub fn without_samples() -> Calibration {
        Calibration {
            ranking: SectionFeatures {
                // No SVM is trained without sample questions.
                svm_margin: 0.0,
                // Here the samples are titles and aliases.
                sample_cosine: 10.0,
                // The text is nearly all the evidence there is.
                text_score: 34.0,
                // By hand: as much as 0.2 of text score.
                other_product: -7.0,
                // By hand: with an anaphor it makes up for another product.
                topic_continuity: 8.0,
            },
            scope: ScopeFeatures {
                // About what a text score of 0.4 and a question of ten tokens add.
                intercept: -18.0,
                // No SVM is trained without sample questions.
                svm_margin: 0.0,
                sample_cosine: 3.0,
                text_score: 30.0,
                out_of_scope_margin: 0.0,
                out_of_scope_cosine: -5.0,
                // Unknown words lower the text score already.
                oov_share: 0.0,
                // A longer question has a lower text score: more of its words are not in the text.
                log_tokens: 3.4,
                // By hand: twice the default, since there are fewer other signals.
                names_product: 2.0,
                // By hand: the default, since the words of a title settle it here too.
                same_words: 3.0,
            },
        }
    }

    /// Fits the ranking to which of the candidates was right.
    pub fn fit_ranking(self, choices: &[Choice<{ SectionFeatures::N }>]) -> Calibration {
        let weights = fit::fit_conditional_logit(choices, self.ranking.to_array(), PRIOR_STRENGTH);
        Calibration { ranking: SectionFeatures::from_array(weights), ..self }
    }

    /// Fits the scope to which questions were in scope. Changes nothing if all or none were.
    pub fn fit_scope(self, cases: &[Case<{ ScopeFeatures::N }>]) -> Calibration {
        let has_both = cases.iter().any(|c| c.is_true) && cases.iter().any(|c| !c.is_true);
        if !has_both {
            return self;
        }
        let weights = fit::fit_logistic(cases, self.scope.to_array(), PRIOR_STRENGTH);
        Calibration { scope: ScopeFeatures::from_array(weights), ..self }
    }

    /// The probability that a question is in scope.
    ///
    /// A follow-up is the weighted mean of two readings: `features` with the inherited product,
    /// `standalone` without. The inherited name alone is no evidence that the question is in scope.
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

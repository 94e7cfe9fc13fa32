//! The weights of the features that rank sections and that detect out-of-scope questions. The
//! comments give the reason for each default weight.

use serde::{Deserialize, Serialize};

use super::fit::{self, Case, Choice};
use super::scoring_features::{ScopeFeatures, SectionFeatures};
use super::topic::FollowUpKind;

/// The weights of all scoring features. If the knowledge base has enough sample questions, training
/// fits the weights to held-out questions. Otherwise default weights are used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// The weights for ranking the sections. A section's score is the dot product of these weights
    /// and the section's features.
    pub ranking: SectionFeatures,
    /// The weights of the logistic regression that estimates whether a question is in scope.
    pub scope: ScopeFeatures,
}

/// The strength of the prior: the default weights count as much as this many observed questions.
/// The weights of a small knowledge base therefore stay near the defaults.
const PRIOR_STRENGTH: f64 = 20.0;

/// The prior odds that a question is in scope: 3 to 1, because most questions that users ask are
/// about the article. The fit of the scope weights does not include these odds: it gives in-scope
/// and out-of-scope questions the same total weight.
const PRIOR_ODDS: f64 = 3.0;

impl Default for Calibration {
    /// Returns the default weights for a knowledge base with sample questions. A weight times the
    /// range of its feature is the feature's largest effect on the logit. Adding 3 to a section's
    /// logit multiplies the section's odds by 20.
    fn default() -> Calibration {
        Calibration {
            ranking: SectionFeatures {
                // SVM margins range from about −1 to 1, so this weight changes a section's logit by
                // up to 8. In practice, no other feature changes the logit as much.
                svm_margin: 4.0,
                // The cosine ranges from 0 to 1. This weight is lower than that of the SVM margin,
                // because the cosine depends on one sample question only, and the SVM is trained on
                // all of them.
                sample_cosine: 3.0,
                // A section text that matches the question scores about 0.4, so this weight adds 4
                // to the section's logit, as much as an SVM margin of 1.
                text_score: 10.0,
                // The penalty for a section about another product than the question names. The
                // penalty is half the effect of an SVM margin of 1, since the question may name its
                // product only for a comparison.
                other_product: -2.0,
                // The bonus for sections that continue the topic of the conversation. The feature
                // is 0.5 or 0.9, so the bonus is 1.5 or 2.7. The bonus outweighs a slightly higher
                // score of another section.
                topic_continuity: 3.0,
            },
            scope: ScopeFeatures {
                // If all other features are 0, the logit is −3, which means odds of 1 to 20 that
                // the question is in scope.
                intercept: -3.0,
                // For a question that matches a section well, the next three features together
                // raise the logit from −3 to about +3.
                svm_margin: 2.0,
                sample_cosine: 2.0,
                text_score: 3.0,
                // The negated weights of `svm_margin` and `sample_cosine` above. If the question is
                // as similar to the out-of-scope questions as to the best section, these features
                // cancel each other out.
                out_of_scope_margin: -2.0,
                out_of_scope_cosine: -2.0,
                // The feature is 1 if no section text contains any word of the question. The logit
                // then falls by 4, which is more than any single similarity feature adds.
                oov_share: -4.0,
                // Raises the logit of long questions, to compensate for their lower cosines. The
                // weight is small, because the feature, ln(tokens + 1), is already 2.4 for ten
                // tokens.
                log_tokens: 0.5,
                // Naming a product adds 1 to the logit, which alone does not outweigh the intercept
                // of −3.
                names_product: 1.0,
                // A question with the same words as a sample question gets +3, which alone cancels
                // out the intercept of −3. A question with the same words as an out-of-scope
                // question gets −3.
                same_words: 3.0,
            },
        }
    }
}

impl Calibration {
    /// Returns fixed weights for a knowledge base without sample questions. Training cannot fit
    /// weights to such a knowledge base, because the training data are sample questions.
    ///
    /// The weights were fitted in advance on CMRC 2018 and XQuAD, two data sets of questions about
    /// encyclopedia paragraphs. Questions about other paragraphs served as out-of-scope questions.
    /// Weights without a comment in this function are the fitted values, rounded. The paragraphs
    /// name no products, so the weights of the product features were set by hand.
    pub fn without_samples() -> Calibration {
        Calibration {
            ranking: SectionFeatures {
                // Zero, because no SVM is trained without sample questions.
                svm_margin: 0.0,
                // The feature is the cosine between the question and the nearest title or alias.
                // Without sample questions, titles and aliases are the only samples.
                sample_cosine: 10.0,
                // The largest weight, because without sample questions, the section's text is
                // nearly the only sign that a section answers the question.
                text_score: 34.0,
                // Set by hand: the penalty for a section about another product than the question
                // names. The penalty outweighs a text score that is 0.2 higher, since 0.2 · 34 ≈ 7.
                other_product: -7.0,
                // Set by hand: the bonus for a section that continues the topic of the
                // conversation. If the question contains a pronoun, the feature is 0.9 and the
                // bonus is 0.9 · 8 = 7.2. The bonus then outweighs the penalty of 7 for another
                // product.
                topic_continuity: 8.0,
            },
            scope: ScopeFeatures {
                // Roughly cancels out the features of a typical question. A text score of 0.4 adds
                // 30 · 0.4 = 12 to the logit, and a length of ten tokens adds 3.4 · ln 11 ≈ 8.
                intercept: -18.0,
                // Zero, because no SVM is trained without sample questions.
                svm_margin: 0.0,
                sample_cosine: 3.0,
                text_score: 30.0,
                out_of_scope_margin: 0.0,
                out_of_scope_cosine: -5.0,
                // Zero, because words that the knowledge base does not contain already lower the
                // text score.
                oov_share: 0.0,
                // Raises the logit of long questions, to compensate for their lower text scores. A
                // section text lacks more of the words of a long question.
                log_tokens: 3.4,
                // Set by hand: twice the default weight for a knowledge base with sample questions,
                // since fewer other features can show that a question is in scope.
                names_product: 2.0,
                // Set by hand: the same as the default weight for a knowledge base with sample
                // questions, since a question with the same words as a title is in scope too.
                same_words: 3.0,
            },
        }
    }

    /// Fits the ranking weights to held-out questions. A choice holds the candidate sections of one
    /// question, and which of them is right.
    pub fn fit_ranking(self, choices: &[Choice<{ SectionFeatures::N }>]) -> Calibration {
        let weights = fit::fit_conditional_logit(choices, self.ranking.to_array(), PRIOR_STRENGTH);
        Calibration { ranking: SectionFeatures::from_array(weights), ..self }
    }

    /// Fits the scope weights to held-out questions in and out of scope. Returns the calibration
    /// unchanged if all questions are in scope, or all are out of scope.
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
    /// For a follow-up question, the logit is the weighted mean of two logits. `features` were
    /// computed with the product name inherited from the section shown last, `standalone` without
    /// that name. The inherited name alone does not show that the question is in scope.
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

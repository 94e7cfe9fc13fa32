//! The weights of the features that rank sections and that detect out-of-scope questions.

use serde::{Deserialize, Serialize};

use super::fit::{self, Case, Choice};
use super::scoring_features::{ScopeFeatures, SectionFeatures};
use super::topic::FollowUpKind;

/// The weights of all scoring features. Training fits the weights to the knowledge base, starting
/// from weights fitted to other knowledge bases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// The weights for ranking the sections. A section's score is the dot product of these weights
    /// and the section's features.
    pub ranking: SectionFeatures,
    /// The weights of the logistic regression that estimates whether a question is in scope.
    pub scope: ScopeFeatures,
}

/// The strength of the prior: the weights fitted to other knowledge bases count as much as this
/// many observed questions. The weights of a small knowledge base therefore stay near them. The
/// scope weights stay nearer, because what a knowledge base lacks is seen less well in its own
/// texts.
const RANKING_PRIOR_STRENGTH: f64 = 10.0;
const SCOPE_PRIOR_STRENGTH: f64 = 30.0;

/// The prior odds that a question is in scope: 3 to 1, because most questions that users ask are
/// about the article. The fit of the scope weights does not include these odds: it gives in-scope
/// and out-of-scope questions the same total weight.
const PRIOR_ODDS: f64 = 3.0;

/// The weight of a verbatim sample, in the ranking and in the scope. It outweighs all other
/// features together. It is not fitted, because no held-out question is verbatim.
const VERBATIM_WEIGHT: f64 = 20.0;

/// The weight of a name that the best section does not use, in the scope. Set by hand, because the
/// questions of the other knowledge bases mention hardly any names. A knowledge base with samples
/// fits it to its own questions with other names.
const FOREIGN_NAME_WEIGHT: f64 = -4.0;

/// The weights for a knowledge base with many sample questions.
///
/// The scope weights were fitted to the questions of 24 knowledge bases: parts of HWU64 and
/// CLINC150 and of the built-in knowledge base, with 1 to 40 sample questions a section and with
/// and without out-of-scope questions. Each knowledge base counts the same. Leaving out the
/// knowledge bases of one source changes the results of the fit for that source little
/// (`docs/evaluation.md`).
const WITH_SAMPLES: Calibration = Calibration {
    ranking: SectionFeatures {
        // SVM margins range from about −1 to 1, so this weight changes a section's logit by up to
        // 8. In practice, no other feature changes the logit as much.
        svm_margin: 4.0,
        // The cosine ranges from 0 to 1. This weight is lower than that of the SVM margin, because
        // the cosine depends on one sample question only, and the SVM is trained on all of them.
        sample_cosine: 3.0,
        // A section text that matches the question scores about 0.4, so this weight adds 5 to the
        // section's logit.
        text_score: 12.0,
        is_verbatim: VERBATIM_WEIGHT,
        // The penalty for a section about another product than the question names. The penalty is
        // less than the effect of an SVM margin of 1, since the question may name its product only
        // for a comparison.
        other_product: -3.0,
        // The bonus for sections that continue the topic of the conversation. The feature is 0.5 or
        // 0.9, so the bonus is 1.5 or 2.7. The bonus outweighs a slightly higher score of another
        // section.
        topic_continuity: 3.0,
    },
    scope: ScopeFeatures {
        // If all other features are 0, the odds are 1 to 120 that the question is in scope.
        intercept: -4.8,
        svm_margin: 0.7,
        sample_cosine: 2.4,
        text_score: 2.3,
        // Set by hand, because few of the knowledge bases have out-of-scope questions.
        out_of_scope_margin: -0.5,
        out_of_scope_cosine: -1.3,
        word_coverage: 2.6,
        // Raises the logit of long questions, to compensate for their lower cosines and coverage.
        log_tokens: 1.4,
        names_product: 2.5,
        foreign_name: FOREIGN_NAME_WEIGHT,
        same_words: 3.5,
        is_verbatim: VERBATIM_WEIGHT,
    },
};

/// The weights for a knowledge base without sample questions.
///
/// The weights were fitted to questions about encyclopedia paragraphs (CMRC 2018, XQuAD) and about
/// the built-in knowledge base without its samples. Questions about other paragraphs were the
/// unanswerable ones. The paragraphs name no products, so the weights of the product features in
/// the ranking were set by hand.
const WITHOUT_SAMPLES: Calibration = Calibration {
    ranking: SectionFeatures {
        // Zero, because no SVM is trained without sample questions.
        svm_margin: 0.0,
        // The feature is the cosine between the question and the nearest title or alias. Without
        // sample questions, titles and aliases are the only samples.
        sample_cosine: 10.0,
        // The largest weight, because without sample questions, the section's text is nearly the
        // only sign that a section answers the question.
        text_score: 34.0,
        is_verbatim: VERBATIM_WEIGHT,
        // Set by hand: the penalty for a section about another product than the question names. The
        // penalty outweighs a text score that is 0.2 higher, since 0.2 · 34 ≈ 7.
        other_product: -7.0,
        // Set by hand: the bonus for a section that continues the topic of the conversation. If the
        // question contains a pronoun, the feature is 0.9 and the bonus is 0.9 · 8 = 7.2. The bonus
        // then outweighs the penalty of 7 for another product.
        topic_continuity: 8.0,
    },
    scope: ScopeFeatures {
        // Roughly cancels out the features of a typical question. A text score of 0.4 adds 10 · 0.4
        // = 4 to the logit, a coverage of 0.6 adds 4, and a length of ten tokens adds 5.
        intercept: -11.0,
        svm_margin: 0.0,
        sample_cosine: 2.4,
        text_score: 9.7,
        out_of_scope_margin: 0.0,
        out_of_scope_cosine: -1.3,
        word_coverage: 6.5,
        log_tokens: 2.3,
        names_product: 4.2,
        foreign_name: FOREIGN_NAME_WEIGHT,
        same_words: 1.3,
        is_verbatim: VERBATIM_WEIGHT,
    },
};

impl Calibration {
    /// Returns the weights to start from: between those for knowledge bases without sample
    /// questions and those for knowledge bases with many.
    ///
    /// The weights change gradually with the number of samples, so that adding the first sample
    /// question does not change all decisions at once.
    pub fn prior(samples_per_section: f64) -> Calibration {
        let share = samples_per_section / (samples_per_section + 1.0);
        Calibration {
            ranking: SectionFeatures::from_array(between(
                WITHOUT_SAMPLES.ranking.to_array(),
                WITH_SAMPLES.ranking.to_array(),
                share,
            )),
            scope: ScopeFeatures::from_array(between(
                WITHOUT_SAMPLES.scope.to_array(),
                WITH_SAMPLES.scope.to_array(),
                share,
            )),
        }
    }

    /// Fits the ranking weights to held-out questions. A choice holds the candidate sections of one
    /// question, and which of them is right.
    pub fn fit_ranking(self, choices: &[Choice<{ SectionFeatures::N }>]) -> Calibration {
        let weights = fit::fit_conditional_logit(choices, self.ranking.to_array(), RANKING_PRIOR_STRENGTH);
        Calibration { ranking: SectionFeatures::from_array(weights), ..self }
    }

    /// Fits the scope weights to held-out questions in and out of scope. Returns the calibration
    /// unchanged if all questions are in scope, or all are out of scope.
    pub fn fit_scope(self, cases: &[Case<{ ScopeFeatures::N }>]) -> Calibration {
        let has_both = cases.iter().any(|c| c.is_true) && cases.iter().any(|c| !c.is_true);
        if !has_both {
            return self;
        }
        let weights = fit::fit_logistic(cases, self.scope.to_array(), SCOPE_PRIOR_STRENGTH);
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

/// Returns the point at a share of the way from `start` to `end`.
fn between<const N: usize>(start: [f64; N], end: [f64; N], share: f64) -> [f64; N] {
    std::array::from_fn(|at| start[at] + share * (end[at] - start[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_without_evidence_is_out_of_scope() {
        let nothing = ScopeFeatures { intercept: 1.0, ..ScopeFeatures::default() };
        let same = ScopeFeatures { same_words: 1.0, sample_cosine: 1.0, word_coverage: 1.0, ..nothing };
        let calibration = WITH_SAMPLES;
        assert!(calibration.in_scope(&nothing, None) < 0.03);
        assert!(calibration.in_scope(&same, None) > 0.95);
    }

    #[test]
    fn the_prior_odds_hold_where_the_evidence_is_even() {
        let even = WITH_SAMPLES.in_scope(&ScopeFeatures::default(), None);
        assert!((even - PRIOR_ODDS / (1.0 + PRIOR_ODDS)).abs() < 1e-12);
    }

    #[test]
    fn the_prior_changes_gradually() {
        assert_eq!(Calibration::prior(0.0), WITHOUT_SAMPLES);
        let weights = [0.0, 0.5, 1.0, 5.0, 100.0].map(|samples| Calibration::prior(samples).ranking.svm_margin);
        assert!(weights.is_sorted() && weights[2] == WITH_SAMPLES.ranking.svm_margin / 2.0, "{weights:?}");
        let many = Calibration::prior(1e9).scope.to_array();
        assert!(many.iter().zip(WITH_SAMPLES.scope.to_array()).all(|(many, limit)| (many - limit).abs() < 1e-6));
    }

    #[test]
    fn a_follow_up_lies_between_its_two_readings() {
        let calibration = WITH_SAMPLES;
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
        let before = WITH_SAMPLES;
        let after = before.fit_ranking(&choices);
        assert!(after.ranking.text_score > before.ranking.text_score);
        assert!((after.ranking.svm_margin - before.ranking.svm_margin).abs() < 1e-9);
        assert_eq!(after.scope, before.scope);
    }

    #[test]
    fn a_scope_of_one_kind_only_is_not_fitted() {
        let case = |is_true| Case { features: ScopeFeatures::default().to_array(), is_true, weight: 1.0 };
        let before = WITH_SAMPLES;
        assert_eq!(before.fit_scope(&[case(true), case(true)]), before);
        let of = |is_true: bool| {
            let features =
                ScopeFeatures { intercept: 1.0, word_coverage: f64::from(u8::from(is_true)), ..Default::default() };
            Case { features: features.to_array(), is_true, weight: 1.0 }
        };
        let cases: Vec<_> = (0..100).flat_map(|_| [of(true), of(false)]).collect();
        assert!(before.fit_scope(&cases).scope.word_coverage > before.scope.word_coverage);
    }
}

//! Turns the scores of the sections into a decision: answer, clarify or decline.

use super::calibration::Calibration;
use super::costs::{self, CheapestAction, Offer, Probabilities};
use super::fit;
use super::model::Model;
use super::sample_index::SAME_WORDS;
use super::score::Scores;
use super::smalltalk::Smalltalk;
use super::topic::{FollowUpKind, Topic};
use super::unstated::Unstated;

/// The response to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Show the best section.
    Answer,
    /// Ask the user which of [`Match::options`] is meant.
    Clarify,
    /// Say that the article does not answer the question.
    Decline,
    /// Reply to a message that asks nothing of the article, such as a greeting.
    Smalltalk(Smalltalk),
}

impl Decision {
    /// The name of the decision in `--json` output and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Decision::Answer => "answer",
            Decision::Clarify => "clarify",
            Decision::Decline => "decline",
            Decision::Smalltalk(_) => "smalltalk",
        }
    }
}

/// A section that may answer the question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The section: an index into `Knowledge::sections`.
    pub section: usize,
    /// The logit of the section. Only the differences between the scores for one question are
    /// meaningful.
    pub score: f64,
    /// The probability that this section answers the question, between 0 and 1.
    pub confidence: f64,
}

/// The result of matching a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The response to the question.
    pub decision: Decision,
    /// The probability that the decision is right, between 0 and 1.
    pub confidence: f64,
    /// The best candidates, at most five: the section to show first, then the others, best first.
    pub sections: Vec<Candidate>,
    /// The sentence that best answers the question: an index into the body sentences of the first
    /// of `sections`. `None` if no sentence matches the question.
    pub highlight: Option<usize>,
    /// The probability that the question is in scope, between 0 and 1.
    pub in_scope: f64,
    /// The number of sections, from the start of `sections`, that a clarification offers.
    pub option_count: usize,
    /// What the question asks for that the knowledge base does not state. `None` if it may state
    /// everything, or if the question is hardly in scope.
    pub unstated: Option<Unstated>,
}

/// Maximum number of candidate sections in a [`Match`].
const MAX_SECTIONS: usize = 5;

/// Minimum number of sections that a clarification offers, if the knowledge base has as many.
const MIN_OPTIONS: usize = 2;
/// Maximum number of sections that a clarification offers. A longer list would take too long to
/// read.
const MAX_OPTIONS: usize = 3;
/// A clarification offers a third section only if its probability is at least this fraction of the
/// best section's probability.
const MIN_OPTION_RATIO: f64 = 0.1;
/// The same for the sections that a decline offers, which cost the user less than a clarification.
const MIN_NEAR_RATIO: f64 = 0.03;

/// Minimum probability that the question is in scope, for showing inline results while the user is
/// still typing.
const MIN_PLAUSIBLE: f64 = 0.1;

/// Minimum confidence at which a possible follow-up question is treated as a question about a new
/// topic. This is the confidence of the best section, scored as if no section had been shown
/// before.
const STANDALONE_MIN: f64 = 0.85;
/// The minimum confidence for a question with many words of content, which is understood without
/// context.
const STANDALONE_MIN_LONG: f64 = 0.5;
/// The number of words of content from which [`STANDALONE_MIN_LONG`] holds.
const SELF_CONTAINED: f32 = 4.0;
/// The number of words of content from which a question with a pronoun may start a new topic. The
/// pronoun may stand for something in the question itself.
const SELF_CONTAINED_WITH_ANAPHORA: f32 = 5.0;
/// The number of words of content from which [`STANDALONE_MIN_LONG`] holds with a pronoun too.
const LONG_WITH_ANAPHORA: f32 = 7.5;

/// Minimum probability that a question is in scope if it is surely about the knowledge base.
/// Whoever asks "when?" below a section asks about that section.
const MIN_SURE_IN_SCOPE: f64 = 0.8;

/// What is known of a question besides its scores.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DecisionHints<'a> {
    /// The product of each section, for a question that seeks a product and for a follow-up. Any
    /// section of the right product is then a right answer.
    pub merged: Option<&'a [Option<usize>]>,
    /// Whether the question is about the knowledge base, whatever the scores: it means nothing
    /// without what the bot has shown before, or it is a word that only one section uses.
    pub is_surely_in_scope: bool,
    /// Whether the question leaves its subject to the conversation, and nothing was shown before.
    pub lacks_subject: bool,
}

impl Match {
    /// Creates a match for a message that asks for a section itself, not for an answer.
    pub(crate) fn of_section(section: usize, score: f64) -> Match {
        let sections = vec![Candidate { section, score, confidence: 1.0 }];
        Match { decision: Decision::Answer, sections, in_scope: 1.0, ..Match::without_candidates() }
    }

    /// Creates a match for small talk, which needs no section.
    pub(crate) fn smalltalk(kind: Smalltalk) -> Match {
        Match { decision: Decision::Smalltalk(kind), ..Match::without_candidates() }
    }

    fn without_candidates() -> Match {
        Match {
            decision: Decision::Decline,
            confidence: 1.0,
            sections: Vec::new(),
            highlight: None,
            in_scope: 0.0,
            option_count: 0,
            unstated: None,
        }
    }

    /// Answers with one of the sections.
    pub(super) fn answer_with(&mut self, at: usize) {
        self.decision = Decision::Answer;
        self.sections[..=at].rotate_right(1);
        self.confidence = self.sections[0].confidence;
    }

    /// True if the sections are worth showing as inline results. The threshold is low, because the
    /// user sees at once whether a result fits.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.in_scope >= MIN_PLAUSIBLE
    }

    /// Returns the sections that a declined question is nearest to, best first. Empty if the
    /// question is hardly in scope.
    #[must_use]
    pub fn nearest(&self) -> &[Candidate] {
        let min = self.sections.first().map_or(0.0, |best| best.confidence * MIN_NEAR_RATIO);
        let is_near = |c: &&Candidate| self.is_plausible() && c.confidence >= min;
        &self.sections[..self.sections.iter().take(MAX_OPTIONS).take_while(is_near).count()]
    }

    /// Returns the sections to offer in a clarification.
    #[must_use]
    pub fn options(&self) -> &[Candidate] {
        &self.sections[..self.option_count.min(self.sections.len())]
    }
}

/// Decides how to respond to a question. For a follow-up question, `standalone` holds the
/// question's scores without the topic of the conversation.
pub(super) fn decide(
    calibration: &Calibration,
    wrong_answer_cost: f64,
    scores: &Scores,
    standalone: Option<(&Scores, FollowUpKind)>,
    hints: DecisionHints<'_>,
) -> Match {
    if scores.ranked.is_empty() {
        return Match::without_candidates();
    }
    let standalone = standalone.map(|(scores, kind)| (scores.scope_features(), kind));
    let standalone = standalone.as_ref().map(|(features, kind)| (features, *kind));
    let in_scope = calibration.in_scope(&scores.scope_features(), standalone);
    let in_scope = if hints.is_surely_in_scope { in_scope.max(MIN_SURE_IN_SCOPE) } else { in_scope };
    let probabilities = section_probabilities(scores);
    let sections: Vec<Candidate> = scores
        .ranked
        .iter()
        .zip(&probabilities)
        .take(MAX_SECTIONS)
        .map(|(s, p)| Candidate { section: s.section, score: s.score, confidence: in_scope * p })
        .collect();
    let close = probabilities.iter().take_while(|p| **p >= probabilities[0] * MIN_OPTION_RATIO);
    let close_count = close.take(MAX_OPTIONS).count();
    let option_count = close_count.max(MIN_OPTIONS).min(sections.len());
    let options: f64 = sections[..option_count].iter().map(|c| c.confidence).sum();
    let first = sections[0].section;
    let is_right = |c: &&Candidate| {
        c.section == first || hints.merged.is_some_and(|of| of[first].is_some() && of[c.section] == of[first])
    };
    let best: f64 = sections.iter().filter(is_right).map(|c| c.confidence).sum();
    let offer = match close_count {
        _ if option_count < MIN_OPTIONS => Offer::None,
        1 if !hints.lacks_subject => Offer::SinglePlausible,
        _ => Offer::Several,
    };
    let action = costs::cheapest(wrong_answer_cost, Probabilities { in_scope, best, options }, offer);
    let (decision, confidence) = match action {
        CheapestAction::Answer => (Decision::Answer, best),
        CheapestAction::Clarify => (Decision::Clarify, options),
        CheapestAction::Decline => (Decision::Decline, 1.0 - in_scope),
    };
    Match { decision, confidence, sections, highlight: None, in_scope, option_count, unstated: None }
}

/// True if a possible follow-up question starts a new topic instead of continuing `topic`.
/// `standalone` holds the scores of the question without that topic, and `content` is the number of
/// its words of content.
pub(super) fn starts_new_topic(model: &Model, standalone: &Scores, topic: Topic, content: f32) -> bool {
    let Some(best) = standalone.ranked.first() else { return false };
    let product = model.section_products[best.section];
    let continues =
        product == model.section_products[topic.section] && (product.is_some() || best.section == topic.section);
    let has_same_words = product.is_none() && best.features.sample_cosine >= SAME_WORDS;
    let min = match topic.has_anaphora {
        _ if has_same_words => 0.0,
        true if content >= LONG_WITH_ANAPHORA => STANDALONE_MIN_LONG,
        true if content >= SELF_CONTAINED_WITH_ANAPHORA => STANDALONE_MIN,
        true => return false,
        false if content >= SELF_CONTAINED => STANDALONE_MIN_LONG,
        false => STANDALONE_MIN,
    };
    let in_scope = model.calibration.in_scope(&standalone.scope_features(), None);
    let confidence = in_scope * section_probabilities(standalone)[0];
    !continues && confidence >= min
}

/// Returns the probability of each candidate section, given that the question is in scope.
fn section_probabilities(scores: &Scores) -> Vec<f64> {
    let logits: Vec<f64> = scores.ranked.iter().map(|s| s.score).collect();
    fit::softmax(&logits)
}

#[cfg(test)]
mod tests {
    use super::super::score::Scored;
    use super::super::scoring_features::SectionFeatures;
    use super::*;

    /// Creates one candidate section per logit. The features are those of a question that is
    /// clearly in scope if `is_in_scope` is true, and clearly out of scope if it is false.
    fn scores(logits: &[f64], is_in_scope: bool) -> Scores {
        let evidence = if is_in_scope { 1.0 } else { 0.0 };
        let features = SectionFeatures { svm_margin: evidence, sample_cosine: evidence, ..SectionFeatures::default() };
        let scored = |(section, score): (usize, &f64)| Scored {
            section,
            features,
            score: *score,
            word_coverage: evidence,
            foreign_name: 0.0,
        };
        Scores {
            ranked: logits.iter().enumerate().map(scored).collect(),
            out_of_scope_margin: if is_in_scope { -1.0 } else { 1.0 },
            out_of_scope_cosine: 0.0,
            token_count: 4,
            names_product: false,
            verbatim_class: None,
        }
    }

    fn decide(scores: &Scores) -> Match {
        super::decide(&Calibration::prior(100.0), 3.0, scores, None, DecisionHints::default())
    }

    #[track_caller]
    fn check(logits: &[f64], is_in_scope: bool, decision: Decision, option_count: usize) {
        let matched = decide(&scores(logits, is_in_scope));
        assert_eq!((matched.decision, matched.option_count), (decision, option_count), "{matched:?}");
    }

    #[test]
    fn decides_by_the_distance_of_the_candidates() {
        check(&[5.0, 0.0, 0.0], true, Decision::Answer, 2);
        check(&[5.0, 4.8, 0.0], true, Decision::Clarify, 2);
        check(&[5.0, 4.9, 4.8, 4.7], true, Decision::Clarify, 3);
        check(&[5.0], true, Decision::Answer, 1);
        check(&[5.0, 0.0], false, Decision::Decline, 2);
        check(&[], true, Decision::Decline, 0);
    }

    #[test]
    fn a_third_option_is_a_tenth_as_probable_as_the_first() {
        let tenth = 10.0_f64.ln();
        assert_eq!(decide(&scores(&[5.0, 5.0, 5.0 - tenth + 1e-6], true)).option_count, 3);
        assert_eq!(decide(&scores(&[5.0, 5.0, 5.0 - tenth - 1e-6], true)).option_count, 2);
    }

    #[test]
    fn confidences_share_out_the_probability_of_being_in_scope() {
        let matched = decide(&scores(&[2.0, 1.0, 0.5], true));
        let sum: f64 = matched.sections.iter().map(|c| c.confidence).sum();
        assert!((sum - matched.in_scope).abs() < 1e-12);
        let ratio = matched.sections[0].confidence / matched.sections[1].confidence;
        assert!((ratio - 1.0_f64.exp()).abs() < 1e-9);
    }

    #[test]
    fn the_confidence_is_that_of_the_decision() {
        let answer = decide(&scores(&[5.0, 0.0], true));
        assert_eq!(answer.confidence, answer.sections[0].confidence);
        let clarify = decide(&scores(&[5.0, 4.8, 0.0], true));
        assert_eq!(clarify.confidence, clarify.options().iter().map(|c| c.confidence).sum::<f64>());
        let decline = decide(&scores(&[5.0, 0.0], false));
        assert_eq!(decline.confidence, 1.0 - decline.in_scope);
    }

    #[test]
    fn a_match_lists_five_sections_at_most() {
        let matched = decide(&scores(&[1.0; 9], true));
        assert_eq!((matched.sections.len(), matched.options().len()), (MAX_SECTIONS, MAX_OPTIONS));
    }

    #[test]
    fn a_follow_up_that_says_nothing_itself_is_less_sure() {
        let (inherited, alone) = (scores(&[5.0, 0.0], true), scores(&[0.0, 0.0], false));
        let of = |standalone| {
            super::decide(&Calibration::prior(100.0), 3.0, &inherited, standalone, DecisionHints::default()).in_scope
        };
        assert!(of(Some((&alone, FollowUpKind::Implicit))) < of(Some((&alone, FollowUpKind::Possessive))));
        assert!(of(Some((&alone, FollowUpKind::Possessive))) < of(None));
    }

    #[test]
    fn only_what_is_plausible_is_suggested() {
        let at = |in_scope| Match { in_scope, ..Match::without_candidates() }.is_plausible();
        assert!(at(MIN_PLAUSIBLE) && !at(MIN_PLAUSIBLE - 1e-9));
    }

    #[test]
    fn the_nearest_sections_are_few_and_near() {
        let nearest = |logits: &[f64], in_scope| Match { in_scope, ..decide(&scores(logits, true)) }.nearest().len();
        assert_eq!(nearest(&[1.0; 5], 0.4), MAX_OPTIONS);
        assert_eq!(nearest(&[5.0, 4.9, 0.0], 0.4), 2);
        assert_eq!(nearest(&[1.0; 5], MIN_PLAUSIBLE / 2.0), 0);
        assert_eq!(nearest(&[], 0.4), 0);
    }
}

//! From scores to a decision: answer, ask back, or decline.

use super::calibration::{self, FollowUpKind};
use super::fit;
use super::model::Model;
use super::score::{Scores, Topic};
use super::smalltalk::Smalltalk;

/// What to do with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Show the first section.
    Answer,
    /// Ask which of [`Match::offered`] is meant.
    Clarify,
    /// Say that the article does not tell.
    Decline,
    /// Reply in kind.
    Smalltalk(Smalltalk),
}

impl Decision {
    /// The decision in a word, as `--json` and the log name it.
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

/// A section that comes near, and how sure it is that it is the one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The section: an index into the knowledge.
    pub section: usize,
    /// Its score: the sum of what speaks for it and against it. Only differences between sections mean something.
    pub score: f64,
    /// How probable it is that this section answers the question, between 0 and 1.
    pub confidence: f64,
}

/// What the matcher made of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// What to do.
    pub decision: Decision,
    /// How sure the decision is, between 0 and 1.
    pub confidence: f64,
    /// The sections that come nearest, best first, five at most.
    pub sections: Vec<Candidate>,
    /// The sentence of the first section that answers best, by its number in the body, if one stands out.
    pub highlight: Option<usize>,
    /// How probable it is that the question is ours at all, between 0 and 1.
    pub in_scope: f64,
    /// How many of `sections` to offer when asking back.
    pub offered: usize,
}

/// Most sections that a match names.
const MAX_SECTIONS: usize = 5;

impl Match {
    /// A match for small talk: nothing to look up.
    pub(super) fn smalltalk(kind: Smalltalk) -> Match {
        Match {
            decision: Decision::Smalltalk(kind),
            confidence: 1.0,
            sections: Vec::new(),
            highlight: None,
            in_scope: 0.0,
            offered: 0,
        }
    }

    /// Is it worth showing to somebody who is still typing, and can see at a glance whether it fits?
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.in_scope >= calibration::MIN_PLAUSIBLE
    }

    /// The sections to choose from when asking back.
    #[must_use]
    pub fn offered(&self) -> &[Candidate] {
        &self.sections[..self.offered.min(self.sections.len())]
    }
}

pub(super) fn decide(index: &Model, scores: &Scores, alone: Option<(&Scores, FollowUpKind)>) -> Match {
    let alone = alone.map(|(scores, how)| (scores.signs(), how));
    if scores.ranked.is_empty() {
        return Match {
            decision: Decision::Decline,
            confidence: 1.0,
            sections: Vec::new(),
            highlight: None,
            in_scope: 0.0,
            offered: 0,
        };
    }
    let ours = index.weights.probability_ours(&scores.signs(), alone.as_ref().map(|(signs, how)| (signs, *how)));
    let all: Vec<f64> = scores.ranked.iter().map(|s| s.score).collect();
    let shares = fit::softmax(&all);
    let sections: Vec<Candidate> = scores
        .ranked
        .iter()
        .zip(&shares)
        .take(MAX_SECTIONS)
        .map(|(s, share)| Candidate { section: s.section, score: s.score, confidence: ours * share })
        .collect();
    let near = shares.iter().take_while(|share| **share >= shares[0] * calibration::MIN_OFFERED_SHARE);
    let offered = near.take(calibration::MAX_OFFERED).count();
    let of_offered: f64 = sections[..offered].iter().map(|c| c.confidence).sum();
    let mut costs = calibration::costs(index.wrong_answer_costs, ours, sections[0].confidence, of_offered);
    if offered < 2 {
        // There is nothing to choose from.
        costs.ask = f64::INFINITY;
    }
    let decision = if costs.decline < costs.answer.min(costs.ask) {
        Decision::Decline
    } else if costs.ask < costs.answer {
        Decision::Clarify
    } else {
        Decision::Answer
    };
    let confidence = match decision {
        Decision::Decline => 1.0 - ours,
        Decision::Clarify => of_offered,
        _ => sections[0].confidence,
    };
    Match { decision, confidence, sections, highlight: None, in_scope: ours, offered }
}

/// Does a question say by itself what it is about, and is that another thing than what was spoken of before?
pub(super) fn speaks_for_itself(index: &Model, alone: &Scores, context: Topic) -> bool {
    let Some(best) = alone.ranked.first() else { return false };
    let product = index.products[best.section];
    let goes_on = product == index.products[context.section] && (product.is_some() || best.section == context.section);
    let all: Vec<f64> = alone.ranked.iter().map(|s| s.score).collect();
    let sure = index.weights.probability_ours(&alone.signs(), None) * fit::softmax(&all)[0];
    !goes_on && !context.is_pointed_at && sure >= calibration::ENOUGH_ALONE
}

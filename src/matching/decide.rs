//! From scores to a decision: answer, ask back, or decline.

use super::score::{Scored, Scores};
use super::smalltalk::Smalltalk;
use super::weights::{self, Signs};

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
    /// Its score, between 0 and 1.
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
    pub ours: f64,
    /// The score of the questions that are known to be none of ours.
    pub declined: f64,
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
            ours: 0.0,
            declined: 0.0,
            offered: 0,
        }
    }

    /// Is it worth showing to somebody who is still typing, and can see at a glance whether it fits?
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.ours >= weights::MIN_PLAUSIBLE
    }

    /// The sections to choose from when asking back.
    #[must_use]
    pub fn offered(&self) -> &[Candidate] {
        &self.sections[..self.offered.min(self.sections.len())]
    }
}

pub(super) fn decide(scores: &Scores) -> Match {
    let declined = scores.declined.score();
    let Some(&best) = scores.ranked.first() else {
        return Match {
            decision: Decision::Decline,
            confidence: 1.0,
            sections: Vec::new(),
            highlight: None,
            ours: 0.0,
            declined,
            offered: 0,
        };
    };
    let ours = weights::probability_ours(&signs(best, scores));
    let shares = shares(&scores.ranked);
    let with_shares = scores.ranked.iter().zip(&shares).take(MAX_SECTIONS);
    let sections: Vec<Candidate> = with_shares
        .map(|(s, share)| Candidate { section: s.section, score: s.score(), confidence: ours * share })
        .collect();
    let near = shares.iter().take_while(|share| **share >= shares[0] * weights::MIN_OFFERED_SHARE);
    let offered = near.take(weights::MAX_OFFERED).count();
    let decision = if ours < weights::MIN_OURS {
        Decision::Decline
    } else if shares[0] < weights::MIN_SHARE && offered > 1 {
        Decision::Clarify
    } else {
        Decision::Answer
    };
    let confidence = match decision {
        Decision::Decline => 1.0 - ours,
        Decision::Clarify => sections[..offered].iter().map(|c| c.confidence).sum(),
        _ => sections[0].confidence,
    };
    Match { decision, confidence, sections, highlight: None, ours, declined, offered }
}

fn signs(best: Scored, scores: &Scores) -> Signs {
    Signs {
        likeness: best.likeness,
        coverage: best.coverage,
        declined_likeness: scores.declined.likeness,
        declined_coverage: scores.declined.coverage,
        unknown: scores.unknown,
        terms: scores.terms,
        names_product: scores.names_product,
    }
}

/// How the probability divides among the sections.
fn shares(ranked: &[Scored]) -> Vec<f64> {
    let Some(best) = ranked.first().map(Scored::score) else { return Vec::new() };
    let weights: Vec<f64> = ranked.iter().map(|s| ((s.score() - best) * weights::SHARPNESS).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

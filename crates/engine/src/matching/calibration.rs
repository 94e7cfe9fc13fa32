//! The weights that scores and probabilities are made of, and the costs that decisions follow from.

use super::fit::{self, Case, Choice};
use super::score::{ScopeFeatures, SectionFeatures};
use serde::{Deserialize, Serialize};

/// What each sign counts. A base with enough sample questions has them fitted: every fifth question is held out, and the weights are chosen under which these fare best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// For a section, among the others.
    pub sections: SectionFeatures,
    /// For a question being ours at all.
    pub ours: ScopeFeatures,
}

/// The prior counts for so many questions: a small base stays near it.
const PRIOR_STRENGTH: f64 = 20.0;

impl Default for Calibration {
    fn default() -> Calibration {
        Calibration {
            sections: [4.0, 3.0, 10.0, -2.0, 3.0],
            ours: [-3.0, 2.0, 2.0, 3.0, -2.0, -2.0, -4.0, 0.5, 1.0, 3.0],
        }
    }
}

impl Calibration {
    /// For a base without sample questions, where nothing can be held out. Fitted on encyclopaedia paragraphs (CMRC 2018, XQuAD) against questions about other paragraphs;
    /// what names add is set by hand.
    pub fn of_texts() -> Calibration {
        Calibration {
            sections: [0.0, 10.0, 34.0, -7.0, 8.0],
            ours: [-18.0, 0.0, 3.0, 30.0, 0.0, -5.0, 0.0, 3.4, 2.0, 3.0],
        }
    }

    /// Fitted to which section was right.
    pub fn with_sections(self, choices: &[Choice<5>]) -> Calibration {
        Calibration { sections: fit::choice(choices, self.sections, PRIOR_STRENGTH), ..self }
    }

    /// Fitted to which question was ours.
    pub fn with_ours(self, cases: &[Case<10>]) -> Calibration {
        let has_both = cases.iter().any(|c| c.is_true) && cases.iter().any(|c| !c.is_true);
        if has_both { Calibration { ours: fit::chance(cases, self.ours, PRIOR_STRENGTH), ..self } } else { self }
    }

    /// How probable it is that a question is ours. One that leans on what was spoken of before is seen both ways, with the name taken over (`signs`) and without it (`alone`): the name by itself
    /// speaks for no question.
    pub fn probability_ours(&self, signs: &ScopeFeatures, alone: Option<(&ScopeFeatures, FollowUpKind)>) -> f64 {
        let leaning = fit::dot(&self.ours, signs);
        let logit = alone.map_or(leaning, |(alone, how)| {
            let share = how.share();
            share * leaning + (1.0 - share) * fit::dot(&self.ours, alone)
        });
        fit::logistic(logit + PRIOR_ODDS.ln())
    }
}

/// How a question leans on what was spoken of before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUpKind {
    /// It names nothing itself, or just points back.
    Silently,
    /// It asks for something of what was spoken of ("its price").
    AskingOfIt,
}

impl FollowUpKind {
    /// How much the reading with the name taken over counts beside the reading without it.
    fn share(self) -> f64 {
        match self {
            FollowUpKind::Silently => 0.4,
            FollowUpKind::AskingOfIt => 0.8,
        }
    }
}

/// From this probability on, a question that could lean on what was spoken of before is taken to speak of something else by itself.
pub(super) const ENOUGH_ALONE: f64 = 0.85;

/// Of the questions put to a bot about an article, three in four are about what the article tells. (The curve itself is fitted as if half were.)
const PRIOR_ODDS: f64 = 3.0;

/// What it costs to ask back needlessly: one more tap.
const COST_OF_ASKING: f64 = 1.0;
/// What it costs to decline what could be answered.
const COST_OF_DECLINING: f64 = 2.0;

/// What each thing that can be done is expected to cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costs {
    pub answer: f64,
    pub ask: f64,
    pub decline: f64,
}

/// `wrong_answer`: what one costs, as the base has it; `ours`: how probable it is that the question is ours; `first`: that the first section answers it; `offered`: that one of those does which would be
/// offered.
pub(super) fn costs(wrong_answer: f64, ours: f64, first: f64, offered: f64) -> Costs {
    Costs {
        answer: wrong_answer * (1.0 - first),
        // A choice that the right section is not in ends in a decline.
        ask: COST_OF_ASKING + COST_OF_DECLINING * (ours - offered).max(0.0),
        decline: COST_OF_DECLINING * ours,
    }
}

/// From this probability on, a section is shown to somebody who is still typing.
pub(super) const MIN_PLAUSIBLE: f64 = 0.1;

/// Most sections to choose from: more is a list to read, not a question.
pub(super) const MAX_OFFERED: usize = 3;

/// A section is worth offering if it is at least this part as probable as the first one.
pub(super) const MIN_OFFERED_SHARE: f64 = 0.1;

//! Chooses the response to a question with the lowest expected cost.

/// The cost of a clarification: the user has to tap one more button. The other costs are expressed
/// in units of this cost.
const CLARIFY_COST: f64 = 1.0;
/// What a clarification costs more than [`CLARIFY_COST`], compared with an answer, if only one
/// section is plausible: the user is hardly asked anything.
const SINGLE_OPTION_COST: f64 = 0.25;
/// The cost of declining a question that could be answered: the user has to rephrase the question.
const DECLINE_COST: f64 = 2.0;

/// The probabilities that the expected costs are computed from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probabilities {
    /// The probability that the question is in scope.
    pub in_scope: f64,
    /// The probability that the best section answers the question.
    pub best: f64,
    /// The probability that one of the sections that a clarification would offer answers the
    /// question.
    pub options: f64,
}

/// The possible responses to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheapestAction {
    Answer,
    Clarify,
    Decline,
}

/// What a clarification could offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// Fewer than two sections.
    None,
    /// Several sections, of which only one is plausible.
    SinglePlausible,
    /// Several plausible sections.
    Several,
}

/// Returns the action with the lowest expected cost.
pub(super) fn cheapest(wrong_answer_cost: f64, p: Probabilities, offer: Offer) -> CheapestAction {
    let answer = wrong_answer_cost * (1.0 - p.best);
    // If the question is in scope but none of the offered sections answers it, the clarification
    // also costs as much as a decline.
    let clarify = match offer {
        Offer::None => f64::INFINITY,
        Offer::SinglePlausible | Offer::Several => CLARIFY_COST + DECLINE_COST * (p.in_scope - p.options).max(0.0),
    };
    let extra_cost = if offer == Offer::SinglePlausible { SINGLE_OPTION_COST } else { 0.0 };
    let decline = DECLINE_COST * p.in_scope;
    if decline < answer.min(clarify) {
        CheapestAction::Decline
    } else if clarify + extra_cost < answer {
        CheapestAction::Clarify
    } else {
        CheapestAction::Answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(in_scope: f64, best: f64, options: f64, expected: CheapestAction) {
        assert_eq!(cheapest(3.0, Probabilities { in_scope, best, options }, Offer::Several), expected);
    }

    #[test]
    fn takes_the_cheapest_action() {
        // The arguments of `check` are the probabilities `in_scope`, `best` and `options`, and the
        // expected action. The expected cost of an answer is 3(1 − best), of a clarification 1 +
        // 2(in_scope − options), and of a decline 2 · in_scope. In the first line, these costs are
        // 0.3, 1 and 2, so the answer is cheapest.
        check(1.0, 0.9, 1.0, CheapestAction::Answer);
        check(1.0, 0.6, 0.95, CheapestAction::Clarify);
        check(1.0, 0.4, 0.4, CheapestAction::Answer);
        check(0.3, 0.2, 0.3, CheapestAction::Decline);
        check(0.9, 0.25, 0.3, CheapestAction::Decline);
        check(0.0, 0.0, 0.0, CheapestAction::Decline);
    }

    #[test]
    fn a_single_plausible_section_is_shown_rather_than_offered() {
        let action = |in_scope, best, options, offer| cheapest(3.0, Probabilities { in_scope, best, options }, offer);
        assert_eq!(action(0.65, 0.62, 0.63, Offer::Several), CheapestAction::Clarify);
        assert_eq!(action(0.65, 0.62, 0.63, Offer::SinglePlausible), CheapestAction::Answer);
        assert_eq!(action(0.9, 0.5, 0.85, Offer::SinglePlausible), CheapestAction::Clarify);
    }

    #[test]
    fn the_border_between_answer_and_clarify() {
        // The first three arguments of `check` are the probabilities `in_scope`, `best` and
        // `options`. Since `options` equals `in_scope`, a clarification costs 1. An answer costs
        // 3(1 − best), which is also 1 at best = 2/3.
        check(1.0, 0.67, 1.0, CheapestAction::Answer);
        check(1.0, 0.66, 1.0, CheapestAction::Clarify);
    }

    #[test]
    fn the_border_between_clarify_and_decline() {
        // The first three arguments of `check` are the probabilities `in_scope`, `best` and
        // `options`. Since `options` equals `in_scope`, a clarification costs 1. A decline costs 2
        // · in_scope, which is also 1 at in_scope = 1/2.
        check(0.51, 0.2, 0.51, CheapestAction::Clarify);
        check(0.49, 0.2, 0.49, CheapestAction::Decline);
    }

    #[test]
    fn the_border_between_answer_and_decline() {
        // All three probabilities are p, and a clarification is not possible. An answer costs 3(1 −
        // p) and a decline costs 2p. Both cost 1.2 at p = 0.6.
        let at = |p| cheapest(3.0, Probabilities { in_scope: p, best: p, options: p }, Offer::None);
        assert_eq!(at(0.61), CheapestAction::Answer);
        assert_eq!(at(0.59), CheapestAction::Decline);
    }

    #[test]
    fn an_equal_cost_is_an_answer() {
        check(1.0, 1.0 - 1.0 / 3.0, 1.0, CheapestAction::Answer);
    }

    #[test]
    fn the_dearer_a_wrong_answer_the_surer_it_must_be() {
        let p = Probabilities { in_scope: 1.0, best: 0.7, options: 1.0 };
        assert_eq!(cheapest(3.0, p, Offer::Several), CheapestAction::Answer);
        assert_eq!(cheapest(4.0, p, Offer::Several), CheapestAction::Clarify);
    }
}

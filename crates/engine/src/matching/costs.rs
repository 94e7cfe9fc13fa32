//! The decision of least expected cost.

/// The cost of asking back needlessly, one more tap. All other costs are multiples of it.
const CLARIFY_COST: f64 = 1.0;
/// The cost of declining a question that could be answered: it has to be put again in other words.
const DECLINE_COST: f64 = 2.0;

/// The probabilities on which a decision rests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probabilities {
    /// That the question is in scope.
    pub in_scope: f64,
    /// That the best section answers it.
    pub best: f64,
    /// That one of the options of a clarification answers it.
    pub options: f64,
}

/// What can be done with a question about the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Answer,
    Clarify,
    Decline,
}

/// The action of least expected cost. `can_clarify`: are there two options or more?
pub(super) fn cheapest(wrong_answer_cost: f64, p: Probabilities, can_clarify: bool) -> Action {
    let answer = wrong_answer_cost * (1.0 - p.best);
    // If the right section is not among the options, a clarification ends in a decline.
    let clarify =
        if can_clarify { CLARIFY_COST + DECLINE_COST * (p.in_scope - p.options).max(0.0) } else { f64::INFINITY };
    let decline = DECLINE_COST * p.in_scope;
    if decline < answer.min(clarify) {
        Action::Decline
    } else if clarify < answer {
        Action::Clarify
    } else {
        Action::Answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(in_scope: f64, best: f64, options: f64, expected: Action) {
        assert_eq!(cheapest(3.0, Probabilities { in_scope, best, options }, true), expected);
    }

    #[test]
    fn takes_the_cheapest_action() {
        // Columns: in scope, best section, all options. Costs: 3(1−best); 1+2(in scope−options);
        // 2·in scope.
        check(1.0, 0.9, 1.0, Action::Answer);
        check(1.0, 0.6, 0.95, Action::Clarify);
        check(1.0, 0.4, 0.4, Action::Answer);
        check(0.3, 0.2, 0.3, Action::Decline);
        check(0.9, 0.25, 0.3, Action::Decline);
        check(0.0, 0.0, 0.0, Action::Decline);
    }

    #[test]
    fn the_border_between_answer_and_clarify() {
        // The clarification costs 1, as do 3(1−2/3).
        check(1.0, 0.67, 1.0, Action::Answer);
        check(1.0, 0.66, 1.0, Action::Clarify);
    }

    #[test]
    fn the_border_between_clarify_and_decline() {
        // The decline costs 1 at one half.
        check(0.51, 0.2, 0.51, Action::Clarify);
        check(0.49, 0.2, 0.49, Action::Decline);
    }

    #[test]
    fn the_border_between_answer_and_decline() {
        // 3(1−best) = 2·in scope where both are 0.6, and nothing can be asked back.
        let at = |p| cheapest(3.0, Probabilities { in_scope: p, best: p, options: p }, false);
        assert_eq!(at(0.61), Action::Answer);
        assert_eq!(at(0.59), Action::Decline);
    }

    #[test]
    fn an_equal_cost_is_an_answer() {
        check(1.0, 1.0 - 1.0 / 3.0, 1.0, Action::Answer);
    }

    #[test]
    fn the_dearer_a_wrong_answer_the_surer_it_must_be() {
        let p = Probabilities { in_scope: 1.0, best: 0.7, options: 1.0 };
        assert_eq!(cheapest(3.0, p, true), Action::Answer);
        assert_eq!(cheapest(4.0, p, true), Action::Clarify);
    }
}

//! The expected costs of the bot's decisions, by the costs that the decisions are made with.

use super::calibration::Prediction;
use super::outcome::Outcome;

/// The cost of a wrong answer, and of an answer to a question that the base does not answer.
const WRONG: f64 = 3.0;
/// The cost of asking back: the user has to tap one more button.
const CLARIFY: f64 = 1.0;
/// The cost of declining a question that the base answers. Asking back without offering the right
/// section costs this much more.
const DECLINE: f64 = 2.0;
/// The weight of all answerable questions together, relative to that of all unanswerable questions.
/// The number of each in the file of questions does not matter.
const ANSWERABLE_WEIGHT: f64 = 3.0;

/// Returns the mean cost of one question. `None` without questions.
pub(super) fn mean_cost(predictions: &[Prediction]) -> Option<f64> {
    weighted_mean(predictions, |prediction| match prediction.outcome {
        Outcome::AnsweredRight | Outcome::DeclinedRight | Outcome::MissingAttribute { .. } => 0.0,
        Outcome::ClarifiedRight | Outcome::ClarifiedUnanswerable => CLARIFY,
        Outcome::ClarifiedWrong => CLARIFY + DECLINE,
        Outcome::AnsweredWrong | Outcome::AnsweredUnanswerable => WRONG,
        Outcome::DeclinedWrong => DECLINE,
    })
}

/// Returns the lowest mean cost that a fixed cut-off would have had: all questions with at least
/// this confidence answered by the best section, the others declined. The cut-off is chosen with
/// the labels in view, so a bot cannot know it beforehand.
pub(super) fn best_cut_off_cost(predictions: &[Prediction]) -> Option<f64> {
    let mut cut_offs: Vec<f64> = predictions.iter().map(|p| p.confidence).collect();
    cut_offs.sort_by(f64::total_cmp);
    cut_offs.dedup();
    cut_offs.push(f64::INFINITY);
    let cost_at = |cut_off: &f64| {
        weighted_mean(predictions, |p| match (p.confidence >= *cut_off, p.answerable) {
            (true, _) if p.right => 0.0,
            (true, _) => WRONG,
            (false, true) => DECLINE,
            (false, false) => 0.0,
        })
    };
    cut_offs.iter().filter_map(cost_at).min_by(f64::total_cmp)
}

/// Returns the mean of a cost, with the weights of answerable and unanswerable questions.
fn weighted_mean(predictions: &[Prediction], cost: impl Fn(&Prediction) -> f64) -> Option<f64> {
    let mean = |answerable: bool| {
        let of_kind = predictions.iter().filter(|p| p.answerable == answerable);
        let (sum, count) = of_kind.fold((0.0, 0), |(sum, count), p| (sum + cost(p), count + 1));
        (count > 0).then(|| sum / f64::from(count))
    };
    match (mean(true), mean(false)) {
        (Some(answerable), Some(unanswerable)) => {
            Some((ANSWERABLE_WEIGHT * answerable + unanswerable) / (ANSWERABLE_WEIGHT + 1.0))
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(outcome: Outcome, confidence: f64) -> Prediction {
        use Outcome::{AnsweredUnanswerable, ClarifiedUnanswerable, DeclinedRight};
        let answerable = !matches!(outcome, DeclinedRight | AnsweredUnanswerable | ClarifiedUnanswerable);
        Prediction { outcome, answerable, in_scope: confidence, confidence, right: outcome == Outcome::AnsweredRight }
    }

    #[track_caller]
    fn check(outcomes: &[(Outcome, f64)], cost: f64, best: f64) {
        let all: Vec<Prediction> =
            outcomes.iter().map(|(outcome, confidence)| prediction(*outcome, *confidence)).collect();
        assert_eq!((mean_cost(&all), best_cut_off_cost(&all)), (Some(cost), Some(best)), "{outcomes:?}");
    }

    #[test]
    fn answerable_questions_weigh_three_times_as_much() {
        check(&[(Outcome::AnsweredRight, 0.9), (Outcome::AnsweredUnanswerable, 0.3)], 0.75, 0.0);
        check(&[(Outcome::DeclinedWrong, 0.5), (Outcome::DeclinedRight, 0.1), (Outcome::DeclinedRight, 0.2)], 1.5, 1.5);
        check(&[(Outcome::ClarifiedRight, 0.5), (Outcome::ClarifiedUnanswerable, 0.2)], 1.0, 1.5);
    }

    #[test]
    fn one_kind_alone_counts_in_full() {
        check(&[(Outcome::AnsweredRight, 0.9), (Outcome::ClarifiedWrong, 0.2)], 1.5, 1.0);
        check(&[(Outcome::AnsweredUnanswerable, 0.9)], 3.0, 0.0);
        assert_eq!((mean_cost(&[]), best_cut_off_cost(&[])), (None, None));
    }
}

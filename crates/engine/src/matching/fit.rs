//! Maximum a posteriori fits of two small models: the conditional logit and logistic regression.
//!
//! Both log-likelihoods are concave, so Newton's method finds the global maximum.

/// Maximum number of Newton iterations. Convergence normally takes fewer.
const MAX_ROUNDS: usize = 30;

/// One observation for the conditional logit: the features of each option, and the right option's
/// index.
pub(super) struct Choice<const N: usize> {
    pub options: Vec<[f64; N]>,
    pub right: usize,
}

/// One observation for logistic regression.
pub(super) struct Case<const N: usize> {
    pub features: [f64; N],
    pub is_true: bool,
    /// The number of observations that this observation counts for.
    pub weight: f64,
}

/// Fits the weights of a conditional logit (McFadden 1974): a softmax of the options' scores gives
/// the probabilities of the options.
///
/// `strength` is the number of observations that the prior weights count for.
pub(super) fn fit_conditional_logit<const N: usize>(choices: &[Choice<N>], prior: [f64; N], strength: f64) -> [f64; N] {
    maximize(prior, strength, |weights, gradient, hessian| {
        for choice in choices {
            let scores: Vec<f64> = choice.options.iter().map(|features| dot(weights, features)).collect();
            let probabilities = softmax(&scores);
            let mut mean = [0.0; N];
            for (features, probability) in choice.options.iter().zip(&probabilities) {
                for i in 0..N {
                    mean[i] += probability * features[i];
                }
            }
            for (features, probability) in choice.options.iter().zip(&probabilities) {
                let deviation: [f64; N] = std::array::from_fn(|i| features[i] - mean[i]);
                add_outer_product(hessian, &deviation, *probability);
            }
            for i in 0..N {
                gradient[i] += choice.options[choice.right][i] - mean[i];
            }
        }
    })
}

/// Fits the weights of a logistic regression. `strength` is the number of observations that the
/// prior weights count for.
pub(super) fn fit_logistic<const N: usize>(cases: &[Case<N>], prior: [f64; N], strength: f64) -> [f64; N] {
    maximize(prior, strength, |weights, gradient, hessian| {
        for case in cases {
            let p = logistic(dot(weights, &case.features));
            let residual = f64::from(u8::from(case.is_true)) - p;
            for (gradient, feature) in gradient.iter_mut().zip(&case.features) {
                *gradient += case.weight * residual * feature;
            }
            add_outer_product(hessian, &case.features, case.weight * p * (1.0 - p));
        }
    })
}

/// The logistic function, which maps log odds to a probability.
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Maps scores to probabilities proportional to the exponentials of the scores.
pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    // Subtract the largest score, so that `exp` does not overflow.
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|s| (s - max).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|p| p / sum).collect()
}

pub(super) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add_outer_product<const N: usize>(matrix: &mut [[f64; N]; N], vector: &[f64; N], weight: f64) {
    for (row, a) in matrix.iter_mut().zip(vector) {
        for (cell, b) in row.iter_mut().zip(vector) {
            *cell += weight * a * b;
        }
    }
}

/// Maximizes a concave log-likelihood plus a Gaussian prior, by damped Newton steps.
///
/// `derivatives` adds the gradient and the negated Hessian of the log-likelihood to its arguments.
fn maximize<const N: usize>(
    prior: [f64; N],
    strength: f64,
    derivatives: impl Fn(&[f64; N], &mut [f64; N], &mut [[f64; N]; N]),
) -> [f64; N] {
    /// Maximum change of a weight per Newton step. For larger steps, the quadratic approximation of
    /// the log-likelihood is unreliable.
    const MAX_STEP: f64 = 2.0;
    const TOLERANCE: f64 = 1e-6;
    let mut weights = prior;
    for _ in 0..MAX_ROUNDS {
        let mut gradient = [0.0; N];
        let mut hessian = [[0.0; N]; N];
        derivatives(&weights, &mut gradient, &mut hessian);
        for i in 0..N {
            // The standard deviation of the prior is the absolute value of the prior weight, but at
            // least 1.
            let precision = strength / prior[i].abs().max(1.0).powi(2);
            gradient[i] += precision * (prior[i] - weights[i]);
            hessian[i][i] += precision + f64::EPSILON;
        }
        let step = solve(hessian, gradient);
        let longest = step.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
        let scale = if longest > MAX_STEP { MAX_STEP / longest } else { 1.0 };
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += scale * step;
        }
        if longest < TOLERANCE {
            break;
        }
    }
    weights
}

/// Solves a linear system with a positive definite matrix by Gaussian elimination.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for i in 0..N {
        let pivot = matrix[i][i];
        if pivot.abs() < f64::MIN_POSITIVE {
            continue;
        }
        for j in i + 1..N {
            let factor = matrix[j][i] / pivot;
            let above = matrix[i];
            for (cell, above) in matrix[j].iter_mut().zip(above) {
                *cell -= factor * above;
            }
            right[j] -= factor * right[i];
        }
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = if matrix[i][i].abs() < f64::MIN_POSITIVE { 0.0 } else { (right[i] - known) / matrix[i][i] };
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The strength of a prior so weak that the data alone determine the fit.
    const FLAT: f64 = 1e-9;

    #[track_caller]
    fn check<const N: usize>(found: [f64; N], expected: [f64; N], tolerance: f64) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
        }
    }

    #[test]
    fn solves_a_linear_system() {
        check(solve([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0]), [1.0 / 11.0, 7.0 / 11.0], 1e-12);
        check(solve([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]], [3.0, 4.0, 3.0]), [1.0; 3], 1e-12);
    }

    #[test]
    fn softmax_gives_probabilities_of_any_scores() {
        for scores in [vec![0.0, 1.0, -3.0], vec![1e6, 0.0], vec![-1e6, -1e6 - 1.0], vec![5.0]] {
            let probabilities = softmax(&scores);
            assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{scores:?}");
            assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{scores:?}");
        }
        check([softmax(&[2.0, 2.0 + 3.0_f64.ln()])[1]], [0.75], 1e-12);
        assert!(softmax(&[]).is_empty());
    }

    #[test]
    fn logistic_inverts_the_log_odds() {
        assert_eq!(logistic(0.0), 0.5);
        for p in [0.01, 0.3, 0.99_f64] {
            check([logistic((p / (1.0 - p)).ln())], [p], 1e-12);
        }
        assert_eq!((logistic(-800.0), logistic(800.0)), (0.0, 1.0));
    }

    fn cases(yes: usize, no: usize) -> Vec<Case<1>> {
        let case = |is_true| move |_| Case { features: [1.0], is_true, weight: 1.0 };
        (0..yes).map(case(true)).chain((0..no).map(case(false))).collect()
    }

    #[test]
    fn an_intercept_alone_is_fitted_to_the_log_odds() {
        for (yes, no) in [(3, 1), (1, 1), (2, 9), (60, 1)] {
            let expected = (yes as f64 / no as f64).ln();
            check(fit_logistic(&cases(yes, no), [0.0], FLAT), [expected], 1e-6);
        }
    }

    #[test]
    fn a_weight_counts_like_repeated_cases() {
        let case = |is_true, weight| Case { features: [1.0], is_true, weight };
        check(fit_logistic(&[case(true, 3.0), case(false, 1.0)], [0.0], FLAT), [3.0_f64.ln()], 1e-6);
    }

    #[test]
    fn a_strong_prior_outweighs_few_cases() {
        check(fit_logistic(&cases(3, 1), [0.25], 1e6), [0.25], 1e-4);
        let weak = fit_logistic(&cases(3, 1), [0.25], 1.0)[0];
        assert!(0.25 < weak && weak < 3.0_f64.ln());
    }

    #[test]
    fn without_observations_the_prior_stays() {
        check(fit_logistic::<2>(&[], [1.0, -2.0], 20.0), [1.0, -2.0], 1e-12);
        check(fit_conditional_logit::<2>(&[], [1.0, -2.0], 20.0), [1.0, -2.0], 1e-12);
    }

    fn choices() -> Vec<Choice<2>> {
        let choice = |options: &[[f64; 2]], right| Choice { options: options.to_vec(), right };
        vec![
            choice(&[[1.0, 0.2], [0.0, 0.9]], 0),
            choice(&[[0.3, 0.3], [0.8, 0.1], [0.5, 0.5]], 1),
            choice(&[[0.9, 0.4], [0.1, 0.7]], 1),
            choice(&[[0.2, 0.8], [0.6, 0.3]], 1),
        ]
    }

    /// Returns the log-likelihood of the choices plus the log-density of the prior.
    fn log_posterior(weights: [f64; 2], prior: [f64; 2], strength: f64) -> f64 {
        let likelihood = choices().into_iter().map(|choice| {
            let scores: Vec<f64> = choice.options.iter().map(|features| dot(&weights, features)).collect();
            softmax(&scores)[choice.right].ln()
        });
        let penalty = weights.iter().zip(prior).map(|(w, p)| strength / p.abs().max(1.0).powi(2) * (w - p).powi(2));
        likelihood.sum::<f64>() - penalty.sum::<f64>() / 2.0
    }

    #[test]
    fn the_numeric_gradient_vanishes_at_the_fit() {
        const STEP: f64 = 1e-4;
        let (prior, strength) = ([0.5, 3.0], 2.0);
        let fitted = fit_conditional_logit(&choices(), prior, strength);
        for i in 0..2 {
            let moved = |by: f64| {
                let mut weights = fitted;
                weights[i] += by;
                log_posterior(weights, prior, strength)
            };
            let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            assert!(slope.abs() < 1e-5, "weight {i}: slope {slope}");
        }
        assert!(log_posterior(fitted, prior, strength) > log_posterior(prior, prior, strength));
    }

    #[test]
    fn two_options_are_a_logistic_regression_on_their_difference() {
        let two = [Choice { options: vec![[1.0], [0.0]], right: 0 }, Choice { options: vec![[1.0], [0.0]], right: 1 }];
        let thrice = Choice { options: vec![[1.0], [0.0]], right: 0 };
        let [first, second] = two;
        check(fit_conditional_logit(&[first, second, thrice], [0.0], FLAT), [2.0_f64.ln()], 1e-6);
    }
}

//! Fitting a handful of weights to what was held out of the base: Newton's method on concave likelihoods, drawn to a prior.

/// Newton's method is there long before.
const MAX_ROUNDS: usize = 30;

/// One case for [`choice`]: the signs of each option, and which option was right.
pub(super) struct Choice<const N: usize> {
    pub options: Vec<[f64; N]>,
    pub right: usize,
}

/// One case for [`chance`].
pub(super) struct Case<const N: usize> {
    pub signs: [f64; N],
    pub is_true: bool,
    /// How much it counts.
    pub weight: f64,
}

/// The weights under which the right options are most probable, when the probability of an option is a softmax of its weighted signs: a conditional logit
/// (McFadden 1974). `strength` is how many cases the prior counts for.
pub(super) fn choice<const N: usize>(cases: &[Choice<N>], prior: [f64; N], strength: f64) -> [f64; N] {
    maximise(prior, strength, |weights, gradient, hessian| {
        for case in cases {
            let scores: Vec<f64> = case.options.iter().map(|signs| dot(weights, signs)).collect();
            let shares = softmax(&scores);
            let mut mean = [0.0; N];
            for (signs, share) in case.options.iter().zip(&shares) {
                for i in 0..N {
                    mean[i] += share * signs[i];
                }
            }
            for (signs, share) in case.options.iter().zip(&shares) {
                let distance: [f64; N] = std::array::from_fn(|i| signs[i] - mean[i]);
                add_square(hessian, &distance, *share);
            }
            for i in 0..N {
                gradient[i] += case.options[case.right][i] - mean[i];
            }
        }
    })
}

/// The weights of a logistic curve.
pub(super) fn chance<const N: usize>(cases: &[Case<N>], prior: [f64; N], strength: f64) -> [f64; N] {
    maximise(prior, strength, |weights, gradient, hessian| {
        for case in cases {
            let p = logistic(dot(weights, &case.signs));
            let miss = f64::from(u8::from(case.is_true)) - p;
            for (gradient, sign) in gradient.iter_mut().zip(&case.signs) {
                *gradient += case.weight * miss * sign;
            }
            add_square(hessian, &case.signs, case.weight * p * (1.0 - p));
        }
    })
}

/// A number between 0 and 1 from any number.
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Numbers between 0 and 1 with the sum of 1, the larger the larger.
pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|s| (s - best).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|p| p / sum).collect()
}

pub(super) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Adds a vector times itself, transposed.
fn add_square<const N: usize>(matrix: &mut [[f64; N]; N], vector: &[f64; N], weight: f64) {
    for (row, a) in matrix.iter_mut().zip(vector) {
        for (cell, b) in row.iter_mut().zip(vector) {
            *cell += weight * a * b;
        }
    }
}

/// Climbs a concave function whose gradient and (negated) Hessian `slope` adds up; halves the step where Newton's would leave the region in which it is to be trusted.
fn maximise<const N: usize>(
    prior: [f64; N],
    strength: f64,
    slope: impl Fn(&[f64; N], &mut [f64; N], &mut [[f64; N]; N]),
) -> [f64; N] {
    const MAX_STEP: f64 = 2.0;
    const CLOSE: f64 = 1e-6;
    let mut weights = prior;
    for _ in 0..MAX_ROUNDS {
        let mut gradient = [0.0; N];
        let mut hessian = [[0.0; N]; N];
        slope(&weights, &mut gradient, &mut hessian);
        for i in 0..N {
            // The prior: each weight is normally distributed around it, with a deviation of its own size (at least one).
            let pull = strength / prior[i].abs().max(1.0).powi(2);
            gradient[i] += pull * (prior[i] - weights[i]);
            hessian[i][i] += pull + f64::EPSILON;
        }
        let step = solve(hessian, gradient);
        let longest = step.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
        let scale = if longest > MAX_STEP { MAX_STEP / longest } else { 1.0 };
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += scale * step;
        }
        if longest < CLOSE {
            break;
        }
    }
    weights
}

/// Solves a positive definite system by Gaussian elimination.
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

//! A linear model of the sections, learned from their sample questions.
//!
//! One support vector machine for each section against all others, with squared hinge loss, trained by dual coordinate descent (Hsieh, Chang, Lin,
//! Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008). A cache line's worth of sections is trained together, since
//! they read the same samples; such blocks share nothing and are spread over the cores. The order of the samples is shuffled by a fixed seed, so that the same
//! base gives the same model on every machine.

use std::thread;

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// A sparse vector: the number of a feature, and its value.
pub(super) type Sparse = Vec<(u32, f32)>;

/// What a model is trained on.
pub(super) struct TrainingSet<'a> {
    /// The samples.
    pub vectors: &'a [Sparse],
    /// The class of each.
    pub classes: &'a [u32],
    /// One more than the largest feature.
    pub features: usize,
    /// One more than the largest class.
    pub count: usize,
}

/// Weights by feature and class, each kept in a byte: a fine enough scale for what is added up from a hundred of them, and a quarter of the memory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct LinearSvm {
    /// A row for each feature, and the bias as the last one.
    #[serde(with = "serde_bytes")]
    rows: Vec<u8>,
    /// What one step is worth in each row.
    scales: Vec<f32>,
    /// The length of a row: the classes, filled up to whole lanes.
    width: usize,
}

/// So many classes are trained and added at once: sixteen weights of four bytes are a cache line.
const LANES: usize = 16;

type Lanes = [f32; LANES];

/// Half of what a miss costs, inverted: the squared hinge loss in the dual.
const DIAGONAL: f32 = 0.5;

/// Coordinate steps smaller than this are not taken.
const SMALLEST_STEP: f32 = 1e-4;

/// A sample that is beyond the margin by this much in all classes of a block is left out of its further rounds.
const SAFE: f32 = 0.1;

impl LinearSvm {
    /// Trains for `epochs` rounds over the samples.
    pub fn train(samples: &TrainingSet<'_>, epochs: usize) -> LinearSvm {
        let width = samples.count.next_multiple_of(LANES);
        let blocks = width / LANES;
        let threads = thread::available_parallelism().map_or(1, usize::from).min(blocks);
        let trained: Vec<(usize, Vec<Lanes>)> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let own = (worker..blocks).step_by(threads);
                    scope.spawn(move || {
                        own.map(|block| (block, train_block(samples, block, epochs))).collect::<Vec<_>>()
                    })
                })
                .collect();
            workers.into_iter().flat_map(|w| w.join().expect("training does not panic")).collect()
        });
        let rows = samples.features + 1;
        let mut linear = LinearSvm { rows: vec![0; rows * width], scales: vec![0.0; rows], width };
        for (feature, scale) in linear.scales.iter_mut().enumerate() {
            let all = trained.iter().flat_map(|(_, weights)| &weights[feature]);
            *scale = all.fold(0.0_f32, |most, weight| most.max(weight.abs())) / f32::from(i8::MAX);
        }
        for (block, weights) in trained {
            for ((row, lanes), scale) in linear.rows.chunks_exact_mut(width).zip(weights).zip(&linear.scales) {
                for (byte, weight) in row[block * LANES..].iter_mut().zip(lanes) {
                    *byte = (weight / scale.max(f32::MIN_POSITIVE)).round() as i8 as u8;
                }
            }
        }
        linear
    }

    fn row(&self, feature: usize) -> &[u8] {
        &self.rows[feature * self.width..][..self.width]
    }

    fn bias(&self) -> usize {
        self.scales.len() - 1
    }

    /// What the model says of each class, into `out`.
    pub fn margins(&self, vector: impl Iterator<Item = (u32, f32)>, out: &mut [f32]) {
        for (feature, value) in vector.map(|(feature, value)| (feature as usize, value)).chain([(self.bias(), 1.0)]) {
            add(self.row(feature), value * self.scales[feature], out);
        }
    }

    /// How much a feature speaks for a class.
    pub fn weight(&self, feature: u32, class: usize) -> f32 {
        f32::from(self.row(feature as usize)[class] as i8) * self.scales[feature as usize]
    }

    /// How long the output of [`LinearSvm::margins`] is.
    pub fn width(&self) -> usize {
        self.width
    }
}

/// Adds a row so many times.
///
/// Where the machine has wider registers they are used, here and in training. That changes no result: nothing is added in another order.
#[multiversion(targets("x86_64+avx2"))]
fn add(row: &[u8], times: f32, out: &mut [f32]) {
    for (out, weights) in out.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES)) {
        for lane in 0..LANES {
            out[lane] += times * f32::from(weights[lane] as i8);
        }
    }
}

/// What sixteen classes make of a sample. The bias is the last row.
#[multiversion(targets("x86_64+avx2"))]
fn sum(weights: &[Lanes], vector: &[(u32, f32)]) -> Lanes {
    let mut sum = weights[weights.len() - 1];
    for &(feature, value) in vector {
        let row = &weights[feature as usize];
        for lane in 0..LANES {
            sum[lane] += value * row[lane];
        }
    }
    sum
}

/// Moves sixteen classes along a sample.
#[multiversion(targets("x86_64+avx2"))]
fn step(weights: &mut [Lanes], vector: &[(u32, f32)], steps: &Lanes) {
    let bias = (weights.len() as u32 - 1, 1.0);
    for &(feature, value) in vector.iter().chain([&bias]) {
        let row = &mut weights[feature as usize];
        for lane in 0..LANES {
            row[lane] += value * steps[lane];
        }
    }
}

/// The weights of sixteen classes, a row for each feature and the bias as the last one.
fn train_block(samples: &TrainingSet<'_>, block: usize, epochs: usize) -> Vec<Lanes> {
    let mut weights: Vec<Lanes> = vec![[0.0; LANES]; samples.features + 1];
    let mut duals: Vec<Lanes> = vec![[0.0; LANES]; samples.vectors.len()];
    let squares: Vec<f32> = samples.vectors.iter().map(|v| 1.0 + v.iter().map(|(_, x)| x * x).sum::<f32>()).collect();
    let used = samples.count.saturating_sub(block * LANES).min(LANES);
    let mut order: Vec<usize> = (0..samples.vectors.len()).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..epochs {
        for i in (1..order.len()).rev() {
            // Xorshift (Marsaglia 2003).
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(i, (random % (i as u64 + 1)) as usize);
        }
        order.retain(|&at| {
            let vector = &samples.vectors[at];
            let curvature = squares[at] + DIAGONAL;
            let margins = sum(&weights, vector);
            let own = (samples.classes[at] as usize).wrapping_sub(block * LANES);
            let duals = &mut duals[at];
            let mut steps = [0.0; LANES];
            let (mut moved, mut needed) = (false, false);
            for lane in 0..used {
                let sign = if lane == own { 1.0 } else { -1.0 };
                let slack = sign * margins[lane] - 1.0;
                let new = (duals[lane] - (slack + DIAGONAL * duals[lane]) / curvature).max(0.0);
                needed |= new > 0.0 || slack < SAFE;
                let change = new - duals[lane];
                if change.abs() > SMALLEST_STEP {
                    steps[lane] = change * sign;
                    duals[lane] = new;
                    moved = true;
                }
            }
            if moved {
                step(&mut weights, vector, &steps);
            }
            needed
        });
    }
    weights
}

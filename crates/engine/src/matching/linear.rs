//! Linear support vector machines, one per class. A class is a section, or all out-of-scope
//! questions. Each machine separates its class from all other classes.
//!
//! The training algorithm is dual coordinate descent with squared hinge loss (Hsieh, Chang, Lin,
//! Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008).
//!
//! All classes are trained on the same samples. Blocks of 16 classes are trained together, so that
//! their weights for one feature fill a cache line. Blocks are independent, so they are distributed
//! over the CPU cores. Samples are shuffled with a fixed seed, so the same knowledge base gives the
//! same model on every machine.

use std::thread;

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// A sparse vector: feature ids and their values.
pub(super) type SparseVector = Vec<(u32, f32)>;

pub(super) struct TrainingSet<'a> {
    pub vectors: &'a [SparseVector],
    /// The class of each vector.
    pub classes: &'a [u32],
    /// The largest feature id plus one.
    pub feature_count: usize,
    /// The largest class plus one.
    pub class_count: usize,
}

/// The trained support vector machines: one weight per feature and class, quantized to one byte.
///
/// One byte needs a quarter of the memory of a float. A margin sums about a hundred weights, so
/// their rounding errors mostly cancel out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct LinearSvm {
    /// One row of `width` weights per feature, then one row of biases.
    #[serde(with = "serde_bytes")]
    rows: Vec<u8>,
    /// The scale of each row. A weight is its byte, as a signed integer, times the scale.
    scales: Vec<f32>,
    /// The number of weights in a row: the number of classes, rounded up to a multiple of
    /// [`LANES`].
    width: usize,
}

/// Number of classes that are trained together as one block. 16 weights of four bytes fill a cache
/// line of 64 bytes.
const LANES: usize = 16;

type Lanes = [f32; LANES];

/// The term that the squared hinge loss adds to the diagonal of the dual problem: 1 / (2C), with
/// the cost parameter C = 1.
const DIAGONAL: f32 = 0.5;

/// Minimum change of a dual variable in one step of coordinate descent. Smaller changes are
/// skipped.
const MIN_STEP: f32 = 1e-4;

/// The margin threshold for shrinking: the training of a block drops a sample if, for every class
/// of the block, the dual variable is 0 and the signed margin exceeds 1 by this much. Such a sample
/// hardly affects the weights.
const SHRINK_SLACK: f32 = 0.1;

impl LinearSvm {
    pub fn train(set: &TrainingSet<'_>, epochs: usize) -> LinearSvm {
        let width = set.class_count.next_multiple_of(LANES);
        let blocks = width / LANES;
        let threads = thread::available_parallelism().map_or(1, usize::from).min(blocks);
        let trained: Vec<(usize, Vec<Lanes>)> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let own = (worker..blocks).step_by(threads);
                    scope.spawn(move || own.map(|block| (block, train_block(set, block, epochs))).collect::<Vec<_>>())
                })
                .collect();
            workers.into_iter().flat_map(|w| w.join().expect("training does not panic")).collect()
        });
        LinearSvm::quantize(trained, set.feature_count + 1, width)
    }

    fn quantize(trained: Vec<(usize, Vec<Lanes>)>, row_count: usize, width: usize) -> LinearSvm {
        let largest = |row: usize| {
            let weights = trained.iter().flat_map(|(_, weights)| &weights[row]);
            weights.fold(0.0_f32, |largest, weight| largest.max(weight.abs()))
        };
        let scales: Vec<f32> = (0..row_count).map(|row| largest(row) / f32::from(i8::MAX)).collect();
        let mut rows = vec![0; row_count * width];
        for (block, weights) in trained {
            for ((row, lanes), scale) in rows.chunks_exact_mut(width).zip(weights).zip(&scales) {
                for (byte, weight) in row[block * LANES..].iter_mut().zip(lanes) {
                    *byte = (weight / scale.max(f32::MIN_POSITIVE)).round() as i8 as u8;
                }
            }
        }
        LinearSvm { rows, scales, width }
    }

    fn row(&self, feature: usize) -> &[u8] {
        &self.rows[feature * self.width..][..self.width]
    }

    /// Returns the index of the bias row, which equals the number of features.
    fn bias(&self) -> usize {
        self.scales.len() - 1
    }

    /// Returns the SVM margin of each class, padded to whole blocks of classes. Features that are
    /// not in the model are ignored.
    pub fn margins(&self, vector: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
        let mut margins = vec![0.0; self.width];
        let known = vector.map(|(feature, value)| (feature as usize, value)).filter(|(f, _)| *f < self.bias());
        for (feature, value) in known.chain([(self.bias(), 1.0)]) {
            add_row(self.row(feature), value * self.scales[feature], &mut margins);
        }
        margins
    }

    /// Returns the weight of a feature for a class, or 0 if the feature is not in the model.
    pub fn weight(&self, feature: u32, class: usize) -> f32 {
        let feature = feature as usize;
        if feature < self.bias() { f32::from(self.row(feature)[class] as i8) * self.scales[feature] } else { 0.0 }
    }
}

/// Adds a row of quantized weights, multiplied by `factor`, to `out`.
///
/// The AVX2 version gives exactly the same result as the portable version, because each lane adds
/// its values in the same order. The same holds for the functions used in training.
#[multiversion(targets("x86_64+avx2"))]
fn add_row(row: &[u8], factor: f32, out: &mut [f32]) {
    for (out, weights) in out.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES)) {
        for lane in 0..LANES {
            out[lane] += factor * f32::from(weights[lane] as i8);
        }
    }
}

/// Returns the margins of a vector for one block of classes. The last row of `weights` holds the
/// biases.
#[multiversion(targets("x86_64+avx2"))]
fn block_margins(weights: &[Lanes], vector: &[(u32, f32)]) -> Lanes {
    let mut sum = weights[weights.len() - 1];
    for &(feature, value) in vector {
        let row = &weights[feature as usize];
        for lane in 0..LANES {
            sum[lane] += value * row[lane];
        }
    }
    sum
}

/// For each class of one block, adds the vector times the class's step to the weights of the class.
#[multiversion(targets("x86_64+avx2"))]
fn update(weights: &mut [Lanes], vector: &[(u32, f32)], steps: &Lanes) {
    let bias = (weights.len() as u32 - 1, 1.0);
    for &(feature, value) in vector.iter().chain([&bias]) {
        let row = &mut weights[feature as usize];
        for lane in 0..LANES {
            row[lane] += value * steps[lane];
        }
    }
}

/// Trains one block of classes. Returns one row of weights per feature, followed by one row of
/// biases.
fn train_block(set: &TrainingSet<'_>, block: usize, epochs: usize) -> Vec<Lanes> {
    let mut weights: Vec<Lanes> = vec![[0.0; LANES]; set.feature_count + 1];
    let mut duals: Vec<Lanes> = vec![[0.0; LANES]; set.vectors.len()];
    let squared_norms: Vec<f32> = set.vectors.iter().map(|v| 1.0 + v.iter().map(|(_, x)| x * x).sum::<f32>()).collect();
    let used = set.class_count.saturating_sub(block * LANES).min(LANES);
    let mut active: Vec<usize> = (0..set.vectors.len()).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..epochs {
        for i in (1..active.len()).rev() {
            // Random number generator: xorshift (Marsaglia 2003).
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            active.swap(i, (random % (i as u64 + 1)) as usize);
        }
        active.retain(|&at| {
            let vector = &set.vectors[at];
            let curvature = squared_norms[at] + DIAGONAL;
            let margins = block_margins(&weights, vector);
            let own = (set.classes[at] as usize).wrapping_sub(block * LANES);
            let duals = &mut duals[at];
            let mut steps = [0.0; LANES];
            let (mut moved, mut needed) = (false, false);
            for lane in 0..used {
                let sign = if lane == own { 1.0 } else { -1.0 };
                let slack = sign * margins[lane] - 1.0;
                let new = (duals[lane] - (slack + DIAGONAL * duals[lane]) / curvature).max(0.0);
                needed |= new > 0.0 || slack < SHRINK_SLACK;
                let change = new - duals[lane];
                if change.abs() > MIN_STEP {
                    steps[lane] = change * sign;
                    duals[lane] = new;
                    moved = true;
                }
            }
            if moved {
                update(&mut weights, vector, &steps);
            }
            needed
        });
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCHS: usize = 50;

    /// Creates a separable training set of three vectors per class. Feature `c` occurs only in
    /// class `c`. The last feature occurs in all classes.
    fn separable(class_count: usize) -> (Vec<SparseVector>, Vec<u32>) {
        let shared = class_count as u32;
        let vectors = (0..3 * class_count).map(|at| {
            let class = (at % class_count) as u32;
            vec![(class, 1.0), (shared, 0.1 + 0.1 * (at / class_count) as f32)]
        });
        (vectors.collect(), (0..3 * class_count).map(|at| (at % class_count) as u32).collect())
    }

    fn train(class_count: usize, epochs: usize) -> (LinearSvm, Vec<SparseVector>, Vec<u32>) {
        let (vectors, classes) = separable(class_count);
        let set = TrainingSet { vectors: &vectors, classes: &classes, feature_count: class_count + 1, class_count };
        (LinearSvm::train(&set, epochs), vectors, classes)
    }

    #[test]
    fn separates_a_separable_set() {
        // A block has 16 classes. These numbers of classes fill part of a block, exactly one block,
        // and more than two blocks.
        for class_count in [2, 16, 35] {
            let (svm, vectors, classes) = train(class_count, EPOCHS);
            for (vector, class) in vectors.iter().zip(classes) {
                let margins = svm.margins(vector.iter().copied());
                for (other, margin) in margins[..class_count].iter().enumerate() {
                    assert_eq!(*margin > 0.0, other == class as usize, "{class_count}: {class} {other} {margin}");
                }
            }
        }
    }

    #[test]
    fn a_margin_is_the_sum_of_weights_and_bias() {
        let (svm, ..) = train(5, EPOCHS);
        let bias = svm.margins(std::iter::empty());
        let margins = svm.margins([(2, 1.0), (5, 0.5)].into_iter());
        for class in 0..5 {
            let expected = bias[class] + svm.weight(2, class) + 0.5 * svm.weight(5, class);
            assert!((margins[class] - expected).abs() < 1e-5, "{class}");
        }
        assert!(svm.weight(2, 2) > 0.5 && svm.weight(2, 3) < 0.0);
    }

    #[test]
    fn the_same_set_gives_the_same_model() {
        let bytes = |svm: &LinearSvm| postcard::to_stdvec(svm).expect("serializable");
        assert_eq!(bytes(&train(35, 3).0), bytes(&train(35, 3).0));
    }

    #[test]
    fn an_unknown_feature_adds_nothing() {
        let (svm, ..) = train(3, EPOCHS);
        // The training set has the features 0 to 3. Row 4 holds the biases, which must not be taken
        // for the weights of a feature 4.
        assert_eq!((svm.weight(4, 0), svm.weight(99, 0)), (0.0, 0.0));
        assert_eq!(svm.margins([(4, 1.0), (99, 1.0)].into_iter()), svm.margins(std::iter::empty()));
    }

    #[test]
    fn training_satisfies_the_optimality_conditions() {
        // The training set has two points, 1 and −1, in opposite classes. By symmetry, the bias is
        // 0. The dual variable a of each point maximizes a − a²(2 + ½)/2, so a = 0.4. The weight is
        // 2a = 0.8.
        let vectors = vec![vec![(0, 1.0)], vec![(0, -1.0)]];
        let set = TrainingSet { vectors: &vectors, classes: &[0, 1], feature_count: 1, class_count: 2 };
        let svm = LinearSvm::train(&set, 200);
        assert!((svm.weight(0, 0) - 0.8).abs() < 0.01, "{}", svm.weight(0, 0));
        assert!((svm.weight(0, 1) + 0.8).abs() < 0.01, "{}", svm.weight(0, 1));
    }

    #[test]
    fn quantization_keeps_weights_within_half_a_step() {
        let mut lanes = [0.0; LANES];
        lanes[..3].copy_from_slice(&[1.0, -0.5, 0.003]);
        let svm = LinearSvm::quantize(vec![(0, vec![lanes, [0.0; LANES]])], 2, LANES);
        for (class, weight) in lanes.iter().enumerate() {
            assert!((svm.weight(0, class) - weight).abs() <= 0.5 / 127.0 + 1e-6, "{class}");
        }
    }
}

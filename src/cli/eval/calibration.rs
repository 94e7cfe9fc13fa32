//! How far confidence is to be trusted: figures over what was said of each question and what came
//! of it.

use serde::Serialize;

/// What was said of one question, and what came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prediction {
    /// Does the base answer it?
    pub answerable: bool,
    /// How probable it was held to be ours.
    pub ours: f64,
    /// The confidence of the first section; 0 if there was none.
    pub confidence: f64,
    /// Was the first section a right one?
    pub right: bool,
}

/// Equal parts that confidence is cut into.
const BINS: usize = 10;

/// The questions of one part of the range of confidence. Where it is to be trusted, the last two
/// are about equal.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Bin {
    /// Where the part begins; it ends where the next begins.
    pub from: f64,
    pub count: usize,
    pub mean_confidence: f64,
    pub share_right: f64,
}

/// What is still answered where so much is declined.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Point {
    /// The share of the unanswerable questions that is to be declined.
    pub declined: f64,
    /// The least confidence of a first section that is then shown.
    pub threshold: f64,
    /// Of the answerable ones, the share whose first section is right and shown.
    pub in_scope_right: f64,
}

/// What the operating curve is read at, in percent of the unanswerable questions.
const DECLINED: [usize; 6] = [50, 70, 80, 90, 92, 95];

/// How well `ours` tells what the base answers from what it does not: how probable it is that of
/// two questions, one of each kind, the answerable one has more of it (of equals, half). This is
/// the area under the receiver operating characteristic. `None` if one kind is missing.
pub(super) fn auroc(all: &[Prediction]) -> Option<f64> {
    let mut by_ours = all.to_vec();
    by_ours.sort_by(|a, b| a.ours.total_cmp(&b.ours));
    let (mut answerable, mut others, mut won) = (0.0, 0.0, 0.0);
    for equals in by_ours.chunk_by(|a, b| a.ours == b.ours) {
        let ours = equals.iter().filter(|s| s.answerable).count() as f64;
        let not = equals.len() as f64 - ours;
        won += ours * (others + not / 2.0);
        answerable += ours;
        others += not;
    }
    (answerable * others > 0.0).then(|| won / (answerable * others))
}

/// The reliability table.
pub(super) fn reliability(all: &[Prediction]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for said in all {
        let bin = &mut bins[((said.confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.mean_confidence += said.confidence;
        bin.share_right += f64::from(u8::from(said.right));
    }
    for (at, bin) in bins.iter_mut().enumerate() {
        let count = bin.count.max(1) as f64;
        bin.from = at as f64 / BINS as f64;
        bin.mean_confidence /= count;
        bin.share_right /= count;
    }
    bins
}

/// The expected calibration error: how far confidence and the share of right ones are apart, on
/// average over the questions (Naeini, Cooper, Hauskrecht 2015). `None` if there are none.
pub(super) fn ece(bins: &[Bin]) -> Option<f64> {
    let all: usize = bins.iter().map(|b| b.count).sum();
    let apart: f64 = bins.iter().map(|b| b.count as f64 * (b.mean_confidence - b.share_right).abs()).sum();
    (all > 0).then(|| apart / all as f64)
}

/// The operating curve; empty if one kind of question is missing.
pub(super) fn operating(all: &[Prediction]) -> Vec<Point> {
    let (answerable, others): (Vec<Prediction>, Vec<Prediction>) = all.iter().partition(|s| s.answerable);
    if answerable.is_empty() || others.is_empty() {
        return Vec::new();
    }
    let mut others: Vec<f64> = others.iter().map(|s| s.confidence).collect();
    others.sort_by(f64::total_cmp);
    let point = |percent: usize| {
        // The last one that is declined; what is just above it is shown.
        let last = others[(others.len() * percent).div_ceil(100) - 1];
        let threshold = last.next_up();
        let right = answerable.iter().filter(|s| s.right && s.confidence >= threshold).count();
        Point { declined: percent as f64 / 100.0, threshold, in_scope_right: right as f64 / answerable.len() as f64 }
    };
    DECLINED.map(point).to_vec()
}

//! Measures how well the engine's confidence values are calibrated: whether answers with confidence
//! 0.8 are right in 80 % of cases.

use serde::Serialize;

use super::outcome::Outcome;

/// The confidence that the engine predicted for one labelled question, and whether the top-ranked
/// section was right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prediction {
    /// What the engine decided, and whether that was right.
    pub outcome: Outcome,
    /// Whether the knowledge base answers the question, according to the label.
    pub answerable: bool,
    /// The predicted probability that the question is in scope.
    pub in_scope: f64,
    /// The engine's confidence in the top-ranked section, or 0 if no section was found.
    pub confidence: f64,
    /// Whether the top-ranked section is right, according to the label.
    pub right: bool,
}

/// Number of bins in the reliability table. Each bin covers one tenth of the range of confidence,
/// from 0 to 1.
const BINS: usize = 10;

/// One bin of the reliability table: the questions whose confidence lies in a range. With good
/// calibration, `mean_confidence` and `share_right` are about equal.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Bin {
    /// The lower bound of the bin's range of confidence.
    pub from: f64,
    pub count: usize,
    pub mean_confidence: f64,
    pub share_right: f64,
}

/// One point of the operating curve: the trade-off between declining unanswerable questions and
/// answering the answerable ones.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Point {
    /// The share of unanswerable questions that `threshold` must decline, from 0 to 1.
    pub declined: f64,
    /// The lowest confidence threshold that declines this share of the unanswerable questions.
    pub threshold: f64,
    /// The share of answerable questions whose top-ranked section is right and reaches the
    /// threshold, from 0 to 1.
    pub in_scope_right: f64,
}

/// The points of the operating curve that are computed, given as percentages of unanswerable
/// questions to decline.
const DECLINED: [usize; 6] = [50, 70, 80, 90, 92, 95];

/// Returns the area under the ROC curve (AUROC), which measures how well `in_scope` separates
/// answerable from unanswerable questions.
///
/// AUROC is the probability that a random answerable question has a higher `in_scope` than a random
/// unanswerable question. Ties count half. `None` if all questions are answerable or all are
/// unanswerable.
pub(super) fn auroc(all: &[Prediction]) -> Option<f64> {
    let mut sorted = all.to_vec();
    sorted.sort_by(|a, b| a.in_scope.total_cmp(&b.in_scope));
    let (mut answerable, mut unanswerable, mut wins) = (0.0, 0.0, 0.0);
    for ties in sorted.chunk_by(|a, b| a.in_scope == b.in_scope) {
        let tied_answerable = ties.iter().filter(|p| p.answerable).count() as f64;
        let tied_unanswerable = ties.len() as f64 - tied_answerable;
        wins += tied_answerable * (unanswerable + tied_unanswerable / 2.0);
        answerable += tied_answerable;
        unanswerable += tied_unanswerable;
    }
    (answerable * unanswerable > 0.0).then(|| wins / (answerable * unanswerable))
}

/// Returns the reliability table: the mean confidence and the accuracy of the questions in each
/// bin.
pub(super) fn reliability(all: &[Prediction]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for prediction in all {
        let bin = &mut bins[((prediction.confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.mean_confidence += prediction.confidence;
        bin.share_right += f64::from(u8::from(prediction.right));
    }
    for (at, bin) in bins.iter_mut().enumerate() {
        let count = bin.count.max(1) as f64;
        bin.from = at as f64 / BINS as f64;
        bin.mean_confidence /= count;
        bin.share_right /= count;
    }
    bins
}

/// Returns the expected calibration error (Naeini, Cooper, Hauskrecht 2015). This is the mean
/// difference between a bin's confidence and accuracy, weighted by the number of questions. `None`
/// without questions.
pub(super) fn ece(bins: &[Bin]) -> Option<f64> {
    let all: usize = bins.iter().map(|b| b.count).sum();
    let error: f64 = bins.iter().map(|b| b.count as f64 * (b.mean_confidence - b.share_right).abs()).sum();
    (all > 0).then(|| error / all as f64)
}

/// Returns the points of the operating curve. Returns no points if all questions are answerable or
/// all are unanswerable.
pub(super) fn operating(all: &[Prediction]) -> Vec<Point> {
    let (answerable, unanswerable): (Vec<Prediction>, Vec<Prediction>) = all.iter().partition(|p| p.answerable);
    if answerable.is_empty() || unanswerable.is_empty() {
        return Vec::new();
    }
    let mut unanswerable: Vec<f64> = unanswerable.iter().map(|p| p.confidence).collect();
    unanswerable.sort_by(f64::total_cmp);
    let point = |percent: usize| {
        // The highest confidence of an unanswerable question that must still be declined. The
        // threshold is the next larger floating-point number.
        let last = unanswerable[(unanswerable.len() * percent).div_ceil(100) - 1];
        let threshold = last.next_up();
        let right = answerable.iter().filter(|p| p.right && p.confidence >= threshold).count();
        Point { declined: percent as f64 / 100.0, threshold, in_scope_right: right as f64 / answerable.len() as f64 }
    };
    DECLINED.map(point).to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Prediction, auroc, ece, operating, reliability};

    /// Creates a prediction whose `in_scope` and `confidence` both are `confidence`. The prediction
    /// is right if the question is answerable.
    fn prediction(answerable: bool, confidence: f64) -> Prediction {
        let outcome = if answerable { Outcome::AnsweredRight } else { Outcome::DeclinedRight };
        Prediction { outcome, answerable, in_scope: confidence, confidence, right: answerable }
    }

    #[test]
    fn auroc_counts_ordered_pairs_and_half_of_ties() {
        for (answerable, unanswerable, expected) in [
            (&[0.9, 0.8][..], &[0.1][..], Some(1.0)),
            (&[0.1], &[0.9], Some(0.0)),
            (&[0.5], &[0.5], Some(0.5)),
            (&[0.2, 0.6], &[0.4], Some(0.5)),
            (&[0.2], &[], None),
        ] {
            let of = |answerable, all: &[f64]| all.iter().map(|c| prediction(answerable, *c)).collect::<Vec<_>>();
            let all = [of(true, answerable), of(false, unanswerable)].concat();
            assert_eq!(auroc(&all), expected, "{answerable:?} {unanswerable:?}");
        }
    }

    #[test]
    fn ece_is_the_mean_distance_from_accuracy() {
        let all = [prediction(true, 0.75), prediction(true, 0.75), prediction(false, 0.25), prediction(true, 1.0)];
        let bins = reliability(&all);
        assert_eq!(bins.iter().map(|b| b.count).sum::<usize>(), 4);
        assert_eq!(bins[9].count, 1, "confidence 1 belongs to the last bin");
        assert_eq!(ece(&bins), Some((2.0 * 0.25 + 0.25) / 4.0));
        assert_eq!(ece(&reliability(&[])), None);
    }

    #[test]
    fn the_operating_curve_shows_what_is_above_the_declined() {
        let all: Vec<Prediction> = [0.1, 0.2, 0.3, 0.4]
            .map(|c| prediction(false, c))
            .into_iter()
            .chain([0.2, 0.25, 0.9].map(|c| prediction(true, c)))
            .collect();
        let half = operating(&all)[0];
        assert!((half.declined, half.in_scope_right) == (0.5, 2.0 / 3.0), "{half:?}");
        assert!(half.threshold > 0.2 && half.threshold < 0.2001, "{half:?}");
        assert!(operating(&all[..4]).is_empty());
    }
}

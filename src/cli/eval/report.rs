//! The report of `footnote eval`. The field names are the keys of `--json`.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::calibration::{self, Bin, Point, Prediction};

/// The outcome of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    AnsweredRight,
    ClarifiedRight,
    AnsweredWrong,
    ClarifiedWrong,
    DeclinedWrong,
    DeclinedRight,
    AnsweredUnanswerable,
    /// Outcome of a question of style `missing-attribute`.
    MissingAttribute {
        right: bool,
    },
}

impl Outcome {
    pub fn is_right(self) -> bool {
        use Outcome::{AnsweredRight, ClarifiedRight, DeclinedRight, MissingAttribute};
        matches!(self, AnsweredRight | ClarifiedRight | DeclinedRight | MissingAttribute { right: true })
    }
}

/// The outcomes of a group of questions.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Counts {
    /// Questions that the base answers.
    answerable: usize,
    answered_right: usize,
    /// Clarified, with a right section among the options.
    clarified_right: usize,
    answered_wrong: usize,
    clarified_wrong: usize,
    declined_wrong: usize,
    /// Questions that the base does not answer.
    unanswerable: usize,
    declined_right: usize,
    /// Unanswerable questions that were answered or clarified.
    answered_unanswerable: usize,
    /// Questions for which the section of the product and declining are both right. No other count
    /// includes them.
    missing_attribute: usize,
    missing_attribute_right: usize,
    /// Answerable questions whose first section is right, whatever the decision.
    top1_right: usize,
}

impl Counts {
    pub fn add(&mut self, outcome: Outcome, top1: bool) {
        let counter = match outcome {
            Outcome::AnsweredRight => &mut self.answered_right,
            Outcome::ClarifiedRight => &mut self.clarified_right,
            Outcome::AnsweredWrong => &mut self.answered_wrong,
            Outcome::ClarifiedWrong => &mut self.clarified_wrong,
            Outcome::DeclinedWrong => &mut self.declined_wrong,
            Outcome::DeclinedRight => &mut self.declined_right,
            Outcome::AnsweredUnanswerable => &mut self.answered_unanswerable,
            Outcome::MissingAttribute { right } => {
                self.missing_attribute_right += usize::from(right);
                &mut self.missing_attribute
            }
        };
        *counter += 1;
        match outcome {
            Outcome::MissingAttribute { .. } => {}
            Outcome::DeclinedRight | Outcome::AnsweredUnanswerable => self.unanswerable += 1,
            _ => {
                self.answerable += 1;
                self.top1_right += usize::from(top1);
            }
        }
    }
}

/// All measurements.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    pub counts: Counts,
    /// Questions in dialogues. No other count includes them.
    pub turns: usize,
    /// Questions in dialogues that were answered with a right section, or rightly declined.
    pub turns_right: usize,
    /// The share of `top1_right` in `answerable`.
    top1: Option<f64>,
    /// How well in-scope questions are recognised, from 0 to 1: see [`calibration::auroc`].
    auroc: Option<f64>,
    /// How far confidence is from accuracy, from 0 to 1: see [`calibration::ece`].
    ece: Option<f64>,
    reliability: Vec<Bin>,
    operating: Vec<Point>,
    /// Questions with a labelled answer whose first section is right.
    pub highlight_asked: usize,
    /// Those of them whose highlighted sentence contains the answer.
    pub highlight_right: usize,
    /// Those of them whose best sentence by BM25 contains the answer: the baseline.
    pub highlight_bm25_right: usize,
    /// The time for one question, in microseconds.
    pub p50_us: f64,
    pub p99_us: f64,
    pub by_language: BTreeMap<String, Counts>,
    pub by_style: BTreeMap<String, Counts>,
    /// The wanted section, what came instead, and how often; the most frequent first.
    pub confusions: Vec<(String, String, usize)>,
}

impl Report {
    /// Fills in the figures about confidence.
    pub fn add_calibration(&mut self, predictions: &[Prediction]) {
        self.top1 = (self.counts.answerable > 0).then(|| self.counts.top1_right as f64 / self.counts.answerable as f64);
        self.auroc = calibration::auroc(predictions);
        self.reliability = calibration::reliability(predictions);
        self.ece = calibration::ece(&self.reliability);
        self.operating = calibration::operating(predictions);
    }

    /// Prints the report as tables.
    pub fn write_tables(&self, out: &mut impl Write) -> std::io::Result<()> {
        let of = |part: usize, whole: usize| {
            let share = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
            format!("{part} of {whole} ({share:.1} %)")
        };
        let c = &self.counts;
        writeln!(out, "answered right     {}", of(c.answered_right, c.answerable))?;
        writeln!(out, "clarified right    {}", of(c.clarified_right, c.answerable))?;
        writeln!(out, "answered wrong     {}", of(c.answered_wrong, c.answerable))?;
        writeln!(out, "clarified wrong    {}", of(c.clarified_wrong, c.answerable))?;
        writeln!(out, "declined wrong     {}", of(c.declined_wrong, c.answerable))?;
        writeln!(out, "first one right    {}", of(c.top1_right, c.answerable))?;
        writeln!(out, "declined right     {}", of(c.declined_right, c.unanswerable))?;
        writeln!(out, "missing attribute  {}", of(c.missing_attribute_right, c.missing_attribute))?;
        if self.turns > 0 {
            writeln!(out, "turns right        {}", of(self.turns_right, self.turns))?;
        }
        if self.highlight_asked > 0 {
            writeln!(out, "sentence right     {}", of(self.highlight_right, self.highlight_asked))?;
            writeln!(out, "  by BM25 alone    {}", of(self.highlight_bm25_right, self.highlight_asked))?;
        }
        if let Some(auroc) = self.auroc {
            writeln!(out, "ours told apart    {auroc:.3} (area under the curve)")?;
        }
        if let Some(ece) = self.ece {
            writeln!(out, "confidence is off  {ece:.3} on average (expected calibration error)")?;
        }
        writeln!(out, "time a question    p50 {} µs, p99 {} µs", self.p50_us, self.p99_us)?;
        for (name, table) in [("language", &self.by_language), ("style", &self.by_style)] {
            writeln!(
                out,
                "\n{name:<18}  right  asked back  wrong  declined wrong  declined right  answered though unanswerable"
            )?;
            for (key, c) in table {
                let wrong = c.answered_wrong + c.clarified_wrong;
                writeln!(
                    out,
                    "{key:<18}  {:>5}  {:>10}  {wrong:>5}  {:>14}  {:>14}  {:>28}",
                    c.answered_right, c.clarified_right, c.declined_wrong, c.declined_right, c.answered_unanswerable
                )?;
            }
        }
        if self.ece.is_some() {
            writeln!(out, "\nconfidence   questions  mean   right")?;
            for bin in self.reliability.iter().filter(|b| b.count > 0) {
                let (confidence, right) = (bin.mean_confidence, 100.0 * bin.share_right);
                writeln!(out, "from {:.1}     {:>9}  {confidence:.2}  {right:>4.0} %", bin.from, bin.count)?;
            }
        }
        if !self.operating.is_empty() {
            writeln!(out, "\ndeclined of the unanswerable  from confidence  right and shown of the answerable")?;
            for point in &self.operating {
                let (declined, right) = (100.0 * point.declined, 100.0 * point.in_scope_right);
                writeln!(out, "{declined:>26.0} %  {:>15.2}  {right:>33.1} %", point.threshold)?;
            }
        }
        if !self.confusions.is_empty() {
            writeln!(out, "\nmost frequent confusions")?;
            for (wanted, got, times) in &self.confusions {
                writeln!(out, "{times:>4} ×  wanted {wanted}, got {got}")?;
            }
        }
        Ok(())
    }
}

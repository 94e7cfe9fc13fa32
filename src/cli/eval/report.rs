//! What `footnote eval` counts, and how it prints it.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::calibration::{self, Bin, Point, Prediction};

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    AnsweredRight,
    ClarifiedRight,
    AnsweredWrong,
    ClarifiedWrong,
    DeclinedWrong,
    DeclinedRight,
    AnsweredUnanswerable,
    /// Of style [`super::run::MISSING_ATTRIBUTE`], and right or not.
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

/// What is counted.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Counts {
    /// Questions that the base answers.
    answerable: usize,
    answered_right: usize,
    /// Asked back, the right section among those offered.
    clarified_right: usize,
    answered_wrong: usize,
    clarified_wrong: usize,
    declined_wrong: usize,
    /// Questions that it does not answer.
    unanswerable: usize,
    declined_right: usize,
    /// Of the unanswerable ones, those that got a section or were asked back about.
    answered_unanswerable: usize,
    /// Questions for which showing the product's section and declining are both right; in no other
    /// count.
    missing_attribute: usize,
    missing_attribute_right: usize,
    /// Of the answerable ones, those whose first section is a right one, whatever the decision.
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

/// All that is measured.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    pub counts: Counts,
    /// Questions inside dialogues; in no other count.
    pub turns: usize,
    /// Of these, the ones answered with a right section, or rightly declined.
    pub turns_right: usize,
    /// The share of `top1_right` in `answerable`.
    top1: Option<f64>,
    /// How well it is told which questions are ours, between 0 and 1; see [`calibration::auroc`].
    auroc: Option<f64>,
    /// How far the first section's confidence is from what comes true; see [`calibration::ece`].
    ece: Option<f64>,
    reliability: Vec<Bin>,
    operating: Vec<Point>,
    /// Questions that carry an answer, and whose wanted section came first.
    pub highlight_asked: usize,
    /// Of these, the ones whose highlighted sentence contains the answer.
    pub highlight_right: usize,
    /// And where the sentence was chosen by BM25 alone.
    pub highlight_bm25_right: usize,
    /// Time for one question, in microseconds.
    pub p50_us: f64,
    pub p99_us: f64,
    pub by_language: BTreeMap<String, Counts>,
    pub by_style: BTreeMap<String, Counts>,
    /// What was wanted, what came first instead, and how often; the most frequent first.
    pub confusions: Vec<(String, String, usize)>,
}

impl Report {
    /// Works out what is said of confidence.
    pub fn trust(&mut self, said: &[Prediction]) {
        self.top1 = (self.counts.answerable > 0).then(|| self.counts.top1_right as f64 / self.counts.answerable as f64);
        self.auroc = calibration::auroc(said);
        self.reliability = calibration::reliability(said);
        self.ece = calibration::ece(&self.reliability);
        self.operating = calibration::operating(said);
    }

    /// All of it for a person.
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

//! The report of `footnote eval`. The field names are also the keys of the `--json` output.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::calibration::{self, Bin, Point, Prediction};
use super::costs;
use super::outcome::Outcome;

/// Numbers of questions by outcome, for all questions or for one language or style.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Counts {
    /// Number of questions that the knowledge base can answer.
    answerable: usize,
    answered_right: usize,
    /// Number of answerable questions for which the bot asked back and offered a right section.
    clarified_right: usize,
    answered_wrong: usize,
    clarified_wrong: usize,
    declined_wrong: usize,
    /// Number of questions that the knowledge base cannot answer.
    unanswerable: usize,
    declined_right: usize,
    /// Number of unanswerable questions for which the bot answered or asked back instead of
    /// declining.
    answered_unanswerable: usize,
    /// Number of those unanswerable questions for which the bot asked back.
    clarified_unanswerable: usize,
    /// Number of questions of style `missing-attribute`: about a detail that the knowledge base
    /// lacks for a product. Both the product's section and declining count as right. Other counts
    /// exclude these questions.
    missing_attribute: usize,
    missing_attribute_right: usize,
    /// Number of answerable questions whose top-ranked section is right, even if the bot asked back
    /// or declined.
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
            Outcome::ClarifiedUnanswerable => {
                self.clarified_unanswerable += 1;
                &mut self.answered_unanswerable
            }
            Outcome::MissingAttribute { right } => {
                self.missing_attribute_right += usize::from(right);
                &mut self.missing_attribute
            }
        };
        *counter += 1;
        match outcome {
            Outcome::MissingAttribute { .. } => {}
            Outcome::DeclinedRight | Outcome::AnsweredUnanswerable | Outcome::ClarifiedUnanswerable => {
                self.unanswerable += 1;
            }
            _ => {
                self.answerable += 1;
                self.top1_right += usize::from(top1);
            }
        }
    }
}

/// All results of a run of `footnote eval`.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    pub counts: Counts,
    /// Number of questions that are part of a dialogue. All other counts except `turns_right`
    /// exclude these questions.
    pub turns: usize,
    /// Number of dialogue questions that were answered with a right section or correctly declined.
    pub turns_right: usize,
    /// Accuracy of the top-ranked section: `top1_right` divided by `answerable`.
    top1: Option<f64>,
    /// How well the engine separates answerable from unanswerable questions; 1 is perfect, 0.5 is
    /// chance. See [`calibration::auroc`].
    auroc: Option<f64>,
    /// Mean difference between confidence and accuracy; 0 is perfect. See [`calibration::ece`].
    ece: Option<f64>,
    /// Mean cost of a question; see [`costs::mean_cost`].
    cost: Option<f64>,
    /// Mean cost of a question with the best fixed cut-off; see [`costs::best_cut_off_cost`].
    best_cut_off_cost: Option<f64>,
    reliability: Vec<Bin>,
    operating: Vec<Point>,
    /// Number of questions whose label contains an answer text and whose top-ranked section is
    /// right.
    pub highlight_asked: usize,
    /// Number of `highlight_asked` questions whose highlighted sentence contains the answer text.
    pub highlight_right: usize,
    /// Number of `highlight_asked` questions for which BM25's best sentence contains the answer
    /// text. This is the baseline for `highlight_right`.
    pub highlight_bm25_right: usize,
    /// Median time to answer a question, in microseconds.
    pub p50_us: f64,
    /// 99th percentile of the time to answer a question, in microseconds.
    pub p99_us: f64,
    pub by_language: BTreeMap<String, Counts>,
    pub by_style: BTreeMap<String, Counts>,
    /// The most frequent errors, most frequent first: the wanted section, what the engine did
    /// instead, and the number of times.
    pub confusions: Vec<(String, String, usize)>,
}

impl Report {
    /// Adds the top-1 accuracy, AUROC, calibration error, costs and operating curve to the report.
    pub fn add_calibration(&mut self, predictions: &[Prediction]) {
        self.top1 = (self.counts.answerable > 0).then(|| self.counts.top1_right as f64 / self.counts.answerable as f64);
        self.auroc = calibration::auroc(predictions);
        self.reliability = calibration::reliability(predictions);
        self.ece = calibration::ece(&self.reliability);
        self.operating = calibration::operating(predictions);
        self.cost = costs::mean_cost(predictions);
        self.best_cut_off_cost = costs::best_cut_off_cost(predictions);
    }

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
        writeln!(out, "  or asked back    {}", of(c.declined_right + c.clarified_unanswerable, c.unanswerable))?;
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
        if let (Some(cost), Some(best)) = (self.cost, self.best_cut_off_cost) {
            writeln!(out, "cost a question    {cost:.3} (best cut-off afterwards {best:.3})")?;
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

//! Asks the engine the labelled questions, and compares the answers with the labels.

use std::collections::BTreeMap;
use std::time::Instant;

use super::calibration::Prediction;
use super::labelled::{AnswerTexts, LabelledQuestion};
use super::outcome::Outcome;
use super::report::Report;
use super::sentences::bm25_choice;
use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::Sentence;
use footnote_engine::matching::{Candidate, Decision};
use footnote_engine::question::Context;
use footnote_engine::text::squashed;

/// A value of the field `style` in the evaluation file, where `style` names a kind of question.
/// Questions of this kind ask for something that the article does not say about a product. Both
/// answering with the product's section and declining count as right.
const MISSING_ATTRIBUTE: &str = "missing-attribute";

/// A running evaluation, with the results so far.
pub(super) struct Run<'a> {
    engine: &'a Engine,
    report: Report,
    /// The predictions for all questions outside dialogues, except questions whose field `style` is
    /// [`MISSING_ATTRIBUTE`].
    predictions: Vec<Prediction>,
    times: Vec<f64>,
    confusions: BTreeMap<(String, String), usize>,
    misses: Vec<String>,
}

impl Run<'_> {
    pub fn new(engine: &Engine) -> Run<'_> {
        Run {
            engine,
            report: Report::default(),
            predictions: Vec::new(),
            times: Vec::new(),
            confusions: BTreeMap::new(),
            misses: Vec::new(),
        }
    }

    fn ask(&mut self, text: &str, context: &Context) -> Turn {
        let start = Instant::now();
        let turn = self.engine.ask(text, context);
        self.times.push(start.elapsed().as_secs_f64() * 1e6);
        turn
    }

    pub fn question(&mut self, labelled: &LabelledQuestion) {
        let turn = self.ask(&labelled.question, &Context::default());
        let outcome = self.judge(labelled, &turn);
        let first = turn.matched.sections.first();
        let top1 = first.is_some_and(|c| self.is_wanted(labelled, c.section));
        if !matches!(outcome, Outcome::MissingAttribute { .. }) {
            let answerable = !labelled.sections.is_empty();
            let confidence = first.map_or(0.0, |c| c.confidence);
            self.predictions.push(Prediction {
                outcome,
                answerable,
                in_scope: turn.matched.in_scope,
                confidence,
                right: top1,
            });
        }
        if let (Some(answer), Some(first), true) = (&labelled.answer, first, top1) {
            self.judge_highlight(answer, &turn, first.section);
        }
        self.report.counts.add(outcome, top1);
        self.report.by_language.entry(labelled.lang.clone()).or_default().add(outcome, top1);
        self.report.by_style.entry(labelled.style.clone()).or_default().add(outcome, top1);
        if !outcome.is_right() {
            self.miss(labelled, &turn);
        }
    }

    pub fn dialogue(&mut self, turns: &[LabelledQuestion]) {
        let mut context = Context::default();
        for labelled in turns {
            let turn = self.ask(&labelled.question, &context);
            let outcome = self.judge(labelled, &turn);
            let right = matches!(
                outcome,
                Outcome::AnsweredRight | Outcome::DeclinedRight | Outcome::MissingAttribute { right: true }
            );
            self.report.turns += 1;
            self.report.turns_right += usize::from(right);
            if !right {
                self.miss(labelled, &turn);
            }
            context = self.engine.context_after(&context, &turn);
        }
    }

    /// Records whether what the answer shows first contains one of the labelled answer texts.
    /// Records the same for the sentence that BM25 chooses.
    fn judge_highlight(&mut self, answers: &AnswerTexts, turn: &Turn, section: usize) {
        let (_, text) = self.engine.knowledge().text(section, turn.question.language);
        let sentences: Vec<String> = text.body.sentences().map(Sentence::plain).collect();
        let answers: Vec<String> = answers.as_slice().iter().map(|answer| squashed(answer)).collect();
        let contains_answer = |at: Option<usize>| {
            let shown = at.and_then(|at| sentences.get(text.body.answer(at)));
            let shown = squashed(&shown.unwrap_or_default().join(" "));
            usize::from(answers.iter().any(|answer| shown.contains(answer)))
        };
        self.report.highlight_asked += 1;
        self.report.highlight_right += contains_answer(turn.matched.highlight);
        self.report.highlight_bm25_right += contains_answer(bm25_choice(&turn.question.raw, &sentences));
    }

    fn is_wanted(&self, labelled: &LabelledQuestion, section: usize) -> bool {
        labelled.sections.iter().any(|id| id == self.engine.id(section).as_str())
    }

    fn judge(&self, labelled: &LabelledQuestion, turn: &Turn) -> Outcome {
        let answerable = !labelled.sections.is_empty();
        let wanted = |candidates: &[Candidate]| candidates.iter().any(|c| self.is_wanted(labelled, c.section));
        if labelled.style == MISSING_ATTRIBUTE {
            let right = match turn.matched.decision {
                Decision::Answer => wanted(&turn.matched.sections[..1]),
                Decision::Clarify => wanted(turn.matched.options()),
                Decision::Decline | Decision::Smalltalk(_) => true,
            };
            return Outcome::MissingAttribute { right };
        }
        match turn.matched.decision {
            Decision::Decline | Decision::Smalltalk(_) if answerable => Outcome::DeclinedWrong,
            Decision::Decline | Decision::Smalltalk(_) => Outcome::DeclinedRight,
            Decision::Answer if !answerable => Outcome::AnsweredUnanswerable,
            Decision::Clarify if !answerable => Outcome::ClarifiedUnanswerable,
            Decision::Answer if wanted(&turn.matched.sections[..1]) => Outcome::AnsweredRight,
            Decision::Answer => Outcome::AnsweredWrong,
            Decision::Clarify if wanted(turn.matched.options()) => Outcome::ClarifiedRight,
            Decision::Clarify => Outcome::ClarifiedWrong,
        }
    }

    fn miss(&mut self, labelled: &LabelledQuestion, turn: &Turn) {
        let wanted = if labelled.sections.is_empty() { "(decline)".to_owned() } else { labelled.sections.join("|") };
        let first = turn.matched.sections.first().map_or("-", |c| self.engine.id(c.section).as_str());
        let got = match turn.matched.decision {
            Decision::Answer => first.to_owned(),
            decision => format!("({})", decision.name()),
        };
        self.misses.push(format!(
            "{} [{} {}] wanted {wanted}, got {got} (first {first}, confidence {:.2})",
            labelled.question, labelled.lang, labelled.style, turn.matched.confidence
        ));
        *self.confusions.entry((wanted, got)).or_default() += 1;
    }

    /// Ends the evaluation. Returns the report, and one line of text for each question with a wrong
    /// outcome.
    pub fn finish(mut self) -> (Report, Vec<String>) {
        self.times.sort_by(f64::total_cmp);
        let percentile = |p: usize| self.times.get(self.times.len() * p / 100).copied().unwrap_or_default();
        self.report.p50_us = percentile(50).round();
        self.report.p99_us = percentile(99).round();
        let mut confusions: Vec<_> = self.confusions.into_iter().map(|((wanted, got), n)| (wanted, got, n)).collect();
        confusions.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
        confusions.truncate(10);
        self.report.confusions = confusions;
        self.report.add_calibration(&self.predictions);
        (self.report, self.misses)
    }
}

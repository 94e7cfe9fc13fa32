//! `footnote eval`: how good are the answers to questions whose answers are known?

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::{Cli, Exit};
use crate::engine::{Engine, Turn};
use crate::knowledge::SectionId;
use crate::matching::Decision;
use crate::question::Context;

/// Measures the answers to labelled questions.
///
/// A line of the file is a question {"question", "sections": [ids], "lang", "style"} (no sections: it should be declined) or a dialogue {"turns": [questions]},
/// in which each question is asked in the context of those before it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  footnote eval --questions tests/questions/dev.jsonl --show-misses")]
pub struct Args {
    /// File of labelled questions, one JSON object a line
    #[arg(long, value_name = "FILE.jsonl")]
    questions: PathBuf,
    /// One JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Also list every question that went wrong
    #[arg(long)]
    show_misses: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Dialogue { turns: Vec<Labelled> },
    Question(Labelled),
}

#[derive(Deserialize)]
struct Labelled {
    question: String,
    sections: Vec<String>,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    style: String,
}

/// Questions of this style ask something of a covered product that the article does not tell: showing its section and declining are both right.
const MISSING_ATTRIBUTE: &str = "missing-attribute";

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    AnsweredRight,
    ClarifiedRight,
    AnsweredWrong,
    ClarifiedWrong,
    DeclinedWrong,
    DeclinedRight,
    AnsweredUnanswerable,
    /// Of style [`MISSING_ATTRIBUTE`], and right or not.
    MissingAttribute {
        right: bool,
    },
}

impl Outcome {
    fn is_right(self) -> bool {
        use Outcome::{AnsweredRight, ClarifiedRight, DeclinedRight, MissingAttribute};
        matches!(self, AnsweredRight | ClarifiedRight | DeclinedRight | MissingAttribute { right: true })
    }
}

/// What is counted.
#[derive(Debug, Default, Clone, Serialize)]
struct Counts {
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
    /// Questions for which showing the product's section and declining are both right; in no other count.
    missing_attribute: usize,
    missing_attribute_right: usize,
    /// Of the answerable ones, those whose first section is a right one, whatever the decision.
    top1_right: usize,
}

impl Counts {
    fn add(&mut self, outcome: Outcome, top1: bool) {
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
struct Report {
    #[serde(flatten)]
    counts: Counts,
    /// Questions inside dialogues; in no other count.
    turns: usize,
    /// Of these, the ones answered with a right section, or rightly declined.
    turns_right: usize,
    /// Time for one question, in microseconds.
    p50_us: f64,
    p99_us: f64,
    by_language: BTreeMap<String, Counts>,
    by_style: BTreeMap<String, Counts>,
    /// What was wanted, what came first instead, and how often; the most frequent first.
    confusions: Vec<(String, String, usize)>,
}

pub fn run(args: &Args, cli: &Cli) -> anyhow::Result<Exit> {
    let engine = cli.engine()?;
    let lines = read(&args.questions)?;
    check_labels(&engine, &lines)?;
    let mut run = Run {
        engine: &engine,
        report: Report::default(),
        times: Vec::new(),
        confusions: BTreeMap::new(),
        misses: Vec::new(),
    };
    let progress = progress_bar(lines.len());
    for line in &lines {
        match line {
            Line::Question(labelled) => run.question(labelled),
            Line::Dialogue { turns } => run.dialogue(turns),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let misses = std::mem::take(&mut run.misses);
    let report = run.finish();
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        write_tables(&mut out, &report)?;
    }
    if args.show_misses {
        // Beside --json these go elsewhere, so that the output stays one object.
        for miss in misses {
            if args.json { writeln!(std::io::stderr(), "{miss}")? } else { writeln!(out, "{miss}")? }
        }
    }
    Ok(Exit::Success)
}

fn read(path: &Path) -> anyhow::Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("--questions {}: cannot be read; name a file with one labelled question a line, e.g. tests/questions/dev.jsonl", path.display())
    })?;
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|_| {
                let form = r#"{"question": "…", "sections": ["id"]} or {"turns": […]}"#;
                anyhow::anyhow!("{}:{}: not a labelled question; write {form}", path.display(), at + 1)
            })
        })
        .collect()
}

/// A section that the base does not have is a slip in the file, and no question could ever be right.
fn check_labels(engine: &Engine, lines: &[Line]) -> anyhow::Result<()> {
    anyhow::ensure!(!lines.is_empty(), "--questions: the file has no question in it");
    let labelled = lines.iter().flat_map(|line| match line {
        Line::Question(labelled) => std::slice::from_ref(labelled),
        Line::Dialogue { turns } => turns,
    });
    for id in labelled.flat_map(|l| &l.sections) {
        let known = SectionId::parse(id).and_then(|id| engine.knowledge().find(&id));
        anyhow::ensure!(
            known.is_some(),
            "--questions: the base has no section `{id}`; mend the file, or name the base with --knowledge"
        );
    }
    Ok(())
}

/// Shows only where it is long and somebody watches.
fn progress_bar(length: usize) -> ProgressBar {
    const LONG: usize = 2_000;
    let target = if length < LONG { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style =
        ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(length as u64), target).with_style(style)
}

struct Run<'a> {
    engine: &'a Engine,
    report: Report,
    times: Vec<f64>,
    confusions: BTreeMap<(String, String), usize>,
    misses: Vec<String>,
}

impl Run<'_> {
    fn ask(&mut self, text: &str, context: &Context) -> Turn {
        let start = Instant::now();
        let turn = self.engine.ask(text, context);
        self.times.push(start.elapsed().as_secs_f64() * 1e6);
        turn
    }

    fn question(&mut self, labelled: &Labelled) {
        let turn = self.ask(&labelled.question, &Context::default());
        let outcome = self.judge(labelled, &turn);
        let top1 = turn.matched.sections.first().is_some_and(|c| self.is_wanted(labelled, c.section));
        self.report.counts.add(outcome, top1);
        self.report.by_language.entry(labelled.lang.clone()).or_default().add(outcome, top1);
        self.report.by_style.entry(labelled.style.clone()).or_default().add(outcome, top1);
        if !outcome.is_right() {
            self.miss(labelled, &turn);
        }
    }

    fn dialogue(&mut self, turns: &[Labelled]) {
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
            context.language = Some(turn.question.language);
            context.last_section = turn.shown().map(|s| self.engine.id(s).clone()).or(context.last_section);
        }
    }

    fn is_wanted(&self, labelled: &Labelled, section: usize) -> bool {
        labelled.sections.iter().any(|id| id == self.engine.id(section).as_str())
    }

    fn judge(&self, labelled: &Labelled, turn: &Turn) -> Outcome {
        let answerable = !labelled.sections.is_empty();
        let wanted =
            |candidates: &[crate::matching::Candidate]| candidates.iter().any(|c| self.is_wanted(labelled, c.section));
        if labelled.style == MISSING_ATTRIBUTE {
            let right = match turn.matched.decision {
                Decision::Answer => wanted(&turn.matched.sections[..1]),
                Decision::Clarify => wanted(turn.matched.offered()),
                Decision::Decline | Decision::Smalltalk(_) => true,
            };
            return Outcome::MissingAttribute { right };
        }
        match turn.matched.decision {
            Decision::Decline | Decision::Smalltalk(_) if answerable => Outcome::DeclinedWrong,
            Decision::Decline | Decision::Smalltalk(_) => Outcome::DeclinedRight,
            _ if !answerable => Outcome::AnsweredUnanswerable,
            Decision::Answer if wanted(&turn.matched.sections[..1]) => Outcome::AnsweredRight,
            Decision::Answer => Outcome::AnsweredWrong,
            Decision::Clarify if wanted(turn.matched.offered()) => Outcome::ClarifiedRight,
            Decision::Clarify => Outcome::ClarifiedWrong,
        }
    }

    fn miss(&mut self, labelled: &Labelled, turn: &Turn) {
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

    fn finish(mut self) -> Report {
        self.times.sort_by(f64::total_cmp);
        let percentile = |p: usize| self.times.get(self.times.len() * p / 100).copied().unwrap_or_default();
        self.report.p50_us = percentile(50).round();
        self.report.p99_us = percentile(99).round();
        let mut confusions: Vec<_> = self.confusions.into_iter().map(|((wanted, got), n)| (wanted, got, n)).collect();
        confusions.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
        confusions.truncate(10);
        self.report.confusions = confusions;
        self.report
    }
}

fn write_tables(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let of = |part: usize, whole: usize| {
        let share = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
        format!("{part} of {whole} ({share:.1} %)")
    };
    let c = &report.counts;
    writeln!(out, "answered right     {}", of(c.answered_right, c.answerable))?;
    writeln!(out, "clarified right    {}", of(c.clarified_right, c.answerable))?;
    writeln!(out, "answered wrong     {}", of(c.answered_wrong, c.answerable))?;
    writeln!(out, "clarified wrong    {}", of(c.clarified_wrong, c.answerable))?;
    writeln!(out, "declined wrong     {}", of(c.declined_wrong, c.answerable))?;
    writeln!(out, "first one right    {}", of(c.top1_right, c.answerable))?;
    writeln!(out, "declined right     {}", of(c.declined_right, c.unanswerable))?;
    writeln!(out, "missing attribute  {}", of(c.missing_attribute_right, c.missing_attribute))?;
    if report.turns > 0 {
        writeln!(out, "turns right        {}", of(report.turns_right, report.turns))?;
    }
    writeln!(out, "time a question    p50 {} µs, p99 {} µs", report.p50_us, report.p99_us)?;
    for (name, table) in [("language", &report.by_language), ("style", &report.by_style)] {
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
    if !report.confusions.is_empty() {
        writeln!(out, "\nmost frequent confusions")?;
        for (wanted, got, times) in &report.confusions {
            writeln!(out, "{times:>4} ×  wanted {wanted}, got {got}")?;
        }
    }
    Ok(())
}

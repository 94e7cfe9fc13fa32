//! The command `footnote eval`: measures the quality of the answers to labelled questions.

mod labelled;
mod outcome;
mod sentences;
mod calibration;
mod costs;
mod report;
mod run;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit::Exit;
use super::knowledge_args::KnowledgeArgs;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::SectionId;
use footnote_engine::text::squashed;
use labelled::{AnswerTexts, LabelledLine};
use run::Run;

/// Measures the answers to labelled questions.
///
/// A line of the file is a question {"question", "sections": [ids], "lang", "style"} (an empty
/// list: it should be declined) or a dialogue {"turns": [questions]}, in which each question is
/// asked in the context of those before it. A question may also carry "answer": a text or
/// several, of which what the answer shows first should contain one.
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

pub fn run(args: &Args, knowledge: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let engine = knowledge.engine()?;
    let lines = read(&args.questions)?;
    check_labels(&engine, &lines)?;
    let mut run = Run::new(&engine);
    let progress = progress_bar(lines.len());
    for line in &lines {
        match line {
            LabelledLine::Question(labelled) => run.question(labelled),
            LabelledLine::Dialogue { turns } => run.dialogue(turns),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let (report, misses) = run.finish();
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        report.write_tables(&mut out)?;
    }
    if args.show_misses {
        // With `--json`, prints the misses to standard error, so that standard output contains only
        // one JSON object.
        for miss in misses {
            if args.json { writeln!(std::io::stderr(), "{miss}")? } else { writeln!(out, "{miss}")? }
        }
    }
    Ok(Exit::Success)
}

fn read(path: &Path) -> anyhow::Result<Vec<LabelledLine>> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("--questions {}: cannot be read; name a file with one labelled question a line, e.g. tests/questions/dev.jsonl", path.display())
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
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

/// Rejects labels that make the evaluation meaningless: ids of sections that do not exist, and
/// answer texts without letters or digits.
fn check_labels(engine: &Engine, lines: &[LabelledLine]) -> anyhow::Result<()> {
    anyhow::ensure!(!lines.is_empty(), "--questions: the file has no question in it");
    let labelled = lines.iter().flat_map(|line| match line {
        LabelledLine::Question(labelled) => std::slice::from_ref(labelled),
        LabelledLine::Dialogue { turns } => turns,
    });
    for id in labelled.clone().flat_map(|l| &l.sections) {
        let known = SectionId::parse(id).and_then(|id| engine.knowledge().find(&id));
        anyhow::ensure!(
            known.is_some(),
            "--questions: the base has no section `{id}`; mend the file, or name the base with --knowledge"
        );
    }
    for answer in labelled.filter_map(|l| l.answer.as_ref()).flat_map(AnswerTexts::as_slice) {
        anyhow::ensure!(
            !squashed(answer).is_empty(),
            "--questions: the answer `{answer}` has neither letters nor digits, so every sentence contains it; mend the file"
        );
    }
    Ok(())
}

/// Creates a progress bar, which is hidden if the file has fewer than 2,000 lines.
fn progress_bar(length: usize) -> ProgressBar {
    const LONG: usize = 2_000;
    let target = if length < LONG { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style =
        ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(length as u64), target).with_style(style)
}

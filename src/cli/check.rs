//! The command `footnote check`: reports every mistake in a knowledge base, with file and line.

use std::io::Write;

use super::exit::Exit;
use super::knowledge_args::KnowledgeArgs;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{Diagnostic, Knowledge, Severity, check};
use footnote_engine::matching::{Expectation, Matcher, gaps};

/// Looks for mistakes in a knowledge base: file:line, what is wrong, and how to mend it.
///
/// Exit code 1 if there are errors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  footnote check --knowledge my-article/")]
pub struct Args {}

pub fn run(knowledge: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let loaded = knowledge.load()?;
    let is_whole = loaded.is_whole();
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(check(&loaded.knowledge));
    let languages = loaded.knowledge.languages.clone();
    let section_count = loaded.knowledge.sections.len();
    let mut outlook = None;
    if is_whole {
        outlook = Some(outlook_of(&loaded.knowledge));
        // Checks that each sample question finds its own section. Skipped if a file of the
        // knowledge base could not be read, because the results would be misleading.
        diagnostics.extend(Engine::new(loaded.knowledge).self_check());
    }
    diagnostics.sort_by(|a, b| a.location.cmp(&b.location));
    let mut out = std::io::stdout().lock();
    for diagnostic in &diagnostics {
        writeln!(out, "{diagnostic}")?;
    }
    let is_error = |p: &&Diagnostic| p.severity != Severity::Warning;
    let errors = diagnostics.iter().filter(is_error).count();
    // Notes are no faults of the base, so they have no place in it and are not counted.
    for language in languages {
        let gaps = gaps(language);
        if !gaps.is_empty() {
            writeln!(out, "note: `{language}` has {}", gaps.join("; "))?;
        }
    }
    if let Some(outlook) = outlook {
        writeln!(out, "{outlook}")?;
    }
    writeln!(out, "sections: {section_count}, errors: {errors}, warnings: {}", diagnostics.len() - errors)?;
    Ok(if errors == 0 { Exit::Success } else { Exit::Failure })
}

/// The most sections that are named as the weakest.
const MAX_WEAKEST: usize = 3;

/// Says what to expect of the knowledge base.
fn outlook_of(knowledge: &Knowledge) -> String {
    match Matcher::expectation(knowledge) {
        None => "note: there are no sample questions, so only questions in the words of the texts are answered, about 7 in 10 as measured (docs/evaluation.md); give each section five `questions` as people ask them".to_owned(),
        Some(expectation) => expected(knowledge, &expectation),
    }
}

fn expected(knowledge: &Knowledge, expectation: &Expectation) -> String {
    let percent = |count: usize| (100.0 * count as f64 / expectation.asked as f64).round();
    let kind = if 2 * expectation.declined > expectation.asked { "warning" } else { "note" };
    let weakest = expectation.weakest.iter().take(MAX_WEAKEST);
    let weakest: Vec<String> = weakest
        .map(|(section, asked, right)| format!("`{}` ({right} of {asked})", knowledge.sections[*section].id))
        .collect();
    let advice = if weakest.is_empty() {
        String::new()
    } else {
        format!("; weakest: {}, add samples there", weakest.join(", "))
    };
    format!(
        "{kind}: of new questions like your {} samples (each asked as if it were not there), expect about {} % answered, {} % asked back, {} % wrong and {} % declined{advice}",
        expectation.asked,
        percent(expectation.answered),
        percent(expectation.asked_back),
        percent(expectation.wrong),
        percent(expectation.declined)
    )
}

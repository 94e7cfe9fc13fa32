//! The command `footnote check`: reports every mistake in a knowledge base, with file and line.

use std::io::Write;

use super::exit::Exit;
use super::knowledge_args::KnowledgeArgs;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{Diagnostic, Severity, check};
use footnote_engine::matching::gaps;

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
    if is_whole {
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
    writeln!(out, "sections: {section_count}, errors: {errors}, warnings: {}", diagnostics.len() - errors)?;
    Ok(if errors == 0 { Exit::Success } else { Exit::Failure })
}

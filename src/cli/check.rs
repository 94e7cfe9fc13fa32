//! `footnote check`: every mistake in a base, like a compiler.

use std::io::Write;

use super::exit::Exit;
use super::knowledge_args::KnowledgeArgs;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{Diagnostic, Severity, check};

/// Looks for mistakes in a knowledge base: file:line, what is wrong, and how to mend it.
///
/// Exit code 1 if there are errors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  footnote check --knowledge my-article/")]
pub struct Args {}

pub fn run(knowledge: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let loaded = knowledge.load()?;
    let whole = loaded.is_whole();
    let mut problems = loaded.diagnostics;
    problems.extend(check(&loaded.knowledge));
    let counted = loaded.knowledge.sections.len();
    if whole {
        // What the matcher does with half a base says nothing.
        problems.extend(Engine::new(loaded.knowledge).self_check());
    }
    problems.sort_by(|a, b| a.location.cmp(&b.location));
    let mut out = std::io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    let is_error = |p: &&Diagnostic| p.severity != Severity::Warning;
    let errors = problems.iter().filter(is_error).count();
    writeln!(out, "sections: {counted}, errors: {errors}, warnings: {}", problems.len() - errors)?;
    Ok(if errors == 0 { Exit::Success } else { Exit::Failure })
}

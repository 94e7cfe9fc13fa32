//! How an answer was found, in plain words.

use super::message::{Reply, message};
use super::strings::{fill, wording};
use crate::knowledge::Knowledge;
use crate::matching::{Candidate, Decision, Explanation, Match, MatchKind, WordContribution};
use crate::question::Question;
use crate::text::Language;

/// How an answer was found, in plain words.
#[must_use]
pub fn why(knowledge: &Knowledge, question: &Question, matched: &Match, explanation: Option<&Explanation>) -> Reply {
    /// More words than these explain nothing more.
    const MAX_WORDS: usize = 6;
    let (language, say) = (question.language, wording(question.language));
    let title = |at: usize| knowledge.text(at, language).1.title.as_str();
    let percent = |confidence: f64| format!("{:.0} %", confidence * 100.0);
    let mut lines = Vec::new();
    match (matched.sections.first(), explanation) {
        (Some(best), Some(explanation)) => {
            let candidate = |c: &Candidate| fill(say.why_candidate, &[title(c.section), &percent(c.confidence)]);
            lines.push(match matched.decision {
                Decision::Clarify => {
                    let offered: Vec<String> = matched.options().iter().map(candidate).collect();
                    fill(say.why_close, &[&offered.join(say.comma)])
                }
                Decision::Decline => fill(say.why_declined, &[&candidate(best)]),
                _ => fill(say.why_section, &[title(best.section), &percent(best.confidence)]),
            });
            let told =
                explanation.words.iter().filter(|part| part.sum() > 0.0 && part.match_kind != MatchKind::Inherited);
            let word =
                |part: &WordContribution| match say.paths.get(part.match_kind as usize).copied().unwrap_or_default() {
                    "" => part.typed.clone(),
                    path => format!("{} → {} ({path})", part.typed, part.matched),
                };
            let words: Vec<String> = told.take(MAX_WORDS).map(word).collect();
            if !words.is_empty() {
                lines.push(fill(say.why_words, &[&words.join(say.comma)]));
            }
            if explanation.words.iter().any(|part| part.match_kind == MatchKind::Inherited) {
                lines.push(say.why_before.to_owned());
            }
            if !explanation.unknown.is_empty() {
                lines.push(fill(say.why_unknown, &[&explanation.unknown.join(say.comma)]));
            }
            let is_answered = matched.decision == Decision::Answer;
            if let Some(next) = matched.sections.get(1).filter(|_| is_answered) {
                lines.push(fill(say.why_next, &[title(next.section), &percent(next.confidence)]));
            }
        }
        _ => lines.push(say.why_nothing.to_owned()),
    }
    message(&lines.join("\n"), Vec::new())
}

/// Said where there is no answer to explain.
#[must_use]
pub fn nothing_to_explain(language: Language) -> Reply {
    message(wording(language).why_nothing, Vec::new())
}

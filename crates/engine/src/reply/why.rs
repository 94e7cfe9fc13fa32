//! The reply to `/why` and to the button "Why?": how an answer was found, in plain words.

use super::message::{Reply, message};
use super::strings::{Strings, fill};
use crate::knowledge::Knowledge;
use crate::matching::{Candidate, Decision, Explanation, Match, MatchKind, WordContribution};
use crate::question::Question;
use crate::text::Language;

/// Composes the reply to `/why`: how the answer was found. `explanation` explains the score of the
/// top-ranked section; `None` if no section was ranked.
#[must_use]
pub fn why(knowledge: &Knowledge, question: &Question, matched: &Match, explanation: Option<&Explanation>) -> Reply {
    /// Maximum number of words listed as contributing to the score.
    const MAX_WORDS: usize = 6;
    let (language, strings) = (question.language, Strings::of(question.language));
    let title = |at: usize| knowledge.text(at, language).1.title.as_str();
    let percent = |confidence: f64| format!("{:.0} %", confidence * 100.0);
    let mut lines = Vec::new();
    match (matched.sections.first(), explanation) {
        (Some(best), Some(explanation)) => {
            let candidate = |c: &Candidate| fill(strings.why_candidate, &[title(c.section), &percent(c.confidence)]);
            lines.push(match matched.decision {
                Decision::Clarify => {
                    let options: Vec<String> = matched.options().iter().map(candidate).collect();
                    fill(strings.why_close, &[&options.join(strings.comma)])
                }
                Decision::Decline => fill(strings.why_declined, &[&candidate(best)]),
                _ => fill(strings.why_section, &[title(best.section), &percent(best.confidence)]),
            });
            let contributing =
                explanation.words.iter().filter(|word| word.sum() > 0.0 && word.match_kind != MatchKind::Inherited);
            let words: Vec<String> = contributing.take(MAX_WORDS).map(|word| matched_word(word, strings)).collect();
            if !words.is_empty() {
                lines.push(fill(strings.why_words, &[&words.join(strings.comma)]));
            }
            if explanation.words.iter().any(|word| word.match_kind == MatchKind::Inherited) {
                lines.push(strings.why_before.to_owned());
            }
            if !explanation.unknown.is_empty() {
                lines.push(fill(strings.why_unknown, &[&explanation.unknown.join(strings.comma)]));
            }
            let is_answered = matched.decision == Decision::Answer;
            if let Some(next) = matched.sections.get(1).filter(|_| is_answered) {
                lines.push(fill(strings.why_next, &[title(next.section), &percent(next.confidence)]));
            }
        }
        _ => lines.push(strings.why_nothing.to_owned()),
    }
    message(&lines.join("\n"), Vec::new())
}

/// Formats a word of the question, followed by the word that it matched and the kind of match. An
/// exact match shows only the word.
fn matched_word(word: &WordContribution, strings: &Strings) -> String {
    let names = &strings.match_kinds;
    let match_kind = match word.match_kind {
        MatchKind::Exact => return word.typed.clone(),
        MatchKind::Typo => names.typo,
        MatchKind::Prefix => names.prefix,
        MatchKind::Split => names.split,
        MatchKind::Pinyin => names.pinyin,
        MatchKind::Homophone => names.homophone,
        MatchKind::Lookalike => names.lookalike,
        MatchKind::Sound => names.sound,
        MatchKind::Inherited => names.inherited,
    };
    format!("{} → {} ({match_kind})", word.typed, word.matched)
}

/// The reply to `/why` when there is no answer to explain.
#[must_use]
pub fn nothing_to_explain(language: Language) -> Reply {
    message(Strings::of(language).why_nothing, Vec::new())
}

//! The same arithmetic as [`super::score`], told word by word.

use super::model::Model;
use super::score::{CONTEXT, EncodedQuestion, FOREIGN, LEARNED, NEAREST, TEXT};
use super::section_index::SectionIndex;
use super::token::{MatchKind, Token};

/// One word's part in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The word as typed.
    pub asked: String,
    /// The word of the base that it was taken for.
    pub matched: String,
    /// How it came to it.
    pub path: MatchKind,
    /// What it added through what was learned from all sample questions.
    pub learned: f64,
    /// What it added through the nearest passage.
    pub nearest: f64,
    /// What it added through the text of the section.
    pub text: f64,
}

impl Part {
    /// What it added in all.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.learned + self.nearest + self.text
    }
}

/// How a section came to its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The sum of `base` and of all parts.
    pub score: f64,
    /// What no word added: where the section stands before anything is asked, whether another product was named, and what was spoken of before.
    pub base: f64,
    /// The passage of the section that is nearest to the question.
    pub nearest: String,
    /// The parts, the largest first.
    pub parts: Vec<Part>,
    /// Words of the question that the base knows nothing about.
    pub unknown: Vec<String>,
}

pub(super) fn explain(
    index: &Model,
    seen: &EncodedQuestion,
    tokens: &[Token<'_>],
    normal: &str,
    section: usize,
) -> Explanation {
    let found = index.bodies.read(&seen.search, section, |_, _| {});
    let signs = seen.signs(index, section, &found);
    let weights = &index.weights.sections;
    let mut parts: Vec<Part> = tokens
        .iter()
        .map(|token| Part {
            asked: normal[token.typed.clone()].to_owned(),
            matched: token.text.to_string(),
            path: token.match_kind,
            learned: 0.0,
            nearest: 0.0,
            text: 0.0,
        })
        .collect();
    let passage = seen.nearest.of(section).map_or(usize::MAX, |(_, passage)| passage);
    let mut learned = 0.0;
    for w in &seen.vector {
        let part = weights[LEARNED] * f64::from(index.samples.learned(w.feature, section)) * f64::from(w.value);
        learned += part;
        parts[w.token].learned += part;
        parts[w.token].nearest += weights[NEAREST] * f64::from(w.likened * index.samples.share(w.feature, passage));
    }
    for (term, wanted) in seen.search.terms.iter().enumerate() {
        parts[wanted.token].text += weights[TEXT] * f64::from(SectionIndex::part(&seen.search, &found, term));
    }
    let base = weights[LEARNED] * signs[LEARNED] - learned
        + weights[FOREIGN] * signs[FOREIGN]
        + weights[CONTEXT] * signs[CONTEXT];
    parts.sort_by(|a, b| b.sum().total_cmp(&a.sum()));
    let known = |token: &&Token<'_>| index.knows(token);
    Explanation {
        score: base + parts.iter().map(Part::sum).sum::<f64>(),
        base,
        nearest: index.samples.passages.get(passage).map(|p| p.text.clone()).unwrap_or_default(),
        parts,
        unknown: tokens.iter().filter(|t| !known(t)).map(|t| normal[t.typed.clone()].to_owned()).collect(),
    }
}

//! The same arithmetic as [`super::score`], told term by term.

use super::index::{Asked, Index};
use super::score::Measure;
use super::terms::Path;
use super::weights::LIKENESS;

/// One term's part in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The term of the question.
    pub asked: String,
    /// The term of the base that it was taken for.
    pub matched: String,
    /// How it came to it.
    pub path: Path,
    /// What it added to the score by standing in the nearest passage.
    pub likeness: f64,
    /// What it added to the score by belonging to the section.
    pub coverage: f64,
}

/// How a section came to its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The sum of all parts.
    pub score: f64,
    /// The passage of the section that is nearest to the question.
    pub nearest: String,
    /// The parts, the largest first.
    pub parts: Vec<Part>,
    /// Terms of the question that the base knows nothing about.
    pub unknown: Vec<String>,
}

pub(super) fn explain(index: &Index, asked: &[Asked], section: usize) -> Explanation {
    let measure = Measure::of(asked);
    let scores = super::score::score(index, asked);
    let factor = scores.ranked.iter().find(|s| s.section == section).map_or(1.0, |s| s.factor);
    let own =
        index.passages.iter().zip(&scores.passages).enumerate().filter(|(_, (p, _))| p.section as usize == section);
    let nearest = own.max_by(|a, b| a.1.1.total_cmp(b.1.1).then(b.0.cmp(&a.0))).map(|(at, _)| at);
    let share = |list: &[(u32, f32)], at: Option<usize>| {
        list.iter().find(|(i, _)| Some(*i as usize) == at).map_or(0.0, |(_, share)| *share)
    };
    let mut parts: Vec<Part> = asked
        .iter()
        .filter_map(|term| {
            let known = &index.terms[term.term? as usize];
            Some(Part {
                asked: term.text.clone(),
                matched: known.text.to_string(),
                path: term.path,
                likeness: factor * LIKENESS * measure.likeness(term, share(&known.passages, nearest)),
                coverage: factor * (1.0 - LIKENESS) * measure.coverage(term, share(&known.sections, Some(section))),
            })
        })
        .filter(|part| part.likeness + part.coverage > 0.0)
        .collect();
    parts.sort_by(|a, b| (b.likeness + b.coverage).total_cmp(&(a.likeness + a.coverage)));
    Explanation {
        score: parts.iter().map(|p| p.likeness + p.coverage).sum(),
        nearest: nearest.map(|at| index.passages[at].text.clone()).unwrap_or_default(),
        parts,
        unknown: asked.iter().filter(|a| a.term.is_none()).map(|a| a.text.clone()).collect(),
    }
}

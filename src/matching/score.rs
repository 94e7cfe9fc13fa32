//! The score of a section.
//!
//! It is a mix of two views, each between 0 and 1:
//! - **likeness**, the cosine between the question and the nearest passage of the section (a title, an alias, a sample question, a sentence). With slips
//!   forgiven word by word this is SoftTFIDF (Cohen, Ravikumar, Fienberg 2003);
//! - **coverage**, the share of what was asked that the section accounts for, whichever of its passages say it.

use super::index::{Asked, Index};
use super::terms::Path;
use super::weights::{LIKENESS, OTHER_PRODUCT, SAME_WORDS};

/// A section (or the declined questions) and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub section: usize,
    /// The part of the score that the nearest passage gives, as a cosine between 0 and 1.
    pub likeness: f64,
    /// The part that all passages give together, between 0 and 1.
    pub coverage: f64,
    /// What both have been multiplied by already.
    pub factor: f64,
}

impl Scored {
    /// The mix of the two, between 0 and 1.
    pub fn score(&self) -> f64 {
        LIKENESS * self.likeness + (1.0 - LIKENESS) * self.coverage
    }
}

/// What the parts of a question say for each section and passage.
#[derive(Debug)]
pub(super) struct Scores {
    /// Real sections with a score above 0, best first; equals in the order of their ids.
    pub ranked: Vec<Scored>,
    /// The declined questions.
    pub declined: Scored,
    /// The cosine with each passage.
    pub passages: Vec<f32>,
    /// The share of what was asked that the base knows nothing about, by weight.
    pub unknown: f64,
    /// How many terms were asked.
    pub terms: usize,
    /// Is one of them the name of a product, or taken for one?
    pub names_product: bool,
}

/// What a question is measured by: the length of its vector, and the sum of its weights.
pub(super) struct Measure {
    pub length: f64,
    pub sum: f64,
}

/// What is taken over from before was not said, so no passage can be like it; it only tells whose sections are meant.
fn is_said(asked: &Asked) -> bool {
    asked.path != Path::Inherited
}

impl Measure {
    pub fn of(asked: &[Asked]) -> Measure {
        Measure {
            length: asked
                .iter()
                .filter(|a| is_said(a))
                .map(|a| a.weight * a.weight)
                .sum::<f64>()
                .sqrt()
                .max(f64::MIN_POSITIVE),
            sum: asked.iter().map(|a| a.weight).sum::<f64>().max(f64::MIN_POSITIVE),
        }
    }

    /// What one term adds to the likeness of a passage that holds it with this share.
    pub fn likeness(&self, asked: &Asked, share: f32) -> f64 {
        if is_said(asked) { asked.weight * f64::from(share) / self.length } else { 0.0 }
    }

    /// What one term adds to the coverage by a section that it belongs to so much.
    pub fn coverage(&self, asked: &Asked, belonging: f32) -> f64 {
        asked.weight * f64::from(belonging) / self.sum
    }
}

/// What a section keeps of its score: all, unless the question names products and the section is about another, and has nothing in nearly the same words.
fn product_factor(index: &Index, named: &[usize], scored: Scored) -> f64 {
    let own = index.products.get(scored.section).copied().flatten();
    let is_foreign = own.is_some_and(|own| !named.is_empty() && !named.contains(&own));
    if is_foreign && scored.likeness < SAME_WORDS { OTHER_PRODUCT } else { 1.0 }
}

pub(super) fn score(index: &Index, asked: &[Asked]) -> Scores {
    let measure = Measure::of(asked);
    let mut passages = vec![0.0_f32; index.passages.len()];
    let mut totals: Vec<Scored> = (0..=index.sections as usize)
        .map(|section| Scored { section, likeness: 0.0, coverage: 0.0, factor: 1.0 })
        .collect();
    let (mut unknown, mut named) = (0.0, Vec::new());
    for term in asked {
        let Some(known) = term.term.map(|id| &index.terms[id as usize]) else {
            unknown += term.weight;
            continue;
        };
        named.extend(term.product);
        for &(passage, share) in &known.passages {
            passages[passage as usize] += measure.likeness(term, share) as f32;
        }
        for &(section, belonging) in &known.sections {
            totals[section as usize].coverage += measure.coverage(term, belonging);
        }
    }
    for (passage, &likeness) in index.passages.iter().zip(&passages) {
        let best = &mut totals[passage.section as usize].likeness;
        *best = best.max(f64::from(likeness).min(1.0));
    }
    for total in &mut totals {
        let factor = product_factor(index, &named, *total);
        total.likeness *= factor;
        total.coverage *= factor;
        total.factor = factor;
    }
    let declined = totals.pop().unwrap_or(Scored { section: 0, likeness: 0.0, coverage: 0.0, factor: 1.0 });
    totals.retain(|s| s.score() > 0.0);
    totals.sort_by(|a, b| b.score().total_cmp(&a.score()).then(a.section.cmp(&b.section)));
    Scores {
        ranked: totals,
        declined,
        passages,
        unknown: unknown / measure.sum,
        terms: asked.len(),
        names_product: !named.is_empty(),
    }
}

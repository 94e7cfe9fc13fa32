//! Every weight and threshold, each with its reason, and the sum they go into.
//!
//! A section's score for a question is a mix of two views, each between 0 and 1:
//! - **likeness**, the cosine between the question and the nearest passage of the section (a title, an alias, a sample question, a sentence). With slips
//!   forgiven word by word this is SoftTFIDF (Cohen, Ravikumar, Fienberg 2003);
//! - **coverage**, the share of what was asked that the section accounts for, whichever of its passages say it.

use super::index::{Asked, Index};
use super::terms::{Kind, Path};

/// Share of likeness in the score; the rest is coverage. Likeness alone falls for one lucky passage, coverage alone for long sections.
/// 0.4 ranked best among 0.3 to 0.7 on sample questions held out of the base.
pub(super) const LIKENESS: f64 = 0.4;

/// What a term taken over from the section before weighs: enough to settle which product is meant, too little to answer by itself.
pub(super) const INHERITED: f64 = 1.0;

/// How much a term of a passage that states a number is raised when the question wants one. It only moves the highlight.
pub(super) const NUMBER_BONUS: f64 = 1.4;

/// How much a sentence is raised that opens with all of what was asked. It only moves the highlight.
pub(super) const OPENING_BONUS: f64 = 1.0;

/// Where a passage stands in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Alias,
    Question,
    Sentence,
}

/// How much a passage says about what its section is asked for: titles, aliases and sentences are chosen with care and few, sample questions are many.
pub(super) fn field(field: Field) -> f32 {
    match field {
        Field::Title | Field::Alias | Field::Sentence => 3.0,
        Field::Question => 1.0,
    }
}

/// How much longer evidence counts: a pair of Han characters is about a word, one character alone is in a hundred words.
pub(super) fn kind(kind: Kind) -> f64 {
    match kind {
        Kind::Word | Kind::HanPair => 1.0,
        Kind::Han => 0.5,
    }
}

/// What an unknown term weighs beside a known one that stands in a single section. An unknown word of letters is something else that was asked for; an
/// unknown pair of Han characters is mostly two words that happen to meet.
pub(super) fn unknown(kind: Kind, term: &str) -> f64 {
    match kind {
        // A single letter is a leftover of something, not a thing.
        Kind::Word if term.len() == 1 => 0.2,
        Kind::Word => 0.8,
        Kind::HanPair => 0.25,
        Kind::Han => 0.25,
    }
}

/// How telling a term is: inverse document frequency, with a section as the document, so that question frames ("what is", 是什么), which stand in every section, weigh next to nothing.
/// The power dampens it: with few sections, a word that only one of them happens to use is less telling than it looks.
pub(super) fn idf(sections_with_it: usize, sections: usize) -> f64 {
    ((sections as f64 + 1.0) / (sections_with_it as f64 + 0.5)).ln().max(0.02).powf(0.6)
}

/// How much a term is a section's own, from the weighted number of its passages that hold it: BM25's saturation (Robertson and Zaragoza 2009).
pub(super) fn belonging(count: f32) -> f32 {
    count / (count + 3.0)
}

/// A section (or the declined questions) and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub section: usize,
    /// The part of the score that the nearest passage gives, as a cosine between 0 and 1.
    pub likeness: f64,
    /// The part that all passages give together, between 0 and 1.
    pub coverage: f64,
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

pub(super) fn score(index: &Index, asked: &[Asked]) -> Scores {
    let measure = Measure::of(asked);
    let mut passages = vec![0.0_f32; index.passages.len()];
    let mut totals: Vec<Scored> =
        (0..=index.sections as usize).map(|section| Scored { section, likeness: 0.0, coverage: 0.0 }).collect();
    let (mut unknown, mut names_product) = (0.0, false);
    for term in asked {
        let Some(known) = term.term.map(|id| &index.terms[id as usize]) else {
            unknown += term.weight;
            continue;
        };
        names_product |= term.names_product;
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
    let declined = totals.pop().unwrap_or(Scored { section: 0, likeness: 0.0, coverage: 0.0 });
    totals.retain(|s| s.score() > 0.0);
    totals.sort_by(|a, b| b.score().total_cmp(&a.score()).then(a.section.cmp(&b.section)));
    Scores { ranked: totals, declined, passages, unknown: unknown / measure.sum, terms: asked.len(), names_product }
}

/// Below this probability that the question is ours at all, decline. The curve below is fitted as if half of all questions were ours; in a chat about the
/// article more are, so the line is a little under one half.
pub(super) const MIN_OURS: f64 = 0.45;

/// From this probability on, a section is shown to somebody who is still typing.
pub(super) const MIN_PLAUSIBLE: f64 = 0.1;

/// Below this share of the first section among all, ask back: a wrong answer costs three times what asking back does, so it pays from a chance
/// of one in three that another section is meant.
pub(super) const MIN_SHARE: f64 = 2.0 / 3.0;

/// Most sections to choose from: more is a list to read, not a question.
pub(super) const MAX_OFFERED: usize = 3;

/// A section is worth offering if its share is at least this part of the first one's.
pub(super) const MIN_OFFERED_SHARE: f64 = 0.3;

/// How probable it is that the question is ours: a logistic curve, fitted (logistic regression, both classes weighing the same) on the base's own
/// sample and declined questions, each fifth of them held out of the base in turn. What each weight says:
pub(super) fn probability_ours(best: Scored, scores: &Scores) -> f64 {
    /// Alone, a question is more likely none of ours.
    const BIAS: f64 = -4.95;
    /// Near to something we answer, all of it accounted for: ours.
    const LIKENESS: f64 = 1.53;
    const COVERAGE: f64 = 6.82;
    /// Near to something that is known to be none of ours.
    const DECLINED_LIKENESS: f64 = -2.02;
    const DECLINED_COVERAGE: f64 = -4.78;
    /// Asks for things never heard of.
    const UNKNOWN: f64 = -6.75;
    /// By each power of e in the number of terms: a long question is harder to cover, so the same coverage says more.
    const LENGTH: f64 = 1.79;
    /// Names a product of the base.
    const NAMES_PRODUCT: f64 = 3.70;
    let logit = BIAS
        + LIKENESS * best.likeness
        + COVERAGE * best.coverage
        + DECLINED_LIKENESS * scores.declined.likeness
        + DECLINED_COVERAGE * scores.declined.coverage
        + UNKNOWN * scores.unknown
        + LENGTH * (scores.terms as f64).ln_1p()
        + if scores.names_product { NAMES_PRODUCT } else { 0.0 };
    1.0 / (1.0 + (-logit).exp())
}

/// How the probability divides among the sections: a softmax of their scores, as sharp as fits held-out sample questions best.
pub(super) fn shares(ranked: &[Scored]) -> Vec<f64> {
    /// A lead of 0.1 makes a section ten times as probable as the next: e to the power of 2.3.
    const SHARPNESS: f64 = 23.0;
    let Some(best) = ranked.first().map(Scored::score) else { return Vec::new() };
    let weights: Vec<f64> = ranked.iter().map(|s| ((s.score() - best) * SHARPNESS).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

//! Every weight and threshold of the matcher, each with its reason.
//!
//! "Fitted" and "held-out" mean: on the base's own sample and declined questions, each fifth of them held out of the base in turn. What says neither was set by hand.

use super::terms::{Kind, is_frame};

/// Share of likeness in the score; the rest is coverage. Likeness alone falls for one lucky passage, coverage alone for long sections.
/// Between 0.3 and 0.4 ranked held-out sample questions best; from 0.5 on it falls.
pub(super) const LIKENESS: f64 = 0.4;

/// What a product's name taken over from the section before weighs beside one that was said. It counts for coverage only: it tells whose sections are meant, and
/// which of them is for the words of the question to say.
pub(super) const INHERITED: f64 = 1.0;

/// From this likeness on, a question is in the very words of a passage, or as good as.
pub(super) const SAME_WORDS: f64 = 0.9;

/// What a section about another product keeps of its score when the question names one: it may still be meant (what Copilot is built on), but seldom is.
pub(super) const OTHER_PRODUCT: f64 = 0.6;

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

/// How much longer evidence counts: a pair of Han characters is about a word, one character alone is in a hundred words, and a word of the frame in all questions.
pub(super) fn kind(kind: Kind, term: &str) -> f64 {
    match kind {
        Kind::Word if is_frame(term) => 0.3,
        Kind::Word | Kind::HanPair => 1.0,
        Kind::Han => 0.5,
    }
}

/// What an unknown term weighs beside a known one that stands in a single section. An unknown word of letters is something else that was asked for; an
/// unknown pair of Han characters is mostly two words that happen to meet.
pub(super) fn unknown(kind: Kind, term: &str) -> f64 {
    match kind {
        // Part of the frame, or a leftover of something: no thing that was asked for.
        Kind::Word if is_frame(term) || term.len() == 1 => 0.1,
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

/// What speaks for and against a question being ours.
pub(super) struct Signs {
    /// Likeness and coverage of the best section, and of the declined questions.
    pub likeness: f64,
    pub coverage: f64,
    pub declined_likeness: f64,
    pub declined_coverage: f64,
    /// The share of what was asked that the base knows nothing about, by weight.
    pub unknown: f64,
    /// How many terms were asked.
    pub terms: usize,
    /// Is one of them the name of a product?
    pub names_product: bool,
}

/// How probable it is that the question is ours: a logistic curve, fitted (logistic regression, both classes weighing the same) on the base's own
/// sample and declined questions, each fifth of them held out of the base in turn. What each weight says:
pub(super) fn probability_ours(signs: &Signs) -> f64 {
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
    /// The very words of a question that is known to be none of ours, or as good as.
    const KNOWN_DECLINED: f64 = -6.0;
    let is_known = signs.declined_likeness >= SAME_WORDS && signs.declined_likeness > signs.likeness;
    let logit = BIAS
        + LIKENESS * signs.likeness
        + COVERAGE * signs.coverage
        + DECLINED_LIKENESS * signs.declined_likeness
        + DECLINED_COVERAGE * signs.declined_coverage
        + UNKNOWN * signs.unknown
        + LENGTH * (signs.terms as f64).ln_1p()
        + if signs.names_product { NAMES_PRODUCT } else { 0.0 }
        + if is_known { KNOWN_DECLINED } else { 0.0 };
    1.0 / (1.0 + (-logit).exp())
}

/// How sharply the probability divides among the sections (a softmax of their scores): a lead of 0.1 makes a section ten times as probable as the next, e to the
/// power of 2.3. It fits held-out sample questions best.
pub(super) const SHARPNESS: f64 = 23.0;

//! The score of a section: a sum of what speaks for it.
//!
//! What speaks for a section are its [`SectionFeatures`]: what the linear model learned from the sample questions, how like the question is to the nearest of them, how well the section's text
//! answers, and how the section's product goes with the one that was named or spoken of before. The score is their sum, each times its weight; a softmax of the
//! scores is how probable each section is.

use super::calibration::Calibration;
use super::fit;
use super::model::Model;
use super::sample_index::{NearestSamples, Vector};
use super::section_index::{Query, SectionIndex, TermHits};
use super::token::{MatchKind, Token};

/// How sure it is that a question which points back ("it", 那个) means the product spoken of before; and one that only names none itself.
const POINTED_AT: f32 = 0.9;
const LEANT_ON: f32 = 0.5;

/// What speaks for a section, in the order of the constants below.
pub(super) type SectionFeatures = [f64; 5];
/// What the linear model says: about 1 for its own questions, −1 for others.
pub(super) const LEARNED: usize = 0;
/// The cosine with the nearest passage.
pub(super) const NEAREST: usize = 1;
/// How well the text answers, between 0 and 1.
pub(super) const TEXT: usize = 2;
/// 1 if the question names products, and the section is about another.
pub(super) const FOREIGN: usize = 3;
/// How sure it is that the section, or its product, is still spoken of.
pub(super) const CONTEXT: usize = 4;

/// A section and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub section: usize,
    pub signs: SectionFeatures,
    pub score: f64,
}

/// What speaks for and against a question being ours, in the order of the fields of [`Scores::signs`].
pub(super) type ScopeFeatures = [f64; 10];

/// What a question says for each section.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    /// The candidates, best first; equals in the order of their ids.
    pub ranked: Vec<Scored>,
    /// What the linear model and the nearest passage say of the declined questions.
    pub declined: (f64, f64),
    /// The share of what was asked that no text knows anything about, by weight.
    pub unknown: f64,
    /// How many words were asked.
    pub words: usize,
    /// Is one of them the name of a product, or taken for one?
    pub names_product: bool,
}

/// So many sections are looked at closely.
const MAX_CANDIDATES: usize = 6;

impl Scores {
    /// The same with other weights.
    pub fn reweighted(&self, weights: &Calibration) -> Scores {
        let mut ranked = self.ranked.clone();
        for scored in &mut ranked {
            scored.score = fit::dot(&weights.sections, &scored.signs);
        }
        sort(&mut ranked);
        Scores { ranked, ..self.clone() }
    }

    pub fn signs(&self) -> ScopeFeatures {
        let best = self.ranked.first().map_or([0.0; 5], |s| s.signs);
        let near = |n: f64| f64::from(u8::from(n >= SAME_WORDS));
        [
            1.0,
            best[LEARNED].clamp(-1.5, 1.5),
            best[NEAREST],
            best[TEXT],
            self.declined.0.clamp(-1.5, 1.5),
            self.declined.1,
            self.unknown,
            (self.words as f64).ln_1p(),
            f64::from(u8::from(self.names_product)),
            near(best[NEAREST]) - near(self.declined.1),
        ]
    }
}

/// From this likeness on, a question is in the very words of a passage, or as good as.
const SAME_WORDS: f64 = 0.9;

/// A question as each part of the model sees it.
pub(super) struct EncodedQuestion {
    pub vector: Vector,
    pub search: Query,
    /// What the linear model says of each class.
    pub margins: Vec<f32>,
    /// The nearest passage of each class.
    pub nearest: NearestSamples,
    /// The products named.
    pub named: Vec<usize>,
    /// What was spoken of before, if the question may lean on it.
    pub context: Option<Topic>,
}

/// What was spoken of before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topic {
    /// The section shown last.
    pub section: usize,
    /// Does the question point at it ("it", 那个)?
    pub is_pointed_at: bool,
}

impl Topic {
    /// How sure it is that it is still spoken of, between 0 and 1.
    pub fn sure(self) -> f32 {
        if self.is_pointed_at { POINTED_AT } else { LEANT_ON }
    }
}

impl EncodedQuestion {
    pub fn new(index: &Model, tokens: &[Token<'_>], context: Option<Topic>) -> EncodedQuestion {
        let words = index.features.words(tokens);
        let vector = index.samples.vector(tokens, &words);
        let said = tokens.iter().filter(|t| t.match_kind != MatchKind::Inherited);
        let named = said.filter_map(|t| t.product.map(usize::from)).collect();
        EncodedQuestion {
            search: index.bodies.search(tokens, &words),
            margins: index.samples.margins(&vector),
            nearest: index.samples.nearest(&vector),
            vector,
            named,
            context,
        }
    }

    /// What speaks for a section whose text has been read.
    pub fn signs(&self, index: &Model, section: usize, found: &TermHits) -> SectionFeatures {
        let own = index.products[section];
        let last = self.context.and_then(|context| index.products[context.section]);
        let is_foreign =
            !self.named.is_empty() && own.is_some_and(|own| !self.named.contains(&own) && last != Some(own));
        // Of what belongs to no product only the section itself is still spoken of.
        let goes_on = |context: &Topic| if last.is_some() { own == last } else { context.section == section };
        let context = self.context.filter(goes_on).map_or(0.0, |context| f64::from(context.sure()));
        [
            self.margins.get(section).map_or(0.0, |m| f64::from(*m)),
            self.likeness(section),
            f64::from(SectionIndex::score(&self.search, found)),
            f64::from(u8::from(is_foreign)),
            context,
        ]
    }

    /// The cosine with the nearest passage of a class.
    fn likeness(&self, class: usize) -> f64 {
        self.nearest.of(class).map_or(0.0, |(cosine, _)| f64::from(cosine.min(1.0)))
    }

    /// Scores the sections that come near.
    pub fn score(&self, index: &Model, tokens: &[Token<'_>]) -> Scores {
        let scored = self.candidates(index).into_iter().map(|section| {
            let signs = self.signs(index, section, &index.bodies.read(&self.search, section, |_, _| {}));
            Scored { section, signs, score: fit::dot(&index.weights.sections, &signs) }
        });
        let mut ranked: Vec<Scored> = scored.collect();
        sort(&mut ranked);
        let declined = self.margins.get(index.sections).map_or(-1.0, |m| f64::from(*m));
        Scores {
            ranked,
            declined: (declined, self.likeness(index.sections)),
            unknown: f64::from(SectionIndex::unknown(&self.search)),
            words: tokens.len(),
            names_product: !self.named.is_empty(),
        }
    }

    /// The sections worth a close look.
    fn candidates(&self, index: &Model) -> Vec<usize> {
        let mut all: Vec<usize> =
            index.bodies.retrieve(&self.search, MAX_CANDIDATES).into_iter().map(|s| s as usize).collect();
        let weights = &index.weights.sections;
        let score = |s: usize| {
            let margin = self.margins.get(s).map_or(0.0, |m| f64::from(*m));
            (weights[LEARNED] * margin + weights[NEAREST] * self.likeness(s), s)
        };
        let mut learned: Vec<(f64, usize)> = if self.margins.is_empty() {
            let near = self.nearest.classes().filter(|class| *class < index.sections);
            near.map(score).collect()
        } else {
            (0..index.sections).map(score).collect()
        };
        let count = MAX_CANDIDATES.min(learned.len());
        if count < learned.len() {
            learned.select_nth_unstable_by(count, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        }
        all.extend(learned[..count].iter().map(|(_, s)| *s));
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn sort(ranked: &mut [Scored]) {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.section.cmp(&b.section)));
}

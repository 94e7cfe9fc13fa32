//! The sample questions, titles and aliases: as what the linear model learns from, and as the passages that a question is likened to.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::feature_ids::FeatureIds;
use super::features::{Feature, FeatureKind, Features};
use super::linear::{self, LinearSvm, Sparse};
use super::token::Token;

/// A text that somebody might ask in, and the class that it belongs to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sample {
    pub class: u32,
    pub text: String,
}

/// A passage to be added.
pub(super) struct SampleInput<'a> {
    pub passage: Sample,
    pub is_question: bool,
    pub tokens: Vec<Token<'a>>,
}

/// A feature of a question, and what it weighs there.
#[derive(Debug, Clone, Copy)]
pub(super) struct WeightedFeature {
    pub feature: u32,
    /// As the linear model takes it: words and their neighbours are of unit length together, and so are grams.
    pub value: f32,
    /// As passages are likened: the telling words and their neighbours are of unit length; 0 for all others.
    pub likened: f32,
    /// The token that it comes from.
    pub token: usize,
}

/// What a question (or a passage) is made of.
pub(super) type Vector = Vec<WeightedFeature>;

/// The passage of each class that a question is most like.
#[derive(Debug)]
pub(super) struct NearestSamples {
    /// The classes that have one.
    classes: Vec<u32>,
    /// By class, the cosine and the passage; 0 where there is none.
    best: Vec<(f32, u32)>,
}

impl NearestSamples {
    /// The cosine with the nearest passage of a class, and which it is.
    pub fn of(&self, class: usize) -> Option<(f32, usize)> {
        self.best.get(class).filter(|(cosine, _)| *cosine > 0.0).map(|(cosine, passage)| (*cosine, *passage as usize))
    }

    /// The classes that have anything in common with the question.
    pub fn classes(&self) -> impl Iterator<Item = usize> {
        self.classes.iter().map(|class| *class as usize)
    }
}

/// How fast being common makes a feature less telling; 1 would be the usual inverse document frequency.
const IDF_POWER: f32 = 0.5;

/// A feature of a single passage teaches nothing about others.
const MIN_PASSAGES: u32 = 2;

/// What stands in more than one passage of so many likens none of them, and would be the longest to look through.
const COMMON: usize = 64;
/// In a small base nothing is common.
const MIN_COMMON: usize = 64;

/// Rounds over the samples. More gain nothing.
const EPOCHS: usize = 6;

/// Samples times sections up to which a model is trained: some seconds.
const MAX_WORK: usize = 10_000_000;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SampleIndex {
    /// First the features that the model knows, then those that only likeness needs.
    lexicon: FeatureIds,
    /// How telling each feature is: inverse document frequency with a passage as the document.
    idf: Vec<f32>,
    /// In the order of their classes.
    pub passages: Vec<Sample>,
    /// Which features liken passages: neither grams nor what is common.
    likens: Vec<bool>,
    /// The passages that each such feature stands in, with its share of their length, feature by feature.
    postings: Vec<(u32, f32)>,
    /// By feature, where its own begin; and the end of all.
    starts: Vec<u32>,
    linear: Option<LinearSvm>,
    /// How many features the model knows.
    trained: u32,
}

/// A feature as counted in one text.
#[derive(Clone, Copy)]
struct TermCount {
    id: u32,
    count: f32,
    /// How sure it is that it was meant; for a meaning, how much the word that says most of it does.
    certainty: f32,
    block: FeatureGroup,
    token: usize,
}

impl TermCount {
    /// How much the text has of it.
    fn amount(&self) -> f32 {
        (1.0 + self.count.ln()) * self.certainty
    }
}

/// What is of unit length together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FeatureGroup {
    /// Words, characters and their neighbours.
    Words,
    Grams,
    Meanings,
}

impl FeatureGroup {
    fn of(kind: FeatureKind) -> FeatureGroup {
        match kind {
            FeatureKind::CharNgram => FeatureGroup::Grams,
            FeatureKind::Cluster => FeatureGroup::Meanings,
            _ => FeatureGroup::Words,
        }
    }

    /// What it counts beside the others.
    fn weight(self) -> f32 {
        match self {
            FeatureGroup::Words | FeatureGroup::Grams => 1.0,
            FeatureGroup::Meanings => 0.8,
        }
    }
}

/// A feature, how much a text has of it, and what it is of unit length with.
type Amount = (u32, f32, FeatureGroup);

/// How long a text is as a vector: what belongs together, and what passages are likened by.
struct Norms {
    blocks: [f32; 3],
    likened: f32,
}

/// The features of a text, counted.
#[derive(Default)]
struct Counts {
    places: FxHashMap<u32, usize>,
    counted: Vec<TermCount>,
}

impl Counts {
    fn add(&mut self, id: u32, f: &Feature) {
        let place = *self.places.entry(id).or_insert(self.counted.len());
        let block = FeatureGroup::of(f.kind);
        match self.counted.get_mut(place) {
            None => self.counted.push(TermCount { id, count: 1.0, certainty: f.certainty, block, token: f.token }),
            // Two words of one meaning do not mean it twice.
            Some(known) if block == FeatureGroup::Meanings => {
                if f.certainty > known.certainty {
                    (known.certainty, known.token) = (f.certainty, f.token);
                }
            }
            Some(known) => known.count += 1.0,
        }
    }

    /// All of them, in the order of their numbers.
    fn sorted(&mut self) -> &[TermCount] {
        self.counted.sort_unstable_by_key(|c| c.id);
        &self.counted
    }

    fn clear(&mut self) {
        self.places.clear();
        self.counted.clear();
    }
}

impl SampleIndex {
    pub fn new(features: &Features, drafts: Vec<SampleInput<'_>>, classes: usize) -> SampleIndex {
        let mut all = FeatureIds::default();
        let mut frequency: Vec<u32> = Vec::new();
        let mut blocks: Vec<FeatureGroup> = Vec::new();
        // Of each text its features and how much it has of them: as little as can be held of all at once.
        let mut texts: Vec<Sparse> = Vec::with_capacity(drafts.len());
        let mut counts = Counts::default();
        for draft in &drafts {
            Features::each(&draft.tokens, &features.words(&draft.tokens), |f| {
                let id = all.add(f.key);
                if id as usize == blocks.len() {
                    blocks.push(FeatureGroup::of(f.kind));
                    frequency.push(0);
                }
                counts.add(id, &f);
            });
            let counted = counts.sorted();
            for c in counted {
                frequency[c.id as usize] += 1;
            }
            texts.push(counted.iter().map(|c| (c.id, c.amount())).collect());
            counts.clear();
        }
        // What is learned from comes first, what is only likened after it, and what is neither is forgotten.
        let is_learned = |id: usize| frequency[id] >= MIN_PASSAGES;
        let mut numbers = vec![u32::MAX; frequency.len()];
        let learned: Vec<usize> = (0..frequency.len()).filter(|id| is_learned(*id)).collect();
        let likened = (0..frequency.len()).filter(|id| !is_learned(*id) && blocks[*id] == FeatureGroup::Words);
        let kept: Vec<usize> = learned.iter().copied().chain(likened).collect();
        for (number, id) in kept.iter().enumerate() {
            numbers[*id] = number as u32;
        }
        let total = drafts.len() as f32;
        let idf = |id: &usize| match blocks[*id] {
            FeatureGroup::Meanings => 1.0,
            _ => (((1.0 + total) / (1.0 + frequency[*id] as f32)).ln() + 1.0).powf(IDF_POWER),
        };
        let common = (drafts.len() / COMMON).max(MIN_COMMON);
        let mut samples = SampleIndex {
            lexicon: all.renumbered(&numbers),
            idf: kept.iter().map(idf).collect(),
            likens: kept
                .iter()
                .map(|id| blocks[*id] == FeatureGroup::Words && frequency[*id] as usize <= common)
                .collect(),
            postings: Vec::new(),
            starts: Vec::with_capacity(kept.len() + 1),
            linear: None,
            trained: learned.len() as u32,
            passages: Vec::new(),
        };
        let mut vectors: Vec<Sparse> = Vec::with_capacity(drafts.len());
        let mut lists: Vec<Sparse> = vec![Vec::new(); kept.len()];
        for (at, text) in texts.into_iter().enumerate() {
            let known = text.iter().map(|(id, amount)| (numbers[*id as usize], *amount, blocks[*id as usize]));
            let known: Vec<Amount> = known.filter(|(id, ..)| *id != u32::MAX).collect();
            let lengths = samples.lengths(known.iter().copied());
            for amount in &known {
                let likened = samples.likened(*amount, &lengths);
                if likened > 0.0 {
                    lists[amount.0 as usize].push((at as u32, likened));
                }
            }
            let learned = known.iter().filter(|(id, ..)| *id < samples.trained);
            vectors.push(learned.map(|amount| (amount.0, samples.value(*amount, &lengths))).collect());
        }
        for list in lists {
            samples.starts.push(samples.postings.len() as u32);
            samples.postings.extend(list);
        }
        samples.starts.push(samples.postings.len() as u32);
        let of: Vec<u32> = drafts.iter().map(|d| d.passage.class).collect();
        let questions = drafts.iter().filter(|d| d.is_question && (d.passage.class as usize) < classes - 1).count();
        if questions > 0 && drafts.len().saturating_mul(classes) <= MAX_WORK {
            let training =
                linear::TrainingSet { vectors: &vectors, classes: &of, features: learned.len(), count: classes };
            samples.linear = Some(LinearSvm::train(&training, EPOCHS));
        }
        samples.passages = drafts.into_iter().map(|d| d.passage).collect();
        samples
    }

    /// Does any passage hold this feature?
    pub fn knows(&self, key: u64) -> bool {
        self.lexicon.find(key).is_some()
    }

    /// What a question is made of, as far as the base knows it. `words` are the features of its tokens by themselves.
    pub fn vector(&self, tokens: &[Token<'_>], words: &[u64]) -> Vector {
        let mut counts = Counts::default();
        counts.places.reserve(256);
        Features::each(tokens, words, |f| {
            if let Some(id) = self.lexicon.find(f.key) {
                counts.add(id, &f);
            }
        });
        let amounts = || counts.counted.iter().map(|c| (c.id, c.amount(), c.block));
        let lengths = self.lengths(amounts());
        let weighed = counts.counted.iter().zip(amounts()).map(|(c, amount)| WeightedFeature {
            feature: c.id,
            value: self.value(amount, &lengths),
            likened: self.likened(amount, &lengths),
            token: c.token,
        });
        weighed.collect()
    }

    /// How long a text is as a vector.
    fn lengths(&self, amounts: impl Iterator<Item = Amount>) -> Norms {
        let mut lengths = Norms { blocks: [f32::MIN_POSITIVE; 3], likened: f32::MIN_POSITIVE };
        for (id, amount, block) in amounts {
            let square = (self.idf[id as usize] * amount).powi(2);
            if id < self.trained {
                lengths.blocks[block as usize] += square;
            }
            if self.likens[id as usize] {
                lengths.likened += square;
            }
        }
        Norms { blocks: lengths.blocks.map(f32::sqrt), likened: lengths.likened.sqrt() }
    }

    /// What a feature weighs for the linear model.
    fn value(&self, (id, amount, block): Amount, lengths: &Norms) -> f32 {
        self.idf[id as usize] * amount * block.weight() / lengths.blocks[block as usize]
    }

    /// What a feature weighs where passages are likened.
    fn likened(&self, (id, amount, _): Amount, lengths: &Norms) -> f32 {
        if self.likens[id as usize] { self.idf[id as usize] * amount / lengths.likened } else { 0.0 }
    }

    fn passages_with(&self, feature: u32) -> &[(u32, f32)] {
        let [start, end] = [feature, feature + 1].map(|at| self.starts[at as usize] as usize);
        &self.postings[start..end]
    }

    /// The nearest passage of each class.
    pub fn nearest(&self, vector: &Vector) -> NearestSamples {
        let mut cosines = vec![0.0_f32; self.passages.len()];
        let mut touched: Vec<u32> = Vec::with_capacity(1024);
        for w in vector.iter().filter(|w| w.likened > 0.0) {
            for (passage, share) in self.passages_with(w.feature) {
                let cosine = &mut cosines[*passage as usize];
                if *cosine == 0.0 {
                    touched.push(*passage);
                }
                *cosine += w.likened * share;
            }
        }
        let classes = self.passages.last().map_or(0, |last| last.class as usize + 1);
        let mut nearest = NearestSamples { classes: Vec::new(), best: vec![(0.0, 0); classes] };
        for passage in touched {
            let (class, cosine) = (self.passages[passage as usize].class, cosines[passage as usize]);
            let best = &mut nearest.best[class as usize];
            if best.0 == 0.0 {
                nearest.classes.push(class);
            }
            if cosine > best.0 || (cosine == best.0 && passage < best.1) {
                *best = (cosine, passage);
            }
        }
        nearest
    }

    /// What the linear model says of each class; empty if there is none.
    pub fn margins(&self, vector: &Vector) -> Vec<f32> {
        let Some(linear) = &self.linear else { return Vec::new() };
        let mut margins = vec![0.0; linear.width()];
        linear.margins(vector.iter().filter(|w| w.feature < self.trained).map(|w| (w.feature, w.value)), &mut margins);
        margins
    }

    /// How much a feature speaks for a class.
    pub fn learned(&self, feature: u32, class: usize) -> f32 {
        let linear = self.linear.as_ref().filter(|_| feature < self.trained);
        linear.map_or(0.0, |linear| linear.weight(feature, class))
    }

    /// The share of a feature in the length of a passage.
    pub fn share(&self, feature: u32, passage: usize) -> f32 {
        self.passages_with(feature)
            .iter()
            .find(|(other, _)| *other as usize == passage)
            .map_or(0.0, |(_, share)| *share)
    }
}

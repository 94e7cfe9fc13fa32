//! Computes TF-IDF vectors of texts, in two forms: one for the SVM, and one for the cosine
//! similarity.
//!
//! The SVM vector has all features that occur in at least two samples. Each feature group is
//! normalized to a fixed length. The cosine vector, which is compared by cosine with the vectors of
//! the samples, has only words, Han characters and their n-grams, without the most common ones. The
//! cosine vector is normalized to unit length.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::feature_ids::FeatureIds;
use super::features::{Feature, FeatureKind, Features};
use super::linear::SparseVector;
use super::token::Token;
use super::word_vectors;

/// A feature of a question, with its value in the SVM vector and in the cosine vector.
#[derive(Debug, Clone, Copy)]
pub(super) struct WeightedFeature {
    pub feature: u32,
    pub svm_value: f32,
    /// The feature's weight in the cosine vector, or 0 if the cosine vector does not contain the
    /// feature.
    pub cosine_weight: f32,
    /// The index of the token that the feature comes from.
    pub token: usize,
}

/// The SVM vector and the cosine vector of a training text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SampleVectors {
    pub svm: SparseVector,
    pub cosine: SparseVector,
}

/// The exponent that dampens the inverse document frequency (IDF). With exponent 1, this would be
/// the usual IDF.
const IDF_POWER: f32 = 0.5;

/// The SVM uses a feature only if at least this many samples contain the feature. A feature of only
/// one sample does not generalize.
const MIN_DOCUMENT_FREQUENCY: u32 = 2;

/// The cosine vectors leave out features that occur in more than 1/64 of the samples. Such features
/// discriminate little, and have the longest posting lists.
const COMMON_DIVISOR: usize = 64;
/// The cosine vectors never leave out a feature for being common if at most this many samples
/// contain the feature.
const MIN_COMMON: usize = 64;

/// The Euclidean length of the sum of the word vectors in the SVM vector, if the sections have few
/// samples. The other groups of features have lengths of at most 1.
const DENSE_LENGTH: f32 = 1.25;
/// With more texts a section than this, the length shrinks with the fourth root of their number.
/// The samples then contain most words of the questions, so similar words tell little.
const FEW_TEXTS: f32 = 10.0;

/// Returns the Euclidean length of the sum of the word vectors in the SVM vector. [`DENSE_LENGTH`]
/// and [`FEW_TEXTS`] were chosen on HWU64 with 1 to 140 samples a section.
fn dense_length(texts: usize, sections: usize) -> f32 {
    let texts = texts as f32 / sections.max(1) as f32;
    DENSE_LENGTH * (FEW_TEXTS / texts.max(FEW_TEXTS)).sqrt().sqrt()
}

/// Maps features to ids, and computes the weighted vectors of a text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Vectorizer {
    /// The ids of all features, except the dense features. The features of the SVM vectors come
    /// first, then the dense features, then the features that only the cosine vectors contain.
    ids: FeatureIds,
    /// The inverse document frequency of each feature. A document is a sample.
    idf: Vec<f32>,
    /// For each feature, whether the cosine vectors contain the feature.
    in_cosine: Vec<bool>,
    /// The number of features that the SVM vectors contain, without the dense features. The dense
    /// features have the next ids.
    sparse_features: u32,
    dense_length: f32,
}

/// The frequency of a feature in one text.
#[derive(Clone, Copy)]
struct TermCount {
    id: u32,
    count: f32,
    /// The certainty that the user meant the feature. For a word cluster, the highest certainty
    /// among its words.
    certainty: f32,
    group: FeatureGroup,
    token: usize,
}

impl TermCount {
    /// Returns the sublinear term frequency, multiplied by the certainty.
    fn tf(&self) -> f32 {
        (1.0 + self.count.ln()) * self.certainty
    }
}

/// A group of features that is normalized separately in the SVM vector, so that no group dominates
/// the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FeatureGroup {
    /// Words, Han characters, and n-grams of words or of Han characters.
    Words,
    Ngrams,
    Clusters,
}

impl FeatureGroup {
    fn of(kind: FeatureKind) -> FeatureGroup {
        match kind {
            FeatureKind::CharNgram => FeatureGroup::Ngrams,
            FeatureKind::Cluster => FeatureGroup::Clusters,
            _ => FeatureGroup::Words,
        }
    }

    /// Returns the Euclidean length to which the features of the group are normalized in the SVM
    /// vector.
    fn length(self) -> f32 {
        match self {
            FeatureGroup::Words | FeatureGroup::Ngrams => 1.0,
            // Less than 1, because words of one cluster are seldom exact synonyms.
            FeatureGroup::Clusters => 0.8,
        }
    }
}

/// A feature of a text: its id, term frequency and group.
type Term = (u32, f32, FeatureGroup);

/// The sum of a text's word vectors. Each dimension is a dense feature: nearly every text has all
/// dimensions of its language.
struct DenseVector {
    sum: [f32; word_vectors::DIMENSIONS],
    /// The factor that normalizes the sum to unit length.
    factor: f32,
}

impl DenseVector {
    fn new(tokens: &[Token<'_>]) -> DenseVector {
        let mut sum = [0.0; word_vectors::DIMENSIONS];
        word_vectors::each_vector(tokens, |_, certainty, vector| vector.add_to(&mut sum, certainty));
        let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        DenseVector { sum, factor: 1.0 / norm.max(f32::MIN_POSITIVE) }
    }

    /// Returns the dimensions that are not 0, normalized to unit length.
    fn values(&self) -> impl Iterator<Item = (u32, f32)> {
        scaled(&self.sum, self.factor)
    }
}

/// Returns the dimensions that are not 0, multiplied by `factor`.
fn scaled(vector: &[f32], factor: f32) -> impl Iterator<Item = (u32, f32)> {
    (0..).zip(vector).filter(|(_, x)| **x != 0.0).map(move |(dimension, x)| (dimension, x * factor))
}

/// The Euclidean norms of a text's vectors, before normalization.
struct Norms {
    svm: [f32; 3],
    cosine: f32,
}

/// Counts the features of one text.
#[derive(Default)]
struct TermCounts {
    positions: FxHashMap<u32, usize>,
    counts: Vec<TermCount>,
}

impl TermCounts {
    fn add(&mut self, id: u32, f: &Feature) {
        let position = *self.positions.entry(id).or_insert(self.counts.len());
        let group = FeatureGroup::of(f.kind);
        match self.counts.get_mut(position) {
            None => self.counts.push(TermCount { id, count: 1.0, certainty: f.certainty, group, token: f.token }),
            // Two words of the text that belong to the same cluster count as one occurrence.
            Some(known) if group == FeatureGroup::Clusters => {
                if f.certainty > known.certainty {
                    (known.certainty, known.token) = (f.certainty, f.token);
                }
            }
            Some(known) => known.count += 1.0,
        }
    }

    fn sorted_by_id(&mut self) -> &[TermCount] {
        self.counts.sort_unstable_by_key(|c| c.id);
        &self.counts
    }

    fn clear(&mut self) {
        self.positions.clear();
        self.counts.clear();
    }
}

/// The features of all training texts, before rare features are dropped.
#[derive(Default)]
struct CorpusCounts {
    ids: FeatureIds,
    /// The document frequency of each feature id.
    document_frequency: Vec<u32>,
    /// The group of each feature id.
    groups: Vec<FeatureGroup>,
    /// The feature ids and term frequencies of each text. Nothing else is kept, to bound memory
    /// while training.
    texts: Vec<SparseVector>,
    /// The dense features of each text, normalized to unit length.
    dense: Vec<SparseVector>,
}

impl CorpusCounts {
    fn new<'a>(features: &Features, texts: impl Iterator<Item = Vec<Token<'a>>>) -> CorpusCounts {
        let mut corpus = CorpusCounts::default();
        let mut counts = TermCounts::default();
        for tokens in texts {
            Features::each(&tokens, &features.words(&tokens), |f| {
                let id = corpus.ids.add(f.key);
                if id as usize == corpus.groups.len() {
                    corpus.groups.push(FeatureGroup::of(f.kind));
                    corpus.document_frequency.push(0);
                }
                counts.add(id, &f);
            });
            let sorted = counts.sorted_by_id();
            for count in sorted {
                corpus.document_frequency[count.id as usize] += 1;
            }
            corpus.dense.push(DenseVector::new(&tokens).values().collect());
            corpus.texts.push(sorted.iter().map(|count| (count.id, count.tf())).collect());
            counts.clear();
        }
        corpus
    }

    fn idf(&self, id: usize) -> f32 {
        match self.groups[id] {
            FeatureGroup::Clusters => 1.0,
            _ => {
                let (texts, frequency) = (self.texts.len() as f32, self.document_frequency[id] as f32);
                (((1.0 + texts) / (1.0 + frequency)).ln() + 1.0).powf(IDF_POWER)
            }
        }
    }
}

impl Vectorizer {
    /// Fits the vectorizer to the training texts, and returns the vectors of each text. `sections`
    /// is the number of sections that the texts belong to.
    pub fn fit<'a>(
        features: &Features,
        texts: impl Iterator<Item = Vec<Token<'a>>>,
        sections: usize,
    ) -> (Vectorizer, Vec<SampleVectors>) {
        let corpus = CorpusCounts::new(features, texts);
        let all = 0..corpus.groups.len();
        let is_in_svm = |id: usize| corpus.document_frequency[id] >= MIN_DOCUMENT_FREQUENCY;
        let in_svm: Vec<usize> = all.clone().filter(|id| is_in_svm(*id)).collect();
        let only_in_cosine = all.filter(|id| !is_in_svm(*id) && corpus.groups[*id] == FeatureGroup::Words);
        // The dense features have no id in the corpus.
        let dense = std::iter::repeat_n(None, word_vectors::DIMENSIONS);
        let kept: Vec<Option<usize>> =
            in_svm.iter().copied().map(Some).chain(dense).chain(only_in_cosine.map(Some)).collect();
        let mut renumbered = vec![u32::MAX; corpus.groups.len()];
        for (number, id) in kept.iter().enumerate() {
            if let Some(id) = id {
                renumbered[*id] = number as u32;
            }
        }
        let common = (corpus.texts.len() / COMMON_DIVISOR).max(MIN_COMMON);
        let is_in_cosine =
            |id: usize| corpus.groups[id] == FeatureGroup::Words && corpus.document_frequency[id] as usize <= common;
        let idf = kept.iter().map(|id| id.map_or(1.0, |id| corpus.idf(id))).collect();
        let in_cosine = kept.iter().map(|id| id.is_some_and(is_in_cosine)).collect();
        let CorpusCounts { ids, groups, texts, dense, .. } = corpus;
        let vectorizer = Vectorizer {
            ids: ids.renumbered(&renumbered),
            idf,
            in_cosine,
            sparse_features: in_svm.len() as u32,
            dense_length: dense_length(texts.len(), sections),
        };
        let vectors = texts.into_iter().zip(dense).map(|(text, dense)| {
            let terms = text.iter().map(|(id, tf)| (renumbered[*id as usize], *tf, groups[*id as usize]));
            vectorizer.sample_vectors(&terms.filter(|(id, ..)| *id != u32::MAX).collect::<Vec<Term>>(), &dense)
        });
        let vectors = vectors.collect();
        (vectorizer, vectors)
    }

    fn sample_vectors(&self, terms: &[Term], dense: &[(u32, f32)]) -> SampleVectors {
        let norms = self.norms(terms.iter().copied());
        let in_svm = terms.iter().filter(|(id, ..)| *id < self.sparse_features);
        let dense =
            dense.iter().map(|(dimension, value)| (self.sparse_features + dimension, value * self.dense_length));
        let cosine = terms.iter().map(|term| (term.0, self.cosine_weight(*term, &norms)));
        SampleVectors {
            svm: in_svm.map(|term| (term.0, self.svm_value(*term, &norms))).chain(dense).collect(),
            cosine: cosine.filter(|(_, weight)| *weight > 0.0).collect(),
        }
    }

    /// True if the feature occurs in any training text.
    pub fn knows(&self, key: u64) -> bool {
        self.ids.find(key).is_some()
    }

    /// Returns the number of features that the SVM uses. These features have the smallest ids.
    pub fn svm_feature_count(&self) -> usize {
        self.sparse_features as usize + word_vectors::DIMENSIONS
    }

    /// Returns the number of all features.
    pub fn feature_count(&self) -> usize {
        self.idf.len()
    }

    /// Returns the weighted features of a question. `words` are the feature keys of the question's
    /// tokens. The dense features come from all tokens; [`Vectorizer::by_token`] splits them.
    pub fn vector(&self, tokens: &[Token<'_>], words: &[u64]) -> Vec<WeightedFeature> {
        let mut counts = TermCounts::default();
        counts.positions.reserve(256);
        counts.counts.reserve(256);
        Features::each(tokens, words, |f| {
            if let Some(id) = self.ids.find(f.key) {
                counts.add(id, &f);
            }
        });
        let term = |c: &TermCount| (c.id, c.tf(), c.group);
        let norms = self.norms(counts.counts.iter().map(term));
        let weighted = counts.counts.iter().map(|c| WeightedFeature {
            feature: c.id,
            svm_value: self.svm_value(term(c), &norms),
            cosine_weight: self.cosine_weight(term(c), &norms),
            token: c.token,
        });
        weighted.chain(DenseVector::new(tokens).values().map(|dense| self.dense_feature(dense, 0))).collect()
    }

    fn dense_feature(&self, (dimension, value): (u32, f32), token: usize) -> WeightedFeature {
        let svm_value = value * self.dense_length;
        WeightedFeature { feature: self.sparse_features + dimension, svm_value, cosine_weight: 0.0, token }
    }

    /// Returns the output of [`Vectorizer::vector`] with each dense feature split into the shares
    /// of the tokens. The shares add up to the dense feature.
    pub fn by_token(&self, vector: &[WeightedFeature], tokens: &[Token<'_>]) -> Vec<WeightedFeature> {
        let dense = self.sparse_features..self.svm_feature_count() as u32;
        let mut split: Vec<_> = vector.iter().filter(|w| !dense.contains(&w.feature)).copied().collect();
        let factor = DenseVector::new(tokens).factor;
        word_vectors::each_vector(tokens, |token, certainty, vector| {
            let mut own = [0.0; word_vectors::DIMENSIONS];
            vector.add_to(&mut own, certainty);
            split.extend(scaled(&own, factor).map(|share| self.dense_feature(share, token)));
        });
        split
    }

    fn norms(&self, terms: impl Iterator<Item = Term>) -> Norms {
        let mut squares = Norms { svm: [f32::MIN_POSITIVE; 3], cosine: f32::MIN_POSITIVE };
        for (id, tf, group) in terms {
            let square = (self.idf[id as usize] * tf).powi(2);
            if id < self.sparse_features {
                squares.svm[group as usize] += square;
            }
            if self.in_cosine[id as usize] {
                squares.cosine += square;
            }
        }
        Norms { svm: squares.svm.map(f32::sqrt), cosine: squares.cosine.sqrt() }
    }

    fn svm_value(&self, (id, tf, group): Term, norms: &Norms) -> f32 {
        self.idf[id as usize] * tf * group.length() / norms.svm[group as usize]
    }

    fn cosine_weight(&self, (id, tf, _): Term, norms: &Norms) -> f32 {
        if self.in_cosine[id as usize] { self.idf[id as usize] * tf / norms.cosine } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokenizer::Tokenizer;
    use super::*;

    const TEXTS: [&str; 4] = ["red apple", "red apple pie", "green pear", "green apple"];

    fn fit(texts: &[&str]) -> (Vectorizer, Vec<SampleVectors>) {
        let tokenizer = Tokenizer::default();
        Vectorizer::fit(&Features::default(), texts.iter().map(|text| tokenizer.tokenize(text)), 1)
    }

    fn vector(vectorizer: &Vectorizer, text: &str) -> Vec<WeightedFeature> {
        let tokenizer = Tokenizer::default();
        let tokens = tokenizer.tokenize(text);
        vectorizer.vector(&tokens, &Features::default().words(&tokens))
    }

    #[test]
    fn cosine_vectors_are_of_unit_length() {
        let (_, vectors) = fit(&TEXTS);
        for (text, vectors) in TEXTS.iter().zip(&vectors) {
            let length: f32 = vectors.cosine.iter().map(|(_, weight)| weight * weight).sum();
            assert!((length - 1.0).abs() < 1e-5, "{text}: {length}");
        }
    }

    #[test]
    fn a_question_is_weighed_like_the_same_sample() {
        let (vectorizer, vectors) = fit(&TEXTS);
        let mut of_question: SparseVector = vector(&vectorizer, TEXTS[1])
            .iter()
            .filter(|w| w.cosine_weight > 0.0)
            .map(|w| (w.feature, w.cosine_weight))
            .collect();
        of_question.sort_unstable_by_key(|(feature, _)| *feature);
        assert_eq!(of_question.len(), vectors[1].cosine.len());
        for (of_question, of_sample) in of_question.iter().zip(&vectors[1].cosine) {
            assert!(of_question.0 == of_sample.0 && (of_question.1 - of_sample.1).abs() < 1e-6);
        }
    }

    #[test]
    fn the_svm_takes_only_features_of_two_samples() {
        let (vectorizer, vectors) = fit(&["red", "red", "pie"]);
        let is_in_svm = |word: &str| {
            let id = vectorizer.ids.find(Features::default().of_word(word)).expect("known");
            (id as usize) < vectorizer.svm_feature_count()
        };
        assert!(is_in_svm("red") && !is_in_svm("pie"));
        for vectors in &vectors {
            assert!(vectors.svm.iter().all(|(id, _)| (*id as usize) < vectorizer.svm_feature_count()));
            assert!(!vectors.cosine.is_empty());
        }
    }

    /// Returns the dense features among the features of an SVM vector.
    fn dense(vectorizer: &Vectorizer, features: impl Iterator<Item = (u32, f32)>) -> SparseVector {
        let ids = vectorizer.sparse_features..vectorizer.svm_feature_count() as u32;
        features.filter(|(id, _)| ids.contains(id)).collect()
    }

    #[test]
    fn dense_features_need_no_second_sample() {
        let (vectorizer, vectors) = fit(&["red", "apple"]);
        for (text, vectors) in ["red", "apple"].iter().zip(&vectors) {
            let of_sample = dense(&vectorizer, vectors.svm.iter().copied());
            let length = of_sample.iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
            assert!((length - DENSE_LENGTH).abs() < 1e-5, "{text}: {length}");
            let of_question = vector(&vectorizer, text).into_iter().map(|w| (w.feature, w.svm_value));
            assert_eq!(dense(&vectorizer, of_question), of_sample);
        }
        // A word that no sample contains has dense features, but no others.
        assert!(!dense(&vectorizer, vector(&vectorizer, "pear").iter().map(|w| (w.feature, w.svm_value))).is_empty());
        assert!(vector(&vectorizer, "pear").iter().all(|w| w.cosine_weight == 0.0));
        assert!(
            vectorizer.idf.len() == vectorizer.feature_count() && vectorizer.feature_count() > word_vectors::DIMENSIONS
        );
    }

    #[test]
    fn the_shares_of_the_tokens_add_up() {
        let (vectorizer, _) = fit(&TEXTS);
        let tokenizer = Tokenizer::default();
        for text in ["red apple pie", "green zzz 苹果", "zzz", ""] {
            let tokens = tokenizer.tokenize(text);
            let whole = vectorizer.vector(&tokens, &Features::default().words(&tokens));
            let split = vectorizer.by_token(&whole, &tokens);
            for w in &whole {
                let shares = split.iter().filter(|share| share.feature == w.feature);
                let sum: f32 = shares.map(|share| share.svm_value).sum();
                assert!((sum - w.svm_value).abs() < 1e-5, "{text}: {w:?} {sum}");
            }
            assert!(split.iter().all(|share| share.token < tokens.len()));
        }
    }

    #[test]
    fn word_vectors_weigh_less_among_many_samples() {
        assert_eq!(dense_length(100, 10), DENSE_LENGTH);
        assert_eq!(dense_length(0, 0), DENSE_LENGTH);
        assert!((dense_length(1600, 10) - DENSE_LENGTH / 2.0).abs() < 1e-6);
    }

    #[test]
    fn the_rarer_a_word_the_more_it_weighs() {
        let (vectorizer, _) = fit(&["red apple", "red pear", "red plum", "red fig", "blue fig"]);
        let weights = vector(&vectorizer, "red apple");
        let of =
            |token: usize| weights.iter().filter(|w| w.token == token).map(|w| w.cosine_weight).fold(0.0, f32::max);
        assert!(of(1) > of(0), "{weights:?}");
    }

    #[test]
    fn features_of_many_samples_are_left_out_of_the_cosine() {
        let rare: Vec<String> = (0..MIN_COMMON + 1).map(|at| format!("red {at}")).collect();
        let (vectorizer, _) = fit(&rare.iter().map(String::as_str).collect::<Vec<_>>());
        let red = vector(&vectorizer, "red");
        let word = Features::default().of_word("red");
        let id = vectorizer.ids.find(word).expect("known");
        assert!(red.iter().any(|w| w.feature == id && w.cosine_weight == 0.0 && w.svm_value > 0.0));
    }

    #[test]
    fn unknown_features_are_dropped() {
        let (vectorizer, _) = fit(&TEXTS);
        assert!(vector(&vectorizer, "zzz").is_empty());

        assert!(vectorizer.knows(Features::default().of_word("apple")));
        assert!(!vectorizer.knows(Features::default().of_word("zzz")));
    }

    #[test]
    fn a_term_frequency_grows_with_the_logarithm() {
        let count = |count| TermCount { id: 0, count, certainty: 0.5, group: FeatureGroup::Words, token: 0 };
        assert_eq!(count(1.0).tf(), 0.5);
        assert!((count(8.0).tf() - 0.5 * (1.0 + 8.0_f32.ln())).abs() < 1e-6);
    }
}

//! Finds the sample that is most similar to a question, by the cosine of their TF-IDF vectors. A
//! sample is a sample question, a title or an alias.
//!
//! This is an inverted index from features to samples. A posting holds the weight of a feature in
//! the unit-length TF-IDF vector of a sample.

use serde::{Deserialize, Serialize};

use super::linear::SparseVector;
use super::vectorizer::WeightedFeature;
use crate::text::Language;

/// Minimum cosine at which a question counts as having the same words as a sample.
pub(super) const SAME_WORDS: f64 = 0.9;

/// A sample text and its class: a section, or the class of out-of-scope questions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sample {
    pub class: u32,
    pub text: String,
    /// The language of the text; `None` for a generated question.
    pub language: Option<Language>,
    /// The sentence that answers the sample: an index into the body of the section in this
    /// language.
    pub answer: Option<u16>,
    /// Whether `answer` is inferred, and not given by the author.
    pub is_inferred: bool,
}

/// The votes of a section's samples for the sentences that answer them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SentenceVotes {
    /// The sentences with votes, each with the votes of samples whose author names the sentence,
    /// and those of samples whose sentence is inferred. All votes add up to at most 1.
    votes: Vec<(usize, [f32; 2])>,
    /// The sentence that the author names for a sample with the same words as the question.
    certain: Option<usize>,
}

impl SentenceVotes {
    /// Returns the sentence that the author names for a sample with the same words as the question.
    pub fn certain(&self) -> Option<usize> {
        self.certain
    }

    /// Returns the votes for a sentence, between 0 and 1: those that the author's word backs, and
    /// the inferred ones.
    pub fn of(&self, sentence: usize) -> [f32; 2] {
        self.votes.iter().find(|(other, _)| *other == sentence).map_or([0.0; 2], |(_, votes)| *votes)
    }
}

/// The result of a search: for each class, the sample that is nearest to the question.
#[derive(Debug)]
pub(super) struct NearestSamples {
    /// The classes that have a sample with at least one feature in common with the question.
    classes: Vec<u32>,
    /// For each class, the cosine and the index of the sample nearest to the question. The cosine
    /// is 0 if no sample of the class has a feature in common with the question.
    best: Vec<(f32, u32)>,
    /// The cosine of each sample.
    cosines: Vec<f32>,
}

impl NearestSamples {
    /// Returns the cosine and the index of the nearest sample of a class. Returns `None` if the
    /// class has no feature in common with the question.
    pub fn of(&self, class: usize) -> Option<(f32, usize)> {
        self.best.get(class).filter(|(cosine, _)| *cosine > 0.0).map(|(cosine, sample)| (*cosine, *sample as usize))
    }

    /// Returns the classes with at least one feature in common with the question.
    pub fn classes(&self) -> impl Iterator<Item = usize> {
        self.classes.iter().map(|class| *class as usize)
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct SampleIndex {
    /// All samples, sorted by class.
    samples: Vec<Sample>,
    /// The postings of all features: first those of feature 0, then those of feature 1, and so on.
    /// A posting names a sample that contains the feature: the sample's index, and the feature's
    /// weight in the sample's unit-length TF-IDF vector.
    postings: Vec<(u32, f32)>,
    /// For each feature, the index of its first posting. The last entry is the total number of
    /// postings.
    posting_offsets: Vec<u32>,
}

impl SampleIndex {
    /// Indexes samples, which must be sorted by class. `vectors` are the unit-length TF-IDF vectors
    /// of the samples, in the same order.
    pub fn new<'a>(
        samples: Vec<Sample>,
        vectors: impl Iterator<Item = &'a SparseVector> + Clone,
        feature_count: usize,
    ) -> SampleIndex {
        let mut posting_offsets = vec![0_u32; feature_count + 1];
        for (feature, _) in vectors.clone().flatten() {
            posting_offsets[*feature as usize + 1] += 1;
        }
        for at in 1..posting_offsets.len() {
            posting_offsets[at] += posting_offsets[at - 1];
        }
        let mut next = posting_offsets.clone();
        let mut postings = vec![(0, 0.0); posting_offsets[feature_count] as usize];
        for (sample, vector) in vectors.enumerate() {
            for (feature, weight) in vector {
                let free = &mut next[*feature as usize];
                postings[*free as usize] = (sample as u32, *weight);
                *free += 1;
            }
        }
        SampleIndex { samples, postings, posting_offsets }
    }

    fn postings_of(&self, feature: u32) -> &[(u32, f32)] {
        let [start, end] = [feature, feature + 1].map(|at| self.posting_offsets[at as usize] as usize);
        &self.postings[start..end]
    }

    /// Returns the cosine between a question and each sample, and the samples with a feature in
    /// common with the question.
    fn cosines(&self, vector: &[WeightedFeature]) -> (Vec<f32>, Vec<u32>) {
        let mut cosines = vec![0.0_f32; self.samples.len()];
        let mut touched: Vec<u32> = Vec::with_capacity(1024);
        for w in vector.iter().filter(|w| w.cosine_weight > 0.0) {
            for (sample, posting_weight) in self.postings_of(w.feature) {
                let cosine = &mut cosines[*sample as usize];
                if *cosine == 0.0 {
                    touched.push(*sample);
                }
                *cosine += w.cosine_weight * posting_weight;
            }
        }
        (cosines, touched)
    }

    /// Returns the cosine between a question and the nearest sample in a language.
    pub fn nearest_in(&self, language: Language, vector: &[WeightedFeature]) -> f32 {
        let (cosines, touched) = self.cosines(vector);
        let own = touched.into_iter().filter(|at| self.samples[*at as usize].language == Some(language));
        own.map(|at| cosines[at as usize]).fold(0.0, f32::max)
    }

    /// Finds the nearest sample of each class. If samples are equally near, the first one wins.
    pub fn nearest(&self, vector: &[WeightedFeature]) -> NearestSamples {
        let (cosines, touched) = self.cosines(vector);
        let class_count = self.samples.last().map_or(0, |last| last.class as usize + 1);
        let mut nearest = NearestSamples { classes: Vec::new(), best: vec![(0.0, 0); class_count], cosines };
        for sample in touched {
            let (class, cosine) = (self.samples[sample as usize].class, nearest.cosines[sample as usize]);
            let best = &mut nearest.best[class as usize];
            if best.0 == 0.0 {
                nearest.classes.push(class);
            }
            if cosine > best.0 || (cosine == best.0 && sample < best.1) {
                *best = (cosine, sample);
            }
        }
        nearest
    }

    /// Lets the samples of a class that are nearest to the question vote for the sentences that
    /// answer them. The nearer a sample, the more its vote counts; and the nearer the nearest, the
    /// more all votes count.
    pub fn votes(&self, nearest: &NearestSamples, class: usize, language: Language) -> SentenceVotes {
        const VOTERS: usize = 5;
        let [start, end] = [class, class + 1].map(|class| self.samples.partition_point(|s| (s.class as usize) < class));
        let cosine = |at: usize| nearest.cosines.get(at).copied().unwrap_or(0.0);
        let has_vote = |at: &usize| cosine(*at) > 0.0 && self.samples[*at].language == Some(language);
        let mut voters: Vec<(f32, usize)> = (start..end)
            .filter(has_vote)
            .filter(|at| self.samples[*at].answer.is_some())
            .map(|at| (cosine(at), at))
            .collect();
        voters.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        voters.truncate(VOTERS);
        let weight = |cosine: f32| cosine.powi(4);
        let total: f32 = voters.iter().map(|(cosine, _)| weight(*cosine)).sum();
        let most = voters.first().map_or(0.0, |(cosine, _)| *cosine);
        let nearest_is_same = |at: &usize| f64::from(cosine(*at)) >= SAME_WORDS && !self.samples[*at].is_inferred;
        let same = voters.first().map(|(_, at)| *at).filter(nearest_is_same);
        let certain = same.and_then(|at| self.samples[at].answer).map(usize::from);
        let mut votes: Vec<(usize, [f32; 2])> = Vec::new();
        for (cosine, voter) in voters {
            let Sample { answer: Some(answer), is_inferred, .. } = self.samples[voter] else { continue };
            let at = votes.iter().position(|(other, _)| *other == usize::from(answer)).unwrap_or(votes.len());
            if at == votes.len() {
                votes.push((usize::from(answer), [0.0; 2]));
            }
            votes[at].1[usize::from(is_inferred)] += most.min(1.0) * weight(cosine) / total;
        }
        SentenceVotes { votes, certain }
    }

    /// Sets the sentences that answer the samples that have none yet.
    pub fn add_answers(&mut self, mut answer_of: impl FnMut(&Sample) -> Option<usize>) {
        for at in 0..self.samples.len() {
            if self.samples[at].answer.is_none() {
                self.samples[at].answer = answer_of(&self.samples[at]).and_then(|answer| u16::try_from(answer).ok());
                self.samples[at].is_inferred = self.samples[at].answer.is_some();
            }
        }
    }

    /// Returns the weight of a feature in the unit-length vector of a sample, or 0 if the sample
    /// does not contain the feature.
    pub fn posting_weight(&self, feature: u32, sample: usize) -> f32 {
        let posting = self.postings_of(feature).iter().find(|(other, _)| *other as usize == sample);
        posting.map_or(0.0, |(_, weight)| *weight)
    }

    /// Returns the text of the sample with this index.
    pub fn text(&self, sample: usize) -> Option<&str> {
        self.samples.get(sample).map(|sample| sample.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates an index of three samples over three features. The last two samples have the same
    /// class, 2.
    fn index() -> SampleIndex {
        let sample = |class, text: &str, language| Sample {
            class,
            text: text.to_owned(),
            language: Some(language),
            answer: None,
            is_inferred: false,
        };
        let samples = vec![sample(0, "a", Language::EN), sample(2, "ab", Language::ZH), sample(2, "bc", Language::ZH)];
        let vectors = [vec![(0, 1.0)], vec![(0, 0.6), (1, 0.8)], vec![(1, 0.8), (2, 0.6)]];
        SampleIndex::new(samples, vectors.iter(), 3)
    }

    fn question(weights: &[(u32, f32)]) -> Vec<WeightedFeature> {
        let weighted = |(feature, cosine_weight): &(u32, f32)| WeightedFeature {
            feature: *feature,
            svm_value: 0.0,
            cosine_weight: *cosine_weight,
            token: 0,
        };
        weights.iter().map(weighted).collect()
    }

    #[track_caller]
    fn check(weights: &[(u32, f32)], class: usize, expected: Option<(f32, usize)>) {
        let found = index().nearest(&question(weights)).of(class);
        assert_eq!(found.map(|(_, sample)| sample), expected.map(|(_, sample)| sample));
        if let (Some((cosine, _)), Some((expected, _))) = (found, expected) {
            assert!((cosine - expected).abs() < 1e-6, "{cosine} is not {expected}");
        }
    }

    #[test]
    fn the_cosine_is_the_dot_product_of_unit_vectors() {
        // The question (1, 0, 0) and the second sample (0.6, 0.8, 0) have the dot product 0.6.
        check(&[(0, 1.0)], 2, Some((0.6, 1)));
        check(&[(0, 1.0)], 0, Some((1.0, 0)));
        // The question (0.6, 0.8, 0) equals the second sample, so their dot product is 1. The dot
        // product with the last sample (0, 0.8, 0.6) is only 0.64.
        check(&[(0, 0.6), (1, 0.8)], 2, Some((1.0, 1)));
        // The question (0, 0.8, 0.6) equals the last sample, so their dot product is 1.
        check(&[(1, 0.8), (2, 0.6)], 2, Some((1.0, 2)));
    }

    #[test]
    fn of_equally_near_samples_the_first_counts() {
        check(&[(1, 1.0)], 2, Some((0.8, 1)));
    }

    #[test]
    fn a_class_without_a_common_feature_has_no_nearest_sample() {
        check(&[(2, 1.0)], 0, None);
        check(&[(0, 1.0)], 1, None);
        check(&[(0, 1.0)], 7, None);
        check(&[(0, 0.0)], 0, None);
        let nearest = index().nearest(&question(&[(2, 1.0)]));
        assert_eq!(nearest.classes().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn the_nearest_sample_of_a_language_may_be_of_any_class() {
        let nearest = |language| index().nearest_in(language, &question(&[(0, 1.0)]));
        assert_eq!((nearest(Language::EN), nearest(Language::ZH)), (1.0, 0.6));
    }

    #[test]
    fn samples_vote_for_their_sentences() {
        let mut index = index();
        (index.samples[1].answer, index.samples[2].answer) = (Some(4), Some(7));
        index.samples[2].is_inferred = true;
        let votes = |weights: &[(u32, f32)]| index.votes(&index.nearest(&question(weights)), 2, Language::ZH);
        // The second sample is (0.6, 0.8, 0), and the last one is (0, 0.8, 0.6).
        let same = votes(&[(0, 0.6), (1, 0.8)]);
        assert_eq!(same.certain(), Some(4));
        assert!(same.of(4)[0] > same.of(7)[1] && same.of(7)[0] == 0.0);
        assert_eq!(votes(&[(1, 0.8), (2, 0.6)]).certain(), None, "the sentence is inferred");
        assert_eq!(votes(&[(1, 1.0)]).certain(), None, "no sample has the same words");
        assert_eq!(index.votes(&index.nearest(&question(&[(1, 1.0)])), 2, Language::EN), SentenceVotes::default());
    }

    #[test]
    fn posting_weights_are_those_indexed() {
        let index = index();
        assert_eq!(index.posting_weight(1, 2), 0.8);
        assert_eq!(index.posting_weight(2, 0), 0.0);
        assert_eq!((index.text(1), index.text(9)), (Some("ab"), None));
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let empty = SampleIndex::new(Vec::new(), std::iter::empty(), 1);
        assert_eq!(empty.nearest(&question(&[(0, 1.0)])).of(0), None);
    }
}

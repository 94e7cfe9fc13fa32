//! A bigram language model over the Han characters of the knowledge base. The model also records
//! which trigrams occur.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use crate::text::is_han;

/// Counts of the Han characters and character bigrams in the knowledge base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct CharBigramModel {
    unigrams: FxHashMap<char, u32>,
    bigrams: FxHashMap<u64, u32>,
    /// The sorted hashes of all trigrams, used only to test whether a trigram occurs. A rare hash
    /// collision there does no harm.
    trigrams: Vec<u32>,
    total: u32,
}

/// Minimum count of an established bigram. Most rarer bigrams are not words: they span the end of
/// one word and the start of the next.
const MIN_ESTABLISHED: u32 = 3;
/// Two characters form a word only if they are adjacent often enough: in at least 1 of this many
/// occurrences of the rarer character.
const MAX_OCCURRENCES_PER_BIGRAM: u32 = 8;
/// The weight of the unigram probability in the smoothed bigram probability.
const UNIGRAM_WEIGHT: f64 = 0.1;
/// The count assumed for a character that does not occur in the knowledge base.
const UNSEEN_COUNT: f64 = 0.5;

impl CharBigramModel {
    /// Builds the model from pairs of a normalized text and a weight. Each occurrence of a Han
    /// character counts as often as the weight of its text.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, u32)>) -> CharBigramModel {
        let mut model = CharBigramModel::default();
        for (normal, weight) in texts {
            model.add(normal, weight);
        }
        model.trigrams.sort_unstable();
        model.trigrams.dedup();
        model.trigrams.shrink_to_fit();
        model
    }

    fn add(&mut self, normal: &str, weight: u32) {
        let mut previous = (None, None);
        for c in normal.chars() {
            if !is_han(c) {
                previous = (None, None);
                continue;
            }
            *self.unigrams.entry(c).or_default() += weight;
            self.total += weight;
            if let Some(last) = previous.1 {
                *self.bigrams.entry(bigram_key(last, c)).or_default() += weight;
            }
            if let (Some(first), Some(second)) = previous {
                self.trigrams.push(trigram_hash([first, second, c]));
            }
            previous = (previous.1, Some(c));
        }
    }

    /// Returns all Han characters of the knowledge base, in arbitrary order.
    pub fn characters(&self) -> impl Iterator<Item = char> {
        self.unigrams.keys().copied()
    }

    pub fn contains(&self, character: char) -> bool {
        self.unigrams.contains_key(&character)
    }

    /// Returns the number of occurrences of a character, or a small positive number if the
    /// character never occurs.
    pub fn frequency(&self, character: char) -> f64 {
        self.unigrams.get(&character).map_or(UNSEEN_COUNT, |count| f64::from(*count))
    }

    /// Returns the number of occurrences of a bigram.
    pub fn count(&self, a: char, b: char) -> u32 {
        self.bigrams.get(&bigram_key(a, b)).copied().unwrap_or_default()
    }

    pub fn contains_bigram(&self, a: char, b: char) -> bool {
        self.count(a, b) > 0
    }

    pub fn contains_trigram(&self, trigram: [char; 3]) -> bool {
        self.trigrams.binary_search(&trigram_hash(trigram)).is_ok()
    }

    /// True if a bigram occurs in the knowledge base at least [`MIN_ESTABLISHED`] times, which is
    /// more often than by chance.
    pub fn is_established(&self, a: char, b: char) -> bool {
        CharBigramModel::is_established_count(self.count(a, b))
    }

    pub fn is_established_count(count: u32) -> bool {
        count >= MIN_ESTABLISHED
    }

    /// True if two adjacent characters form a word or part of a word.
    pub fn is_word(&self, a: char, b: char) -> bool {
        self.is_established(a, b) && self.is_collocation(a, b, MAX_OCCURRENCES_PER_BIGRAM)
    }

    /// True if the bigram accounts for at least 1 in `times` occurrences of its rarer character.
    pub fn is_collocation(&self, a: char, b: char, times: u32) -> bool {
        let count = |c: char| self.unigrams.get(&c).copied().unwrap_or_default();
        self.count(a, b) * times >= count(a).min(count(b))
    }

    /// Returns the negative logarithm of the smoothed probability of a character, given the
    /// previous character.
    ///
    /// Callers pass each character together with its [`CharBigramModel::frequency`], so that each
    /// frequency is looked up only once.
    pub fn neg_log_prob(&self, previous: Option<(char, f64)>, (character, frequency): (char, f64)) -> f64 {
        let unigram = frequency / f64::from(self.total.max(1));
        let bigram =
            previous.map_or(unigram, |(previous, frequency)| f64::from(self.count(previous, character)) / frequency);
        -((1.0 - UNIGRAM_WEIGHT) * bigram + UNIGRAM_WEIGHT * unigram).ln()
    }
}

fn bigram_key(a: char, b: char) -> u64 {
    u64::from(a as u32) << 32 | u64::from(b as u32)
}

fn trigram_hash([a, b, c]: [char; 3]) -> u32 {
    (FxBuildHasher.hash_one((a, b, c)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::CharBigramModel;

    fn model() -> CharBigramModel {
        CharBigramModel::new([("语音识别", 3), ("语言 a 音乐", 1)])
    }

    #[test]
    fn characters_and_neighbours_are_counted_by_weight() {
        let model = model();
        assert_eq!(['语', '音', '乐', '无'].map(|c| model.frequency(c)), [4.0, 4.0, 1.0, 0.5]);
        assert_eq!([model.count('语', '音'), model.count('语', '言'), model.count('音', '语')], [3, 1, 0]);
        assert!(model.contains('乐') && !model.contains('a') && !model.contains('无'));
    }

    #[test]
    fn other_characters_separate_neighbours() {
        let model = model();
        assert!(!model.contains_bigram('言', '音'));
        assert!(model.contains_trigram(['语', '音', '识']) && model.contains_trigram(['音', '识', '别']));
        assert!(!model.contains_trigram(['语', '言', '音']));
    }

    #[test]
    fn a_word_is_a_frequent_pair_that_is_seldom_apart() {
        let model =
            CharBigramModel::new([("语音", 3), ("语文", 2), ("的", 30), ("的一的", 1), ("一", 30), ("的一", 2)]);
        assert!(model.is_established('语', '音') && model.is_word('语', '音'));
        assert!(!model.is_established('语', '文') && !model.is_word('语', '文'));
        assert!(model.is_established('的', '一'), "often enough, but");
        assert!(!model.is_word('的', '一'), "mostly apart");
        assert!(model.is_collocation('语', '音', 1) && !model.is_collocation('的', '一', 8));
    }

    #[test]
    fn the_probability_mixes_bigrams_and_unigrams() {
        let model = model();
        // The model's texts have 16 characters by weight: 4 × 语, 4 × 音, 3 × 识, 3 × 别, 1 × 言, 1 × 乐.
        let of = |c| (c, model.frequency(c));
        let check = |previous: Option<char>, c, probability: f64| {
            let found = model.neg_log_prob(previous.map(of), of(c));
            assert!((found + probability.ln()).abs() < 1e-12, "{previous:?} {c}: {}", (-found).exp());
        };
        check(None, '语', 4.0 / 16.0);
        check(Some('语'), '音', 0.9 * 3.0 / 4.0 + 0.1 * 4.0 / 16.0);
        check(Some('音'), '语', 0.1 * 4.0 / 16.0);
        check(Some('语'), '无', 0.1 * 0.5 / 16.0);
    }

    #[test]
    fn an_empty_base_gives_finite_probabilities() {
        let model = CharBigramModel::new([]);
        assert!(model.neg_log_prob(None, ('语', model.frequency('语'))).is_finite());
        assert_eq!(model.characters().count(), 0);
    }
}

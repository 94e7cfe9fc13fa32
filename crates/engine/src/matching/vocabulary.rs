//! The words of the knowledge base in Latin letters, for correcting unknown words of a question.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::text::{max_typos, prefix_similarity, typo_similarity};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct WordEntry {
    text: Box<str>,
    /// The letters of the word as a bit set; see [`letter_set`].
    letters: u64,
    /// The number of occurrences in the knowledge base.
    count: u32,
}

/// All words of the knowledge base in Latin letters, with their counts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Vocabulary {
    by_text: HashMap<Box<str>, u32, FxBuildHasher>,
    words: Vec<WordEntry>,
    /// The indexes of the words, grouped by length in characters.
    by_length: Vec<Vec<u32>>,
}

/// Minimum length, in characters, of each word that an unknown word is split into.
const MIN_PART_CHARS: usize = 2;
/// Maximum length, in characters, of an unknown word that is split into several words. A longer
/// text without spaces is probably not a sequence of words.
const MAX_SPLIT_CHARS: usize = 48;
/// The cost of each word in a split is this value, minus the logarithm of the word's count. The
/// value is so large that the split with the fewest words wins.
const PART_COST: f64 = 20.0;

impl Vocabulary {
    /// Creates a vocabulary from all words of all texts, in which a word may occur several times.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for word in words {
            vocabulary.add(word);
        }
        vocabulary
    }

    fn add(&mut self, text: &str) {
        if let Some(&id) = self.by_text.get(text) {
            self.words[id as usize].count += 1;
            return;
        }
        let id = self.words.len() as u32;
        self.by_text.insert(text.into(), id);
        self.words.push(WordEntry { text: text.into(), letters: letter_set(text), count: 1 });
        let length = text.chars().count();
        self.by_length.resize(self.by_length.len().max(length + 1), Vec::new());
        self.by_length[length].push(id);
    }

    pub fn contains(&self, text: &str) -> bool {
        self.by_text.contains_key(text)
    }

    /// Returns the most similar word that `typed` may be a misspelling of, and the similarity.
    pub fn nearest(&self, typed: &str) -> Option<(&str, f64)> {
        let own = letter_set(typed);
        let length = typed.chars().count();
        let lengths = length.saturating_sub(max_typos(length))..length + max_typos(length) + 1;
        // One typo changes at most two letters of the word's letter set: one is removed, one is
        // added.
        let max_difference = 2 * max_typos(length);
        let near = self.of_lengths(lengths).filter(|word| (word.letters ^ own).count_ones() as usize <= max_difference);
        best(near.filter_map(|word| Some((word, typo_similarity(typed, &word.text)?))))
    }

    /// Returns the most similar word that `typed` is a prefix of, and the similarity.
    pub fn complete(&self, typed: &str) -> Option<(&str, f64)> {
        let own = letter_set(typed);
        let longer = self.of_lengths(typed.chars().count() + 1..self.by_length.len());
        let longer = longer.filter(|word| own & !word.letters == 0);
        best(longer.filter_map(|word| Some((word, prefix_similarity(typed, &word.text)?))))
    }

    /// Splits words typed without spaces, such as `whatiswhisper`. Returns the end of each word, in
    /// bytes.
    ///
    /// Prefers the split with the fewest words, then the most frequent words. Uses dynamic
    /// programming.
    pub fn split(&self, typed: &str) -> Option<Vec<usize>> {
        let offsets: Vec<usize> = typed.char_indices().map(|(at, _)| at).chain([typed.len()]).collect();
        let length = offsets.len() - 1;
        if !(2 * MIN_PART_CHARS..=MAX_SPLIT_CHARS).contains(&length) {
            return None;
        }
        // For each end position: the lowest cost of splitting the letters before that position into
        // words, and the start of the last of these words.
        let mut best: Vec<Option<(f64, usize)>> = vec![None; length + 1];
        best[0] = Some((0.0, 0));
        for end in MIN_PART_CHARS..=length {
            for start in 0..=end - MIN_PART_CHARS {
                let Some((cost, _)) = best[start] else { continue };
                let Some(&id) = self.by_text.get(&typed[offsets[start]..offsets[end]]) else { continue };
                let part_cost = PART_COST - f64::from(self.words[id as usize].count).ln();
                if best[end].is_none_or(|(other, _)| cost + part_cost < other) {
                    best[end] = Some((cost + part_cost, start));
                }
            }
        }
        let mut ends = Vec::new();
        let mut at = length;
        while at > 0 {
            ends.push(offsets[at]);
            at = best[at]?.1;
        }
        ends.reverse();
        Some(ends)
    }

    /// Returns the only word that ends with a number and has just letters before, such as `e1010`
    /// for 1010. Returns `None` if there are several.
    pub fn code_with(&self, number: &str) -> Option<&str> {
        let is_code = |word: &&WordEntry| {
            let letters = word.text.strip_suffix(number);
            letters.is_some_and(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_lowercase()))
        };
        let mut codes = self.words.iter().filter(is_code);
        let code = codes.next()?;
        codes.next().is_none().then_some(&*code.text)
    }

    fn of_lengths(&self, lengths: std::ops::Range<usize>) -> impl Iterator<Item = &WordEntry> {
        let buckets = self.by_length.iter().take(lengths.end).skip(lengths.start);
        buckets.flatten().map(|&id| &self.words[id as usize])
    }
}

/// Returns the most similar word, and its similarity. If words are equally similar, the most
/// frequent word wins, then the first in the alphabet.
fn best<'a>(candidates: impl Iterator<Item = (&'a WordEntry, f64)>) -> Option<(&'a str, f64)> {
    candidates
        .max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.count.cmp(&b.0.count)).then(b.0.text.cmp(&a.0.text)))
        .map(|(word, similarity)| (&*word.text, similarity))
}

/// Returns the set of a word's characters as a bit set. Each letter from a to z has its own bit.
/// Other characters may share a bit with another character.
fn letter_set(text: &str) -> u64 {
    text.chars().fold(0, |bits, c| bits | 1 << (c as u32 % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Vocabulary, letter_set};
    use crate::text::typo_similarity;

    fn vocabulary() -> Vocabulary {
        Vocabulary::new("what is whisper training trainings straining is is transcription new york newyork".split(' '))
    }

    #[test]
    fn words_are_counted_once() {
        let vocabulary = vocabulary();
        assert!(vocabulary.contains("is") && !vocabulary.contains("i"));
        assert_eq!(vocabulary.words.len(), 10);
        assert_eq!(vocabulary.words[vocabulary.by_text["is"] as usize].count, 3);
    }

    #[track_caller]
    fn check_nearest(typed: &str, expected: Option<&str>) {
        assert_eq!(vocabulary().nearest(typed).map(|(word, _)| word), expected, "{typed}");
    }

    #[test]
    fn the_nearest_word_is_a_few_typos_away() {
        check_nearest("wisper", Some("whisper"));
        check_nearest("whatt", Some("what"));
        check_nearest("trainig", Some("training"));
        check_nearest("trainingss", Some("trainings"));
        check_nearest("zebra", None);
        check_nearest("", None);
    }

    #[test]
    fn of_equally_near_words_the_most_frequent_wins_and_then_the_first() {
        let nearest =
            |words: &[&str]| Vocabulary::new(words.iter().copied()).nearest("abcdew").map(|(word, _)| word.to_owned());
        assert_eq!(nearest(&["abcdez", "abcdey", "abcdex", "abcdey"]).as_deref(), Some("abcdey"));
        assert_eq!(nearest(&["abcdez", "abcdey", "abcdex"]).as_deref(), Some("abcdex"));
    }

    #[test]
    fn a_prefix_is_completed_to_the_most_similar_word() {
        let vocabulary = vocabulary();
        let complete = |typed| vocabulary.complete(typed).map(|(word, _)| word);
        assert_eq!(complete("transcr"), Some("transcription"));
        assert_eq!(complete("train"), Some("training"));
        assert_eq!(complete("training"), Some("trainings"));
        assert_eq!([complete("wha"), complete("what"), complete("raining")], [None; 3]);
    }

    #[track_caller]
    fn check_split(typed: &str, expected: Option<&[&str]>) {
        let parts = vocabulary().split(typed).map(|ends| {
            let starts = [0].into_iter().chain(ends.iter().copied());
            starts.zip(&ends).map(|(start, &end)| typed[start..end].to_owned()).collect::<Vec<_>>()
        });
        assert_eq!(
            parts.as_deref(),
            expected.map(|parts| parts.iter().map(|p| p.to_string()).collect::<Vec<_>>()).as_deref()
        );
    }

    #[test]
    fn words_without_spaces_are_split_into_the_fewest() {
        check_split("whatiswhisper", Some(&["what", "is", "whisper"]));
        check_split("whatisnewyork", Some(&["what", "is", "newyork"]));
        check_split("whatisnew", Some(&["what", "is", "new"]));
        check_split("whatisx", None);
        check_split("is", None);
        check_split("", None);
        check_split(&"is".repeat(24), Some(&["is"; 24]));
        check_split(&"is".repeat(25), None);
    }

    #[test]
    fn a_number_stands_for_the_only_code_that_has_it() {
        let vocabulary = Vocabulary::new(["e1010", "e503", "w503", "21010"]);
        assert_eq!(vocabulary.code_with("1010"), Some("e1010"));
        assert_eq!([vocabulary.code_with("503"), vocabulary.code_with("10")], [None, None]);
        assert_eq!(vocabulary.code_with("404"), None);
    }

    #[test]
    fn of_equally_many_words_the_most_frequent_win() {
        let vocabulary = Vocabulary::new(["ab", "cde", "abc", "de", "abc", "de"]);
        assert_eq!(vocabulary.split("abcde"), Some(vec![3, 5]));
    }

    proptest! {
        #[test]
        fn the_letter_sets_never_hide_a_typo(word in "[a-f]{4,9}", typed in "[a-f]{4,9}") {
            let vocabulary = Vocabulary::new([&*word]);
            prop_assert_eq!(vocabulary.nearest(&typed).map(|n| n.1), typo_similarity(&typed, &word));
        }

        #[test]
        fn the_letter_set_has_a_bit_per_letter(word in "[a-z]{0,20}") {
            let distinct: std::collections::HashSet<char> = word.chars().collect();
            prop_assert_eq!(letter_set(&word).count_ones() as usize, distinct.len());
        }
    }
}

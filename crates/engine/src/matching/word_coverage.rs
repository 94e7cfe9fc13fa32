//! Finds out how many of a question's words each section uses, anywhere in its samples and texts.
//!
//! A question about something that the knowledge base lacks often has words that other sections
//! use, or none does. The nearest sample and the SVM compare wording; coverage compares vocabulary.

use serde::{Deserialize, Serialize};

use super::feature_ids::FeatureIds;
use super::features::Features;
use super::posting_codec::{decode_postings, encode_postings};
use super::stopwords::Stopwords;
use super::token::Token;
use crate::text::Script;

/// The weight of a single Han character, relative to that of a word or of a pair of characters. The
/// weight is low, because most sections use most of the common characters.
const HAN: f32 = 0.3;

/// An inverted index from words to the sections that use them. A word is a word in letters, a Han
/// character, or a pair of adjacent Han characters.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct WordCoverage {
    ids: FeatureIds,
    /// For each word, the number of sections that use the word.
    section_frequency: Vec<u32>,
    /// For each word, the byte offset in `postings` of its list of sections.
    posting_offsets: Vec<u32>,
    #[serde(with = "serde_bytes")]
    postings: Vec<u8>,
    section_count: usize,
}

impl WordCoverage {
    /// Indexes texts. Each is given as its section and its tokens.
    pub fn new<'a>(
        features: &Features,
        section_count: usize,
        texts: impl Iterator<Item = (usize, Vec<Token<'a>>)>,
    ) -> WordCoverage {
        let mut ids = FeatureIds::default();
        let mut sections_of: Vec<Vec<u32>> = Vec::new();
        for (section, tokens) in texts {
            each_word(features.stopwords(), &tokens, &features.words(&tokens), |key, _| {
                let id = ids.add(key) as usize;
                sections_of.resize_with(sections_of.len().max(id + 1), Vec::new);
                if sections_of[id].last() != Some(&(section as u32)) {
                    sections_of[id].push(section as u32);
                }
            });
        }
        let mut coverage = WordCoverage { ids, section_count, ..WordCoverage::default() };
        for sections in &mut sections_of {
            sections.sort_unstable();
            sections.dedup();
            coverage.section_frequency.push(sections.len() as u32);
            coverage.posting_offsets.push(coverage.postings.len() as u32);
            encode_postings(&mut coverage.postings, sections);
        }
        coverage
    }

    /// Returns for each section the share of the question's words that the section uses, between 0
    /// and 1. Words are weighted by their inverse document frequency, and by their stopword weight.
    /// `words` are the feature keys of the tokens.
    pub fn shares(&self, stopwords: &Stopwords, tokens: &[Token<'_>], words: &[u64]) -> Vec<f32> {
        let mut shares = vec![0.0; self.section_count];
        let mut total = f32::MIN_POSITIVE;
        each_word(stopwords, tokens, words, |key, plain_weight| {
            let id = self.ids.find(key).map(|id| id as usize);
            let frequency = id.map_or(0, |id| self.section_frequency[id] as usize);
            let weight = plain_weight * self.idf(frequency);
            total += weight;
            let start = id.map_or(0, |id| self.posting_offsets[id] as usize);
            for section in decode_postings(&self.postings, start, frequency) {
                shares[section as usize] += weight;
            }
        });
        for share in &mut shares {
            *share /= total;
        }
        shares
    }

    /// Returns the number of sections that use the word.
    pub fn frequency(&self, key: u64) -> u32 {
        self.ids.find(key).map_or(0, |id| self.section_frequency[id as usize])
    }

    /// True if a section uses the word.
    pub fn knows(&self, key: u64) -> bool {
        self.ids.find(key).is_some()
    }

    /// True if one of the sections that `is_meant` selects uses the word.
    pub fn is_used(&self, key: u64, is_meant: impl Fn(usize) -> bool) -> bool {
        let Some(id) = self.ids.find(key).map(|id| id as usize) else { return false };
        let (start, frequency) = (self.posting_offsets[id] as usize, self.section_frequency[id] as usize);
        decode_postings(&self.postings, start, frequency).any(|section| is_meant(section as usize))
    }

    /// Returns the inverse document frequency of BM25. A document is a section.
    fn idf(&self, frequency: usize) -> f32 {
        let (sections, frequency) = (self.section_count as f32, frequency as f32);
        (1.0 + (sections - frequency + 0.5) / (frequency + 0.5)).ln()
    }
}

/// Calls `each` with the feature key and the weight of each word.
fn each_word(stopwords: &Stopwords, tokens: &[Token<'_>], words: &[u64], mut each: impl FnMut(u64, f32)) {
    let weights = stopwords.weights(tokens);
    for (at, token) in tokens.iter().enumerate() {
        match token.script {
            Script::Letters => each(words[at], weights[at]),
            Script::Han => each(words[at], HAN * weights[at]),
        }
        let next = tokens.get(at + 1).filter(|next| next.joined && next.script == Script::Han);
        if let (Script::Han, Some(next)) = (token.script, next) {
            each(Features::of_han_bigram(token, next), (weights[at] + weights[at + 1]) / 2.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokenizer::Tokenizer;
    use super::*;

    /// Indexes two sections, and returns the shares of a question's words that they use.
    fn shares(sections: [&[&str]; 2], question: &str) -> Vec<f32> {
        let (features, tokenizer) = (Features::default(), Tokenizer::default());
        let texts =
            sections.iter().enumerate().flat_map(|(section, texts)| texts.iter().map(move |text| (section, text)));
        let tokenized = texts.map(|(section, text)| (section, tokenizer.tokenize(text)));
        let coverage = WordCoverage::new(&features, sections.len(), tokenized);
        let tokens = tokenizer.tokenize(question);
        coverage.shares(features.stopwords(), &tokens, &features.words(&tokens))
    }

    #[track_caller]
    fn check(question: &str, expected: [f32; 2]) {
        let found = shares([&["apple pie", "red apple"], &["red wine", "苹果"]], question);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{question}: {found} is not {expected}");
        }
    }

    #[test]
    fn a_section_covers_the_words_of_all_its_texts() {
        check("apple", [1.0, 0.0]);
        check("pie apple", [1.0, 0.0]);
        check("red", [1.0, 1.0]);
        check("苹果", [0.0, 1.0]);
        check("zebra", [0.0, 0.0]);
        check("", [0.0, 0.0]);
    }

    #[test]
    fn rare_words_weigh_more() {
        // Of two sections, both use "red" and one uses "wine". The weights are ln(1 + 0.5 / 2.5)
        // and ln(1 + 1.5 / 1.5).
        let (red, wine) = (1.2_f32.ln(), 2.0_f32.ln());
        check("red wine", [red / (red + wine), 1.0]);
    }

    #[test]
    fn an_unknown_word_weighs_most_and_a_stopword_little() {
        // No section uses "zebra": ln(1 + 2.5 / 0.5).
        let (wine, zebra) = (2.0_f32.ln(), 6.0_f32.ln());
        check("zebra wine", [0.0, wine / (wine + zebra)]);
        let of = |question| shares([&["apple pie"], &["wine"]], question)[0];
        assert!(of("what apple") > of("some apple") && of("some apple") > of("zebra apple"));
    }

    #[test]
    fn an_index_without_texts_covers_nothing() {
        assert_eq!(shares([&[], &[]], "red wine"), [0.0, 0.0]);
    }
}

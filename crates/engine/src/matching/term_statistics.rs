//! The terms of the section texts, and the document frequency of each term.

use serde::{Deserialize, Serialize};

use super::feature_ids::FeatureIds;
use super::features::{FeatureKind, Features};

/// The id that marks the end of a sentence in the forward index. No term has this id.
pub(super) const END_OF_SENTENCE: u32 = 0;

/// The ids and document frequencies of all terms. Terms are words, Han characters, and pairs of
/// adjacent Han characters.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct TermStatistics {
    ids: FeatureIds,
    /// For each term, the number of sections that contain the term.
    document_frequency: Vec<u32>,
    section_count: usize,
}

impl TermStatistics {
    /// Creates the statistics. `postings` lists, for each term id, the sections that contain the
    /// term.
    pub fn new(ids: FeatureIds, postings: &[Vec<u32>], section_count: usize) -> TermStatistics {
        let document_frequency = postings.iter().map(|sections| sections.len() as u32).collect();
        TermStatistics { ids, document_frequency, section_count }
    }

    pub fn find(&self, key: u64) -> Option<u32> {
        self.ids.find(key)
    }

    /// Returns the term id of a pair of adjacent Han characters, given the term ids of both
    /// characters.
    pub fn find_bigram(&self, first: u32, second: u32) -> Option<u32> {
        self.ids.find(bigram_key(first, second))
    }

    pub fn document_frequency(&self, term_id: u32) -> usize {
        self.document_frequency[term_id as usize] as usize
    }

    /// Returns the inverse document frequency of BM25. An unknown term counts as occurring in no
    /// section.
    pub fn idf(&self, term_id: Option<u32>) -> f32 {
        let sections = self.section_count as f32;
        let frequency = term_id.map_or(0.0, |id| self.document_frequency[id as usize] as f32);
        (1.0 + (sections - frequency + 0.5) / (frequency + 0.5)).ln()
    }
}

/// Returns the feature key of a pair of adjacent Han characters. The key is a hash of the term ids
/// of both characters, which are shorter than the texts.
pub(super) fn bigram_key(first: u32, second: u32) -> u64 {
    Features::of_pair(FeatureKind::HanBigram, first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idf_follows_the_formula() {
        let mut ids = FeatureIds::default();
        ids.add(bigram_key(7, 8));
        let statistics = TermStatistics::new(ids, &[vec![0, 3], vec![]], 4);
        // Term 0 occurs in 2 of 4 sections: ln(1 + (4 − 2 + 0.5) / (2 + 0.5)) = ln 2. An unknown
        // term occurs in none: ln(1 + 4.5 / 0.5) = ln 10.
        assert!((statistics.idf(Some(0)) - 2.0_f32.ln()).abs() < 1e-6);
        assert!((statistics.idf(None) - 10.0_f32.ln()).abs() < 1e-6);
        assert_eq!(statistics.idf(Some(1)), statistics.idf(None));
        assert_eq!(statistics.document_frequency(0), 2);
        assert_eq!((statistics.find_bigram(7, 8), statistics.find_bigram(8, 7)), (Some(0), None));
    }
}

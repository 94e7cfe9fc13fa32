//! The terms of the section texts, and in how many sections each of them is.

use serde::{Deserialize, Serialize};

use super::feature_ids::FeatureIds;
use super::features::{FeatureKind, Features};

/// Ends a sentence in the forward index; no term has this id.
pub(super) const END_OF_SENTENCE: u32 = 0;

/// Terms are words, Han characters and pairs of adjacent Han characters.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct TermStatistics {
    ids: FeatureIds,
    /// By term, in how many sections it is.
    document_frequency: Vec<u32>,
    section_count: usize,
}

impl TermStatistics {
    /// `postings` are the sections of each term.
    pub fn new(ids: FeatureIds, postings: &[Vec<u32>], section_count: usize) -> TermStatistics {
        let document_frequency = postings.iter().map(|sections| sections.len() as u32).collect();
        TermStatistics { ids, document_frequency, section_count }
    }

    pub fn find(&self, key: u64) -> Option<u32> {
        self.ids.find(key)
    }

    /// The term of two adjacent Han characters.
    pub fn find_bigram(&self, first: u32, second: u32) -> Option<u32> {
        self.ids.find(bigram_key(first, second))
    }

    pub fn document_frequency(&self, term_id: u32) -> usize {
        self.document_frequency[term_id as usize] as usize
    }

    /// The inverse document frequency of BM25; for an unknown term, that of one in no section.
    pub fn idf(&self, term_id: Option<u32>) -> f32 {
        let sections = self.section_count as f32;
        let frequency = term_id.map_or(0.0, |id| self.document_frequency[id as usize] as f32);
        (1.0 + (sections - frequency + 0.5) / (frequency + 0.5)).ln()
    }
}

/// The key of two adjacent Han characters. They are hashed as term ids: shorter than their texts.
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
        // ln(1 + (4 − 2 + 0.5) / (2 + 0.5)) = ln 2, and ln(1 + 4.5 / 0.5) = ln 10.
        assert!((statistics.idf(Some(0)) - 2.0_f32.ln()).abs() < 1e-6);
        assert!((statistics.idf(None) - 10.0_f32.ln()).abs() < 1e-6);
        assert_eq!(statistics.idf(Some(1)), statistics.idf(None));
        assert_eq!(statistics.document_frequency(0), 2);
        assert_eq!((statistics.find_bigram(7, 8), statistics.find_bigram(8, 7)), (Some(0), None));
    }
}

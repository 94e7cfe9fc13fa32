//! The words that the base is written in, and which of them an unknown one was meant for.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::text::{max_typos, prefix_similarity, typo_similarity};

/// A known word.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct WordEntry {
    text: Box<str>,
    /// Which letters it is made of, one bit each.
    letters: u64,
    /// How often it stands in the base.
    count: u32,
}

/// All words of letters in the base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Vocabulary {
    by_text: HashMap<Box<str>, u32, FxBuildHasher>,
    words: Vec<WordEntry>,
    /// Numbers of words by their length in characters.
    by_length: Vec<Vec<u32>>,
}

/// Shortest part that a word written together is taken apart into.
const MIN_PART_CHARS: usize = 2;
/// Longest word that is taken apart: nobody writes a longer one together by accident.
const MAX_SPLIT_CHARS: usize = 48;

impl Vocabulary {
    /// Adds a word, or counts it once more.
    pub fn add(&mut self, text: &str) {
        if let Some(&id) = self.by_text.get(text) {
            self.words[id as usize].count += 1;
            return;
        }
        let id = self.words.len() as u32;
        self.by_text.insert(text.into(), id);
        self.words.push(WordEntry { text: text.into(), letters: letters(text), count: 1 });
        let length = text.chars().count();
        self.by_length.resize(self.by_length.len().max(length + 1), Vec::new());
        self.by_length[length].push(id);
    }

    /// Does the base use this word?
    pub fn knows(&self, text: &str) -> bool {
        self.by_text.contains_key(text)
    }

    /// The known word that was meant, if this is one with slips in it, and how like the two are. Of equally near ones the commonest.
    pub fn nearest(&self, typed: &str) -> Option<(&str, f64)> {
        let own = letters(typed);
        let length = typed.chars().count();
        let lengths = length.saturating_sub(max_typos(length))..length + max_typos(length) + 1;
        // One slip changes at most two letters.
        let most = 2 * max_typos(length);
        let near = self.of_lengths(lengths).filter(|known| (known.letters ^ own).count_ones() as usize <= most);
        let near = near.filter_map(|known| Some((known, typo_similarity(typed, &known.text)?)));
        near.max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.count.cmp(&b.0.count)).then(b.0.text.cmp(&a.0.text)))
            .map(|(known, likeness)| (&*known.text, likeness))
    }

    /// The commonest known word that begins like this, and how like the two are.
    pub fn completed(&self, typed: &str) -> Option<(&str, f64)> {
        let longer = self.of_lengths(typed.chars().count() + 1..self.by_length.len());
        let own = letters(typed);
        let longer = longer.filter(|known| own & !known.letters == 0);
        let longer = longer.filter_map(|known| Some((known, prefix_similarity(typed, &known.text)?)));
        longer
            .max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.count.cmp(&b.0.count)).then(b.0.text.cmp(&a.0.text)))
            .map(|(known, likeness)| (&*known.text, likeness))
    }

    /// The known words that were written together, as `whatiswhisper`: the fewest, and of these the commonest. Offsets of their ends in bytes.
    pub fn split(&self, typed: &str) -> Option<Vec<usize>> {
        let ends: Vec<usize> = typed.char_indices().map(|(at, _)| at).chain([typed.len()]).collect();
        let length = ends.len() - 1;
        if !(2 * MIN_PART_CHARS..=MAX_SPLIT_CHARS).contains(&length) {
            return None;
        }
        // For each end: the cost of the best cut up to it, and where its last part starts.
        let mut best: Vec<Option<(f64, usize)>> = vec![None; length + 1];
        best[0] = Some((0.0, 0));
        for end in MIN_PART_CHARS..=length {
            for start in 0..=end - MIN_PART_CHARS {
                let Some((cost, _)) = best[start] else { continue };
                let Some(&id) = self.by_text.get(&typed[ends[start]..ends[end]]) else { continue };
                let rarity = 20.0 - f64::from(self.words[id as usize].count).ln();
                if best[end].is_none_or(|(other, _)| cost + rarity < other) {
                    best[end] = Some((cost + rarity, start));
                }
            }
        }
        let mut cuts = Vec::new();
        let mut at = length;
        while at > 0 {
            cuts.push(ends[at]);
            at = best[at]?.1;
        }
        cuts.reverse();
        Some(cuts)
    }

    fn of_lengths(&self, lengths: std::ops::Range<usize>) -> impl Iterator<Item = &WordEntry> {
        let buckets = self.by_length.iter().take(lengths.end).skip(lengths.start);
        buckets.flatten().map(|&id| &self.words[id as usize])
    }
}

/// Which letters a word is made of, a bit for each; rarer characters share bits.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |bits, c| bits | 1 << (c as u32 % 64))
}

//! A question as terms to look for in the section texts.
//!
//! Terms are words, Han characters, and pairs of adjacent Han characters. A pair that the base does
//! not know also becomes the pairs that it may be a misspelling of.

use super::posting_codec::{decode_term, encode_term};
use super::stopwords;
use super::term_statistics::{END_OF_SENTENCE, TermStatistics};
use super::token::Token;
use crate::text::Script;

/// The weight of a Han character: it has many meanings, and its pairs are counted beside it.
const HAN: f32 = 0.7;
const HAN_BIGRAM: f32 = 1.0;
/// A word says about as much as two characters and their pair.
const WORD: f32 = 2.5;

/// The weight of a pair that an unknown one may be a misspelling of, beside a known pair. The
/// misspellings: two swapped characters, one left out, one replaced by another, one put in between.
const TRANSPOSED: f32 = 0.6;
const OMITTED: f32 = 0.6;
const REPLACED: f32 = 0.6;
const INSERTED: f32 = 0.6;

/// An unknown pair is mostly two words that happen to meet, and seldom a sign of another subject.
const UNKNOWN_BIGRAM: f32 = 0.3;

/// Limits the work per question. Long ones repeat themselves, so that little is lost.
pub(super) const MAX_TERMS: usize = MAX_UNIGRAMS + MAX_BIGRAMS;
const MAX_UNIGRAMS: usize = 64;
const MAX_BIGRAMS: usize = 128;
const MAX_SLOTS: usize = 192;
/// The most terms that one unknown pair becomes.
const MAX_ALTERNATIVES: usize = 5;

/// A set of terms of a query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TermSet([u64; 4]);

impl TermSet {
    pub fn insert(&mut self, term: u8) {
        self.0[usize::from(term) / 64] |= 1 << (term % 64);
    }

    pub fn contains(&self, term: usize) -> bool {
        self.0[term / 64] & 1 << (term % 64) != 0
    }
}

/// One thing to look for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// Its id, if it is in the base. Misspelt pairs have none.
    pub id: Option<u32>,
    /// Its weight before the inverse document frequency.
    pub plain_weight: f32,
    pub weight: f32,
    /// The token of the question that it starts with.
    pub token: usize,
}

/// Two words at a distance of one or two, as slots.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermPair {
    pub first: u8,
    second: u8,
    pub distance: u8,
    pub term: u8,
}

/// The slots of the words that a query looks for, alone or in pairs.
///
/// A hash table with open addressing, by the codes of the forward index. At most [`MAX_SLOTS`] of
/// its places are taken, so that a search always ends at a free one.
#[derive(Debug)]
struct SlotTable {
    /// By slot.
    term_ids: Vec<u32>,
    /// One more than the slot, at the place of the word's first code or the next free one.
    places: [u8; TABLE_SIZE],
}

/// Several times [`MAX_SLOTS`]: most words of a text are not in the query, and find a free place at
/// once.
const TABLE_SIZE: usize = 1024;

impl SlotTable {
    fn new() -> SlotTable {
        SlotTable { term_ids: Vec::new(), places: [0; TABLE_SIZE] }
    }

    fn insert(&mut self, term_id: u32) -> Option<u8> {
        let mut codes = encode_term(term_id);
        let first = codes.next()?;
        if let Some(slot) = self.find(first, || codes.next().unwrap_or_default()) {
            return Some(slot);
        }
        if self.term_ids.len() == MAX_SLOTS {
            return None;
        }
        let slot = self.term_ids.len() as u8;
        self.term_ids.push(term_id);
        let mut place = usize::from(first) % TABLE_SIZE;
        while self.places[place] != 0 {
            place = (place + 1) % TABLE_SIZE;
        }
        self.places[place] = slot + 1;
        Some(slot)
    }

    #[inline]
    fn find(&self, first: u16, second: impl FnOnce() -> u16) -> Option<u8> {
        let mut place = usize::from(first) % TABLE_SIZE;
        if self.places[place] == 0 {
            return None;
        }
        let term_id = decode_term(first, second);
        while let Some(slot) = self.places[place].checked_sub(1) {
            if self.term_ids[usize::from(slot)] == term_id {
                return Some(slot);
            }
            place = (place + 1) % TABLE_SIZE;
        }
        None
    }
}

/// The slot of [`END_OF_SENTENCE`], which every query looks for.
pub(super) const END_SLOT: u8 = 0;

/// An encoded question.
#[derive(Debug)]
pub(super) struct Query {
    pub terms: Vec<Term>,
    slots: SlotTable,
    /// By slot, the term of the word alone.
    term_of_slot: Vec<Option<u8>>,
    /// Ordered by their second slots.
    pairs: Vec<TermPair>,
    /// By slot, where the pairs begin that end with it; then the end of all.
    pair_offsets: Vec<u8>,
    pub total_weight: f32,
}

impl Query {
    /// Encodes a question. `words` are the features of its tokens by themselves.
    pub fn new(statistics: &TermStatistics, tokens: &[Token<'_>], words: &[u64]) -> Query {
        let stopword_weights = stopwords::weights(tokens);
        let ids: Vec<Option<u32>> = words.iter().map(|word| statistics.find(*word)).collect();
        let mut builder = QueryBuilder::new();
        builder.add_unigrams(statistics, tokens, words, &ids, &stopword_weights);
        builder.add_bigrams(statistics, tokens, &ids, &stopword_weights);
        builder.finish()
    }

    /// The slot of the word with these codes. Asks for the second code only if needed.
    #[inline]
    pub fn slot_of(&self, first: u16, second: impl FnOnce() -> u16) -> Option<u8> {
        self.slots.find(first, second)
    }

    /// The term of the word alone.
    #[inline]
    pub fn term_of_slot(&self, slot: u8) -> Option<u8> {
        self.term_of_slot[usize::from(slot)]
    }

    /// The pairs that end with a word.
    #[inline]
    pub fn pairs_ending(&self, slot: u8) -> &[TermPair] {
        let slot = usize::from(slot);
        &self.pairs[usize::from(self.pair_offsets[slot])..usize::from(self.pair_offsets[slot + 1])]
    }

    /// The share of the question, by weight, that is out of the base's vocabulary.
    pub fn oov_share(&self) -> f32 {
        let unknown: f32 = self.terms.iter().filter(|t| t.id.is_none()).map(|t| t.weight).sum();
        unknown / self.total_weight.max(f32::MIN_POSITIVE)
    }
}

struct QueryBuilder {
    terms: Vec<Term>,
    slots: SlotTable,
    term_of_slot: Vec<Option<u8>>,
    pairs: Vec<TermPair>,
}

impl QueryBuilder {
    fn new() -> QueryBuilder {
        let mut builder =
            QueryBuilder { terms: Vec::new(), slots: SlotTable::new(), term_of_slot: Vec::new(), pairs: Vec::new() };
        builder.slot(END_OF_SENTENCE, None);
        builder
    }

    /// The slot of a word; `None` if there is no room for a new one. `term` counts only for a new
    /// slot.
    fn slot(&mut self, term_id: u32, term: Option<u8>) -> Option<u8> {
        let slot = self.slots.insert(term_id)?;
        if usize::from(slot) == self.term_of_slot.len() {
            self.term_of_slot.push(term);
        }
        Some(slot)
    }

    /// Adds each different word and character once.
    fn add_unigrams(
        &mut self,
        statistics: &TermStatistics,
        tokens: &[Token<'_>],
        words: &[u64],
        ids: &[Option<u32>],
        stopword_weights: &[f32],
    ) {
        let mut seen: Vec<u64> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            // Hashes of unknown words count down from the top, ids of known ones up from 0.
            let key = ids[at].map_or(u64::MAX - words[at], u64::from);
            if seen.contains(&key) || self.terms.len() >= MAX_UNIGRAMS {
                continue;
            }
            seen.push(key);
            let script_weight = match token.script {
                Script::Han => HAN,
                Script::Letters => WORD,
            };
            let plain_weight = script_weight * stopword_weights[at] * token.certainty;
            if let Some(id) = ids[at] {
                self.slot(id, Some(self.terms.len() as u8));
            }
            self.terms.push(Term {
                id: ids[at],
                plain_weight,
                weight: plain_weight * statistics.idf(ids[at]),
                token: at,
            });
        }
    }

    /// Adds each pair of adjacent Han characters, or what it may be a misspelling of.
    fn add_bigrams(
        &mut self,
        statistics: &TermStatistics,
        tokens: &[Token<'_>],
        ids: &[Option<u32>],
        stopword_weights: &[f32],
    ) {
        let bigram = |a: usize, b: usize| ids[a].zip(ids[b]).and_then(|(a, b)| statistics.find_bigram(a, b));
        let is_bigram = |at: usize| {
            let is_han = |at: usize| tokens.get(at).is_some_and(|t| t.script == Script::Han);
            is_han(at) && is_han(at + 1) && tokens[at + 1].joined
        };
        let mean_weight = |a: usize, b: usize| HAN_BIGRAM * (stopword_weights[a] + stopword_weights[b]) / 2.0;
        let known = |id: u32, token: usize, plain_weight: f32| Term {
            id: Some(id),
            plain_weight,
            weight: plain_weight * statistics.idf(Some(id)),
            token,
        };
        let unknown = |token: usize, plain_weight: f32, idf: f32| Term {
            id: None,
            plain_weight,
            weight: plain_weight * idf,
            token,
        };
        let rarest = statistics.idf(None);
        // The frequency of two characters one apart is not indexed. Half is about right for those
        // that are never adjacent.
        let apart = rarest / 2.0;
        for at in 0..tokens.len() {
            if !is_bigram(at) || self.terms.len() + MAX_ALTERNATIVES >= MAX_TERMS {
                continue;
            }
            let (first, second) = (ids[at], ids[at + 1]);
            let plain = mean_weight(at, at + 1);
            if let Some(id) = bigram(at, at + 1) {
                self.add_pair(first, second, 1, known(id, at, plain));
                continue;
            }
            self.terms.push(unknown(at, plain * UNKNOWN_BIGRAM, rarest));
            if let Some(transposed) = bigram(at + 1, at) {
                self.add_pair(second, first, 1, known(transposed, at, plain * TRANSPOSED));
            }
            self.add_pair(first, second, 2, unknown(at, plain * OMITTED, apart));
            if is_bigram(at + 1) && bigram(at + 1, at + 2).is_none() {
                let (third, plain) = (ids[at + 2], mean_weight(at, at + 2));
                self.add_pair(first, third, 2, unknown(at, plain * REPLACED, apart));
                if let Some(without) = bigram(at, at + 2) {
                    self.add_pair(first, third, 1, known(without, at, plain * INSERTED));
                }
            }
        }
    }

    /// Adds two words at a distance, unless one of them is unknown or the pair is there already.
    fn add_pair(&mut self, first: Option<u32>, second: Option<u32>, distance: u8, term: Term) {
        let Some((first, second)) = first.zip(second) else { return };
        let Some((first, second)) = self.slot(first, None).zip(self.slot(second, None)) else { return };
        if self.pairs.iter().any(|p| (p.first, p.second, p.distance) == (first, second, distance)) {
            return;
        }
        self.pairs.push(TermPair { first, second, distance, term: self.terms.len() as u8 });
        self.terms.push(term);
    }

    fn finish(self) -> Query {
        let QueryBuilder { terms, slots, term_of_slot, mut pairs } = self;
        pairs.sort_by_key(|pair| pair.second);
        let offset = |slot| pairs.partition_point(|pair| usize::from(pair.second) < slot) as u8;
        let pair_offsets = (0..=term_of_slot.len()).map(offset).collect();
        let total_weight = terms.iter().map(|t| t.weight).sum();
        Query { terms, slots, term_of_slot, pairs, pair_offsets, total_weight }
    }
}

#[cfg(test)]
mod tests {
    use super::super::feature_ids::FeatureIds;
    use super::super::features::Features;
    use super::super::term_statistics::bigram_key;
    use super::super::tokenizer::Tokenizer;
    use super::*;

    /// The statistics of one section that holds these characters or words in a row.
    fn statistics(words: &[&str]) -> TermStatistics {
        let features = Features::default();
        let tokenizer = Tokenizer::default();
        let mut ids = FeatureIds::default();
        // 0 is the end of a sentence.
        ids.add(0);
        let mut before: Option<u32> = None;
        let mut bigrams = Vec::new();
        for word in words {
            let id = ids.add(features.of_token(&tokenizer.tokenize(word)[0]));
            bigrams.extend(before.map(|before| bigram_key(before, id)));
            before = Some(id);
        }
        for bigram in bigrams {
            ids.add(bigram);
        }
        let postings = vec![vec![0]; ids.len()];
        TermStatistics::new(ids, &postings, 9)
    }

    fn query(statistics: &TermStatistics, question: &str) -> Query {
        let tokenizer = Tokenizer::default();
        let tokens = tokenizer.tokenize(question);
        Query::new(statistics, &tokens, &Features::default().words(&tokens))
    }

    /// The plain weights of all terms, known ones first.
    #[track_caller]
    fn check(base: &[&str], question: &str, known: &[f32], unknown: &[f32]) {
        let query = query(&statistics(base), question);
        let weights = |is_known: bool| -> Vec<f32> {
            query.terms.iter().filter(|t| t.id.is_some() == is_known).map(|t| t.plain_weight).collect()
        };
        assert_eq!((weights(true), weights(false)), (known.to_vec(), unknown.to_vec()), "{question}");
    }

    #[test]
    fn known_and_unknown_terms() {
        check(&["apple", "pie"], "apple pie tree", &[WORD, WORD], &[WORD]);
        check(&["apple"], "apple apple", &[WORD], &[]);
        check(&["苹", "果"], "苹果", &[HAN, HAN, HAN_BIGRAM], &[]);
    }

    #[test]
    fn an_unknown_pair_becomes_what_it_may_be_a_misspelling_of() {
        // Swapped: besides the pair itself, the right one, and the two with one left out.
        check(&["苹", "果"], "果苹", &[HAN, HAN, TRANSPOSED], &[UNKNOWN_BIGRAM, OMITTED]);
        // One put in: 苹 and 果 are then known without it, or a replaced one is between them.
        check(&["苹", "果"], "苹木果", &[HAN, HAN, INSERTED], &[HAN, UNKNOWN_BIGRAM, REPLACED, UNKNOWN_BIGRAM]);
        // One left out.
        check(&["苹", "木", "果"], "苹果", &[HAN, HAN], &[UNKNOWN_BIGRAM, OMITTED]);
    }

    #[test]
    fn weights_are_plain_weights_times_idf() {
        let statistics = statistics(&["apple"]);
        let query = query(&statistics, "apple tree");
        let expected = [WORD * statistics.idf(query.terms[0].id), WORD * statistics.idf(None)];
        assert_eq!([query.terms[0].weight, query.terms[1].weight], expected);
        assert_eq!(query.total_weight, expected[0] + expected[1]);
        assert!((query.oov_share() - expected[1] / query.total_weight).abs() < 1e-6);
    }

    #[test]
    fn oov_share_is_the_weight_of_unknown_terms() {
        let statistics = statistics(&["apple"]);
        assert_eq!(query(&statistics, "apple").oov_share(), 0.0);
        assert_eq!(query(&statistics, "tree").oov_share(), 1.0);
        assert_eq!(query(&statistics, "").oov_share(), 0.0);
    }

    #[test]
    fn the_number_of_terms_is_bounded() {
        let han: String = (0..4096).filter_map(|at| char::from_u32(0x4E00 + at)).collect();
        let base: Vec<String> = han.chars().step_by(2).map(String::from).collect();
        let query = query(&statistics(&base.iter().map(String::as_str).collect::<Vec<_>>()), &han);
        assert!(query.terms.len() <= MAX_TERMS && query.slots.term_ids.len() <= MAX_SLOTS);
        assert!(query.terms.len() > MAX_UNIGRAMS);
    }

    #[test]
    fn slots_are_found_by_their_codes() {
        // Two rare words with an equal first code, and two words at the same place of the table.
        let ids = [5, 5 + TABLE_SIZE as u32, 0xF000, 0xF001, 0xF800];
        let mut table = SlotTable::new();
        let slots: Vec<Option<u8>> = ids.iter().map(|id| table.insert(*id)).collect();
        assert_eq!(slots, [Some(0), Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(table.insert(0xF001), Some(3));
        for (id, slot) in ids.iter().zip(slots) {
            let codes: Vec<u16> = encode_term(*id).collect();
            assert_eq!(table.find(codes[0], || codes[1]), slot, "{id}");
        }
        assert_eq!(table.find(6, || 0), None);
        assert_eq!(table.find(5 + 2 * TABLE_SIZE as u16, || 0), None);
        assert_eq!(table.find(0xF000, || 0xF802), None);
    }

    #[test]
    fn a_full_table_takes_no_more() {
        let mut table = SlotTable::new();
        assert!((0..MAX_SLOTS as u32).all(|id| table.insert(id).is_some()));
        assert_eq!(table.insert(MAX_SLOTS as u32), None);
        assert_eq!(table.insert(3), Some(3));
    }

    #[test]
    fn term_sets_hold_what_was_inserted() {
        let mut set = TermSet::default();
        let terms = [0_u8, 63, 64, 191];
        terms.iter().for_each(|term| set.insert(*term));
        for term in 0..MAX_TERMS {
            assert_eq!(set.contains(term), terms.contains(&(term as u8)), "{term}");
        }
    }
}

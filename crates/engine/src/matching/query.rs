//! Encodes a question as terms to search for in the section texts.
//!
//! Terms are words, Han characters, and pairs of adjacent Han characters. If a pair does not occur
//! in the knowledge base, the query also contains the pairs that the user may have meant.

use super::posting_codec::{decode_term, encode_term};
use super::stopwords::Stopwords;
use super::term_statistics::{END_OF_SENTENCE, TermStatistics};
use super::token::Token;
use crate::text::Script;

/// The weight of a single Han character. The weight is low, because a single character is
/// ambiguous, and because pairs of characters are terms too.
const HAN: f32 = 0.7;
const HAN_BIGRAM: f32 = 1.0;
/// The weight of a word in Latin letters: about as much as two Han characters and their pair (0.7 +
/// 0.7 + 1).
const WORD: f32 = 2.5;

/// Weight factors of the pairs that the user may have meant, if a typed pair of Han characters is
/// unknown. Each factor assumes one kind of typo: the user swapped two characters, or omitted,
/// replaced or inserted one.
const TRANSPOSED: f32 = 0.6;
const OMITTED: f32 = 0.6;
const REPLACED: f32 = 0.6;
const INSERTED: f32 = 0.6;

/// The weight factor of a pair of Han characters that the knowledge base does not contain. The
/// factor is low, because most such pairs span two words, and seldom indicate another subject.
const UNKNOWN_BIGRAM: f32 = 0.3;

/// Maximum number of terms per query, to limit the work per question. Later terms are ignored. A
/// long question repeats its words, so little is lost.
pub(super) const MAX_TERMS: usize = MAX_UNIGRAMS + MAX_BIGRAMS;
const MAX_UNIGRAMS: usize = 64;
const MAX_BIGRAMS: usize = 128;
/// Maximum number of slots in a query's [`SlotTable`]. Each distinct word has a slot, and so has
/// the end of a sentence.
const MAX_SLOTS: usize = 192;
/// Maximum number of terms added for one unknown pair of Han characters, including the pair itself.
const MAX_ALTERNATIVES: usize = 5;

/// A set of query terms, by index into [`Query::terms`].
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

/// One word, Han character or pair of characters to search for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// The id of the term in the section index. `None` for an unknown word or pair, and for a pair
    /// of characters at distance two.
    pub id: Option<u32>,
    /// The weight before multiplication by the inverse document frequency.
    pub plain_weight: f32,
    pub weight: f32,
    /// The index of the question's token at which the term starts.
    pub token: usize,
}

/// A pair of query words to search for, given by the slots of the words (see [`SlotTable`]). In a
/// text, the second word must follow the first at `distance` 1 (directly) or 2 (with one word
/// between).
#[derive(Debug, Clone, Copy)]
pub(super) struct TermPair {
    pub first: u8,
    second: u8,
    pub distance: u8,
    pub term: u8,
}

/// Numbers the distinct words of a query from 0. The number of a word is called its slot. A word
/// that is part of a pair but no term by itself has a slot too.
///
/// The forward index stores each word of a text as one or two 16-bit codes. To find the slot of a
/// word by its codes, this is a hash table with linear probing. The hash is the first code. At most
/// [`MAX_SLOTS`] entries of the table are used, so each lookup ends at the word or at a free entry.
#[derive(Debug)]
struct SlotTable {
    /// The term id of the word in each slot.
    term_ids: Vec<u32>,
    /// The entries of the hash table. An entry is a slot plus one, or 0 if the entry is free. A
    /// lookup starts at the entry given by the first code of the word, modulo [`TABLE_SIZE`].
    places: [u8; TABLE_SIZE],
}

/// Number of entries of the hash table [`SlotTable`]. The number is several times [`MAX_SLOTS`],
/// because most words of a text are not in the query, and their lookup should end at a free entry
/// at once.
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

/// The slot of the term id [`END_OF_SENTENCE`]. Every query has this slot, so that a scan of a text
/// notices the ends of sentences.
pub(super) const END_SLOT: u8 = 0;

/// A question, encoded for searching the section texts.
#[derive(Debug)]
pub(super) struct Query {
    pub terms: Vec<Term>,
    slots: SlotTable,
    /// For each slot, the index in `terms` of the term for the slot's word. `None` if the word is a
    /// term only together with another word, as a pair.
    term_of_slot: Vec<Option<u8>>,
    /// The pairs of words to search for, sorted by the slot of the second word.
    pairs: Vec<TermPair>,
    /// For each slot, the index of the first pair in `pairs` whose second word has that slot. The
    /// last entry is the length of `pairs`.
    pair_offsets: Vec<u8>,
    pub total_weight: f32,
}

impl Query {
    /// Encodes a question. `words` are the feature keys of the question's tokens.
    pub fn new(statistics: &TermStatistics, stopwords: &Stopwords, tokens: &[Token<'_>], words: &[u64]) -> Query {
        let stopword_weights = stopwords.weights(tokens);
        let ids: Vec<Option<u32>> = words.iter().map(|word| statistics.find(*word)).collect();
        let mut builder = QueryBuilder::new();
        builder.add_unigrams(statistics, tokens, words, &ids, &stopword_weights);
        builder.add_bigrams(statistics, tokens, &ids, &stopword_weights);
        builder.finish()
    }

    /// Returns the slot of a word of a text, or `None` if the word is not in the query. `first` is
    /// the word's first 16-bit code in the forward index. The word may have a second code, which
    /// `second` reads; `second` is called only if needed.
    #[inline]
    pub fn slot_of(&self, first: u16, second: impl FnOnce() -> u16) -> Option<u8> {
        self.slots.find(first, second)
    }

    /// Returns the index in `terms` of the term for the word with this slot. Returns `None` if the
    /// word is a term only together with another word, as a pair.
    #[inline]
    pub fn term_of_slot(&self, slot: u8) -> Option<u8> {
        self.term_of_slot[usize::from(slot)]
    }

    /// Returns the pairs whose second word has this slot.
    #[inline]
    pub fn pairs_ending(&self, slot: u8) -> &[TermPair] {
        let slot = usize::from(slot);
        &self.pairs[usize::from(self.pair_offsets[slot])..usize::from(self.pair_offsets[slot + 1])]
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

    /// Returns the slot of a word, or `None` if all slots are taken. A new word gets the next free
    /// slot. `term` is the index of the term for the word alone; it is stored only if the word is
    /// new.
    fn slot(&mut self, term_id: u32, term: Option<u8>) -> Option<u8> {
        let slot = self.slots.insert(term_id)?;
        if usize::from(slot) == self.term_of_slot.len() {
            self.term_of_slot.push(term);
        }
        Some(slot)
    }

    /// Adds each distinct word and Han character of the question as one term.
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
            // The key for detecting repeated words: the term id of a known word, or a number from
            // the hash of an unknown word.
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

    /// Adds a term for each pair of adjacent Han characters. For an unknown pair, also adds the
    /// pairs that the user may have meant.
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
        // The section index has no document frequency for characters at distance two. Half the
        // largest IDF is a good guess for such pairs.
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

    /// Adds a pair of words that must occur at `distance`. Does nothing if a word is unknown or the
    /// pair was added before.
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

    /// Creates the statistics of nine sections. One section contains these words or characters in
    /// this sequence, and the other sections are empty.
    fn statistics(words: &[&str]) -> TermStatistics {
        let features = Features::default();
        let tokenizer = Tokenizer::default();
        let mut ids = FeatureIds::default();
        // Reserve id 0 for the end of a sentence, as the section index does.
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
        Query::new(statistics, &Stopwords::default(), &tokens, &Features::default().words(&tokens))
    }

    /// Asserts the weights, without IDF, of a question's terms. `known` are the weights of the
    /// terms that the knowledge base contains, `unknown` the weights of all other terms.
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
        // The user swapped the two characters. The query gets the pair 苹果 in the right order. The
        // query also gets 果 and 苹 at distance two, in case a character between them is missing.
        check(&["苹", "果"], "果苹", &[HAN, HAN, TRANSPOSED], &[UNKNOWN_BIGRAM, OMITTED]);
        // The user inserted 木. The query gets the pair 苹果 without 木. The query also gets 苹 and 果 at
        // distance two, in case 木 was typed instead of another character.
        check(&["苹", "果"], "苹木果", &[HAN, HAN, INSERTED], &[HAN, UNKNOWN_BIGRAM, REPLACED, UNKNOWN_BIGRAM]);
        // The user omitted 木, which is between 苹 and 果 in the knowledge base. The query gets 苹 and
        // 果 at distance two.
        check(&["苹", "木", "果"], "苹果", &[HAN, HAN], &[UNKNOWN_BIGRAM, OMITTED]);
    }

    #[test]
    fn weights_are_plain_weights_times_idf() {
        let statistics = statistics(&["apple"]);
        let query = query(&statistics, "apple tree");
        let expected = [WORD * statistics.idf(query.terms[0].id), WORD * statistics.idf(None)];
        assert_eq!([query.terms[0].weight, query.terms[1].weight], expected);
        assert_eq!(query.total_weight, expected[0] + expected[1]);
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
        // Five term ids. 5 and 5 + TABLE_SIZE have the same hash, so they collide in the table.
        // 0xF000 and 0xF001 are ids of rare terms, with two codes each, of which the first is the
        // same.
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

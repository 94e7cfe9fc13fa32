//! Full-text search over the section texts: retrieval by an inverted index, then scoring with BM25.
//!
//! Retrieval sums the weights of the query's terms over their posting lists. The best few sections
//! are then scanned in the forward index, to count the query's terms. The counts give the BM25
//! score (Robertson and Zaragoza: The Probabilistic Relevance Framework, 2009).
//!
//! Terms in the lead, about the first clause of the body, get a bonus, because the lead states the
//! subject. The scan also finds characters at distance two, which have no posting lists.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::feature_ids::FeatureIds;
use super::features::Features;
use super::posting_codec::{decode_postings, encode_postings, encode_term};
use super::query::{END_SLOT, MAX_TERMS, Query, Term, TermSet};
use super::stopwords::Stopwords;
use super::term_statistics::{END_OF_SENTENCE, TermStatistics, bigram_key};
use super::token::Token;
use crate::text::Script;

/// The term frequency saturation of BM25. Lower than the usual 1.2, because a short text that
/// mentions a term once is already likely to be about the term.
const K1: f32 = 0.7;
/// The length normalization of BM25. Lower than the usual 0.75, because all texts are short.
const B: f32 = 0.5;
/// The score bonus of a term that occurs in the lead of the section. For comparison, the term
/// frequency factor of BM25 is at most `K1 + 1`.
const LEAD_BONUS: f32 = 0.3;

/// The length of the lead, in Han characters: about the first clause of the section's body.
const LEAD_LENGTH: usize = 24;
/// The number of Han characters that one word in Latin letters counts as, for measuring the length
/// of the lead.
const WORD_LENGTH: usize = 3;
/// The length of the start of a sentence, in term codes of the forward index (about one per token).
/// The start usually states the subject of the sentence.
const SENTENCE_START_TOKENS: usize = 6;

/// Maximum number of postings that retrieval reads, to limit its work. The rarest terms are read
/// first, because they affect the ranking most.
const MAX_POSTINGS: usize = 60_000;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct SectionIndex {
    statistics: TermStatistics,
    /// For each term, the byte offset in `postings` where its posting list starts.
    posting_offsets: Vec<u32>,
    #[serde(with = "serde_bytes")]
    postings: Vec<u8>,
    /// The texts of all sections, sentence by sentence, as term codes of two bytes each.
    #[serde(with = "serde_bytes")]
    forward_index: Vec<u8>,
    sections: Vec<SectionEntry>,
    mean_length: f32,
}

/// The position of a section in the forward index. Offsets count codes of two bytes.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
struct SectionEntry {
    start: u32,
    /// The number of tokens in the section.
    length: u32,
    /// The offset of the lead, relative to `start`. The next two fields are relative to `start`
    /// too.
    lead_start: u32,
    lead_end: u32,
    /// The offset at which the subject's name ends. The name is at the start of the lead.
    name_end: u32,
}

/// A section to index.
#[derive(Default)]
pub(super) struct SectionInput<'a> {
    /// The titles and the aliases of the section, each as one sentence, and the sentences of its
    /// body; all as tokens.
    pub sentences: Vec<Vec<Token<'a>>>,
    /// The index of the lead in `sentences`. The lead is the first sentence of the body.
    pub lead: usize,
    /// The number of tokens at the start of the lead that name the section's subject.
    pub name_tokens: usize,
}

/// The term ids of each sentence of a section.
type SentenceIds = Vec<Vec<u32>>;

/// The query terms found in one section.
#[derive(Debug, Clone)]
pub(super) struct TermHits {
    /// The number of occurrences of each query term in the section.
    counts: [u16; MAX_TERMS],
    /// The length normalization factor of BM25 for the scanned section.
    length_norm: f32,
    in_lead: TermSet,
    /// The terms that occur in the subject's name at the start of the lead.
    pub in_name: TermSet,
}

impl TermHits {
    /// Returns the contribution of one term to [`TermHits::score`].
    pub fn term_contribution(&self, query: &Query, term: usize) -> f32 {
        let count = f32::from(self.counts[term]);
        let bonus = if self.in_lead.contains(term) { LEAD_BONUS } else { 0.0 };
        let own = count * (K1 + 1.0) / (count + self.length_norm) + bonus;
        query.terms[term].weight * own / (query.total_weight * (K1 + 1.0 + LEAD_BONUS)).max(f32::MIN_POSITIVE)
    }

    /// Returns the BM25 score plus the lead bonus, divided by the largest possible sum for the
    /// query. The result is between 0 and 1.
    pub fn score(&self, query: &Query) -> f32 {
        (0..query.terms.len()).map(|term| self.term_contribution(query, term)).sum()
    }
}

impl SectionIndex {
    pub fn new(features: &Features, sections: &[SectionInput<'_>]) -> SectionIndex {
        let (mut ids, sentence_ids) = number_words(features, sections);
        let postings = posting_lists(&mut ids, sections, &sentence_ids);
        let mut forward_index = Vec::new();
        let entries: Vec<SectionEntry> = sections
            .iter()
            .zip(&sentence_ids)
            .map(|(section, ids)| write_section(&mut forward_index, section, ids))
            .collect();
        let length: usize = entries.iter().map(|entry| entry.length as usize).sum();
        let (mut posting_offsets, mut bytes) = (Vec::with_capacity(postings.len()), Vec::new());
        for list in &postings {
            posting_offsets.push(bytes.len() as u32);
            encode_postings(&mut bytes, list);
        }
        SectionIndex {
            statistics: TermStatistics::new(ids, &postings, sections.len()),
            posting_offsets,
            postings: bytes,
            forward_index,
            mean_length: length as f32 / sections.len().max(1) as f32,
            sections: entries,
        }
    }

    /// True if the feature occurs in any section text.
    pub fn knows(&self, key: u64) -> bool {
        self.statistics.find(key).is_some()
    }

    /// Encodes a question. `words` are the feature keys of the question's tokens.
    pub fn query(&self, stopwords: &Stopwords, tokens: &[Token<'_>], words: &[u64]) -> Query {
        Query::new(&self.statistics, stopwords, tokens, words)
    }

    /// Returns the sections with the largest sums of term weights, best first, at most `count`. A
    /// section's sum includes the query's terms that occur in the section.
    pub fn retrieve(&self, query: &Query, count: usize) -> Vec<u32> {
        let frequency = |id: u32| self.statistics.document_frequency(id);
        let known = query.terms.iter().filter(|term| term.weight > 0.0);
        let mut rarest_first: Vec<(u32, &Term)> = known.filter_map(|term| Some((term.id?, term))).collect();
        rarest_first.sort_by_key(|(id, _)| frequency(*id));
        let mut sums = vec![0.0_f32; self.sections.len()];
        let mut read = 0;
        for (id, term) in rarest_first {
            let length = frequency(id);
            read += length;
            if read > MAX_POSTINGS && read > length {
                break;
            }
            for section in decode_postings(&self.postings, self.posting_offsets[id as usize] as usize, length) {
                sums[section as usize] += term.weight;
            }
        }
        top_k(&sums, count)
    }

    /// Counts the query's terms in one section.
    ///
    /// Calls `each_sentence` once per sentence, including titles and aliases. The arguments are the
    /// terms in the whole sentence, and the terms at the start of the sentence.
    pub fn scan(&self, query: &Query, section: usize, mut each_sentence: impl FnMut(&TermSet, &TermSet)) -> TermHits {
        /// A query word found in the section: the position of the word, and its slot in the query.
        type Hit = (usize, u8);
        const NONE: Hit = (usize::MAX, u8::MAX);
        let entry = self.sections[section];
        let end = self.sections.get(section + 1).map_or(self.forward_index.len(), |next| 2 * next.start as usize);
        let codes = &self.forward_index[2 * entry.start as usize..end];
        let code = |at: usize| codes.get(2 * at..2 * at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
        let mut hits = TermHits {
            counts: [0; MAX_TERMS],
            length_norm: K1 * (1.0 - B + B * entry.length as f32 / self.mean_length.max(1.0)),
            in_lead: TermSet::default(),
            in_name: TermSet::default(),
        };
        let lead_start = entry.lead_start as usize;
        let (mut in_sentence, mut at_start, mut start) = (TermSet::default(), TermSet::default(), 0);
        let (mut last, mut before_last) = (NONE, NONE);
        for (at, bytes) in codes.chunks_exact(2).enumerate() {
            let first = u16::from_le_bytes([bytes[0], bytes[1]]);
            let Some(slot) = query.slot_of(first, || code(at + 1)) else { continue };
            if slot == END_SLOT {
                each_sentence(&in_sentence, &at_start);
                (in_sentence, at_start, start) = (TermSet::default(), TermSet::default(), at + 1);
                (last, before_last) = (NONE, NONE);
                continue;
            }
            let mut count = |term: u8| {
                hits.counts[usize::from(term)] = hits.counts[usize::from(term)].saturating_add(1);
                in_sentence.insert(term);
            };
            query.term_of_slot(slot).into_iter().for_each(&mut count);
            for pair in query.pairs_ending(slot) {
                let wanted = (at.wrapping_sub(usize::from(pair.distance)), pair.first);
                if last == wanted || before_last == wanted {
                    count(pair.term);
                }
            }
            before_last = std::mem::replace(&mut last, (at, slot));
            if at - start < SENTENCE_START_TOKENS {
                at_start = in_sentence;
            }
            if (lead_start..entry.lead_end as usize).contains(&at) {
                hits.in_lead = in_sentence;
            }
            if (lead_start..entry.name_end as usize).contains(&at) {
                hits.in_name = in_sentence;
            }
        }
        hits
    }
}

/// Assigns term ids by decreasing frequency, so that the most common words get the shortest codes.
/// Also returns each section's sentences as term ids.
fn number_words(features: &Features, sections: &[SectionInput<'_>]) -> (FeatureIds, Vec<SentenceIds>) {
    let mut ids = FeatureIds::default();
    let mut frequency: Vec<u32> = Vec::new();
    let mut numbered: Vec<SentenceIds> = Vec::with_capacity(sections.len());
    for section in sections {
        let sentences = section.sentences.iter().map(|tokens| {
            let ids = tokens.iter().map(|token| ids.add(features.of_token(token)));
            ids.collect::<Vec<u32>>()
        });
        let sentences: SentenceIds = sentences.collect();
        frequency.resize(ids.len(), 0);
        for id in sentences.iter().flatten() {
            frequency[*id as usize] += 1;
        }
        numbered.push(sentences);
    }
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    order.sort_by_key(|id| (Reverse(frequency[*id as usize]), *id));
    let mut rank = vec![0_u32; order.len()];
    for (at, id) in order.iter().enumerate() {
        // Count ids from 1, because id 0 marks the end of a sentence.
        rank[*id as usize] = at as u32 + 1;
    }
    for id in numbered.iter_mut().flatten().flatten() {
        *id = rank[*id as usize];
    }
    (ids.renumbered(&rank), numbered)
}

/// Returns the posting list of each term: the sections that contain the term. Also adds the pairs
/// of adjacent Han characters to `ids`.
fn posting_lists(ids: &mut FeatureIds, sections: &[SectionInput<'_>], sentence_ids: &[SentenceIds]) -> Vec<Vec<u32>> {
    let first_bigram = ids.len() as u32 + 1;
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); first_bigram as usize];
    for (number, (section, sentences)) in sections.iter().zip(sentence_ids).enumerate() {
        let mut add = |id: u32| {
            lists.resize(lists.len().max(id as usize + 1), Vec::new());
            let list = &mut lists[id as usize];
            if list.last() != Some(&(number as u32)) {
                list.push(number as u32);
            }
        };
        for (words, tokens) in sentences.iter().zip(&section.sentences) {
            for (at, id) in words.iter().enumerate() {
                add(*id);
                let is_joined = tokens.get(at + 1).is_some_and(|next| next.joined && next.script == Script::Han);
                if is_joined && tokens[at].script == Script::Han {
                    add(ids.add_after(bigram_key(*id, words[at + 1]), first_bigram));
                }
            }
        }
    }
    lists
}

/// Appends a section to the forward index.
fn write_section(forward_index: &mut Vec<u8>, section: &SectionInput<'_>, sentences: &SentenceIds) -> SectionEntry {
    let start = forward_index.len() / 2;
    let length = sentences.iter().map(|ids| ids.len() as u32).sum();
    let mut entry = SectionEntry { start: start as u32, length, ..SectionEntry::default() };
    for (number, (ids, tokens)) in sentences.iter().zip(&section.sentences).enumerate() {
        let is_lead = number == section.lead;
        if is_lead {
            entry.lead_start = (forward_index.len() / 2 - start) as u32;
        }
        let mut width = 0;
        for (at, id) in ids.iter().enumerate() {
            forward_index.extend(encode_term(*id).flat_map(u16::to_le_bytes));
            if is_lead {
                let end = (forward_index.len() / 2 - start) as u32;
                width += if tokens[at].script == Script::Letters { WORD_LENGTH } else { 1 };
                if width <= LEAD_LENGTH {
                    entry.lead_end = end;
                }
                if at < section.name_tokens {
                    entry.name_end = end;
                }
            }
        }
        forward_index.extend(encode_term(END_OF_SENTENCE).flat_map(u16::to_le_bytes));
    }
    entry
}

/// Returns the indexes of the `count` largest positive sums, largest first. If sums are equal, the
/// lowest index comes first.
fn top_k(sums: &[f32], count: usize) -> Vec<u32> {
    let mut top: Vec<(f32, u32)> = Vec::with_capacity(count + 1);
    for (at, &sum) in sums.iter().enumerate() {
        if sum > 0.0 && (top.len() < count || top.last().is_some_and(|last| sum > last.0)) {
            let place = top.partition_point(|(other, _)| *other >= sum);
            top.insert(place, (sum, at as u32));
            top.truncate(count);
        }
    }
    top.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tokenizer::Tokenizer;
    use super::*;

    /// An index of test sections. Each section has a title and body sentences.
    struct Fixture {
        tokenizer: Tokenizer,
        index: SectionIndex,
    }

    impl Fixture {
        fn new(sections: &[&[&str]]) -> Fixture {
            let tokenizer = Tokenizer::default();
            let inputs: Vec<SectionInput<'_>> = sections
                .iter()
                .map(|sentences| SectionInput {
                    sentences: sentences.iter().map(|sentence| tokenizer.tokenize(sentence)).collect(),
                    lead: 1,
                    name_tokens: 1,
                })
                .collect();
            let index = SectionIndex::new(&Features::default(), &inputs);
            drop(inputs);
            Fixture { tokenizer, index }
        }

        fn query(&self, question: &str) -> Query {
            let tokens = self.tokenizer.tokenize(question);
            let features = Features::default();
            self.index.query(features.stopwords(), &tokens, &features.words(&tokens))
        }

        fn scan(&self, question: &str, section: usize) -> (Query, TermHits) {
            let query = self.query(question);
            let hits = self.index.scan(&query, section, |_, _| {});
            (query, hits)
        }
    }

    fn fruit() -> Fixture {
        Fixture::new(&[
            &["apple", "apple tree", "red apple"],
            &["pear", "pear tree", "green leaf"],
            &["plum", "stone", "blue"],
        ])
    }

    #[test]
    fn retrieves_the_sections_with_most_of_the_query() {
        let fixture = fruit();
        let retrieve = |question, count| fixture.index.retrieve(&fixture.query(question), count);
        assert_eq!(retrieve("apple tree", 9), [0, 1]);
        assert_eq!(retrieve("green tree", 9), [1, 0]);
        assert_eq!(retrieve("green tree", 1), [1]);
        assert_eq!(retrieve("tree", 9), [0, 1]);
        assert!(retrieve("zebra", 9).is_empty());
    }

    #[test]
    fn bm25_by_hand() {
        let fixture = fruit();
        let (query, hits) = fixture.scan("leaf", 1);
        // The BM25 length norm is K1 · (1 − B + B · length / mean length), with K1 = 0.7 and B =
        // 0.5. "leaf" occurs once in section 1, which has 5 tokens. The three sections have 5, 5
        // and 3 tokens, so their mean length is 13/3.
        let norm = 0.7 * (0.5 + 0.5 * 5.0 / (13.0 / 3.0));
        let expected = (1.0 * 1.7 / (1.0 + norm)) / (1.7 + 0.3);
        assert!((hits.score(&query) - expected).abs() < 1e-6, "{} is not {expected}", hits.score(&query));
    }

    #[test]
    fn bm25_saturates_and_the_lead_counts_more() {
        let fixture = fruit();
        let (query, hits) = fixture.scan("apple", 0);
        let norm = 0.7 * (0.5 + 0.5 * 5.0 / (13.0 / 3.0));
        let expected = (3.0 * 1.7 / (3.0 + norm) + 0.3) / (1.7 + 0.3);
        assert!((hits.score(&query) - expected).abs() < 1e-6, "{} is not {expected}", hits.score(&query));
        assert!(hits.in_name.contains(0));
        let (query, hits) = fixture.scan("red", 0);
        assert!(!hits.in_lead.contains(0) && hits.score(&query) > 0.0);
    }

    #[test]
    fn a_score_is_the_sum_of_its_terms_weighed_by_idf() {
        let fixture = fruit();
        let (query, hits) = fixture.scan("green tree zebra", 1);
        let parts: Vec<f32> = (0..3).map(|term| hits.term_contribution(&query, term)).collect();
        assert!((parts.iter().sum::<f32>() - hits.score(&query)).abs() < 1e-6);
        // "tree" occurs in two of the three sections, and "green" in one. The rarer word has more
        // weight.
        assert!(parts[0] > 0.0 && parts[1] > 0.0 && parts[2] == 0.0);
        assert!(query.terms[0].weight > query.terms[1].weight);
    }

    #[test]
    fn sentences_are_told_one_by_one() {
        let fixture = Fixture::new(&[&["title", "one two three four five six seven", "two"]]);
        let query = fixture.query("two seven");
        let mut sentences = Vec::new();
        fixture
            .index
            .scan(&query, 0, |all, start| sentences.push([all.contains(0), all.contains(1), start.contains(1)]));
        // "seven" is in the first body sentence, but not among its first six words.
        assert_eq!(sentences, [[false, false, false], [true, true, false], [true, false, false]]);
    }

    #[test]
    fn pairs_are_found_at_their_distance_only() {
        let fixture = Fixture::new(&[&["甲", "苹果很甜"], &["乙", "苹木果"], &["丙", "果", "苹"]]);
        let count = |question: &str, section: usize| {
            let (query, hits) = fixture.scan(question, section);
            let pairs = query.terms.iter().enumerate().filter(|(_, term)| term.token == 0).skip(1);
            pairs.map(|(term, _)| u32::from(hits.counts[term])).sum::<u32>()
        };
        // The characters 苹 and 果 are adjacent only in the first section.
        assert_eq!([count("苹果", 0), count("苹果", 1), count("苹果", 2)], [1, 0, 0]);
        // No section contains the pair 果苹, so the query also looks for 苹果, which the first section
        // contains. The third section has the two characters only in separate sentences.
        assert_eq!([count("果苹", 0), count("果苹", 2)], [1, 0]);
    }

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let fixture = fruit();
        for (question, section, is_there) in
            [("plum", 1, false), ("plum", 2, true), ("blue", 2, true), ("pear", 0, false)]
        {
            let (query, hits) = fixture.scan(question, section);
            assert_eq!(hits.score(&query) > 0.0, is_there, "{question} in {section}");
        }
    }

    #[test]
    fn rare_words_of_a_large_base_are_found() {
        // The text has more words than there are term ids of one code (61,440), so the rarest words
        // take two codes.
        let words: Vec<String> = (0..62_000).map(|at| format!("w{at}")).collect();
        let text = words.join(" ");
        let fixture = Fixture::new(&[&["a", "common"], &["b", &text], &["c", "common"]]);
        for (word, section) in [("w61999", 1), ("w61440", 1), ("w0", 1), ("common", 2)] {
            let (query, hits) = fixture.scan(word, section);
            assert_eq!(hits.counts[0], 1, "{word}");
            assert!(hits.score(&query) > 0.0, "{word}");
        }
    }

    #[test]
    fn top_k_keeps_the_first_of_equals() {
        assert_eq!(top_k(&[0.5, 2.0, 0.0, 2.0, 1.0], 3), [1, 3, 4]);
        assert_eq!(top_k(&[1.0, 1.0, 1.0], 2), [0, 1]);
        assert!(top_k(&[0.0, -1.0], 3).is_empty());
    }
}

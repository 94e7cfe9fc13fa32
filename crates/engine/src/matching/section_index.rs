//! The texts of the sections: found by the rarest words of a question, then read closely.
//!
//! Retrieval adds up, over lists of the sections that hold a word or a pair of characters, how telling each is. The few best are then read through: BM25 over the whole text (Robertson and Zaragoza: The Probabilistic Relevance Framework, 2009), and beside it what stands in the
//! opening, which says what a text is about. Reading also finds pairs of characters between which one was left out, replaced or put in.

use super::feature_ids::FeatureIds;
use super::features::{FeatureKind, Features};
use super::stopwords;
use super::token::Token;
use crate::text::Script;
use serde::{Deserialize, Serialize};

/// How fast a word saturates, and how much the length of a text counts against it.
const K1: f32 = 0.7;
const B: f32 = 0.5;
/// What standing in the opening adds to standing in the text.
const OPENING: f32 = 0.3;
/// How long the opening is, in Han characters; a word is as long as three.
const OPENING_LENGTH: usize = 24;
const WORD_LENGTH: usize = 3;
/// With how many tokens a sentence begins.
const BEGINNING_TOKENS: usize = 6;

/// What each kind of evidence weighs.
const HAN: f32 = 0.7;
const HAN_PAIR: f32 = 1.0;
const WORD: f32 = 2.5;

/// What a pair of characters weighs that the base does not know, as another that it may have been: the two swapped; one between them left out; one of the two
/// replaced by another; one put between them.
const SWAPPED: f32 = 0.6;
const LEFT_OUT: f32 = 0.6;
const REPLACED: f32 = 0.6;
const PUT_IN: f32 = 0.6;

/// What an unknown word or character weighs beside one that stands in a single section. An unknown pair is mostly two words that happen to meet.
const UNKNOWN: f32 = 1.0;
const UNKNOWN_PAIR: f32 = 0.3;

/// So many different words and characters of a question are looked for, and so many pairs of them.
const MAX_UNITS: usize = 64;
const MAX_PAIRS: usize = 128;
/// So many different words are looked for, by themselves or in pairs.
const MAX_SLOTS: usize = 192;
/// Most terms that one unknown pair becomes.
const MAX_REPAIRS: usize = 5;

/// So many sections on the lists are looked at for one question, the rarest words first.
const MAX_POSTINGS: usize = 60_000;

/// Between two sentences of a stream.
const END_OF_SENTENCE: u32 = 0;

/// Words from this number on, the rare ones of a large base, are written in two halves of [`HALF_BITS`] bits each. No half is the number of another word, nor is a
/// first half a second one, so that a stream is read forward without looking back.
const FIRST_HALVES: u32 = 0xF000;
const SECOND_HALVES: u32 = 0xF800;
const HALF_BITS: u32 = 11;

/// Everything that is known of the texts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct SectionIndex {
    lexicon: FeatureIds,
    /// By feature, how many sections hold it.
    frequency: Vec<u32>,
    /// By feature, where its list starts in `postings`: sections in order, each as the distance from the one before.
    lists: Vec<u32>,
    #[serde(with = "serde_bytes")]
    postings: Vec<u8>,
    /// The texts as numbers of their words, sentence by sentence: two bytes for each, the low one first.
    #[serde(with = "serde_bytes")]
    streams: Vec<u8>,
    texts: Vec<Text>,
    mean_length: f32,
}

#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
struct Text {
    /// Where it starts in `streams`, counted in numbers.
    start: u32,
    /// How many words and characters it has.
    length: u32,
    /// Where its opening starts and ends, from the start of the text, and where the name ends that it begins with.
    opening: u32,
    opening_end: u32,
    name_end: u32,
}

/// A text to be added: its sentences, with what stands before them (titles, other names) first.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub sentences: Vec<Vec<Token<'a>>>,
    /// Which of them is the first of the body, and with how many words it names what the text is about.
    pub opening: usize,
    pub name: usize,
}

/// One thing to look for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    feature: Option<u32>,
    /// What it weighs by itself.
    pub plain: f32,
    /// What it weighs, found or not: the same times how telling it is among all texts.
    pub weight: f32,
    /// The token of the question that it starts with.
    pub token: usize,
}

/// Two words at a distance of one or two.
#[derive(Debug, Clone, Copy)]
struct Pair {
    first: u8,
    second: u8,
    distance: u8,
    term: u8,
}

/// Where words are looked up by the numbers that stand in the streams; at most [`MAX_SLOTS`] of its places are taken, so that there is always a free one.
#[derive(Debug)]
struct Table([u8; TABLE_SIZE]);

/// Many times as many as there are words, since most words of a text are none of the question's and this tells at once.
const TABLE_SIZE: usize = 1024;

/// The slot of the end of a sentence, which is looked for in every text.
const END_SLOT: u8 = 0;

/// A question as it is looked for.
#[derive(Debug)]
pub(super) struct Query {
    pub terms: Vec<Term>,
    /// The words that are looked for, by themselves or in pairs: a slot each.
    units: Vec<u32>,
    /// One more than the slot of each word, at its first number or the next free place after it.
    table: Table,
    /// The term of each slot.
    term_of_slot: Vec<Option<u8>>,
    /// Pairs of slots that are terms, in the order of their second slots.
    pairs: Vec<Pair>,
    /// Where the pairs of each second slot begin.
    pairs_of_slot: Vec<u8>,
    /// What all terms weigh together.
    pub total: f32,
}

/// What close reading found.
#[derive(Debug, Clone)]
pub(super) struct TermHits {
    /// How often each term stands in the text.
    counts: [u16; MAX_UNITS + MAX_PAIRS],
    /// What the text's length does to them.
    length: f32,
    /// Which terms the opening holds, and the name that it begins with.
    opening: TermSet,
    pub name: TermSet,
}

/// A set of terms.
pub(super) type TermSet = [u64; 4];

fn set(mask: &mut TermSet, term: u8) {
    mask[usize::from(term) / 64] |= 1 << (term % 64);
}

pub(super) fn holds(mask: &TermSet, term: usize) -> bool {
    mask[term / 64] & 1 << (term % 64) != 0
}

fn idf(sections_with_it: u32, sections: usize) -> f32 {
    let (n, with) = (sections as f32, sections_with_it as f32);
    (1.0 + (n - with + 0.5) / (with + 0.5)).ln()
}

fn write_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &[u8], at: &mut usize) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some(&byte) = bytes.get(*at) {
        *at += 1;
        number |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
        shift += 7;
    }
    number
}

/// A word as it stands in the streams.
fn numbers(unit: u32) -> impl Iterator<Item = u16> {
    let rare = unit.checked_sub(FIRST_HALVES).map(|rare| rare.min((1 << (2 * HALF_BITS)) - 1));
    let first = rare.map_or(unit, |rare| FIRST_HALVES + (rare >> HALF_BITS));
    let second = rare.map(|rare| SECOND_HALVES + rare % (1 << HALF_BITS));
    [Some(first), second].into_iter().flatten().map(|number| number as u16)
}

impl SectionIndex {
    pub fn new(features: &Features, drafts: &[Draft<'_>]) -> SectionIndex {
        let mut units = FeatureIds::default();
        let mut usage: Vec<u32> = Vec::new();
        let mut coded: Vec<Vec<Vec<u32>>> = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let sentences = draft.sentences.iter().map(|tokens| {
                let ids = tokens.iter().map(|token| units.add(features.of_token(token)));
                ids.collect::<Vec<u32>>()
            });
            let sentences: Vec<Vec<u32>> = sentences.collect();
            usage.resize(units.len(), 0);
            for id in sentences.iter().flatten() {
                usage[*id as usize] += 1;
            }
            coded.push(sentences);
        }
        // The commonest words get the shortest numbers; 0 is kept for the end of a sentence.
        let mut order: Vec<u32> = (0..units.len() as u32).collect();
        order.sort_by_key(|id| (std::cmp::Reverse(usage[*id as usize]), *id));
        let mut rank = vec![0_u32; order.len()];
        for (at, id) in order.iter().enumerate() {
            rank[*id as usize] = at as u32 + 1;
        }
        let mut bodies = SectionIndex { lexicon: units.renumbered(&rank), ..SectionIndex::default() };
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); order.len() + 1];
        let mut lengths = 0_usize;
        for (section, (sentences, draft)) in coded.iter().zip(drafts).enumerate() {
            let start = bodies.streams.len() / 2;
            let mut text = Text { start: start as u32, ..Text::default() };
            let note = |lists: &mut Vec<Vec<u32>>, id: u32| {
                lists.resize(lists.len().max(id as usize + 1), Vec::new());
                let list = &mut lists[id as usize];
                if list.last() != Some(&(section as u32)) {
                    list.push(section as u32);
                }
            };
            for (number, (ids, tokens)) in sentences.iter().zip(&draft.sentences).enumerate() {
                if number == draft.opening {
                    text.opening = (bodies.streams.len() / 2 - start) as u32;
                }
                let mut width = 0;
                for (at, id) in ids.iter().enumerate() {
                    let id = rank[*id as usize];
                    bodies.streams.extend(numbers(id).flat_map(u16::to_le_bytes));
                    if number == draft.opening {
                        let end = (bodies.streams.len() / 2 - start) as u32;
                        width += if tokens[at].script == Script::Letters { WORD_LENGTH } else { 1 };
                        if width <= OPENING_LENGTH {
                            text.opening_end = end;
                        }
                        if at < draft.name {
                            text.name_end = end;
                        }
                    }
                    note(&mut lists, id);
                    let is_pair = tokens.get(at + 1).is_some_and(|next| next.joined && next.script == Script::Han);
                    if is_pair && tokens[at].script == Script::Han {
                        let pair =
                            bodies.lexicon.add_after(pair_key(id, rank[ids[at + 1] as usize]), order.len() as u32 + 1);
                        note(&mut lists, pair);
                    }
                }
                text.length += ids.len() as u32;
                bodies.streams.extend(numbers(END_OF_SENTENCE).flat_map(u16::to_le_bytes));
            }
            lengths += text.length as usize;
            bodies.texts.push(text);
        }
        bodies.mean_length = lengths as f32 / drafts.len().max(1) as f32;
        bodies.frequency = lists.iter().map(|list| list.len() as u32).collect();
        for list in &lists {
            bodies.lists.push(bodies.postings.len() as u32);
            let mut before = 0;
            for section in list {
                write_number(&mut bodies.postings, section - before);
                before = *section;
            }
        }
        bodies
    }

    /// Does any text hold this feature?
    pub fn knows(&self, key: u64) -> bool {
        self.lexicon.find(key).is_some()
    }

    /// What to look for. `words` are the features of the tokens by themselves.
    pub fn search(&self, tokens: &[Token<'_>], words: &[u64]) -> Query {
        let mut search = Query::new();
        let frames = stopwords::weights(tokens);
        let units: Vec<Option<u32>> = words.iter().map(|word| self.lexicon.find(*word)).collect();
        let rarest = idf(0, self.texts.len());
        let weigh =
            |feature: Option<u32>| feature.map_or(rarest, |id| idf(self.frequency[id as usize], self.texts.len()));
        let mut seen: Vec<u64> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let key = units[at].map_or(u64::MAX - words[at], u64::from);
            if seen.contains(&key) || search.terms.len() >= MAX_UNITS {
                continue;
            }
            seen.push(key);
            let own = match token.script {
                Script::Han => HAN,
                Script::Letters => WORD,
            };
            let known = if units[at].is_some() { 1.0 } else { UNKNOWN };
            let plain = own * known * frames[at] * token.certainty;
            if let Some(unit) = units[at] {
                search.slot(unit, Some(search.terms.len() as u8));
            }
            search.terms.push(Term { feature: units[at], plain, weight: plain * weigh(units[at]), token: at });
        }
        let pair_of = |a: usize, b: usize| units[a].zip(units[b]).and_then(|(a, b)| self.lexicon.find(pair_key(a, b)));
        let is_pair = |at: usize| {
            let is_han = |at: usize| tokens.get(at).is_some_and(|t| t.script == Script::Han);
            is_han(at) && is_han(at + 1) && tokens[at + 1].joined
        };
        let term = |feature: Option<u32>, token: usize, plain: f32, idf: f32| Term {
            feature,
            plain,
            weight: plain * idf,
            token,
        };
        // How often two characters stand one apart is not counted; of those that never stand side by side, this is about right.
        let apart = rarest / 2.0;
        for at in 0..tokens.len() {
            if !is_pair(at) || search.terms.len() + MAX_REPAIRS >= MAX_UNITS + MAX_PAIRS {
                continue;
            }
            let (first, second) = (units[at], units[at + 1]);
            let plain = HAN_PAIR * (frames[at] + frames[at + 1]) / 2.0;
            if let Some(pair) = pair_of(at, at + 1) {
                search.pair(first, second, 1, term(Some(pair), at, plain, weigh(Some(pair))));
                continue;
            }
            search.terms.push(term(None, at, plain * UNKNOWN_PAIR, rarest));
            if let Some(swapped) = pair_of(at + 1, at) {
                search.pair(second, first, 1, term(Some(swapped), at, plain * SWAPPED, weigh(Some(swapped))));
            }
            search.pair(first, second, 2, term(None, at, plain * LEFT_OUT, apart));
            if is_pair(at + 1) && pair_of(at + 1, at + 2).is_none() {
                let (third, plain) = (units[at + 2], HAN_PAIR * (frames[at] + frames[at + 2]) / 2.0);
                search.pair(first, third, 2, term(None, at, plain * REPLACED, apart));
                if let Some(without) = pair_of(at, at + 2) {
                    search.pair(first, third, 1, term(Some(without), at, plain * PUT_IN, weigh(Some(without))));
                }
            }
        }
        search.finish();
        search
    }

    /// The sections that hold the most of what is looked for, at most `count`; the best first.
    pub fn retrieve(&self, search: &Query, count: usize) -> Vec<u32> {
        let mut rarest: Vec<&Term> = search.terms.iter().filter(|t| t.feature.is_some() && t.weight > 0.0).collect();
        let frequency = |term: &Term| term.feature.map_or(0, |id| self.frequency[id as usize]) as usize;
        rarest.sort_by_key(|term| frequency(term));
        let mut sums = vec![0.0_f32; self.texts.len()];
        let mut read = 0;
        for term in rarest {
            let Some(feature) = term.feature else { continue };
            read += frequency(term);
            if read > MAX_POSTINGS && read > frequency(term) {
                break;
            }
            let (mut at, mut section) = (self.lists[feature as usize] as usize, 0);
            for _ in 0..frequency(term) {
                section += read_number(&self.postings, &mut at);
                sums[section as usize] += term.weight;
            }
        }
        best(&sums, count)
    }

    /// Reads one text through. Of each sentence (titles and aliases first) `each` is told which terms it holds, and which it begins with.
    pub fn read(&self, search: &Query, section: usize, mut each: impl FnMut(&TermSet, &TermSet)) -> TermHits {
        /// A word of the question, and where in the text it stands.
        type Hit = (usize, u8);
        const NONE: Hit = (usize::MAX, u8::MAX);
        let text = self.texts[section];
        let end = self.texts.get(section + 1).map_or(self.streams.len(), |next| 2 * next.start as usize);
        let stream = &self.streams[2 * text.start as usize..end];
        let number = |at: usize| stream.get(2 * at..2 * at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
        let mut found = TermHits {
            counts: [0; MAX_UNITS + MAX_PAIRS],
            length: K1 * (1.0 - B + B * text.length as f32 / self.mean_length.max(1.0)),
            opening: TermSet::default(),
            name: TermSet::default(),
        };
        let opening = text.opening as usize;
        let (mut sentence, mut beginning, mut start) = (TermSet::default(), TermSet::default(), 0);
        let (mut last, mut before_last) = (NONE, NONE);
        for (at, bytes) in stream.chunks_exact(2).enumerate() {
            let first = u16::from_le_bytes([bytes[0], bytes[1]]);
            if search.table.0[usize::from(first) % TABLE_SIZE] == 0 {
                continue;
            }
            let Some(slot) = search.slot_of(first, || number(at + 1)) else { continue };
            if slot == END_SLOT {
                each(&sentence, &beginning);
                (sentence, beginning, start) = (TermSet::default(), TermSet::default(), at + 1);
                (last, before_last) = (NONE, NONE);
                continue;
            }
            let mut note = |term: u8| {
                found.counts[usize::from(term)] = found.counts[usize::from(term)].saturating_add(1);
                set(&mut sentence, term);
            };
            search.term_of_slot[usize::from(slot)].into_iter().for_each(&mut note);
            for pair in search.pairs_ending(slot) {
                let there = (at.wrapping_sub(usize::from(pair.distance)), pair.first);
                if last == there || before_last == there {
                    note(pair.term);
                }
            }
            before_last = std::mem::replace(&mut last, (at, slot));
            if at - start < BEGINNING_TOKENS {
                beginning = sentence;
            }
            if (opening..text.opening_end as usize).contains(&at) {
                found.opening = sentence;
            }
            if (opening..text.name_end as usize).contains(&at) {
                found.name = sentence;
            }
        }
        found
    }

    /// What one term adds to the score of a text, as a share of what all could add.
    pub fn part(search: &Query, found: &TermHits, term: usize) -> f32 {
        let count = f32::from(found.counts[term]);
        let own = count * (K1 + 1.0) / (count + found.length) + if holds(&found.opening, term) { OPENING } else { 0.0 };
        search.terms[term].weight * own / (search.total * (K1 + 1.0 + OPENING)).max(f32::MIN_POSITIVE)
    }

    /// How well a text answers: between 0 and 1.
    pub fn score(search: &Query, found: &TermHits) -> f32 {
        (0..search.terms.len()).map(|term| SectionIndex::part(search, found, term)).sum()
    }

    /// The share of what was asked, by weight, that no text knows anything of.
    pub fn unknown(search: &Query) -> f32 {
        let unknown: f32 = search.terms.iter().filter(|t| t.feature.is_none()).map(|t| t.weight).sum();
        unknown / search.total.max(f32::MIN_POSITIVE)
    }
}

fn pair_key(first: u32, second: u32) -> u64 {
    Features::of_pair(FeatureKind::HanBigram, first, second)
}

impl Query {
    fn new() -> Query {
        let mut search = Query {
            terms: Vec::new(),
            units: Vec::new(),
            table: Table([0; TABLE_SIZE]),
            term_of_slot: Vec::new(),
            pairs: Vec::new(),
            pairs_of_slot: Vec::new(),
            total: 0.0,
        };
        search.slot(END_OF_SENTENCE, None);
        search
    }

    /// The slot of a word, a new one if it has none and there is room.
    fn slot(&mut self, unit: u32, term: Option<u8>) -> Option<u8> {
        let mut numbers = numbers(unit);
        let first = numbers.next()?;
        if let Some(slot) = self.slot_of(first, || numbers.next().unwrap_or_default()) {
            return Some(slot);
        }
        if self.units.len() == MAX_SLOTS {
            return None;
        }
        let slot = self.units.len() as u8;
        self.units.push(unit);
        self.term_of_slot.push(term);
        let mut at = usize::from(first) % TABLE_SIZE;
        while self.table.0[at] != 0 {
            at = (at + 1) % TABLE_SIZE;
        }
        self.table.0[at] = slot + 1;
        Some(slot)
    }

    /// The slot of the word that is written with this number, and with a second one if it is a rare word.
    fn slot_of(&self, first: u16, second: impl FnOnce() -> u16) -> Option<u8> {
        let mut at = usize::from(first) % TABLE_SIZE;
        let unit = match u32::from(first).checked_sub(FIRST_HALVES) {
            None => u32::from(first),
            Some(half) => FIRST_HALVES + (half << HALF_BITS) + u32::from(second()).saturating_sub(SECOND_HALVES),
        };
        while let Some(slot) = self.table.0[at].checked_sub(1) {
            if self.units[usize::from(slot)] == unit {
                return Some(slot);
            }
            at = (at + 1) % TABLE_SIZE;
        }
        None
    }

    /// Looks for two words at a distance.
    fn pair(&mut self, first: Option<u32>, second: Option<u32>, distance: u8, term: Term) {
        let Some((first, second)) = first.zip(second) else { return };
        let Some((first, second)) = self.slot(first, None).zip(self.slot(second, None)) else { return };
        if self.pairs.iter().any(|p| (p.first, p.second, p.distance) == (first, second, distance)) {
            return;
        }
        self.pairs.push(Pair { first, second, distance, term: self.terms.len() as u8 });
        self.terms.push(term);
    }

    /// To be called when all is in.
    fn finish(&mut self) {
        self.pairs.sort_by_key(|pair| pair.second);
        let starts =
            (0..=self.term_of_slot.len()).map(|slot| self.pairs.partition_point(|p| usize::from(p.second) < slot));
        self.pairs_of_slot = starts.map(|start| start as u8).collect();
        self.total = self.terms.iter().map(|t| t.weight).sum();
    }

    fn pairs_ending(&self, slot: u8) -> &[Pair] {
        let slot = usize::from(slot);
        &self.pairs[usize::from(self.pairs_of_slot[slot])..usize::from(self.pairs_of_slot[slot + 1])]
    }
}

/// The numbers of the largest sums above 0, the largest first; of equals the first ones.
fn best(sums: &[f32], count: usize) -> Vec<u32> {
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

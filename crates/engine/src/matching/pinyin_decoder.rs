//! Converts pinyin to Han characters, like an input method.
//!
//! The possible characters of all syllables form a lattice. The Viterbi algorithm finds the most
//! probable path in the lattice, under the character bigram model. Only words whose character pairs
//! occur in the knowledge base are accepted.

use std::ops::Range;

use super::char_bigram_model::CharBigramModel;
use super::reading_index::ReadingIndex;
use crate::text::{MAX_SYLLABLE_LETTERS, syllable};

/// A word of the question in Latin letters that may be pinyin.
#[derive(Debug, Clone, Copy)]
pub(super) struct PinyinWord<'a> {
    pub text: &'a str,
    /// Whether the knowledge base contains this word, spelled in Latin letters. The user may mean
    /// the spelled word itself, so the word is decoded as pinyin only if its neighbors fit.
    pub is_known: bool,
}

/// The surroundings of a sequence of adjacent pinyin words in the question.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PinyinContext {
    /// The Han character immediately before the first pinyin word, if the question has one there.
    pub before: Option<char>,
    /// The Han character immediately after the last pinyin word, if the question has one there.
    pub after: Option<char>,
    /// Whether the question contains English stopwords. In an English question, short words that
    /// look like pinyin are mostly not pinyin.
    pub amid_english: bool,
}

/// A Han character decoded from pinyin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DecodedChar {
    pub character: char,
    /// The index of the pinyin word that the character was decoded from.
    pub word: usize,
    /// The byte range of the character's syllable in the pinyin word.
    pub typed: Range<usize>,
    pub certainty: f32,
}

/// Number of hypotheses (paths through the lattice) that beam search keeps at each position.
const BEAM_WIDTH: usize = 8;
/// The cost of a fuzzy syllable, such as `si` typed for `shi`, as a negative log probability.
const FUZZY_COST: f64 = 3.0;
/// The cost of a rare reading of a character, as a negative log probability.
const RARE_READING_COST: f64 = 2.0;
/// The certainty of a character whose syllable was typed exactly.
const EXACT_CERTAINTY: f32 = 0.9;
/// The certainty of a character whose syllable was typed in fuzzy pinyin, such as `si` for `shi`.
const FUZZY_CERTAINTY: f32 = 0.7;

/// An edge of the lattice: a character that the letters between two positions may stand for.
struct Edge {
    from: usize,
    to: usize,
    character: char,
    cost: f64,
    certainty: f32,
}

/// A path through the lattice to a position, given by its last edge and the hypothesis before that
/// edge.
#[derive(Clone, Copy)]
struct Hypothesis {
    cost: f64,
    edge: usize,
    /// The index of the preceding hypothesis in the beam at the start of the edge.
    previous: Option<usize>,
    /// How often the character of the last edge occurs in the knowledge base.
    frequency: f64,
}

/// Decodes adjacent words of pinyin to Han characters. Returns `None` if the result is implausible.
///
/// A word that the knowledge base also contains in Latin letters is decoded only if the decoded
/// characters fit the neighboring characters.
pub(super) fn decode(
    model: &CharBigramModel,
    readings: &ReadingIndex,
    words: &[PinyinWord<'_>],
    context: PinyinContext,
) -> Option<Vec<DecodedChar>> {
    let mut edges = Vec::new();
    let mut offsets = vec![0];
    for word in words {
        let offset = offsets[offsets.len() - 1];
        push_edges(readings, word.text, offset, &mut edges);
        offsets.push(offset + word.text.len());
    }
    let path = viterbi(model, &edges, offsets[words.len()], context)?;
    let decoded: Vec<DecodedChar> = path
        .iter()
        .map(|&edge| {
            let edge = &edges[edge];
            let word = offsets.partition_point(|offset| *offset <= edge.from) - 1;
            let typed = edge.from - offsets[word]..edge.to - offsets[word];
            DecodedChar { character: edge.character, word, typed, certainty: edge.certainty }
        })
        .collect();
    accept(model, words, decoded, context)
}

/// Adds the lattice edges of one word, sorted by end position. `offset` is the position of the
/// word's first letter in the lattice.
fn push_edges(readings: &ReadingIndex, word: &str, offset: usize, edges: &mut Vec<Edge>) {
    for end in 1..=word.len() {
        for start in end.saturating_sub(MAX_SYLLABLE_LETTERS)..end {
            let Some(typed) = word.get(start..end).and_then(syllable) else { continue };
            for reading in readings.similar(typed) {
                let is_exact = reading.syllable == typed;
                edges.push(Edge {
                    from: offset + start,
                    to: offset + end,
                    character: reading.character,
                    cost: if is_exact { 0.0 } else { FUZZY_COST }
                        + if reading.is_rare { RARE_READING_COST } else { 0.0 },
                    certainty: if is_exact { EXACT_CERTAINTY } else { FUZZY_CERTAINTY },
                });
            }
        }
    }
}

/// Returns the most probable path from position 0 to `last`, as edge indexes.
///
/// `edges` must be sorted by end position.
fn viterbi(model: &CharBigramModel, edges: &[Edge], last: usize, context: PinyinContext) -> Option<Vec<usize>> {
    let with_frequency = |c: char| (c, model.frequency(c));
    let mut beams: Vec<Vec<Hypothesis>> = Vec::new();
    beams.resize_with(last + 1, Vec::new);
    for ending_here in edges.chunk_by(|a, b| a.to == b.to) {
        let mut beam: Vec<Hypothesis> = Vec::new();
        let base = edges.partition_point(|e| e.to < ending_here[0].to);
        for (at, edge) in ending_here.iter().enumerate() {
            let (character, frequency) = with_frequency(edge.character);
            let best = if edge.from == 0 {
                Some((model.neg_log_prob(context.before.map(with_frequency), (character, frequency)), None))
            } else {
                let cost = |previous: &Hypothesis| {
                    let last = (edges[previous.edge].character, previous.frequency);
                    previous.cost + model.neg_log_prob(Some(last), (character, frequency))
                };
                let costs = beams[edge.from].iter().enumerate().map(|(at, previous)| (cost(previous), Some(at)));
                costs.min_by(|a, b| a.0.total_cmp(&b.0))
            };
            beam.extend(best.map(|(cost, previous)| Hypothesis {
                cost: cost + edge.cost,
                edge: base + at,
                previous,
                frequency,
            }));
        }
        beam.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.edge.cmp(&b.edge)));
        beam.truncate(BEAM_WIDTH);
        beams[ending_here[0].to] = beam;
    }
    let continued = |hypothesis: &Hypothesis, after: char| {
        model.neg_log_prob(Some((edges[hypothesis.edge].character, hypothesis.frequency)), with_frequency(after))
    };
    let total =
        |hypothesis: &Hypothesis| hypothesis.cost + context.after.map_or(0.0, |after| continued(hypothesis, after));
    let mut hypothesis = beams[last].iter().min_by(|a, b| total(a).total_cmp(&total(b))).copied()?;
    let mut path = vec![hypothesis.edge];
    while let Some(previous) = hypothesis.previous {
        hypothesis = beams[edges[hypothesis.edge].from][previous];
        path.push(hypothesis.edge);
    }
    path.reverse();
    Some(path)
}

/// Keeps only decoded words whose character pairs occur in the knowledge base.
///
/// Returns `None` if too few pairs occur in the knowledge base. Also returns `None` if the
/// knowledge base contains all replaced words in Latin letters.
fn accept(
    model: &CharBigramModel,
    words: &[PinyinWord<'_>],
    decoded: Vec<DecodedChar>,
    context: PinyinContext,
) -> Option<Vec<DecodedChar>> {
    // `counts[i]` is the number of occurrences, in the knowledge base, of `decoded[i]` directly
    // after the character before it.
    let with_neighbours: Vec<Option<char>> =
        [context.before].into_iter().chain(decoded.iter().map(|d| Some(d.character))).chain([context.after]).collect();
    let counts: Vec<Option<u32>> =
        with_neighbours.windows(2).map(|pair| Some(model.count(pair[0]?, pair[1]?))).collect();
    let is_established = |count: &Option<u32>| count.is_some_and(CharBigramModel::is_established_count);
    let fits: Vec<bool> = (0..words.len())
        .map(|word| {
            let first = decoded.iter().position(|d| d.word == word).unwrap_or_default();
            let last = decoded.iter().rposition(|d| d.word == word).unwrap_or_default();
            if words[word].is_known {
                let within = &counts[first + 1..=last];
                within.iter().all(is_established) && [&counts[first], &counts[last + 1]].into_iter().any(is_established)
            } else {
                counts[first..=last + 1].iter().flatten().any(|count| *count > 0)
            }
        })
        .collect();
    let kept: Vec<usize> = (0..decoded.len()).filter(|at| fits[decoded[*at].word]).collect();
    let inner = kept.iter().filter(|at| kept.binary_search(&(**at + 1)).is_ok()).map(|at| counts[at + 1]);
    let outer = kept
        .first()
        .filter(|at| **at == 0)
        .and(counts[0])
        .into_iter()
        .chain(kept.last().and_then(|at| counts[at + 1].filter(|_| at + 1 == decoded.len())));
    let outer: Vec<u32> = outer.collect();
    let is_continued = outer.iter().copied().any(CharBigramModel::is_established_count);
    let pairs: Vec<u32> = inner.flatten().chain(outer).collect();
    let has_word =
        with_neighbours.windows(2).any(|pair| pair[0].zip(pair[1]).is_some_and(|(a, b)| model.is_word(a, b)));
    let has_enough_pairs = if context.amid_english {
        let established = pairs.iter().filter(|count| CharBigramModel::is_established_count(**count)).count();
        established * 3 >= pairs.len() * 2 && kept.len() > 2
    } else {
        let known = pairs.iter().filter(|count| **count > 0).count();
        known * 2 >= pairs.len()
    };
    let kept: Vec<DecodedChar> = decoded.into_iter().filter(|d| fits[d.word]).collect();
    let is_accepted = (has_word || is_continued) && has_enough_pairs;
    (is_accepted && kept.iter().any(|d| !words[d.word].is_known)).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::{CharBigramModel, Edge, PinyinContext, PinyinWord, ReadingIndex, decode, viterbi};

    fn edge(from: usize, to: usize, character: char, cost: f64) -> Edge {
        Edge { from, to, character, cost, certainty: 1.0 }
    }

    #[track_caller]
    fn check_path(edges: &[Edge], last: usize, context: PinyinContext, expected: Option<&str>) {
        // The texts of the model have 8 characters: 甲 twice, 乙 four times and 丙 twice. The bigram
        // 甲乙 occurs twice, and 丙乙 once.
        let model = CharBigramModel::new([("甲乙", 2), ("丙乙", 1), ("丙", 1), ("乙", 1)]);
        let path = viterbi(&model, edges, last, context);
        let path = path.map(|path| path.iter().map(|at| edges[*at].character).collect::<String>());
        assert_eq!(path.as_deref(), expected);
    }

    #[test]
    fn viterbi_finds_the_path_with_the_least_cost() {
        // The texts of the model in `check_path` have 8 characters, so the smoothed probability of
        // a character y after x is 0.9 · count(xy) / count(x) + 0.1 · count(y) / 8. So P(乙|甲) = 0.9
        // · 2/2 + 0.1 · 4/8 = 0.95, and P(乙|丙) = 0.9 · 1/2 + 0.1 · 4/8 = 0.5. The first characters
        // are equally probable: P(甲) = P(丙) = 2/8. Therefore 甲乙 is more probable than 丙乙.
        let edges = [edge(0, 1, '丙', 0.0), edge(0, 1, '甲', 0.0), edge(1, 2, '乙', 0.0)];
        check_path(&edges, 2, PinyinContext::default(), Some("甲乙"));
        // The cost of a path is the negative logarithm of its probability, plus the costs of its
        // edges. Without edge costs, 甲乙 costs ln(0.95 / 0.5) = 0.64 less than 丙乙. So 丙乙 is the best
        // path if the edge 甲 costs more than 0.64, such as 0.65, but not if it costs 0.63.
        let edges = [edge(0, 1, '丙', 0.0), edge(0, 1, '甲', 0.65), edge(1, 2, '乙', 0.0)];
        check_path(&edges, 2, PinyinContext::default(), Some("丙乙"));
        let edges = [edge(0, 1, '丙', 0.0), edge(0, 1, '甲', 0.63), edge(1, 2, '乙', 0.0)];
        check_path(&edges, 2, PinyinContext::default(), Some("甲乙"));
    }

    #[test]
    fn viterbi_weighs_one_long_syllable_against_two_short_ones() {
        // The path with one long syllable, 乙, has the probability P(乙) = 4/8 = 0.5. The path with
        // two short syllables, 甲乙, has the probability P(甲) · P(乙|甲) = 2/8 · 0.95 = 0.2375, so 乙
        // wins.
        let edges = [edge(0, 1, '甲', 0.0), edge(1, 2, '乙', 0.0), edge(0, 2, '乙', 0.0)];
        check_path(&edges, 2, PinyinContext::default(), Some("乙"));
    }

    #[test]
    fn viterbi_reads_the_neighbours() {
        let edges = [edge(0, 1, '丙', 0.0), edge(0, 1, '甲', 0.1)];
        check_path(&edges, 1, PinyinContext::default(), Some("丙"));
        check_path(&edges, 1, PinyinContext { after: Some('乙'), ..PinyinContext::default() }, Some("甲"));
        let edges = [edge(0, 1, '乙', 0.0), edge(0, 1, '丙', 0.0)];
        check_path(&edges, 1, PinyinContext { before: Some('甲'), ..PinyinContext::default() }, Some("乙"));
    }

    #[test]
    fn viterbi_needs_a_path_to_the_end() {
        check_path(&[edge(0, 1, '甲', 0.0)], 2, PinyinContext::default(), None);
        check_path(&[edge(1, 2, '甲', 0.0)], 2, PinyinContext::default(), None);
        check_path(&[], 1, PinyinContext::default(), None);
    }

    fn base() -> (CharBigramModel, ReadingIndex) {
        let model = CharBigramModel::new([("语音识别", 8), ("雨", 2), ("因", 2), ("价格", 4), ("的", 20), ("失", 9)]);
        let readings = ReadingIndex::new(model.characters());
        (model, readings)
    }

    /// Asserts the Han characters decoded from pinyin words. A leading `=` marks a word that the
    /// knowledge base contains in Latin letters.
    #[track_caller]
    fn check(words: &[&str], context: PinyinContext, expected: Option<&str>) {
        let words: Vec<PinyinWord<'_>> = words
            .iter()
            .map(|word| PinyinWord { text: word.trim_start_matches('='), is_known: word.starts_with('=') })
            .collect();
        let (model, readings) = base();
        let decoded = decode(&model, &readings, &words, context);
        let decoded = decoded.map(|decoded| decoded.iter().map(|d| d.character).collect::<String>());
        assert_eq!(decoded.as_deref(), expected, "{words:?}");
    }

    #[test]
    fn pinyin_becomes_words_of_the_base() {
        check(&["yuyinshibie"], PinyinContext::default(), Some("语音识别"));
        check(&["yu", "yin", "shi", "bie"], PinyinContext::default(), Some("语音识别"));
        check(&["jiage"], PinyinContext::default(), Some("价格"));
    }

    #[test]
    fn dialects_are_decoded_with_less_certainty() {
        check(&["yuyinsibie"], PinyinContext::default(), Some("语音识别"));
        let (model, readings) = base();
        let words = [PinyinWord { text: "yuyinsibie", is_known: false }];
        let decoded = decode(&model, &readings, &words, PinyinContext::default()).expect("decoded");
        assert_eq!(decoded.iter().map(|d| d.certainty).collect::<Vec<_>>(), [0.9, 0.9, 0.7, 0.9]);
        assert_eq!(decoded.iter().map(|d| d.typed.clone()).collect::<Vec<_>>(), [0..2, 2..5, 5..7, 7..10]);
    }

    #[test]
    fn characters_without_a_known_pair_are_no_evidence() {
        check(&["yu"], PinyinContext::default(), None);
        check(&["yindeyu"], PinyinContext::default(), None);
        check(&["hello"], PinyinContext::default(), None);
    }

    #[test]
    fn a_neighbour_is_evidence() {
        check(&["yin"], PinyinContext { before: Some('语'), ..PinyinContext::default() }, Some("音"));
        check(&["shi"], PinyinContext { after: Some('别'), ..PinyinContext::default() }, Some("识"));
    }

    #[test]
    fn known_words_are_replaced_only_beside_unknown_ones() {
        check(&["=jiage"], PinyinContext::default(), None);
        check(&["yuyin", "=shi", "bie"], PinyinContext::default(), Some("语音识别"));
        check(&["yuyin", "=de"], PinyinContext::default(), Some("语音"));
    }

    #[test]
    fn amid_english_two_characters_are_chance() {
        let english = PinyinContext { amid_english: true, ..PinyinContext::default() };
        check(&["jiage"], english, None);
        check(&["yuyinshibie"], english, Some("语音识别"));
    }
}

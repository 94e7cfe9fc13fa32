//! Corrects Han characters that the user mistyped as a homophone or as a similar-looking character.
//!
//! A knowledge base is small, so most unknown text in questions is about another subject, not
//! mistyped. Corrections must stay rare: fewer than one ordinary sentence in a hundred may change.
//! So each correction replaces one character, keeps the neighboring characters, and must complete a
//! word of the knowledge base.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::char_bigram_model::CharBigramModel;
use super::reading_index::ReadingIndex;
use super::stopwords;
use super::token::MatchKind;
use crate::text::{confusables, readings};

/// Maps each character that a user may type to the similar-looking characters of the knowledge
/// base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct LookalikeIndex {
    by_typed: FxHashMap<char, Vec<char>>,
}

/// A replacement for a mistyped character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Correction {
    pub character: char,
    pub match_kind: MatchKind,
    pub certainty: f32,
}

const HOMOPHONE_CERTAINTY: f32 = 0.7;
const LOOKALIKE_CERTAINTY: f32 = 0.6;
/// Minimum count of an inseparable bigram, that is, two characters that seldom occur apart. A
/// correction must complete a known trigram or an inseparable bigram.
const MIN_COMMON: u32 = 8;
/// A bigram is inseparable if at least 1 in this many occurrences of its rarer character is in the
/// bigram.
const MAX_OCCURRENCES_INSEPARABLE: u32 = 4;

impl LookalikeIndex {
    /// Builds the index. Only characters of the knowledge base can replace a typed character.
    pub fn new(model: &CharBigramModel) -> LookalikeIndex {
        let mut by_typed: FxHashMap<char, Vec<char>> = FxHashMap::default();
        for (a, b) in confusables() {
            for (typed, meant) in [(a, b), (b, a)] {
                if model.contains(meant) {
                    by_typed.entry(typed).or_default().push(meant);
                }
            }
        }
        LookalikeIndex { by_typed }
    }

    fn find(&self, typed: char) -> impl Iterator<Item = char> {
        self.by_typed.get(&typed).into_iter().flatten().copied()
    }
}

/// Returns one item per character of `run`, a sequence of adjacent Han characters. The item is a
/// correction, or `None` if the character stays as typed.
pub(super) fn correct(
    model: &CharBigramModel,
    readings: &ReadingIndex,
    lookalikes: &LookalikeIndex,
    run: &[char],
) -> Vec<Option<Correction>> {
    let is_unknown = |pair: Option<&[char]>| pair.is_some_and(|pair| !model.contains_bigram(pair[0], pair[1]));
    let is_suspicious = |at: usize| is_unknown(run.get(at..at + 2)) || at > 0 && is_unknown(run.get(at - 1..=at));
    (0..run.len())
        .map(|at| is_suspicious(at).then(|| best_correction(model, readings, lookalikes, run, at)).flatten())
        .collect()
}

fn best_correction(
    model: &CharBigramModel,
    reading_index: &ReadingIndex,
    lookalikes: &LookalikeIndex,
    run: &[char],
    at: usize,
) -> Option<Correction> {
    let typed = run[at];
    let homophones = readings(typed).flat_map(|syllable| reading_index.homophones(syllable)).map(|reading| {
        Correction { character: reading.character, match_kind: MatchKind::Homophone, certainty: HOMOPHONE_CERTAINTY }
    });
    let lookalikes = lookalikes.find(typed).map(|character| Correction {
        character,
        match_kind: MatchKind::Lookalike,
        certainty: LOOKALIKE_CERTAINTY,
    });
    let candidates = homophones.chain(lookalikes).filter(|candidate| candidate.character != typed);
    let supported = candidates.filter_map(|candidate| Some((candidate, evidence(model, run, at, candidate)?)));
    // If two candidates have the same count, the first one wins. Homophones come first, so
    // homophones win over similar-looking characters.
    supported.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(best, _)| best)
}

/// Returns the number of occurrences, in the knowledge base, of the word of two characters that the
/// correction completes. Returns `None` if the correction completes no such word, or if the
/// knowledge base does not support the correction enough.
fn evidence(model: &CharBigramModel, run: &[char], at: usize, candidate: Correction) -> Option<u32> {
    let bigrams_with = |c: char| {
        let left = at.checked_sub(1).map(|before| (run[before], c));
        let right = run.get(at + 1).map(|after| (c, *after));
        left.into_iter().chain(right)
    };
    let known_bigrams = |c: char| bigrams_with(c).filter(|(a, b)| model.contains_bigram(*a, *b)).count();
    let meant = candidate.character;
    // Ignore bigrams with a particle such as 的, because particles occur next to almost any
    // character.
    let has_content = |c: char| !stopwords::is_particle(c);
    let made_words = bigrams_with(meant).filter(|(a, b)| model.is_word(*a, *b) && has_content(*a) && has_content(*b));
    let count = made_words.map(|(a, b)| model.count(a, b)).max()?;
    let makes_trigram = (at.saturating_sub(2)..=at).filter_map(|start| Some((start, run.get(start..start + 3)?))).any(
        |(start, typed)| {
            let corrected = |i: usize| if start + i == at { meant } else { typed[i] };
            model.contains_trigram([corrected(0), corrected(1), corrected(2)])
        },
    );
    let is_inseparable = |(a, b): (char, char)| {
        model.count(a, b) >= MIN_COMMON && model.is_collocation(a, b, MAX_OCCURRENCES_INSEPARABLE)
    };
    let makes_inseparable_bigram = candidate.match_kind == MatchKind::Homophone
        && known_bigrams(run[at]) == 0
        && bigrams_with(meant).any(is_inseparable);
    let is_sure = makes_trigram || makes_inseparable_bigram;
    (is_sure && known_bigrams(meant) > known_bigrams(run[at])).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::{CharBigramModel, LookalikeIndex, MatchKind, ReadingIndex, correct};

    /// Asserts the text after correction. `~` precedes a character corrected as a homophone, `^` a
    /// character corrected as a similar-looking one.
    #[track_caller]
    fn check(texts: &[(&str, u32)], typed: &str, expected: &str) {
        let model = CharBigramModel::new(texts.iter().copied());
        let readings = ReadingIndex::new(model.characters());
        let lookalikes = LookalikeIndex::new(&model);
        let run: Vec<char> = typed.chars().collect();
        let corrections = correct(&model, &readings, &lookalikes, &run);
        assert_eq!(corrections.len(), run.len());
        let mut found = String::new();
        for (typed, correction) in run.iter().zip(corrections) {
            match correction.map(|c| (c.match_kind, c.character)) {
                Some((MatchKind::Homophone, meant)) => found.extend(['~', meant]),
                Some((MatchKind::Lookalike, meant)) => found.extend(['^', meant]),
                Some(other) => panic!("{other:?}"),
                None => found.push(*typed),
            }
        }
        assert_eq!(found, expected, "{typed}");
    }

    const BASE: &[(&str, u32)] = &[("语音识别", 4), ("未来", 9), ("价格是多少", 3)];

    #[test]
    fn known_text_stays() {
        check(BASE, "语音识别", "语音识别");
        check(BASE, "", "");
        check(BASE, "语", "语");
    }

    #[test]
    fn a_homophone_in_a_known_trigram_is_corrected() {
        check(BASE, "语音失别", "语音~识别");
        check(BASE, "雨音识别", "~语音识别");
    }

    #[test]
    fn a_lookalike_in_a_known_trigram_is_corrected() {
        check(&[("周末愉快", 4)], "周未愉快", "周^末愉快");
    }

    #[test]
    fn a_lookalike_alone_is_no_evidence() {
        check(BASE, "末来", "末来");
    }

    #[test]
    fn an_inseparable_bigram_needs_no_trigram() {
        check(BASE, "为来", "~未来");
        check(&[("未来", 7)], "为来", "为来");
        check(&[("未来", 9), ("未", 30), ("来", 30)], "为来", "为来");
    }

    #[test]
    fn other_topics_stay() {
        check(BASE, "今天天气怎么样", "今天天气怎么样");
        check(BASE, "失别", "失别");
    }

    #[test]
    fn particles_are_not_corrected() {
        check(&[("这是的", 20)], "这市的", "这市的");
    }
}

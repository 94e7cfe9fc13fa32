//! How like are two words? Edit distance with a budget that grows with length.

/// How a typed word came to be taken for a known one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Letters missing, doubled, swapped or wrong.
    Typo,
    /// The beginning of the word.
    Prefix,
}

/// Shortest word in which a slip is forgiven, in characters: in a shorter one most edits give another word.
const MIN_TYPO_CHARS: usize = 4;
/// From this length two slips are forgiven (Algolia's rule: one typo from four letters, two from eight).
const MIN_TWO_TYPO_CHARS: usize = 8;
/// What a slip in the first letter leaves of the likeness: people seldom get it wrong.
const FIRST_LETTER_SLIP: f64 = 0.9;
/// Shortest beginning that stands for a whole word.
const MIN_PREFIX_CHARS: usize = 4;

/// Is `typed` the word `known` with a slip in it, and how like are the two, between 0 and 1?
///
/// Damerau-Levenshtein (optimal string alignment) decides whether, with one edit from four letters and two from eight; Jaro-Winkler says how like, as
/// in SoftTFIDF (Cohen, Ravikumar, Fienberg: A Comparison of String Distance Metrics for Name-Matching Tasks, 2003). Digits never slip: GPT-3 is not GPT-4.
#[must_use]
pub fn slip(typed: &str, known: &str) -> Option<(Slip, f64)> {
    let (typed_len, known_len) = (typed.chars().count(), known.chars().count());
    if typed_len < MIN_TYPO_CHARS || digits(typed).ne(digits(known)) {
        return None;
    }
    let budget = if typed_len.min(known_len) >= MIN_TWO_TYPO_CHARS { 2 } else { 1 };
    if typed_len.abs_diff(known_len) <= budget && strsim::osa_distance(typed, known) <= budget {
        let first = if typed.chars().next() == known.chars().next() { 1.0 } else { FIRST_LETTER_SLIP };
        return Some((Slip::Typo, first * strsim::jaro_winkler(typed, known)));
    }
    if typed_len >= MIN_PREFIX_CHARS && known.starts_with(typed) {
        return Some((Slip::Prefix, strsim::jaro_winkler(typed, known)));
    }
    None
}

fn digits(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(char::is_ascii_digit)
}

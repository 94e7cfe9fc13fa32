//! How like are two words? Edit distance with a budget that grows with length.

/// Shortest word in which a slip is forgiven, in characters: in a shorter one most edits give another word.
const MIN_TYPO_CHARS: usize = 4;
/// From this length two slips are forgiven (Algolia's rule: one typo from four letters, two from eight).
const MIN_TWO_TYPO_CHARS: usize = 8;
/// How many slips are forgiven in a word of so many characters, or in a longer one that it is compared with.
#[must_use]
pub fn max_typos(length: usize) -> usize {
    if length >= MIN_TWO_TYPO_CHARS { 2 } else { 1 }
}

/// Shortest beginning that stands for a whole word.
const MIN_PREFIX_CHARS: usize = 4;

/// Is `typed` the word `known` with a slip in it: letters missing, doubled, swapped or wrong? Then how like the two are, between 0 and 1.
///
/// Damerau-Levenshtein (optimal string alignment) decides whether, with one edit from four letters and two from eight; Jaro-Winkler says how like, as
/// in SoftTFIDF (Cohen, Ravikumar, Fienberg: A Comparison of String Distance Metrics for Name-Matching Tasks, 2003). Digits never slip: GPT-3 is not
/// GPT-4. Nor, in a short word, does the first letter, but for being swapped with the second.
#[must_use]
pub fn typo_similarity(typed: &str, known: &str) -> Option<f64> {
    let (typed_len, known_len) = (typed.chars().count(), known.chars().count());
    let shorter = typed_len.min(known_len);
    let budget = max_typos(shorter);
    if shorter + 1 < MIN_TYPO_CHARS || typed_len < MIN_TYPO_CHARS || typed_len.abs_diff(known_len) > budget {
        return None;
    }
    if shorter < MIN_TWO_TYPO_CHARS && !starts_alike(typed, known) || digits(typed).ne(digits(known)) {
        return None;
    }
    (strsim::osa_distance(typed, known) <= budget).then(|| strsim::jaro_winkler(typed, known))
}

/// Is `typed` the beginning of the word `known`, long enough to stand for it? Then how like the two are, between 0 and 1.
#[must_use]
pub fn prefix_similarity(typed: &str, known: &str) -> Option<f64> {
    let is_beginning = known.starts_with(typed) && typed.chars().count() >= MIN_PREFIX_CHARS;
    is_beginning.then(|| strsim::jaro_winkler(typed, known))
}

fn starts_alike(typed: &str, known: &str) -> bool {
    let (mut typed, mut known) = (typed.chars(), known.chars());
    let (first, other) = ((typed.next(), typed.next()), (known.next(), known.next()));
    first.0 == other.0 || (first.0 == other.1 && first.1 == other.0)
}

fn digits(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(char::is_ascii_digit)
}

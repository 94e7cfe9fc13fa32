//! Word similarity: edit distance, with more typos allowed in longer words.

/// Minimum length of a word in which one typo is tolerated. In a shorter word, most edits produce
/// another valid word.
const MIN_TYPO_CHARS: usize = 4;
/// Minimum length of a word in which two typos are tolerated.
const MIN_TWO_TYPO_CHARS: usize = 8;

/// Returns the maximum number of typos tolerated in a word of `length` letters.
///
/// The limits are those of Algolia: one typo from four letters, two from eight.
#[must_use]
pub fn max_typos(length: usize) -> usize {
    if length >= MIN_TWO_TYPO_CHARS { 2 } else { 1 }
}

/// Minimum length of a typed prefix that can match a whole word, in characters.
const MIN_PREFIX_CHARS: usize = 4;

/// Returns the similarity (0 to 1) of two words, if `typed` may be a misspelling of `known`.
///
/// The Damerau-Levenshtein distance (optimal string alignment) must be within the typo limit.
/// Jaro-Winkler gives the similarity, as in SoftTFIDF (Cohen, Ravikumar, Fienberg: A Comparison of
/// String Distance Metrics for Name-Matching Tasks, 2003).
///
/// Digits must be equal: GPT-3 is not GPT-4. In a short word, the first letters must be equal, or
/// swapped with the second letter.
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

/// Returns the similarity (0 to 1) of two words, if `typed` is a long enough prefix of `known`.
#[must_use]
pub fn prefix_similarity(typed: &str, known: &str) -> Option<f64> {
    let is_prefix = known.starts_with(typed) && typed.chars().count() >= MIN_PREFIX_CHARS;
    is_prefix.then(|| strsim::jaro_winkler(typed, known))
}

fn starts_alike(typed: &str, known: &str) -> bool {
    let (mut typed, mut known) = (typed.chars(), known.chars());
    let (typed, known) = ((typed.next(), typed.next()), (known.next(), known.next()));
    typed.0 == known.0 || (typed.0 == known.1 && typed.1 == known.0)
}

fn digits(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::{max_typos, prefix_similarity, typo_similarity};

    #[track_caller]
    fn check(typed: &str, known: &str, is_typo: bool) {
        let similarity = typo_similarity(typed, known);
        assert_eq!(similarity.is_some(), is_typo, "{typed} for {known}: {similarity:?}");
        if let Some(similarity) = similarity {
            assert!((0.8..1.0).contains(&similarity) || typed == known, "{typed} for {known}: {similarity}");
        }
    }

    #[test]
    fn two_typos_are_tolerated_from_eight_letters() {
        assert_eq!([1, 4, 7, 8, 30].map(max_typos), [1, 1, 1, 2, 2]);
    }

    #[test]
    fn every_kind_of_edit_is_one_typo() {
        check("wisper", "whisper", true);
        check("whissper", "whisper", true);
        check("whisoer", "whisper", true);
        check("whsiper", "whisper", true);
    }

    #[test]
    fn long_words_tolerate_two_typos_and_short_ones_one() {
        check("deepmnid", "deepmind", true);
        check("shuterstok", "shutterstock", true);
        check("whxxxer", "whisper", false);
        check("wispr", "whisper", false);
        check("cap", "clip", false);
        check("clp", "clip", false);
    }

    #[test]
    fn the_first_letter_of_a_short_word_is_right_or_swapped() {
        check("hwisper", "whisper", true);
        check("raining", "training", false);
        check("whis", "this", false);
        check("hutterstock", "shutterstock", true);
    }

    #[test]
    fn digits_are_never_typos() {
        check("gpt3x", "gpt4x", false);
        check("2021", "2022", false);
        check("gpt3xx", "gpt3x", true);
    }

    #[test]
    fn the_nearer_word_is_more_similar() {
        let similarity = |typed| typo_similarity(typed, "whisper").expect("a typo");
        assert_eq!(similarity("whisper"), 1.0);
        assert!(similarity("whispr") > similarity("hwisper"), "a shared prefix counts");
    }

    #[test]
    fn prefixes_have_four_letters_or_more() {
        assert!(prefix_similarity("whis", "whisper").is_some_and(|similarity| similarity < 1.0));
        assert!(prefix_similarity("whispe", "whisper") > prefix_similarity("whis", "whisper"));
        assert_eq!(prefix_similarity("whi", "whisper"), None);
        assert_eq!(prefix_similarity("whisper", "whis"), None);
        assert_eq!(prefix_similarity("wisp", "whisper"), None);
    }
}

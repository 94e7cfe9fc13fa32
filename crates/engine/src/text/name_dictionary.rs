//! Finds names in a text, even if the text splits a name into several words.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::characters::is_han;
use super::distance::typo_similarity;
use super::words::{Script, Word};

/// Maps names to values. The keys are squashed: normalized, without spaces (see
/// [`super::squashed`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameDictionary<V> {
    by_name: HashMap<String, V>,
}

/// The spellings of a name that are accepted in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameSyntax {
    /// Maximum number of words that one name may be split into.
    pub max_words: usize,
    /// Whether a name may contain Han characters after its first word.
    pub mixes_scripts: bool,
    /// Whether numbers may be written as words or Roman numerals, as in "dall e two" or "gpt iii".
    pub reads_numerals: bool,
}

impl<V> FromIterator<(String, V)> for NameDictionary<V> {
    fn from_iter<T: IntoIterator<Item = (String, V)>>(names: T) -> NameDictionary<V> {
        NameDictionary { by_name: names.into_iter().collect() }
    }
}

impl<V> NameDictionary<V> {
    /// Returns the value of a name. The name must be squashed (normalized, without spaces).
    #[must_use]
    pub fn get(&self, squashed: &str) -> Option<&V> {
        self.by_name.get(squashed)
    }

    /// Returns the values of all names, in arbitrary order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.by_name.values()
    }

    /// Finds the longest name at the start of `words`. Returns its length in words, and its value.
    #[must_use]
    pub fn longest_prefix(&self, words: &[Word<'_>], syntax: NameSyntax) -> Option<(usize, &V)> {
        /// Maximum length of a name in a script without spaces, in characters.
        const MAX_CHARS: usize = 24;
        let first = words.first()?;
        if self.by_name.is_empty() || first.text.starts_with(is_han) {
            return None;
        }
        // In kana and the like, each character is a word, and a name is a run of them.
        let is_unspaced = first.script == Script::Han;
        let may_continue = |(at, word): &(usize, &Word<'_>)| match is_unspaced {
            true => *at == 0 || word.joined,
            false => syntax.mixes_scripts || word.script == Script::Letters,
        };
        let max_words = if is_unspaced { MAX_CHARS } else { syntax.max_words };
        let candidate = || words.iter().enumerate().take_while(may_continue).take(max_words).map(|(_, word)| word.text);
        let mut longest: Option<(usize, &V)> = None;
        let mut squashed = String::new();
        let tables = if syntax.reads_numerals { &NUMERALS[..] } else { &[&[][..]] };
        for numerals in tables {
            squashed.clear();
            for (at, word) in candidate().enumerate() {
                squashed.push_str(normalize_numeral(word, at, numerals));
                if let Some(value) = self.by_name.get(&squashed)
                    && longest.is_none_or(|(length, _)| at + 1 > length)
                {
                    longest = Some((at + 1, value));
                }
            }
            // The tables of numerals differ only in how they read `i` and `ii`. If neither `i` nor
            // `ii` occurs after the first word, all tables give the same result, so the other
            // tables are skipped.
            if !candidate().skip(1).any(|word| matches!(word, "i" | "ii")) {
                break;
            }
        }
        longest
    }
}

impl<V: Ord> NameDictionary<V> {
    /// Finds the name that is most similar to a prefix of `words`, if the prefix may be a
    /// misspelling of that name.
    ///
    /// Returns the length of the prefix in words, the similarity, and the name's value. If names
    /// are equally similar, the smallest value wins.
    pub fn most_similar_prefix<'w>(&self, words: impl Iterator<Item = &'w str>) -> Option<(usize, f64, &V)> {
        let mut squashed = String::new();
        let mut best: Option<(usize, f64, &V)> = None;
        for (at, word) in words.enumerate() {
            squashed.push_str(normalize_numeral(word, at, NUMERALS[0]));
            for (name, value) in &self.by_name {
                if let Some(similarity) = typo_similarity(&squashed, name)
                    && best.is_none_or(|(_, best, best_value)| {
                        similarity > best || (similarity == best && value < best_value)
                    })
                {
                    best = Some((at + 1, similarity, value));
                }
            }
        }
        best
    }
}

/// Three tables of English number words and Roman numerals, with their digits.
///
/// Normalization shortens `iii` to `ii`, so the second table reads `ii` as 3 instead of 2. A single
/// `i` may be a letter, so only the third table reads `i` as 1.
const NUMERALS: [&[(&str, &str)]; 3] = [
    &[("one", "1"), ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("ii", "2"), ("iv", "4")],
    &[("ii", "3")],
    &[("i", "1")],
];

/// Replaces a numeral by its digit. The first word of a name (`at` is 0) stays unchanged, because
/// no name starts with a numeral.
fn normalize_numeral<'a>(word: &'a str, at: usize, numerals: &[(&str, &'a str)]) -> &'a str {
    numerals.iter().find(|(numeral, _)| at > 0 && *numeral == word).map_or(word, |(_, digit)| digit)
}

#[cfg(test)]
mod tests {
    use super::{NUMERALS, NameDictionary, NameSyntax, normalize_numeral};
    use crate::text::{Word, normalize, words};

    const PLAIN: NameSyntax = NameSyntax { max_words: 3, mixes_scripts: false, reads_numerals: false };
    const NUMERIC: NameSyntax = NameSyntax { reads_numerals: true, ..PLAIN };

    fn dictionary() -> NameDictionary<u32> {
        [("dalle", 1), ("dalle2", 2), ("gpt3", 3), ("gpt2", 4), ("gpt1", 5), ("whisper", 6), ("gpt模型", 7)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    #[track_caller]
    fn check(text: &str, syntax: NameSyntax, expected: Option<(usize, u32)>) {
        let normal = normalize(text);
        let all: Vec<Word<'_>> = words(&normal).collect();
        let dictionary = dictionary();
        let found = dictionary.longest_prefix(&all, syntax);
        assert_eq!(found.map(|(length, value)| (length, *value)), expected, "{text:?}");
    }

    #[test]
    fn the_longest_name_wins() {
        check("DALL·E 2 costs", PLAIN, Some((3, 2)));
        check("dall e costs", PLAIN, Some((2, 1)));
        check("dalle2", PLAIN, Some((1, 2)));
        check("what is dall e", PLAIN, None);
        check("", PLAIN, None);
        check("语", PLAIN, None);
    }

    #[test]
    fn a_name_has_at_most_so_many_words() {
        let shorter = NameSyntax { max_words: 2, ..PLAIN };
        check("dall e 2", shorter, Some((2, 1)));
        check("w h i s p e r", PLAIN, None);
        check("w h i s p e r", NameSyntax { max_words: 7, ..PLAIN }, Some((7, 6)));
    }

    #[test]
    fn numerals_are_read_where_the_syntax_says_so() {
        check("dall e two", PLAIN, Some((2, 1)));
        check("dall e two", NUMERIC, Some((3, 2)));
        check("gpt i", NUMERIC, Some((2, 5)));
        check("gpt ii", NUMERIC, Some((2, 4)));
        check("two", NUMERIC, None);
    }

    #[test]
    fn han_characters_continue_a_name_where_the_syntax_says_so() {
        check("gpt模型", PLAIN, None);
        check("gpt模型", NameSyntax { mixes_scripts: true, ..PLAIN }, Some((3, 7)));
    }

    #[test]
    fn three_written_as_iii_is_found_if_there_is_no_second() {
        let only_third: NameDictionary<u32> = [("gpt3".to_owned(), 3)].into_iter().collect();
        let all: Vec<Word<'_>> = words("gpt ii").collect();
        assert_eq!(only_third.longest_prefix(&all, NUMERIC), Some((2, &3)));
    }

    #[test]
    fn a_misspelt_name_is_found_in_several_words() {
        let dictionary = dictionary();
        let found = |words: &[&str]| {
            dictionary.most_similar_prefix(words.iter().copied()).map(|(length, _, value)| (length, *value))
        };
        assert_eq!(found(&["wisper", "costs"]), Some((1, 6)));
        assert_eq!(found(&["whis", "pre"]), Some((2, 6)));
        assert_eq!(found(&["dole", "two"]), None);
        assert_eq!(found(&["dall", "two"]), Some((2, 2)));
        assert_eq!(found(&["dall"]), Some((1, 1)));
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn of_equally_similar_names_the_smallest_value_wins() {
        let twins: NameDictionary<u32> = [("abcdex", 2), ("abcdey", 1), ("abcdez", 3)]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect();
        let found = twins.most_similar_prefix(["abcdew"].into_iter());
        assert_eq!(found.map(|(_, _, value)| *value), Some(1));
    }

    #[test]
    fn the_first_word_is_no_numeral() {
        assert_eq!(normalize_numeral("two", 0, NUMERALS[0]), "two");
        assert_eq!(normalize_numeral("two", 1, NUMERALS[0]), "2");
        assert_eq!(normalize_numeral("twos", 1, NUMERALS[0]), "twos");
    }
}

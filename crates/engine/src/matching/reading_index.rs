//! Finds Han characters of the knowledge base by their pinyin.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::text::{Syllable, fuzzy_pinyin_class, readings};

/// One reading (pronunciation) of a Han character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reading {
    pub character: char,
    pub syllable: Syllable,
    /// Whether the character has a more common reading.
    pub is_rare: bool,
}

/// The readings of all Han characters in the knowledge base, grouped by fuzzy pinyin class.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ReadingIndex {
    by_class: FxHashMap<Syllable, Vec<Reading>>,
}

impl ReadingIndex {
    /// Indexes the readings of the characters. Within a fuzzy pinyin class, characters are sorted
    /// by code point.
    pub fn new(characters: impl Iterator<Item = char>) -> ReadingIndex {
        let mut characters: Vec<char> = characters.collect();
        characters.sort_unstable();
        let mut by_class: FxHashMap<Syllable, Vec<Reading>> = FxHashMap::default();
        for character in characters {
            for (at, syllable) in readings(character).enumerate() {
                let reading = Reading { character, syllable, is_rare: at > 0 };
                by_class.entry(fuzzy_pinyin_class(syllable)).or_default().push(reading);
            }
        }
        ReadingIndex { by_class }
    }

    /// Returns the readings of all characters that sound like the syllable in some Chinese
    /// dialects.
    pub fn similar(&self, syllable: Syllable) -> impl Iterator<Item = &Reading> {
        self.by_class.get(&fuzzy_pinyin_class(syllable)).into_iter().flatten()
    }

    /// Returns the readings of all characters that are pronounced exactly as the syllable.
    pub fn homophones(&self, syllable: Syllable) -> impl Iterator<Item = &Reading> {
        self.similar(syllable).filter(move |reading| reading.syllable == syllable)
    }
}

#[cfg(test)]
mod tests {
    use super::ReadingIndex;
    use crate::text::syllable;

    #[track_caller]
    fn check(spelling: &str, similar: &str, homophones: &str) {
        let index = ReadingIndex::new("长章藏词此a".chars());
        let syllable = syllable(spelling).expect(spelling);
        assert_eq!(index.similar(syllable).map(|r| r.character).collect::<String>(), similar, "{spelling}");
        assert_eq!(index.homophones(syllable).map(|r| r.character).collect::<String>(), homophones, "{spelling}");
    }

    #[test]
    fn characters_are_found_by_sound() {
        check("zhang", "章藏长", "章长");
        check("zang", "章藏长", "藏");
        check("ci", "此词", "此词");
        check("chi", "此词", "");
        check("ma", "", "");
    }

    #[test]
    fn a_second_reading_is_rare() {
        let index = ReadingIndex::new(['长'].into_iter());
        let rare =
            |spelling| index.homophones(syllable(spelling).expect(spelling)).map(|r| r.is_rare).collect::<Vec<_>>();
        assert_eq!((rare("zhang"), rare("chang")), (vec![false], vec![true]));
    }
}

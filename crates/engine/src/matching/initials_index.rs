//! Finds Han characters of titles and aliases by their pinyin initials: `yysb` (yu yin shi bie)
//! stands for 语音识别.

use std::hash::BuildHasher;
use std::ops::RangeInclusive;

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use crate::text::{is_han, readings, spelling};

/// The allowed number of initials in an abbreviation. Shorter abbreviations mostly match by chance.
const LENGTHS: RangeInclusive<usize> = 3..=8;

/// Maps a hash of pinyin initials to the Han characters that the initials abbreviate.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct InitialsIndex {
    by_initials: FxHashMap<u64, Box<str>>,
}

impl InitialsIndex {
    /// Indexes every sequence of 3 to 8 adjacent Han characters in normalized titles and aliases.
    /// If two sequences have the same initials, the index keeps the first one.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> InitialsIndex {
        let mut by_initials: FxHashMap<u64, Box<str>> = FxHashMap::default();
        for run in names.into_iter().flat_map(|name| name.split(|c| !is_han(c))).filter(|run| !run.is_empty()) {
            let letters: Option<Vec<(char, usize)>> =
                run.char_indices().map(|(at, c)| Some((spelling(readings(c).next()?).chars().next()?, at))).collect();
            let Some(mut letters) = letters else { continue };
            letters.push((' ', run.len()));
            for length in LENGTHS {
                for part in letters.windows(length + 1) {
                    let initials: String = part[..length].iter().map(|(letter, _)| letter).collect();
                    by_initials
                        .entry(FxBuildHasher.hash_one(&*initials))
                        .or_insert_with(|| run[part[0].1..part[length].1].into());
                }
            }
        }
        InitialsIndex { by_initials }
    }

    /// Returns the Han characters that the initials abbreviate.
    pub fn find(&self, initials: &str) -> Option<&str> {
        self.by_initials.get(&FxBuildHasher.hash_one(initials)).map(|text| &**text)
    }
}

#[cfg(test)]
mod tests {
    use super::InitialsIndex;

    #[track_caller]
    fn check(initials: &str, expected: Option<&str>) {
        let index = InitialsIndex::new(["语音识别 api 的价格", "医院识别"]);
        assert_eq!(index.find(initials), expected, "{initials}");
    }

    #[test]
    fn initials_stand_for_a_part_of_a_name() {
        check("yysb", Some("语音识别"));
        check("ysb", Some("音识别"));
        check("djg", Some("的价格"));
    }

    #[test]
    fn the_first_name_wins() {
        let index = InitialsIndex::new(["医院识别", "语音识别"]);
        assert_eq!(index.find("yysb"), Some("医院识别"));
    }

    #[test]
    fn too_few_letters_and_letters_across_words_stand_for_nothing() {
        check("yy", None);
        check("sbdjg", None);
        check("api", None);
        check("", None);
    }
}

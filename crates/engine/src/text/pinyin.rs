//! Pinyin without tones: syllables, readings of characters, and fuzzy pinyin.
//!
//! The readings come from the crate `pinyin`: the most common reading of each character, mostly
//! from Unihan's kMandarin. `syllables.txt` lists the toneless readings in that data, without
//! interjections and without readings of only one character.

use std::sync::LazyLock;

use pinyin::ToPinyin;

/// A pinyin syllable, as a line index into `syllables.txt`.
pub type Syllable = u16;

/// Length of the longest syllable, `zhuang`, in letters.
pub const MAX_SYLLABLE_LETTERS: usize = 6;

/// Maximum length, in letters, of a word that is split into syllables. [`is_pinyin`] needs one bit
/// per letter in a `u128`.
const MAX_LETTERS: usize = 120;

static SYLLABLES: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("syllables.txt").lines().collect());

static FUZZY_CLASSES: LazyLock<Vec<Syllable>> = LazyLock::new(|| {
    let spellings: Vec<String> = SYLLABLES.iter().map(|s| fuzzy_spelling(s)).collect();
    let mut distinct = spellings.clone();
    distinct.sort();
    distinct.dedup();
    spellings.iter().map(|spelling| distinct.binary_search(spelling).unwrap_or_default() as Syllable).collect()
});

/// A second common reading of each listed character, in addition to the reading in the crate
/// `pinyin`. The further readings in that crate are not used, because they include every reading of
/// every dictionary, obsolete ones too.
const SECOND_READINGS: &str = "重chong 长chang 行hang 乐yue 数shuo 率shuai 调tiao 还huan 得dei 都du 着zhuo 了liao 会kuai 参shen 差chai 传zhuan 大dai 什shi 省xing 提di \
    系ji 校jiao 没mo 觉jiao 角jue 解xie 给ji 降xiang 卡qia 壳qiao 落la 露lou 绿lu 模mu 色shai 熟shou 说shui 宿xiu 血xie 约yao 择zhai 盛cheng 藏zang 曾zeng \
    单shan 度duo 恶wu 否pi 合ge 核hu 吓he 区ou 仇qiu 厦xia 识zhi 属zhu 那nei 这zhei 哪nei 车ju 的di 和huo 薄bo 折she 期ji 奇ji 强jiang 尾yi";

/// Returns the syllable with this spelling. After l and n, `v` stands for `ü`; `lue` and `nue` are
/// accepted too.
#[must_use]
pub fn syllable(spelling: &str) -> Option<Syllable> {
    let spelling = match spelling {
        "lue" => "lve",
        "nue" => "nve",
        other => other,
    };
    SYLLABLES.binary_search(&spelling).ok().map(|at| at as Syllable)
}

/// Returns the spelling of a syllable.
#[must_use]
pub fn spelling(syllable: Syllable) -> &'static str {
    SYLLABLES.get(usize::from(syllable)).copied().unwrap_or_default()
}

/// Returns the class of a syllable in fuzzy pinyin, as in Chinese input methods. A class holds
/// syllables that some dialects do not distinguish.
///
/// Fuzzy pinyin merges zh and z, ch and c, sh and s, n and l, hu- and f, ang and an, eng and en,
/// ing and in.
#[must_use]
pub fn fuzzy_pinyin_class(syllable: Syllable) -> Syllable {
    FUZZY_CLASSES.get(usize::from(syllable)).copied().unwrap_or(Syllable::MAX)
}

fn fuzzy_spelling(spelling: &str) -> String {
    let merged = match (spelling, spelling.strip_prefix("hu"), spelling.strip_prefix('n')) {
        ("hu", ..) => "fu".to_owned(),
        ("hui", ..) => "fei".to_owned(),
        ("hun", ..) => "fen".to_owned(),
        ("huo", ..) => "fo".to_owned(),
        (_, Some(rest), _) => format!("f{rest}"),
        (.., Some(rest)) => format!("l{rest}"),
        _ => spelling.replacen("zh", "z", 1).replacen("ch", "c", 1).replacen("sh", "s", 1),
    };
    match merged.strip_suffix("ng") {
        Some(rest) if rest.ends_with(['a', 'e', 'i']) => format!("{rest}n"),
        _ => merged,
    }
}

/// Returns the readings of a Han character, most common first. Other characters have no readings.
pub fn readings(character: char) -> impl Iterator<Item = Syllable> {
    let first = character.to_pinyin().and_then(|p| match p.plain() {
        with_umlaut if with_umlaut.contains('ü') => syllable(&with_umlaut.replace('ü', "v")),
        plain => syllable(plain),
    });
    let second = || SECOND_READINGS.split_once(character)?.1.split_whitespace().next().and_then(syllable);
    let second = first.and_then(|first| second().filter(|s| *s != first));
    first.into_iter().chain(second)
}

/// True if the whole word can be split into pinyin syllables.
#[must_use]
pub fn is_pinyin(word: &str) -> bool {
    if word.is_empty() || word.len() > MAX_LETTERS || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    // Bit i is set if the first i letters can be split into syllables.
    let mut reached = 1_u128;
    for end in 1..=word.len() {
        let starts = end.saturating_sub(MAX_SYLLABLE_LETTERS)..end;
        if starts.into_iter().any(|start| reached >> start & 1 == 1 && syllable(&word[start..end]).is_some()) {
            reached |= 1 << end;
        }
    }
    reached >> word.len() & 1 == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SYLLABLES, fuzzy_pinyin_class, is_pinyin, readings, spelling, syllable};

    #[test]
    fn syllables_are_sorted_and_spelt_as_listed() {
        assert!(SYLLABLES.is_sorted());
        for (at, listed) in SYLLABLES.iter().enumerate() {
            let found = syllable(listed).expect(listed);
            assert_eq!((usize::from(found), spelling(found)), (at, *listed));
            assert!(listed.len() <= super::MAX_SYLLABLE_LETTERS, "{listed}");
        }
        assert_eq!(spelling(u16::MAX), "");
    }

    #[test]
    fn u_umlaut_may_be_typed_as_u() {
        assert_eq!(syllable("lue"), syllable("lve"));
        assert_eq!(syllable("nue"), syllable("nve"));
        assert_eq!(syllable("wh"), None);
        assert_eq!(syllable(""), None);
    }

    #[test]
    fn pinyin_is_told_from_other_words() {
        for word in ["yuyin", "shibie", "zenmeyong", "a", "lv", "xian", "xi", "fangan"] {
            assert!(is_pinyin(word), "{word}");
        }
        for word in ["whisper", "", "hello", "gpt", "y2", "Yu", "语", &"x".repeat(500), &"shi".repeat(500)] {
            assert!(!is_pinyin(word), "{word}");
        }
    }

    #[test]
    fn the_commonest_reading_comes_first() {
        let read = |c: char| readings(c).map(spelling).collect::<Vec<_>>();
        assert_eq!(read('语'), ["yu"]);
        assert_eq!(read('长'), ["zhang", "chang"]);
        assert_eq!(read('绿'), ["lv", "lu"]);
        assert!(read('w').is_empty() && read('。').is_empty());
    }

    #[test]
    fn every_second_reading_is_a_syllable() {
        for entry in super::SECOND_READINGS.split_whitespace() {
            let character = entry.chars().next().expect("a character");
            let second = syllable(&entry[character.len_utf8()..]);
            assert!(second.is_some() && readings(character).any(|reading| Some(reading) == second), "{entry}");
        }
    }

    #[track_caller]
    fn check_merged(a: &str, b: &str, is_merged: bool) {
        let class = |spelling| fuzzy_pinyin_class(syllable(spelling).expect(spelling));
        assert_eq!(class(a) == class(b), is_merged, "{a} and {b}");
    }

    #[test]
    fn fuzzy_pinyin_merges_what_dialects_do_not_distinguish() {
        for (a, b) in [
            ("zhang", "zan"),
            ("chi", "ci"),
            ("shi", "si"),
            ("nv", "lv"),
            ("hui", "fei"),
            ("hu", "fu"),
            ("hun", "fen"),
            ("huo", "fo"),
            ("huang", "fan"),
            ("sheng", "sen"),
            ("ying", "yin"),
        ] {
            check_merged(a, b, true);
        }
        for (a, b) in [("shi", "zhi"), ("yong", "yang"), ("ma", "me"), ("ha", "fa"), ("dong", "dou")] {
            check_merged(a, b, false);
        }
    }

    proptest! {
        #[test]
        fn syllables_in_a_row_are_pinyin(picks in prop::collection::vec(0_usize..SYLLABLES.len(), 1..15)) {
            let word: String = picks.iter().map(|at| SYLLABLES[*at]).collect();
            prop_assert!(is_pinyin(&word), "{}", word);
        }
    }
}

//! Stems of words, by the languages of a knowledge base.
//!
//! Most stemmers are Snowball's. They run on normalized words, which have no accents.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

use crate::text::{Alphabet, Language};

/// Stems words in the languages of a knowledge base.
pub(super) struct Stemmers {
    /// The stemmers of words in Latin letters. Each word passes through all of them, because a
    /// single word seldom shows its language.
    latin: Vec<LanguageStemmer>,
    /// The stemmers of words in other letters.
    others: Vec<(Alphabet, LanguageStemmer)>,
}

struct LanguageStemmer {
    /// Rewrites a word before Snowball stems it, if the language needs that.
    prepare: Option<fn(&str) -> Cow<'_, str>>,
    /// `None` if `prepare` does all.
    snowball: Option<Stemmer>,
}

impl LanguageStemmer {
    fn of(language: Language) -> Option<LanguageStemmer> {
        let (prepare, algorithm): (Option<fn(&str) -> Cow<'_, str>>, _) = match language.as_str() {
            "ar" => (None, Some(Algorithm::Arabic)),
            "da" => (None, Some(Algorithm::Danish)),
            "nl" => (None, Some(Algorithm::Dutch)),
            "en" => (None, Some(Algorithm::English)),
            "fi" => (None, Some(Algorithm::Finnish)),
            "fr" => (None, Some(Algorithm::French)),
            "de" => (Some(without_umlaut_spellings), Some(Algorithm::German)),
            "el" => (None, Some(Algorithm::Greek)),
            "hu" => (None, Some(Algorithm::Hungarian)),
            "it" => (None, Some(Algorithm::Italian)),
            "no" | "nb" => (None, Some(Algorithm::Norwegian)),
            "pt" => (Some(with_accented_suffix), Some(Algorithm::Portuguese)),
            "ro" => (None, Some(Algorithm::Romanian)),
            "ru" => (None, Some(Algorithm::Russian)),
            "es" => (Some(with_accented_suffix), Some(Algorithm::Spanish)),
            "sv" => (None, Some(Algorithm::Swedish)),
            "ta" => (None, Some(Algorithm::Tamil)),
            "tr" => (None, Some(Algorithm::Turkish)),
            "ko" => (Some(without_korean_endings), None),
            _ => return None,
        };
        Some(LanguageStemmer { prepare, snowball: algorithm.map(Stemmer::create) })
    }

    fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let prepared = self.prepare.map_or(Cow::Borrowed(word), |prepare| prepare(word));
        match (&self.snowball, prepared) {
            (None, prepared) => prepared,
            (Some(snowball), Cow::Borrowed(word)) => snowball.stem(word),
            (Some(snowball), Cow::Owned(word)) => Cow::Owned(snowball.stem(&word).into_owned()),
        }
    }
}

impl Stemmers {
    /// Creates the stemmers of some languages. English words are stemmed unless the base has another
    /// language in Latin letters instead, because texts in any language contain English words.
    pub fn new(languages: &[Language]) -> Stemmers {
        let is_latin = |language: &Language| Alphabet::Latin.may_be(*language);
        let mut latin: Vec<LanguageStemmer> =
            languages.iter().filter(|l| is_latin(l)).filter_map(|l| LanguageStemmer::of(*l)).collect();
        if !languages.iter().any(is_latin) {
            latin.extend(LanguageStemmer::of(Language::EN));
        }
        let others = languages.iter().filter(|l| !is_latin(l)).filter_map(|language| {
            let alphabet = [Alphabet::Cyrillic, Alphabet::Arabic, Alphabet::Hangul]
                .into_iter()
                .find(|alphabet| alphabet.may_be(*language))
                .or_else(|| Alphabet::own(*language))?;
            Some((alphabet, LanguageStemmer::of(*language)?))
        });
        Stemmers { others: others.collect(), latin }
    }

    /// Returns the stem of a normalized word.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        if word.starts_with(|c: char| c.is_ascii()) || self.others.is_empty() {
            let stem = |stem: Cow<'a, str>, stemmer: &LanguageStemmer| match stem {
                Cow::Borrowed(stem) => stemmer.stem(stem),
                Cow::Owned(stem) => Cow::Owned(stemmer.stem(&stem).into_owned()),
            };
            return self.latin.iter().fold(Cow::Borrowed(word), stem);
        }
        let alphabet = Alphabet::of(word);
        let own = self.others.iter().find(|(other, _)| Some(*other) == alphabet);
        own.map_or(Cow::Borrowed(word), |(_, stemmer)| stemmer.stem(word))
    }
}

/// True if words of the language are stemmed, or have no endings that a stemmer would remove.
pub(super) fn needs_no_stemmer(language: Language) -> bool {
    const WITHOUT_ENDINGS: [&str; 9] = ["zh", "yue", "ja", "vi", "th", "lo", "km", "my", "id"];
    WITHOUT_ENDINGS.contains(&language.as_str()) || LanguageStemmer::of(language).is_some()
}

/// Folds the German spellings `ae`, `oe` and `ue` to the letters without umlaut, as the normal form
/// does with umlauts. The `ue` of "neue", "bauen" and "quer" is none.
fn without_umlaut_spellings(word: &str) -> Cow<'_, str> {
    if !["ae", "oe", "ue"].iter().any(|spelling| word.contains(spelling)) {
        return Cow::Borrowed(word);
    }
    let mut folded = String::with_capacity(word.len());
    let mut before = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        folded.push(c);
        let may_fold = matches!(c, 'a' | 'o') || (c == 'u' && !matches!(before, Some('a' | 'e' | 'q')));
        if may_fold {
            chars.next_if_eq(&'e');
        }
        before = Some(c);
    }
    Cow::Owned(folded)
}

/// Restores the accent of the most frequent Spanish and Portuguese suffixes. The normal form has
/// none, and the stemmers expect it.
fn with_accented_suffix(word: &str) -> Cow<'_, str> {
    const SUFFIXES: [(&str, &str); 4] = [("cion", "ción"), ("sion", "sión"), ("cao", "ção"), ("coes", "ções")];
    let restored = SUFFIXES.iter().find_map(|(plain, accented)| Some((word.strip_suffix(plain)?, *accented)));
    restored.map_or(Cow::Borrowed(word), |(stem, suffix)| Cow::Owned(format!("{stem}{suffix}")))
}

/// Korean particles after nouns, and endings of verbs made from nouns. Longer ones come first.
const KOREAN_ENDINGS: &[&str] = &[
    "하셨습니까",
    "했습니까",
    "하겠습니다",
    "되었습니다",
    "하였습니다",
    "했습니다",
    "됩니까",
    "합니까",
    "입니까",
    "습니까",
    "됩니다",
    "합니다",
    "입니다",
    "습니다",
    "하려면",
    "하려고",
    "하는데",
    "하시나요",
    "하나요",
    "되나요",
    "인가요",
    "할까요",
    "될까요",
    "하려는",
    "했는데",
    "됐어요",
    "했어요",
    "하세요",
    "하고싶어요",
    "에서는",
    "에서도",
    "으로는",
    "으로도",
    "까지는",
    "까지만",
    "부터는",
    "에게서",
    "한테서",
    "이라는",
    "이라도",
    "이라면",
    "되려면",
    "하면서",
    "하지만",
    "나요",
    "까요",
    "어요",
    "아요",
    "여요",
    "에요",
    "예요",
    "네요",
    "려면",
    "으면",
    "다면",
    "는데",
    "하는",
    "하면",
    "하고",
    "하기",
    "하지",
    "하여",
    "해서",
    "해야",
    "해요",
    "하다",
    "했던",
    "되는",
    "되면",
    "되어",
    "돼요",
    "된다",
    "한다",
    "에서",
    "에게",
    "한테",
    "께서",
    "으로",
    "부터",
    "까지",
    "처럼",
    "보다",
    "마다",
    "조차",
    "밖에",
    "이나",
    "이랑",
    "에는",
    "에도",
    "로는",
    "로도",
    "라는",
    "라면",
    "이란",
    "이고",
    "이며",
    "이면",
    "인지",
    "인데",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "도",
    "로",
    "와",
    "과",
    "만",
    "랑",
    "할",
    "한",
    "함",
    "해",
    "된",
    "될",
    "됨",
    "요",
    "고",
    "면",
    "지",
    "기",
    "서",
    "야",
];

/// Removes particles and endings from a Korean word. At least two syllables remain, or one before a
/// particle that is unlikely to be part of the word.
fn without_korean_endings(word: &str) -> Cow<'_, str> {
    /// Maximum number of endings that are removed, as in 환불/하기/는.
    const MAX_ENDINGS: usize = 3;
    /// Endings that may follow a word of one syllable, such as 돈 or 앱.
    const AFTER_ONE: [&str; 8] = ["을", "를", "은", "는", "에서", "으로", "까지", "부터"];
    let mut stem = word;
    for _ in 0..MAX_ENDINGS {
        let fits = |ending: &&&str| {
            stem.strip_suffix(**ending).is_some_and(|rest| match rest.chars().count() {
                0 => false,
                1 => AFTER_ONE.contains(*ending),
                _ => true,
            })
        };
        let Some(ending) = KOREAN_ENDINGS.iter().find(fits) else { break };
        stem = &stem[..stem.len() - ending.len()];
    }
    Cow::Borrowed(stem)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::normalize;

    fn stemmers(languages: &[&str]) -> Stemmers {
        Stemmers::new(&languages.iter().map(|code| code.parse().expect("a code")).collect::<Vec<_>>())
    }

    /// Asserts that two words have the same stem.
    #[track_caller]
    fn same_stem(languages: &[&str], a: &str, b: &str) {
        let (stemmers, a, b) = (stemmers(languages), normalize(a), normalize(b));
        assert_eq!(stemmers.stem(&a), stemmers.stem(&b), "{a} and {b}");
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        same_stem(&["en"], "training", "trained");
        same_stem(&["zh"], "training", "trained");
        same_stem(&["ru"], "пароля", "паролем");
        same_stem(&["ru"], "training", "trained");
        same_stem(&["de"], "Schlüssel", "Schluessel");
        same_stem(&["de"], "größere", "groesser");
        same_stem(&["de"], "Häuser", "Haus");
        same_stem(&["es"], "cancelación", "cancelaciones");
        same_stem(&["pt"], "informação", "informações");
        same_stem(&["ar"], "المرور", "مرور");
        same_stem(&["el"], "κωδικός", "ΚΩΔΙΚΟΣ");
        for form in ["환불을", "환불은", "환불하려면", "환불하나요", "환불할", "환불에서는"] {
            same_stem(&["ko"], form, "환불");
        }
        same_stem(&["ko"], "앱을", "앱");
        same_stem(&["en", "de"], "trained", "training");
        same_stem(&["en", "de"], "Schlüssel", "Schluessel");
    }

    #[test]
    fn a_word_in_other_letters_stays() {
        assert_eq!(stemmers(&["en"]).stem("пароля"), "пароля");
        assert_eq!(stemmers(&["ko"]).stem("пароля"), "пароля");
        assert_eq!(stemmers(&["vi"]).stem("training"), "training");
    }

    #[test]
    fn some_languages_have_no_endings() {
        for (code, expected) in [("de", true), ("ko", true), ("th", true), ("uk", false), ("pl", false)] {
            assert_eq!(needs_no_stemmer(code.parse().expect("a code")), expected, "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_word_panics(word in "\\PC{0,12}", letters in "[\u{430}-\u{44f}\u{627}-\u{64a}\u{3b1}-\u{3c9}가-힣a-z]{0,12}") {
            let all = stemmers(&[
                "ar", "da", "nl", "en", "fi", "fr", "de", "el", "hu", "it", "no", "pt", "ro", "ru", "es", "sv", "ta", "tr", "ko",
            ]);
            all.stem(&normalize(&word));
            all.stem(&normalize(&letters));
        }
    }
}

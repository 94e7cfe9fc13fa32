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

type Prepare = fn(&str) -> Cow<'_, str>;

struct LanguageStemmer {
    /// Rewrites a word before Snowball stems it, if the language needs that.
    prepare: Option<Prepare>,
    snowball: Stemmer,
}

impl LanguageStemmer {
    fn of(language: Language) -> Option<LanguageStemmer> {
        let (prepare, algorithm): (Option<Prepare>, _) = match language.as_str() {
            "ar" => (None, Algorithm::Arabic),
            "da" => (None, Algorithm::Danish),
            "nl" => (None, Algorithm::Dutch),
            "en" => (None, Algorithm::English),
            "fi" => (None, Algorithm::Finnish),
            "fr" => (None, Algorithm::French),
            "de" => (Some(without_umlaut_spellings), Algorithm::German),
            "el" => (None, Algorithm::Greek),
            "hu" => (None, Algorithm::Hungarian),
            "it" => (None, Algorithm::Italian),
            "no" | "nb" => (None, Algorithm::Norwegian),
            "pt" => (Some(with_accented_suffix), Algorithm::Portuguese),
            "ro" => (None, Algorithm::Romanian),
            "ru" => (None, Algorithm::Russian),
            "es" => (Some(with_accented_suffix), Algorithm::Spanish),
            "sv" => (None, Algorithm::Swedish),
            "ta" => (None, Algorithm::Tamil),
            "tr" => (None, Algorithm::Turkish),
            _ => return None,
        };
        Some(LanguageStemmer { prepare, snowball: Stemmer::create(algorithm) })
    }

    fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let prepared = self.prepare.map_or(Cow::Borrowed(word), |prepare| prepare(word));
        match prepared {
            Cow::Borrowed(word) => self.snowball.stem(word),
            Cow::Owned(word) => Cow::Owned(self.snowball.stem(&word).into_owned()),
        }
    }
}

impl Stemmers {
    /// Creates the stemmers of some languages. English words are stemmed unless the base has
    /// another language in Latin letters instead, because texts in any language contain English
    /// words.
    pub fn new(languages: &[Language]) -> Stemmers {
        let is_latin = |language: &Language| Alphabet::Latin.may_be(*language);
        let mut latin: Vec<LanguageStemmer> =
            languages.iter().filter(|l| is_latin(l)).filter_map(|l| LanguageStemmer::of(*l)).collect();
        if !languages.iter().any(is_latin) {
            latin.extend(LanguageStemmer::of(Language::EN));
        }
        let others = languages.iter().filter(|l| !is_latin(l)).filter_map(|language| {
            let alphabet = [Alphabet::Cyrillic, Alphabet::Arabic]
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
    const WITHOUT_ENDINGS: [&str; 10] = ["zh", "yue", "ja", "ko", "vi", "th", "lo", "km", "my", "id"];
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
        same_stem(&["en", "de"], "trained", "training");
        same_stem(&["en", "de"], "Schlüssel", "Schluessel");
    }

    #[test]
    fn a_word_in_other_letters_stays() {
        assert_eq!(stemmers(&["en"]).stem("пароля"), "пароля");
        assert_eq!(stemmers(&["ar"]).stem("пароля"), "пароля");
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
                "ar", "da", "nl", "en", "fi", "fr", "de", "el", "hu", "it", "no", "pt", "ro", "ru", "es", "sv", "ta", "tr",
            ]);
            all.stem(&normalize(&word));
            all.stem(&normalize(&letters));
        }
    }
}

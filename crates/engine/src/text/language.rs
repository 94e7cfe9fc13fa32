//! Language codes, and the languages that a text may be in by its script.
//!
//! The words of a language are elsewhere: interface sentences in `reply/strings.rs`, question words
//! in `text/question_words.rs`, English function words in `text/latin.rs`, stop words and
//! greetings in `matching/`. `docs/extending.md` lists all these files.

use std::fmt;
use std::str::FromStr;

use super::characters::{is_han, is_hangul, is_kana};

/// A language code (ISO 639), as in `knowledge/<code>/`: two or three lower-case letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Language([u8; 3]);

/// Error: the text is not a language code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no language code: two or three lower-case letters, such as `zh` or `en`")]
pub struct NotALanguage(pub String);

impl Language {
    /// Chinese, in simplified or traditional characters.
    pub const ZH: Language = Language(*b"zh\0");
    /// English.
    pub const EN: Language = Language(*b"en\0");

    /// Returns the code, such as `zh`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The bytes are always valid UTF-8, because `from_str` accepts only ASCII letters. The
        // fallback to an empty string is never used.
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }

    /// True if the language writes all nouns with a capital letter, so that one makes no name.
    #[must_use]
    pub fn capitalizes_nouns(self) -> bool {
        self.as_str() == "de"
    }

    /// Parses the language of an IETF tag in Telegram's format, such as `zh-hans` or `en-GB`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Language> {
        tag.split(['-', '_']).next()?.to_ascii_lowercase().parse().ok()
    }
}

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let letters = code.as_bytes();
        if !(2..=3).contains(&letters.len()) || !letters.iter().all(u8::is_ascii_lowercase) {
            return Err(NotALanguage(code.to_owned()));
        }
        let mut bytes = [0; 3];
        bytes[..letters.len()].copy_from_slice(letters);
        Ok(Language(bytes))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The letters of a text, as far as they tell languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Latin letters only.
    Latin,
    /// Han characters, and no kana.
    Han,
    /// Japanese kana.
    Kana,
    /// Korean Hangul.
    Hangul,
    /// Cyrillic letters.
    Cyrillic,
    /// Arabic letters.
    Arabic,
    /// Letters that one language of `OTHER_ALPHABETS` uses, or a few related ones. The number is
    /// the index there.
    Other(usize),
}

/// Languages in Cyrillic letters. Serbian has Latin letters too.
const CYRILLIC: [&str; 11] = ["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"];
const ARABIC: [&str; 6] = ["ar", "fa", "ur", "ps", "ug", "sd"];
/// Further alphabets: first and last character, and languages.
const OTHER_ALPHABETS: [(char, char, &[&str]); 20] = [
    ('\u{0370}', '\u{03FF}', &["el"]),
    ('\u{0530}', '\u{058F}', &["hy"]),
    ('\u{0590}', '\u{05FF}', &["he", "yi"]),
    ('\u{0900}', '\u{097F}', &["hi", "mr", "ne", "sa"]),
    ('\u{0980}', '\u{09FF}', &["bn", "as"]),
    ('\u{0A00}', '\u{0A7F}', &["pa"]),
    ('\u{0A80}', '\u{0AFF}', &["gu"]),
    ('\u{0B00}', '\u{0B7F}', &["or"]),
    ('\u{0B80}', '\u{0BFF}', &["ta"]),
    ('\u{0C00}', '\u{0C7F}', &["te"]),
    ('\u{0C80}', '\u{0CFF}', &["kn"]),
    ('\u{0D00}', '\u{0D7F}', &["ml"]),
    ('\u{0D80}', '\u{0DFF}', &["si"]),
    ('\u{0E00}', '\u{0E7F}', &["th"]),
    ('\u{0E80}', '\u{0EFF}', &["lo"]),
    ('\u{0F00}', '\u{0FFF}', &["bo", "dz"]),
    ('\u{1000}', '\u{109F}', &["my"]),
    ('\u{10A0}', '\u{10FF}', &["ka"]),
    ('\u{1200}', '\u{137F}', &["am", "ti"]),
    ('\u{1780}', '\u{17FF}', &["km"]),
];

impl Alphabet {
    /// Returns the alphabet of a text, or `None` if the text has no letter.
    ///
    /// Kana, Hangul and the like outweigh Han characters, which outweigh Latin letters, because
    /// texts in any language write product names in Latin letters.
    #[must_use]
    pub fn of(text: &str) -> Option<Alphabet> {
        let (mut latin, mut han) = (false, false);
        for c in text.chars() {
            match c {
                c if c.is_ascii() => latin |= c.is_ascii_alphabetic(),
                c if is_kana(c) => return Some(Alphabet::Kana),
                c if is_hangul(c) => return Some(Alphabet::Hangul),
                '\u{0400}'..='\u{052F}' => return Some(Alphabet::Cyrillic),
                '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => return Some(Alphabet::Arabic),
                c if is_han(c) => han = true,
                c if !c.is_alphabetic() => {}
                c => match OTHER_ALPHABETS.iter().position(|(first, last, _)| (*first..=*last).contains(&c)) {
                    Some(other) => return Some(Alphabet::Other(other)),
                    None => latin = true,
                },
            }
        }
        if han { Some(Alphabet::Han) } else { latin.then_some(Alphabet::Latin) }
    }

    /// Returns the alphabet of a language that has one of its own, such as Greek.
    #[must_use]
    pub fn own(language: Language) -> Option<Alphabet> {
        let own = OTHER_ALPHABETS.iter().position(|(_, _, languages)| languages.contains(&language.as_str()));
        own.map(Alphabet::Other)
    }

    /// True if a text in this alphabet may be in the language.
    #[must_use]
    pub fn may_be(self, language: Language) -> bool {
        let code = language.as_str();
        match self {
            Alphabet::Han => matches!(code, "zh" | "yue" | "ja"),
            Alphabet::Kana => code == "ja",
            Alphabet::Hangul => code == "ko",
            Alphabet::Cyrillic => CYRILLIC.contains(&code),
            Alphabet::Arabic => ARABIC.contains(&code),
            Alphabet::Other(at) => OTHER_ALPHABETS.get(at).is_some_and(|(_, _, languages)| languages.contains(&code)),
            Alphabet::Latin => {
                let east_asian = matches!(code, "zh" | "yue" | "ja" | "ko");
                let other = east_asian || ARABIC.contains(&code) || Alphabet::own(language).is_some();
                code == "sr" || !(other || CYRILLIC.contains(&code))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, Language};

    /// Asserts which of some languages a text may be in.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let all = ["en", "de", "zh", "ja", "ko", "ru", "uk", "ar", "fa", "th", "he", "el", "hi", "sr"];
        let alphabet = Alphabet::of(text);
        let may_be = |code: &&str| alphabet.is_some_and(|a| a.may_be(code.parse().expect("a code")));
        assert_eq!(all.into_iter().filter(may_be).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn the_script_tells_the_languages() {
        check("what is it", &["en", "de", "sr"]);
        check("größer", &["en", "de", "sr"]);
        check("是什么", &["zh", "ja"]);
        check("これは何ですか", &["ja"]);
        check("이게 뭐야", &["ko"]);
        check("что это", &["ru", "uk", "sr"]);
        check("ما هذا", &["ar", "fa"]);
        check("นี่คืออะไร", &["th"]);
        check("מה זה", &["he"]);
        check("τι είναι", &["el"]);
        check("यह क्या है", &["hi"]);
        check("123 😂", &[]);
        check("", &[]);
    }

    #[test]
    fn some_languages_have_their_own_alphabet() {
        assert!(Alphabet::own("el".parse().expect("a code")).is_some());
        assert_eq!(Alphabet::own(Language::EN), None);
    }

    #[test]
    fn latin_names_do_not_make_a_text_english() {
        check("Whisper 是什么", &["zh", "ja"]);
        check("GPT-3 と Whisper", &["ja"]);
        check("Как установить Docker", &["ru", "uk", "sr"]);
    }

    #[test]
    fn language_codes_are_two_or_three_lower_case_letters() {
        for good in ["zh", "en", "yue"] {
            assert_eq!(good.parse::<Language>().expect(good).as_str(), good);
        }
        for bad in ["", "z", "ZH", "zhcn", "z1", "语"] {
            assert!(bad.parse::<Language>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tags_start_with_a_language() {
        assert_eq!(Language::from_tag("zh-Hant-TW"), Some(Language::ZH));
        assert_eq!(Language::from_tag("EN_us"), Some(Language::EN));
        assert_eq!(Language::from_tag(""), None);
        assert_eq!(Language::from_tag("-zh"), None);
    }
}

//! Language codes and language detection.
//!
//! The words of a language are elsewhere: interface sentences in `reply/strings.rs`, question words
//! in `text/question_words.rs`, stop words and greetings in `matching/`. `docs/extending.md` lists
//! all these files.

use std::fmt;
use std::str::FromStr;

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

/// Detects the language of a text from its script. Returns `None` if the text has no letter of a
/// known script.
///
/// Kana means Japanese, Hangul Korean, Cyrillic Russian, Han Chinese and Latin English. One Han
/// character outweighs all Latin words, because Chinese texts write product names in Latin letters.
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    let mut latin = false;
    let mut han = false;
    for c in text.chars() {
        match c {
            '\u{3040}'..='\u{30FF}' => return Some(Language(*b"ja\0")),
            '\u{AC00}'..='\u{D7AF}' => return Some(Language(*b"ko\0")),
            '\u{0400}'..='\u{04FF}' => return Some(Language(*b"ru\0")),
            _ => {
                han |= super::words::is_han(c);
                latin |= c.is_ascii_alphabetic();
            }
        }
    }
    match (han, latin) {
        (true, _) => Some(Language::ZH),
        (false, true) => Some(Language::EN),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, detect};

    #[track_caller]
    fn check(text: &str, language: Option<&str>) {
        assert_eq!(detect(text).map(|l| l.to_string()).as_deref(), language, "{text:?}");
    }

    #[test]
    fn the_script_tells_the_language() {
        check("what is it", Some("en"));
        check("是什么", Some("zh"));
        check("これは何ですか", Some("ja"));
        check("이게 뭐야", Some("ko"));
        check("что это", Some("ru"));
        check("123 😂", None);
        check("", None);
    }

    #[test]
    fn latin_names_do_not_make_a_chinese_text_english() {
        check("Whisper 是什么", Some("zh"));
        check("GPT-3 と Whisper", Some("ja"));
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

//! Languages, and which one a text is written in.

use std::fmt;
use std::str::FromStr;

/// A language by its short code, as in `knowledge/<code>/`: two or three lower-case letters (ISO 639), such as `zh` or `en`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Language([u8; 3]);

/// What was given is no language code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no language code: two or three lower-case letters, such as `zh` or `en`")]
pub struct NotALanguage(pub String);

impl Language {
    /// Chinese, in either script.
    pub const ZH: Language = Language(*b"zh\0");
    /// English.
    pub const EN: Language = Language(*b"en\0");

    /// The code, such as `zh`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in, so this cannot fail; an empty code would be harmless.
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }

    /// The language of an IETF tag as Telegram sends it, such as `zh-hans` or `en-GB`; `None` for anything else.
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

/// The language that a text's script speaks for: Japanese by kana, Korean by Hangul, Chinese by Han characters, English by Latin letters;
/// `None` where there are no such letters. One Han character outweighs Latin words, since product names stay Latin in Chinese.
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

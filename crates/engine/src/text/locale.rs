//! The language and the Chinese script in which the bot writes to a user or chat.

use super::language::Language;

/// The language and the Chinese script in which the bot writes to a user or chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Locale {
    /// The language of the messages; `None` if unknown.
    pub language: Option<Language>,
    /// Whether Chinese answers use traditional characters. The value is kept while the user writes
    /// another language, and applies again when the user returns to Chinese.
    pub is_traditional: bool,
}

impl Locale {
    /// Parses an IETF tag in Telegram's format, such as `zh-hant` or `zh-TW`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Locale {
        let language = Language::from_tag(tag);
        let is_traditional = language == Some(Language::ZH)
            && tag
                .split(['-', '_'])
                .skip(1)
                .any(|subtag| ["hant", "tw", "hk", "mo"].iter().any(|t| subtag.eq_ignore_ascii_case(t)));
        Locale { language, is_traditional }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tag: &str, language: Option<&str>, is_traditional: bool) {
        let language = language.map(|code| code.parse().expect("a code"));
        assert_eq!(Locale::from_tag(tag), Locale { language, is_traditional }, "{tag}");
    }

    #[test]
    fn tags_name_language_and_script() {
        check("zh", Some("zh"), false);
        check("zh-hans", Some("zh"), false);
        check("zh-hant", Some("zh"), true);
        check("zh_TW", Some("zh"), true);
        check("zh-Hant-HK", Some("zh"), true);
        check("en-GB", Some("en"), false);
        check("ja-hant", Some("ja"), false);
        check("hant", None, false);
        check("", None, false);
    }
}

//! A text in several languages.

use std::collections::BTreeMap;

use crate::text::Language;

/// A text that may differ by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Localized {
    /// The text for a language without one of its own.
    pub(super) any: String,
    pub(super) by_language: BTreeMap<Language, String>,
}

impl Localized {
    /// The text in this language, or else the one for every language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        self.by_language.get(&language).unwrap_or(&self.any)
    }

    /// Is there no text at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.any.is_empty()
    }
}

impl From<String> for Localized {
    fn from(any: String) -> Self {
        Localized { any, by_language: BTreeMap::new() }
    }
}

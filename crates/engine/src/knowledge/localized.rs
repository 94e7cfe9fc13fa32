//! A text in several languages.

use std::collections::BTreeMap;

use crate::text::Language;

/// A text with an optional translation per language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Localized {
    /// The fallback for languages without a translation.
    pub(super) any: String,
    pub(super) by_language: BTreeMap<Language, String>,
}

impl Localized {
    /// Returns the text in this language, or the fallback text.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        self.by_language.get(&language).unwrap_or(&self.any)
    }

    /// True if there is no text in any language.
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

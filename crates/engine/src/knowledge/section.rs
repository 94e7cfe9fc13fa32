//! A section of the knowledge base, and its text in each language.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use super::body::Body;
use super::diagnostic::Location;
use crate::text::Language;

/// The id of a section: the file name without `.md`, in lower case. Links and button data contain
/// the id, so ids are short ASCII.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionId(Box<str>);

impl SectionId {
    /// Maximum length of an id, in bytes. A link to the bot holds 64 characters.
    pub const MAX_BYTES: usize = 60;

    /// Maximum length of a key, in bytes. A key, its action and a signature must fit into 64 bytes,
    /// Telegram's limit for button data.
    pub const MAX_KEY_BYTES: usize = 40;

    /// The number of bytes of a long id that its key keeps.
    const KEPT_BYTES: usize = 24;

    /// Parses 1 to 60 characters of `a-z`, `0-9`, `-` and `_`, starting with a letter or digit.
    /// Returns `None` for anything else.
    #[must_use]
    pub fn parse(id: &str) -> Option<SectionId> {
        let first = *id.as_bytes().first()?;
        let fits = id.len() <= Self::MAX_BYTES && is_alphanumeric(first) && id.bytes().all(is_id_byte);
        fits.then(|| SectionId(id.into()))
    }

    /// Returns the id in a form for button data, at most 40 bytes: the id itself, or the start of a
    /// long id, a dot and a hash. [`Knowledge::find`](super::Knowledge::find) accepts both.
    #[must_use]
    pub fn key(&self) -> String {
        if self.0.len() <= Self::MAX_KEY_BYTES {
            return self.0.to_string();
        }
        let digest = Sha256::digest(self.0.as_bytes());
        let hash: String = digest.iter().take(7).map(|byte| format!("{byte:02x}")).collect();
        format!("{}.{hash}", &self.0[..Self::KEPT_BYTES])
    }

    /// Parses the result of [`SectionId::key`]. For a long id, the result is not the id itself, but
    /// [`Knowledge::find`](super::Knowledge::find) resolves it.
    #[must_use]
    pub fn parse_key(key: &str) -> Option<SectionId> {
        if key.len() > Self::MAX_KEY_BYTES {
            return None;
        }
        let Some((start, hash)) = key.split_once('.') else { return SectionId::parse(key) };
        let is_key = start.len() == Self::KEPT_BYTES
            && hash.len() == 14
            && hash.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
            && SectionId::parse(start).is_some();
        is_key.then(|| SectionId(key.into()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_id_byte(byte: u8) -> bool {
    is_alphanumeric(byte) || byte == b'-' || byte == b'_'
}

impl fmt::Display for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text in a file of the knowledge base, such as a sample question or an alias, with its location
/// in the file.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// The text as written.
    pub text: String,
    /// The line of the source file that contains the text.
    pub location: Location,
}

/// A sample question, and where its answer stands.
#[derive(Debug, Clone)]
pub struct SampleQuestion {
    /// The text as written.
    pub text: String,
    /// The line of the source file that contains the text.
    pub location: Location,
    /// The sentence that answers the question: an index into the sentences of the body. `None` if
    /// the author does not say.
    pub answer: Option<usize>,
}

impl SampleQuestion {
    /// Creates a sample question from its text and the sentence that answers it.
    #[must_use]
    pub fn new(SourceText { text, location }: SourceText, answer: Option<usize>) -> SampleQuestion {
        SampleQuestion { text, location, answer }
    }
}

/// The text of one section in one language.
#[derive(Debug, Clone)]
pub struct SectionText {
    /// The headline of the section.
    pub title: String,
    /// Short names for the subject of the section, and their synonyms.
    pub aliases: Vec<SourceText>,
    /// Sample questions that the section answers, worded as users type them.
    pub questions: Vec<SampleQuestion>,
    /// The place in the article that the section is taken from: a heading or a web address. May be
    /// empty.
    pub source: String,
    /// The web address of the section's picture.
    pub image: Option<String>,
    /// The body of the section: the Markdown text below the front matter.
    pub body: Body,
    /// The location of the section's file in this language: its first line.
    pub location: Location,
}

/// One section, in every language that has a file for the section.
#[derive(Debug, Clone)]
pub struct Section {
    /// The id, the same in every language.
    pub id: SectionId,
    /// The product that the section is about: an index into
    /// [`Knowledge::products`](super::Knowledge::products).
    pub product: Option<usize>,
    /// Related sections, most useful first: indexes into
    /// [`Knowledge::sections`](super::Knowledge::sections).
    pub related: Vec<usize>,
    /// The section's text by language; never empty.
    pub texts: BTreeMap<Language, SectionText>,
}

impl Section {
    /// Returns the text in `language`, and the language of the returned text. If the section has no
    /// text in `language`, returns the text in the first of `fallbacks` that the section has, or
    /// else in any language.
    ///
    /// # Panics
    /// If `texts` is empty. The loader never returns such a section.
    #[must_use]
    pub fn text(&self, language: Language, fallbacks: &[Language]) -> (Language, &SectionText) {
        std::iter::once(&language)
            .chain(fallbacks)
            .find_map(|l| self.texts.get_key_value(l))
            .or_else(|| self.texts.iter().next())
            .map(|(l, t)| (*l, t))
            .expect("a section is made from at least one file")
    }
}

#[cfg(test)]
mod tests {
    use super::SectionId;

    #[test]
    fn the_key_of_a_long_id_is_short_and_its_own() {
        let id = |text: &str| SectionId::parse(text).expect("an id");
        let long = "a".repeat(SectionId::MAX_BYTES);
        assert!(SectionId::parse(&format!("{long}a")).is_none());
        assert_eq!(id("whisper").key(), "whisper");
        for text in [&long[..40], &long[..41], &long] {
            let key = id(text).key();
            assert!(key.len() <= SectionId::MAX_KEY_BYTES, "{key}");
            assert_eq!(SectionId::parse_key(&key).map(|id| id.to_string()).as_deref(), Some(key.as_str()));
        }
        assert_ne!(id(&long).key(), id(&long[..59]).key());
        for text in ["", "a.b", &long, &format!("{}.zz345678901234", &long[..24])] {
            assert!(SectionId::parse_key(text).is_none(), "{text}");
        }
    }
}

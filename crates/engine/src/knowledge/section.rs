//! A section of the knowledge base, and its text in each language.

use std::collections::BTreeMap;
use std::fmt;

use super::body::Body;
use super::diagnostic::Location;
use crate::text::Language;

/// The id of a section: the file name without `.md`, in lower case. Links and button data contain
/// the id, so ids are short ASCII.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionId(Box<str>);

impl SectionId {
    /// Maximum length of an id, in bytes. An id and a signature must fit into 64 bytes, Telegram's
    /// limit for button data.
    pub const MAX_BYTES: usize = 40;

    /// Parses 1 to 40 characters of `a-z`, `0-9`, `-` and `_`, starting with a letter or digit.
    /// Returns `None` for anything else.
    #[must_use]
    pub fn parse(id: &str) -> Option<SectionId> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let first = *id.as_bytes().first()?;
        let fits =
            id.len() <= Self::MAX_BYTES && plain(first) && id.bytes().all(|b| plain(b) || b == b'-' || b == b'_');
        fits.then(|| SectionId(id.into()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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

/// The text of one section in one language.
#[derive(Debug, Clone)]
pub struct SectionText {
    /// The headline of the section.
    pub title: String,
    /// Short names for the subject of the section, and their synonyms.
    pub aliases: Vec<SourceText>,
    /// Sample questions that the section answers, worded as users type them.
    pub questions: Vec<SourceText>,
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

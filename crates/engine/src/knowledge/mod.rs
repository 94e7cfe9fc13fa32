//! What we know: an article as sections, in one or more languages.
//!
//! A [`Knowledge`] comes from a folder of plain files ([`load`]) or from the one that is built into
//! the binary ([`embedded`]). Broken input is data: loading always gives a `Knowledge`, made of
//! what could be read, and every [`Diagnostic`] with the rest.

mod body;
mod check;
mod fields;
mod files;
mod load;
mod numbers;
mod diagnostic;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;

use std::collections::BTreeMap;
use std::fmt;

pub use body::{Block, BlockKind, Body, Sentence, Span, Style};
pub use check::check;
pub use diagnostic::{Diagnostic, Location, Severity};
pub use files::Unreadable;
pub use load::{Loaded, embedded, load};

use crate::text::Language;

/// The id of a section: the stem of its files. It stands in links and buttons, so it is short and
/// plain.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionId(Box<str>);

impl SectionId {
    /// The longest id, in bytes: with its signature it fits into the 64 bytes of a button's data.
    pub const MAX_BYTES: usize = 40;

    /// Takes an id of one to forty characters `a-z`, `0-9`, `-` or `_`, the first being a letter or
    /// digit; anything else is `None`.
    #[must_use]
    pub fn parse(id: &str) -> Option<SectionId> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let first = *id.as_bytes().first()?;
        let fits =
            id.len() <= Self::MAX_BYTES && plain(first) && id.bytes().all(|b| plain(b) || b == b'-' || b == b'_');
        fits.then(|| SectionId(id.into()))
    }

    /// The id as text.
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

/// A text that may differ by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Localized {
    any: String,
    by_language: BTreeMap<Language, String>,
}

impl Localized {
    /// The text in this language, or the one that serves every language.
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

/// The article that the base is drawn from. Every field may be empty.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// Its title, as published.
    pub title: Localized,
    /// Who wrote it.
    pub author: Localized,
    /// Who published it.
    pub publisher: Localized,
    /// The day of publication, as written in the file.
    pub date: String,
    /// Where it stands: an `http` or `https` address.
    pub url: String,
    /// What its owner asks of those who reprint it.
    pub reprint: Localized,
}

/// A product (or any other subject) that several sections are about.
#[derive(Debug, Clone)]
pub struct Product {
    /// What sections name it by.
    pub id: String,
    /// Its name as its makers write it.
    pub name: String,
    /// Its name on a button.
    pub label: String,
    /// Other names that people use for it.
    pub aliases: Vec<SourceText>,
}

impl Product {
    /// Every name it goes by.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().map(|alias| alias.text.as_str()).chain([self.name.as_str()])
    }
}

/// A sample question or an alias, with the place it was read from.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// The text as written.
    pub text: String,
    /// Where it stands.
    pub location: Location,
}

/// One section in one language.
#[derive(Debug, Clone)]
pub struct SectionText {
    /// The headline.
    pub title: String,
    /// Short names for what the section is about.
    pub aliases: Vec<SourceText>,
    /// Questions that it answers, as people type them.
    pub questions: Vec<SourceText>,
    /// Where the article says it: a heading of the article, or an address.
    pub source: String,
    /// A picture that belongs to it: its address.
    pub image: Option<String>,
    /// The text itself.
    pub body: Body,
    /// The file it was read from.
    pub location: Location,
}

/// One section, in every language there is a file for.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// The product it is about: an index into [`Knowledge::products`].
    pub product: Option<usize>,
    /// Its neighbours, the most useful first: indexes into [`Knowledge::sections`].
    pub related: Vec<usize>,
    /// Its texts; never empty.
    pub texts: BTreeMap<Language, SectionText>,
}

impl Section {
    /// The text in this language, or else in the first of `fallbacks` that there is, or else in
    /// any.
    ///
    /// # Panics
    /// If `texts` is empty, which the loader never leaves it.
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

/// Everything that is known, checked for form. Sections stand in the order of their ids.
#[derive(Debug, Clone)]
pub struct Knowledge {
    /// The name of the base.
    pub title: Localized,
    /// What it is drawn from.
    pub article: Article,
    /// The languages it is written in, the default one first; never empty.
    pub languages: Vec<Language>,
    /// The products, in the order of the menu.
    pub products: Vec<Product>,
    /// The sections.
    pub sections: Vec<Section>,
    /// Questions that are none of ours, by language.
    pub out_of_scope: BTreeMap<Language, Vec<SourceText>>,
    /// How many needless "which did you mean?" a wrong answer is worth.
    pub wrong_answer_costs: f64,
}

impl Knowledge {
    /// What a wrong answer costs, unless `footnote.toml` says otherwise.
    pub const WRONG_ANSWER_COSTS: f64 = 3.0;

    /// The language used when nothing speaks for another.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::EN)
    }

    /// The index of the section with this id.
    #[must_use]
    pub fn find(&self, id: &SectionId) -> Option<usize> {
        self.sections.binary_search_by(|s| s.id.cmp(id)).ok()
    }

    /// The text of a section in this language, or in the nearest one that it has.
    #[must_use]
    pub fn text(&self, section: usize, language: Language) -> (Language, &SectionText) {
        self.sections[section].text(language, &self.languages)
    }

    /// The sections about a product, in the order of their ids.
    pub fn sections_of(&self, product: usize) -> impl Iterator<Item = usize> {
        self.sections.iter().enumerate().filter(move |(_, s)| s.product == Some(product)).map(|(i, _)| i)
    }

    /// The section that says what a product is: the one with the product's own id, or else the
    /// first about it.
    #[must_use]
    pub fn introduction_of(&self, product: usize) -> Option<usize> {
        let own = SectionId::parse(&self.products[product].id).and_then(|id| self.find(&id));
        own.filter(|s| self.sections[*s].product == Some(product)).or_else(|| self.sections_of(product).next())
    }
}

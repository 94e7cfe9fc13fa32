//! A knowledge base: the article, its products and its sections.

use std::collections::BTreeMap;

use super::localized::Localized;
use super::section::{Section, SectionId, SectionText, SourceText};
use crate::text::Language;

/// A knowledge base. Its sections are sorted by id.
#[derive(Debug, Clone)]
pub struct Knowledge {
    /// The title of the base.
    pub title: Localized,
    /// The article that it is drawn from.
    pub article: Article,
    /// The languages of the base, the default one first; never empty.
    pub languages: Vec<Language>,
    /// The products, in the order of the menu.
    pub products: Vec<Product>,
    /// The sections, sorted by id.
    pub sections: Vec<Section>,
    /// Sample questions that the base does not answer, by language.
    pub out_of_scope: BTreeMap<Language, Vec<SourceText>>,
    /// The cost of a wrong answer, in needless clarifications: 1 to 100.
    pub wrong_answer_costs: f64,
}

impl Knowledge {
    /// The default of `wrong_answer_costs`.
    pub const WRONG_ANSWER_COSTS: f64 = 3.0;

    /// The first of the languages.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::EN)
    }

    /// The index of the section with this id.
    #[must_use]
    pub fn find(&self, id: &SectionId) -> Option<usize> {
        self.sections.binary_search_by(|s| s.id.cmp(id)).ok()
    }

    /// The text of a section in this language, or else in the first language of the base that it
    /// has.
    ///
    /// # Panics
    /// If `section` is not an index into `sections`.
    #[must_use]
    pub fn text(&self, section: usize, language: Language) -> (Language, &SectionText) {
        self.sections[section].text(language, &self.languages)
    }

    /// The sections about a product, sorted by id.
    pub fn sections_of(&self, product: usize) -> impl Iterator<Item = usize> {
        self.sections.iter().enumerate().filter(move |(_, s)| s.product == Some(product)).map(|(i, _)| i)
    }

    /// The section that introduces a product: the one with the same id, or else the first about it.
    ///
    /// # Panics
    /// If `product` is not an index into `products`.
    #[must_use]
    pub fn introduction_of(&self, product: usize) -> Option<usize> {
        let own = SectionId::parse(&self.products[product].id).and_then(|id| self.find(&id));
        own.filter(|s| self.sections[*s].product == Some(product)).or_else(|| self.sections_of(product).next())
    }
}

/// The article that the base is drawn from. Every field may be empty.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// The title, as published.
    pub title: Localized,
    /// The authors.
    pub author: Localized,
    /// The publisher.
    pub publisher: Localized,
    /// The day of publication, as the file writes it.
    pub date: String,
    /// Its `http` or `https` address.
    pub url: String,
    /// The notice that its owner asks reprints to carry.
    pub reprint: Localized,
}

/// A product, or another subject of several sections.
#[derive(Debug, Clone)]
pub struct Product {
    /// The id by which sections name it; a valid [`SectionId`].
    pub id: String,
    /// The name as its makers write it.
    pub name: String,
    /// The label of its button.
    pub label: String,
    /// Other names that users give it.
    pub aliases: Vec<SourceText>,
}

impl Product {
    /// The aliases and the name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().map(|alias| alias.text.as_str()).chain([self.name.as_str()])
    }
}

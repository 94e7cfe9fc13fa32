//! Data types of a knowledge base: the article, the products and the sections.

use std::collections::BTreeMap;

use super::localized::Localized;
use super::section::{Section, SectionId, SectionText, SourceText};
use crate::text::Language;

/// A knowledge base: an article split into sections, sorted by id.
#[derive(Debug, Clone)]
pub struct Knowledge {
    /// The title of the knowledge base.
    pub title: Localized,
    /// The article that the sections are taken from.
    pub article: Article,
    /// The languages of the knowledge base; never empty. The first is the default language.
    pub languages: Vec<Language>,
    /// The products, in the order of the topics menu.
    pub products: Vec<Product>,
    /// The sections, sorted by id.
    pub sections: Vec<Section>,
    /// Sample questions that the knowledge base does not answer, by language. The bot should
    /// decline such questions.
    pub out_of_scope: BTreeMap<Language, Vec<SourceText>>,
    /// The cost of one wrong answer relative to one needless clarification, from 1 to 100. At 3,
    /// one wrong answer is as bad as three needless clarifications.
    pub wrong_answer_costs: f64,
}

impl Knowledge {
    /// The default value of `wrong_answer_costs`.
    pub const WRONG_ANSWER_COSTS: f64 = 3.0;

    /// The default language: the first entry of `languages`.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::EN)
    }

    /// Returns the index in `sections` of the section with this id, or with this key of a long id:
    /// see [`SectionId::key`].
    #[must_use]
    pub fn find(&self, id: &SectionId) -> Option<usize> {
        let found = self.sections.binary_search_by(|s| s.id.cmp(id)).ok();
        found.or_else(|| {
            let is_key = id.as_str().contains('.');
            is_key.then(|| self.sections.iter().position(|s| s.id.key() == id.as_str())).flatten()
        })
    }

    /// Returns the text of a section in `language`, and the language of the returned text. If the
    /// section has no text in `language`, returns the text in the first of `languages` that the
    /// section has.
    ///
    /// # Panics
    /// If `section` is not an index into `sections`.
    #[must_use]
    pub fn text(&self, section: usize, language: Language) -> (Language, &SectionText) {
        self.sections[section].text(language, &self.languages)
    }

    /// Returns the indexes in `sections` of the sections about a product, sorted by section id.
    pub fn sections_of(&self, product: usize) -> impl Iterator<Item = usize> {
        self.sections.iter().enumerate().filter(move |(_, s)| s.product == Some(product)).map(|(i, _)| i)
    }

    /// Returns the index in `sections` of the section that introduces a product: the section whose
    /// id equals the product's id, or else the first section about the product.
    ///
    /// # Panics
    /// If `product` is not an index into `products`.
    #[must_use]
    pub fn introduction_of(&self, product: usize) -> Option<usize> {
        let own = SectionId::parse(&self.products[product].id).and_then(|id| self.find(&id));
        own.filter(|s| self.sections[*s].product == Some(product)).or_else(|| self.sections_of(product).next())
    }
}

/// The article that the sections are taken from. Every field may be empty.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// The title, as published.
    pub title: Localized,
    /// The authors.
    pub author: Localized,
    /// The publisher.
    pub publisher: Localized,
    /// The publication date, as written in `footnote.toml`.
    pub date: String,
    /// The `http` or `https` address of the article.
    pub url: String,
    /// The notice that the copyright owner requires on reprints.
    pub reprint: Localized,
}

/// A product, or another subject shared by several sections.
#[derive(Debug, Clone)]
pub struct Product {
    /// The id that the `product` field of a section refers to, in the syntax of a [`SectionId`].
    pub id: String,
    /// The official name of the product.
    pub name: String,
    /// The label of the product's button in the topics menu.
    pub label: String,
    /// Other names that users give the product. The tokenizer replaces each by the official name,
    /// so they are synonyms of it.
    pub aliases: Vec<SourceText>,
}

impl Product {
    /// All names of the product: the aliases, then the official name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().map(|alias| alias.text.as_str()).chain([self.name.as_str()])
    }
}

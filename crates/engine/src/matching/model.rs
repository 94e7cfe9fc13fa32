//! Everything that questions are compared with. Training builds it once; questions do not change it.

use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::corpus::{SentenceRange, SentenceTraits};
use super::features::{FeatureKind, Features};
use super::linear::LinearSvm;
use super::sample_index::SampleIndex;
use super::section_index::SectionIndex;
use super::stopwords;
use super::tokenizer::{MatchKind, Token, Tokenizer};
use super::topic::Topic;
use super::vectorizer::Vectorizer;
use crate::question::Question;
use crate::text::Script;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    pub tokenizer: Tokenizer,
    #[serde(skip)]
    pub features: Features,
    pub vectorizer: Vectorizer,
    pub sample_index: SampleIndex,
    /// `None` if there are no sample questions, or too many texts to train on.
    pub svm: Option<LinearSvm>,
    pub section_index: SectionIndex,
    pub calibration: Calibration,
    /// The product of each section.
    pub section_products: Vec<Option<usize>>,
    /// The canonical name of each product.
    pub product_names: Vec<String>,
    /// By section, the sentences of each language.
    pub sentence_ranges: Vec<Vec<SentenceRange>>,
    /// By section and sentence.
    pub sentence_traits: Vec<Vec<SentenceTraits>>,
    /// In units of a needless clarification.
    pub wrong_answer_cost: f64,
}

impl Model {
    pub fn section_count(&self) -> usize {
        self.section_products.len()
    }

    /// The class of out-of-scope questions.
    pub fn out_of_scope_class(&self) -> usize {
        self.section_count()
    }

    /// Is this a feature of any text of the base?
    pub fn knows(&self, token: &Token<'_>) -> bool {
        self.knows_feature(self.features.of_token(token))
    }

    fn knows_feature(&self, key: u64) -> bool {
        self.vectorizer.knows(key) || self.section_index.knows(key)
    }

    /// Tokenizes a question, corrected towards the words of the base.
    pub fn tokenize<'a>(&'a self, normalized: &'a str) -> Vec<Token<'a>> {
        self.tokenizer.read_question(normalized, |word| self.knows_feature(self.features.of_word(word)))
    }

    /// The topic that a question may be about, if it has too little of its own.
    pub fn topic(&self, question: &Question, tokens: &[Token<'_>]) -> Option<Topic> {
        let section = question.follow_up_to.filter(|_| self.may_follow_up(tokens))?;
        Some(Topic { section, has_anaphora: question.has_anaphora })
    }

    /// May a question be a follow-up? Not if most of it, by weight, is unknown: that is another subject.
    fn may_follow_up(&self, tokens: &[Token<'_>]) -> bool {
        // A Han character alone says little: it is known by its pairs.
        let mut is_known: Vec<bool> = tokens.iter().map(|t| t.script == Script::Letters && self.knows(t)).collect();
        Features::each(tokens, &self.features.words(tokens), |f| {
            if f.kind == FeatureKind::HanPair && self.vectorizer.knows(f.key) {
                is_known[f.token..=f.token + 1].fill(true);
            }
        });
        let (mut known, mut unknown) = (0.0, 0.0);
        for (is_known, weight) in is_known.into_iter().zip(stopwords::weights(tokens)) {
            *if is_known { &mut known } else { &mut unknown } += weight;
        }
        !tokens.is_empty() && known >= unknown
    }

    /// The tokens, then the name of the topic's product, as if it had been typed.
    pub fn with_inherited_product<'a>(&'a self, tokens: &[Token<'a>], topic: Topic) -> Vec<Token<'a>> {
        let mut tokens = tokens.to_vec();
        let end = tokens.last().map_or(0, |token| token.typed.end);
        tokens.extend(self.section_products[topic.section].map(|product| Token {
            text: self.product_names[product].as_str().into(),
            typed: end..end,
            script: Script::Letters,
            joined: false,
            path: MatchKind::Inherited,
            certainty: topic.certainty(),
            product: Some(product as u16),
        }));
        tokens
    }
}

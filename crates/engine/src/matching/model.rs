//! The trained model: everything that a question is compared with. Training builds the model once;
//! questions do not change the model.

use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::corpus::SentenceRange;
use super::features::{FeatureKind, Features};
use super::linear::LinearSvm;
use super::proper_names::ProperNames;
use super::sample_index::SampleIndex;
use super::section_index::SectionIndex;
use super::sentence_traits::SentenceTraits;
use super::token::{MatchKind, Token};
use super::tokenizer::Tokenizer;
use super::topic::Topic;
use super::vectorizer::Vectorizer;
use super::verbatim_index::VerbatimIndex;
use super::word_coverage::WordCoverage;
use crate::attribute::Attributes;
use crate::question::Question;
use crate::text::Script;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    pub tokenizer: Tokenizer,
    pub features: Features,
    pub vectorizer: Vectorizer,
    pub sample_index: SampleIndex,
    /// The support vector machine. `None` if there are no sample questions, or if there are too
    /// many texts to train on.
    pub svm: Option<LinearSvm>,
    pub section_index: SectionIndex,
    pub word_coverage: WordCoverage,
    pub verbatim_index: VerbatimIndex,
    pub calibration: Calibration,
    /// The product of each section, if the section has one.
    pub section_products: Vec<Option<usize>>,
    /// The canonical name of each product.
    pub product_names: Vec<String>,
    /// For each section, the range of the body sentences in each language.
    pub sentence_ranges: Vec<Vec<SentenceRange>>,
    pub proper_names: ProperNames,
    /// For each section, the attributes that its texts may state.
    pub section_attributes: Vec<Attributes>,
    /// For each section, the properties of each sentence.
    pub sentence_traits: Vec<Vec<SentenceTraits>>,
    /// The number of needless clarifications that cost as much as one wrong answer.
    pub wrong_answer_cost: f64,
}

impl Model {
    pub fn section_count(&self) -> usize {
        self.section_products.len()
    }

    /// Returns the class label of out-of-scope questions, which equals the number of sections.
    pub fn out_of_scope_class(&self) -> usize {
        self.section_count()
    }

    /// True if the token occurs in any text of the knowledge base.
    pub fn knows(&self, token: &Token<'_>) -> bool {
        self.knows_feature(self.features.of_token(token))
    }

    fn knows_feature(&self, key: u64) -> bool {
        self.vectorizer.knows(key) || self.section_index.knows(key)
    }

    /// Tokenizes a question and corrects unknown words to words of the knowledge base.
    pub fn tokenize<'a>(&'a self, normalized: &'a str) -> Vec<Token<'a>> {
        self.tokenizer.tokenize_question(normalized, |word| self.knows_feature(self.features.of_word(word)))
    }

    /// Returns the section shown last as the topic, if the question may be a follow-up to that
    /// section.
    pub fn topic(&self, question: &Question, is_bare: bool, tokens: &[Token<'_>]) -> Option<Topic> {
        let section = question.follow_up_to?;
        let own = self.section_products[section];
        // The tokenizer recognizes names by ear too, unlike `Question`.
        let names_another = tokens.iter().any(|t| t.product.is_some_and(|p| own != Some(usize::from(p))));
        let is_sample_without_product = || {
            let class = self.verbatim_index.class_of(tokens);
            class.is_some_and(|class| self.section_products.get(class).is_some_and(Option::is_none))
        };
        let may_follow_up = if is_bare { !is_sample_without_product() } else { self.may_follow_up(tokens) };
        if !may_follow_up || (names_another && !question.is_comparison) {
            return None;
        }
        Some(Topic { section, has_anaphora: question.has_anaphora || is_bare })
    }

    /// True if the question may be a follow-up. If unknown words outweigh the known words, the
    /// question is about another subject.
    fn may_follow_up(&self, tokens: &[Token<'_>]) -> bool {
        // A single Han character is too ambiguous to count as a known word. A Han character counts
        // as known only if the model knows one of the question's bigrams with that character.
        let mut is_known: Vec<bool> = tokens.iter().map(|t| t.script == Script::Letters && self.knows(t)).collect();
        Features::each(tokens, &self.features.words(tokens), |f| {
            if f.kind == FeatureKind::HanBigram && self.vectorizer.knows(f.key) {
                is_known[f.token..=f.token + 1].fill(true);
            }
        });
        let (mut known, mut unknown) = (0.0, 0.0);
        for (is_known, weight) in is_known.into_iter().zip(self.features.stopwords().weights(tokens)) {
            *if is_known { &mut known } else { &mut unknown } += weight;
        }
        !tokens.is_empty() && known >= unknown
    }

    /// Returns the tokens of a follow-up question, followed by the product name of the topic, as if
    /// the user had typed that name.
    pub fn with_inherited_product<'a>(&'a self, tokens: &[Token<'a>], topic: Topic) -> Vec<Token<'a>> {
        let mut tokens = tokens.to_vec();
        let end = tokens.last().map_or(0, |token| token.typed.end);
        tokens.extend(self.section_products[topic.section].map(|product| Token {
            text: self.product_names[product].as_str().into(),
            typed: end..end,
            script: Script::Letters,
            joined: false,
            match_kind: MatchKind::Inherited,
            certainty: topic.certainty(),
            product: Some(product as u16),
        }));
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::super::training;
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::question::{Context, ProductNames};

    fn knowledge() -> Knowledge {
        base(&[TestSection { title: "Tower", questions: &["how tall is the tower"], body: "It has ten floors." }])
    }

    #[test]
    fn knows_words_of_samples_and_of_texts() {
        let model = training::train(&knowledge());
        for (word, is_known) in [("tall", true), ("floor", true), ("tower", true), ("zebra", false)] {
            let tokens = model.tokenize(word);
            assert_eq!(model.knows(&tokens[0]), is_known, "{word}");
        }
    }

    /// Asserts whether a question counts as a follow-up if section 0 was shown last.
    #[track_caller]
    fn check_topic(text: &str, is_follow_up: bool) {
        let knowledge = knowledge();
        let model = training::train(&knowledge);
        let context = Context { last_section: Some(knowledge.sections[0].id.clone()), ..Context::default() };
        let question = Question::new(text, &context, &knowledge, &ProductNames::of(&knowledge));
        let topic = model.topic(&question, question.is_bare, &model.tokenize(&question.normalized));
        assert_eq!(topic.map(|topic| topic.section), is_follow_up.then_some(0), "{text}");
        if let Some(topic) = topic {
            assert_eq!(topic.has_anaphora, question.has_anaphora);
        }
    }

    #[test]
    fn a_question_of_mostly_unknown_words_is_no_follow_up() {
        check_topic("how tall is it", true);
        check_topic("floors", true);
        check_topic("zebra stripes quagga", false);
        check_topic("", false);
    }

    #[test]
    fn a_topic_without_a_product_inherits_no_name() {
        let model = training::train(&knowledge());
        let tokens = model.tokenize("how tall");
        let inherited = model.with_inherited_product(&tokens, Topic { section: 0, has_anaphora: false });
        assert_eq!(inherited.len(), tokens.len());
    }

    #[test]
    fn an_inherited_name_stands_at_the_end_of_the_question() {
        let mut knowledge = knowledge();
        let mut product = crate::knowledge::embedded().knowledge.products.swap_remove(0);
        product.name = "Sky Tower".to_owned();
        knowledge.products.push(product);
        knowledge.sections[0].product = Some(0);
        let model = training::train(&knowledge);
        let tokens = model.tokenize("how tall");
        let topic = Topic { section: 0, has_anaphora: true };
        let inherited = model.with_inherited_product(&tokens, topic);
        let last = inherited.last().expect("a token");
        assert_eq!((last.match_kind, last.product, last.typed.clone()), (MatchKind::Inherited, Some(0), 8..8));
        assert_eq!((last.text.as_ref(), last.certainty), ("skytower", topic.certainty()));
    }
}
